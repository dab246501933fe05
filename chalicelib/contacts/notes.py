"""Contacts that the staff make themselves, such as telephone calls, noted so that they spend the budget."""

from datetime import timedelta

from chalicelib import members
from chalicelib.contacts import keys, service
from chalicelib.contacts.events import NOTED
from chalicelib.contacts.model import Verdict
from chalicelib.contacts.schemas import ContactQuery, NoteForm
from chalicelib.members import Member
from chalicelib.platform import Context, Problem, derived_id, or_not_found
from chalicelib.table import Item, Page, Transaction, retry

KEEP_DAYS = 400
MOST_DAYS_BACK = 366


def verdict(context: Context, member_id: str, query: ContactQuery) -> Verdict:
    """Raises 404 for an unknown member."""
    member = _member(context, member_id)
    day = query.day or service.local_day(context, member.time_zone)
    return service.may_contact(context, member_id, query.channel, query.contact_class, day)


@retry("contact_budget", "address_budget")
def note(context: Context, member_id: str, form: NoteForm, *, by: str) -> Item:
    """Notes a contact by one of the staff. The same note of the same day again changes nothing.

    Raises 404 for an unknown member, 422 for a day that is still to come or long past.
    """
    member = _member(context, member_id)
    today = service.local_day(context, member.time_zone)
    day = form.day or today
    if not today - timedelta(days=MOST_DAYS_BACK) <= day <= today:
        raise Problem.invalid(
            "out_of_range", "/day", f"A contact is noted from the day itself until {MOST_DAYS_BACK} days after it."
        )
    about = {"channel": form.channel, "contact_class": form.contact_class, "day": day.isoformat(), "text": form.text}
    note_id = derived_id("ctc", member_id, by, *about.values())
    key = keys.contact_note(member_id, day.isoformat(), note_id)
    if known := context.table.get(key, consistent=True):
        return known
    told = {"member_id": member_id, "note_id": note_id, "event": NOTED}
    item: Item = {**key.as_item(), **told, **about, "by": by, "at": context.at}
    tx = Transaction()
    tx.put({**item, "expires_at": context.expiry(days=KEEP_DAYS)})
    service.note(
        context,
        tx,
        person_id=member_id,
        channel=form.channel,
        address=member.email if form.channel == "email" else member.phone,
        contact_class=form.contact_class,
        day=day,
        by=note_id,
    )
    context.table.commit(tx)
    return item


def page(context: Context, member_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """The notes of the member, newest first. Two calls. Raises 404 for an unknown member."""
    _member(context, member_id)
    first = keys.contact_note(member_id, "", "")
    return context.table.query(first.pk, starts="NOTE#", limit=limit, after=after, newest_first=True)


def _member(context: Context, member_id: str) -> Member:
    return or_not_found(members.member(context, member_id))
