"""A catalogue of 10,000 products: what a page, a written product and a reader who is new cost, counted; CPU beside a bare handler."""

import json
import time
import tracemalloc
from random import Random
from statistics import median
from typing import Any
from urllib.parse import parse_qsl

import pytest

from chalicelib.catalog import consumers as catalog_consumers
from chalicelib.catalog import recording
from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.schemas import ProductForm
from chalicelib.catalog.search import keys as search_keys
from chalicelib.catalog.search import rules as search_rules
from chalicelib.catalog.search import store as search_store
from chalicelib.platform import clock, ids
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, to_wire
from chalicelib.tiers import tier_codes
from tests.benchmarks.bare import Bare, cpu_ratio
from tests.benchmarks.report import report
from tests.support.api import Caller, gateway_event
from tests.support.partners import partner, reach
from tests.support.spent import spent

PRODUCTS, ROUNDS, PAGES = 10_000, 9, 15

KINDS = [
    ("Street light", "Уличный светильник", "street"),
    ("LED panel", "Светодиодная панель", "panels"),
    ("Floodlight", "Прожектор", "flood"),
    ("Track spotlight", "Трековый прожектор", "track"),
    ("High-bay luminaire", "Промышленный светильник", "industry"),
    ("Emergency luminaire", "Аварийный светильник", "emergency"),
    ("LED strip", "Светодиодная лента", "strips"),
    ("Pendant lamp", "Подвесная лампа", "pendant"),
]
LOOKS = [
    ("warm white", "тёплый белый"),
    ("neutral white", "нейтральный белый"),
    ("dimmable", "диммируемый"),
    ("round", "круглый"),
]
QUESTIONS = {
    "the whole list": "limit=25",
    "a category with its subtree": "limit=25&category=indoor",
    "two words, inflected": "limit=25&q=уличные светильники",
    "a rare word": "limit=25&q=серия 4711",
    "an article number's beginning": "limit=25&q=P-047",
    "brand, status, cheapest first": "limit=25&brand=Brand 10&status=overstock&sort=price",
    "a word that nothing has": "limit=25&q=трансформатор",
}


def rows(random: Random) -> list[dict[str, Any]]:
    made = []
    for number in range(PRODUCTS):
        (name, name_ru, category), (look, look_ru) = random.choice(KINDS), random.choice(LOOKS)
        power = random.choice([9, 18, 36, 50, 100, 150])
        made.append(
            {
                "sku": f"P-{number:05}",
                "name": f"{name} {power} W, {look}, series {number}",
                "name_ru": f"{name_ru} {power} Вт, {look_ru}, серия {number}",
                "brand": f"Brand {number % 40}",
                "own_brand": number % 10 == 0,
                "category": category,
                "pack_multiple": 1 + number % 6,
                "base_price": {"amount": f"{random.randint(100, 99_999)}.50", "currency": "RUB"},
                "vat_percent": "20",
                "status": "overstock" if number % 50 == 0 else "normal",
                "prices": [{"type": tier, "amount": "90"} for tier in ("silver", "gold")],
                "attributes": [
                    {"name": "power_w", "number": power},
                    {"name": "luminous_flux_lm", "number": power * 110},
                    {"name": "colour_temperature_k", "number": 4000},
                    {"name": "ip_rating", "text": "IP65"},
                ],
            }
        )
    return made


