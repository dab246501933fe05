"""What follows from a write of the route table may be interrupted at any write, and is then done as if nothing had been.

The scenes are those of test_dismissed.py. After each of them its events are told and its queues worked off; after one comes a night. Where a
consumer, a queue worker or a job does something for the first time, it dies before each of its writes and after each, and does its work again;
in the last round it does it twice. Ids that it draws differ from try to try: tables are the same where they differ in nothing else.
"""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count, product
from typing import Any, cast

import pytest

from chalicelib.mail.declarations import declaration, declared_letters
from chalicelib.mail.model import Unsendable
from chalicelib.mail.service import compose, letters_of
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import event_of
from chalicelib.platform.delivery.subscriptions import consumers_of, declared, name_of
from chalicelib.platform.registry.functions import DECLARED, Queue, Schedule
from chalicelib.platform.registry.modules import function_named
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item
from tests.contract.test_dismissed import SCENES, WRITES, Club
from tests.support.api import Api
from tests.support.crashes import crashes, watched
from tests.support.memory import MemoryDynamo
from tests.support.table import everything, restore

WORKERS = {each.starts.name: each.job for each in DECLARED.values() if isinstance(each.starts, Queue)}
JOBS = [each.job for each in DECLARED.values() if isinstance(each.starts, Schedule)]
NIGHT_AFTER = "create_series"
HOW_OFTEN = {"version", "sequence", "marks"}  # an item was written
DRAWN = re.compile(r"_drawn\d+")

# Their services are not in the account of this test, or the next worker waits for the lease of the one that died: each has a test of its own
# that interrupts it.
APART = {
    "campaigns.sending.jobs:send_campaigns",
    "datasets.queries.jobs:answer_queries",
    "datasets.refresh.jobs:refresh_datasets",
    "mail.jobs:send_letters",
    "webhooks.jobs:deliver_webhooks",
    "exchange.sales_files.jobs:write_imports",
}
# No scene gives them anything to do. A scene that does takes its consumer or job from this list.
IDLE = {
    "analytics.settlements.consumers:on_sale_recorded",
    "bonuses.accruals.consumers:on_tier_changed",
    "bonuses.redemptions.consumers:on_order_changed",
    "campaigns.sending.consumers:on_shard_frozen",
    "campaigns.sending.jobs:start_campaigns",
    "campaigns.series.consumers:on_email_confirmed",
    "campaigns.series.consumers:on_news_of_a_company",
    "campaigns.series.consumers:on_person_confirmed",
    "demand.consumers:on_demand_moved",
    "demand.consumers:on_stock_arrived",
    "demand.jobs:answer_demands",
    "mail.jobs:send_codes",
    "mail.jobs:settle_letters",
    "market_reports.publication.consumers:on_published",
    "market_reports.publication.consumers:on_withdrawn",
    "orders.consumers:follow_limits",
    "orders.consumers:settle_moved",
    "orders.consumers:settle_payment",
    "orders.consumers:settle_sale",
    "orders.consumers:settle_shipment",
    "orders.free_goods.consumers:on_order_changed",
    "orders.free_goods.consumers:on_payment_recorded",
    "orders.holds.consumers:on_stock_recorded",
    "orders.response_times.jobs:remind_distributors",
    "own_data.consumers:erase_leaver",
    "platform.delivery.jobs:deliver_bulk",
    "platform.delivery.jobs:redeliver_events",
    "pricing.displays.consumers:on_company_changed",
    "pricing.displays.consumers:on_display_approved",
    "recommendations.jobs:count_recommendations",
    "retention.cases.consumers:on_demand_answered",
    "retention.cases.jobs:ready_cases",
    "retention.lists.jobs:list_calls_of",
    "retention.lists.jobs:morning_calls",
    "retention.results.jobs:measure_results",
    "retention.results.jobs:nightly_results",
    "retention.states.jobs:decide_rhythm",
    "retention.waves.consumers:on_bonuses_adjusted",
    "retention.waves.consumers:on_company_joined",
    "retention.waves.consumers:on_company_parted",
    "retention.waves.consumers:on_contact_noted",
    "retention.waves.consumers:on_offer_issued",
    "retention.waves.consumers:on_state_changed",
    "retention.waves.consumers:on_terms_changed",
    "retention.waves.consumers:on_tier_granted",
    "retention.waves.jobs:assign_companies",
    "sales.consumers:on_payment_recorded",
    "sales.consumers:on_sale_joined",
    "sales.consumers:on_sale_recorded",
    "tiers.jobs:decide_tiers",
    "webhooks.consumers:on_order_event",
}

LANGUAGES = ("ru", "en")
# No scene makes their events, or makes them of somebody with a reader. Each is composed in the tests of its own room alone.
UNWRITTEN = {
    "big_client_quiet",
    "bonus_expiring",
    "bonus_reminder",
    "club_benefits",
    "companies_assigned",
    "companies_joined",
    "companies_left",
    "companies_parted",
    "company_assigned",
    "display_promised",
    "email_change_code",
    "email_changed",
    "goods_expiring",
    "goods_on_top_granted",
    "goods_on_top_unpaid",
    "goods_on_top_withdrawn",
    "inn_corrected",
    "issue_paused",
    "manager_changed",
    "not_reached",
    "offers_expiring",
    "order_changed",
    "order_escalated",
    "order_expected",
    "order_unanswered",
    "owner_left",
    "sign_in_code",
    "statement_disputed",
    "webhook_failed",
    "webhook_paused",
    "welcome",
}


