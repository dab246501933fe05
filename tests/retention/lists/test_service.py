"""Lists: made once a day, no longer than they may be, and nobody on two of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from chalicelib import companies, contacts, mail, sales
from chalicelib.contacts import keys as contacts_keys
from chalicelib.demand import service as demands
from chalicelib.demand.schemas import DemandAnswerForm
from chalicelib.members import service as members
from chalicelib.members.schemas import StaffForm
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.text import Language
from chalicelib.retention.cases import service as cases
from chalicelib.retention.cases import store as cases_store
from chalicelib.retention.cases.model import CallKind, CaseState
from chalicelib.retention.lists import news, scripts, service, store
from chalicelib.retention.lists.schemas import CallNewsForm
from chalicelib.retention.outcomes import service as outcomes
from chalicelib.retention.outcomes.schemas import OutcomeForm
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import service as waves
from chalicelib.sales.rules import SaleDocument, SaleLine
from chalicelib.table.transactions import Transaction
from tests.catalog.steps import row, stock
from tests.retention.cases.steps import IVAN, OLGA, becomes, case_of, known
from tests.retention.cases.test_service import handed
from tests.retention.lists.steps import companies_of, listed, morning
from tests.retention.waves.steps import entered, planned
from tests.support import partners
from tests.support.crashes import crashes, races
from tests.support.parallel import at_once
from tests.support.table import everything, restore
from tests.tiers.steps import buy, days_later


@pytest.fixture
def context(memory: Context) -> Context:
    return memory


def test_the_seven_most_valuable_companies_are_on_the_list(context: Context) -> None:
    for number in range(10):
        known(context, f"cmp_{number}", usual=(number + 1) * 10_000)
    found = listed(context, IVAN)
    assert companies_of(found) == [f"cmp_{number}" for number in range(9, 2, -1)]
    assert [call.place for call in found.calls] == list(range(1, 8))
    assert (found.ready, found.oldest) == (10, context.today)
    assert {case_of(context, each).listed_by for each in companies_of(found)} == {IVAN}


def test_a_list_stays_as_it_is_through_the_day(context: Context) -> None:
    for number in range(3):
        known(context, f"cmp_{number}")
    first = listed(context, IVAN)
    known(context, "cmp_late", usual=900_000)
    assert listed(context, IVAN) == first and first.size == 7
    tomorrow = days_later(context, 3)  # Monday; three calls were left undone
    assert companies_of(listed(tomorrow, IVAN))[0] == "cmp_late"
    assert listed(tomorrow, IVAN).size == 4


def test_a_call_names_the_circle_of_influence_and_the_time_where_the_company_is(context: Context) -> None:
    known(context, "cmp_1", person=False)
    found = companies.read_company(context, "cmp_1")
    partners.company(context, **{**found.model_dump(), "region": "RU-PRI"} if found else {})
    for member_id, role, influence, phone in (("mbr_a", "engineer", 3, "+74950000001"), ("mbr_b", "owner", 1, None)):
        partners.member(context, member_id, phone=phone)
        partners.speaks_for(context, "cmp_1", member_id, role, influence=influence)
    [call] = service.today(context, IVAN, "en").calls
    told = [(each.member_id, each.role, each.influence, each.email) for each in call.people]
    assert told == [
        ("mbr_a", "engineer", 3, "mbr_a@partner.example"),
        ("mbr_b", "owner", 1, "mbr_b@partner.example"),
    ]
    noon = context.now.astimezone(ZoneInfo("Asia/Vladivostok"))
    assert {call.local_time, *(each.local_time for each in call.people)} == {f"{noon:%H:%M}"}


def test_a_call_that_was_agreed_brings_what_was_said(context: Context) -> None:
    known(context, "cmp_1")
    first = listed(context, IVAN)
    said = {"reason": "price", "answer": "offer", "note": "Found cheaper ones", "next_day": "2026-11-24"}
    offer = {"percent": "5", "floor": "1.00", "to": "2026-12-31"}
    form = OutcomeForm.model_validate({"result": "reached", **said, "offer": offer})
    entry = outcomes.record_outcome(context, first.calls[0].case_id, form, by=IVAN)
    later = days_later(context, 4)
    later.memo.clear()
    cases.follow(later, "cmp_1")
    [call] = service.today(later, IVAN, "en").calls
    assert (call.kind, call.wish) == (CallKind.FOLLOW_UP, None)
    assert call.talk and call.talk.model_dump() == {
        "day": context.today,
        "reason": "price",
        "answer": "offer",
        "note": "Found cheaper ones",
        "offer_id": entry.offer_id,
    }


def test_a_call_about_goods_names_them_and_the_answer(context: Context) -> None:
    known(context, "cmp_1")
    [first] = listed(context, IVAN).calls
    said = {"reason": "out_of_stock", "answer": "sourcing_request", "wish": {"text": "Lamps with a sensor"}}
    form = OutcomeForm.model_validate({"result": "reached", "person_id": "mbr_of_cmp_1", **said})
    wish = outcomes.record_outcome(context, first.case_id, form, by=IVAN).demand_id
    assert wish
    answer = DemandAnswerForm.model_validate({"text": "We bring them in December"})
    demands.answer(context, "mbr_staff", wish, answer)
    later = days_later(context, 3)
    later.memo.clear()
    cases.goods_arrived(later, "cmp_1", wish)
    [call] = service.today(later, IVAN, "en").calls
    assert call.kind is CallKind.GOODS_ARRIVED and "(Lamps with a sensor)" in call.script
    assert call.wish and (call.wish.text, call.wish.answer) == ("Lamps with a sensor", "We bring them in December")
    assert call.script.endswith("Our answer: We bring them in December")


def test_a_question_of_the_night_makes_no_list_before_the_cases_of_the_day_are_ready(context: Context) -> None:
    known(context, "cmp_1")
    night = replace(context, now=context.now.replace(hour=0, minute=5))
    asked = service.today(night, IVAN, "en")
    assert (asked.working_day, asked.made_at, asked.calls) == (True, None, [])
    known(context, "cmp_2")
    found = service.today(context, IVAN, "en")
    assert found.made_at and {call.company_id for call in found.calls} == {"cmp_1", "cmp_2"}
    assert service.today(night, IVAN, "en").made_at == found.made_at


def test_the_next_list_is_ranked_anew_and_not_by_what_was_left(context: Context) -> None:
    for number in range(9):
        known(context, f"cmp_{number}", usual=(number + 1) * 10_000)
    listed(context, IVAN)
    becomes(context, "cmp_8", RhythmState.WON_BACK)
    becomes(context, "cmp_0", RhythmState.AT_RISK, usual=500_000)
    assert companies_of(listed(days_later(context, 3), IVAN)) == ["cmp_0", "cmp_7"]  # all seven were left undone


def test_a_company_that_changes_hands_is_on_one_list_a_day(context: Context) -> None:
    known(context, "cmp_1")
    assert companies_of(listed(context, IVAN)) == ["cmp_1"]
    handed(context, "cmp_1", OLGA)
    assert companies_of(listed(context, OLGA)) == []
    assert companies_of(listed(days_later(context, 3), OLGA)) == ["cmp_1"]


def test_who_was_called_within_the_budget_waits_and_another_person_is_called(context: Context) -> None:
    for number in (1, 2):
        known(context, f"cmp_{number}")
    spent(context, "mbr_of_cmp_1", 10)
    spent(context, "mbr_of_cmp_2", 10)
    partners.member(context, "mbr_second", phone="+74950000077")
    partners.speaks_for(context, "cmp_2", "mbr_second", "owner")
    found = listed(context, IVAN)
    assert [(call.company_id, call.people) for call in found.calls] == [("cmp_2", ("mbr_second", "mbr_of_cmp_2"))]
    waiting = case_of(context, "cmp_1")
    assert (waiting.state, waiting.due) == (CaseState.WAITING, context.today + timedelta(days=20))


def spent(context: Context, member_id: str, days_ago: int) -> None:
    tx = Transaction()
    contacts.note(
        context,
        tx,
        person_id=member_id,
        channel="telephone",
        address=None,
        contact_class="content",
        day=context.today - timedelta(days=days_ago),
        by="earlier",
    )
    context.table.commit(tx)
    assert context.table.get(contacts_keys.person(member_id))


def test_a_company_without_a_known_telephone_is_listed_without_a_person(context: Context) -> None:
    known(context, "cmp_1", person=False)
    [call] = listed(context, IVAN).calls
    assert call.people == ()


def test_who_is_held_out_since_this_morning_is_on_no_list(context: Context) -> None:
    several = [known(context, f"cmp_{number}") for number in range(7)]
    wave = planned(context, held_out_percent=50)
    begun = days_later(context, 3)
    begun.memo.clear()
    for company_id in several:  # their cases were ready before the wave began
        waves.assign(begun, [company_id])
    held = {each.company_id for each in entered(begun, wave.wave_id).values() if each.arm == "held"}
    assert held
    found = listed(begun, IVAN)
    assert set(companies_of(found)) == set(several) - held
    assert found.ready == len(several) - len(held)
    assert {(each.state, each.due) for name in several if (each := case_of(begun, name))} == {
        (CaseState.READY, context.today)
    }


def test_the_morning_makes_the_lists_of_working_days_for_all_who_call(context: Context) -> None:
    manager, head, _ = (
        members.appoint_staff(
            context, StaffForm(name="Anna Svetlova", email=f"{role}@club.example", role=role), by=None
        ).member_id
        for role in ("manager", "head_of_sales", "marketing")
    )
    for company_id, manager_id in (("cmp_1", manager), ("cmp_2", head)):
        known(context, company_id, manager_id=manager_id)
    saturday, monday = days_later(context, 1), days_later(context, 3)
    assert morning(saturday)["managers"] == 0
    view = service.today(saturday, manager, "en")
    assert (view.working_day, view.calls) == (False, [])
    assert morning(monday)["managers"] == 2
    made = [store.load(monday, each, monday.today) for each in (manager, head)]
    assert [companies_of(each) for each in made if each] == [["cmp_1"], ["cmp_2"]]


def test_a_check_in_that_falls_into_the_last_days_of_the_year_is_a_greeting(context: Context) -> None:
    known(context, "cmp_1", RhythmState.ACTIVE)
    before = case_of(context, "cmp_1")
    december = days_later(context, 31)
    cases_store.save(context, replace(before, due=december.today, version=before.version + 1), before)
    cases.follow(december, "cmp_1")
    assert listed(december, IVAN).calls[0].kind is CallKind.NEW_YEAR
    assert "Sell nothing" in service.today(december, IVAN, "en").calls[0].script


def test_a_call_shows_the_person_the_script_and_what_is_at_stake(context: Context) -> None:
    partners.staff(context, IVAN, "manager")
    company_id = known(context, "cmp_1", RhythmState.AT_RISK, usual=400_000)
    for offset in (-90, -60, -30):
        buy(context, company_id, offset, 60_000)
    partners.member(context, "mbr_of_cmp_1", name="Vera", time_zone="Asia/Vladivostok")
    call = service.today(context, IVAN, "en").calls[0]
    words = call.words.replace("\N{NO-BREAK SPACE}", " ")
    assert (call.company, call.kind, call.tries) == ("cmp_1", CallKind.EARLY_WARNING, 0)
    assert [(each.name, each.local_time) for each in call.people] == [("Vera", "19:00")]
    assert words.startswith("Buys every 4 weeks, silent for 4 weeks")
    assert call.script.startswith(f"Vera, this is Anna {IVAN} of ") and call.words in call.script
    assert [str(each.amount.amount) for each in call.purchases] == ["60000.00"] * 3
    assert str(call.at_stake.amount) == "160000.00"  # 400,000 a horizon, 80 of 100 such silences pass it, weight 50 %
    assert service.today(context, IVAN, "ru").calls[0].words.startswith("Покупает раз в 4")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", list(CallKind))
def test_the_clubs_own_scripts_hold_for_everybody(kind: CallKind, language: Language) -> None:
    text = scripts.text_of(kind, language, None)
    assert mail.fault_of(text, language, scripts.VARIABLES) is None
    nothing = mail.fill(text, language, dict.fromkeys(scripts.VARIABLES, ""))
    assert "{" not in nothing and "None" not in nothing and not nothing.strip().startswith(",")
    assert scripts.VARIABLES["manager"] in mail.fill(text, language, scripts.VARIABLES) or kind is CallKind.FIND_CONTACT


def test_sixteen_managers_at_once_call_no_company_twice_and_none_eight_times(context: Context) -> None:
    """Each makes the lists of others as well, while companies change hands."""
    managers = [f"mbr_{number}" for number in range(16)]
    several = [
        known(context, f"cmp_{number}", manager_id=managers[number % 16], usual=number + 1) for number in range(200)
    ]

    def work(number: int) -> None:
        for company_id in several[number::32]:
            handed(context, company_id, managers[(number + 5) % 16])
        for manager_id in (managers[number], managers[(number + 1) % 16], managers[number]):
            listed(context, manager_id)

    at_once(16, work)
    lists = [store.load(context, each, context.today) for each in managers]
    on_lists = [company_id for found in lists if found for company_id in companies_of(found)]
    assert len(on_lists) == len(set(on_lists)) and len(on_lists) > 80
    assert all(found and len(found.calls) <= 7 for found in lists)
    assert all(case_of(context, each).listed_by in managers for each in on_lists)


def test_a_list_that_dies_anywhere_is_made_whole_by_the_next_question(context: Context) -> None:
    for number in range(3):
        known(context, f"cmp_{number}")
    before = everything(context)
    for crash in crashes():
        restore(context, before)
        with crash:
            listed(context, IVAN)
        found = listed(context, IVAN)
        assert sorted(companies_of(found)) == ["cmp_0", "cmp_1", "cmp_2"], crash
        assert {case_of(context, each).listed_on for each in companies_of(found)} == {context.today}, crash
        if not crash.happened:
            break


def test_whatever_another_manager_does_meanwhile_nobody_is_on_two_lists(context: Context) -> None:
    """A hand-over, and the other manager's list, before each call of this one."""
    for number in range(3):
        known(context, f"cmp_{number}")
    before = everything(context)

    def meanwhile() -> None:
        handed(context, "cmp_1", OLGA)
        listed(context, OLGA)

    for race in races(meanwhile):
        restore(context, before)
        with race:
            mine = listed(context, IVAN)
        hers = store.load(context, OLGA, context.today)
        both = companies_of(mine) + (companies_of(hers) if hers else [])
        assert len(both) == len(set(both)), race
        assert len(mine.calls) <= 7
        if not race.happened:
            break