@pytest.fixture
def context(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Context:
    from chalicelib.platform import aws

    monkeypatch.setattr(aws, "secret", lambda: "a secret for benchmarks only")
    context = Context(table=local_table, now=clock.now(), new_id=ids.random_id)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    return context


def fill(table: Table, items: list[Item]) -> None:
    """As the transactions would leave them, and faster."""
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": to_wire(item)}} for item in items[start : start + 25]]
        answer = table.client.batch_write_item(RequestItems={table.name: puts})
        assert not answer["UnprocessedItems"]


def told(table: Table) -> list[Item]:
    return table.query(search_keys.catalogue_index().pk, starts="EVENT#").items


def event(caller: Caller, question: str) -> dict[str, Any]:
    query = {name: [value] for name, value in parse_qsl(question)}
    return gateway_event("GET", "/v1/products", caller, headers={"accept-language": "ru"}, query=query)


def test_a_catalogue_of_ten_thousand_products(context: Context) -> None:
    from app import app

    table, made = context.table, rows(Random(7))
    fill(table, [catalog_store.product_item(ProductForm.model_validate(each).product(), context.at) for each in made])
    tree = [{"code": "indoor", "name": "Indoor", "name_ru": "Внутреннее"}]
    tree += [
        {"code": code, "name": name, "name_ru": name_ru, "parent": "indoor" if place % 2 else None}
        for place, (name, name_ru, code) in enumerate(KINDS)
    ]
    recording.write_categories(context, tree)
    with spent(table.client) as cost:
        start = time.process_time()
        for start_at in range(0, len(made), 1000):
            search_store.refresh(context, [each["sku"] for each in made[start_at : start_at + 1000]])
    report(
        f"index of {PRODUCTS:,} products made anew",
        f"{cost.write_units:g} write units, {time.process_time() - start:.1f} s CPU",
    )
    sizes = [
        len(bytes((table.get(search_keys.catalogue_shard(shard)) or {})["entries"])) / 1024
        for shard in range(search_store.SHARDS)
    ]
    report("its shards", f"{search_store.SHARDS} of {median(sizes):.1f} KB, {sum(sizes):.0f} KB together")

    # a reader who is new
    head = table.get(search_keys.catalogue_index())
    search_store._memory = search_store._IndexMemory()
    tracemalloc.start()
    search_store.current_index(table, head)
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    search_store._memory = search_store._IndexMemory()
    with spent(table.client) as cost:
        start = time.process_time()
        search_store.current_index(table, head)
        took = time.process_time() - start
    report(
        "a reader who is new",
        f"{len(cost.calls)} call, {cost.read_units:g} read units, {took * 1000:.0f} ms CPU, {memory / 1e6:.0f} MB",
    )
    start = time.process_time()
    search_store.current_index(table, head).find(search_rules.ProductFilter(), "name_ru", limit=25, after=None)
    report(
        "its first page in an order, and the first after a change", f"{(time.process_time() - start) * 1000:.0f} ms CPU"
    )

    # pages
    caller = partner(context)
    reach(context, "cmp_1", "150000")
    for what, question in QUESTIONS.items():
        asked = event(caller, question)
        app(asked, None)  # what is done once per process is not part of it
        with spent(table.client) as cost:
            answer = json.loads(app(asked, None)["body"])
        bare = Bare.of(table, app, asked)
        ratio, told_cpu = cpu_ratio(app, bare, lambda asked=asked: [asked] * PAGES, rounds=ROUNDS, status=200)
        report(
            f"page of {len(answer['items'])}: {what}",
            f"{len(cost.calls)} calls, {cost.read_units:g} read units, CPU {told_cpu}",
            "at most 2 calls; at most 1.6x",
        )
        assert len(cost.calls) <= 2
        assert ratio <= 1.6  # of the aim of 1.5; a page of one or none, 3 to 6 ms in all, measures 1.46 to 1.52

    # writing
    for count in (1, 100):
        changed = [each | {"vat_percent": "10", "name": f"{each['name']} new"} for each in made[:count]]
        before = told(table)
        with spent(table.client) as cost:
            recording.write_products(context, changed, tier_codes)
        report(
            f"writing {count} changed products",
            f"{len(cost.calls)} calls, {cost.read_units / count:g} read and {cost.write_units / count:g} write units each",
        )
        new = [item for item in told(table) if item not in before]
        with spent(table.client) as cost:
            start = time.process_time()
            for item in new:
                catalog_consumers.on_products_changed(context, Event(item["event"], item["sk"], item))
            took = time.process_time() - start
        report(
            f"the index following {count}",
            f"{len(cost.calls)} calls, {cost.read_units / count:g} read and {cost.write_units / count:g} write units, "
            f"{took * 1000 / count:.1f} ms CPU each",
        )
        made = made[count:]

    # the other plan: an item for each term of each product, listed in two indexes for the other orders
    entries = [search_rules.entry_of(ProductForm.model_validate(each).product()) for each in made[:1000]]
    terms = [len(entry.words.split()) + 5 for entry in entries]  # category path of two, brand, status, own brand
    report(
        "terms of a product, were each an item", f"{median(terms):g}; three write units each, new or at another price"
    )
