"""Why a tier was what it was: what was known on that day, what is known now, and what became known in between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import sales, tiers
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.ids import derived_id
from chalicelib.sales import consumers as sales_consumers
from chalicelib.sales.rules import Original, SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction, from_wire
from chalicelib.tiers import consumers as tiers_consumers
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.explanation import schemas as explanation_schemas
from chalicelib.tiers.explanation.service import explain
from chalicelib.tiers.ladders import service as ladders
from chalicelib.tiers.ladders.schemas import LadderForm
from chalicelib.tiers.manual_tiers import service as manual_tiers
from chalicelib.tiers.manual_tiers.schemas import ManualTierForm, ManualTierWithdrawalForm
from chalicelib.tiers.standing import service as standing_service
from chalicelib.tiers.standing.model import Standing
from tests.bonuses.accruals.steps import memory_work
from tests.support.api import Api, Caller
from tests.support.figures import with_sections
from tests.support.partners import speaks_for
from tests.support.spent import calls_counted
from tests.tiers.steps import buy, company

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


def owner(context: Context, company_id: str) -> Caller:
    return speaks_for(context, company_id, "mbr_owner")


def rub(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "RUB"}


def on(context: Context, day: int) -> Context:
    """So many days later, at the same hour."""
    return replace(context, now=context.now + timedelta(days=day))


def told(api: Api, caller: Caller, query: str = "", **more: Any) -> Any:
    answer = api.call("GET", f"/v1/company/tier/explain{query}", caller, **more)
    assert answer.status == 200, answer.text
    return answer.json


def speaking(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on it is this moment."""
    from chalicelib.platform.http import respond as http

    monkeypatch.setattr(http, "context_now", lambda: context)


# --- in words ---------------------------------------------------------------------------------------------------------


def test_a_tier_is_explained_by_the_window_and_its_documents(api: Api, context: Context):
    company_id = company(context)
    buy(context, company_id, -80, 100_000, number="A-1")
    buy(context, company_id, -10, "60000.50", number="A-2")
    buy(context, company_id, -95, 10_000, number="A-3")
    buy(context, company_id, 3, 10_000, number="A-4")
    answer = told(api, owner(context, company_id))
    then = answer["known_then"]
    assert answer["known_now"] == then
    assert (answer["as_of"], answer["known_until"]) == ("2026-11-20", "2026-11-20T21:00:00.000Z")
    assert (answer["tier_changed"], answer["corrections"], answer["next_cursor"]) == (False, [], None)
    assert then["tier"] == {"code": "silver", "name": "Silver", "discount_percent": "5"}
    assert (then["cause"], then["step"]) == ("window", then["tier"])
    assert then["decision"].replace("\N{NO-BREAK SPACE}", " ") == (
        "Silver, 5%: net purchases from 23 August 2026 to 20 November 2026 come to 160,000.50 RUB, and Silver begins at 150,000 RUB."
    )
    assert then["window"] == {"from": "2026-08-23", "to": "2026-11-20", "sum": rub("160000.50")}
    assert (then["hold"], then["manual"], then["personal_first_step"]) == (None, None, None)
    assert (then["ladder"]["version"], then["documents_counted"]) == ("2026-1", 2)
    assert [
        (each["document"], each["known_then"]["counted"], each["known_then"]["reason"]) for each in answer["documents"]
    ] == [
        ("A-4", False, "ahead"),
        ("A-2", True, "counted"),
        ("A-1", True, "counted"),
    ]
    assert answer["documents"][1]["known_now"] == {
        "counted": True,
        "reason": "counted",
        "why": "It belongs to the window.",
        "amount": rub("60000.50"),
        "business_date": "2026-11-10",
        "counts_on": "2026-11-10",
        "revision": 1,
        "recorded_at": "2026-11-20T09:00:00.000Z",
    }


def test_it_is_said_in_russian_to_who_reads_russian(api: Api, context: Context):
    company_id = company(context)
    buy(context, company_id, -10, 60_000)
    answer = told(api, owner(context, company_id), headers={"accept-language": "ru"})
    assert answer["known_then"]["decision"].replace("\N{NO-BREAK SPACE}", " ") == (
        "Бронза, 3 %: покупки за вычетом возвратов с 23 августа 2026 по 20 ноября 2026 — 60 000 ₽, "
        "уровень «Бронза» начинается с 50 000 ₽."
    )
    assert answer["documents"][0]["known_now"]["why"] == "Входит в окно."


