"""A redemption for an order shares its fate; one without waits for the staff."""

from datetime import date

import pytest

from chalicelib import sales
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.redemptions import consumers as redemptions_consumers
from chalicelib.bonuses.redemptions import service as redemptions
from chalicelib.bonuses.redemptions.model import RedemptionState
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.subscriptions import subscriptions
from tests.bonuses.steps import Office, Shop, all_postings, balances, credit
from tests.catalog.steps import row, stock
from tests.support.api import Api, Caller
from tests.support.table import everything

DECEMBER, MARCH = date(2026, 12, 31), date(2027, 3, 31)
DELIVERED: dict[str, list[str]] = {"batchItemFailures": []}


def told(answer: object) -> tuple[int, str]:
    return answer.status, answer.json["code"]  # type: ignore[attr-defined]


# --- with an order ----------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop(api, context, monkeypatch)
    credit(shop.context, "cmp_1", "1000")
    return shop


def test_a_redemption_for_an_order_is_completed_with_it(shop: Shop) -> None:
    order_id = shop.market.placed({"LMP-1": 10})
    redemption_id = shop.redeemed("300", order_id=order_id)
    shop.market.accept(order_id)
    shop.market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    assert shop.deliver(subscriptions("facts")) == DELIVERED
    assert shop.state(redemption_id) == "reserved"
    shop.market.ship(order_id, document="УТ-2")
    for _ in range(2):
        assert shop.deliver(subscriptions("facts")) == DELIVERED
    assert shop.state(redemption_id) == "redeemed"
    assert [posting.cause.kind for posting in all_postings(shop.context)].count("redemption_completed") == 1
    assert balances(shop.context).redeemed == 300


@pytest.mark.parametrize("ends", ["cancel", "reject"])
def test_a_redemption_for_an_order_that_ends_is_given_back(shop: Shop, ends: str) -> None:
    order_id = shop.market.placed({"LMP-1": 10})
    redemption_id = shop.redeemed("300", order_id=order_id)
    getattr(shop.market, ends)(order_id)
    for _ in range(2):
        assert shop.deliver(subscriptions("facts")) == DELIVERED
    assert shop.state(redemption_id) == "cancelled"
    assert balances(shop.context)[:3] == (0, 1000, 0)


def test_an_order_holds_one_redemption_and_lets_go_of_a_cancelled_one(shop: Shop) -> None:
    order_id = shop.market.placed({"LMP-1": 10})
    redemption_id = shop.redeemed("300", order_id=order_id)
    assert told(shop.redeem("100", order_id=order_id)) == (409, "already_exists")
    assert shop.cancel(redemption_id).status == 200
    assert shop.redeem("100", order_id=order_id).status == 201


def test_no_more_is_redeemed_for_an_order_than_it_comes_to(shop: Shop) -> None:
    order_id = shop.market.placed({"LMP-1": 2})
    answer = shop.redeem("240.01", order_id=order_id)
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("/amount", "above_order")]


def test_what_came_back_of_an_order_is_not_redeemed_for(shop: Shop) -> None:
    order_id = shop.market.placed({"LMP-1": 2})
    shop.market.accept(order_id)
    shop.market.ship(order_id, {"LMP-1": 1})
    shop.market.returned(order_id, ("УТ-1", "LMP-1", 1))
    answer = shop.redeem("120.01", order_id=order_id)
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("/amount", "above_order")]
    assert shop.redeem("120.00", order_id=order_id).status == 201


def test_a_redemption_stays_with_an_order_that_was_accepted(shop: Shop) -> None:
    order_id = shop.market.placed({"LMP-1": 10})
    redemption_id = shop.redeemed("300", order_id=order_id)
    shop.market.accept(order_id)
    assert told(shop.cancel(redemption_id)) == (409, "wrong_state")
    assert shop.state(redemption_id) == "reserved"


def test_nothing_is_redeemed_for_an_order_that_has_ended(shop: Shop) -> None:
    order_id = shop.market.placed({"LMP-1": 10})
    shop.market.cancel(order_id)
    assert told(shop.redeem("300", order_id=order_id)) == (409, "wrong_state")


