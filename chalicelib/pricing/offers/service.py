"""The life of a personal offer.

    open ──an order is placed with it──▶ used ──it ships──▶ spent, for good
      │  ◀──the order comes to nothing───┘
      └──withdraw──▶ withdrawn

An offer is stored twice, always written in one transaction: as OFFER with its state, for the staff, and in GRANTED, as long as prices
need it. The cabinet shows an offer; a letter reminds of it before it ends (`reminders`).
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib import contacts
from chalicelib.catalog import read_products, with_articles_meant
from chalicelib.companies import company_key
from chalicelib.platform import Approval, Club, Context, EventType, Money, Problem, events, or_not_found
from chalicelib.platform import keys as platform_keys
from chalicelib.platform.approvals import store as approvals
from chalicelib.pricing.config import Pricing
from chalicelib.pricing.offers import keys, store
from chalicelib.pricing.offers.events import ISSUED, WITHDRAWN
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.pricing.offers.schemas import CompanyOfferView, OfferView
from chalicelib.pricing.offers.store import MOST_OPEN
from chalicelib.pricing.rules import plain
from chalicelib.table import Item, Position, Refused, Transaction, retry

MOST_BYTES = 32_000  # of all offers of a company, which every price reads
_GIVEN = "offers"  # the name of what an author gives alone: percents
_ALL = Decimal(100)


@retry(approvals.ALONE)
def issue(context: Context, company_id: str, form: OfferForm, *, author: str) -> OfferView:
    """Issue an offer. Raises as `add`."""
    tx = Transaction()
    view = add(context, tx, company_id, form, author=author)
    return context.commit(tx, view)


def add(
    context: Context, tx: Transaction, company_id: str, form: OfferForm, *, author: str, place: str = ""
) -> OfferView:
    """Adds an offer to the transaction. Above the club's bounds it waits for somebody else, and makes no price yet.

    The transaction is refused with label `alone` where its author gave more at the same moment: read again then.

    `place`: the pointer of the form. Raises `not_found`, 422 for unknown articles and for a past last day, 409 for too many offers, and for one that a held-out company did not ask for.
    """
    form = with_articles_meant(context, form, place).model_copy(update={"first": form.first or context.today})
    draft = _draft(context, company_id, context.new_id("off"), form, author)
    if form.last < context.today:
        raise Problem.invalid("over", f"{place}/to", "The last day has passed.")
    view = _view(context, draft.item)
    percent, figures = _percent_off(context, form, draft.currency), context.config[Pricing]
    limits = {company_id: figures.alone_percents_company, "": figures.alone_percents}
    if percent <= figures.alone_percent and approvals.fits_alone(context, author, _GIVEN, percent, limits):
        _create(tx, context, draft, author)
        approvals.add_alone(tx, context, author, _GIVEN, percent, limits)
        return view
    asked = form.model_dump_json(exclude_defaults=True)
    approvals.create(tx, Approval(view.offer_id, "offer", company_id, asked, author, context.at))
    return view.model_copy(update={"state": "waiting"})


def issue_approved(context: Context, approval: Approval, also: Callable[[Transaction], None]) -> None:
    """Issue an approved offer, with `also` in its transaction. Raises `wrong_state` when its last day has passed, 409 as `add`."""
    form = OfferForm.model_validate_json(approval.form)
    if form.last < context.today:
        raise Problem("wrong_state", "The last day has passed: reject it.")
    draft = _draft(context, approval.company_id, approval.approval_id, form, approval.author)
    draft.item["approved_by"] = approval.decided_by
    tx = Transaction()
    _create(tx, context, draft, approval.decided_by)
    also(tx)
    context.table.commit(tx)


class _Draft(NamedTuple):
    """An offer that is to be written: its item, and the offers of the company that are over by now."""

    item: Item
    form: OfferForm
    currency: str
    over: Sequence[str]


def _draft(context: Context, company_id: str, offer_id: str, form: OfferForm, author: str) -> _Draft:
    key, held = keys.granted(company_id), contacts.hold_out_key(company_id)
    found = context.table.get_many([company_key(company_id), key, held], consistent=True)
    if company_key(company_id) not in found:
        raise Problem("not_found")
    hold_out = contacts.hold_out_today(context, found.get(held))
    if hold_out and not form.requested:
        raise Problem("conflict", "At present this company gets only offers that it asked for itself.")
    present = found.get(key)
    past = store.over(present, context.today)
    kept = {name: value for name, value in (present or {}).items() if name not in past}
    too_many = len(store.open_offers(kept)) >= MOST_OPEN
    if too_many or store.weight(kept) + len(form.model_dump_json(exclude_defaults=True).encode()) > MOST_BYTES:
        raise Problem("conflict", "The company has too many offers: withdraw some, or name fewer goods in each.")
    item = {
        **keys.offer(company_id, offer_id).as_item(),
        **keys.offer_list(company_id, context.at, offer_id).as_gsi1(),
        "offer_id": offer_id,
        "company_id": company_id,
        "form": form.model_dump_json(exclude_defaults=True),
        "state": "open",
        "issued_at": context.at,
        "issued_by": author,
    }
    reminder = form.last - timedelta(days=store.DAYS_BEFORE)
    if reminder > max(context.today, form.first or context.today):  # a shorter offer is news as it ends
        item |= platform_keys.due(store.DUE, reminder, company_id).as_gsi2()
    return _Draft(item, form, found[company_key(company_id)]["currency"], past)


def _create(tx: Transaction, context: Context, draft: _Draft, by: str) -> None:
    company_id, offer_id = draft.item["company_id"], draft.item["offer_id"]
    tx.create(draft.item)
    place = keys.listed_offer(draft.item["issued_at"], offer_id)
    tx.create({**place.as_item(), "company_id": company_id, "offer_id": offer_id})
    store.put_offer(tx, company_id, offer_id, draft.form, currency=draft.currency, without=draft.over)
    _record(tx, context, company_id, offer_id, ISSUED, by)


def _percent_off(context: Context, form: OfferForm, currency: str) -> Decimal:
    """The percent that the offer takes off. A price is held against the highest base price of its articles; without one to compare with it is all.

    Free delivery takes nothing off the goods.
    """
    if form.free_delivery:
        return Decimal(0)
    if form.percent is not None:
        return form.percent
    highest = max(form.goods.base_prices(read_products(context.table, form.goods.skus), currency), default=None)
    if not highest or form.price is None:
        return _ALL
    return max(Decimal(0), (_ALL - form.price / highest * _ALL).quantize(Decimal("0.01"), ROUND_UP))


def show(context: Context, company_id: str, offer_id: str) -> OfferView:
    """Raises `not_found`."""
    return _view(context, _existing(context, company_id, offer_id))


def withdraw(context: Context, company_id: str, offer_id: str, *, author: str) -> OfferView:
    """Withdraw an offer. Raises `not_found`, and 409 if an order uses it. Safe to repeat."""
    key = keys.offer(company_id, offer_id)
    present = _existing(context, company_id, offer_id)
    if present["state"] == "withdrawn":
        return _view(context, present)
    withdrawn = {"state": "withdrawn", "withdrawn_at": context.at, "withdrawn_by": author}
    tx = Transaction()
    tx.update(key, put=withdrawn, when=Attr("state").eq("open"), label="offer")
    store.withdraw_offer(tx, company_id, offer_id)
    _record(tx, context, company_id, offer_id, WITHDRAWN, author)
    try:
        context.table.commit(tx)
    except Refused as refused:
        item = refused.items.get("offer")
        if item and item["state"] == "withdrawn":
            return _view(context, item)  # a concurrent withdrawal
        raise Problem("wrong_state", "An order uses this offer.") from None
    return _view(context, {**present, **withdrawn})


def page(context: Context, company_id: str, limit: int, after: Position) -> tuple[list[OfferView], Position]:
    """A page of all offers to a company, newest first."""
    found = context.table.query(
        keys.offer_list(company_id, "", "").pk, index="gsi1", newest_first=True, limit=limit, after=after
    )
    return [_view(context, item) for item in found.items], found.last


def every(context: Context, limit: int, after: Position) -> tuple[list[OfferView], Position]:
    """A page of the offers to all companies, newest first. Two calls."""
    places = context.table.query(keys.listed_offer("", "").pk, newest_first=True, limit=limit, after=after)
    wanted = [keys.offer(item["company_id"], item["offer_id"]) for item in places.items]
    found = context.table.get_many(wanted)
    return [_view(context, found[key]) for key in wanted if key in found], places.last


def _existing(context: Context, company_id: str, offer_id: str) -> Item:
    return or_not_found(context.table.get(keys.offer(company_id, offer_id), consistent=True))


def _view(context: Context, item: Item) -> OfferView:
    form = OfferForm.model_validate_json(item["form"])
    expired = item["state"] == "open" and form.last < context.today
    return OfferView(
        **form.model_dump(by_alias=False),
        offer_id=item["offer_id"],
        company_id=item["company_id"],
        state="expired" if expired else item["state"],
        issued_at=item["issued_at"],
        issued_by=item["issued_by"],
        approved_by=item.get("approved_by"),
        order_id=item.get("order_id"),
        withdrawn_at=item.get("withdrawn_at"),
        withdrawn_by=item.get("withdrawn_by"),
    )


def own(context: Context, company_id: str) -> list[CompanyOfferView]:
    """The offers that the company can use, now or later. One call."""
    found = context.table.get_many([company_key(company_id), keys.granted(company_id)])
    currency = (
        found[company_key(company_id)]["currency"]
        if company_key(company_id) in found
        else context.config[Club].currency
    )

    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount=amount, currency=currency)

    return [
        CompanyOfferView(
            offer_id=each.offer_id,
            goods=each.form.goods,
            percent=None if each.form.percent is None else plain(each.form.percent),
            price=money(each.form.price),
            floor=money(each.form.floor),
            free_delivery=each.form.free_delivery,
            first=each.offer.first,
            last=each.form.last,
        )
        for each in store.open_offers(found.get(keys.granted(company_id)))
        if each.form.last >= context.today
    ]


def _record(tx: Transaction, context: Context, company_id: str, offer_id: str, name: EventType, author: str) -> None:
    events.record(tx, context, company_key(company_id), name, company_id=company_id, offer_id=offer_id, by=author)
