"""Wishes for what is not in stock or not in range: each is one, counted, and answered once, whatever happens meanwhile."""

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chalicelib.demand import answers, jobs, service
from chalicelib.demand import consumers as demand_consumers
from chalicelib.demand import store as demand_store
from chalicelib.demand.answers import PAGE, StillWaiting
from chalicelib.demand.rules import DemandCount, DemandState, normalised
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.client import Page
from tests.catalog.steps import row, stock
from tests.demand.steps import Wishes
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, lost_replies, races
from tests.support.partners import OPERATIONS, partner, speaks_for
from tests.support.partners import member as person

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")


@pytest.fixture
def wishes(monkeypatch: pytest.MonkeyPatch) -> Wishes:
    return Wishes(monkeypatch)


# --- a wish -----------------------------------------------------------------------------------------------------------


def test_the_same_wish_again_is_one_and_has_the_quantity_that_was_said_last(wishes: Wishes) -> None:
    first = wishes.wish(1, quantity=10)
    assert wishes.wish(1, quantity=10) == first
    changed = wishes.wish(1, quantity=4, note="By May")
    assert (changed.demand_id, changed.quantity, changed.note) == (first.demand_id, 4, "By May")
    assert wishes.counted() == DemandCount("LMP-1", 1, 4)
    assert wishes.wish(2).demand_id != first.demand_id
    assert wishes.counted() == DemandCount("LMP-1", 2, 4)


