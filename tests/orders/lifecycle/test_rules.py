"""Requests about an accepted order: cancellation, and returns."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.orders.lifecycle.rules import (
    MOST_REQUESTS,
    MOST_RETURNS,
    NoRequest,
    NoReturn,
    ReturnedUnits,
    TooEarly,
    accept_return,
    approve_cancellation,
    decline_cancellation,
    reject_return,
    request_cancellation,
    request_return,
)
from chalicelib.orders.order.model import CancellationState, ReturnState
from chalicelib.orders.order.rules import (
    STEPS,
    DocumentRepeated,
    InvalidLines,
    NothingLeft,
    Order,
    OrderState,
    OrderStep,
    TooOften,
    WrongState,
)
from tests.orders.order.test_rules import AT, BUYER, DAY, IN_STATE, LATER, OPERATOR, accepted, order, shipped


def requested(present: Order) -> Order:
    return request_cancellation(present, reason="The site is closed", by=BUYER, at=AT)


def approved(present: Order) -> Order:
    return approve_cancellation(present, by=OPERATOR, at=LATER, note="Agreed")


def declined(present: Order) -> Order:
    return decline_cancellation(present, by=OPERATOR, at=LATER, note="It is on the lorry")


def asked(present: Order, *parts: tuple[str, str, int], return_id: str = "ret_1") -> Order:
    lines = [ReturnedUnits(*part) for part in parts]
    return request_return(present, return_id, lines, reason="Broken glass", by=BUYER, at=AT)


def taken(
    present: Order,
    *fewer: tuple[str, str, int],
    return_id: str = "ret_1",
    document: str = "ВЗ-1",
    day: date = DAY,
) -> Order:
    lines = [ReturnedUnits(*part) for part in fewer]
    return accept_return(present, return_id, lines, document=document, day=day, by=OPERATOR, at=LATER)


def refused(present: Order, return_id: str = "ret_1") -> Order:
    return reject_return(present, return_id, reason="They are not ours", by=OPERATOR, at=LATER)


TRIES: dict[str, Callable[[Order], Order]] = {
    "request_cancellation": requested,
    "approve_cancellation": approved,
    "decline_cancellation": declined,
    "request_return": lambda order: asked(order, ("УТ-0", "A", 1)),
    "accept_return": taken,
    "reject_return": refused,
}


@pytest.mark.parametrize("step", TRIES)
@pytest.mark.parametrize("state", OrderState)
def test_each_request_belongs_to_its_states(state: OrderState, step: str):
    present = IN_STATE[state]()
    if state not in STEPS[step]:
        with pytest.raises(WrongState):
            TRIES[step](present)
    elif step.startswith("request"):
        assert TRIES[step](present).state == state
    else:
        with pytest.raises((NoRequest, NoReturn)):
            TRIES[step](present)


def test_the_table_above_knows_every_request():
    assert set(TRIES) == {step for step in STEPS if "_" in step}


# --- cancellation -----------------------------------------------------------------------------------------------------


def test_an_order_of_which_nothing_was_shipped_is_cancelled():
    cancelled = approved(requested(accepted(A=10)))
    assert (cancelled.state, cancelled.history[-1].step) == (OrderState.CANCELLED, OrderStep.CANCELLED)
    assert cancelled.cancellation
    assert (cancelled.cancellation.state, cancelled.cancellation.note) == (CancellationState.APPROVED, "Agreed")


def test_an_order_of_which_a_part_was_shipped_is_completed_with_it():
    done = approved(requested(shipped(accepted(A=10, B=6), A=4)))
    assert (done.state, done.history[-1].step, done.total, done.left) == (
        OrderState.COMPLETED,
        OrderStep.COMPLETED,
        Decimal("40.00"),
        0,
    )
    assert [(each.accepted, each.dropped, each.shipped) for each in done.lines] == [(10, 6, 4), (6, 6, 0)]


def test_a_request_that_is_declined_changes_nothing_and_may_be_made_again():
    again = requested(declined(requested(accepted(A=10))))
    assert (again.state, again.left) == (OrderState.ACCEPTED, 10)
    assert again.cancellation
    assert again.cancellation.state is CancellationState.WAITING


def test_one_request_waits_at_a_time():
    with pytest.raises(NoRequest):
        requested(requested(accepted()))


def test_shipping_goes_on_while_a_request_waits_and_the_last_part_makes_it_lapse():
    part = shipped(requested(accepted(A=10)), "УТ-1", A=4)
    assert part.cancellation
    assert part.cancellation.state is CancellationState.WAITING
    rest = shipped(part, "УТ-2")
    assert rest.cancellation
    assert (rest.state, rest.cancellation.state) == (OrderState.COMPLETED, CancellationState.LAPSED)
    with pytest.raises(WrongState):
        approved(rest)


def test_cancellation_is_not_asked_for_for_ever():
    present = accepted()
    for _ in range(MOST_REQUESTS):
        present = declined(requested(present))
    with pytest.raises(TooOften):
        requested(present)


# --- returns ----------------------------------------------------------------------------------------------------------


def test_what_came_back_is_kept_at_the_price_at_which_it_came():
    back = taken(asked(shipped(accepted(A=10, B=6)), ("УТ-1", "A", 4)))
    (returned,) = back.returns
    assert (returned.state, returned.document, returned.day, returned.total) == (
        ReturnState.ACCEPTED,
        "ВЗ-1",
        DAY,
        Decimal("40.00"),
    )
    assert [(line.document, line.sku, line.counted) for line in back.came_back] == [("УТ-1", "A", 4)]
    assert (back.state, back.total, back.history[-1].step) == (
        OrderState.COMPLETED,
        Decimal("160.00"),
        OrderStep.RETURNED,
    )


def test_fewer_may_be_taken_back_than_was_asked_for():
    back = taken(
        asked(shipped(accepted(A=10, B=6)), ("УТ-1", "A", 4), ("УТ-1", "B", 6)), ("УТ-1", "A", 1), ("УТ-1", "B", 0)
    )
    assert [(line.sku, line.quantity, line.accepted) for line in back.returns[0].lines] == [("A", 4, 1), ("B", 6, 0)]
    assert back.returns[0].total == Decimal("10.00")


def test_taking_nothing_back_is_a_rejection():
    with pytest.raises(NothingLeft):
        taken(asked(shipped(accepted(A=10)), ("УТ-1", "A", 4)), ("УТ-1", "A", 0))


@pytest.mark.parametrize(
    ("parts", "line_fault"),
    [
        ([("УТ-9", "A", 1)], (0, "document", "unknown_document")),
        ([("УТ-1", "X", 1)], (0, "sku", "unknown_sku")),
        ([("УТ-1", "B", 1)], (0, "sku", "unknown_sku")),  # it came with the other document
        ([("УТ-1", "A", 5)], (0, "quantity", "above_shipped")),
        ([("УТ-1", "A", 1), ("УТ-1", "A", 1)], (1, "sku", "repeated")),
    ],
)
def test_only_what_came_can_go_back(parts: list[tuple[str, str, int]], line_fault: tuple[int, str, str]):
    present = shipped(shipped(accepted(A=10, B=6), "УТ-1", A=4), "УТ-2", A=2, B=6)
    with pytest.raises(InvalidLines) as unfit:
        asked(present, *parts)
    assert [each[:3] for each in unfit.value.line_faults] == [line_fault]


def test_what_is_on_its_way_back_counts_as_taken_and_what_is_rejected_does_not():
    present = asked(shipped(accepted(A=10)), ("УТ-1", "A", 7))
    with pytest.raises(InvalidLines):
        asked(present, ("УТ-1", "A", 4), return_id="ret_2")
    assert len(asked(refused(present), ("УТ-1", "A", 10), return_id="ret_2").returns) == 2
    assert len(asked(taken(present, ("УТ-1", "A", 6)), ("УТ-1", "A", 4), return_id="ret_2").returns) == 2


@pytest.mark.parametrize(
    ("fewer", "line_fault"),
    [
        ([("УТ-1", "A", 5)], (0, "quantity", "above_asked")),
        ([("УТ-1", "B", 1)], (0, "sku", "unknown_sku")),
        ([("УТ-1", "A", 1), ("УТ-1", "A", 1)], (1, "sku", "repeated")),
    ],
)
def test_no_more_is_taken_back_than_was_asked_for(fewer: list[tuple[str, str, int]], line_fault: tuple[int, str, str]):
    with pytest.raises(InvalidLines) as unfit:
        taken(asked(shipped(accepted(A=10, B=6)), ("УТ-1", "A", 4)), *fewer)
    assert [each[:3] for each in unfit.value.line_faults] == [line_fault]


def test_goods_do_not_come_back_before_they_were_shipped():
    with pytest.raises(TooEarly) as early:
        taken(asked(shipped(accepted(A=10)), ("УТ-1", "A", 4)), day=DAY - timedelta(days=1))
    assert early.value.args == (DAY,)


def test_a_return_is_answered_once_and_under_a_document_of_its_own():
    present = shipped(accepted(A=10))
    back = taken(asked(present, ("УТ-1", "A", 4)))
    for again in (taken, refused):
        with pytest.raises(NoRequest):
            again(back)
    with pytest.raises(DocumentRepeated):
        taken(asked(back, ("УТ-1", "A", 1), return_id="ret_2"), return_id="ret_2")
    with pytest.raises(NoReturn):
        taken(back, return_id="ret_9")


def test_returns_of_an_order_have_an_end():
    present = shipped(accepted(A=10))
    for number in range(MOST_RETURNS):
        present = refused(asked(present, ("УТ-1", "A", 1), return_id=f"ret_{number}"), f"ret_{number}")
    with pytest.raises(TooOften):
        asked(present, ("УТ-1", "A", 1), return_id="ret_more")


moves = st.lists(
    st.tuples(st.sampled_from(["ask", "take", "refuse"]), st.sampled_from(["УТ-1", "УТ-2"]), st.integers(1, 6)),
    max_size=12,
)


@given(moves)
def test_however_often_is_asked_no_more_comes_back_than_was_shipped(moves: list[tuple[str, str, int]]):
    present = shipped(shipped(accepted(A=10), "УТ-1", A=4), "УТ-2", A=6)
    for number, (what, document, quantity) in enumerate(moves):
        waiting = next((each.return_id for each in present.returns if each.state is ReturnState.REQUESTED), "none")
        try:
            if what == "ask":
                present = asked(present, (document, "A", quantity), return_id=f"ret_{number}")
            elif what == "take":
                present = taken(present, return_id=waiting, document=f"ВЗ-{number}")
            else:
                present = refused(present, waiting)
        except (InvalidLines, NoReturn):
            continue
    back = {name: sum(line.counted for line in present.came_back if line.document == name) for name in ("УТ-1", "УТ-2")}
    assert back["УТ-1"] <= 4
    assert back["УТ-2"] <= 6


@given(
    st.decimals(min_value=Decimal("0.0001"), max_value=10, places=4),
    st.lists(st.tuples(st.integers(1, 400), st.lists(st.integers(1, 400), max_size=2)), min_size=1, max_size=3),
)
def test_all_parts_of_a_line_shipped_and_taken_back_leave_no_hundredth(
    unit_price: Decimal, parts: list[tuple[int, list[int]]]
):
    """A part is a shipment with the units of each return of it; a last return brings back the rest. An order has 10 returns at most."""
    present = accepted(A=sum(quantity for quantity, _ in parts))
    present = present._replace(lines=(present.lines[0]._replace(unit_price=unit_price),))
    whole = present.total
    for number, (quantity, _) in enumerate(parts):
        present = shipped(present, f"УТ-{number}", A=quantity)
    assert sum(each.total for each in present.shipments) == whole == present.net
    for number, (quantity, backs) in enumerate(parts):
        left = quantity
        for place, back in enumerate([*backs, quantity]):
            if units := min(back, left):
                left -= units
                name = f"{number}-{place}"
                present = asked(present, (f"УТ-{number}", "A", units), return_id=name)
                present = taken(present, return_id=name, document=f"ВЗ-{name}")
        came_back = [line.amount for line in present.came_back if line.document == f"УТ-{number}"]
        assert sum(came_back) == present.shipments[number].total
        assert all(each >= 0 for each in came_back)
    assert present.net == 0


def test_an_order_that_was_not_accepted_has_nothing_to_ask_for():
    with pytest.raises(WrongState):
        requested(order())
