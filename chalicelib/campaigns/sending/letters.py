"""The letters of issues and their tests, as the engine of letters knows them."""

from chalicelib.campaigns.sending import store
from chalicelib.campaigns.sending.model import TEMPLATE, TEST
from chalicelib.campaigns.tracking import service as tracking
from chalicelib.campaigns.tracking.model import Reading, ReadingKind
from chalicelib.campaigns.tracking.rules import NO_LINK
from chalicelib.contacts import ADVERTISING_GUARD
from chalicelib.mail import Letter, LetterClass, Report, room_letter
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction


def _count(context: Context, tx: Transaction, before: Letter, after: Letter) -> None:
    """Counts a letter that bounced for good and one that was complained of, each once."""
    bounced = after.bounced_for_good and not before.bounced_for_good
    complained = bool(after.complained_at) and not before.complained_at
    if bounced or complained:
        store.count_report(tx, after.cause, bounced=bounced, complained=complained)


def _note(context: Context, letter: Letter, report: Report) -> None:
    """An opening; a click that the mail service tells of comes through a link of its own, whose number nobody knows."""
    kind: ReadingKind = "open" if report.kind == "open" else "click"
    tracking.note(context, letter, Reading(kind, report.at, NO_LINK, report.agent))


room_letter(TEMPLATE, module=__name__, guard=ADVERTISING_GUARD, on_report=_count, on_reading=_note)
room_letter(TEST, module=__name__, letter_class=LetterClass.SERVICE)
