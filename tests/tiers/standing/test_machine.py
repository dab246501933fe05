"""Whatever is bought, given back, recorded late, corrected, granted and withdrawn, however it is delivered and whichever nights run:
where a company stands is what the facts say, and each thing is told once.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib import tiers as tiers_room
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http.problems import Problem
from chalicelib.sales import consumers as sales_consumers
from chalicelib.tiers.config import FoundingPersonalStep, FoundingSeason, Tiers
from chalicelib.tiers.standing import store as standing_store
from tests.support.figures import with_sections
from tests.tiers import steps

AMOUNTS = st.sampled_from([1_000, 20_000, 49_999, 60_000, 100_000, 150_000, 400_000])
NUMBERS = st.sampled_from([f"A-{number}" for number in range(8)])


def machine(context: Context) -> type[RuleBasedStateMachine]:
    class Company(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.context = steps.in_memory(context)
            self.company_id = steps.company(self.context)
            self.heard: set[str] = set()

        # --- facts ---

        @rule(number=NUMBERS, amount=AMOUNTS)
        def buy(self, number: str, amount: int) -> None:
            """Of a number that there is already, this is a correction: dated today, with another sum."""
            steps.buy(self.context, self.company_id, 0, amount, number=number)

        @rule(number=NUMBERS, amount=AMOUNTS, ago=st.integers(1, 130))
        def buy_and_record_late(self, number: str, amount: int, ago: int) -> None:
            steps.buy(self.context, self.company_id, -ago, amount, number=number)

        @rule(number=NUMBERS, amount=AMOUNTS, ago=st.integers(-3, 20))
        def give_back(self, number: str, amount: int, ago: int) -> None:
            """Of a sale that may not be known yet."""
            steps.give_back(self.context, self.company_id, -ago, amount, number)

        @rule(tier=st.sampled_from(["bronze", "silver", "gold"]), first=st.integers(0, 5), days=st.integers(0, 40))
        def grant(self, tier: str, first: int, days: int) -> None:
            steps.grant(self.context, self.company_id, tier, first, first + days)

        @rule(which=st.integers(0, 5))
        def withdraw(self, which: int) -> None:
            _, grants = standing_store.load_with_grants(self.context, self.company_id)
            if which < len(grants):
                with suppress(Problem):
                    steps.withdraw(self.context, self.company_id, grants[which].grant_id)

        # --- what carries them ---

        @property
        def unheard(self) -> list[Event]:
            return [each for each in steps.sale_events(self.context, self.company_id) if each.id not in self.heard]

        @precondition(lambda self: self.unheard)
        @rule(random=st.randoms(use_true_random=False))
        def deliver(self, random: Any) -> None:
            """All that was recorded, in any order, some of it twice; what that records in its turn, too."""
            while events := self.unheard:
                events += random.sample(events, k=len(events) // 2)
                random.shuffle(events)
                for event in events:
                    sales_consumers.on_sale_recorded(self.context, event)
                    steps.delivered(self.context, event)
                    self.heard.add(event.id)

        @rule(days=st.sampled_from([1, 2, 3, 10, 16, 40]))
        def pass_days(self, days: int) -> None:
            self.context = steps.days_later(self.context, days)

        @rule()
        def night(self) -> None:
            steps.night(self.context)

        # --- what must be so ---

        @invariant()
        def the_standing_is_what_the_facts_say(self) -> None:
            if not hasattr(self, "work") or self.unheard:
                return
            kept = tiers_room.standing_of(self.context, self.company_id)
            made = steps.fresh(self.context, self.company_id)
            assert steps.shown(kept) == steps.shown(made)
            assert steps.tier_now(self.context, self.company_id).tier == made.tier.tier
            path = tiers_room.tier_path(
                self.context, self.company_id, self.context.today, self.context.today + timedelta(days=50)
            )
            assert [step.tier for step in path.values()] == [kept.tier_on(day).tier for day in path]

        @invariant()
        def each_thing_is_told_once_and_follows_from_the_one_before(self) -> None:
            if not hasattr(self, "work"):
                return
            warned = steps.warnings(self.context, self.company_id)
            assert len(warned) == len(set(warned))
            tier = ("", Decimal(0))
            for change in steps.told(self.context, self.company_id):
                before, after = change["before"], change["tier"]
                assert (before["code"], before["discount_percent"]) == tier
                tier = (after["code"], after["discount_percent"])
                assert tier != (before["code"], before["discount_percent"])

        def teardown(self) -> None:
            """After the next night everything has been told."""
            if not hasattr(self, "work"):
                return
            self.deliver_all()
            day = (self.context.today - timedelta(days=400)).isoformat()
            steps.night(self.context, {"day": day})
            changes = steps.told(self.context, self.company_id)
            last = changes[-1]["to_tier"] if changes else ""
            assert last == steps.tier_now(self.context, self.company_id).tier

        def deliver_all(self) -> None:
            while events := self.unheard:
                for event in events:
                    sales_consumers.on_sale_recorded(self.context, event)
                    steps.delivered(self.context, event)
                    self.heard.add(event.id)

    return Company


def plain(tiers: Any) -> Any:
    return tiers


def with_seasons_and_personal_steps(tiers: Any) -> Any:
    off_season = [step.model_copy(update={"from_sum": step.from_sum / 2}) for step in tiers.ladders["RUB"]]
    personal = FoundingPersonalStep(
        floor=Decimal(5_000), coefficients=[Decimal(n) / 10 for n in range(5, 17)], months=12
    )
    season = FoundingSeason.model_validate({"from": "01-10", "to": "11-30"})
    return tiers.model_copy(update={"off_season": {"RUB": off_season}, "personal": {"RUB": personal}, "season": season})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("figures", [plain, with_seasons_and_personal_steps])
def test_a_standing_is_what_the_facts_say_whatever_happens(
    context: Context, monkeypatch: pytest.MonkeyPatch, figures: Callable[[Any], Any]
):
    monkeypatch.setattr("chalicelib.table.key.SHARDS", 1)
    config = with_sections(context.config, figures(context.config[Tiers]))
    run_state_machine_as_test(
        machine(steps.replace(context, config=config)),
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
