"""The journal for its readers: each entry with the name of its member."""

from collections.abc import Mapping

from chalicelib.members import store
from chalicelib.members.schemas import JournalEntryView
from chalicelib.platform import Context
from chalicelib.platform.access.journal import JournalEntry, entries
from chalicelib.table import Position, from_item


def journal_page(
    context: Context, month: str | None, filters: Mapping[str, str], under: str | None, limit: int, after: Position
) -> tuple[list[JournalEntryView], Position]:
    """A page of a month (the present one if None), newest first. Two calls: entries and members."""
    page = entries(context, month or context.today.strftime("%Y-%m"), filters, under, limit, after)
    found = [from_item(JournalEntry, item) for item in page.items]
    people = store.read_many(context.table, sorted({each.by for each in found}))
    named = {member_id: person.name for member_id, person in people.items()}
    return [JournalEntryView(**each._asdict(), name=named.get(each.by)) for each in found], page.last
