"""Whom a wave holds out is touched by nobody: a quarter in which every room acts, counted from what was sent and written."""

from collections import defaultdict
from datetime import date

import pytest

from chalicelib import contacts
from chalicelib.platform.config.club_config import Calendar
from chalicelib.platform.config.working_time import is_working_day
from chalicelib.platform.context import Context
from chalicelib.retention.waves import store
from tests.campaigns.sending.steps import AGREED
from tests.retention.waves.quarter import MANAGERS, Quarter, member_of, quarter
from tests.retention.waves.steps import planned
from tests.support import partners

COMPANIES, DAYS, INTAKE = 80, 90, 40
# The last order, in days before the first day: of a company that is silent already, of two that fall silent within the intake and after it,
# and of one that goes on.
LAST_ORDER = (120, 70, 40, 0)
CHANNELS = {
    "listed: win_back",
    "called: win_back",
    "called: early_warning",
    "called: follow_up",
    "called: new_year",
    "called: reorder",
    "called: check_in",
    "letter: campaign",
    "letter: series",
    "letter: order_expected",
    "letter: offers_expiring",
    "letter: club_benefits",
    "letter: not_reached",
    "offer",
    "noted: sms",
    "noted: telephone",
}


def partner(club: Quarter, number: int) -> str:
    """A company with a buyer who agreed to everything, and a year of orders; each fifth one is the branch of another."""
    company_id = f"cmp_{number:02}"
    inn = f"{7700000000 + number - (number % 5 == 4)}"
    partners.company(club.context, company_id, inn=inn, name=company_id, manager_id=MANAGERS[number % 2])
    partners.member(club.context, member_of(company_id), phone=f"+7495{number:07}", consents=AGREED)
    partners.speaks_for(club.context, company_id, member_of(company_id), "buyer")
    for ago in range(365 - number, LAST_ORDER[number % 4] - 1, -gap(number)):
        club.buy(company_id, ago)
    return company_id


def gap(number: int) -> int:
    return 14 + number % 3 * 7


def orders(number: int, day: int) -> bool:
    """Whether the company orders on this day of the quarter; some who are silent come back by themselves."""
    return (not LAST_ORDER[number % 4] and (day + number) % gap(number) == 0) or day == 50 + 2 * number


def test_nobody_who_is_held_out_is_touched_in_a_quarter_of_all_rooms(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = quarter(context, monkeypatch)
    several = [partner(club, number) for number in range(COMPANIES)]
    wave = planned(club.work(), intake_days=INTAKE, held_out_percent=40)
    held: dict[str, set[date]] = defaultdict(set)
    for day in range(DAYS):
        club.night()
        for company_id in contacts.held_out(club.context, several):
            held[company_id].add(club.context.today)
        if club.context.today.weekday() == 1:
            club.write("advertising" if day % 2 else "content")
        club.offer(club.random.choice(several))
        club.message(club.random.choice(several), "sms")
        club.message(club.random.choice(several), "telephone")
        if is_working_day(club.context.today, club.context.config[Calendar]):
            for manager_id in MANAGERS:
                club.call(manager_id)
        for number, company_id in enumerate(several):
            if orders(number, day):
                club.buy(company_id)
        club.midnight()

    assert len(held) >= 10 and len({each.unit for each in store.members(club.context, wave.wave_id)}) >= 20
    touched = [each for each in club.touches if each.day in held[each.company_id]]
    assert not touched
    budgets = {each: club.last_touch(each) for each in several}
    assert not {each for each, last in budgets.items() if last in held[each]}
    assert not list(store.breaches(club.context, wave.wave_id))
    # Everything was done: to the others, and tried with those who are held out. Service went on.
    assert {each.channel for each in club.touches} >= CHANNELS
    assert set(club.refused) >= {"offer", "sms to the held out", "telephone to the held out"}
    assert any(day in held[company_id] for company_id, day in club.service)
