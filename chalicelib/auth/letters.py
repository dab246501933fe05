"""Letters with a code, and the letter to a former address."""

from boto3.dynamodb.conditions import Attr

from chalicelib import members
from chalicelib.auth import keys
from chalicelib.auth.codes import code_hash, new_code
from chalicelib.auth.events import EMAIL_CHANGE_REQUESTED, EMAIL_CHANGED, SIGN_IN_REQUESTED
from chalicelib.mail import Facts, Reader, Recipient, Secret, Unsendable, letter
from chalicelib.platform import Context, aws, clock
from chalicelib.table import Item, Transaction


def _who_signs_in(context: Context, sign_in: Item) -> list[Recipient]:
    """Nobody, if the address is not of a member and nobody joins with it: a stranger gets no mail from us."""
    known = "member_id" in sign_in or "registration" in sign_in
    return [Recipient("sign_in", sign_in["sign_in_id"])] if known else []


def _keep(context: Context, tx: Transaction, recipient: Recipient, code: str) -> None:
    """From now on this is the code of the sign-in, or of the change of address, kept as a keyed hash; unless that is used or has expired."""
    waiting = Attr("used_at").not_exists() & Attr("code_expires_at").gt(clock.epoch(context.now))
    kept = code_hash(aws.secret(), recipient.id, code)
    key = keys.email_change(recipient.id) if recipient.kind == "email_change" else keys.sign_in(recipient.id)
    tx.update(key, put={"code_hash": kept}, when=waiting, label="expired")


def _minutes_left(context: Context, item: Item) -> int:
    return max(1, (int(item["code_expires_at"]) - clock.epoch(context.now)) // 60)


@letter("sign_in_code", on=SIGN_IN_REQUESTED, to=_who_signs_in, secret=Secret(new_code, _keep))
def sign_in_code(context: Context, recipient: Recipient, sign_in: Item) -> tuple[Reader, Facts]:
    # No name: whoever joins may have typed any name and somebody else's address.
    return Reader(sign_in["email"], sign_in["language"], ""), {"minutes": _minutes_left(context, sign_in)}


def _new_address(context: Context, change: Item) -> list[Recipient]:
    """Nobody, if the address has a member already: a stranger's mistake is no reason for a letter."""
    return [] if "taken" in change else [Recipient("email_change", change["change_id"])]


@letter("email_change_code", on=EMAIL_CHANGE_REQUESTED, to=_new_address, secret=Secret(new_code, _keep))
def email_change_code(context: Context, recipient: Recipient, change: Item) -> tuple[Reader, Facts]:
    # No name: nobody has shown yet that the address is the member's.
    return Reader(change["email"], change["language"], ""), {"minutes": _minutes_left(context, change)}


def _former_address(context: Context, change: Item) -> list[Recipient]:
    return [Recipient("former_email", change["change_id"])]


@letter("email_changed", on=EMAIL_CHANGED, to=_former_address)
def email_changed(context: Context, recipient: Recipient, change: Item) -> tuple[Reader, Facts]:
    """Goes to the former address: its present reader may know nothing of the change."""
    member = members.member(context, change["member_id"])
    if member is None:
        raise Unsendable("recipient_gone")
    return Reader(change["former"], member.language, member.name), {}
