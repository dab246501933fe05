"""The letters of issues and their tests, as the engine of letters knows them, and the letter to the staff on an issue that paused itself."""

from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.sending import store
from chalicelib.campaigns.sending.events import PAUSED_ITSELF
from chalicelib.campaigns.sending.model import SERVICE_TEMPLATE, TEMPLATE, TEST
from chalicelib.campaigns.tracking.service import note_report
from chalicelib.contacts import ADVERTISING_GUARD
from chalicelib.mail import Facts, Letter, LetterClass, Reader, Recipient, Unsendable, letter, room_letter
from chalicelib.members import STAFF_OWNER, speaking_reader
from chalicelib.platform import Context
from chalicelib.table import Item, Transaction


def _count(context: Context, tx: Transaction, before: Letter, after: Letter) -> None:
    """Counts a letter that bounced for good and one that was complained of, each once."""
    bounced = after.bounced_for_good and not before.bounced_for_good
    complained = bool(after.complained_at) and not before.complained_at
    if bounced or complained:
        store.count_report(tx, after.cause, bounced=bounced, complained=complained)


def _its_people(context: Context, event: Item) -> list[Recipient]:
    return [Recipient("member", member_id) for member_id in event["people"]]


@letter("issue_paused", on=PAUSED_ITSELF, to=_its_people, page="issue")
def to_its_people(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    issue, _ = plan_store.read(context.table, event["issue_id"])
    if issue is None or issue.pause is None:
        raise Unsendable("issue_resumed")
    reader = speaking_reader(context, recipient.id, STAFF_OWNER)
    return reader, {"title": issue.title, "reason": event["reason"]}


room_letter(TEMPLATE, module=__name__, guard=ADVERTISING_GUARD, on_report=_count, on_reading=note_report)
room_letter(
    SERVICE_TEMPLATE, module=__name__, letter_class=LetterClass.SERVICE, on_report=_count, on_reading=note_report
)
room_letter(TEST, module=__name__, letter_class=LetterClass.SERVICE)
