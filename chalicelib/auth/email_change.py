"""The change of a member's address: a code goes to the new one, and a letter to the former one once it is changed."""

from boto3.dynamodb.conditions import Attr

from chalicelib import mail, members
from chalicelib.auth import codes, keys
from chalicelib.auth.config import SignIn
from chalicelib.auth.events import EMAIL_CHANGE_REQUESTED, EMAIL_CHANGED
from chalicelib.auth.schemas import EmailChangeView
from chalicelib.auth.service import KEEP_DAYS, code_of, spend_code, throttle_codes
from chalicelib.platform import Context, Problem, or_not_found
from chalicelib.table import Item, Refused, Transaction, retry


def start(context: Context, member_id: str, email: str, *, address: str) -> EmailChangeView:
    """The answer is the same for an address that has a member already; only the letter does not come then.

    `address`: the caller's. Raises 404 for a member who has left, 422 for the present address, 429 for too many codes.
    """
    member = or_not_found(members.member(context, member_id), "This member has left the club.")
    if email == member.email:
        raise Problem.invalid("unchanged", "/email", "This is your address already.")
    throttle_codes(context, email, address, may_be_stranger=True)
    change_id = context.new_id("emc")
    key = keys.email_change(change_id)
    item: Item = {
        **key.as_item(),
        **keys.sign_in_list(member.email, context.at, change_id).as_gsi1(),
        "event": EMAIL_CHANGE_REQUESTED,
        "change_id": change_id,
        "member_id": member_id,
        "email": email,
        "language": member.language,
        **code_of(context),
    }
    if members.owner_of(context, email):
        item["taken"] = True
    context.table.put(item)
    mail.hasten(key)
    return EmailChangeView(change_id=change_id, expires_in=context.config[SignIn].code_minutes * 60)


def confirm(context: Context, secret: str, member_id: str, change_id: str, code: str, *, address: str) -> None:
    """Changes the address for the right code; the code again, a moment later, changes nothing.

    Raises what `spend_code` does, and 409 for an address that has a member by now.
    """
    item = spend_code(
        context,
        keys.email_change(change_id),
        codes.code_hash(secret, change_id, code),
        address=address,
        goes_to_somebody=lambda item: item["member_id"] == member_id and "taken" not in item,
    )
    if "used_at" not in item:
        _change(context, member_id, item)


@retry("version")
def _change(context: Context, member_id: str, item: Item) -> None:
    member = or_not_found(members.member(context, member_id), "This member has left the club.")
    change_id, email = item["change_id"], item["email"]
    if member.email == email:
        return  # by another code, a moment ago
    former = {
        **keys.email_changed(change_id).as_item(),
        **keys.sign_in_list(email, context.at, change_id).as_gsi1(),
        "event": EMAIL_CHANGED,
        "change_id": change_id,
        "member_id": member_id,
        "former": member.email,
        "expires_at": context.expiry(days=KEEP_DAYS),
    }
    tx = Transaction()
    members.change_email(context, tx, member, email)
    tx.update(
        keys.email_change(change_id), put={"used_at": context.at}, when=Attr("used_at").not_exists(), label="used"
    )
    tx.put(former)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "used" in refused:
            return  # the same code came twice at once
        if "email" in refused and "version" not in refused:
            raise Problem("already_exists", "This address has a member already.") from None
        raise
