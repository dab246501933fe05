"""Many at the same bonuses at the same moment."""

from collections import Counter

import pytest

from tests.bonuses.steps import Office, all_postings, balances, credit
from tests.support.parallel import at_once

CALLERS = 32

pytestmark = pytest.mark.usefixtures("a_request_per_thread")


def test_of_many_redemptions_of_one_balance_exactly_the_balance_is_spent(local_office: Office) -> None:
    credit(local_office.context, "cmp_1", "700")
    credit(local_office.context, "cmp_1", "300", local_office.context.today)
    answers = at_once(CALLERS, lambda number: local_office.redeem("100", key=f"redeem-{number}"))
    assert Counter(answer.status for answer in answers) == {201: 10, 422: 22}
    refused = [answer.json for answer in answers if answer.status == 422]
    assert {(each["code"], each["available"]["amount"]) for each in refused} == {("not_enough_bonus", "0.00")}
    assert balances(local_office.context)[:3] == (0, 0, 1000)

    found = all_postings(local_office.context)
    assert [posting.sequence for posting in found] == list(range(1, 13))
    taken = Counter(entry.lot for posting in found[2:] for entry in posting.entries if entry.account == "available")
    assert sorted(taken.values()) == [3, 7], "the lot that expires today first"
    assert len(local_office.get("/v1/company/redemptions?limit=100")["items"]) == 10


def test_the_same_request_many_times_at_once_redeems_once(local_office: Office) -> None:
    credit(local_office.context, "cmp_1", "1000")
    answers = at_once(CALLERS, lambda _: local_office.redeem("100", key="the-one"))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert balances(local_office.context)[:3] == (0, 900, 100)
    assert len(all_postings(local_office.context)) == 2


def test_of_all_who_end_a_redemption_at_once_one_is_heard(local_office: Office) -> None:
    credit(local_office.context, "cmp_1", "1000")
    redemption_id = local_office.redeemed("100")
    steps = [local_office.cancel, local_office.complete]
    answers = at_once(CALLERS, lambda number: steps[number % 2](redemption_id))
    assert Counter(answer.status for answer in answers) == {200: 1, 409: CALLERS - 1}
    (heard,) = [answer.json["state"] for answer in answers if answer.status == 200]
    assert {answer.json["state"] for answer in answers} == {heard}
    assert balances(local_office.context)[:4] == ((0, 1000, 0, 0) if heard == "cancelled" else (0, 900, 0, 100))


def test_all_who_add_at_once_are_heard(local_office: Office) -> None:
    answers = at_once(CALLERS, lambda number: local_office.adjust("10", key=f"adjust-{number}"))
    assert {answer.status for answer in answers} == {201}
    assert balances(local_office.context).available == 10 * CALLERS