# --- what to speak about ----------------------------------------------------------------------------------------------


def bought(context: Context, company_id: str, *skus: str) -> None:
    """On three days a month apart, for the last time two months and a half ago."""
    for days_ago in (140, 110, 75):
        lines = [SaleLine(sku, f"{sku} of the file", Decimal(5), None, Decimal(500)) for sku in skus]
        day = context.today - timedelta(days=days_ago)
        sales.record(context, [SaleDocument("1c-main", f"{company_id}-{days_ago}", company_id, day, "RUB", lines)])


def test_a_call_shows_the_usual_order_and_what_of_it_is_missing(context: Context) -> None:
    stock(context, row("LMP-1", brand="Lumera", category="lamps"))
    known(context, "cmp_1")
    bought(context, "cmp_1", "LMP-1", "GONE-2")
    listed(context, IVAN)
    [call] = service.today(context, IVAN, "ru").calls
    assert [(each.sku, each.name, each.quantity) for each in call.usual] == [("LMP-1", "Лампа LMP-1", 5)]
    assert [(each.sku, each.name) for each in call.missing] == [("GONE-2", "GONE-2 of the file")]
    assert call.new == [] and call.contact is None


@pytest.mark.parametrize(
    ("subject", "told"), [({"brand": "Lumera"}, True), ({"category": "lamps"}, True), ({"brand": "Other"}, False)]
)
def test_news_is_told_to_who_bought_such_goods_in_place_of_a_check_in(
    context: Context, subject: dict[str, str], told: bool
) -> None:
    stock(context, row("LMP-1", brand="Lumera", category="lamps"))
    company_id = known(context, "cmp_1", RhythmState.ACTIVE)
    bought(context, company_id, "LMP-1")
    item = {**subject, "en": "No driver is needed.", "ru": "Драйвер не нужен."}
    over = {**item, "en": "Old.", "last": context.today - timedelta(days=1)}
    form = CallNewsForm.model_validate({"items": [over, {**item, "last": context.today + timedelta(days=200)}]})
    view, version = news.change(context, 0, form, by="mbr_head")
    assert (view.items, version) == (form.items, 1)
    with pytest.raises(Problem, match="precondition_failed"):
        news.change(context, 0, form, by="mbr_head")
    spring = days_later(context, 75)  # the season of greetings is over
    case = case_of(context, company_id)
    cases_store.save(context, replace(case, due=spring.today, version=case.version + 1), case)
    becomes(spring, company_id, RhythmState.ACTIVE)
    listed(spring, IVAN)
    [call] = service.today(spring, IVAN, "en").calls
    assert (call.kind is CallKind.NEWS, "No driver is needed." in call.script) == (told, told)
    assert "Old." not in call.script


def test_news_concerns_a_brand_or_a_category(context: Context) -> None:
    with pytest.raises(ValueError, match="brand"):
        CallNewsForm.model_validate({"items": [{"en": "News", "ru": "Новость", "last": context.today}]})
    assert news.show(context)[1] == 0 and news.show(context)[0].items == []
