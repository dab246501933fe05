"""Articles bought together count once a buyer, though companies are named twice, late or interrupted; enough buyers make a suggestion."""

import json
import random
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.pricing.displays import service as displays
from chalicelib.recommendations import consumers as recommendations_consumers
from chalicelib.recommendations import jobs as recommendations_jobs
from chalicelib.recommendations import keys as recommendations_keys
from chalicelib.recommendations import rules as recommendations_rules
from chalicelib.recommendations import store as recommendations_store
from chalicelib.sales import keys as sales_keys
from chalicelib.sales.rules import Original, SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.transactions import Busy
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
def memory() -> Context:
    return Context(table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None), now=NOON)


def sale(
    context: Context, company_id: str, *skus: str, number: str = "1", days_ago: int = 10, amount: int = 100, **more: Any
) -> Event:
    """A document of the company, and what the stream tells of it."""
    lines = [SaleLine(sku, f"Lamp {sku}", Decimal(amount // 100), None, Decimal(amount)) for sku in skus]
    day = TODAY - timedelta(days=days_ago)
    document = SaleDocument("1c-main", f"{company_id}-{number}", company_id, day, "RUB", lines, **more)
    sales.record(context, [document])
    head = sales.heads(context, [document.ref])[document.ref]
    item = context.table.get(sales_keys.sale(company_id, day, *document.ref, head.revision))
    assert item
    return Event("sale.recorded", f"evt-{company_id}-{number}", item)


def deliver(context: Context, *events: Event) -> None:
    """Each is told in a batch of its own, and then comes a night."""
    for event in events:
        recommendations_consumers.on_sale_recorded(context, Event(event.name, event.id, event.item))
    a_night(context, [event.item["company_id"] for event in events])


def chained(context: Context, company_id: str, inn: str) -> None:
    """A company that is noted as one of its chain, as registering it does."""
    partners.company(context, company_id, inn=inn)
    displays.join(context, company_id, inn)


def a_night(context: Context, company_ids: Iterable[str]) -> None:
    """The nightly count of these, as the queue's worker does it."""
    recommendations_jobs.count_recommendations(
        context, {"messageId": "1", "body": json.dumps({"companies": list(dict.fromkeys(company_ids))})}
    )


def counted(context: Context) -> dict[str, tuple[int, dict[str, int]]]:
    """Of each article: its buyers, and how many of them surely bought each other one with it."""
    found = {}
    for key, item in everything(context).items():
        if key.sk == "COUNTS" and item["companies"]:
            others = {sku: int(most - error) for sku, (most, error) in item["others"].items()}
            found[key.pk.removeprefix("TOGETHER#")] = int(item["companies"]), others
    return found


def marked(context: Context) -> list[str]:
    """The companies that the next night names."""
    return list(recommendations_store.moved_between(context.table, context.today, context.today, ""))


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


def test_a_document_counts_its_articles_and_its_pairs(memory: Context):
    deliver(memory, sale(memory, "cmp_1", "A", "B", "C"))
    assert counted(memory) == by_hand([("cmp_1", "ABC")])


def test_a_buyer_counts_once_however_often_it_buys_and_however_often_it_is_told(memory: Context):
    events = [sale(memory, "cmp_1", "A", "B", number=str(number)) for number in range(3)]
    deliver(memory, *events, *events)
    assert counted(memory) == {"A": (1, {"B": 1}), "B": (1, {"A": 1})}


def test_something_new_with_what_was_bought_before_adds_the_new_only(memory: Context):
    deliver(memory, sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_1", "A", "C", number="2"))
    assert counted(memory) == {"A": (1, {"B": 1, "C": 1}), "B": (1, {"A": 1}), "C": (1, {"A": 1})}


def test_the_shops_of_a_chain_are_one_buyer(memory: Context):
    for shop in ("cmp_1", "cmp_2"):
        chained(memory, shop, "7707083893")
    chained(memory, "cmp_3", "500100732259")
    deliver(memory, *(sale(memory, shop, "A", "B") for shop in ("cmp_1", "cmp_2", "cmp_3")))
    assert counted(memory)["A"] == (2, {"B": 2})


def test_what_one_shop_of_a_chain_stops_buying_counts_while_another_buys_it(memory: Context):
    for shop in ("cmp_1", "cmp_2"):
        chained(memory, shop, "7707083893")
    deliver(memory, sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_2", "A", "B", "C"))
    deliver(memory, sale(memory, "cmp_1", "X", "Y"))
    assert counted(memory) == by_hand([("chain", "ABC"), ("chain", "XY")])
    deliver(memory, sale(memory, "cmp_2", "X", "Y"))
    assert counted(memory) == by_hand([("chain", "XY")])


def test_of_a_long_document_the_ten_largest_lines_count(memory: Context):
    lines = [SaleLine(f"S-{number:02}", "", Decimal(1), None, Decimal(1000 - number)) for number in range(30)]
    assert recommendations_rules.largest([*lines, SaleLine("S-29", "", Decimal(1), None, Decimal(5000))]) == [
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
def test_a_document_does_not_count(memory: Context, more: dict[str, Any]):
    deliver(memory, sale(memory, "cmp_1", "A", "B", **more))
    assert counted(memory) == {}


def test_a_document_of_one_article_does_not_count(memory: Context):
    deliver(memory, sale(memory, "cmp_1", "A"))
    assert counted(memory) == {}


def test_a_corrected_document_counts_as_it_is_now(memory: Context):
    deliver(memory, sale(memory, "cmp_1", "A", "B", "C"), sale(memory, "cmp_2", "A", "B"))
    deliver(memory, sale(memory, "cmp_1", "A", "D"))
    assert counted(memory) == by_hand([("cmp_1", "AD"), ("cmp_2", "AB")])


def test_a_document_that_went_to_another_company_counts_there(memory: Context):
    first = sale(memory, "cmp_1", "A", "B")
    deliver(memory, first)
    ref = ("1c-main", "/cmp_1-1")
    document = sales.newest(memory, ref, sales.heads(memory, [ref])[ref])
    sales.record(memory, [document._replace(company_id="cmp_2")])
    for event in (item for item in everything(memory).values() if item.get("event") == "sale.recorded"):
        recommendations_consumers.on_sale_recorded(memory, Event("sale.recorded", "evt", event))
    assert sorted(marked(memory)) == ["cmp_1", "cmp_2"]
    a_night(memory, marked(memory))
    assert recommendations_store.contribution(memory.table, "cmp_1").pairs == frozenset()
    assert counted(memory) == by_hand([("cmp_2", "AB")])


def test_a_return_takes_nothing_back(memory: Context):
    deliver(memory, sale(memory, "cmp_1", "A", "B"))
    back = Original("cmp_1-1", ("",), None)
    deliver(memory, sale(memory, "cmp_1", "A", "B", number="2", amount=-100, kind="return", original=back))
    assert counted(memory) == by_hand([("cmp_1", "AB")])


def test_what_was_bought_longer_ago_than_a_year_is_counted_no_more_once_the_buyer_buys_again(memory: Context):
    deliver(memory, sale(memory, "cmp_1", "A", "B", days_ago=360))
    later = replace(memory, now=memory.now + timedelta(days=10))
    a_night(later, ["cmp_1"])
    assert counted(memory) == {}


def test_whatever_is_named_in_whatever_order_and_however_often_the_counts_are_those_of_the_documents(memory: Context):
    order = random.Random(7)
    documents = [(f"cmp_{order.randint(1, 6)}", order.sample("ABCDEFGH", order.randint(2, 5))) for _ in range(40)]
    for number, (company_id, skus) in enumerate(documents):
        sale(memory, company_id, *skus, number=str(number))
        if order.random() < 0.4:
            a_night(memory, order.choices([f"cmp_{each}" for each in range(1, 7)], k=3))
    a_night(memory, [f"cmp_{each}" for each in range(1, 7)])
    assert counted(memory) == by_hand(documents)


def test_counting_everybody_anew_makes_the_same_of_an_empty_table_of_counts(memory: Context):
    documents = [("cmp_1", "ABC"), ("cmp_1", "CD"), ("cmp_2", "ABD")]
    for number, (company_id, skus) in enumerate(documents):
        sale(memory, company_id, *skus, number=str(number))
    facts = everything(memory)
    deliver(memory)
    a_night(memory, ["cmp_1", "cmp_2"])
    restore(memory, facts)
    a_night(memory, ["cmp_2", "cmp_1", "cmp_2"])
    assert counted(memory) == by_hand(documents)


@pytest.mark.parametrize("most_articles", [90, 3])
def test_a_crash_or_a_lost_reply_leaves_nothing_half_counted(
    memory: Context, monkeypatch: pytest.MonkeyPatch, most_articles: int
):
    monkeypatch.setattr(recommendations_rules, "MOST_ARTICLES", most_articles)
    deliver(memory, sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_2", "A", "X"))
    event = sale(memory, "cmp_2", "A", "B", "C", "D", "E")
    beginning = everything(memory)
    for rounds in (crashes, lost_replies):
        for interruption in rounds():
            restore(memory, beginning)
            with interruption, suppress(RuntimeError):
                deliver(memory, event)
            deliver(memory, event)
            assert counted(memory) == by_hand([("cmp_1", "AB"), ("cmp_2", "ABCDE")]), interruption


def test_two_who_count_the_same_articles_at_once_are_both_counted(memory: Context):
    first, second = sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_2", "A", "B", "C")
    beginning = everything(memory)
    for race in races(lambda: deliver(memory, second)):
        restore(memory, beginning)
        with race:
            deliver(memory, first)
        deliver(memory, second)
        assert counted(memory) == by_hand([("cmp_1", "AB"), ("cmp_2", "ABC")]), race


def test_two_shops_of_a_chain_that_are_counted_at_once_count_once(memory: Context):
    for shop in ("cmp_1", "cmp_2"):
        chained(memory, shop, "7707083893")
    first, second = sale(memory, "cmp_1", "A", "B"), sale(memory, "cmp_2", "A", "B", "C")
    beginning = everything(memory)
    for race in races(lambda: deliver(memory, second)):
        restore(memory, beginning)
        with race:
            deliver(memory, first)
        assert counted(memory) == by_hand([("chain", "ABC")]), race


def test_what_was_sold_while_a_buyer_was_counted_is_counted_by_whoever_counts_it_last(memory: Context):
    first = sale(memory, "cmp_1", "A", "B")
    beginning = everything(memory)
    for race in races(lambda: deliver(memory, sale(memory, "cmp_1", "A", "C", number="2"))):
        restore(memory, beginning)
        with race:
            deliver(memory, first)
        if race.happened:
            assert counted(memory) == by_hand([("cmp_1", "AB"), ("cmp_1", "AC")]), race


def test_where_everybody_counts_at_once_a_company_is_left_to_the_next_message(
    memory: Context, monkeypatch: pytest.MonkeyPatch
):
    first = sale(memory, "cmp_1", "A", "B")

    def busy(table: Table, tx: Any) -> None:
        raise Busy("others keep writing")

    with monkeypatch.context() as crowded:
        crowded.setattr(Table, "commit", busy)
        with pytest.raises(RuntimeError, match="not counted: cmp_1"):
            deliver(memory, first)
    assert counted(memory) == {}
    deliver(memory, first)
    assert counted(memory) == by_hand([("cmp_1", "AB")])


def test_one_company_that_cannot_be_counted_holds_up_no_other(memory: Context, monkeypatch: pytest.MonkeyPatch):
    events = [sale(memory, company_id, "A", "B") for company_id in ("cmp_1", "cmp_2", "cmp_3")]
    bought = sales.newest_documents

    def failing(context: Context, company_id: str, **question: Any) -> Any:
        if company_id == "cmp_2":
            raise ValueError("a document nobody can read")
        return bought(context, company_id, **question)

    monkeypatch.setattr(sales, "newest_documents", failing)
    with pytest.raises(RuntimeError, match="not counted: cmp_2"):
        deliver(memory, *events)
    assert counted(memory) == by_hand([("cmp_1", "AB"), ("cmp_3", "AB")])


def test_a_buyer_adds_no_more_than_its_item_holds(memory: Context, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recommendations_rules, "MOST_PAIRS", 3)
    deliver(memory, sale(memory, "cmp_1", "A", "B", "C"), sale(memory, "cmp_1", "D", "E", number="2", days_ago=11))
    assert counted(memory) == by_hand([("cmp_1", "ABC")])


def test_a_company_is_marked_once_in_a_batch(context: Context):
    events = [sale(context, "cmp_1", "A", "B", number=str(number)) for number in range(5)]
    batch: dict[tuple[str, ...], Any] = {}
    with calls_counted(context.table.client) as made:
        for event in events:
            recommendations_consumers.on_sale_recorded(context, Event(event.name, event.id, event.item, batch))
    assert made == ["GetItem", "PutItem"]  # the company, and its mark


def test_where_nothing_moved_nothing_is_written(context: Context):
    deliver(context, sale(context, "cmp_1", "A", "B"))
    with calls_counted(context.table.client) as made:
        a_night(context, ["cmp_1"])
    assert made == ["GetItem", "GetItem", "Query"]  # the company, its pairs, its sales


def test_what_is_new_is_one_read_and_one_transaction_more(context: Context):
    sale(context, "cmp_1", *(f"S-{number}" for number in range(12)))
    with calls_counted(context.table.client) as made:
        a_night(context, ["cmp_1"])
    assert made == ["GetItem", "GetItem", "Query", "BatchGetItem", "TransactWriteItems"]


# --- what is new ------------------------------------------------------------------------------------------------------


def others_buy(market: Market, *skus: str, buyers: int = 5, first: int = 100) -> None:
    for number in range(first, first + buyers):
        deliver(market.context, sale(market.context, f"cmp_{number}", *skus, number="-".join(skus)))


def new(market: Market, language: str = "en") -> list[Any]:
    answer = market.api.call("GET", "/v1/new-for-you", market.buyer, headers={"accept-language": language})
    assert answer.status == 200, answer.text
    return answer.json["items"]


def test_what_others_buy_with_what_one_buys_is_told_with_its_reason_and_ones_own_price(memory_market: Market):
    market = memory_market
    sale(market.context, "cmp_1", "LMP-1")
    others_buy(market, "LMP-1", "LMP-2")
    (found,) = new(market)
    assert (found["sku"], found["because"], found["pack_multiple"]) == ("LMP-2", "LMP-1", 6)
    assert found["reason"] == "Other partners buy it together with Lamp LMP-1, which you buy already."
    assert found["price"]["unit_price"] == {"amount": "10.05", "currency": "RUB"}
    (found,) = new(market, "ru")
    assert found["reason"] == "Другие партнёры покупают его вместе с товаром «Лампа LMP-1», который вы уже покупаете."


def test_nothing_is_told_of_fewer_companies_than_would_hide_each_of_them(memory_market: Market):
    market = memory_market
    sale(market.context, "cmp_1", "LMP-1")
    others_buy(market, "LMP-1", "LMP-2", buyers=4)
    assert new(market) == []
    for number in range(20):
        deliver(market.context, sale(market.context, "cmp_100", "LMP-1", "LMP-2", number=f"again-{number}"))
    assert new(market) == []
    others_buy(market, "LMP-1", "LMP-2", buyers=1, first=200)
    assert [each["sku"] for each in new(market)] == ["LMP-2"]


def test_what_one_buys_or_has_on_order_is_not_new(memory_market: Market):
    market = memory_market
    sale(market.context, "cmp_1", "LMP-1", "LMP-2")
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
    sale(market.context, "cmp_1", "LMP-1")
    stock(market.context, row("OLD-1", status="modernised", successor="LMP-3"))
    others_buy(market, "LMP-1", "ELSEWHERE-7", "OLD-1", "LMP-2")
    assert [each["sku"] for each in new(market)] == ["LMP-2"]


def test_who_buys_nothing_yet_is_told_nothing(memory_market: Market):
    market = memory_market
    others_buy(market, "LMP-1", "LMP-2")
    assert new(market) == []


def test_what_is_new_takes_four_questions_however_much_others_buy(market: Market):
    skus = [f"S-{number:02}" for number in range(15)]
    stock(market.context, *(row(sku) for sku in skus))
    sale(market.context, "cmp_1", *skus[:2])
    for sku in skus:
        others = {other: [9, 0] for other in skus if other != sku}
        market.context.table.put(
            {**recommendations_keys.article_counts(sku).as_item(), "companies": 9, "others": others, "version": 1}
        )
    with calls_counted(market.context.table.client) as made:
        assert len(new(market)) == 12
    assert made == ["Query", "Query", "BatchGetItem", "BatchGetItem"]
