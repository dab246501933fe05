"""Open questions of an order to the distributor, and their reminders."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.orders.order.model import Cancellation, CancellationState, Return, ReturnState
from chalicelib.orders.order.rules import Actor, HistoryEntry, Order, OrderState, OrderStep
from chalicelib.orders.response_times.rules import (
    Deadlines,
    OpenQuestion,
    OpenQuestions,
    Question,
    next_due,
    open_questions_of,
    questions_of,
    remind,
)

PLACED = "2026-11-20T09:00:00.000Z"
LATER = "2026-11-24T09:00:00.000Z"


def order(state: OrderState = OrderState.PLACED) -> Order:
    return Order(
        order_id="ord_1",
        number="261120-7K3QX",
        company_id="cmp_1",
        company_name="Luch",
        company_inn="7707083893",
        distributor_id="dst_1",
        distributor_name="Svet Opt",
        placed_at=PLACED,
        currency="RUB",
        comment="",
        state=state,
        lines=(),
        history=(HistoryEntry(PLACED, OrderStep.PLACED, OrderState.PLACED, Actor("company", "mbr_1")),),
    )


def returned(return_id: str, at: str, state: ReturnState = ReturnState.REQUESTED) -> Return:
    return Return(return_id, at, "Broken", (), state, day=date(2026, 11, 24) if state is ReturnState.ACCEPTED else None)


def by(since: str) -> Deadlines:
    """A day and two days later."""
    day = int(since[8:10])
    return Deadlines(f"{since[:8]}{day + 1:02}{since[10:]}", f"{since[:8]}{day + 2:02}{since[10:]}")


@pytest.mark.parametrize("state", OrderState)
def test_an_order_waits_while_it_is_placed_and_never_while_the_company_has_to_answer(state: OrderState) -> None:
    assert questions_of(order(state)) == ((Question(PLACED, "order"),) if state is OrderState.PLACED else ())


@pytest.mark.parametrize("state", CancellationState)
def test_a_request_to_cancel_waits_until_it_is_answered_or_lapses(state: CancellationState) -> None:
    asked = order(OrderState.ACCEPTED)._replace(cancellation=Cancellation(LATER, "Not needed", state))
    assert questions_of(asked) == ((Question(LATER, "cancellation"),) if state is CancellationState.WAITING else ())


def test_each_return_waits_for_itself() -> None:
    asked = order(OrderState.COMPLETED)._replace(
        returns=(
            returned("ret_1", LATER, ReturnState.ACCEPTED),
            returned("ret_3", LATER),
            returned("ret_2", LATER),
            returned("ret_4", LATER, ReturnState.REJECTED),
        ),
    )
    assert questions_of(asked) == (Question(LATER, "return", "ret_2"), Question(LATER, "return", "ret_3"))


def test_nothing_is_told_before_it_is_due_and_nothing_twice() -> None:
    waiting = open_questions_of(None, order())
    assert waiting
    assert remind(waiting, "2026-11-21T08:59:59.999Z", by) == (waiting, (), ())
    assert next_due(waiting, by) == "2026-11-21T09:00:00.000Z"
    reminded, asked, none = remind(waiting, "2026-11-21T09:00:00.000Z", by)
    assert (asked, none) == ((Question(PLACED, "order"),), ())
    assert next_due(reminded, by) == "2026-11-22T09:00:00.000Z"
    assert remind(reminded, "2026-11-21T23:00:00.000Z", by) == (reminded, (), ())
    escalated, none, asked = remind(reminded, "2026-11-22T09:00:00.000Z", by)
    assert (none, asked) == ((), (Question(PLACED, "order"),))
    assert next_due(escalated, by) == ""
    assert remind(escalated, "2026-12-22T09:00:00.000Z", by) == (escalated, (), ())


def test_a_clock_that_stood_still_tells_both_at_once() -> None:
    waiting = open_questions_of(None, order())
    assert waiting
    _, reminded, escalated = remind(waiting, "2026-11-30T09:00:00.000Z", by)
    assert reminded == escalated == (Question(PLACED, "order"),)


def test_the_same_question_asked_again_is_another_wait() -> None:
    asked = order(OrderState.ACCEPTED)._replace(cancellation=Cancellation(PLACED, "Not needed"))
    first = open_questions_of(None, asked)
    assert first
    reminded, _, _ = remind(first, "2026-11-30T09:00:00.000Z", by)
    again = asked._replace(cancellation=Cancellation(LATER, "Really not"))
    assert [each.reminded_at for each in reminded.waits] == ["2026-11-30T09:00:00.000Z"]
    after = open_questions_of(reminded, again)
    assert after
    assert after.waits == (OpenQuestion(Question(LATER, "cancellation")),)


def test_it_is_unanswered_since_the_oldest_wait_that_was_told() -> None:
    both = order(OrderState.PARTLY_SHIPPED)._replace(
        cancellation=Cancellation(PLACED, "No"), returns=(returned("ret_1", LATER),)
    )
    waiting = open_questions_of(None, both)
    assert waiting
    assert waiting.unanswered_since == ""
    reminded, _, _ = remind(waiting, "2026-11-23T09:00:00.000Z", by)
    assert reminded.unanswered_since == PLACED
    answered = open_questions_of(reminded, both._replace(cancellation=None))
    assert answered
    assert answered.unanswered_since == ""


RETURNS = st.lists(st.sampled_from(ReturnState), max_size=3).map(
    lambda states: tuple(returned(f"ret_{number}", LATER, state) for number, state in enumerate(states))
)
ORDERS = st.builds(
    lambda state, cancellation, returns: order(state)._replace(cancellation=cancellation, returns=returns),
    st.sampled_from(OrderState),
    st.sampled_from([None, Cancellation(PLACED, "No"), Cancellation(PLACED, "No", CancellationState.DECLINED)]),
    RETURNS,
)


@given(st.lists(ORDERS, min_size=1, max_size=4), st.integers(0, 3))
def test_what_waits_follows_from_the_order_as_it_is_whatever_was_known_before(seen: list[Order], ticks: int) -> None:
    waiting: OpenQuestions | None = None
    for number, present in enumerate(seen):
        waiting = open_questions_of(waiting, present)
        if waiting and number < ticks:
            waiting, _, _ = remind(waiting, f"2026-11-2{number + 1}T09:00:00.000Z", by)
    known = waiting.waits if waiting else ()
    assert tuple(question.question for question in known) == questions_of(seen[-1])
    assert open_questions_of(waiting, seen[-1]) == waiting
