"""Items of series.

SERIES     a series with its steps, all series in one partition: written on condition that nobody changed it since it was read
TEXTS      the texts of a step, under an id that follows from them; never changed
ENROLMENT  a member in a series, listed by the moment of the next step until it ends; not while the series stands still
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from chalicelib.campaigns.plan.model import IssueTexts
from chalicelib.campaigns.series import keys
from chalicelib.campaigns.series.model import Enrolment, Series
from chalicelib.platform import Context, derived_id, jobs
from chalicelib.table import Item, Page, Position, Refused, Table, Transaction, at_version, from_item, to_item

MOST_AT_ONCE = 5_000  # steps that one tick starts: the next one starts the others
MOST_COUNTED = 10_000  # members inside a series

_ID_AT = len("SERIES#")


def every(table: Table) -> list[Series]:
    """The series that the staff have written or approved. One call."""
    found = table.query_all(keys.series("").pk, starts=keys.series("").sk, consistent=True)
    return [from_item(Series, item) for item in found]


def read(table: Table, series_ids: Iterable[str]) -> dict[str, Series]:
    found = table.get_many([keys.series(each) for each in series_ids], consistent=True)
    return {key.sk[_ID_AT:]: from_item(Series, item) for key, item in found.items()}


def write(tx: Transaction, series: Series, before: Series) -> None:
    """Refused with label `version` where somebody changed it meanwhile."""
    unchanged = at_version(before.version)
    tx.put({**keys.series(series.series_id).as_item(), **to_item(series)}, when=unchanged, label="version")


def texts_id(texts: IssueTexts) -> str:
    return derived_id("txt", texts.model_dump_json())


def write_texts(tx: Transaction, series_id: str, texts: Mapping[str, IssueTexts]) -> None:
    for each, written in texts.items():
        tx.put({**keys.series_texts(series_id, each).as_item(), "json": written.model_dump_json()})


def read_texts(table: Table, series: Iterable[Series]) -> dict[str, IssueTexts]:
    """By id, of all steps."""
    wanted = {keys.series_texts(each.series_id, step.texts_id): step.texts_id for each in series for step in each.steps}
    found = table.get_many(wanted, consistent=True)
    return {wanted[key]: IssueTexts.model_validate_json(item["json"]) for key, item in found.items()}


# --- enrolments -------------------------------------------------------------------------------------------------------


def enrolment(table: Table, member_id: str, series_id: str) -> Enrolment | None:
    return table.read(Enrolment, keys.enrolment(member_id, series_id), consistent=True)


def enrolments(table: Table, pairs: Sequence[tuple[str, str]]) -> list[Enrolment]:
    """Of these members in these series; one call per 100."""
    found = table.get_many([keys.enrolment(*each) for each in pairs], consistent=True)
    return [from_item(Enrolment, item) for item in found.values()]


def enrolments_of(table: Table, member_id: str) -> list[Enrolment]:
    """One call: there is one for each series at most."""
    return [from_item(Enrolment, item) for item in table.query_all(keys.enrolment(member_id, "").pk, consistent=True)]


def write_enrolment(table: Table, enrolment: Enrolment, before: Enrolment | None) -> bool:
    """Whether nobody else wrote it meanwhile."""
    unchanged = at_version(before.version if before else 0)
    try:
        table.put(_to_item(enrolment), when=unchanged)
    except Refused:
        return False
    return True


def due(context: Context) -> list[Enrolment]:
    """Enrolments whose step is due at this moment, oldest first. One call where nothing is due."""
    pk = keys.steps_due("", "", "").pk
    found = context.table.query_all(pk, index="gsi2", between=("0", f"{context.at}~"))
    return [from_item(Enrolment, item) for item in islice(found, MOST_AT_ONCE)]


def count_inside(table: Table, series_id: str) -> Counter[str]:
    """By step, of the first MOST_COUNTED members inside."""
    pk = keys.series_members(series_id, "", "").pk
    found = table.query_all(pk, index="gsi1", starts="IN#", only=("step_id",))
    return Counter(str(item["step_id"]) for item in islice(found, MOST_COUNTED))


def inside(table: Table, series_id: str, limit: int, after: Position) -> tuple[list[Enrolment], Position]:
    """The next members inside, as they are at this moment. Two calls per 100."""
    pk = keys.series_members(series_id, "", "").pk
    page = table.query(pk, index="gsi1", starts="IN#", limit=limit, after=after)
    return enrolments(table, [(str(item["member_id"]), series_id) for item in page.items]), page.last


def members_since(table: Table, series_id: str, since: str) -> Iterator[list[Enrolment]]:
    """Those inside, and those for whom it ended since then: by 100, in two calls."""
    pk = keys.series_members(series_id, "", "").pk
    inside = table.query_all(pk, index="gsi1", starts="IN#", only=("member_id",))
    outside = table.query_all(pk, index="gsi1", between=(f"OUT#{since}", "OUT#~"), only=("member_id",))
    for chunk in jobs.chunks(chain(inside, outside), 100):
        pairs = dict.fromkeys((str(item["member_id"]), series_id) for item in chunk)
        yield enrolments(table, list(pairs))


def page(table: Table, series_id: str, limit: int, after: Position) -> Page:
    """Those inside first, by step; then the others, by the time of their end."""
    return table.query(keys.series_members(series_id, "", "").pk, index="gsi1", limit=limit, after=after)


def _to_item(enrolment: Enrolment) -> Item:
    place = f"OUT#{enrolment.ended_at}" if enrolment.ended_at else f"IN#{enrolment.step_id}"
    due = keys.steps_due(enrolment.due_at, enrolment.member_id, enrolment.series_id).as_gsi2()
    return {
        **keys.enrolment(enrolment.member_id, enrolment.series_id).as_item(),
        **keys.series_members(enrolment.series_id, place, enrolment.member_id).as_gsi1(),
        **(due if enrolment.due_at and not enrolment.ended_at else {}),
        **to_item(enrolment),
    }
