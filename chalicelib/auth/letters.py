"""The letter with a sign-in code."""

from boto3.dynamodb.conditions import Attr

from chalicelib.auth import keys
from chalicelib.auth.codes import code_hash, new_code
from chalicelib.auth.events import SIGN_IN_REQUESTED
from chalicelib.mail import Facts, Reader, Recipient, Secret, letter
from chalicelib.platform import aws, clock
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Item, Transaction


def _who_signs_in(context: Context, sign_in: Item) -> list[Recipient]:
    """Nobody, if the address is not of a member and nobody joins with it: a stranger gets no mail from us."""
    known = "member_id" in sign_in or "registration" in sign_in
    return [Recipient("sign_in", sign_in["sign_in_id"])] if known else []


def _keep(context: Context, tx: Transaction, recipient: Recipient, code: str) -> None:
    """From now on this is the sign-in's code, kept as a keyed hash; unless that is used or has expired."""
    waiting = Attr("used_at").not_exists() & Attr("code_expires_at").gt(clock.epoch(context.now))
    kept = code_hash(aws.secret(), recipient.id, code)
    tx.update(keys.sign_in(recipient.id), put={"code_hash": kept}, when=waiting, label="expired")


@letter("sign_in_code", on=SIGN_IN_REQUESTED, to=_who_signs_in, secret=Secret(new_code, _keep))
def sign_in_code(context: Context, recipient: Recipient, sign_in: Item) -> tuple[Reader, Facts]:
    left = int(sign_in["code_expires_at"]) - clock.epoch(context.now)
    # No name: whoever joins may have typed any name and somebody else's address.
    return Reader(sign_in["email"], sign_in["language"], ""), {"minutes": max(1, left // 60)}
