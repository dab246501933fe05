"""A quarter of three managers with 300 companies each: a diligent one, a lazy one, and one who is on holiday for three weeks."""

from datetime import timedelta
from random import Random

import pytest

from chalicelib import contacts, pricing
from chalicelib.contacts import Channel
from chalicelib.platform import jobs
from chalicelib.platform.config.club_config import Calendar
from chalicelib.platform.config.working_time import is_working_day
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing import OfferForm
from chalicelib.retention.cases import service as cases
from chalicelib.retention.cases import store as cases_store
from chalicelib.retention.cases.model import CaseState
from chalicelib.retention.lists import service as lists
from chalicelib.retention.outcomes import service as outcomes
from chalicelib.retention.outcomes.schemas import OutcomeForm
from chalicelib.retention.overview.model import MONTH_LATE
from chalicelib.retention.overview.service import late_cases
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import store as waves_store
from chalicelib.table.transactions import Transaction
from tests.campaigns.sending.steps import AGREED
from tests.retention.cases.steps import becomes, case_of, known
from tests.retention.waves.steps import planned
from tests.support import partners
from tests.tiers.steps import days_later

MANAGERS = ("mbr_diligent", "mbr_lazy", "mbr_away")
COMPANIES, DAYS, HOLIDAY = 300, 90, range(30, 51)
STATES = (RhythmState.ACTIVE,) * 6 + (RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.WON_BACK, RhythmState.LOST)


def works(manager_id: str, day: int, random: Random) -> bool:
    if manager_id == "mbr_lazy":
        return random.random() < 0.25
    return manager_id == "mbr_diligent" or day not in HOLIDAY


CHANNELS: tuple[Channel, ...] = ("email", "sms", "telephone")
OFFER = OfferForm.model_validate({"percent": "5", "floor": "1.00", "to": "2027-12-31"})


def closed(context: Context, company_id: str) -> list[str]:
    """The channels that nobody may use to win the company back."""
    found: list[str] = [
        channel
        for channel in CHANNELS
        if not contacts.may_contact(context, f"mbr_of_{company_id}", channel, "content", context.today).allowed
    ]
    try:
        pricing.add_offer(context, Transaction(), company_id, OFFER, author="mbr_diligent")
    except Problem:
        found.append("offer")
    return found


@pytest.mark.slow
def test_no_list_is_longer_than_seven_nothing_is_hidden_and_nobody_forgotten(memory: Context) -> None:
    random = Random(13)
    for manager_id in MANAGERS:
        partners.staff(memory, manager_id, "manager")
    wave = planned(memory, intake_days=90)
    now = days_later(memory, 1)
    several = {
        known(
            now,
            f"cmp_{number:03}",
            random.choice(STATES),
            manager_id=MANAGERS[number % 3],
            usual=random.randrange(10**6),
            consents=AGREED,
        )
        for number in range(len(MANAGERS) * COMPANIES)
    }
    sizes: dict[str, list[int]] = {each: [] for each in MANAGERS}
    for day in range(DAYS):
        now = days_later(memory, 1 + day)
        now.memo.clear()
        for company_id in random.sample(sorted(several), 9):
            becomes(now, company_id, random.choice(STATES), usual=random.randrange(10**6))
        due = jobs.due_between(now, cases_store.DUE, now.today - timedelta(days=1), now.today)
        for company_id in list(due):
            cases.follow(now, company_id)
        held = {
            each.company_id
            for each in waves_store.members(now, wave.wave_id)
            if each.arm == "held" and each.day < now.today
        }
        for company_id in random.sample(sorted(several), 9):
            shut = closed(now, company_id)
            held_out = bool(contacts.held_out(now, [company_id]))
            # A talk spends the budget of calls and messages of all others.
            assert shut == [*CHANNELS, "offer"] if held_out else not {"email", "offer"} & {*shut}
        if not is_working_day(now.today, now.config[Calendar]):
            continue
        for manager_id in MANAGERS:
            found = lists.make(now, manager_id)
            sizes[manager_id].append(found.size)
            assert len(found.calls) <= found.size <= 7
            assert not {call.company_id for call in found.calls} & held
            if not works(manager_id, day, random):
                continue
            for call in found.calls:
                assert case_of(now, call.company_id).state is CaseState.READY
                for _ in range(2):  # whoever is not reached is tried at another hour, too
                    reached = random.random() < 0.6
                    person = {"person_id": f"mbr_of_{call.company_id}"} if reached else {}
                    form = OutcomeForm.model_validate({"result": "reached" if reached else "not_reached", **person})
                    outcomes.record_outcome(now, call.case_id, form, by=manager_id)
                    if reached or case_of(now, call.company_id).state is not CaseState.READY:
                        break
    assert not list(waves_store.breaches(now, wave.wave_id))
    # Nothing is hidden: whatever is due is ready, and listed by its manager.
    for company_id in several:
        found_case = case_of(now, company_id)
        assert found_case.state is CaseState.ENDED or (found_case.state is CaseState.READY) is (
            found_case.due <= now.today
        )
    # Nobody is forgotten: the head of sales sees whoever waits for more than a month, whoever should have called.
    waiting = [case for company_id in several if (case := case_of(now, company_id)).state is CaseState.READY]
    late = {each.company_id for each in waiting if (now.today - each.due).days >= MONTH_LATE}
    shown = [each.company_id for manager_id in MANAGERS for each in late_cases(now, manager_id, COMPANIES, None)[0]]
    assert late and sorted(shown) == sorted(late)
    # The diligent manager leaves nobody for two months; neither does the one on holiday.
    waits = {
        manager_id: max(((now.today - each.due).days for each in waiting if each.manager_id == manager_id), default=0)
        for manager_id in MANAGERS
    }
    assert waits["mbr_diligent"] < 60 and waits["mbr_away"] < 60
    assert max(sizes["mbr_diligent"]) == 7 and min(sizes["mbr_lazy"]) == min(sizes["mbr_away"]) == 2
