"""The club's figures: made every night from the companies' rollups, read in one query.

    05:00 ──nightly_club──▶ a fold is created ──▶ parts: the months, orders and promoted goods of some companies ──▶ the last one folds all and writes the months

A fold that comes again writes the same months. Until it is done the months of the night before answer, and say of when they are.

Brands, categories and what follows from them are of the last three years: a company's rows of goods are its largest items.

Weakest point: a company that changed its region or manager moves with its whole history.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib import companies
from chalicelib.analytics.club import store
from chalicelib.analytics.club.rules import GOODS, MONTHS_OF_GOODS, RECENT, CompanyMonth, CompanyMonths, Fold, Goods
from chalicelib.analytics.company.rules import tier_on
from chalicelib.analytics.distributors import service as distributors
from chalicelib.analytics.promotions import service as promotions
from chalicelib.analytics.rollups.model import History
from chalicelib.analytics.rollups.rules import ZERO, Rows, Totals, last_day, month_of, plus
from chalicelib.analytics.rollups.store import read_history, read_rows
from chalicelib.companies import Company
from chalicelib.platform import Context, Progress
from chalicelib.table import Item, Position, Refused, Transaction

COMPANIES = 50  # of one part: within the minute of a worker, with their documents of promoted goods

# Currency, company, region, manager, distributor, yearly total, and of each month: net, saved, credited, orders, tier, {brand: net}, {category: net}, open orders.
Row = list[Any]


def start(context: Context, fold_id: str, author: str) -> None:
    """Creates a fold of everything up to today, where its id is new, and begins it. May be repeated at any time."""
    tx = Transaction()
    store.FOLD.create(
        tx, context, fold_id, author, {"last": month_of(context.today).isoformat(), "day": context.today.isoformat()}
    )
    with suppress(Refused):  # it was created before
        context.table.commit(tx)
    store.FOLD.announce(fold_id, 1)


def fold_part(context: Context, message: dict[str, Any]) -> None:
    """Reads the companies of the part in the message; the last part folds all of them and writes the club's months."""

    def some_companies(found: Progress, after: Position) -> tuple[list[list[str]], Position]:
        page, following = companies.some_companies(context, COMPANIES, after)
        return [_member(each) for each in page], following

    def read(found: Progress, members: list[list[Any]]) -> tuple[dict[str, Any], Mapping[str, Any]]:
        running = date.fromisoformat(found.item["last"])
        measured = promotions.measured(context, found.item["day"], found.item["created_at"])
        return {
            "months": [row for member in members for row in _rows(context, member, running)],
            "orders": [row for member in members for row in distributors.rows_of(context, member[0], running)],
            "promotions": [row for member in members for row in promotions.rows_of(context, member[0], measured)],
        }, {}

    def write(found: Progress, parts: Iterator[dict[str, Any]]) -> Item:
        running = date.fromisoformat(found.item["last"])
        folds: dict[str, Fold] = defaultdict(lambda: Fold(running))
        orders: list[distributors.Row] = []
        effects: list[promotions.Row] = []
        for part in parts:
            orders += part["orders"]
            effects += part["promotions"]
            for currency, *company in part["months"]:
                folds[currency].add(_company(company))
        folded = store.Folded(found.work_id, found.parts_total or 0, found.item["created_at"])
        distributors.write(context, orders, running, found.item["created_at"])
        promotions.write(
            context,
            promotions.measured(context, found.item["day"], found.item["created_at"]),
            effects,
            found.item["created_at"],
        )
        for currency in store.add_currencies(context.table, folds):
            fold = folds[currency]
            store.write_cohorts(context.table, currency, fold.cohorts())
            store.write_splits(context.table, currency, fold.splits())
            store.write_bridges(context.table, currency, fold.bridges())
            store.write_moved(context.table, currency, fold.moved())
            store.write_months(context.table, currency, fold.months(), folded)
        return {}

    store.FOLD.run(context, message, companies=some_companies, do=read, finish=write)


def _member(company: Company) -> list[Any]:
    apart = [company.company_id, company.region or "", company.manager_id or "", company.distributor_id or ""]
    return [*apart, company.currency, company.yearly_total or 0]


def _rows(context: Context, member: list[Any], running: date) -> list[Row]:
    """A company's rows; two reads."""
    history = read_history(context.table, member[0])
    first = plus(running, 2 - MONTHS_OF_GOODS - RECENT)  # the first of the shown months looks back, too
    goods = read_rows(context.table, member[0], first, running, history.definition) if history.months else {}
    return rows_of(history, goods, member, context.today)


def rows_of(history: History, goods: Mapping[date, Mapping[str, Rows]], member: list[Any], today: date) -> list[Row]:
    """A row for each currency with purchases or bonuses, as a part keeps it. `goods`: the rows of months, by currency."""
    months: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for currency in sorted({name for month in history.months for name in month.totals}):
        for month, totals in history.sums(currency).items():
            tier = tier_on(history.tiers, min(last_day(month), today))
            rows = goods.get(month, {}).get(currency, {})
            months[currency][month.isoformat()] = _plain(totals, tier.code if tier else "", rows)
    issued: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for each in sorted(history.bonuses, key=lambda each: each.month):
        row = months[each.currency].setdefault(each.month.isoformat(), _plain(Totals(), "", {}))
        row[2] = f"{each.issued - issued[each.currency]:f}"
        issued[each.currency] = each.issued
    *apart, own_currency, total = member
    return [
        [currency, *apart, total if currency == own_currency else 0, found]
        for currency, found in sorted(months.items())
    ]


def _plain(totals: Totals, tier: str, rows: Rows) -> list[Any]:
    saved = sum(totals.saved.values(), ZERO)
    goods = [{row.name: f"{row.net:f}" for row in rows.get(split, ()) if row.net} for split in GOODS]
    return [f"{totals.net:f}", f"{saved:f}", "0", totals.orders, tier, *goods, *totals.open_orders]


def companies_of(part: Mapping[str, Any], currency: str) -> list[CompanyMonths]:
    """The companies of a part that have months in the currency. `part`: as the fold keeps it."""
    return [_company(row) for row_currency, *row in part["months"] if row_currency == currency]


def _company(row: Row) -> CompanyMonths:
    company_id, region, manager, distributor, total, months = row
    found = {
        date.fromisoformat(month): CompanyMonth(
            Decimal(net),
            Decimal(saved),
            Decimal(credited),
            orders,
            tier,
            Goods(_decimals(brand), _decimals(category)),
            tuple(open_orders),
        )
        for month, (net, saved, credited, orders, tier, brand, category, *open_orders) in months.items()
    }
    return CompanyMonths(company_id, region, manager, distributor, found, total)


def _decimals(amounts: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(amount) for name, amount in amounts.items()}
