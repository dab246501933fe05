"""The items of cases.

CASE   a `Case`: ready, it is listed by its manager, by rank and by day; waiting or left out of lists, it is due on its day
ENTRY  an `Entry`, created once; only an erasure takes a person's name from it
"""

from collections.abc import Iterator
from datetime import date

from chalicelib.platform import Context, derived_id
from chalicelib.platform import keys as platform_keys
from chalicelib.retention.cases import keys
from chalicelib.retention.cases.model import Case, CaseState, Entry
from chalicelib.table import Item, Page, Transaction, at_version, from_item, to_item

Position = dict[str, str] | None

DUE = "cases"


def case_id_of(company_id: str) -> str:
    return derived_id("cas", company_id)


def load(context: Context, case_id: str) -> Case | None:
    return context.table.read(Case, keys.case(case_id), consistent=True)


def put(tx: Transaction, case: Case, before: Case | None, *, label: str = "case") -> None:
    """`case` as the next version. Refused with the label if `before` is no longer stored."""
    unchanged = at_version(before.version if before else 0)
    tx.put(_item(case), when=unchanged, label=label)


def save(context: Context, case: Case, before: Case | None) -> None:
    """Without a transaction, at half the price. Raises `Refused` if `before` is no longer stored."""
    unchanged = at_version(before.version if before else 0)
    context.table.put(_item(case), when=unchanged)


def _item(case: Case) -> Item:
    item = {**keys.case(case.case_id).as_item(), **to_item(case)}
    due = case.due if case.state is CaseState.WAITING else case.left_out_until
    if due:
        item |= platform_keys.due(DUE, due, case.company_id).as_gsi2()
    elif case.state is CaseState.READY:
        manager = case.manager_id or ""
        item |= keys.ready_list(manager, int(100 * case.listed_by_sum), case.case_id).as_gsi1()
        item |= keys.ready_since(manager, case.due.isoformat(), case.case_id).as_gsi2()
    return item


def ready_until(context: Context, manager_id: str, latest: date, limit: int, after: Position) -> Page:
    """The manager's cases that became due by this day, the earliest first. Eventually consistent."""
    listed, end = keys.ready_since(manager_id, "", ""), keys.ready_since(manager_id, latest.isoformat(), "~")
    return context.table.query(listed.pk, index="gsi2", between=("0", end.sk), limit=limit, after=after)


def ready(context: Context, manager_id: str, most: int) -> list[Case]:
    """The first of the manager's ready cases, by rank. Eventually consistent."""
    listed = keys.ready_list(manager_id, 0, "")
    page = context.table.query(listed.pk, index="gsi1", newest_first=True, limit=most)
    return [from_item(Case, item) for item in page.items]


def longest_ready(context: Context, manager_id: str, most: int) -> list[Case]:
    """The same, by the day on which they became due. Eventually consistent."""
    page = context.table.query(keys.ready_since(manager_id, "", "").pk, index="gsi2", limit=most)
    return [from_item(Case, item) for item in page.items]


def add_entry(tx: Transaction, entry: Entry) -> None:
    tx.create({**keys.entry(entry.case_id, entry.at, entry.entry_id).as_item(), **to_item(entry)}, label="entry")


def entries(context: Context, case_id: str, limit: int, after: Position) -> Page:
    """Newest first."""
    pk = keys.entry(case_id, "", "").pk
    return context.table.query(pk, starts="ENTRY#", newest_first=True, limit=limit, after=after)


def latest_entry(context: Context, case_id: str) -> Entry | None:
    """Read consistently: an entry is corrected a moment after it was made."""
    pk = keys.entry(case_id, "", "").pk
    found = context.table.query(pk, starts="ENTRY#", newest_first=True, limit=1, consistent=True).items
    return from_item(Entry, found[0]) if found else None


def every_entry(context: Context, case_id: str) -> Iterator[Entry]:
    """The whole history, in which a person who leaves the club is erased."""
    for item in context.table.query_all(keys.entry(case_id, "", "").pk, starts="ENTRY#"):
        yield from_item(Entry, item)


def forget_person(context: Context, entry: Entry, note: str, *, named: bool) -> None:
    """The entry stays with this note, and without the person who was to be called before it if that is `named`."""
    key = keys.entry(entry.case_id, entry.at, entry.entry_id)
    context.table.update(key, put={"note": note}, remove=("person_before",) if named else ())


def entries_of(context: Context, case_id: str, most: int) -> list[Entry]:
    """The newest entries."""
    return [from_item(Entry, item) for item in entries(context, case_id, most, None).items]
