"""The letters of issues and their tests, as the engine of letters knows them."""

from chalicelib.campaigns.sending import store
from chalicelib.campaigns.sending.model import TEMPLATE, TEST
from chalicelib.campaigns.tracking.service import note_report
from chalicelib.contacts import ADVERTISING_GUARD
from chalicelib.mail import Letter, LetterClass, room_letter
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction


def _count(context: Context, tx: Transaction, before: Letter, after: Letter) -> None:
    """Counts a letter that bounced for good and one that was complained of, each once."""
    bounced = after.bounced_for_good and not before.bounced_for_good
    complained = bool(after.complained_at) and not before.complained_at
    if bounced or complained:
        store.count_report(tx, after.cause, bounced=bounced, complained=complained)


room_letter(TEMPLATE, module=__name__, guard=ADVERTISING_GUARD, on_report=_count, on_reading=note_report)
room_letter(TEST, module=__name__, letter_class=LetterClass.SERVICE)
