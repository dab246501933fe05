"""What is bought together, counted from sales; and what of it is new for a company.

TOGETHER, of an article: companies, others {sku: [most, error]}, version. About 1 KB at most.
COUNTED, of a buyer: `pairs`, six bytes for each article and each pair that it added to the counts, and version.

A buyer counts once for an article and once for a pair, however often it buys them: so a count is one of buyers, and what is shown from
five of them on tells of no single one. The shops of a chain, which share an INN, are one buyer. Marks and counts are written in one
transaction, and the marks say what was counted before: so a sale may be told twice, in any order, or anew after a crash.

Facts are the sales documents, those of sales files and of orders alike: of each the ten largest lines. A document that brings nothing new
costs a read of the marks, and one batch of events reads them once for each company. Returns and corrections take nothing back: what was
bought together was bought together.

Weakest points: nothing here may hold up what else follows from a sale, so where others write the counts of one of its articles at this
moment a document is left out, to be made up for by the buyer's next one of the same goods; and a buyer that added `MOST_MARKS` adds no more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import combinations
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib import companies, sales
from chalicelib.catalog import Product, below, categories_key, product_key, product_of
from chalicelib.orders import affinity, store
from chalicelib.orders import together_keys as keys
from chalicelib.orders.affinity import Counts, Other, Suggestion
from chalicelib.orders.again import MOST_DOCUMENTS, MOST_SKU
from chalicelib.orders.rules import State
from chalicelib.orders.together_config import NewForYou
from chalicelib.orders.together_schemas import NewForYouAnswer, NewProduct
from chalicelib.platform.events import Event
from chalicelib.platform.figures import Language
from chalicelib.platform.log import log
from chalicelib.platform.work import Work
from chalicelib.pricing import PriceAnswer, conditions_of
from chalicelib.pricing import keys_of as keys_of_prices
from chalicelib.table import Busy, Key, Refused, Transaction
from chalicelib.table.transactions import Item

MOST_LINES = 10  # of a document, by amount
MOST_MARKS = 1000  # of a buyer: 6 KB
YEAR = timedelta(days=366)  # what was bought before is not counted any more
TRIES = 2  # against others who counted the same article meanwhile; whoever counts it right now is not waited for
MOST_OWN = 20  # articles, the largest by amount, from which a search for new ones begins
MOST_CANDIDATES = 45  # so that they, their counts and the conditions are read in one call
LATEST_ORDERS = 10  # what they hold is no news either

Pair = tuple[str, ...]  # two articles in order, or one by itself


# --- counting ---------------------------------------------------------------------------------------------------------


class _Marks(NamedTuple):
    """What a buyer has added so far."""

    key: Key
    version: int
    pairs: frozenset[bytes]


def count(work: Work, event: Event) -> None:
    """Counts what the document brings together."""
    sale = event.item
    if "lines" not in sale or sale["kind"] != "sale" or date.fromisoformat(sale["business_date"]) < work.today - YEAR:
        return
    skus = largest(sales.told_lines(sale))
    if len(skus) < 2:
        return
    company_id = sale["company_id"]
    pairs: dict[bytes, Pair] = {_mark(pair): pair for size in (1, 2) for pair in combinations(skus, size)}
    memo = ("together", company_id)
    for _ in range(TRIES):
        marks: _Marks = event.batch.get(memo) or _marks(work, company_id)
        event.batch[memo] = marks
        new = {mark: pair for mark, pair in pairs.items() if mark not in marks.pairs}
        if not new or len(marks.pairs) + len(new) > MOST_MARKS:
            return
        counted = marks._replace(version=marks.version + 1, pairs=marks.pairs | new.keys())
        try:
            work.table.commit(_counting(work, marks, counted, new.values()), tries=1)
        except Refused:
            del event.batch[memo]
            continue
        except Busy:
            break
        event.batch[memo] = counted
        return
    log.info("bought together, not counted", extra={"company_id": company_id, "document": sale["document"]})


def largest(lines: Iterable[sales.SaleLine]) -> list[str]:
    """The articles on which most was spent, in the order of their names."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if 1 <= len(line.sku) <= MOST_SKU:
            amounts[line.sku] += line.amount
    bought = [sku for sku, amount in amounts.items() if amount > 0]
    return sorted(sorted(bought, key=lambda sku: (-amounts[sku], sku))[:MOST_LINES])


def _mark(pair: Pair) -> bytes:
    return sha256("\x1f".join(pair).encode()).digest()[:6]


def _marks(work: Work, company_id: str) -> _Marks:
    company = companies.company(work, company_id)
    key = keys.counted_together((company and company.inn) or company_id)
    item = work.table.get(key, consistent=True)
    if item is None:
        return _Marks(key, 0, frozenset())
    pairs = bytes(item["pairs"])
    return _Marks(key, int(item["version"]), frozenset(pairs[start : start + 6] for start in range(0, len(pairs), 6)))


