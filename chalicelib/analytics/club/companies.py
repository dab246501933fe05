"""The companies behind a row of the club's figures, as the fold that made the figures read them: their parts add up to the row.

A page goes through parts of the fold in the order in which they were read, and its cursor names the fold: so all pages are of one night.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from chalicelib import companies
from chalicelib.analytics.club import store
from chalicelib.analytics.club.figures import check_goods, check_newest, own_analytics_url, period_of
from chalicelib.analytics.club.rules import CompanyMonths, CompanyRow, RowAsked, Split, company_row
from chalicelib.analytics.club.schemas import ClubCompaniesQuery, ClubCompanyView
from chalicelib.analytics.club.service import companies_of
from chalicelib.analytics.rollups.rules import REST
from chalicelib.platform import Club, Context, Money, Problem
from chalicelib.table import Position

MOST_PARTS = 4  # that a page goes through: each is some fifty companies with all their months


def company_rows(
    context: Context, query: ClubCompaniesQuery, *, limit: int, after: Position
) -> tuple[list[ClubCompanyView], Position]:
    """In the order of ids; a page may hold fewer than asked for. A call, one for the names of a split, two for each part, and one for the names of companies. Raises `invalid`."""
    first, last = period_of(context, query)
    if query.move and first != last:
        raise Problem.invalid("range", "/query/from", "A move has one month.")
    currency = query.currency or context.config[Club].currency
    place = after or _beginning(context, currency)
    if place is None:
        return [], None
    asked = RowAsked(first, last, query.by, query.name, query.move, query.against)
    if query.by:
        asked = asked._replace(own_names=_own_names(context, asked, query.by, currency))
    found: list[CompanyRow] = []
    number, start, parts = int(place["part"]), int(place["row"]), int(place["parts"])
    last_number = min(number + MOST_PARTS - 1, parts)
    for part in range(number, last_number + 1):
        for position, company in enumerate(_companies(context, place["fold"], part, currency)):
            row = company_row(company, asked, idle=query.idle) if part > number or position >= start else None
            if row and len(found) == limit:
                return _views(context, found, query, currency), _position(place, part, position)
            found += [row] if row else []
    following = _position(place, last_number + 1, 0) if last_number < parts else None
    return _views(context, found, query, currency), following


def _beginning(context: Context, currency: str) -> Position:
    folded = store.read_folded(context.table, currency)
    return {"fold": folded.fold_id, "parts": str(folded.parts), "part": "1", "row": "0"} if folded else None


def _position(place: Mapping[str, str], part: int, row: int) -> dict[str, str]:
    return {**place, "part": str(part), "row": str(row)}


def _companies(context: Context, fold_id: str, part: int, currency: str) -> list[CompanyMonths]:
    """Raises `invalid` for a cursor of a fold that is kept no more."""
    try:
        return companies_of(store.FOLD.rows_of_part(context, fold_id, part), currency)
    except LookupError:
        raise Problem.invalid(
            "cursor_invalid", "/query/cursor", "This page is too old: start from the first page."
        ) from None


def _own_names(context: Context, asked: RowAsked, by: Split, currency: str) -> Mapping[date, Collection[str]]:
    """By month, the names of the split that have a row of their own; of a move, in the bridge. Raises `invalid` for a bridge that is not kept."""
    if asked.move:
        check_newest(context, asked.last, "/query/to")
        bridges = store.read_bridges(context.table, currency, by, asked.last, asked.last)
        return {month: found.get(asked.against, {}).keys() - {REST} for month, found in bridges.items()}
    check_goods(context, by, asked.first)
    splits = store.read_splits(context.table, currency, asked.first, asked.last)
    return {month: found.get(by, {}).keys() - {REST} for month, found in splits.items()}


def _views(
    context: Context, rows: Sequence[CompanyRow], query: ClubCompaniesQuery, currency: str
) -> list[ClubCompanyView]:
    named = companies.read_companies(context, [each.company_id for each in rows])
    first, last = period_of(context, query)
    return [
        ClubCompanyView.from_record(
            row,
            currency,
            name=named[row.company_id].name if row.company_id in named else "",
            before=Money.of(row.before, currency) if query.move else None,
            first_month=f"{row.first_month:%Y-%m}" if row.first_month else None,
            yearly_total=row.yearly_total or None,
            rows_url=own_analytics_url(row.company_id, first, last, currency),
        )
        for row in rows
    ]
