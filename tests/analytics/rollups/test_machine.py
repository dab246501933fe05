"""Whatever is recorded, corrected, moved, voided and given back, however it is delivered, lost and found, and whichever rebuild runs in between:
once all is worked off the rollups, and the club's figures folded from them, are what the documents say.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from chalicelib import sales
from chalicelib.analytics.club import service as club_service
from chalicelib.analytics.club.rules import Fold, Splits
from chalicelib.analytics.rollups import jobs, service
from chalicelib.analytics.rollups.model import Month
from chalicelib.platform.events import Event
from tests.analytics import steps
from tests.sales.steps import events, invoice, returned
from tests.support.nights import Queue

NUMBERS = st.sampled_from([f"A-{number}" for number in range(6)])
DAYS = st.sampled_from([date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)])
COMPANIES = st.sampled_from(["cmp_1", "cmp_2"])
AMOUNTS = st.sampled_from(["10.00", "99.99", "1234.50"])


def machine(queue: Queue) -> type[RuleBasedStateMachine]:
    class Rollups(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.context = steps.in_memory()
            self.heard: set[str] = set()
            self.lost: list[str] = []
            queue.bodies.clear()

        @rule(number=NUMBERS, amount=AMOUNTS, day=DAYS, company=COMPANIES, currency=st.sampled_from(["RUB", "EUR"]))
        def buy(self, number: str, amount: str, day: date, company: str, currency: str) -> None:
            """Of a number that there is already, this is a correction: of its sum, its day, its company or its currency."""
            document = invoice(number, amount, day=day, company=company, other_currency=currency != "RUB")
            sales.record(self.context, [document._replace(currency=currency)])

        @rule(number=NUMBERS, original=NUMBERS, later=st.integers(0, 40), company=COMPANIES)
        def give_back(self, number: str, original: str, later: int, company: str) -> None:
            day = date(2026, 9, 30) + timedelta(days=later)
            sales.record(self.context, [returned(f"R-{number}", original, "-5.00", day=day, company=company)])

        @rule(number=NUMBERS)
        def void(self, number: str) -> None:
            sales.void(self.context, ("1c-main", f"/{number}"), "not ours", "mbr_1", lambda tx: None)

        @property
        def unheard(self) -> list[Event]:
            return [each for each in events(self.context) if each.id not in self.heard]

        @precondition(lambda self: self.unheard)
        @rule(random=st.randoms(use_true_random=False))
        def deliver(self, random: Any) -> None:
            """All that was recorded, in any order, half of it twice."""
            found = self.unheard
            found += random.sample(found, k=len(found) // 2)
            random.shuffle(found)
            for event in found:
                steps.deliver(self.context, event)
                self.heard.add(event.id)

        @precondition(lambda self: queue.bodies)
        @rule(random=st.randoms(use_true_random=False))
        def work(self, random: Any) -> None:
            """The worker takes a message; sometimes it gets it again."""
            body = random.choice(queue.bodies)
            if random.random() < 0.7:
                queue.bodies.remove(body)
            service.follow(self.context, *_of(body))

        @precondition(lambda self: queue.bodies)
        @rule()
        def lose_messages(self) -> None:
            queue.bodies.clear()

        @rule(company=COMPANIES)
        def rebuild(self, company: str) -> None:
            service.build(self.context, company)

        def teardown(self) -> None:
            if not hasattr(self, "context"):
                return
            steps.deliver_all(self.context, self.heard)
            jobs.nightly_rollups(self.context, {})
            steps.work_off(self.context, queue)
            assert service.send_stale(self.context) == 0
            club = {currency: self.club_of(currency) for currency in ("RUB", "EUR")}
            for company in ("cmp_1", "cmp_2"):
                assert steps.sums(self.context, company) == steps.fresh_sums(self.context, company)
                steps.check_rows(self.context, company)
                self.equal_a_fresh_build(company)
            for currency, found in club.items():
                assert found == self.club_of(currency)
                self.add_up_to_the_documents(currency, found[1])

        def club_of(self, currency: str) -> Any:
            """The club's months, splits, bridges and cohorts of two companies in two regions."""
            fold = Fold(date(2026, 12, 1))
            for company, region in (("cmp_1", "RU-MOW"), ("cmp_2", "RU-SPE")):
                member = [company, region, "mbr_1", "", "RUB", 0]
                for name, *row in club_service._rows(self.context, member, date(2026, 12, 1)):
                    if name == currency:
                        fold.add(club_service._company(row))
            return fold.months(), fold.splits(), fold.bridges(), fold.cohorts()

        def add_up_to_the_documents(self, currency: str, splits: Mapping[date, Splits]) -> None:
            for company, region in (("cmp_1", "RU-MOW"), ("cmp_2", "RU-SPE")):
                told = {
                    month: net for (month, name), (net, *_) in steps.fresh_sums(self.context, company).items()
                    if name == currency and net
                }  # fmt: skip
                found = {f"{month:%Y-%m}": each["region"] for month, each in splits.items()}
                assert {month: each[region].net for month, each in found.items() if region in each} == told

        def equal_a_fresh_build(self, company: str) -> None:
            before = _told(steps.kept(self.context, company))
            service.build(self.context, company)
            assert _told(steps.kept(self.context, company)) == before

    return Rollups


def _of(body: str) -> tuple[str, list[date]]:
    said = json.loads(body)
    return said["company_id"], [date.fromisoformat(month) for month in said["months"]]


def _told(kept: Mapping[date, tuple[Month, Any]]) -> Any:
    return {month: (each.totals, rows) for month, (each, rows) in kept.items()}


def test_rollups_are_what_the_documents_say(queue: Queue) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(queue),
        settings=settings(max_examples=60, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )


@pytest.mark.slow
def test_rollups_are_what_the_documents_say_at_length(queue: Queue) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(queue),
        settings=settings(max_examples=500, stateful_step_count=60, suppress_health_check=list(HealthCheck)),
    )
