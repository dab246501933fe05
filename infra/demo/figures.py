"""The year in figures: the partner's own, its statement of account, and the owner's dashboard. A chapter of the story."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import requests

from infra.demo import promotions
from infra.demo.portal import Portal, Say, Unexpected, await_
from infra.demo.seed import STAFF


def play(guest: Portal, partner: Portal, fold: Callable[[], None], today: date, say: Say) -> None:
    """`fold`: the nightly jobs that count the club's figures."""
    _year(partner, say)
    _statement(partner, today, say)
    admin = guest.sign_in(STAFF["admin"][1])
    before = admin.get("/v1/staff/dashboard")["as_of"]
    fold()
    _dashboard(admin, before, say)
    _bridge(admin, say)
    _promotion(admin, say)
    _people(admin, say)
    _distributors(admin, say)
    _managers(admin, say)


def _year(partner: Portal, say: Say) -> None:
    """The company's purchases by month, and the worth of its discounts. All of it was bought within the tier's window."""
    bought = partner.get("/v1/company/tier")["window"]["sum"]

    def counted() -> Any:
        found = partner.get("/v1/company/analytics?chart=true", Accept_Language="ru")
        return found if found["net"] == bought else None

    year = await_("the partner's year", counted)
    months = sum(row["documents"] > 0 for row in year["rows"])
    _same("the months of the year", _sum(row["net"] for row in year["rows"]), _amount(year["net"]))
    savings = ", ".join(f"{each['rule']} {each['amount']['amount']}" for each in year["savings"])
    say(
        f"the partner's year: {year['net']['amount']} {year['currency']} in {months} months, to the kopeck the sum of its rows; "
        f"saved {year['saved']['amount']}: {savings}; a chart of {len(year['chart']['svg'])} characters"
    )


def _statement(partner: Portal, today: date, say: Say) -> None:
    """The statement of the year, the same in each kind of file."""
    period = f"from={today.year}-01-01&to={today}"
    told = partner.get(f"/v1/company/statement?{period}")
    sizes = []
    for kind in ("csv", "xlsx", "pdf"):
        made = partner.get(f"/v1/company/statement/file?{period}&format={kind}", Accept_Language="ru")
        if (made["row_count"], made["control_total"]) != (told["row_count"], told["control_total"]):
            raise Unexpected(f"the statement as {kind} has other rows: {made}")
        content = requests.get(made["url"], timeout=90).content
        if len(content) != made["bytes"]:
            raise Unexpected(f"the statement as {kind} has {len(content)} bytes")
        sizes.append(f"{kind.upper()} {len(content)}")
    say(
        f"its statement of account: {told['row_count']} lines, control total {told['control_total']['amount']}, "
        f"the same in {', '.join(sizes)} bytes"
    )


def _dashboard(admin: Portal, before: str | None, say: Say) -> None:
    def folded() -> Any:
        found = admin.get("/v1/staff/dashboard")
        return found if found["as_of"] != before else None

    board = await_("the club's figures", folded)
    figures = ", ".join(f"{each['name']} {each['value']}" for each in board["figures"])
    say(f"the owner's dashboard of {board['month']}: {figures}")


def _bridge(admin: Portal, say: Say) -> None:
    row = admin.get("/v1/staff/analytics/bridge?against=year")["rows"][-1]
    _same("the six moves", _sum(each["change"] for each in row["moves"]), _amount(row["change"]))
    moves = ", ".join(f"{each['move']} {each['companies']}" for each in row["moves"])
    say(f"why turnover changed by {row['change']['amount']} against the year before: {moves}; they add up")


def _promotion(admin: Portal, say: Say) -> None:
    """A promotion that has run for some weeks, beside the weeks before it and the year before."""

    def measured() -> Any:
        rows = admin.get("/v1/staff/analytics/promotions")["rows"]
        return next((row for row in rows if row["name"] == promotions.WIRING), None)

    row = await_("the effect of a promotion", measured)
    say(
        f"«{row['name']}» in {row['days']} days: {row['net']} {row['currency']} of its goods, {row['expected']} by the weeks before, "
        f"{row['year_before']} a year before; measured against {row['basis']}"
    )


def _people(admin: Portal, say: Say) -> None:
    rows = admin.get("/v1/staff/analytics/people")["rows"]
    if not rows:
        raise Unexpected("the night counted nobody")
    told = "; ".join(
        f"{row['quarter']} {row['joined']} joined, {row['complete']} of {row['members']} profiles complete, "
        f"{row['active']} active on {row['visits']} days"
        for row in rows
    )
    say(f"the club's people: {told}")


def _distributors(admin: Portal, say: Say) -> None:
    rows = admin.get("/v1/staff/analytics/distributors")["rows"]
    if not any(row["answered"] and row["shipped"] for row in rows):
        raise Unexpected(f"no distributor answered and shipped: {rows}")
    last = rows[-1]
    say(
        f"{last['name']}: {last['orders']} orders, {last['in_time_percent']} % answered in time, {last['cut_percent']} % cut, "
        f"{last['rejected_percent']} % rejected"
    )


def _managers(admin: Portal, say: Say) -> None:
    found = admin.get("/v1/staff/retention/overview")
    total = found["total"]
    if found["day"] is None:
        raise Unexpected("the night made no overview of the managers' work")
    say(
        f"who is quiet: {total['at_risk']} at risk, {total['dormant']} dormant, {total['lost']} lost, of usually "
        f"{total['usual_sum']['amount']} {total['usual_sum']['currency']}; {len(found['managers'])} managers, "
        f"{sum(each['done'] for each in found['managers'])} of {sum(each['listed'] for each in found['managers'])} calls on their lists are done"
    )


def _same(what: str, sum_of_parts: Decimal, whole: Decimal) -> None:
    if sum_of_parts != whole:
        raise Unexpected(f"{what} come to {sum_of_parts} instead of {whole}")


def _sum(amounts: Any) -> Decimal:
    return sum(map(_amount, amounts), Decimal(0))


def _amount(money: dict[str, str]) -> Decimal:
    return Decimal(money["amount"])
