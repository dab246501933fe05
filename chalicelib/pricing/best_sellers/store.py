"""Lists of best sellers in the table: work in parts whose item also has the request, and in the end the articles: `items`, a text of
[sku, name, name_ru, amount, units].

Objects lie below `bestsellers/{list}/`: `parts/{n}-{digest}` are the sums of a part by article.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from chalicelib.platform import Club, Context, Progress, WorkInParts, events, queue_url
from chalicelib.pricing.best_sellers import keys
from chalicelib.pricing.best_sellers.events import REQUESTED
from chalicelib.pricing.best_sellers.model import BestSellersForm
from chalicelib.table import Item, Transaction

KEEP_DAYS = 400  # at least as long as promotions name it; the bucket keeps its objects for 30 days

WORK = WorkInParts(
    lambda: queue_url("bestsellers"),
    "bestsellers/",
    keys.best_sellers,
    keys.best_sellers_part,
    KEEP_DAYS,
    keys.best_sellers_list,
)


class Sales(NamedTuple):
    """The amount paid for an article and its units, returns deducted."""

    amount: Decimal
    units: Decimal


class BestSeller(NamedTuple):
    sku: str
    name: str
    name_ru: str
    sold: Sales


def form(best_sellers: Progress) -> BestSellersForm:
    return BestSellersForm.model_validate_json(best_sellers.item["form"])


def currency(best_sellers: Progress) -> str:
    return str(best_sellers.item["currency"])


def listed(best_sellers: Progress) -> list[BestSeller]:
    """The articles, best first; empty until the list is done."""
    rows = json.loads(best_sellers.item.get("items", "[]"))
    return [
        BestSeller(sku, name, name_ru, Sales(Decimal(amount), Decimal(units)))
        for sku, name, name_ru, amount, units in rows
    ]


def create(tx: Transaction, context: Context, form: BestSellersForm, asked_by: str) -> Progress:
    """Create a list; its event starts the count."""
    list_id = context.new_id("bst")
    asked = {
        "list_id": list_id,
        "form": form.model_dump_json(),
        "currency": form.currency or context.config[Club].currency,
    }
    events.record(tx, context, keys.best_sellers(list_id), REQUESTED, list_id=list_id)
    return WORK.create(tx, context, list_id, asked_by, asked)


def articles(listed: Sequence[BestSeller]) -> Item:
    """The articles as attributes of the list."""
    rows = [[each.sku, each.name, each.name_ru, str(each.sold.amount), str(each.sold.units)] for each in listed]
    return {"items": json.dumps(rows, ensure_ascii=False)}


def rows_of(sums: Mapping[str, Sales]) -> dict[str, list[str]]:
    """The sums of a part as rows of its object."""
    return {sku: [str(sold.amount), str(sold.units)] for sku, sold in sorted(sums.items())}


def sums_of(rows: Mapping[str, Sequence[str]]) -> dict[str, Sales]:
    return {sku: Sales(Decimal(amount), Decimal(units)) for sku, (amount, units) in rows.items()}
