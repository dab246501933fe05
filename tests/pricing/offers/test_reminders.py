"""The reminder of offers that are about to expire: once for each, and not for what was used."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Context
from chalicelib.pricing import OfferForm
from chalicelib.pricing.offers import jobs, reminders, service, store
from chalicelib.table.transactions import Transaction
from tests.support import partners
from tests.support.crashes import crashes, races
from tests.tiers.steps import days_later, in_memory


@pytest.fixture
def context(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr("chalicelib.table.key.SHARDS", 1)
    return fresh(context)


def fresh(context: Context) -> Context:
    made = in_memory(context)
    partners.company(made, "cmp_1")
    return made


def offered(context: Context, days: int, **more: Any) -> str:
    """An offer that ends after so many days."""
    form = {"percent": "10", "floor": "1.00", "to": context.today + timedelta(days=days), **more}
    return service.issue(context, "cmp_1", OfferForm.model_validate(form), author="mbr_manager").offer_id


def used(context: Context, offer_id: str) -> None:
    tx = Transaction()
    store.use_offers(tx, "cmp_1", "ord_1", [offer_id])
    context.table.commit(tx)


def told(context: Context) -> list[list[str]]:
    items = context.table.query_all(companies_keys.company("cmp_1").pk)
    return [each["offer_ids"] for each in items if each.get("event") == "offers.expiring"]


def test_a_company_is_reminded_once_three_days_before_the_last_one(context: Context) -> None:
    offer_id = offered(context, 14)
    for days in range(11):
        jobs.remind_of_offers(days_later(context, days), {})
    assert told(context) == []
    for days in range(11, 16):
        jobs.remind_of_offers(days_later(context, days), {})
    assert told(context) == [[offer_id]]


def test_a_night_that_failed_is_made_up_for(context: Context) -> None:
    offer_id = offered(context, 14)
    jobs.remind_of_offers(context, {})
    jobs.remind_of_offers(days_later(context, 13), {})
    assert told(context) == [[offer_id]]


def test_offers_that_end_together_are_told_together_and_used_ones_are_not(context: Context) -> None:
    several = sorted(offered(context, days) for days in (14, 13))
    offered(context, 30)
    used(context, offered(context, 14))
    jobs.remind_of_offers(days_later(context, 11), {})
    assert told(context) == [several]


def test_an_offer_of_a_few_days_and_one_to_come_are_not_reminded_of(context: Context) -> None:
    offered(context, 3)
    offered(context, 14, **{"from": context.today + timedelta(days=12)})
    for days in range(16):
        jobs.remind_of_offers(days_later(context, days), {})
    assert told(context) == []


def test_a_crash_at_any_call_loses_no_reminder_and_doubles_none(context: Context) -> None:
    for crash in crashes():
        now = fresh(context)
        offer_id = offered(now, 14)
        later = days_later(now, 11)
        with crash:
            jobs.remind_of_offers(later, {})
        jobs.remind_of_offers(later, {})
        assert told(later) == [[offer_id]], crash


def test_an_offer_that_is_used_meanwhile_is_not_told_of(context: Context) -> None:
    def order() -> None:
        used(now, first)

    for race in races(order):
        now = fresh(context)
        first, second = offered(now, 14), offered(now, 14)
        later = days_later(now, 11)
        with race:
            reminders.remind_company(later, "cmp_1")
        (found,) = told(later)
        assert second in found, race
        assert set(found) <= {first, second}
