"""What is bought together is counted once a buyer, whatever is told twice, late or interrupted; and shown where enough buyers did."""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.orders import together, together_consumers, together_keys
from chalicelib.platform.events import Event
from chalicelib.platform.work import Work
from chalicelib.sales import Original, SaleDocument, SaleLine
from chalicelib.sales import keys as sales_keys
from chalicelib.table import Busy, Table
from chalicelib.table.transactions import Item
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support import partners
from tests.support.crashes import crashes, lost_replies, races, watched
from tests.support.memory import MemoryDynamo
from tests.support.spent import calls_counted
from tests.support.table import everything, restore

TODAY = date(2026, 11, 20)


@pytest.fixture
def memory() -> Work:
    return Work(table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None), now=NOON)


def sale(
    work: Work, company_id: str, *skus: str, number: str = "1", days_ago: int = 10, amount: int = 100, **more: Any
) -> Event:
    """A document of the company, and what the stream tells of it."""
    lines = [SaleLine(sku, f"Lamp {sku}", Decimal(amount // 100), None, Decimal(amount)) for sku in skus]
    day = TODAY - timedelta(days=days_ago)
    document = SaleDocument("1c-main", f"{company_id}-{number}", company_id, day, "RUB", lines, **more)
    sales.record(work, [document])
    head = sales.heads(work, [document.ref])[document.ref]
    item = work.table.get(sales_keys.sale(company_id, day, *document.ref, head.revision))
    assert item
    return Event("sale.recorded", f"evt-{company_id}-{number}", item)


def deliver(work: Work, *events: Event) -> None:
    """Each in a batch of its own."""
    for event in events:
        together_consumers.on_sale_recorded(work, Event(event.name, event.id, event.item))


def counted(work: Work) -> dict[str, tuple[int, dict[str, int]]]:
    """Of each article: its buyers, and how many of them surely bought each other one with it."""
    found = {}
    for key, item in everything(work).items():
        if key.sk == "COUNTS":
            others = {sku: int(most - error) for sku, (most, error) in item["others"].items()}
            found[key.pk.removeprefix("TOGETHER#")] = int(item["companies"]), others
    return found


def by_hand(bought: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[int, dict[str, int]]]:
    buyers, pairs = defaultdict(set), defaultdict(set)
    for buyer, skus in bought:
        for sku in skus:
            buyers[sku].add(buyer)
        for pair in combinations(sorted(skus), 2):
            pairs[pair].add(buyer)
    return {
        sku: (
            len(buyers[sku]),
            {other: len(pairs[pair]) for pair in pairs if sku in pair for other in pair if other != sku},
        )
        for sku in buyers
    }


# --- counting ---------------------------------------------------------------------------------------------------------


def test_a_document_counts_its_articles_and_its_pairs(memory: Work):
    deliver(memory, sale(memory, "cmp_1", "A", "B", "C"))
    assert counted(memory) == by_hand([("cmp_1", "ABC")])


def test_a_buyer_counts_once_however_often_it_buys_and_however_often_it_is_told(memory: Work):
    events = [sale(memory, "cmp_1", "A", "B", number=str(number)) for number in range(3)]
    deliver(memory, *events, *events)
    assert counted(memory) == {"A": (1, {"B": 1}), "B": (1, {"A": 1})}


def test_something_new_with_what_was_bought_before_adds_the_new_only(memory: Work):
    deliver(memory, sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_1", "A", "C", number="2"))
    assert counted(memory) == {"A": (1, {"B": 1, "C": 1}), "B": (1, {"A": 1}), "C": (1, {"A": 1})}


def test_the_shops_of_a_chain_are_one_buyer(memory: Work):
    for shop in ("cmp_1", "cmp_2"):
        partners.company(memory, shop, inn="7707083893")
    partners.company(memory, "cmp_3", inn="500100732259")
    deliver(memory, *(sale(memory, shop, "A", "B") for shop in ("cmp_1", "cmp_2", "cmp_3")))
    assert counted(memory)["A"] == (2, {"B": 2})


def test_of_a_long_document_the_ten_largest_lines_count(memory: Work):
    lines = [SaleLine(f"S-{number:02}", "", Decimal(1), None, Decimal(1000 - number)) for number in range(30)]
    assert together.largest([*lines, SaleLine("S-29", "", Decimal(1), None, Decimal(5000))]) == [
        *(f"S-{number:02}" for number in range(9)),
        "S-29",
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"days_ago": 400},
        {"kind": "return", "amount": -100, "original": Original("9", ("",), None)},
        {"amount": 0},
    ],
    ids=["of long ago", "that brings goods back", "of gifts"],
)
def test_a_document_does_not_count(memory: Work, more: dict[str, Any]):
    deliver(memory, sale(memory, "cmp_1", "A", "B", **more))
    assert counted(memory) == {}


def test_a_document_of_one_article_and_one_that_went_to_another_company_do_not_count(memory: Work):
    deliver(memory, sale(memory, "cmp_1", "A"))
    gone: Item = {"company_id": "cmp_1", "source": "1c-main", "document": "7", "gone": True}
    deliver(memory, Event("sale.recorded", "evt-7", gone))
    assert counted(memory) == {}


def test_whatever_is_told_in_whatever_order_and_however_often_the_counts_are_those_of_the_documents(memory: Work):
    order = random.Random(7)
    documents = [(f"cmp_{order.randint(1, 6)}", order.sample("ABCDEFGH", order.randint(2, 5))) for _ in range(40)]
    events = [
        sale(memory, company_id, *skus, number=str(number)) for number, (company_id, skus) in enumerate(documents)
    ]
    told = [*events, *order.choices(events, k=20)]
    order.shuffle(told)
    batch: dict[tuple[str, ...], Any] = {}
    for event in told:
        if order.random() < 0.2:
            batch = {}  # a delivery of its own
        together_consumers.on_sale_recorded(memory, Event(event.name, event.id, event.item, batch))
    assert counted(memory) == by_hand(documents)


def test_a_crash_or_a_lost_reply_leaves_nothing_half_counted(memory: Work):
    deliver(memory, sale(memory, "cmp_1", "A", "B"))
    event = sale(memory, "cmp_2", "A", "B", "C")
    beginning = everything(memory)
    for rounds in (crashes, lost_replies):
        for interruption in rounds():
            restore(memory, beginning)
            with interruption:
                deliver(memory, event)
            deliver(memory, event)
            assert counted(memory) == by_hand([("cmp_1", "AB"), ("cmp_2", "ABC")]), interruption


def test_two_who_count_the_same_articles_at_once_are_both_counted(memory: Work):
    first, second = sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_2", "A", "B", "C")
    beginning = everything(memory)
    for race in races(lambda: deliver(memory, second)):
        restore(memory, beginning)
        with race:
            deliver(memory, first)
        deliver(memory, second)
        assert counted(memory) == by_hand([("cmp_1", "AB"), ("cmp_2", "ABC")]), race


def test_where_everybody_counts_at_once_a_document_is_left_out_and_made_up_for_by_the_next(
    memory: Work, monkeypatch: pytest.MonkeyPatch
):
    first, second = sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_1", "A", "B", number="2")

    def busy(table: Table, tx: Any, *, tries: int) -> None:
        raise Busy("others keep writing")

    with monkeypatch.context() as crowded:
        crowded.setattr(Table, "commit", busy)
        deliver(memory, first)
    assert counted(memory) == {}
    deliver(memory, second)
    assert counted(memory) == by_hand([("cmp_1", "AB")])


def test_a_buyer_adds_no_more_than_its_marks_hold(memory: Work, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(together, "MOST_MARKS", 6)
    deliver(memory, sale(memory, "cmp_1", "A", "B", "C"), sale(memory, "cmp_1", "D", "E", number="2"))
    assert counted(memory) == by_hand([("cmp_1", "ABC")])


def test_what_brings_nothing_new_is_read_once_for_each_company_of_a_batch(work: Work):
    events = [sale(work, "cmp_1", "A", "B", number=str(number)) for number in range(5)]
    deliver(work, events[0])
    batch: dict[tuple[str, ...], Any] = {}
    with calls_counted(work.table.client) as made:
        for event in events:
            together_consumers.on_sale_recorded(work, Event(event.name, event.id, event.item, batch))
    assert made == ["GetItem", "GetItem"]  # the company, and its marks


def test_what_is_new_is_one_read_and_one_transaction_more(work: Work):
    event = sale(work, "cmp_1", *(f"S-{number}" for number in range(12)))
    with calls_counted(work.table.client) as made:
        deliver(work, event)
    assert made == ["GetItem", "GetItem", "BatchGetItem", "TransactWriteItems"]


# --- what is new ------------------------------------------------------------------------------------------------------


def others_buy(market: Market, *skus: str, buyers: int = 5, first: int = 100) -> None:
    for number in range(first, first + buyers):
        deliver(market.work, sale(market.work, f"cmp_{number}", *skus, number="-".join(skus)))


def new(market: Market, language: str = "en") -> list[Any]:
    answer = market.api.call("GET", "/v1/new-for-you", market.buyer, headers={"accept-language": language})
    assert answer.status == 200, answer.text
    return answer.json["items"]


def test_what_others_buy_with_what_one_buys_is_told_with_its_reason_and_ones_own_price(memory_market: Market):
    market = memory_market
    sale(market.work, "cmp_1", "LMP-1")
    others_buy(market, "LMP-1", "LMP-2")
    (found,) = new(market)
    assert (found["sku"], found["because"], found["pack_multiple"]) == ("LMP-2", "LMP-1", 6)
    assert found["reason"] == "Other partners buy it together with Lamp LMP-1, which you buy already."
    assert found["price"]["unit_price"] == {"amount": "10.05", "currency": "RUB"}
    (found,) = new(market, "ru")
    assert found["reason"] == "Другие партнёры покупают его вместе с товаром «Лампа LMP-1», который вы уже покупаете."


def test_nothing_is_told_of_fewer_companies_than_would_hide_each_of_them(memory_market: Market):
    market = memory_market
    sale(market.work, "cmp_1", "LMP-1")
    others_buy(market, "LMP-1", "LMP-2", buyers=4)
    assert new(market) == []
    for number in range(20):
        deliver(market.work, sale(market.work, "cmp_100", "LMP-1", "LMP-2", number=f"again-{number}"))
    assert new(market) == []
    others_buy(market, "LMP-1", "LMP-2", buyers=1, first=200)
    assert [each["sku"] for each in new(market)] == ["LMP-2"]


def test_what_one_buys_or_has_on_order_is_not_new(memory_market: Market):
    market = memory_market
    sale(market.work, "cmp_1", "LMP-1", "LMP-2")
    others_buy(market, "LMP-1", "LMP-2", "LMP-3")
    assert [each["sku"] for each in new(market)] == ["LMP-3"]
    order_id = market.placed({"LMP-3": 1})
    assert new(market) == []
    market.reject(order_id)
    assert [each["sku"] for each in new(market)] == ["LMP-3"]


def test_what_is_on_order_is_a_beginning_as_well(memory_market: Market):
    market = memory_market
    market.placed({"LMP-1": 1})
    others_buy(market, "LMP-1", "LMP-2")
    assert [each["sku"] for each in new(market)] == ["LMP-2"]


def test_what_is_not_sold_here_or_is_being_replaced_is_not_told(memory_market: Market):
    market = memory_market
    sale(market.work, "cmp_1", "LMP-1")
    stock(market.work, row("OLD-1", status="modernised", successor="LMP-3"))
    others_buy(market, "LMP-1", "ELSEWHERE-7", "OLD-1", "LMP-2")
    assert [each["sku"] for each in new(market)] == ["LMP-2"]


def test_who_buys_nothing_yet_is_told_nothing(memory_market: Market):
    market = memory_market
    others_buy(market, "LMP-1", "LMP-2")
    assert new(market) == []


def test_what_is_new_takes_four_questions_however_much_others_buy(market: Market):
    skus = [f"S-{number:02}" for number in range(15)]
    stock(market.work, *(row(sku) for sku in skus))
    sale(market.work, "cmp_1", *skus[:2])
    for sku in skus:
        others = {other: [9, 0] for other in skus if other != sku}
        market.work.table.put({**together_keys.together(sku).as_item(), "companies": 9, "others": others, "version": 1})
    with calls_counted(market.work.table.client) as made:
        assert len(new(market)) == 12
    assert made == ["Query", "Query", "BatchGetItem", "BatchGetItem"]
