"""Items of entitlements, choices and frozen prices.

ENTITLEMENT and CHOICE (the company's partition): each written whole, one version on. A choice that waits for a shipment, and a gift that
can be handed over, are listed in GOODS (gsi2); any other entitlement is in the due index (gsi2) on its next day.
LIST and PRICE (the partition PRICELIST#): base prices of the catalogue at the first close of the period. PRICE items are written until
LIST exists, and never after.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from boto3.dynamodb.conditions import Attr

from chalicelib.bonuses.goods import keys
from chalicelib.bonuses.goods.rules import Choice, ChoiceState, Entitlement, FrozenPrice
from chalicelib.bonuses.volume.store import DUE
from chalicelib.platform import Context
from chalicelib.platform import keys as platform_keys
from chalicelib.table import MOST_OPERATIONS, Item, Page, Table, Transaction, at_version, from_item, to_item

ENTITLEMENT = "entitlement"  # label: the entitlement changed meanwhile
CHOICE = "choice"  # label: the choice changed meanwhile
FROZEN = "frozen"  # label: the price list is complete
LIST_KEEP_DAYS = 1_200  # a yearly part can be chosen to the end of the second year after its list was frozen
AMONG = 500  # prices that one page of a filtered list reads


def read_entitlement(table: Table, company_id: str, entitlement_id: str) -> Entitlement | None:
    return table.read(Entitlement, keys.entitlement(company_id, entitlement_id), consistent=True)


def entitlements(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Latest first. One call."""
    return table.query(keys.entitlement(company_id, ""), limit=limit, after=after, newest_first=True)


def every_entitlement(table: Table, company_id: str) -> Iterator[Entitlement]:
    return (from_item(Entitlement, item) for item in table.query_all(keys.entitlement(company_id, ""), consistent=True))


def read_choice(table: Table, company_id: str, entitlement_id: str, choice_id: str) -> Choice | None:
    return table.read(Choice, keys.choice(company_id, entitlement_id, choice_id), consistent=True)


def choices(table: Table, company_id: str, entitlement_id: str) -> list[Choice]:
    """The choices of an entitlement, oldest first."""
    found = [
        from_item(Choice, item)
        for item in table.query_all(keys.choice(company_id, entitlement_id, ""), consistent=True)
    ]
    return sorted(found, key=lambda choice: (choice.at, choice.choice_id))


def waiting(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Choices to be shipped and gifts to be handed over, oldest first. One call."""
    return table.query(keys.goods_list("", "").pk, index="gsi2", limit=limit, after=after)


def create_entitlement(tx: Transaction, entitlement: Entitlement, today: date) -> None:
    tx.create(_entitlement_item(entitlement, today), label=ENTITLEMENT)


def replace_entitlement(tx: Transaction, entitlement: Entitlement, today: date) -> None:
    """Refused with label `entitlement` unless the stored one is exactly one version behind."""
    item = _entitlement_item(entitlement, today)
    tx.put(item, when=Attr("version").eq(entitlement.version - 1), label=ENTITLEMENT)


def write_choice(tx: Transaction, choice: Choice) -> None:
    """Refused with label `choice` unless the stored one, if any, is exactly one version behind."""
    tx.put(_choice_item(choice), when=at_version(choice.version - 1), label=CHOICE)


def _entitlement_item(entitlement: Entitlement, today: date) -> Item:
    gift_waits = entitlement.kind == "gift" and entitlement.announced and entitlement.left
    due = entitlement.due
    if gift_waits:
        index = keys.goods_list(entitlement.available_from.isoformat(), entitlement.entitlement_id).as_gsi2()
    else:
        # Never in the past: the nightly run looks back over a few days only.
        index = platform_keys.due(DUE, max(due, today), entitlement.company_id).as_gsi2() if due else {}
    return {
        **keys.entitlement(entitlement.company_id, entitlement.entitlement_id).as_item(),
        **index,
        **to_item(entitlement),
    }


def _choice_item(choice: Choice) -> Item:
    waits = choice.state in (ChoiceState.RESERVED, ChoiceState.PARTLY_SHIPPED)
    return {
        **keys.choice(choice.company_id, choice.entitlement_id, choice.choice_id).as_item(),
        **(keys.goods_list(choice.at, choice.choice_id).as_gsi2() if waits else {}),
        **to_item(choice),
    }


# --- frozen prices ----------------------------------------------------------------------------------------------------


def is_frozen(table: Table, list_id: str) -> bool:
    return table.get(keys.price_list(list_id), consistent=True) is not None


def freeze(context: Context, list_id: str, goods: Iterable[FrozenPrice]) -> Iterator[Transaction]:
    """Transactions that write the price list; the last one completes it. Refused with label `frozen` once it is complete."""
    expires_at = context.expiry(days=LIST_KEEP_DAYS)
    whole = keys.price_list(list_id)
    count = 0
    tx = Transaction()
    for priced in goods:
        if len(tx) == MOST_OPERATIONS - 1:
            tx.check(whole, Attr("pk").not_exists(), label=FROZEN)
            yield tx
            tx = Transaction()
        tx.put({**keys.frozen_price(list_id, priced.sku).as_item(), **to_item(priced), "expires_at": expires_at})
        count += 1
    tx.create({**whole.as_item(), "at": context.at, "goods": count, "expires_at": expires_at}, label=FROZEN)
    yield tx


def prices_of(table: Table, list_id: str, skus: Iterable[str]) -> dict[str, FrozenPrice]:
    found = table.get_many(keys.frozen_price(list_id, sku) for sku in skus)
    return {item["sku"]: from_item(FrozenPrice, item) for item in found.values()}


def prices(table: Table, list_id: str, currency: str, prefix: str, limit: int, after: dict[str, str] | None) -> Page:
    """By article number. One call."""
    where = Attr("currency").eq(currency)
    return table.query_some(keys.frozen_price(list_id, prefix), where=where, limit=limit, among=AMONG, after=after)
