"""The nightly count of one buyer, and the recommendations for a company.

A buyer counts once for an article and once for a pair, so a count of five or more buyers reveals none of them. The shops of a chain, which
share an INN, are one buyer.

The facts are the present sales documents of the last year, from sales files and orders; corrections apply, returns do not. A buyer's pairs
are computed again and stored beside the counts; both change in one transaction, under their versions. So a buyer may be counted twice, at
once, or again after a crash. Without a change nothing is written.

Weakest point: a chain is read whole when one of its shops moved, and a company only as far as one call reads.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from chalicelib import companies, orders, pricing, sales
from chalicelib.catalog import Product, below, categories_key, product_key, product_of
from chalicelib.platform import Context, Language
from chalicelib.pricing import PriceView, conditions_of
from chalicelib.pricing import keys_of as keys_of_prices
from chalicelib.recommendations import keys, rules, store
from chalicelib.recommendations.config import NewForYou
from chalicelib.recommendations.rules import MOST_SKU, Pairs, Suggestion
from chalicelib.recommendations.schemas import NewProductsView, NewProductView
from chalicelib.recommendations.store import Contribution
from chalicelib.table import Item, Key, Transaction, retry

YEAR = timedelta(days=366)
MOST_COUNTED = 400  # documents of a company, as far as one call brings them
MOST_DOCUMENTS = 100  # from which a search for new articles begins; one read brings what fits into 1 MB
MOST_OWN = 20  # articles, the largest by amount, from which it goes on
MOST_CANDIDATES = 45  # so that they, their counts and the conditions are read in one call
LATEST_ORDERS = 10  # their articles are not recommended

# --- counting ---------------------------------------------------------------------------------------------------------


def mark_moved(context: Context, company_id: str) -> None:
    """Marks the company's buyer for the next night. Two calls."""
    buyer, _ = _buyer(context, company_id)
    store.mark_moved(context, buyer, company_id)


@retry()
def count(context: Context, company_id: str) -> None:
    """Updates the counts by the present sales of the company's buyer. Raises `Busy` while others keep writing them."""
    buyer, inn = _buyer(context, company_id)
    before = store.contribution(context.table, buyer)
    # Read before the facts: the version then refuses a writer with older facts.
    _move_counts(
        context,
        buyer,
        before,
        _pairs(context, {company_id, *(pricing.companies_of_chain(context.table, inn) if inn else ())}),
    )


def _buyer(context: Context, company_id: str) -> tuple[str, str | None]:
    """The buyer of the company, and the INN, if it has one."""
    company = companies.read_company(context, company_id)
    inn = company.inn if company else None
    return inn or company_id, inn


def _pairs(context: Context, company_ids: Iterable[str]) -> Pairs:
    since = context.today - YEAR
    return rules.pairs_of(
        document
        for company_id in sorted(company_ids)
        for document in sales.newest_documents(context, company_id, since=since, most=MOST_COUNTED)
    )


def _move_counts(context: Context, buyer: str, before: Contribution, pairs: Pairs) -> None:
    """A read of the counts and a transaction for each step. Raises `Refused`."""
    for reached in rules.transitions(before.pairs, pairs):
        count_changes = rules.count_changes(before.pairs, reached)
        after = Contribution(before.version + 1, reached)
        tx = Transaction()
        store.put_contribution(tx, buyer, after)
        for sku, (counts, version) in store.counts(context.table, count_changes).items():
            store.put_counts(tx, sku, rules.changed_counts(counts, count_changes[sku]), version=version + 1)
        context.table.commit(tx)
        before = after


# --- recommendations --------------------------------------------------------------------------------------------------


def new_for_you(context: Context, company_id: str, language: Language) -> NewProductsView:
    """Two queries for the own purchases, one read for their counts, one or two for the candidates and their prices."""
    figures = context.config[NewForYou]
    amounts = _amounts_bought(context, company_id)
    largest_own = sorted(amounts, key=lambda sku: (-amounts[sku], sku))[:MOST_OWN]
    own_items = context.table.get_many(
        [key for sku in largest_own for key in (keys.article_counts(sku), product_key(sku))]
    )
    own = store.counts_among(own_items, largest_own)
    candidates = rules.candidates(own, amounts, least=figures.least_companies, most=MOST_CANDIDATES)
    if not candidates:
        return NewProductsView(items=[])
    of_goods = [key for sku in candidates for key in (keys.article_counts(sku), product_key(sku))]
    found = context.table.get_many([*keys_of_prices(company_id), categories_key(), *of_goods])
    counts = store.counts_among(found, candidates)
    products = {
        sku: product_of(item) for sku in {*candidates, *own} if (item := (found | own_items).get(product_key(sku)))
    }
    suggested = [
        each
        for each in rules.suggestions(own, counts, least=figures.least_companies)
        # The reason names the own product; a product with a successor is not recommended.
        if each.because in products and each.sku in products and not products[each.sku].successor
    ]
    return NewProductsView(items=_views(context, company_id, suggested[: figures.shown], products, found, language))


def _amounts_bought(context: Context, company_id: str) -> Mapping[str, Decimal]:
    """The amount spent on each article in a year, in the company's currency; 0 for articles that are only on order, or bought in another one."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for document in sales.newest_documents(context, company_id, since=context.today - YEAR, most=MOST_DOCUMENTS):
        for line in document.lines:
            if 1 <= len(line.sku) <= MOST_SKU:
                amounts[line.sku] += Decimal(0) if document.other_currency else line.amount
    for order in orders.latest(context, company_id, LATEST_ORDERS):
        if order.state not in (orders.OrderState.REJECTED, orders.OrderState.CANCELLED):
            for ordered in order.lines:
                amounts.setdefault(ordered.sku, Decimal(0))
    return amounts


def _views(
    context: Context,
    company_id: str,
    suggested: Iterable[Suggestion],
    products: Mapping[str, Product],
    found: Mapping[Key, Item],
    language: Language,
) -> list[NewProductView]:
    conditions = conditions_of(context, company_id, found, below(found.get(categories_key())))
    views = []
    for each in suggested:
        product, mine = products[each.sku], products[each.because]
        price = conditions.price(product, product.pack_multiple, context.today)
        views.append(
            NewProductView(
                sku=product.sku,
                name=product.name,
                name_ru=product.name_ru,
                brand=product.brand,
                unit=product.unit,
                pack_multiple=product.pack_multiple,
                because=mine.sku,
                reason=_reason(mine, language),
                price=PriceView.of(price, language),
            )
        )
    return views


def _reason(mine: Product, language: Language) -> str:
    if language == "ru":
        return f"Другие партнёры покупают его вместе с товаром «{mine.name_ru}», который вы уже покупаете."
    return f"Other partners buy it together with {mine.name}, which you buy already."