@pytest.mark.parametrize("ends", ["cancel", "reject"])
def test_the_staff_complete_nothing_for_an_order_that_may_still_end_empty(shop: Shop, ends: str) -> None:
    order_id = shop.market.placed({"LMP-1": 10})
    redemption_id = shop.redeemed("300", order_id=order_id)
    assert told(shop.complete(redemption_id, key="early")) == (409, "wrong_state")
    getattr(shop.market, ends)(order_id)
    assert told(shop.complete(redemption_id, key="late")) == (409, "wrong_state")
    assert shop.deliver(subscriptions("facts")) == DELIVERED
    assert shop.state(redemption_id) == "cancelled"
    assert balances(shop.context)[:4] == (0, 1000, 0, 0)


def test_the_staff_complete_for_a_completed_order_before_its_event_does(shop: Shop) -> None:
    order_id = shop.market.placed({"LMP-1": 10})
    redemption_id = shop.redeemed("300", order_id=order_id)
    shop.market.accept(order_id)
    assert told(shop.complete(redemption_id, key="early")) == (409, "wrong_state")
    shop.market.ship(order_id)
    assert shop.complete(redemption_id, key="late").json["state"] == "redeemed"
    for _ in range(2):
        assert shop.deliver(subscriptions("facts")) == DELIVERED
    assert shop.state(redemption_id) == "redeemed"
    assert balances(shop.context).redeemed == 300


def test_an_order_in_another_currency_takes_no_bonuses_and_counts_for_nothing(shop: Shop) -> None:
    stock(shop.context, row("EUR-1", base_price={"amount": "10.00", "currency": "EUR"}))
    order_id = shop.market.placed({"EUR-1": 100_000})
    answer = shop.redeem("500", order_id=order_id)
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("/order_id", "other_currency")]
    before = balances(shop.context)
    shop.market.accept(order_id)
    shop.market.ship(order_id, document="УТ-1")
    shop.market.returned(order_id, ("УТ-1", "EUR-1", 1))
    for _ in range(3):
        assert shop.deliver(subscriptions("facts")) == DELIVERED
    assert {each["total"]["currency"] for each in shop.get("/v1/company/purchases")["items"]} == {"EUR"}
    assert sales.day_totals(shop.context, "cmp_1", date.min, shop.context.today).net == {}
    assert sales.first_purchase(shop.context, "cmp_1") is None
    assert sales.history(shop.context, "cmp_1", date(2026, 1, 1), shop.context.today) == []
    assert sales.earliest_known(shop.context, "cmp_1", "2027") is None
    assert (balances(shop.context), shop.get("/v1/company/accruals")["items"]) == (before, [])


# --- an order that comes to less --------------------------------------------------------------------------------------