class Writes:
    """A table of which only the writes can be interrupted: who dies between two reads leaves the same table."""

    def __init__(self, client: Any) -> None:
        self._client, self._counted = client, watched(client, "dynamodb")

    def __getattr__(self, name: str) -> Any:
        return getattr(
            self._counted if name.startswith(("put", "update", "delete", "transact")) else self._client, name
        )


class House:
    """Consumers, workers and jobs of a club, and the queues between them."""

    def __init__(self, club: Club) -> None:
        self.club, self.swept = club, set[str]()
        self.composed = set[tuple[str, str]]()
        self._sent = set[tuple[str, str]]()
        self._numbers = count(1)

    def send_message(self, **request: Any) -> None:
        self._sent.add((request["QueueUrl"].rpartition("/")[2].replace("_", "-"), request["MessageBody"]))

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        for each in request["Entries"]:
            self.send_message(QueueUrl=request["QueueUrl"], MessageBody=each["MessageBody"])
        return {}

    def happen(self, scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The scene, and all that follows from it."""
        start = everything(self.club.context)
        ask = SCENES[scene](self.club)
        queues = watched(self, "sqs")
        with monkeypatch.context() as patch:
            patch.setattr(aws, "sqs", lambda: queues)
            self._sent.clear()
            assert self.club.ask(WRITES[scene], ask).status == WRITES[scene].status, scene
            self._follow(start, self._sent)
            if scene == NIGHT_AFTER:
                for job in JOBS:
                    before = everything(self.club.context)
                    self._follow(before, self._do(job, {"id": "night"}, days=1))
                    restore(self.club.context, before)

    def _follow(self, before: dict[Key, Item], sent: set[tuple[str, str]]) -> None:
        told, taken = set(before), set[tuple[str, str]]()
        todo = set(sent)
        while True:
            events = [
                item for key, item in everything(self.club.context).items() if "event" in item and key not in told
            ]
            messages, todo = sorted(todo - taken), set()
            if not events and not messages:
                return
            told |= {Key(item["pk"], item["sk"]) for item in events}
            taken |= set(messages)
            for item in events:
                self.compose(item)
                for consume in consumers_of(item["event"]):
                    todo |= self._do(name_of(consume), event_of(item))
            for queue, body in messages:
                todo |= self._do(WORKERS[queue], {"messageId": "1", "receiptHandle": "1", "body": body})

    def _do(self, name: str, about: Any, days: int = 0) -> set[tuple[str, str]]:
        """The messages that it sends."""
        self._sent.clear()
        if name in APART:
            return set()
        before = everything(self.club.context) if name not in self.swept else {}

        def work() -> None:
            given = replace(about, batch={}) if hasattr(about, "batch") else about
            function_named(name)(self._context(days), given)

        work()
        sent = set(self._sent)
        after = everything(self.club.context) if name not in self.swept else {}
        if sent or before != after:
            if name not in self.swept:
                self._sweep(name, work, before)
                restore(self.club.context, after)
            self.swept.add(name)
        return sent

    def compose(self, item: Item) -> None:
        """The letters of the event, in each language: as if all of the club wrote in it."""
        context = self.club.context
        letters = letters_of(context, event_of(item))
        readers = [each for each in everything(context).values() if "language" in each] if letters else []
        for language, letter in product(LANGUAGES, letters):
            for each in readers:
                context.table.put({**each, "language": language})
            with suppress(Unsendable):
                secret = declaration(letter.template).secret
                mail = compose(self._context(), letter, secret.draw(lambda below: 0) if secret else "")
                self.composed.add((letter.template, mail.language))
        for each in readers:
            context.table.put(each)

    def _sweep(self, name: str, work: Callable[[], None], before: dict[Key, Item]) -> None:
        undisturbed = self._outcome(before)
        for crash in crashes():
            restore(self.club.context, before)
            self._sent.clear()
            with crash:
                work()
            work()
            assert self._outcome(before) == undisturbed, (name, crash)

    def _outcome(self, before: dict[Key, Item]) -> tuple[Any, ...]:
        now = everything(self.club.context)
        written = Counter(
            _undrawn(sorted((name, value) for name, value in item.items() if name not in HOW_OFTEN))
            for key, item in now.items()
            if before.get(key) != item
        )
        return before.keys() - now.keys(), written, set(map(_undrawn, self._sent))

    def _context(self, days: int = 0) -> Context:
        context = self.club.context
        later = context.now + timedelta(days=days)
        return replace(context, now=later, new_id=lambda prefix: f"{prefix}_drawn{next(self._numbers)}")


def _undrawn(written: Any) -> str:
    return DRAWN.sub("_drawn", repr(written))


def test_whatever_a_write_leads_to_may_die_at_any_write_and_is_done_again(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(cast(Any, Writes(MemoryDynamo())), "club", sleep=lambda seconds: None)
    club = Club(api, replace(context, table=table), monkeypatch)
    house = House(club)
    start = everything(club.context)
    for item in start.values():
        if "event" in item:
            house.compose(item)
    for scene in WRITES:
        restore(club.context, start)
        house.happen(scene, monkeypatch)
    every = {each.name for each in declared()} | {*WORKERS.values(), *JOBS}
    assert every - house.swept - APART == IDLE
    written = {name for name in declared_letters() if {(name, each) for each in LANGUAGES} <= house.composed}
    assert {*declared_letters()} - written == UNWRITTEN