def test_a_held_tier_names_the_day_that_reached_it(api: Api, context: Context):
    company_id = company(context)
    buy(context, company_id, -95, 160_000, number="A-1")
    buy(context, company_id, -20, 1_000, number="A-2")
    then = told(api, owner(context, company_id))["known_then"]
    assert (then["cause"], then["tier"]["code"], then["step"]["code"]) == ("hold", "silver", "")
    assert then["hold"] == {
        "reached_on": "2026-11-14",
        "window": {"from": "2026-08-17", "to": "2026-11-14", "sum": rub("161000.00")},
        "from_sum": rub("150000.00"),
        "held_until": "2026-12-14",
    }
    assert "reached on 14\N{NO-BREAK SPACE}November" in then["decision"]
    assert "up to 14\N{NO-BREAK SPACE}December" in then["decision"]
    left = told(api, owner(context, company_id))["documents"][1]
    assert (left["document"], left["known_then"]["reason"]) == ("A-1", "left_window")


def test_no_tier_says_where_the_first_one_begins(api: Api, context: Context):
    then = told(api, owner(context, company(context)))["known_then"]
    assert (then["cause"], then["documents_counted"]) == ("none", 0)
    assert "Bronze begins at 50,000\N{NO-BREAK SPACE}RUB" in then["decision"]


def test_a_manual_tier_shows_its_reason_to_the_staff_only(api: Api, context: Context):
    company_id = company(context)
    buy(context, company_id, -10, 60_000)
    granted(context, company_id, "gold", until=context.today + timedelta(days=5))
    theirs = told(api, owner(context, company_id))["known_then"]
    assert (theirs["cause"], theirs["tier"]["code"]) == ("manual", "gold")
    assert (theirs["manual"]["reason"], theirs["manual"]["author"]) == (None, None)
    assert theirs["manual"]["by_purchases"]["code"] == "bronze"
    assert "granted by the club" in theirs["decision"]
    ours = api.call("GET", f"/v1/staff/companies/{company_id}/tier/explain", MANAGER).json["known_then"]
    assert (ours["manual"]["reason"], ours["manual"]["author"]) == ("A promise", "mbr_manager")


def test_a_personal_first_step_says_of_what_it_is_made(api: Api, context: Context):
    founded = replace(context, config=with_personal_step(context))
    company_id = company(founded)
    buy(founded, company_id, -600, 1_000)
    buy(founded, company_id, -370, 80_000, number="A-1")
    buy(founded, company_id, -1, 65_000, number="A-2")
    found = explain(founded, company_id, None)
    shown = explanation_schemas.TierExplanationView.of(found, found.rows, "en", for_staff=False).model_dump(mode="json")
    then = shown["known_then"]
    assert then["personal_first_step"] == {
        "last_year": {"from": "2025-08-23", "to": "2025-11-20", "sum": rub("80000.00")},
        "coefficient": "0.8",
        "floor": rub("30000.00"),
        "from_sum": rub("64000.00"),
    }
    assert (then["tier"]["code"], then["cause"]) == ("bronze", "window")
    assert "The first step is the company's own: it begins at 64,000" in then["decision"]
    assert [(each["document"], each["known_now"]["reason"]) for each in shown["documents"]] == [
        ("A-2", "counted"),
        ("A-1", "last_year"),
    ]


# --- two clocks -------------------------------------------------------------------------------------------------------


def test_what_became_known_later_is_told_beside_what_was_known(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
):
    company_id, other = company(context), company(context, "Zarya")
    buy(context, company_id, -10, 60_000, number="A-1")
    buy(context, company_id, -9, 50_000, number="A-2")
    buy(context, company_id, -8, 40_000, number="A-3")
    later = on(context, 3)
    buy(later, company_id, -13, 160_000, number="A-1")  # corrected
    buy(later, other, -12, 50_000, number="A-2")  # another company's
    buy(later, company_id, -10, 7_000, number="A-4")  # late
    buy(later, company_id, 0, 1_000_000, number="A-5")  # of today
    speaking(api, later, monkeypatch)
    answer = told(api, owner(context, company_id), "?as_of=2026-11-20")
    assert (answer["known_then"]["tier"]["code"], answer["known_then"]["window"]["sum"]) == ("silver", rub("150000.00"))
    assert (answer["known_now"]["tier"]["code"], answer["known_now"]["window"]["sum"]) == ("silver", rub("207000.00"))
    assert answer["tier_changed"] is False
    assert {
        each["document"]: (each["kind"], each["window_change"]["amount"], each["recorded_at"])
        for each in answer["corrections"]
    } == {
        "A-1": ("corrected", "100000.00", later.at),
        "A-2": ("moved_away", "-50000.00", later.at),
        "A-4": ("recorded_later", "7000.00", later.at),
    }
    places = {
        each["document"]: (each["known_then"]["reason"], each["known_now"]["reason"]) for each in answer["documents"]
    }
    assert places == {
        "A-1": ("counted", "counted"),
        "A-2": ("counted", "gone"),
        "A-3": ("counted", "counted"),
        "A-4": ("not_recorded_yet", "counted"),
    }
    assert told(api, owner(context, company_id))["known_then"]["tier"]["code"] == "platinum"


