"""A company's own analytics: one query for months or quarters, and a read besides for all other rows, however long the history is. People are
named by a third call.

A company that is not built yet has one more: whether it has purchases.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from chalicelib import members, sales
from chalicelib.analytics.company import charts, rules
from chalicelib.analytics.company.charts import Bar
from chalicelib.analytics.company.rules import By, Line, Period
from chalicelib.analytics.company.schemas import (
    AnalyticsQuery,
    AnalyticsRowView,
    AnalyticsView,
    BonusMovementView,
    DocumentsQuery,
    MissingArticleView,
    ReachedTierView,
    SavingView,
)
from chalicelib.analytics.rollups import keys, store
from chalicelib.analytics.rollups.model import Built
from chalicelib.analytics.rollups.rules import REST, ZERO, last_day, month_of, months_between, plus
from chalicelib.platform import ChartView, Club, Context, Language, Money, Problem
from chalicelib.platform.charts import Chart
from chalicelib.platform.words.texts import Texts
from chalicelib.table import Item, Key

FORMULAS = Texts(__file__, "words", "formulas")

Read = Callable[[Iterable[Key]], Mapping[Key, Item]]

MOST_MONTHS = 120  # of months and quarters, and of the savings in them
MOST_MONTHS_OF_ROWS = 36  # of all other rows: with the year before they are one query
MOST_LINES = 6_000  # of an answer, which the gateway lets through up to 6 MB


class _Shown:
    """The words of an answer: its currency, language and addresses."""

    def __init__(self, currency: str, language: Language, path: str) -> None:
        self.currency, self.language, self._path = currency, language, path

    def money(self, amount: Decimal) -> Money:
        return Money.of(amount, self.currency)

    def optional(self, amount: Decimal | None) -> Money | None:
        return None if amount is None else self.money(amount)

    def savings(self, saved: Mapping[str, Decimal], first: date, last: date) -> list[SavingView]:
        return [
            SavingView(rule=rule, amount=self.money(amount), rows_url=self._documents_url("saving", rule, first, last))
            for rule, amount in saved.items()
        ]

    def missing(self, found: Iterable[rules.MissingArticle], last: date) -> list[MissingArticleView]:
        """`last`: the month since which the articles are missing."""
        before = plus(last, -rules.REGULAR_OF), plus(last, -1)
        return [
            MissingArticleView.from_record(
                each, last_month=f"{each.last_month:%Y-%m}", rows_url=self._documents_url("product", each.sku, *before)
            )
            for each in found
        ]

    def row(self, line: Line, total: Decimal, by: By, today: date) -> AnalyticsRowView:
        return AnalyticsRowView(
            name=line.name,
            title=line.title,
            net=self.money(line.net),
            units=line.units,
            documents=line.documents,
            share_percent=rules.share(line.net, total),
            year_before=self.money(line.year_before),
            change_percent=rules.change(line.net, line.year_before),
            sold=self.optional(line.sold),
            returned=self.optional(line.returned),
            returned_earlier=self.optional(line.returned_earlier),
            orders=line.orders,
            savings=self.savings(line.saved, line.first, line.last),
            tier=self._tier(line, today),
            bonuses=self._bonuses(line),
            whole=line.whole,
            rows_url=self._rows_url(line, by),
        )

    def _rows_url(self, line: Line, by: By) -> str:
        if by in ("month", "quarter"):
            return f"{self._path}/purchases?from={line.first}&to={line.last}&currency={self.currency}"
        return self._documents_url(by, line.name, line.first, line.last)

    def _documents_url(self, by: str, name: str, first: date, last: date) -> str:
        row = urlencode({"by": by, "name": name, "currency": self.currency})
        return f"{self._path}/analytics/documents?from={first:%Y-%m}&to={last:%Y-%m}&{row}"

    def _tier(self, line: Line, today: date) -> ReachedTierView | None:
        tier = line.tier
        if tier is None:
            return None
        name = tier.name_ru if self.language == "ru" else tier.name
        return ReachedTierView(
            code=tier.code,
            name=name,
            discount_percent=tier.discount_percent,
            since=tier.day,
            rows_url=f"{self._path}/tier/explain?as_of={min(line.last, today)}",
        )

    def _bonuses(self, line: Line) -> BonusMovementView | None:
        if line.bonuses is None:
            return None
        return BonusMovementView(
            **{name: self.money(amount) for name, amount in line.bonuses._asdict().items()},
            rows_url=f"{self._path}/bonuses/entries?from={line.first}&to={line.last}",
        )


def analytics(
    context: Context,
    company_id: str,
    query: AnalyticsQuery,
    language: Language,
    *,
    path: str = "/v1/company",
    read: Read | None = None,
) -> AnalyticsView:
    """Raises `invalid` for a period that is empty, too long, has too many rows, or begins in the future. `path`: where the company's documents are.

    `read`: of the items of rows, which may read more with them, and refuse.
    """
    period = period_of(context, query)
    history = store.read_history(context.table, company_id)
    currency = query.currency or currency_of(context, history.built)
    missing: list[rules.MissingArticle] = []
    if query.by == "month" or query.by == "quarter":
        lines = rules.by_time(history, currency, period, query.by)
    else:
        months = months_between(plus(period.first, -rules.YEAR), period.last)
        wanted = [keys.rows(company_id, month, history.definition) for month in months]
        found = store.rows_in((read or context.table.get_many)(wanted).values())
        rows = {month: each[currency][query.by] for month, each in found.items() if currency in each}
        lines = rules.by_name(rows, period)
        lines = _with_people(context, lines) if query.by == "person" else lines
        missing = rules.missing(rows, period) if query.by == "product" else []
    if len(lines) > MOST_LINES:
        raise Problem.invalid(
            "too_long", "/query/from", f"Of rows an answer has at most {MOST_LINES}: ask for fewer months."
        )
    shown = _Shown(currency, language, path)
    net, before = sum((line.net for line in lines), ZERO), sum((line.year_before for line in lines), ZERO)
    saved = rules.added(
        each.saved for month, each in history.sums(currency).items() if period.first <= month <= period.last
    )
    return AnalyticsView(
        by=query.by,
        currency=currency,
        first=period.first,
        last=last_day(period.last),
        mature=period.is_mature,
        as_of=history.as_of or context.at,
        complete=(history.built is not None and history.definition == keys.DEFINITION)
        or sales.first_purchase(context, company_id) is None,
        definition=history.definition,
        formulas=FORMULAS[language],
        row_count=len(lines),
        net=shown.money(net),
        units=sum((line.units for line in lines), ZERO),
        year_before=shown.money(before),
        change_percent=rules.change(net, before),
        savings=shown.savings(saved, period.first, period.last),
        saved=shown.money(sum(saved.values(), ZERO)),
        rows=[shown.row(line, net, query.by, context.today) for line in lines],
        missing=shown.missing(missing, period.last_whole),
        chart=ChartView.of(_chart(query.by, lines, currency, language)) if query.chart else None,
        credit_url=f"{path}/credit",
    )


def _with_people(context: Context, lines: list[Line]) -> list[Line]:
    """The people under their present names: a person who has left the club has none. A call for each hundred of them."""
    names = members.names_of_members(context, [line.name for line in lines if line.name not in ("", REST)])
    return [replace(line, title=names.get(line.name, line.title)) for line in lines]


def _chart(by: By, lines: Iterable[Line], currency: str, language: Language) -> Chart:
    if by in ("month", "quarter"):
        return charts.by_time(by, [Bar(line.name, line.net, line.year_before) for line in lines], currency, language)
    bars = [Bar(line.name if line.name == REST else line.title or line.name, line.net) for line in lines]
    return charts.by_name(charts.title_by(by, language), bars, currency, language)


def currency_of(context: Context, built: Built | None) -> str:
    """The company's own currency; the club's while its months are not folded."""
    return built.currency if built else context.config[Club].currency


def period_of(context: Context, query: AnalyticsQuery | DocumentsQuery) -> Period:
    """Raises `invalid` for a period that is empty, too long, or begins in the future."""
    running = month_of(context.today)
    last = _month(query.last) or running
    first = _month(query.first) or plus(last, -11)
    if first > last:
        raise Problem.invalid("range", "/query/from", "The first month lies after the last one.")
    if last > running:
        raise Problem.invalid("in_future", "/query/to", f"This is still to come: today is {context.today}.")
    most = MOST_MONTHS if query.by in ("month", "quarter", "saving") else MOST_MONTHS_OF_ROWS
    if plus(first, most) <= last:
        raise Problem.invalid("too_long", "/query/from", f"Rows of this kind cover at most {most} months.")
    return Period(first, last, context.today)


def _month(text: str | None) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None
