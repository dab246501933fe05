"""Items of volume periods.

PERIODS#{programme}: the company's progress in the programme (`Course`); in the due index on the day of its next close.
PERIOD#{last day}#{programme}: a closed period, kept for ever. `owed`: the part of its credit that is not used up, expired or reversed; at
zero the period is settled.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from boto3.dynamodb.conditions import Attr

from chalicelib.bonuses.volume import keys
from chalicelib.bonuses.volume.rules import Bracket, Close, Course, Every, Mode, Pays, Programme
from chalicelib.platform import keys as platform_keys
from chalicelib.table import Page, Table, Transaction, at_version, from_item, to_item

DUE = "periods"

COURSE = "course"  # label: the company's course changed meanwhile


@dataclass(frozen=True, slots=True)
class Head:
    """The stored course of a company in a programme."""

    company_id: str
    programme: str
    currency: str
    course: Course
    version: int = 0


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A period as it was closed."""

    company_id: str
    programme: str
    name: str
    name_ru: str
    currency: str
    every: Every
    first: date
    last: date
    closed_on: date
    mode: Mode
    pays: Pays
    season: bool
    purchases: Decimal
    adjustments: Decimal
    carried: Decimal
    volume: Decimal
    bracket: Bracket | None
    credit: Decimal
    owed: Decimal

    @property
    def state(self) -> Literal["closed", "settled"]:
        return "closed" if self.owed else "settled"


def heads(table: Table, company_id: str) -> dict[str, Head]:
    """The company's courses by programme. One call, consistent."""
    found = [from_item(Head, item) for item in table.query_all(keys.volume_course(company_id, ""), consistent=True)]
    return {head.programme: head for head in found}


def write_head(tx: Transaction, before: Head, course: Course, due: date | None) -> None:
    """Refused with label `course` if it changed since `before`."""
    key = keys.volume_course(before.company_id, before.programme)
    item = {
        **key.as_item(),
        **(platform_keys.due(DUE, due, before.company_id).as_gsi2() if due else {}),
        **to_item(replace(before, course=course, version=before.version + 1)),
    }
    tx.put(item, when=at_version(before.version), label=COURSE)


def create_period(tx: Transaction, head: Head, programme: Programme, made: Close, closed_on: date) -> None:
    closed = ClosedPeriod(
        company_id=head.company_id,
        programme=programme.code,
        name=programme.name,
        name_ru=programme.name_ru,
        currency=programme.currency,
        every=programme.every,
        first=made.period.first,
        last=made.period.last,
        closed_on=closed_on,
        mode=programme.mode,
        pays=programme.pays,
        season=programme.is_season(made.period),
        purchases=made.purchases,
        adjustments=made.adjustments,
        carried=made.carried,
        volume=made.volume,
        bracket=made.bracket,
        credit=made.credit,
        owed=made.credit,
    )
    key = keys.period(closed.company_id, closed.last, closed.programme)
    tx.create({**key.as_item(), **to_item(closed)}, label=COURSE)


def settle(tx: Transaction, company_id: str, last: date, programme: str, less: Decimal) -> None:
    """Reduces the amount owed for the period."""
    tx.update(keys.period(company_id, last, programme), add={"owed": -less}, when=Attr("pk").exists())


def closed_periods(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Latest first. One call."""
    return table.query(keys.period(company_id, None, ""), limit=limit, after=after, newest_first=True)