@pytest.mark.parametrize(("one", "other"), [("A street  light", "a STREET light "), ("Лампа Е27", "лампа е27")])
def test_the_same_words_are_the_same_wish_however_they_are_written(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_what_is_in_stock_is_ordered_and_not_wished_for(wishes: Wishes) -> None:
    wishes.there_are(3)
    with pytest.raises(Problem) as refused:
        wishes.wish(1)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/sku", "in_stock")]


def test_nobody_opens_more_wishes_a_day_than_can_be_read(wishes: Wishes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_A_DAY", 2)
    first, _ = wishes.wish(1), wishes.wish(1, "LMP-2")
    wishes.wish(1, quantity=7)  # the first one, said again
    wishes.cancel(1, first)
    with pytest.raises(Problem) as refused:
        wishes.wish(1)
    assert (refused.value.code, refused.value.headers) == ("too_many_requests", {"Retry-After": str(15 * 3600)})
    wishes.later(days=1)
    assert wishes.wish(1).state is DemandState.OPEN


def test_a_wish_that_is_over_can_be_wished_again(wishes: Wishes) -> None:
    cancelled = wishes.cancel(1, wishes.wish(1, quantity=5))
    assert wishes.cancel(1, cancelled) == cancelled
    assert wishes.counted() == DemandCount("LMP-1", 0, 0)
    wishes.later(days=3)
    again = wishes.wish(1, quantity=6)
    assert (again.demand_id, again.state, again.opened_at) == (cancelled.demand_id, DemandState.OPEN, wishes.context.at)
    assert wishes.counted() == DemandCount("LMP-1", 1, 6)


# --- the goods arrive -------------------------------------------------------------------------------------------------


def test_when_the_goods_arrive_all_who_wait_for_them_are_told_once(wishes: Wishes) -> None:
    wishes.wish(1), wishes.wish(2, quantity=5), wishes.wish(3, "LMP-2")
    cancelled = wishes.wish(3)
    wishes.cancel(3, cancelled)
    wishes.there_are(8)
    for _ in range(3):
        wishes.settle()
    assert wishes.told() == {"mbr_1": 1, "mbr_2": 1}
    assert (wishes.counted(), wishes.ranked()) == (DemandCount("LMP-1", 0, 0), ["LMP-2"])
    (answered,) = [each for each in wishes.all() if each.member_id == "mbr_2"]
    assert answered.answered
    assert (answered.state, answered.answered.by, answered.answered.sku) == (DemandState.ANSWERED, "stock", "LMP-1")


def test_articles_that_nobody_waits_for_cost_one_read_and_no_message(wishes: Wishes) -> None:
    wishes.wish(1)
    wishes.there_are(1, "LMP-2")
    wishes.deliver()
    assert wishes.asked() == []


def test_goods_that_are_gone_again_before_anybody_was_told_answer_nobody(wishes: Wishes) -> None:
    wishes.wish(1)
    wishes.there_are(1)
    wishes.deliver()
    wishes.there_are(0)
    wishes.work_off()
    assert (wishes.told(), wishes.open()) == ({}, {"mbr_1"})
    wishes.there_are(4)
    wishes.settle()
    assert wishes.told() == {"mbr_1": 1}


def test_an_old_message_does_not_answer_who_wishes_anew(wishes: Wishes) -> None:
    wishes.wish(1)
    wishes.there_are(1)
    wishes.settle()
    wishes.there_are(0)
    wishes.wish(1)
    wishes.settle()  # all the old events come once more
    assert (wishes.told(), wishes.open()) == ({"mbr_1": 1}, {"mbr_1"})


def test_who_wishes_while_the_goods_arrive_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes: list[Wishes] = []

    def arrive() -> None:
        scenes[-1].there_are(5)
        scenes[-1].deliver()
        scenes[-1].work_off()

    for race in races(arrive):
        scenes.append(scene := Wishes(monkeypatch, members=1))
        refused = False
        with race:
            try:
                scene.wish(1)
            except Problem:
                refused = True
        if race.happened:
            scene.settle()
            assert (scene.told() == {"mbr_1": 1}) is not refused, race
            assert scene.open() == set(), race


def test_who_is_not_in_the_list_yet_is_answered_when_the_message_comes_again(
    wishes: Wishes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of those who wait is an index: it follows."""
    wishes.wish(1)
    wishes.there_are(5)
    wishes.deliver()
    seen = demand_store.waiting
    monkeypatch.setattr(demand_store, "waiting", lambda *asked: Page([], None))
    with pytest.raises(StillWaiting):
        wishes.work_off()
    monkeypatch.setattr(demand_store, "waiting", seen)
    wishes.work_off()
    assert wishes.told() == {"mbr_1": 1}


def test_however_many_wait_each_message_answers_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    many = 2 * PAGE + 5
    wishes = Wishes(monkeypatch, members=many)
    for who in range(1, many + 1):
        wishes.wish(who, quantity=2)
    wishes.there_are(1)
    wishes.deliver()
    for left in (many - PAGE, many - 2 * PAGE, 0):
        (body,) = set(wishes.queue.bodies)  # asked for by the stock, and by none else
        wishes.queue.bodies.clear()
        jobs.answer_demands(wishes.context, {"messageId": "1", "body": body})
        assert wishes.counted() == DemandCount("LMP-1", left, 2 * left)
    assert wishes.queue.bodies == []
    assert set(wishes.told().values()) == {1}


def test_whoever_dies_while_answering_is_followed_by_one_who_answers_the_rest_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "PAGE", 1)
    for interruption in chain(crashes(), lost_replies()):
        wishes = Wishes(monkeypatch, members=2)
        wishes.wish(1), wishes.wish(2, quantity=5)
        wishes.there_are(1)
        with interruption:
            wishes.deliver()
            wishes.work_off()
        wishes.settle()
        assert wishes.told() == {"mbr_1": 1, "mbr_2": 1}, interruption
        assert wishes.counted() == DemandCount("LMP-1", 0, 0), interruption
        assert wishes.ranked() == [], interruption


@pytest.mark.parametrize("does", ["cancels", "wants more"])
def test_who_changes_a_wish_while_it_is_answered_is_answered_once_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    scenes: list[Wishes] = []

    def other() -> None:
        (demand,) = [each for each in scenes[-1].all() if each.member_id == "mbr_1"]
        if demand.state is DemandState.OPEN and does == "cancels":
            scenes[-1].cancel(1, demand)
        elif demand.state is DemandState.OPEN:
            more = replace(demand, quantity=9, version=demand.version + 1)
            service._change(scenes[-1].context, demand.demand_id, lambda known: more, lambda tx, before, after: None)

    for race in races(other):
        scenes.append(scene := Wishes(monkeypatch, members=2))
        scene.wish(1, quantity=3), scene.wish(2, quantity=4)
        scene.there_are(1)
        with race:
            scene.deliver()
            scene.work_off()
        scene.settle()
        (own,) = [each for each in scene.all() if each.member_id == "mbr_1"]
        assert scene.told()["mbr_1"] == (own.state is DemandState.ANSWERED), race
        assert (scene.told()["mbr_2"], scene.counted()) == (1, DemandCount("LMP-1", 0, 0)), race


def test_whatever_happens_the_counts_are_those_of_the_wishes_and_nobody_waits_for_what_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_state_machine_as_test(
        lambda: Season(monkeypatch),
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


WHO, SKUS = st.integers(1, 3), st.sampled_from(["LMP-1", "LMP-2"])


class Season(RuleBasedStateMachine):
    """Three members, two articles; stock comes and goes, events and messages come when they come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.monkeypatch = monkeypatch

    @initialize()
    def begin(self) -> None:
        self.wishes = Wishes(self.monkeypatch)

    @rule(who=WHO, sku=SKUS, quantity=st.integers(1, 9))
    def wish(self, who: int, sku: str, quantity: int) -> None:
        if answers.in_stock(self.wishes.context, sku):
            with pytest.raises(Problem, match="invalid"):
                self.wishes.wish(who, sku, quantity)
        else:
            self.wishes.wish(who, sku, quantity)

    @rule(who=WHO, data=st.data())
    def cancel(self, who: int, data: st.DataObject) -> None:
        own = [each for each in self.wishes.all() if each.member_id == f"mbr_{who}" and each.state is DemandState.OPEN]
        if own:
            self.wishes.cancel(who, data.draw(st.sampled_from(sorted(own, key=lambda each: each.sku))))

    @rule(sku=SKUS, quantity=st.sampled_from([0, 0, 7]))
    def figure(self, sku: str, quantity: int) -> None:
        self.wishes.there_are(quantity, sku)

    @rule(data=st.data())
    def deliver_one(self, data: st.DataObject) -> None:
        if events := self.wishes.events():
            event = data.draw(st.sampled_from(events))
            demand_consumers.on_stock_arrived(self.wishes.context, event) if event.name == "stock.arrived" else (
                demand_consumers.on_demand_moved(self.wishes.context, event)
            )

    @rule()
    def work_off(self) -> None:
        self.wishes.work_off()

    @invariant()
    def counts_are_right(self) -> None:
        if hasattr(self, "wishes"):
            for sku in ("LMP-1", "LMP-2"):
                assert self.wishes.counted(sku) == self.wishes.recounted(sku)

    def teardown(self) -> None:
        if hasattr(self, "wishes"):
            self.wishes.settle()
            for sku in ("LMP-1", "LMP-2"):
                if answers.in_stock(self.wishes.context, sku):
                    assert self.wishes.open(sku) == set()
            counts = [self.wishes.counted(sku) for sku in ("LMP-1", "LMP-2")]
            wanted = sorted((each for each in counts if each.demands), key=lambda each: (each.demands, each.units))
            assert [self.wishes.counted(sku) for sku in self.wishes.ranked()] == wanted[::-1]


# --- through the API --------------------------------------------------------------------------------------------------


def wish_for(api: Api, caller: Caller, **body: object) -> dict[str, object]:
    answer = api.call("POST", "/v1/demands", caller, body)
    assert answer.status == 200, answer.text
    return dict(answer.json)


def follow(context: Context) -> None:
    """The list of the most wanted articles follows."""
    for sku in ("LMP-1", "LMP-2"):
        demand_store.follow_rank(context, sku)


def test_partners_wish_merchandising_reads_and_answers(api: Api, context: Context) -> None:
    stock(context, row("LMP-1"), row("LMP-2"))
    buyer, other = partner(context), partner(context, "cmp_2", "mbr_2", inn="7707083894")
    wish_for(api, buyer, sku="LMP-1", quantity=10)
    wish_for(api, buyer, sku="LMP-2", quantity=100)
    wish_for(api, other, sku="LMP-1")
    words = wish_for(api, other, text="A light with a motion sensor", note="Forty of them")
    follow(context)
    wanted = api.call("GET", "/v1/staff/demands", MARKETING).json["items"]
    assert [(each["sku"], each["demands"], each["units"]) for each in wanted] == [("LMP-1", 2, 10), ("LMP-2", 1, 100)]
    assert wanted[0]["name_ru"] == "Лампа LMP-1"
    waiting = api.call("GET", "/v1/staff/demands/waiting?sku=LMP-1", MARKETING).json["items"]
    assert {(each["company_id"], each["quantity"]) for each in waiting} == {("cmp_1", 10), ("cmp_2", None)}
    (in_words,) = api.call("GET", "/v1/staff/demands/waiting", MARKETING).json["items"]
    assert (in_words["demand_id"], in_words["text"]) == (words["demand_id"], "A light with a motion sensor")

    person(context, "mbr_marketing")
    speaks_staff(context)
    answer_url = f"/v1/staff/demands/{words['demand_id']}/answer"
    reply = {"text": "LMP-2 has one.", "sku": "LMP-2"}
    for _ in range(2):
        answered = api.call("POST", answer_url, MARKETING, reply)
        assert (answered.status, answered.json["state"]) == (200, "answered")
    assert api.call("POST", answer_url, MARKETING, {"text": "Another answer"}).json["code"] == "wrong_state"
    newest = api.call("GET", "/v1/demands", other).json["items"]
    assert [each["answer"] for each in newest if each["text"]] == [
        {"by": "staff", "at": context.at, "text": "LMP-2 has one.", "sku": "LMP-2"}
    ]
    assert api.call("GET", "/v1/staff/demands/waiting", MARKETING).json["items"] == []


def speaks_staff(context: Context) -> None:
    from chalicelib.members import service as members
    from chalicelib.table.transactions import Transaction

    tx = Transaction()
    members.appoint(
        tx, "mbr_marketing", kind="staff", owner=STAFF_OWNER, role="marketing", status="active", label="membership"
    )
    context.table.commit(tx)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ("", "sku_or_text")),
        ({"sku": "LMP-1", "text": "A lamp"}, ("", "sku_or_text")),
        ({"sku": "NONE"}, ("/sku", "unknown_sku")),
        ({"sku": "LMP-1", "quantity": 0}, ("/quantity", "greater_than_equal")),
    ],
)
def test_a_wish_names_an_article_or_says_what_it_is(
    api: Api, context: Context, body: dict[str, object], wrong: tuple[str, str]
) -> None:
    stock(context, row("LMP-1"))
    answer = api.call("POST", "/v1/demands", partner(context), body)
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [wrong]


def test_a_wish_is_its_members_own(api: Api, context: Context) -> None:
    stock(context, row("LMP-1"))
    buyer = partner(context)
    person(context, "mbr_2")
    colleague = speaks_for(context, "cmp_1", "mbr_2", "buyer")
    demand = wish_for(api, buyer, sku="LMP-1")
    assert api.call("GET", "/v1/demands", colleague).json["items"] == []
    cancel = f"/v1/demands/{demand['demand_id']}/cancel"
    assert api.call("POST", cancel, colleague).status == 404
    assert api.call("POST", cancel, buyer).json["state"] == "cancelled"
    assert api.call("POST", "/v1/staff/demands/dem_nobody/answer", OPERATIONS, {"text": "No"}).status == 404


def test_a_cancelled_wish_is_not_answered_and_an_answered_one_not_cancelled(wishes: Wishes) -> None:
    demand = wishes.wish(1)
    wishes.there_are(1)
    wishes.settle()
    with pytest.raises(Problem) as refused:
        wishes.cancel(1, demand)
    assert (refused.value.code, refused.value.extra) == ("wrong_state", {"state": DemandState.ANSWERED})
