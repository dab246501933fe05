"""The nightly count of one buyer, and what is new for a company.

A buyer counts once for an article and once for a pair, however often it buys them: so a count is one of buyers, and what is shown from
five of them on tells of no single one. The shops of a chain, which share an INN, are one buyer.

Facts are the sales documents of the last year, those of sales files and of orders alike, as they are now: a correction takes back what the
document said before, and what was bought longer ago than a year is counted no more. Returns take nothing back: what was bought together was
bought together. A buyer's pairs are worked out from them anew and lie beside the counts; both change in one transaction, under their
versions. So a buyer may be counted twice, at once, or again after a crash: where nothing moved, nothing is written.

Weakest point: a chain is read whole when one of its shops moved, and of a company no more documents than one call brings.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from chalicelib import companies, orders, pricing, sales
from chalicelib.catalog import Product, below, categories_key, product_key, product_of
from chalicelib.platform.context import Context
from chalicelib.platform.text import Language
from chalicelib.pricing import PriceView, conditions_of
from chalicelib.pricing import keys_of as keys_of_prices
from chalicelib.recommendations import keys, rules, store
from chalicelib.recommendations.config import NewForYou
from chalicelib.recommendations.rules import MOST_SKU, Pairs, Suggestion
from chalicelib.recommendations.schemas import NewProductsView, NewProductView
from chalicelib.recommendations.store import Contribution
from chalicelib.table.key import Key
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Item, Transaction

YEAR = timedelta(days=366)  # what was bought before is not counted any more
MOST_COUNTED = 400  # documents of a company, as far as one call brings them
MOST_DOCUMENTS = 100  # from which a search for new articles begins; one read brings what fits into 1 MB
MOST_OWN = 20  # articles, the largest by amount, from which it goes on
MOST_CANDIDATES = 45  # so that they, their counts and the conditions are read in one call
LATEST_ORDERS = 10  # what they hold is no news either

# --- counting ---------------------------------------------------------------------------------------------------------


def mark_moved(context: Context, company_id: str) -> None:
    """Has the next night count the company's buyer. Two calls."""
    buyer, _ = _buyer(context, company_id)
    store.mark_moved(context, buyer, company_id)


@retry()
def count(context: Context, company_id: str) -> None:
    """Brings the counts to the pairs of the company's buyer, as its sales are now. Raises `Busy` where others keep writing them."""
    buyer, inn = _buyer(context, company_id)
    before = store.contribution(context.table, buyer)
    # The facts are read after what they are compared with: whoever knew older ones is refused by the version.
    _move(
        context,
        buyer,
        before,
        _pairs(context, {company_id, *(pricing.companies_of_chain(context.table, inn) if inn else ())}),
    )


def _buyer(context: Context, company_id: str) -> tuple[str, str | None]:
    """The buyer that the company is, by its INN where it has one, and the INN."""
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


def _move(context: Context, buyer: str, before: Contribution, pairs: Pairs) -> None:
    """A read of the articles whose counts change and a transaction, for every so many of them. Raises `Refused`."""
    for reached in rules.steps(before.pairs, pairs):
        gains = rules.gains(before.pairs, reached)
        after = Contribution(before.version + 1, reached)
        tx = Transaction()
        store.put_contribution(tx, buyer, after)
        for sku, (counts, version) in store.counts(context.table, gains).items():
            store.put_counts(tx, sku, rules.counted(counts, gains[sku]), version=version + 1)
        context.table.commit(tx)
        before = after


# --- what is new ------------------------------------------------------------------------------------------------------


def new_for_you(context: Context, company_id: str, language: Language) -> NewProductsView:
    """Two questions for what the company buys, one read for what others buy with it, one or two for the goods and their prices."""
    figures = context.config[NewForYou]
    amounts = _bought(context, company_id)
    largest_own = sorted(amounts, key=lambda sku: (-amounts[sku], sku))[:MOST_OWN]
    known = context.table.get_many([key for sku in largest_own for key in (keys.together(sku), product_key(sku))])
    own = store.known_counts(known, largest_own)
    candidates = rules.candidates(own, amounts, least=figures.least_companies, most=MOST_CANDIDATES)
    if not candidates:
        return NewProductsView(items=[])
    found = _look_up(context, company_id, candidates)
    counts = store.known_counts(found, candidates)
    products = {sku: product_of(item) for sku in {*candidates, *own} if (item := (found | known).get(product_key(sku)))}
    suggested = [
        each
        for each in rules.suggestions(own, counts, least=figures.least_companies)
        # Who gave the reason must have a name to give, and what is being replaced is no news.
        if each.because in products and each.sku in products and not products[each.sku].successor
    ]
    return NewProductsView(items=_shown(context, company_id, suggested[: figures.shown], products, found, language))


def _bought(context: Context, company_id: str) -> Mapping[str, Decimal]:
    """What was spent on each article lately, what is on order included: of that the amounts tell little yet, and none is needed."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for document in sales.newest_documents(context, company_id, since=context.today - YEAR, most=MOST_DOCUMENTS):
        for line in document.lines:
            if 1 <= len(line.sku) <= MOST_SKU:
                amounts[line.sku] += line.amount
    for order in orders.latest(context, company_id, LATEST_ORDERS):
        if order.state not in (orders.OrderState.REJECTED, orders.OrderState.CANCELLED):
            for ordered in order.lines:
                amounts.setdefault(ordered.sku, Decimal(0))
    return amounts


def _look_up(context: Context, company_id: str, skus: Iterable[str]) -> dict[Key, Item]:
    of_goods = [key for sku in skus for key in (keys.together(sku), product_key(sku))]
    return context.table.get_many([*keys_of_prices(company_id), categories_key(), *of_goods])


def _shown(
    context: Context,
    company_id: str,
    suggested: Iterable[Suggestion],
    products: Mapping[str, Product],
    found: Mapping[Key, Item],
    language: Language,
) -> list[NewProductView]:
    conditions = conditions_of(context, company_id, found, below(found.get(categories_key())))
    shown = []
    for each in suggested:
        product, mine = products[each.sku], products[each.because]
        price = conditions.price(product, product.pack_multiple, context.today)
        shown.append(
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
    return shown


def _reason(mine: Product, language: Language) -> str:
    if language == "ru":
        return f"Другие партнёры покупают его вместе с товаром «{mine.name_ru}», который вы уже покупаете."
    return f"Other partners buy it together with {mine.name}, which you buy already."