def _counting(work: Work, before: _Marks, after: _Marks, new: Iterable[Pair]) -> Transaction:
    """One read of all articles that gain by it, and the transaction."""
    first: set[str] = set()
    others: dict[str, list[str]] = defaultdict(list)
    for pair in new:
        if len(pair) == 1:
            first.add(pair[0])
        else:
            others[pair[0]].append(pair[1])
            others[pair[1]].append(pair[0])
    gaining = sorted(first | others.keys())
    found = work.table.get_many((keys.together(sku) for sku in gaining), consistent=True)
    tx = Transaction()
    marks = {**after.key.as_item(), "version": after.version, "pairs": b"".join(sorted(after.pairs))}
    tx.put(marks, when=_unchanged(before.version))
    for sku in gaining:
        key = keys.together(sku)
        item = found.get(key)
        counts = affinity.counted(_counts(item), company=sku in first, others=others[sku])
        version = int(item["version"]) if item else 0
        tx.put(_item(key, counts, version + 1), when=_unchanged(version))
    return tx


def _unchanged(version: int) -> ConditionBase:
    return Attr("version").eq(version) if version else Attr("pk").not_exists()


def _item(key: Key, counts: Counts, version: int) -> Item:
    return {
        **key.as_item(),
        "companies": counts.companies,
        "others": {sku: list(other) for sku, other in counts.others.items()},
        "version": version,
    }


def _counts(item: Item | None) -> Counts:
    if item is None:
        return Counts()
    others = {sku: Other(int(most), int(error)) for sku, (most, error) in item["others"].items()}
    return Counts(int(item["companies"]), others)


# --- what is new ------------------------------------------------------------------------------------------------------


def new_for_you(work: Work, company_id: str, language: Language) -> NewForYouAnswer:
    """Two questions for what the company buys, one read for what others buy with it, one or two for the goods and their prices."""
    figures = work.config[NewForYou]
    amounts = _bought(work, company_id)
    largest_own = sorted(amounts, key=lambda sku: (-amounts[sku], sku))[:MOST_OWN]
    known = work.table.get_many([key for sku in largest_own for key in (keys.together(sku), product_key(sku))])
    own = {sku: _counts(known[keys.together(sku)]) for sku in largest_own if keys.together(sku) in known}
    candidates = affinity.candidates(own, amounts, least=figures.least_companies, most=MOST_CANDIDATES)
    if not candidates:
        return NewForYouAnswer(items=[])
    found = _look_up(work, company_id, candidates)
    counts = {sku: _counts(found[keys.together(sku)]) for sku in candidates if keys.together(sku) in found}
    products = {sku: product_of(item) for sku in {*candidates, *own} if (item := (found | known).get(product_key(sku)))}
    suggested = [
        each
        for each in affinity.suggestions(own, counts, least=figures.least_companies)
        # Who gave the reason must have a name to give, and what is being replaced is no news.
        if each.because in products and each.sku in products and not products[each.sku].successor
    ]
    return NewForYouAnswer(items=_shown(work, company_id, suggested[: figures.shown], products, found, language))


def _bought(work: Work, company_id: str) -> Mapping[str, Decimal]:
    """What was spent on each article lately, what is on order included: of that the amounts tell little yet, and none is needed."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for document in sales.bought(work, company_id, since=work.today - YEAR, most=MOST_DOCUMENTS):
        for line in document.lines:
            if 1 <= len(line.sku) <= MOST_SKU:
                amounts[line.sku] += line.amount
    page = store.company_orders(work.table, company_id, state=None, limit=LATEST_ORDERS, after=None)
    for order in map(store.order_of, page.items):
        if order.state not in (State.REJECTED, State.CANCELLED):
            for ordered in order.lines:
                amounts.setdefault(ordered.sku, Decimal(0))
    return amounts


def _look_up(work: Work, company_id: str, skus: Iterable[str]) -> dict[Key, Item]:
    of_goods = [key for sku in skus for key in (keys.together(sku), product_key(sku))]
    return work.table.get_many([*keys_of_prices(company_id), categories_key(), *of_goods])


def _shown(
    work: Work,
    company_id: str,
    suggested: Iterable[Suggestion],
    products: Mapping[str, Product],
    found: Mapping[Key, Item],
    language: Language,
) -> list[NewProduct]:
    conditions = conditions_of(work, company_id, found, below(found.get(categories_key())))
    shown = []
    for each in suggested:
        product, mine = products[each.sku], products[each.because]
        price = conditions.price(product, product.pack_multiple, work.today)
        shown.append(
            NewProduct(
                sku=product.sku,
                name=product.name,
                name_ru=product.name_ru,
                brand=product.brand,
                unit=product.unit,
                pack_multiple=product.pack_multiple,
                because=mine.sku,
                reason=_reason(mine, language),
                price=PriceAnswer.of(price, language, work.config),
            )
        )
    return shown


def _reason(mine: Product, language: Language) -> str:
    if language == "ru":
        return f"Другие партнёры покупают его вместе с товаром «{mine.name_ru}», который вы уже покупаете."
    return f"Other partners buy it together with {mine.name}, which you buy already."
