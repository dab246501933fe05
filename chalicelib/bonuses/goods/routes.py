"""Goods that pay volume bonuses: chosen by the company, shipped by the staff."""

from chalicelib.bonuses.goods import service, store
from chalicelib.bonuses.goods.changes import ChangedChoice
from chalicelib.bonuses.goods.rules import Choice, Entitlement, FrozenPrice
from chalicelib.bonuses.goods.schemas import (
    CancelChoiceForm,
    ChangedChoiceView,
    ChoiceForm,
    ChoiceView,
    EntitlementPage,
    EntitlementsQuery,
    EntitlementSummaryView,
    EntitlementView,
    FrozenPriceQuery,
    FrozenPriceView,
    HandOverForm,
    ReasonForm,
    ReverseEntitlementForm,
    ShipGoodsForm,
    WaitingGoodsQuery,
    WaitingGoodsView,
)
from chalicelib.platform import Answer, Call, Context, CursorPage, ListPage, Routes
from chalicelib.table import Item, from_item

routes = Routes(__name__, tag="goods")

OF_COMPANY = "/v1/staff/companies/{company_id}/entitlements/{entitlement_id}"


@routes.get("/v1/company/entitlements", scope="bonuses.read", query=EntitlementsQuery)
def list_entitlements(call: Call) -> EntitlementPage:
    """List the company's entitlements to goods, latest first."""
    return _entitlements(call, call.principal.for_company())


@routes.get("/v1/company/entitlements/{entitlement_id}", scope="bonuses.read")
def show_entitlement(call: Call, entitlement_id: str) -> EntitlementView:
    """Show an entitlement with its choices and their shipments."""
    return _entitlement(call, call.principal.for_company(), entitlement_id)


@routes.get("/v1/company/entitlements/{entitlement_id}/prices", scope="bonuses.read", query=FrozenPriceQuery)
def list_frozen_prices(call: Call, entitlement_id: str) -> CursorPage[FrozenPriceView]:
    """List the goods that can be chosen, by article number, at the prices frozen when the period was closed."""
    found = service.entitlement(call.context, call.principal.for_company(), entitlement_id)
    return call.page(
        CursorPage[FrozenPriceView],
        store.prices,
        call.context.table,
        found.price_list,
        found.currency,
        prefix=call.query.q or "",
        of=FrozenPrice,
        show=FrozenPriceView.of,
    )


@routes.post(
    "/v1/company/entitlements/{entitlement_id}/choices",
    scope="bonuses.write",
    answer=ChangedChoiceView,
    status=201,
    keyed=True,
    problems=("wrong_state", "above_left"),
)
def choose_goods(call: Call, form: ChoiceForm, entitlement_id: str) -> ChangedChoice:
    """Choose goods at the frozen prices, up to what is left; they stay reserved until they are shipped."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    requested = [line.requested() for line in form.lines]

    def made(chosen: ChangedChoice) -> Answer[ChangedChoiceView]:
        return Answer(_chosen(chosen), headers={"Location": f"{call.path}/{chosen.choice.choice_id}"})

    return service.choose(call.answering(made), company_id, member_id, entitlement_id, requested, form.note)


@routes.get("/v1/company/entitlements/{entitlement_id}/choices/{choice_id}", scope="bonuses.read")
def show_choice(call: Call, entitlement_id: str, choice_id: str) -> ChoiceView:
    """Show a choice with its lines and shipments."""
    return ChoiceView.of(service.choice(call.context, call.principal.for_company(), entitlement_id, choice_id))


@routes.post(
    "/v1/company/entitlements/{entitlement_id}/choices/{choice_id}/cancel",
    scope="bonuses.write",
    answer=ChangedChoiceView,
    keyed=True,
    problems=("wrong_state",),
)
def cancel_goods(call: Call, form: CancelChoiceForm, entitlement_id: str, choice_id: str) -> ChangedChoice:
    """Cancel a choice of which nothing was shipped. After the last day to choose its amount expires at once."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.cancel(
        call.answering(_chosen), company_id, member_id, entitlement_id, choice_id, form.note, staff=False
    )


# --- the staff --------------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/goods", scope="staff.bonuses.read", query=WaitingGoodsQuery)
def list_waiting_goods(call: Call) -> ListPage[WaitingGoodsView]:
    """List the goods to be shipped and the gifts to be handed over, oldest first."""

    def show(item: Item) -> WaitingGoodsView:
        if "choice_id" in item:
            choice = ChoiceView.of(from_item(Choice, item))
            return WaitingGoodsView(company_id=choice.company_id, choice=choice, gift=None)
        gift = EntitlementSummaryView.of(from_item(Entitlement, item), call.context.today)
        return WaitingGoodsView(company_id=gift.company_id, choice=None, gift=gift)

    return call.page(ListPage[WaitingGoodsView], store.waiting, call.context.table, show=show)


