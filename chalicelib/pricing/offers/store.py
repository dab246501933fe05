"""GRANTED: what a company was granted beside its terms, in one item, since it is read with every price.

    offer:{offer}          an offer that is open, or used by an order that may still give it back: a text
    used:{offer}           the order that uses it
    display:{promotion}    a display deal that was approved for the company or its chain: the promotion's last day
    asked:{promotion}      the proof of a display deal that waits for a manager's word

Orders use and give back offers in the transactions of their own steps, so an offer makes one order cheaper and never two. What is over is
left out whenever something is granted. Each change is one operation of a transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.pricing.offers import keys
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.pricing.rules import Offer
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Transaction

_OFFER, _USED, _DISPLAY, _ASKED = "offer:", "used:", "display:", "asked:"
LABEL = "granted"  # of an operation that may be refused


class OpenOffer(NamedTuple):
    """An offer that may be used."""

    offer_id: str
    form: OfferForm

    @property
    def offer(self) -> Offer:
        return self.form.offer(self.offer_id)


# --- reads ------------------------------------------------------------------------------------------------------------


def open_offers(item: Item | None) -> list[OpenOffer]:
    """Those that no order uses, whatever their days; oldest first."""
    found = [
        OpenOffer(offer_id, OfferForm.model_validate_json(text))
        for offer_id, text in _named(item, _OFFER)
        if item and _USED + offer_id not in item
    ]
    return sorted(found, key=lambda each: (each.form.last, each.offer_id))


def displays(item: Item | None) -> frozenset[str]:
    """The promotions of which the company has the display deal."""
    return frozenset(display_days(item))


def display_days(item: Item | None) -> dict[str, date]:
    """The same with the last day of each."""
    return {promotion_id: date.fromisoformat(last) for promotion_id, last in _named(item, _DISPLAY)}


def display_attribute(promotion_id: str, last: date) -> dict[str, str]:
    """As it lies here, and among what was approved for a whole chain."""
    return {_DISPLAY + promotion_id: last.isoformat()}


def weight(item: Item | None) -> int:
    """Bytes of all offers that are kept there."""
    return sum(len(text.encode()) for _, text in _named(item, _OFFER))


def over(item: Item | None, day: date) -> list[str]:
    """Attributes that no price of this day or a later one needs."""
    offers = [_OFFER + each.offer_id for each in open_offers(item) if each.form.last < day]
    return offers + [_DISPLAY + promotion_id for promotion_id, last in display_days(item).items() if last < day]


def _named(item: Item | None, kind: str) -> list[tuple[str, str]]:
    return [(name.removeprefix(kind), value) for name, value in (item or {}).items() if name.startswith(kind)]


# --- changes ----------------------------------------------------------------------------------------------------------


def put_offer(tx: Transaction, company_id: str, offer_id: str, form: OfferForm, *, without: Iterable[str]) -> None:
    """`without`: attributes that are left out on the way, as `over` names them."""
    text = form.model_dump_json(exclude_defaults=True)
    tx.update(keys.granted(company_id), put={_OFFER + offer_id: text}, remove=tuple(without))


def withdraw_offer(tx: Transaction, company_id: str, offer_id: str) -> None:
    """Refused with label `granted` while an order uses it."""
    free = Attr(_USED + offer_id).not_exists()
    tx.update(keys.granted(company_id), remove=(_OFFER + offer_id,), when=free, label=LABEL)


def use_offers(tx: Transaction, company_id: str, order_id: str, offer_ids: Iterable[str]) -> None:
    """The order uses them. Refused with label `granted` unless each is there, and used by no other order."""
    used = sorted(offer_ids)
    condition: ConditionBase | None = None
    for offer_id in used:
        free = Attr(_OFFER + offer_id).exists() & Attr(_USED + offer_id).not_exists()
        condition = free if condition is None else condition & free
    tx.update(
        keys.granted(company_id),
        put={_USED + offer_id: order_id for offer_id in used},
        when=condition,
        label=LABEL,
    )


def release_offers(tx: Transaction, company_id: str, *, given_back: Iterable[str], spent: Iterable[str]) -> None:
    """Those that are given back may be used again; what is spent is kept here no more."""
    spent = sorted(spent)
    gone = [_USED + each for each in (*sorted(given_back), *spent)] + [_OFFER + each for each in spent]
    tx.update(keys.granted(company_id), remove=tuple(gone))


def ask_for_display(tx: Transaction, company_id: str, promotion_id: str, proof_id: str) -> None:
    """Refused with label `granted` where another proof waits, or the company has the deal."""
    new = Attr(_ASKED + promotion_id).not_exists() & Attr(_DISPLAY + promotion_id).not_exists()
    tx.update(keys.granted(company_id), put={_ASKED + promotion_id: proof_id}, when=new, label=LABEL)


def answer_display(tx: Transaction, company_id: str, promotion_id: str, last: date | None) -> None:
    """The deal is granted up to this day, or refused with None."""
    put = None if last is None else display_attribute(promotion_id, last)
    tx.update(keys.granted(company_id), put=put, remove=(_ASKED + promotion_id,))


def copy_displays(table: Table, company_id: str, last_days: Mapping[str, date]) -> None:
    """What the chain has, the company has. One call; again changes nothing."""
    put: dict[str, str] = {}
    for promotion_id, last in last_days.items():
        put |= display_attribute(promotion_id, last)
    if put:
        table.update(keys.granted(company_id), put=put)
