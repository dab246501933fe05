"""A night of the bonuses: who is named, what is done of each, and that it is done once whatever happens."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses import jobs as bonuses_jobs
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Cause
from chalicelib.bonuses.volume.config import VolumeBonuses
from chalicelib.companies import keys as companies_keys
from chalicelib.mail import consumers as mail_consumers
from chalicelib.platform import jobs, keys
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.table.client import Table
from chalicelib.table.key import shards
from tests.bonuses.goods import steps as goods_steps
from tests.bonuses.goods.steps import COMPANY, QUARTER
from tests.bonuses.jobs import a_night, at, book_item, company, days_later, posted, queued, told
from tests.bonuses.steps import balances, credit, reverse
from tests.support.crashes import Interruption, crashes, lost_replies, races, watched
from tests.support.figures import with_figures
from tests.support.memory import MemoryDynamo
from tests.support.partners import partner
from tests.support.spent import calls_counted
from tests.support.table import everything, restore

NEW_YEAR = date(2026, 12, 31)


@pytest.fixture
def quick(context: Context) -> Context:
    """The same work on a table in a dictionary, for tests that run many nights."""
    return replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))


def decide(context: Context, *company_ids: str, do: str = "bonuses") -> None:
    """The effects of a message that names these companies."""
    bonuses_jobs.decide_bonuses(context, {"body": json.dumps({"companies": company_ids, "do": do})})


# --- naming -----------------------------------------------------------------------------------------------------------


def due_on(context: Context, what: str, day: date, *company_ids: str) -> None:
    for company_id in company_ids:
        item = {**ledger_keys.bonuses(company_id).as_item(), **keys.due(what, day, company_id).as_gsi2()}
        context.table.put({**item, "sk": f"{what}{day}", "company_id": company_id})


def test_the_run_names_who_is_due_and_by_what_it_is(context: Context) -> None:
    due_on(context, "bonuses", context.today, "co_1", "co_2")
    due_on(context, "periods", context.today, "co_2")
    due_on(context, "tiers", context.today, "co_3")
    counts = bonuses_jobs.nightly_bonuses(context, {})
    found = [json.loads(message["body"]) for message in queued()]
    assert sorted(found, key=lambda body: str(body["do"])) == [
        {"companies": ["co_1", "co_2"], "do": "bonuses"},
        {"companies": ["co_2"], "do": "periods"},
    ]
    assert (counts["bonuses"], counts["periods"], counts["companies"], counts["messages"]) == (2, 1, 3, 2)


def test_the_run_looks_back_over_a_week_and_not_ahead(context: Context) -> None:
    for offset in range(-8, 2):
        due_on(context, "bonuses", context.today + timedelta(days=offset), f"co_{offset}")
    bonuses_jobs.nightly_bonuses(context, {})
    named = [company_id for message in queued() for company_id in json.loads(message["body"])["companies"]]
    assert sorted(named) == sorted(f"co_{offset}" for offset in range(-7, 1))


def test_a_company_with_many_things_due_on_a_day_is_named_once(context: Context) -> None:
    due_on(context, "periods", context.today, "co_1")
    context.table.put(
        {
            "pk": "COMPANY#co_1",
            "sk": "OTHER",
            **keys.due("periods", context.today, "co_1").as_gsi2(),
            "company_id": "co_1",
        }
    )
    assert bonuses_jobs.nightly_bonuses(context, {})["periods"] == 1


def test_a_run_is_kept_with_what_it_counted(context: Context) -> None:
    counts = bonuses_jobs.nightly_bonuses(context, {})
    run = jobs.last_run(context, bonuses_jobs.JOB)
    assert run
    assert counts.items() <= run.items()


def test_a_day_that_is_still_to_come_is_refused(context: Context) -> None:
    with pytest.raises(ValueError, match="in the future"):
        bonuses_jobs.nightly_bonuses(context, {"day": "2026-11-21"})


# --- expiry -----------------------------------------------------------------------------------------------------------


def test_bonuses_can_be_spent_on_their_last_day_and_expire_in_the_night_after_it(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    for moment in ("2026-12-31T01:30", "2026-12-31T23:59"):
        decide(at(context, moment), company_id)
        assert balances(at(context, moment), company_id).available == 100
    midnight = at(context, "2027-01-01T00:00")
    assert midnight.now.astimezone().utctimetuple().tm_mday == 31, "still the old year in UTC"
    decide(midnight, company_id)
    assert posted(context, company_id)[-1] == ("2027-01-01", "expiry", "-100")
    assert balances(midnight, company_id)[:5] == (0, 0, 0, 0, 100)


def test_a_night_that_comes_late_posts_what_expired_on_the_day_it_did(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", date(2026, 11, 30))
    credit(context, company_id, "20", date(2026, 12, 2))
    decide(at(context, "2026-12-05T01:30"), company_id)
    assert posted(context, company_id)[2:] == [("2026-12-01", "expiry", "-100"), ("2026-12-03", "expiry", "-20")]


def test_who_has_nothing_left_is_due_no_more(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    assert "gsi2pk" in book_item(context, company_id)
    decide(at(context, "2027-01-01T01:30"), company_id)
    assert "gsi2pk" not in book_item(context, company_id)


def test_the_next_thing_that_is_due_decides_the_day(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    due = [book_item(context, company_id)["gsi2pk"]]
    for moment in ("2026-12-01T01:30", "2026-12-24T01:30"):
        decide(at(context, moment), company_id)
        due.append(book_item(context, company_id)["gsi2pk"])
    assert [pk.split("#")[2] for pk in due] == ["2026-12-01", "2026-12-24", "2027-01-01"]


# --- letters ----------------------------------------------------------------------------------------------------------


def nights_until(context: Context, last: str, company_id: str, *, twice: bool = False) -> list[tuple[str, str]]:
    """Every night up to this day; the events of letters by day."""
    day = context
    while day.today.isoformat() < last:
        day = at(days_later(day, 1), f"{(day.today + timedelta(days=1)).isoformat()}T01:30")
        for _ in range(1 + twice):
            a_night(day)
    return [(item["at"][:10], item["event"]) for item in told(context, company_id)]


def test_a_company_is_warned_twice_and_told_once_of_its_balance_a_month(quick: Context) -> None:
    company_id = company(quick)
    credit(quick, company_id, "100", date(2027, 1, 31))
    assert nights_until(quick, "2027-02-15", company_id, twice=True) == [
        ("2026-11-30", "bonus.reminder"),  # 01:30 of the next day in the club's zone
        ("2026-12-31", "bonus.expiring"),
        ("2027-01-04", "bonus.reminder"),
        ("2027-01-23", "bonus.expiring"),
    ]
    first, second = [item for item in told(quick, company_id) if item["event"] == "bonus.expiring"]
    assert (first["amount"], first["days_left"], first["expires_on"]) == (100, 30, "2027-01-31")
    assert second["days_left"] == 7


def test_a_reminder_tells_the_balance_what_comes_and_what_goes(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", date(2027, 1, 31))
    ledger.change(
        context, company_id, "RUB", Cause("accrual", ("1",)), lambda book: ledger_rules.pend(book, Decimal(40))
    )
    a_night(at(context, "2026-12-01T01:30"))
    (event,) = told(context, company_id)
    assert (event["day"], event["available"], event["pending"]) == ("2026-12-01", 100, 40)
    assert event["lots"] == [{"expires_on": "2027-01-31", "amount": 100}]


def test_nothing_is_told_of_an_empty_balance(quick: Context) -> None:
    company_id = company(quick)
    reverse(quick, company_id, credit(quick, company_id, "100", date(2027, 1, 31)))
    assert nights_until(quick, "2027-02-05", company_id) == []


def test_a_warning_that_a_night_missed_comes_with_the_next_one_even_after_the_balance_moved(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    credit(at(context, "2026-12-02T12:00"), company_id, "7", NEW_YEAR)
    a_night(at(context, "2026-12-03T01:30"))
    (event,) = told(context, company_id)
    assert (event["event"], event["amount"], event["days_left"]) == ("bonus.expiring", 107, 28)


def test_messages_that_come_twice_and_in_any_order_tell_and_post_once(context: Context) -> None:
    ids = [company(context, name) for name in ("Luch", "Svet", "Iskra")]
    for company_id in ids:
        credit(context, company_id, "100", NEW_YEAR)
        credit(context, company_id, "50", date(2027, 1, 31))
    later = at(context, "2027-01-01T01:30")
    bonuses_jobs.nightly_bonuses(later, {"day": "2026-12-01"})
    bonuses_jobs.nightly_bonuses(later, {})
    messages = queued()
    assert messages
    for message in [*messages, *reversed(messages)]:
        bonuses_jobs.decide_bonuses(later, message)
    for company_id in ids:
        assert posted(context, company_id)[2:] == [("2027-01-01", "expiry", "-100")]
        assert [item["event"] for item in told(context, company_id)] == ["bonus.expiring"]


def test_a_night_that_runs_twice_and_is_told_twice_writes_one_letter_to_each_who_buys(context: Context) -> None:
    partner(context, "cmp_1", "mbr_1")
    credit(context, "cmp_1", "100", date(2027, 1, 31))
    for _ in range(2):
        decide(at(context, "2026-12-31T01:30"), "cmp_1")  # the reminder that December missed
        decide(at(context, "2027-01-01T01:30"), "cmp_1")  # thirty days ahead
    for item in [*told(context, "cmp_1"), *told(context, "cmp_1")]:
        mail_consumers.on_event(context, Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item))
    written = [item["template"] for item in everything(context).values() if item["sk"] == "LETTER"]
    assert sorted(written) == ["bonus_expiring", "bonus_reminder"]


def test_a_company_that_cannot_be_decided_holds_up_no_other(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    with pytest.raises(RuntimeError, match="co_gone"):
        decide(at(context, "2027-01-01T01:30"), "co_gone", company_id)
    assert posted(context, company_id)[-1] == ("2027-01-01", "expiry", "-100")


# --- periods and goods ------------------------------------------------------------------------------------------------


def test_a_night_closes_the_periods_that_are_due_and_the_goods_are_told_of(context: Context) -> None:
    context = goods_steps.programmes(context, QUARTER)
    goods_steps.partner(context, COMPANY, "mbr_1")
    goods_steps.buy(context, date(2026, 11, 3), 2000)
    counts = a_night(at(context, "2027-01-11T01:30"))
    assert counts["periods"] == 1
    found = list(context.table.query_all(companies_keys.company(COMPANY).pk, starts="EVENT#"))
    available = [item for item in found if item["event"] == "goods.available"]
    assert [(item["amount"], item["first_day"]) for item in available] == [(200, "2026-10-01")]
    assert a_night(at(context, "2027-01-11T02:30"))["periods"] == 0


# --- interrupted --------------------------------------------------------------------------------------------------------


def sweep(context: Context, rounds: Callable[[], Any], do: Callable[[], None], outcome: Callable[[], Any]) -> int:
    """Does the work once undisturbed and then under each interruption, each time from the same beginning; how many rounds."""
    before = everything(context)
    do()
    undisturbed = outcome()
    count = 0
    interruption: Interruption
    for interruption in rounds():
        restore(context, before)
        with interruption:
            do()
        do()
        assert outcome() == undisturbed, interruption
        count += 1
    return count


def letters_and_postings(context: Context, company_id: str) -> Callable[[], Any]:
    """The items after a night, without the counters of writes."""

    def outcome() -> Any:
        item = book_item(context, company_id)
        events = [{name: value for name, value in each.items() if name != "sk"} for each in told(context, company_id)]
        return posted(context, company_id), events, {name: value for name, value in item.items() if name != "version"}

    return outcome


@pytest.mark.parametrize("rounds", [crashes, lost_replies])
def test_a_decision_that_dies_at_any_call_is_done_once_when_it_is_done_again(context: Context, rounds: Any) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    credit(context, company_id, "50", date(2027, 1, 31))
    later = at(context, "2027-01-01T01:30")

    def message() -> None:
        try:
            decide(later, company_id)
        except RuntimeError:  # what a lost reply comes to: the message comes again
            decide(later, company_id)

    assert sweep(context, rounds, message, letters_and_postings(context, company_id)) >= 3


def test_two_workers_at_once_decide_once(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    credit(context, company_id, "50", date(2027, 1, 31))

    def message() -> None:
        decide(at(context, "2027-01-01T01:30"), company_id)

    assert sweep(context, lambda: races(message), message, letters_and_postings(context, company_id)) >= 3


def test_a_naming_that_dies_at_any_call_names_everybody_when_it_runs_again(
    quick: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bonuses_jobs, "LOOK_BACK_DAYS", 1)  # each day is as many calls as shards
    due_on(quick, "bonuses", quick.today, "co_1", "co_2")
    due_on(quick, "periods", quick.today - timedelta(days=1), "co_3")
    for crash in crashes():
        with crash:
            bonuses_jobs.nightly_bonuses(quick, {})
        queued()
        bonuses_jobs.nightly_bonuses(quick, {})
        named = {company_id for message in queued() for company_id in json.loads(message["body"])["companies"]}
        assert named == {"co_1", "co_2", "co_3"}, crash


# --- what it costs ------------------------------------------------------------------------------------------------------


def test_a_company_costs_one_read_and_one_transaction(context: Context) -> None:
    company_id = company(context)
    credit(context, company_id, "100", NEW_YEAR)
    credit(context, company_id, "50", date(2027, 1, 31))
    with calls_counted(context.table.client) as made:
        decide(at(context, "2027-01-01T01:30"), company_id)
    assert made == ["GetItem", "TransactWriteItems"]


def test_a_night_with_nobody_due_reads_the_shards_of_its_days(context: Context) -> None:
    bare = with_figures(context, VolumeBonuses, periods=[])
    with calls_counted(context.table.client) as made:
        bonuses_jobs.nightly_bonuses(bare, {})
    assert made == ["Query"] * (1 + len(bonuses_jobs.DUE) * 8 * len(shards())) + ["PutItem"]