def test_a_return_counts_and_takes_effect_by_both_clocks(context: Context):
    company_id = company(context)
    sold = document(1, company_id, context.today - timedelta(13), 160_000)
    sales.record(context, [sold])
    back = document(2, company_id, context.today + timedelta(2), -100_000)._replace(
        kind="return",
        series="2026-returns",
        original=Original("1", ("2026",), None),
    )
    sales.record(on(context, 2), [back])
    later = on(context, 4)
    before, on_its_day = (explain(later, company_id, context.today + timedelta(n)) for n in (1, 2))
    assert (before.now.decision.window_sum, before.then.decision.window_sum) == (160_000, 160_000)
    assert [(row.ref[1], row.now.reason, row.change) for row in before.rows] == [("2026/1", "counted", None)]
    assert on_its_day.now.decision.window_sum == 60_000
    assert on_its_day.now.decision.tier.tier == "silver"  # held
    assert on_its_day.now.cause == "hold"


def test_a_return_of_what_left_the_window_left_with_it(context: Context):
    company_id = company(context)
    sales.record(context, [document(1, company_id, context.today - timedelta(95), 60_000)])
    back = document(2, company_id, context.today, -10_000)._replace(
        kind="return", original=Original("1", ("2026",), None)
    )
    sales.record(context, [back, document(3, company_id, context.today, 1_000)])
    found = explain(context, company_id, None)
    reasons = {row.ref[1]: row.now.reason for row in found.rows}
    assert reasons == {"2026/1": "left_window", "2026/2": "return_of_earlier", "2026/3": "counted"}
    assert found.now.decision.window_sum == 1_000


# --- asked over HTTP --------------------------------------------------------------------------------------------------


def test_documents_come_in_pages_and_the_rest_with_each_of_them(api: Api, context: Context):
    company_id = company(context)
    for number in range(5):
        buy(context, company_id, -number, 20_000, number=f"A-{number}")
    pages, cursor = [], ""
    while True:
        answer = told(api, owner(context, company_id), f"?limit=2{cursor}")
        pages.append([each["document"] for each in answer["documents"]])
        assert answer["known_now"]["documents_counted"] == 5
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert pages == [["A-0", "A-1"], ["A-2", "A-3"], ["A-4"]]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("?as_of=2026-11-21", "/query/as_of", "day_ahead"),
        ("?as_of=yesterday", "/query/as_of", "date"),
        ("?limit=1001", "/query/limit", "less_than_equal"),
        ("?cursor=abc", "/query/cursor", "cursor_invalid"),
        ("?company_id=cmp_2", "/query/company_id", "unknown_field"),
    ],
)
def test_a_wrong_query_is_told_what_is_wrong(api: Api, context: Context, query: str, pointer: str, code: str):
    answer = api.call("GET", f"/v1/company/tier/explain{query}", owner(context, company(context)))
    assert answer.status == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]


def test_an_explanation_is_four_calls_however_much_was_corrected(context: Context):
    company_id = company(context)
    for amount in (10, 20, 30):
        for number in range(5):
            buy(context, company_id, -number, amount, number=f"A-{number}")
    with calls_counted(context.table.client) as made:
        explain(context, company_id, context.today - timedelta(1))
    # The company, the ladders, its manual tiers, its documents.
    assert made == ["GetItem", "Query", "Query", "Query"]


def test_a_company_that_there_is_not_is_not_explained(api: Api):
    assert api.call("GET", "/v1/staff/companies/cmp_none/tier/explain", MANAGER).status == 404


def test_a_day_before_the_club_knew_anything_has_no_tier(api: Api, context: Context):
    answer = told(api, owner(context, company(context)), "?as_of=1970-01-01")
    assert (answer["known_then"]["cause"], answer["documents"]) == ("none", [])


# --- a history, day by day --------------------------------------------------------------------------------------------
# A small club: five days of purchases, three days of hold, so that two weeks tell as much as two quarters.

