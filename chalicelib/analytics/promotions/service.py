"""The effect of promotions: measured every night with the club's figures, until documents of their days come late no more.

A part of the fold brings each company's purchases of the goods, and the last part writes the effects.

Weakest point: goods are chosen by what the catalogue says of them tonight.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib import campaigns, catalog, pricing, sales
from chalicelib.analytics.company.rules import change
from chalicelib.analytics.promotions import keys, rules
from chalicelib.analytics.promotions.rules import Measured, PromotionEffect, Sold
from chalicelib.analytics.promotions.schemas import PromotionEffectsQuery, PromotionEffectsView, PromotionEffectView
from chalicelib.analytics.rollups.rules import last_day, month_of, plus
from chalicelib.platform import Club, Context, Language, Problem
from chalicelib.platform.words.texts import Texts
from chalicelib.table import from_item, to_item

FORMULAS = Texts(__file__, "formulas")

LATE_DAYS = 35  # after its last day a promotion is measured so long
MONTHS = 12
MOST_MONTHS = 36

Row = list[Any]  # promotion, held out, purchases during, before, and a year before


def measured(context: Context, day: str, at: str) -> list[Measured]:
    """The promotions approved by a moment that run or ran lately, up to the day before `day`. One query, and the catalogue's categories."""
    until = date.fromisoformat(day) - timedelta(days=1)
    below = catalog.below(context.table.get(catalog.categories_key()))
    return [
        Measured(each.promotion.with_subcategories(below), until)
        for each in pricing.promotions_since(context.table, until - timedelta(days=LATE_DAYS))
        if each.approved_at and each.approved_at <= at and each.promotion.first <= min(until, each.promotion.last)
    ]


def rows_of(context: Context, company_id: str, several: Sequence[Measured]) -> Iterator[Row]:
    """The purchases of a company in the club's currency, as a part of the fold keeps them. A query for each span of days."""
    if not several:
        return
    found = [Sold() for _ in several]
    held = campaigns.is_held_out(context, company_id)
    currency = context.config[Club].currency
    for first, last in rules.spans(several):
        lines = [*sales.dated_lines(context, company_id, first, last, currency)]
        products = catalog.read_products(context.table, sorted({line.sku for _, line in lines} - {""}))
        for day, line in lines:
            if product := products.get(line.sku):
                found = [
                    sold.plus(each.sold(product, day, line.amount)) for each, sold in zip(several, found, strict=True)
                ]
    for each, sold in zip(several, found, strict=True):
        yield [each.promotion.promotion_id, held, *(f"{amount:f}" for amount in sold)]


def write(context: Context, several: Sequence[Measured], rows: Iterable[Row], as_of: str) -> None:
    """Writes the effects of these promotions."""
    arms: dict[str, dict[bool, list[Sold]]] = defaultdict(lambda: defaultdict(list))
    for promotion_id, held, *amounts in rows:
        arms[promotion_id][held].append(Sold(*map(Decimal, amounts)))
    currency = context.config[Club].currency
    for each in several:
        found = rules.effect(each, arms[each.promotion.promotion_id], currency, as_of)
        key = keys.promotion_effect(found.first, found.promotion_id)
        context.table.put({**key.as_item(), **to_item(found)})


# --- reading ----------------------------------------------------------------------------------------------------------


def show(context: Context, query: PromotionEffectsQuery, language: Language) -> PromotionEffectsView:
    """One query. Raises `invalid`."""
    last = date.fromisoformat(f"{query.last}-01") if query.last else month_of(context.today)
    first = date.fromisoformat(f"{query.first}-01") if query.first else plus(last, 1 - MONTHS)
    if first > last:
        raise Problem.invalid("range", "/query/from", "The first month lies after the last one.")
    if plus(first, MOST_MONTHS) <= last:
        raise Problem.invalid("too_long", "/query/from", f"Rows of this kind cover at most {MOST_MONTHS} months.")
    start, end = keys.promotion_effect(first), keys.promotion_effect(last_day(last))
    items = context.table.query_all(start.pk, between=(start.sk, f"{end.sk}~"))
    rows = [_row(from_item(PromotionEffect, item), language) for item in items]
    return PromotionEffectsView(formulas=FORMULAS[language], row_count=len(rows), rows=rows)


def _row(found: PromotionEffect, language: Language) -> PromotionEffectView:
    return PromotionEffectView.from_record(
        found,
        name=found.name_ru if language == "ru" else found.name,
        basis="earlier_periods" if found.difference is None else "hold_out",
        mature=found.until == found.last,
        change_percent=change(found.net, found.expected),
        year_change_percent=change(found.net, found.year_before),
    )