@pytest.fixture
def two_lots(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """There are 400 until December and 1000 until March."""
    shop = Shop(api, context, monkeypatch)
    credit(shop.context, "cmp_1", "1000", MARCH)
    credit(shop.context, "cmp_1", "400", DECEMBER)
    return shop


def lots(shop: Shop, redemption_id: str) -> dict[str, str]:
    found = shop.get(f"/v1/company/redemptions/{redemption_id}")
    return {lot["expires_on"]: lot["amount"]["amount"] for lot in found["lots"]}


def test_what_an_accepted_order_does_not_come_to_is_back_at_once_where_it_expires_last(two_lots: Shop) -> None:
    order_id = two_lots.market.placed({"LMP-1": 10})  # comes to 1200
    redemption_id = two_lots.redeemed("900", order_id=order_id)
    two_lots.market.accept(order_id, {"LMP-1": 5})
    for _ in range(2):
        assert two_lots.deliver(subscriptions("facts")) == DELIVERED

    assert two_lots.state(redemption_id) == "reserved"
    assert lots(two_lots, redemption_id) == {"2026-12-31": "400.00", "2027-03-31": "200.00"}
    found = two_lots.get(f"/v1/company/redemptions/{redemption_id}")
    assert (found["amount"]["amount"], found["given_back"]["amount"]) == ("600.00", "300.00")
    reserved, reduced = all_postings(two_lots.context)[-2:]
    assert (reduced.cause.kind, reduced.cause.reverses) == ("redemption_reduced", reserved.posting_id)
    assert [tuple(entry) for entry in reduced.entries] == [("available", 300, MARCH), ("reserved", -300, None)]

    two_lots.market.ship(order_id)
    for _ in range(2):
        assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert two_lots.state(redemption_id) == "redeemed"
    assert balances(two_lots.context)[1:4] == (800, 0, 600)


def test_a_dropped_line_takes_its_part_of_the_redemption_with_it(two_lots: Shop) -> None:
    order_id = two_lots.market.placed({"LMP-1": 5, "LMP-2": 6})  # 600 and 60.30
    redemption_id = two_lots.redeemed("660.30", order_id=order_id)
    two_lots.market.accept(order_id, {"LMP-1": 0})
    two_lots.market.ship(order_id)
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert two_lots.state(redemption_id) == "redeemed"
    assert lots(two_lots, redemption_id) == {"2026-12-31": "60.30"}
    found = balances(two_lots.context)
    assert (str(found.redeemed), str(found.available), found.reserved) == ("60.30", "1339.70", 0)


def test_an_order_that_is_accepted_for_enough_leaves_its_redemption_whole(two_lots: Shop) -> None:
    order_id = two_lots.market.placed({"LMP-1": 10})
    redemption_id = two_lots.redeemed("600", order_id=order_id)
    two_lots.market.accept(order_id, {"LMP-1": 5})
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert two_lots.get(f"/v1/company/redemptions/{redemption_id}")["amount"]["amount"] == "600.00"
    assert [posting.cause.kind for posting in all_postings(two_lots.context)].count("redemption_reduced") == 0


def test_whichever_event_comes_first_the_redemption_is_cut_down_before_it_is_completed(two_lots: Shop) -> None:
    order_id = two_lots.market.placed({"LMP-1": 10})
    redemption_id = two_lots.redeemed("900", order_id=order_id)
    two_lots.market.accept(order_id, {"LMP-1": 5})
    two_lots.market.ship(order_id)
    shipped = {"order.shipped": [redemptions_consumers.on_order_changed]}
    assert two_lots.deliver(shipped) == DELIVERED
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    kinds = [posting.cause.kind for posting in all_postings(two_lots.context)]
    assert kinds[-2:] == ["redemption_reduced", "redemption_completed"]
    assert lots(two_lots, redemption_id) == {"2026-12-31": "400.00", "2027-03-31": "200.00"}
    assert balances(two_lots.context)[1:4] == (800, 0, 600)


def test_what_is_cut_off_after_its_day_expires_at_once(shop: Shop) -> None:
    credit(shop.context, "cmp_1", "400", DECEMBER)
    order_id = shop.market.placed({"LMP-1": 10})
    shop.redeemed("400", order_id=order_id)
    shop.market.accept(order_id, {"LMP-1": 1})
    shop.later(days=50)
    assert shop.deliver(subscriptions("facts")) == DELIVERED
    found = balances(shop.context)
    assert (found.available, found.reserved, found.expired) == (1000, 120, 280)


def test_an_order_that_is_completed_with_less_keeps_so_much_of_its_redemption(two_lots: Shop) -> None:
    """The second time that it comes to less: it was accepted so already."""
    market, order_id = two_lots.market, two_lots.market.placed({"LMP-1": 10})
    redemption_id = two_lots.redeemed("900", order_id=order_id)
    market.accept(order_id, {"LMP-1": 7})
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    market.ship(order_id, {"LMP-1": 4})
    market.request_cancellation(order_id)
    market.approve_cancellation(order_id)
    for _ in range(2):
        assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert two_lots.state(redemption_id) == "redeemed"
    assert lots(two_lots, redemption_id) == {"2026-12-31": "400.00", "2027-03-31": "80.00"}
    assert balances(two_lots.context)[1:4] == (920, 0, 480)
    assert two_lots.get(f"/v1/company/redemptions/{redemption_id}")["given_back"]["amount"] == "420.00"


def test_an_order_that_the_distributor_agrees_to_cancel_gives_its_redemption_back(two_lots: Shop) -> None:
    market, order_id = two_lots.market, two_lots.market.placed({"LMP-1": 10})
    redemption_id = two_lots.redeemed("900", order_id=order_id)
    market.accept(order_id)
    market.request_cancellation(order_id)
    market.approve_cancellation(order_id)
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert (two_lots.state(redemption_id), balances(two_lots.context).available) == ("cancelled", 1400)


def test_a_redemption_may_be_cancelled_while_a_change_waits_to_be_confirmed(two_lots: Shop) -> None:
    order_id = two_lots.market.placed({"LMP-1": 10})
    redemption_id = two_lots.redeemed("900", order_id=order_id)
    two_lots.market.accept(order_id, {"LMP-1": 20})
    assert two_lots.cancel(redemption_id).status == 200


# --- goods come back --------------------------------------------------------------------------------------------------


def paid_with_bonuses(shop: Shop) -> tuple[str, str]:
    """An order of 1200 that was shipped, 900 of it paid with bonuses."""
    order_id = shop.market.placed({"LMP-1": 10})
    redemption_id = shop.redeemed("900", order_id=order_id)
    shop.market.accept(order_id)
    shop.market.ship(order_id, document="УТ-1")
    return order_id, redemption_id


def test_bonuses_pay_for_no_more_than_what_did_not_come_back(two_lots: Shop) -> None:
    order_id, redemption_id = paid_with_bonuses(two_lots)
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    two_lots.market.returned(order_id, ("УТ-1", "LMP-1", 2))
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert balances(two_lots.context).redeemed == 900  # 960 were kept
    two_lots.market.returned(order_id, ("УТ-1", "LMP-1", 4), document="ВЗ-2")
    for _ in range(2):
        assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert lots(two_lots, redemption_id) == {"2026-12-31": "400.00", "2027-03-31": "80.00"}
    found = balances(two_lots.context)
    assert (found.redeemed, found.reserved) == (480, 0)
    back = next(posting for posting in all_postings(two_lots.context) if posting.cause.kind == "redemption_returned")
    assert [tuple(entry) for entry in back.entries] == [("available", 420, MARCH), ("redeemed", -420, None)]


@pytest.mark.parametrize("shipped_is_told_first", [True, False])
def test_of_an_order_that_came_back_whole_all_bonuses_come_back(two_lots: Shop, shipped_is_told_first: bool) -> None:
    order_id, redemption_id = paid_with_bonuses(two_lots)
    if shipped_is_told_first:
        assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    two_lots.market.returned(order_id, ("УТ-1", "LMP-1", 10))
    for _ in range(2):
        assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    found = balances(two_lots.context)
    assert (found.redeemed, found.reserved) == (0, 0)
    state, amount = ("redeemed", "0.00") if shipped_is_told_first else ("cancelled", "900.00")
    shown = two_lots.get(f"/v1/company/redemptions/{redemption_id}")
    assert (shown["state"], shown["amount"]["amount"]) == (state, amount)


# --- the staff give back ----------------------------------------------------------------------------------------------


def test_the_staff_give_back_what_an_order_holds_that_never_ships_whole(two_lots: Shop) -> None:
    order_id = two_lots.market.placed({"LMP-1": 10})
    redemption_id = two_lots.redeemed("900", order_id=order_id)
    two_lots.market.accept(order_id, {"LMP-1": 5})
    two_lots.market.ship(order_id, {"LMP-1": 4})
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert two_lots.state(redemption_id) == "reserved"
    assert told(two_lots.cancel(redemption_id)) == (409, "wrong_state")

    first, second = (two_lots.cancel_for(redemption_id, key="stuck") for _ in range(2))
    assert (first.status, first.json["state"]) == (200, "cancelled")
    assert (second.status, second.json) == (200, first.json)
    assert balances(two_lots.context)[:4] == (0, 1400, 0, 0)
    back = all_postings(two_lots.context)[-1]
    assert {entry.lot: entry.amount for entry in back.entries if entry.lot} == {DECEMBER: 400, MARCH: 200}
    assert (back.cause.reason, back.cause.author) == ("The rest is out of production", "mbr_clerk")
    entries = two_lots.get("/v1/company/bonuses/entries")["items"]
    assert (entries[0]["kind"], entries[0]["reason"]) == ("redemption_cancelled", "The rest is out of production")

    two_lots.market.ship(order_id, document="УТ-2")
    assert two_lots.deliver(subscriptions("facts")) == DELIVERED
    assert two_lots.state(redemption_id) == "cancelled"
    assert balances(two_lots.context)[:4] == (0, 1400, 0, 0)


def test_what_the_staff_give_back_keeps_its_expiry(office: Office) -> None:
    credit(office.context, "cmp_1", "300", DECEMBER)
    redemption_id = office.redeemed("100")
    assert office.cancel_for(redemption_id).status == 200
    assert [(lot["expires_on"], lot["amount"]["amount"]) for lot in office.get("/v1/company/bonuses")["lots"]] == [
        ("2026-12-31", "300.00")
    ]


@pytest.mark.parametrize("first", ["cancel", "complete", "cancel_for"])
def test_the_staff_cancel_nothing_that_has_ended(office: Office, first: str) -> None:
    credit(office.context, "cmp_1", "300")
    redemption_id = office.redeemed("100")
    ended = getattr(office, first)(redemption_id)
    again = office.cancel_for(redemption_id)
    assert told(again) == (409, "wrong_state")
    assert again.json["state"] == ended.json["state"]


def test_the_staff_say_why_they_cancel(office: Office) -> None:
    credit(office.context, "cmp_1", "300")
    url = f"/v1/staff/companies/cmp_1/redemptions/{office.redeemed('100')}/cancel"
    answer = office.post(url, office.clerk, {})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/reason"]
    assert balances(office.context).reserved == 100


def test_only_who_may_adjust_bonuses_cancels_for_a_company(office: Office) -> None:
    credit(office.context, "cmp_1", "300")
    redemption_id = office.redeemed("100")
    gone = Caller.person("mbr_gone", "staff", "admin", "club")
    for caller, code in ((office.owner, "scope_missing"), (gone, "session_stale")):
        assert told(office.cancel_for(redemption_id, by=caller)) == (403, code)
    assert told(office.cancel_for("rdm_none")) == (404, "not_found")


def test_what_is_cut_down_under_the_hands_of_the_staff_is_given_back_once(
    two_lots: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = two_lots.market.placed({"LMP-1": 10})
    redemption_id = two_lots.redeemed("900", order_id=order_id)
    two_lots.market.accept(order_id, {"LMP-1": 5})
    change, told_meanwhile = ledger.change, []

    def late(*args: object) -> object:
        if not told_meanwhile:
            told_meanwhile.append(True)
            two_lots.deliver(subscriptions("facts"))
        return change(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "change", late)
    answer = two_lots.cancel_for(redemption_id)
    assert (answer.status, answer.json["amount"]["amount"]) == (200, "600.00")
    kinds = [posting.cause.kind for posting in all_postings(two_lots.context)]
    assert kinds[-2:] == ["redemption_reduced", "redemption_cancelled"]
    assert balances(two_lots.context)[:3] == (0, 1400, 0)


# --- those that wait for the staff ------------------------------------------------------------------------------------


def test_the_staff_find_what_waits_for_them_oldest_first_page_by_page(shop: Shop) -> None:
    shop.redeemed("300", order_id=shop.market.placed({"LMP-1": 10}))
    ids = []
    for _ in range(3):
        shop.later(minutes=1)
        ids.append(shop.redeemed("100"))
    first = shop.get("/v1/staff/redemptions?limit=2", shop.clerk)
    rest = shop.get(f"/v1/staff/redemptions?limit=2&cursor={first['next_cursor']}", shop.clerk)
    found = [*first["items"], *rest["items"]]
    assert [each["redemption_id"] for each in found] == ids
    assert {(each["company_id"], each["state"], each["order_id"]) for each in found} == {("cmp_1", "reserved", None)}


@pytest.mark.parametrize("ends", ["cancel", "complete", "cancel_for"])
def test_what_has_ended_waits_no_more(office: Office, ends: str) -> None:
    credit(office.context, "cmp_1", "300")
    redemption_id = office.redeemed("100")
    assert getattr(office, ends)(redemption_id).status == 200
    assert office.get("/v1/staff/redemptions", office.clerk) == {"items": [], "next_cursor": None, "count": None}
    ended = office.get(f"/v1/company/redemptions/{redemption_id}")
    assert ended["state"] != RedemptionState.RESERVED


def test_a_partner_sees_nothing_of_what_waits(office: Office) -> None:
    assert told(office.api.call("GET", "/v1/staff/redemptions", office.owner)) == (403, "scope_missing")


@pytest.mark.parametrize("path", ["bonuses", "bonuses/entries", "bonuses/statement", "redemptions"])
def test_there_is_nothing_to_read_of_a_company_that_is_not_there(office: Office, path: str) -> None:
    answer = office.api.call("GET", f"/v1/staff/companies/cmp_none/{path}", office.clerk)
    assert told(answer) == (404, "not_found")


def test_a_company_redeems_so_often_in_a_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reserved and given back in a loop, as well: each time leaves a record and its postings."""
    monkeypatch.setattr(redemptions, "MOST_A_DAY", 2)
    credit(office.context, "cmp_1", "300")
    for _ in range(2):
        assert office.cancel(office.redeemed("100")).status == 200
    before = everything(office.context)
    refused = office.redeem("100")
    assert told(refused) == (429, "too_many_requests") and 0 < int(refused.headers["retry-after"]) <= 86400
    assert everything(office.context) == before
    office.later(days=1)
    assert office.redeem("100").status == 201