SMALL: dict[str, Any] = {
    "window_days": 5,
    "hold_days": 3,
    "warning_days": [2, 1],
    "steps": [
        {"tier": "bronze", "from_sum": "100", "discount_percent": "3", "name": "Bronze", "name_ru": "Бронза"},
        {"tier": "silver", "from_sum": "200", "discount_percent": "5", "name": "Silver", "name_ru": "Серебро"},
        {"tier": "gold", "from_sum": "300", "discount_percent": "7", "name": "Gold", "name_ru": "Золото"},
    ],
}
PERSONAL = {"months": 18, "floor": "50", "coefficients": ["1.5"] * 12}
OTHER_LADDERS = [
    {**SMALL, "window_days": 3},
    {**SMALL, "hold_days": 0},
    {**SMALL, "personal": PERSONAL},
    {**SMALL, "steps": [{**step, "from_sum": str(int(step["from_sum"]) + 60)} for step in SMALL["steps"]]},
    {
        **SMALL,
        "season": {"from": "11-24", "to": "11-28"},
        "off_season_steps": [{**step, "from_sum": str(int(step["from_sum"]) - 60)} for step in SMALL["steps"]],
    },
]


def with_personal_step(context: Context) -> Any:
    personal = {"RUB": {"months": 18, "floor": "30000", "coefficients": ["0.8"] * 12}}
    figures = context.config[Tiers].model_dump(by_alias=True) | {"personal": personal}
    return with_sections(context.config, Tiers.model_validate(figures))


def small_club(context: Context) -> Any:
    steps = [
        {("from" if name == "from_sum" else name): value for name, value in step.items()} for step in SMALL["steps"]
    ]
    figures = {
        "version": "small",
        **{k: v for k, v in SMALL.items() if k != "steps"},
        "ladders": {"RUB": steps},
    }
    return with_sections(context.config, Tiers.model_validate(figures))


def document(number: int, company_id: str, day: date, amount: Any) -> SaleDocument:
    lines = [SaleLine.of("SKU-1", "Lamp", Decimal(1), amount=Decimal(amount))]
    return SaleDocument("1c", str(number), company_id, day, "RUB", lines, series="2026")


def granted(context: Context, company_id: str, tier: str, *, until: date, first: date | None = None) -> str:
    form = ManualTierForm.model_validate(
        {"tier": tier, "from": first and first.isoformat(), "until": until.isoformat(), "reason": "A promise"}
    )
    return manual_tiers.grant(context, company_id, "mbr_manager", form).grant_id


@dataclass
class Action:
    """One thing that happens on a day. Offsets are from that day."""

    kind: str
    company: int
    number: int
    offset: int
    amount: int
    choice: int


ACTIONS = st.builds(
    Action,
    kind=st.sampled_from(["buy", "buy", "buy", "correct", "return", "return_by_day", "ladder", "grant", "withdraw"]),
    company=st.integers(0, 1),
    number=st.integers(1, 4),
    offset=st.integers(-8, 2),
    amount=st.sampled_from([20, 60, 100, 140, 250]),
    choice=st.integers(0, len(OTHER_LADDERS) - 1),
)
HISTORIES = st.lists(st.lists(ACTIONS, max_size=3), min_size=4, max_size=8)


class Announcement(Table):
    """Keeps what its stream would tell of sales: looking for it takes a test longer than all that it tests."""

    told: list[dict[str, Any]]

    def __init__(self, client: Any, name: str) -> None:
        super().__init__(client, name)
        self.told = []

    def commit(self, transaction: Transaction, *, refusal: Exception | None = None) -> None:
        super().commit(transaction, refusal=refusal)
        items = (from_wire(each["Put"]["Item"]) for each in transaction.to_wire(self.name) if "Put" in each)
        self.told += [item for item in items if item.get("event") == "sale.recorded"]


