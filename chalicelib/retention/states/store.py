"""The items of states.

RHYTHM    of a company: state, since, figures, version; listed as due on the day of the next look, and in a state of silence by its first day
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chalicelib.platform import Context
from chalicelib.platform import keys as platform_keys
from chalicelib.retention.states import keys
from chalicelib.retention.states.rules import RhythmState, Standing
from chalicelib.table import Item, Page, Transaction, at_version, from_item, to_item

DUE = "rhythm"
QUIET = (RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.LOST)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The stored rhythm of a company, as it was found on `day`. Figures are None without orders."""

    company_id: str
    state: RhythmState
    since: date
    day: date
    orders: int
    last_order: date | None = None
    no_order: Decimal | None = None
    early_warning: Decimal | None = None
    expected_orders: Decimal | None = None
    expected_sum: Decimal | None = None
    order_value: Decimal | None = None
    usual_sum: Decimal | None = None
    window_from: date | None = None
    window_to: date | None = None
    look_again: date | None = None
    alarm_for: date | None = None  # the last order before the silence of which the staff was alarmed
    reminded_for: date | None = None  # the last order after which the company was reminded of the next one
    version: int = 0


def rhythm_of(company_id: str, found: Standing, day: date, version: int) -> Rhythm:
    rhythm = Rhythm(
        company_id=company_id,
        state=found.state,
        since=date.fromordinal(found.since),
        day=day,
        orders=found.orders,
        last_order=date.fromordinal(found.last) if found.last else None,
        look_again=date.fromordinal(found.look_again) if found.look_again else None,
        version=version,
    )
    if found.figures is None:
        return rhythm
    return replace(
        rhythm,
        no_order=_rounded(found.figures.no_order, "0.0001"),
        early_warning=_rounded(found.figures.early_warning, "0.0001"),
        expected_orders=_rounded(found.figures.expected_orders, "0.01"),
        expected_sum=_rounded(found.figures.expected_sum, "0.01"),
        order_value=_rounded(found.figures.order_value, "0.01"),
        usual_sum=None if found.figures.usual_sum is None else _rounded(found.figures.usual_sum, "0.01"),
        window_from=date.fromordinal(found.figures.window_from),
        window_to=date.fromordinal(found.figures.window_to),
    )


def _rounded(value: float, place: str) -> Decimal:
    return Decimal(value).quantize(Decimal(place))


def load(context: Context, company_id: str) -> Rhythm | None:
    return context.table.read(Rhythm, keys.rhythm(company_id), consistent=True)


def load_many(context: Context, company_ids: Iterable[str]) -> dict[str, Rhythm]:
    """The rhythms of these companies that have one, by company. Eventually consistent, a call for each hundred."""
    found = context.table.get_many(map(keys.rhythm, company_ids))
    return {item["company_id"]: from_item(Rhythm, item) for item in found.values()}


def quiet(context: Context, *states: RhythmState) -> Iterator[Rhythm]:
    """The rhythms of all companies in these states of silence, the longest silent first; page after page, none held longer."""
    for state in states:
        for item in context.table.query_all(keys.quiet_list(state, "", "").pk, index="gsi1"):
            yield from_item(Rhythm, item)


def quiet_page(context: Context, state: RhythmState, limit: int, after: dict[str, str] | None) -> Page:
    """The same of one state, one page."""
    return context.table.query(keys.quiet_list(state, "", "").pk, index="gsi1", limit=limit, after=after)


def put(tx: Transaction, found: Rhythm) -> None:
    """Refused with the label `rhythm` unless the version before this one is there."""
    tx.put(_item(found), when=at_version(found.version - 1), label="rhythm")


def save(context: Context, found: Rhythm) -> None:
    """Without a transaction, at half the price. Raises `Refused` unless the version before this one is there."""
    context.table.put(_item(found), when=at_version(found.version - 1))


def _item(found: Rhythm) -> Item:
    listed = platform_keys.due(DUE, found.look_again, found.company_id).as_gsi2() if found.look_again else {}
    if found.state in QUIET:
        listed |= keys.quiet_list(found.state, found.since.isoformat(), found.company_id).as_gsi1()
    return {**keys.rhythm(found.company_id).as_item(), **listed, **to_item(found)}
