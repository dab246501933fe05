"""GRANTED: the offers and display deals of a company in one item, since every price reads it.

    offer:{offer}          the form of an offer that is open, or used by an order that may still give it back
    used:{offer}           the order that uses it
    display:{promotion}    an approved display deal of the company or its chain: the promotion's last day
    asked:{promotion}      the proof of a display deal that waits for a decision
    currency               of the company, in which the sums of its offers are

Orders use and give back offers in the transactions of their own steps, so an offer makes only one order cheaper. Each new offer removes
past attributes. Each change is one operation of a transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import reduce
from operator import and_
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.pricing.offers import keys
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.pricing.rules import Offer
from chalicelib.table import Item, Table, Transaction

_OFFER, _USED, _DISPLAY, _ASKED = "offer:", "used:", "display:", "asked:"
_CURRENCY = "currency"
DUE = "offers"  # about to expire
MOST_OPEN = 20  # open offers of a company, and of one order
DAYS_BEFORE = 3  # the last day, on which a reminder of it comes
LABEL = "granted"  # of the operations that may be refused


class OpenOffer(NamedTuple):
    """An open offer."""

    offer_id: str
    form: OfferForm
    currency: str

    @property
    def offer(self) -> Offer:
        return self.form.offer(self.offer_id)._replace(currency=self.currency)


# --- reads ------------------------------------------------------------------------------------------------------------


def open_offers(item: Item | None) -> list[OpenOffer]:
    """The offers that no order uses, past ones included, by their last day."""
    found = [
        OpenOffer(offer_id, OfferForm.model_validate_json(text), item[_CURRENCY])
        for offer_id, text in _named(item, _OFFER)
        if item and _USED + offer_id not in item
    ]
    return sorted(found, key=lambda each: (each.form.last, each.offer_id))


def displays(item: Item | None) -> frozenset[str]:
    """The promotions whose display deal the company has."""
    return frozenset(display_days(item))


def display_days(item: Item | None) -> dict[str, date]:
    """The last day of each display deal, by promotion."""
    return {promotion_id: date.fromisoformat(last) for promotion_id, last in _named(item, _DISPLAY)}


def display_attribute(promotion_id: str, last: date) -> dict[str, str]:
    """The attribute of a display deal, in GRANTED of a company or a chain."""
    return {_DISPLAY + promotion_id: last.isoformat()}


def weight(item: Item | None) -> int:
    """The bytes of all offers in GRANTED."""
    return sum(len(text.encode()) for _, text in _named(item, _OFFER))


def over(item: Item | None, day: date) -> list[str]:
    """The attributes that are past on this day."""
    offers = [_OFFER + each.offer_id for each in open_offers(item) if each.form.last < day]
    return offers + [_DISPLAY + promotion_id for promotion_id, last in display_days(item).items() if last < day]


def _named(item: Item | None, kind: str) -> list[tuple[str, str]]:
    return [(name.removeprefix(kind), value) for name, value in (item or {}).items() if name.startswith(kind)]


# --- changes ----------------------------------------------------------------------------------------------------------


def put_offer(
    tx: Transaction, company_id: str, offer_id: str, form: OfferForm, *, currency: str, without: Iterable[str]
) -> None:
    """Add an offer, its sums in this currency, and remove the attributes in `without`."""
    put = {_OFFER + offer_id: form.model_dump_json(exclude_defaults=True), _CURRENCY: currency}
    tx.update(keys.granted(company_id), put=put, remove=tuple(without))


def withdraw_offer(tx: Transaction, company_id: str, offer_id: str) -> None:
    """Remove an offer; refused with label `granted` while an order uses it."""
    free = Attr(_USED + offer_id).not_exists()
    tx.update(keys.granted(company_id), remove=(_OFFER + offer_id,), when=free, label=LABEL)


def use_offers(tx: Transaction, company_id: str, order_id: str, offer_ids: Iterable[str]) -> None:
    """The order uses them. Refused with label `granted` where one is used or withdrawn by now."""
    used = sorted(offer_ids)
    if not used:
        return
    open_still = (Attr(_OFFER + each).exists() & Attr(_USED + each).not_exists() for each in used)
    put = {_USED + each: order_id for each in used}
    tx.update(keys.granted(company_id), put=put, when=reduce(and_, open_still), label=LABEL)
    for offer_id in used:
        tx.update(keys.offer(company_id, offer_id), put={"state": "used", "order_id": order_id})


def release_offers(tx: Transaction, company_id: str, *, given_back: Iterable[str], spent: Iterable[str]) -> None:
    """`given_back`: may be used again; `spent`: will not be given back any more."""
    given_back, spent = sorted(given_back), sorted(spent)
    if not given_back and not spent:
        return
    gone = [_USED + each for each in (*given_back, *spent)] + [_OFFER + each for each in spent]
    tx.update(keys.granted(company_id), remove=tuple(gone))
    for offer_id in given_back:
        tx.update(keys.offer(company_id, offer_id), put={"state": "open"}, remove=("order_id",))


def request_display(tx: Transaction, company_id: str, promotion_id: str, proof_id: str) -> None:
    """Add a waiting proof; refused with label `granted` if another one waits or the company has the deal."""
    new = Attr(_ASKED + promotion_id).not_exists() & Attr(_DISPLAY + promotion_id).not_exists()
    tx.update(keys.granted(company_id), put={_ASKED + promotion_id: proof_id}, when=new, label=LABEL)


def decide_display(tx: Transaction, company_id: str, promotion_id: str, last: date | None) -> None:
    """Grant the deal up to `last`, or refuse it with None."""
    put = None if last is None else display_attribute(promotion_id, last)
    tx.update(keys.granted(company_id), put=put, remove=(_ASKED + promotion_id,))


def copy_displays(table: Table, company_id: str, last_days: Mapping[str, date]) -> None:
    """Copy the display deals of a chain to a company. At most one call; safe to repeat."""
    put: dict[str, str] = {}
    for promotion_id, last in last_days.items():
        put |= display_attribute(promotion_id, last)
    if put:
        table.update(keys.granted(company_id), put=put)
