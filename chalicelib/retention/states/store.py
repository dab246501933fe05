"""The items of states.

RHYTHM    of a company: state, since, figures, version; listed as due on the day of the next look, and in a state of silence by its first day
LEARNED   of the club: the parameters as one text
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform import keys as platform_keys
from chalicelib.platform.context import Context
from chalicelib.retention.rhythm.correction.rules import Correction
from chalicelib.retention.rhythm.model import Parameters
from chalicelib.retention.rhythm.reminder.model import GapParameters
from chalicelib.retention.rhythm.rules import ClubRhythm
from chalicelib.retention.rhythm.season.rules import YEAR, SeasonTime
from chalicelib.retention.states import keys
from chalicelib.retention.states.rules import Standing, State
from chalicelib.table.client import Page
from chalicelib.table.records import from_item, to_item
from chalicelib.table.transactions import Item, Transaction

DUE = "rhythm"
QUIET = (State.AT_RISK, State.DORMANT, State.LOST)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The stored rhythm of a company, as it was found on `day`. Figures are None without orders."""

    company_id: str
    state: State
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
    item = context.table.get(keys.rhythm(company_id), consistent=True)
    return from_item(Rhythm, item) if item else None


def load_many(context: Context, company_ids: Iterable[str]) -> dict[str, Rhythm]:
    """The rhythms of these companies that have one, by company. Eventually consistent, a call for each hundred."""
    found = context.table.get_many(map(keys.rhythm, company_ids))
    return {item["company_id"]: from_item(Rhythm, item) for item in found.values()}


def quiet(context: Context, *states: State) -> Iterator[Rhythm]:
    """The rhythms of all companies in these states of silence, the longest silent first; page after page, none held longer."""
    for state in states:
        for item in context.table.query_all(keys.quiet_list(state, "", "").pk, index="gsi1"):
            yield from_item(Rhythm, item)


def quiet_page(context: Context, state: State, limit: int, after: dict[str, str] | None) -> Page:
    """The same of one state, one page."""
    return context.table.query(keys.quiet_list(state, "", "").pk, index="gsi1", limit=limit, after=after)


def put(tx: Transaction, found: Rhythm) -> None:
    """Refused with the label `rhythm` unless the version before this one is there."""
    tx.put(_item(found), when=_unchanged(found), label="rhythm")


def save(context: Context, found: Rhythm) -> None:
    """Without a transaction, at half the price. Raises `Refused` unless the version before this one is there."""
    context.table.put(_item(found), when=_unchanged(found))


def _item(found: Rhythm) -> Item:
    listed = platform_keys.due(DUE, found.look_again, found.company_id).as_gsi2() if found.look_again else {}
    if found.state in QUIET:
        listed |= keys.quiet_list(found.state, found.since.isoformat(), found.company_id).as_gsi1()
    return {**keys.rhythm(found.company_id).as_item(), **listed, **to_item(found)}


def _unchanged(found: Rhythm) -> ConditionBase:
    return Attr("version").eq(found.version - 1) if found.version > 1 else Attr("pk").not_exists()


# --- the club ---------------------------------------------------------------------------------------------------------


class Learned(NamedTuple):
    """The parameters that the club learned on a day; `turnover`: of its companies in the year before; `companies`: those with orders."""

    club: ClubRhythm
    day: date
    turnover: Decimal
    companies: int = 0


def load_club(context: Context) -> Learned | None:
    """None before the first time."""
    item = context.table.get(keys.club_rhythm())
    if item is None:
        return None
    return Learned(
        club_of(item["learned"]), date.fromisoformat(item["day"]), item["turnover"], int(item.get("companies", 0))
    )


def put_club(context: Context, club: ClubRhythm, *, companies: int, turnover: Decimal) -> None:
    context.table.put(
        {
            **keys.club_rhythm().as_item(),
            "learned": club_text(club),
            "day": context.today.isoformat(),
            "companies": companies,
            "turnover": turnover,
            "at": context.at,
        }
    )


def club_text(club: ClubRhythm) -> str:
    flat = all(weight == 1 for weight in club.season.weights)
    return json.dumps(
        {
            "first": club.season.first,
            "last": club.season.last,
            "weights": [] if flat else [round(weight, 4) for weight in club.season.weights],
            "horizon": club.horizon,
            "model": club.model,
            "gaps": club.gaps,
            "mean_order": club.mean_order,
            "score": club.score,
            "warning": club.warning,
        }
    )


def club_of(text: str) -> ClubRhythm:
    found = json.loads(text)
    return ClubRhythm(
        season=SeasonTime(found["first"], found["weights"] or [1.0] * YEAR, found["last"]),
        horizon=found["horizon"],
        model=Parameters(*found["model"]),
        gaps=GapParameters(*found["gaps"]),
        mean_order=found["mean_order"],
        score=_correction(found["score"]),
        warning=_correction(found["warning"]),
    )


def _correction(found: Sequence[object] | None) -> Correction | None:
    if found is None:
        return None
    level, *lists = found
    return Correction(level, *map(tuple, lists))  # type: ignore[arg-type]