@routes.get("/v1/staff/companies/{company_id}/entitlements", scope="staff.bonuses.read", query=EntitlementsQuery)
def list_entitlements_of_company(call: Call, company_id: str) -> EntitlementPage:
    """List a company's entitlements to goods, latest first."""
    return _entitlements(call, company_id)


@routes.get(OF_COMPANY, scope="staff.bonuses.read")
def show_entitlement_of_company(call: Call, company_id: str, entitlement_id: str) -> EntitlementView:
    """Show a company's entitlement with its choices and their shipments."""
    return _entitlement(call, company_id, entitlement_id)


@routes.post(
    OF_COMPANY + "/choices/{choice_id}/ship",
    scope="staff.bonuses.write",
    answer=ChangedChoiceView,
    keyed=True,
    problems=("wrong_state", "already_exists"),
)
def ship_goods(call: Call, form: ShipGoodsForm, company_id: str, entitlement_id: str, choice_id: str) -> ChangedChoice:
    """Record a shipment of chosen goods: a part, or all that is left. Goods for bonuses are not a purchase."""
    return service.ship(
        call.answering(_chosen),
        company_id,
        call.principal.for_member(),
        entitlement_id,
        choice_id,
        [line.requested() for line in form.lines] if form.lines else None,
        form.document,
        form.day or call.context.today,
    )


@routes.post(
    OF_COMPANY + "/choices/{choice_id}/cancel",
    scope="staff.bonuses.write",
    answer=ChangedChoiceView,
    keyed=True,
    problems=("wrong_state",),
)
def cancel_goods_of_company(
    call: Call, form: ReasonForm, company_id: str, entitlement_id: str, choice_id: str
) -> ChangedChoice:
    """Cancel the part of a choice that cannot be shipped. After the last day to choose its amount expires at once."""
    member_id = call.principal.for_member()
    return service.cancel(
        call.answering(_chosen), company_id, member_id, entitlement_id, choice_id, form.reason, staff=True
    )


@routes.post(
    OF_COMPANY + "/choices/{choice_id}/shipments/{shipment_id}/reverse",
    scope="staff.bonuses.write",
    answer=ChangedChoiceView,
    keyed=True,
    problems=("wrong_state",),
)
def reverse_goods_shipment(
    call: Call, form: ReasonForm, company_id: str, entitlement_id: str, choice_id: str, shipment_id: str
) -> ChangedChoice:
    """Reverse a whole shipment: the document was wrong, or the goods came back. The goods are reserved again."""
    member_id = call.principal.for_member()
    return service.reverse_shipment(
        call.answering(_chosen), company_id, member_id, entitlement_id, choice_id, shipment_id, form.reason
    )


@routes.post(
    OF_COMPANY + "/hand-over",
    scope="staff.bonuses.write",
    answer=EntitlementSummaryView,
    keyed=True,
    problems=("wrong_state",),
)
def hand_over_gift(call: Call, form: HandOverForm, company_id: str, entitlement_id: str) -> Entitlement:
    """Record that a gift was handed over."""
    day = form.day or call.context.today
    return service.hand_over(
        _summing(call), company_id, call.principal.for_member(), entitlement_id, form.document, day
    )


@routes.post(
    OF_COMPANY + "/hand-over/reverse",
    scope="staff.bonuses.write",
    answer=EntitlementSummaryView,
    keyed=True,
    problems=("wrong_state",),
)
def reverse_hand_over(call: Call, form: ReasonForm, company_id: str, entitlement_id: str) -> Entitlement:
    """Record that a gift came back, or was never given: it is owed again."""
    return service.reverse_hand_over(
        _summing(call), company_id, call.principal.for_member(), entitlement_id, form.reason
    )


@routes.post(
    OF_COMPANY + "/reverse",
    scope="staff.bonuses.write",
    answer=EntitlementSummaryView,
    keyed=True,
    problems=("wrong_state", "above_left"),
)
def reverse_entitlement(call: Call, form: ReverseEntitlementForm, company_id: str, entitlement_id: str) -> Entitlement:
    """Reverse what is left of an entitlement, or a part of it."""
    return service.reverse(
        _summing(call), company_id, call.principal.for_member(), entitlement_id, form.amount, form.reason
    )


def _entitlements(call: Call, company_id: str) -> EntitlementPage:
    today = call.context.today
    return call.page(
        EntitlementPage,
        store.entitlements,
        call.context.table,
        company_id,
        show=lambda item: EntitlementSummaryView.of(service.entitlement_on(item, today), today),
    )


def _entitlement(call: Call, company_id: str, entitlement_id: str) -> EntitlementView:
    found = service.entitlement(call.context, company_id, entitlement_id)
    choices = store.choices(call.context.table, company_id, entitlement_id)
    return EntitlementView.with_choices(found, call.context.today, choices)


def _chosen(chosen: ChangedChoice) -> ChangedChoiceView:
    return ChangedChoiceView.after(chosen.choice, chosen.entitlement)


def _summing(call: Call) -> Context:
    """The context of a request whose reply is the entitlement."""
    return call.answering(lambda found: EntitlementSummaryView.of(found, call.context.today))
