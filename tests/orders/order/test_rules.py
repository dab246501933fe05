"""The life of an order: what each state allows, and what must hold whatever is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.orders.order.rules import (
    MOST_PART_LINES,
    MOST_PARTS,
    MOST_PROPOSALS,
    STEPS,
    Actor,
    DocumentRepeated,
    HistoryEntry,
    InvalidLines,
    Line,
    NothingLeft,
    Order,
    OrderState,
    OrderStep,
    ProposedPrice,
    RequestedLine,
    TooManyParts,
    TooOften,
    WrongState,
    accept,
    after,
    at_lower_prices,
    cancel,
    confirm,
    decline,
    line_faults_of,
    line_of,
    order_number,
    reject,
    ship,
)
from chalicelib.pricing import FreeGoodsPromise
from chalicelib.pricing.resolver.rules import resolve
from chalicelib.pricing.rules import Buyer, FreeGoods, FreeGoodsTerms, Ruling

BUYER, OPERATOR = Actor("company", "mbr_1"), Actor("distributor", "mbr_2")
AT, LATER, DAY = "2026-11-20T09:00:00.000Z", "2026-11-21T09:00:00.000Z", date(2026, 11, 21)


@dataclass(frozen=True)
class Lamp:
    name: str = "Lamp"
    name_ru: str = "Лампа"
    unit: str = "pcs"
    pack_multiple: int = 1
    base_price: Decimal = Decimal("120.00")
    vat_percent: Decimal = Decimal(20)
    currency: str = "RUB"
    sku: str = "LMP-1"
    brand: str = ""
    category: str = ""
    own_brand: bool = False
    status: str = "normal"
    cost_price: Decimal | None = Decimal("70.00")

    def price_of(self, type_: str) -> None:
        """It has no price of another type."""


def line(sku: str, quantity: int, unit_price: str = "10.00") -> Line:
    price = Decimal(unit_price)
    return Line(sku, sku, sku, "pcs", quantity, price, price, Decimal(20), Ruling("base_price", "listed", price), ())


def order(**quantities: int) -> Order:
    return Order(
        order_id="ord_1",
        number="261120-7K3QX",
        company_id="cmp_1",
        company_name="Luch",
        company_inn="7707083893",
        distributor_id="dst_1",
        distributor_name="Svet Opt",
        placed_at=AT,
        currency="RUB",
        comment="",
        state=OrderState.PLACED,
        lines=tuple(line(sku, quantity) for sku, quantity in (quantities or {"A": 10, "B": 6}).items()),
        history=(HistoryEntry(AT, OrderStep.PLACED, OrderState.PLACED, BUYER),),
    )


def accepted(**quantities: int) -> Order:
    return accept(order(**quantities), [], by=OPERATOR, at=LATER)


def shipped(present: Order, document: str = "УТ-1", **quantities: int) -> Order:
    asked = [RequestedLine(sku, quantity) for sku, quantity in quantities.items()] or None
    return ship(present, asked, document=document, day=DAY, by=OPERATOR, at=LATER)


# --- a cart -----------------------------------------------------------------------------------------------------------


def test_a_cart_of_known_products_in_whole_packs_can_be_ordered():
    assert (
        line_faults_of([RequestedLine("A", 3), RequestedLine("B", 12)], {"A": Lamp(), "B": Lamp(pack_multiple=6)}) == []
    )


def test_everything_that_is_wrong_with_a_cart_is_told_at_once():
    asked = [
        RequestedLine("A", 1),
        RequestedLine("X", 1),
        RequestedLine("B", 7),
        RequestedLine("A", 2),
        RequestedLine("C", 1),
    ]
    found = line_faults_of(asked, {"A": Lamp(), "B": Lamp(pack_multiple=6), "C": Lamp(currency="EUR")})
    assert sorted((each.line, each.field, each.code) for each in found) == [
        (1, "sku", "unknown_sku"),
        (2, "quantity", "pack_multiple"),
        (3, "sku", "repeated"),
        (4, "sku", "other_currency"),
    ]


def test_a_line_keeps_the_price_and_its_explanation():
    price = resolve(Lamp(), 10, Buyer("silver", "Silver", "Серебро", Decimal(5)), DAY)
    made = line_of("A", Lamp(), price)
    assert (made.quantity, made.base_price, made.unit_price, made.amount) == (
        10,
        Decimal("120.00"),
        Decimal("114.00"),
        Decimal("1140.00"),
    )
    assert (made.chosen, made.rejected) == (price.chosen, price.rejected)
    assert made.cost_price == Decimal("70.00")


def test_an_order_number_is_short_readable_and_always_the_same():
    number = order_number(date(2026, 11, 20), "ord_1")
    assert number == order_number(date(2026, 11, 20), "ord_1")
    day, _, rest = number.partition("-")
    assert day == "261120"
    assert len(rest) == 5
    assert not set(rest) & set("ILOU")


def test_order_numbers_of_one_day_differ():
    assert len({order_number(DAY, f"ord_{each}") for each in range(500)}) == 500


# --- states -----------------------------------------------------------------------------------------------------------

TRIES: dict[str, Callable[[Order], Order]] = {
    "accept": lambda order: accept(order, [], by=OPERATOR, at=LATER),
    "accept more": lambda order: accept(order, [RequestedLine("A", 11)], by=OPERATOR, at=LATER),
    "confirm": lambda order: confirm(order, by=BUYER, at=LATER),
    "decline": lambda order: decline(order, by=BUYER, at=LATER),
    "reject": lambda order: reject(order, reason="no stock", by=OPERATOR, at=LATER),
    "cancel": lambda order: cancel(order, by=BUYER, at=LATER),
    "ship": lambda order: shipped(order),
    "ship a part": lambda order: shipped(order, "УТ-2", A=1),
}

BECOMES = {
    (OrderState.PLACED, "accept"): OrderState.ACCEPTED,
    (OrderState.PLACED, "accept more"): OrderState.CHANGED,
    (OrderState.PLACED, "reject"): OrderState.REJECTED,
    (OrderState.PLACED, "cancel"): OrderState.CANCELLED,
    (OrderState.CHANGED, "accept"): OrderState.ACCEPTED,
    (OrderState.CHANGED, "accept more"): OrderState.CHANGED,
    (OrderState.CHANGED, "reject"): OrderState.REJECTED,
    (OrderState.CHANGED, "cancel"): OrderState.CANCELLED,
    (OrderState.CHANGED, "confirm"): OrderState.ACCEPTED,
    (OrderState.CHANGED, "decline"): OrderState.CANCELLED,
    (OrderState.ACCEPTED, "ship"): OrderState.COMPLETED,
    (OrderState.ACCEPTED, "ship a part"): OrderState.PARTLY_SHIPPED,
    (OrderState.PARTLY_SHIPPED, "ship"): OrderState.COMPLETED,
    (OrderState.PARTLY_SHIPPED, "ship a part"): OrderState.PARTLY_SHIPPED,
}

IN_STATE: dict[OrderState, Callable[[], Order]] = {
    OrderState.PLACED: order,
    OrderState.CHANGED: lambda: TRIES["accept more"](order()),
    OrderState.ACCEPTED: accepted,
    OrderState.PARTLY_SHIPPED: lambda: shipped(accepted(), "УТ-0", A=1),
    OrderState.COMPLETED: lambda: shipped(accepted(), "УТ-0"),
    OrderState.REJECTED: lambda: TRIES["reject"](order()),
    OrderState.CANCELLED: lambda: TRIES["cancel"](order()),
}


@pytest.mark.parametrize("step", TRIES)
@pytest.mark.parametrize("state", OrderState)
def test_each_state_allows_its_steps_and_no_other(state: OrderState, step: str):
    present = IN_STATE[state]()
    assert present.state == state
    if (state, step) not in BECOMES:
        with pytest.raises(WrongState) as wrong:
            TRIES[step](present)
        assert wrong.value.state == state
        return
    changed = TRIES[step](present)
    assert changed.state == BECOMES[state, step]
    assert changed.version == present.version + 1
    assert changed.history[:-1] == present.history
    assert (changed.history[-1].at, changed.history[-1].state) == (LATER, changed.state)


def test_the_table_above_knows_every_step():
    # Of what is asked for afterwards, test_request_rules.py has one of its own.
    assert {step.split()[0] for step in TRIES} == {step for step in STEPS if "_" not in step}


# --- accepting --------------------------------------------------------------------------------------------------------


def test_an_order_is_accepted_as_it_is():
    changed = accepted(A=10, B=6)
    assert [each.accepted for each in changed.lines] == [10, 6]
    assert changed.total == Decimal("160.00")


def test_less_may_be_accepted_and_only_that_is_owed():
    changed = accept(
        order(A=10, B=6), [RequestedLine("A", 4), RequestedLine("B", 0)], by=OPERATOR, at=LATER, note="The rest in May"
    )
    assert [(each.quantity, each.accepted, each.left) for each in changed.lines] == [(10, 4, 4), (6, 0, 0)]
    assert changed.total == Decimal("40.00")
    assert changed.history[-1].note == "The rest in May"


@pytest.mark.parametrize(
    ("asked", "line_faults"),
    [
        ([RequestedLine("X", 1)], [(0, "sku", "unknown_sku")]),
        ([RequestedLine("A", 1), RequestedLine("A", 2)], [(1, "sku", "repeated")]),
    ],
)
def test_nothing_else_may_be_accepted(asked: list[RequestedLine], line_faults: list[tuple[int, str, str]]):
    with pytest.raises(InvalidLines) as unfit:
        accept(order(), asked, by=OPERATOR, at=LATER)
    assert [each[:3] for each in unfit.value.line_faults] == line_faults


def test_more_than_was_ordered_waits_for_the_company_and_nothing_of_it_holds_until_then():
    changed = accept(
        order(A=10, B=6), [RequestedLine("A", 12), RequestedLine("B", 5)], by=OPERATOR, at=LATER, note="Whole pallets"
    )
    assert [(each.quantity, each.proposed, each.accepted, each.agreed) for each in changed.lines] == [
        (10, 12, None, 10),
        (6, 5, None, 6),
    ]
    assert (changed.state, changed.total, changed.proposed_total) == (
        OrderState.CHANGED,
        Decimal("160.00"),
        Decimal("170.00"),
    )
    assert (changed.history[-1].step, changed.history[-1].note) == (OrderStep.CHANGED, "Whole pallets")


@pytest.mark.parametrize(
    ("asked", "proposed_total"),
    [
        ([RequestedLine("A", 11), RequestedLine("B", 5)], Decimal("160.00")),
        ([RequestedLine("A", 0), RequestedLine("B", 7)], Decimal("70.00")),
    ],
)
def test_no_line_grows_without_the_company_even_if_the_total_does_not(
    asked: list[RequestedLine], proposed_total: Decimal
):
    changed = accept(order(A=10, B=6), asked, by=OPERATOR, at=LATER)
    assert (changed.state, [each.agreed for each in changed.lines], changed.proposed_total) == (
        OrderState.CHANGED,
        [10, 6],
        proposed_total,
    )


def test_a_confirmed_order_is_accepted_as_proposed_at_the_prices_of_the_order():
    changed = accept(order(A=10, B=6), [RequestedLine("A", 20), RequestedLine("B", 0)], by=OPERATOR, at=LATER)
    agreed = confirm(changed, by=BUYER, at=LATER)
    assert [(each.accepted, each.proposed, each.unit_price) for each in agreed.lines] == [
        (20, None, Decimal("10.00")),
        (0, None, Decimal("10.00")),
    ]
    assert (agreed.state, agreed.total, agreed.history[-1].step) == (
        OrderState.ACCEPTED,
        Decimal("200.00"),
        OrderStep.CONFIRMED,
    )


def at_prices(changed: Order, **prices: str) -> Order:
    proposed = {sku: Decimal(price) for sku, price in prices.items()}
    return at_lower_prices(
        changed,
        {sku: ProposedPrice(price, Ruling("promotion", "running", price), ()) for sku, price in proposed.items()},
    )


def test_a_proposal_takes_lower_prices_and_no_higher_ones():
    changed = accept(order(A=10, B=6), [RequestedLine("A", 20)], by=OPERATOR, at=LATER)
    cheaper = at_prices(changed, A="9.00", B="11.00")
    assert (cheaper.total, cheaper.proposed_total) == (Decimal("160.00"), Decimal("240.00"))
    agreed = confirm(cheaper, by=BUYER, at=LATER)
    assert [(each.unit_price, each.chosen.rule, each.proposed_price) for each in agreed.lines] == [
        (Decimal("9.00"), "promotion", None),
        (Decimal("10.00"), "base_price", None),
    ]
    assert agreed.total == Decimal("240.00")


def test_a_line_that_free_goods_are_promised_for_gets_no_lower_price():
    terms = FreeGoodsTerms(10, FreeGoods("G", 1, "Gift", "Подарок", "pcs"), pay_within_days=14)
    promised = order(A=10, B=6)._replace(promises=(FreeGoodsPromise("gft_1", "prm_1", "P", "А", terms, (0,), 1),))
    changed = accept(promised, [RequestedLine("A", 20)], by=OPERATOR, at=LATER)
    assert at_prices(changed, A="9.00", B="9.00").proposed_total == Decimal("254.00")


def test_of_prices_that_were_proposed_and_not_confirmed_nothing_is_left():
    changed = at_prices(accept(order(A=10), [RequestedLine("A", 20)], by=OPERATOR, at=LATER), A="9.00")
    again = accept(changed, [RequestedLine("A", 11)], by=OPERATOR, at=LATER)
    assert again.proposed_total == Decimal("110.00")
    for end in ("accept", "reject", "cancel", "decline"):
        assert TRIES[end](changed).lines[0].proposed_price is None


@pytest.mark.parametrize("end", ["accept", "reject", "cancel", "decline"])
def test_of_a_proposal_that_came_to_nothing_nothing_is_left(end: str):
    ended = TRIES[end](IN_STATE[OrderState.CHANGED]())
    assert [each.proposed for each in ended.lines] == [None, None]
    assert ended.total == Decimal("160.00")


def test_the_last_proposal_is_the_one_that_is_confirmed():
    first = accept(order(A=10), [RequestedLine("A", 20)], by=OPERATOR, at=LATER)
    second = accept(first, [RequestedLine("A", 12)], by=OPERATOR, at=LATER)
    assert confirm(second, by=BUYER, at=LATER).total == Decimal("120.00")


def test_an_order_is_not_changed_for_ever():
    changed = order(A=10)
    for _ in range(MOST_PROPOSALS):
        changed = TRIES["accept more"](changed)
    with pytest.raises(TooOften):
        TRIES["accept more"](changed)
    assert TRIES["accept"](changed).state == OrderState.ACCEPTED


def test_accepting_nothing_is_no_acceptance():
    with pytest.raises(NothingLeft):
        accept(order(A=1), [RequestedLine("A", 0)], by=OPERATOR, at=LATER)


# --- shipping ---------------------------------------------------------------------------------------------------------


def test_what_is_left_is_shipped_when_no_lines_are_named():
    part = shipped(accepted(A=10, B=6), "УТ-1", A=4)
    rest = shipped(part, "УТ-2")
    assert [[(each.sku, each.quantity) for each in shipment.lines] for shipment in rest.shipments] == [
        [("A", 4)],
        [("A", 6), ("B", 6)],
    ]
    assert (part.state, rest.state) == (OrderState.PARTLY_SHIPPED, OrderState.COMPLETED)


def test_a_shipment_is_worth_what_the_order_says():
    part = shipped(accepted(A=10), "УТ-1", A=4)
    assert part.shipments[0].total == Decimal("40.00")
    assert part.total == Decimal("100.00")


def test_a_dropped_line_is_not_shipped_and_does_not_hold_the_order_open():
    fewer = accept(order(A=10, B=6), [RequestedLine("B", 0)], by=OPERATOR, at=LATER)
    done = shipped(fewer)
    assert [each.sku for each in done.shipments[0].lines] == ["A"]
    assert done.state == OrderState.COMPLETED


@pytest.mark.parametrize(
    ("asked", "line_faults"),
    [
        ({"A": 7}, [(0, "quantity", "above_left")]),
        ({"X": 1}, [(0, "sku", "unknown_sku")]),
        ({"B": 1}, [(0, "quantity", "above_left")]),
    ],
)
def test_no_more_is_shipped_than_is_left(asked: dict[str, int], line_faults: list[tuple[int, str, str]]):
    part = shipped(accept(order(A=10, B=6), [RequestedLine("B", 0)], by=OPERATOR, at=LATER), A=4)
    with pytest.raises(InvalidLines) as unfit:
        shipped(part, "УТ-2", **asked)
    assert [each[:3] for each in unfit.value.line_faults] == line_faults


def test_a_document_is_told_once():
    part = shipped(accepted(), "УТ-1", A=4)
    with pytest.raises(DocumentRepeated):
        shipped(part, "УТ-1", A=1)


def test_an_order_that_came_in_many_parts_ends_with_all_that_is_left():
    present = accepted(A=100)
    for number in range(MOST_PARTS - 1):
        present = shipped(present, f"УТ-{number}", A=1)
    with pytest.raises(TooManyParts):
        shipped(present, "УТ-50", A=1)
    assert shipped(present, "УТ-50").state == OrderState.COMPLETED


def test_parts_of_many_lines_end_with_all_that_is_left():
    skus = [f"S{number}" for number in range(200)]
    present = accepted(**dict.fromkeys(skus, 9))
    for number in range(MOST_PART_LINES // 200):
        present = shipped(present, f"УТ-{number}", **dict.fromkeys(skus, 1))
    with pytest.raises(TooManyParts):
        shipped(present, "УТ-9", S0=1)
    assert shipped(present, "УТ-9").state == OrderState.COMPLETED


# --- whatever is tried ------------------------------------------------------------------------------------------------

quantities = st.integers(min_value=1, max_value=20)


@given(st.dictionaries(st.sampled_from("ABCD"), quantities, min_size=1))
def test_the_total_is_the_sum_of_the_lines(lines: dict[str, int]):
    assert order(**lines).total == sum(10 * quantity for quantity in lines.values())


class OrderLife(RuleBasedStateMachine):
    """Company and distributor do what they like, in any order, again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.order = order(A=5, B=3)
        self.documents = 0

    def attempt(self, step: str, act: Callable[[Order], Order]) -> None:
        before = self.order
        kept = before._replace()
        try:
            self.order = act(before)
        except (WrongState, InvalidLines, NothingLeft, TooManyParts):
            assert self.order is before
        else:
            assert before.state in STEPS[step]
            assert self.order.version == before.version + 1
            assert len(self.order.history) == len(before.history) + 1
        assert before == kept  # what was stays as it was

    @rule()
    def cancelled(self) -> None:
        self.attempt("cancel", lambda order: cancel(order, by=BUYER, at=LATER))

    @rule()
    def rejected(self) -> None:
        self.attempt("reject", lambda order: reject(order, reason="no", by=OPERATOR, at=LATER))

    @rule(fewer=st.lists(st.tuples(st.sampled_from("ABX"), st.integers(0, 6)), max_size=2))
    def accepted(self, fewer: list[tuple[str, int]]) -> None:
        asked = [RequestedLine(*each) for each in fewer]
        self.attempt("accept", lambda order: accept(order, asked, by=OPERATOR, at=LATER))

    @rule(part=st.none() | st.lists(st.tuples(st.sampled_from("ABX"), st.integers(1, 6)), min_size=1, max_size=2))
    def shipped(self, part: list[tuple[str, int]] | None) -> None:
        self.documents += 1
        asked = None if part is None else [RequestedLine(*each) for each in part]
        document = f"УТ-{self.documents}"
        self.attempt("ship", lambda order: ship(order, asked, document=document, day=DAY, by=OPERATOR, at=LATER))

    @precondition(lambda self: self.order.shipments)
    @rule()
    def told_again(self) -> None:
        told = self.order.shipments[-1].document
        with pytest.raises((DocumentRepeated, WrongState)):
            ship(self.order, None, document=told, day=DAY, by=OPERATOR, at=LATER)

    @invariant()
    def no_more_shipped_than_agreed_nor_agreed_than_ordered(self) -> None:
        for each in self.order.lines:
            assert 0 <= each.shipped <= each.agreed <= each.quantity

    @invariant()
    def the_shipments_are_what_the_lines_say(self) -> None:
        for each in self.order.lines:
            parts = [
                part.quantity for shipment in self.order.shipments for part in shipment.lines if part.sku == each.sku
            ]
            assert sum(parts) == each.shipped
            assert all(part > 0 for part in parts)

    @invariant()
    def it_is_complete_when_nothing_is_left_and_only_then(self) -> None:
        went_out = sum(each.shipped for each in self.order.lines)
        assert (self.order.state == OrderState.COMPLETED) == (bool(went_out) and not self.order.left)
        assert (self.order.state == OrderState.PARTLY_SHIPPED) == (bool(went_out) and bool(self.order.left))

    @invariant()
    def the_history_leads_to_the_present_state(self) -> None:
        assert self.order.history[-1].state == self.order.state
        assert self.order.version == len(self.order.history)


TestOrderLife = OrderLife.TestCase


def test_the_history_never_goes_back_whatever_the_clocks_say():
    placed = order(A=1)
    first = after(placed, OrderStep.ACCEPTED, OrderState.ACCEPTED, OPERATOR, "2026-11-20T09:00:00.500Z", "")
    second = after(first, OrderStep.SHIPPED, OrderState.COMPLETED, OPERATOR, "2026-11-20T09:00:00.100Z", "УТ-1")
    assert [entry.at for entry in second.history[-2:]] == ["2026-11-20T09:00:00.500Z"] * 2
