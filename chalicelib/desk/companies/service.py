"""The list of companies, put together from the rooms that know of them.

By name it is a list of the table, page by page. Narrowed by tier, state or what waits, or in another order, it is read as a whole from the
narrowest list that holds it, and each page is cut from that.

Weakest point: a page of the whole costs three reads for each hundred companies that are looked at, so there are at most `MOST_COMPANIES`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from chalicelib import bonuses, companies, demand, orders, pricing, retention, tiers
from chalicelib.companies import Company, Portfolio
from chalicelib.desk.companies import rules
from chalicelib.desk.companies.rules import CompanyRow
from chalicelib.desk.companies.schemas import ListedCompaniesQuery, ListedCompanyView, StaffCompaniesPage, Waits
from chalicelib.platform import Context, Money, Problem
from chalicelib.platform.http.cursors import Cursors
from chalicelib.platform.http.lists import CountView
from chalicelib.table import Page, Position, Table

Each = TypeVar("Each")

MOST_COMPANIES = 3000  # that are looked at for one page
OLDEST = 100  # of each list of what waits


class WaitingList(NamedTuple):
    """Things that wait for an answer, the oldest first; each item names its `company_id`. `scope`: that of who may know of them."""

    scope: str
    read: Callable[[Table, int, Position], Page]


WAITING: dict[Waits, WaitingList] = {
    "claim": WaitingList("staff.companies.read", companies.claims_page),
    "order": WaitingList("staff.orders.read", orders.unanswered_page),
    "demand": WaitingList("staff.demands.read", demand.page_in_words),
    "display": WaitingList("staff.companies.read", pricing.waiting_displays),
    "redemption": WaitingList("staff.bonuses.read", bonuses.redemptions_waiting),
    "customer": WaitingList("staff.companies.read", companies.customer_questions_page),
}


def shown(
    context: Context, listed: Sequence[companies.StaffCompanyView], scopes: Collection[str]
) -> list[ListedCompanyView]:
    """These companies with what a manager chooses by. Nine calls for up to a hundred of them, none for none."""
    if not listed:
        return []
    waits = {kind: _waiting(context, kind)[0] for kind, known in WAITING.items() if known.scope in scopes}
    rows = {row.company_id: row for row in _rows(context, listed)}
    return [
        ListedCompanyView(
            **each.model_dump(),
            tier=rows[each.company_id].tier,
            purchases=Money(amount=rows[each.company_id].purchases, currency=each.currency),
            state=rows[each.company_id].state,
            last_order=rows[each.company_id].last_order,
            waits=[kind for kind, theirs in waits.items() if each.company_id in theirs],
        )
        for each in listed
    ]


def find(
    context: Context, query: ListedCompaniesQuery, portfolio: Portfolio, scopes: Collection[str], cursors: Cursors
) -> StaffCompaniesPage:
    """A page of the companies that all filters hold for, in the order asked for, and the count of them all.

    The count is exact, but among companies that wait for something: each list of these is read from its oldest on, `OLDEST` of them.

    Raises 422 where more than `MOST_COMPANIES` would have to be looked at.
    """
    candidates, complete = _candidates(context, query, portfolio)
    known = {each.company_id: each for each in candidates}
    rows = [row for row in _rows(context, known.values()) if query.filter.holds(row)]
    kept = rules.page(rows, query.sort, query.limit + 1, cursors.open(query.cursor))
    cut = kept[: query.limit]
    last = rules.place(cut[-1], query.sort) if len(kept) > query.limit else None
    listed = companies.listed_for_staff(context, [known[row.company_id] for row in cut])
    return StaffCompaniesPage(
        items=shown(context, listed, scopes),
        next_cursor=cursors.close(last),
        count=CountView(value=len(rows), more=not complete) if query.count else None,
    )


def _candidates(context: Context, query: ListedCompaniesQuery, portfolio: Portfolio) -> tuple[Iterable[Company], bool]:
    """The companies of the portfolio whose names begin so, among the narrowest list that holds all that are looked for, and whether it was read to its end."""
    begins = companies.listed_as(query.q or "")
    ids: Iterable[str]
    complete = True
    if query.waits:
        ids, complete = _waiting(context, query.waits)
    elif quiet := query.filter.quiet_states:
        ids = (each.company_id for each in retention.quiet_companies(context, *quiet))
    else:
        return _bounded(companies.every_listed(context, query.q or "", portfolio)), True
    known = companies.read_companies(context, _bounded(ids)).values()
    found = [
        each
        for each in known
        if each.joined_into is None and portfolio.holds(each) and companies.listed_as(each.name).startswith(begins)
    ]
    return found, complete


def _bounded(several: Iterable[Each]) -> list[Each]:
    found = list(islice(several, MOST_COMPANIES + 1))
    if len(found) > MOST_COMPANIES:
        detail = f"More than {MOST_COMPANIES} companies would have to be looked at: choose a manager or a region."
        raise Problem.invalid("too_many", "/query/manager", detail)
    return found


def _waiting(context: Context, kind: Waits) -> tuple[set[str], bool]:
    """The companies of this list of what waits, and whether these are all. One call."""
    page = WAITING[kind].read(context.table, OLDEST, None)
    return {item["company_id"] for item in page.items}, page.last is None


def _rows(context: Context, known: Collection[Company | companies.StaffCompanyView]) -> list[CompanyRow]:
    """Two reads for each hundred companies."""
    ids = [each.company_id for each in known]
    standings = context.table.get_many(map(tiers.standing_key, ids))
    rhythms = retention.rhythms_of(context, ids)
    found = []
    for each in known:
        standing, rhythm = standings.get(tiers.standing_key(each.company_id)), rhythms.get(each.company_id)
        found.append(
            CompanyRow(
                each.company_id,
                companies.listed_as(each.name),
                tiers.tier_in_force(standing, context.today).tier,
                tiers.window_sum(standing, context.today),
                each.currency,
                rhythm.state if rhythm else None,
                rhythm.last_order if rhythm else None,
            )
        )
    return found