class History:
    """A club's life, day by day, and what GET tier said at each day's end."""

    def __init__(self, context: Context) -> None:
        self.table = Announcement(context.table.client, context.table.name)
        self.context = replace(context, config=small_club(context), table=self.table)
        self.companies = [company(self.context, name) for name in ("Luch", "Zarya")]
        self.said: dict[tuple[str, date], Standing] = {}
        self.grants: dict[str, list[str]] = {each: [] for each in self.companies}
        # They have bought for long enough to have a first step of their own.
        for company_id in self.companies:
            sales.record(
                self.context,
                [
                    document(100, company_id, self.context.today - timedelta(600), 1),
                    document(101, company_id, self.context.today - timedelta(364), 70),
                ]
                if company_id == self.companies[0]
                else [],
            )
        self.deliver()

    def live(self, days: Sequence[Sequence[Action]]) -> None:
        for actions in days:
            for hour, action in enumerate(actions):
                self.context = replace(self.context, now=self.context.now + timedelta(minutes=hour + 1))
                self.act(action)
                self.deliver()
            self.evening()
            self.context = replace(self.context, now=self.context.now.replace(hour=9, minute=0) + timedelta(days=1))

    def act(self, action: Action) -> None:
        context, company_id = self.context, self.companies[action.company]
        day = context.today + timedelta(action.offset)
        if action.kind in ("buy", "correct"):
            sales.record(context, [document(action.number, company_id, day, action.amount)])
        elif action.kind.startswith("return"):
            named = (
                Original("", (), day)
                if action.kind == "return_by_day"
                else Original(str(action.number), ("2026",), None)
            )
            back = document(action.number, company_id, context.today, -action.amount // 2)
            sales.record(context, [back._replace(series="2026-returns", kind="return", original=named)])
        elif action.kind == "ladder":
            self.new_ladder(OTHER_LADDERS[action.choice], max(day, context.today))
        elif action.kind == "grant":
            tier = ("bronze", "silver", "gold")[action.number % 3]
            first = max(day, context.today)
            self.grants[company_id].append(granted(context, company_id, tier, until=first + timedelta(2), first=first))
        elif self.grants[company_id]:
            self.withdraw(company_id, self.grants[company_id].pop())

    def new_ladder(self, figures: dict[str, Any], day: date) -> None:
        form = LadderForm.model_validate({"version": self.context.new_id("v"), **figures})
        drawn = ladders.draw_up(self.context, form, "mbr_admin")
        try:
            ladders.activate(self.context, drawn.ladder_id, 1, day, "mbr_admin")
        except Problem:
            return  # another one begins on this day
        for company_id in self.companies:
            standing_service.follow(self.context, company_id)

    def withdraw(self, company_id: str, grant_id: str) -> None:
        form = ManualTierWithdrawalForm.model_validate({"reason": "No longer"})
        try:
            manual_tiers.withdraw(self.context, company_id, grant_id, "mbr_manager", form)
        except Problem:
            return  # it has ended

    def deliver(self) -> None:
        while self.table.told:
            item = self.table.told.pop(0)
            event = Event("sale.recorded", derived_id("evt", item["pk"], item["sk"]), item)
            sales_consumers.on_sale_recorded(self.context, event)
            tiers_consumers.on_sale_recorded(self.context, event)

    def evening(self) -> None:
        context = self.context
        late = datetime.combine(context.today, time(23, 59), tzinfo=context.config[Club].zone)
        self.context = replace(context, now=late)
        for company_id in self.companies:
            self.said[company_id, context.today] = tiers.standing_of(self.context, company_id)


def shown(standing: Standing) -> tuple[Any, ...]:
    reached = standing.window_result
    steps = [(step.tier, step.from_sum) for step in reached.steps]
    return (
        standing.tier.tier,
        standing.tier.discount_percent,
        reached.window_sum,
        reached.step.tier,
        reached.ladder.version,
        steps,
    )


def explained(view: Any) -> tuple[Any, ...]:
    decision = view.decision
    steps = [(step.tier, step.from_sum) for step in decision.steps]
    tier = decision.tier
    return tier.tier, tier.discount_percent, decision.window_sum, decision.step.tier, decision.ladder.version, steps


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(days=HISTORIES)
def test_every_past_day_is_explained_as_it_was_answered_on_that_day(days: list[list[Action]]):
    history = History(memory_work())
    history.live(days)
    for (company_id, day), said in history.said.items():
        found = explain(history.context, company_id, day)
        assert explained(found.then) == shown(said), (company_id, day)
        now = standing_service.standing_for_staff(history.context, company_id, day)
        assert explained(found.now) == shown(now), (company_id, day)
        for view, places in (
            (found.then, [row.then for row in found.rows]),
            (found.now, [row.now for row in found.rows]),
        ):
            assert sum(place.counted for place in places) == view.decision.window_sum, (company_id, day)
        differences = sum(row.now.counted - row.then.counted for row in found.corrections)
        assert differences == found.now.decision.window_sum - found.then.decision.window_sum
        for language in ("en", "ru"):
            explanation_schemas.TierExplanationView.of(found, found.rows, language, for_staff=True)
