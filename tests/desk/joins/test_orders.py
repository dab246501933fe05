"""The orders of a company that turned out to be another one: all of them go there, and what happens to them later counts once."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib import companies, orders
from chalicelib.bonuses.redemptions import service as redemptions
from chalicelib.bonuses.redemptions.schemas import RedemptionForm
from chalicelib.companies import store as companies_store
from chalicelib.desk.joins import keys, service, store
from chalicelib.desk.joins.model import OrderOfJoin
from chalicelib.orders.files import store as files_store
from chalicelib.orders.files.model import OrderFile, OrderFileKind, OrderFiles
from chalicelib.orders.holds import credit
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.orders.lifecycle import service as lifecycle
from chalicelib.orders.order.rules import Actor, Order, accept
from chalicelib.orders.response_times import keys as response_times_keys
from chalicelib.platform.http.problems import Problem
from chalicelib.sales.payments import service as payments
from chalicelib.sales.payments.model import Payment
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.bonuses.accruals.steps import SOURCE
from tests.desk.joins.steps import BY, Firm, cloud
from tests.orders.conftest import market_on
from tests.orders.holds.test_credit import agree
from tests.orders.steps import Market, errors
from tests.support.api import Answer, Caller
from tests.support.crashes import crashes, uncounted, watched
from tests.support.memory import MemoryDynamo
from tests.support.partners import distributor, partner
from tests.support.spent import measures, spent

OLD, NEW = "cmp_2", "cmp_1"
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


@dataclass
class Pair:
    """Two companies that order on credit from one distributor, each with a buyer of its own."""

    market: Market
    firm: Firm
    buyers: dict[str, Caller] = field(default_factory=dict)

    def place(self, company_id: str, quantity: int = 10) -> str:
        self.market.buyer = self.buyers[company_id]
        return self.market.placed({"LMP-1": quantity})

    def shipped(self, company_id: str, document: str, quantity: int = 10, units: int = 10) -> str:
        order_id = self.place(company_id, quantity)
        assert self.market.accept(order_id).status == 200
        assert self.market.ship(order_id, {"LMP-1": units}, document=document).status == 200
        self.firm.settle()
        return order_id

    def order_of(self, company_id: str, order_id: str) -> Answer:
        return self.market.api.call("GET", f"/v1/orders/{order_id}", self.buyers[company_id])

    def join(self) -> str:
        join_id = self.firm.join()
        self.firm.settle()
        assert service.show(self.firm.context, join_id, "en").state == "done"
        # Whoever acts for the company that stays signs in anew.
        self.buyers["gone"] = Caller.person("mbr_2", "company", "owner", NEW)
        return join_id

    def undo(self, join_id: str) -> None:
        service.undo(self.firm.context, join_id, BY, "en")
        self.firm.settle()
        assert service.show(self.firm.context, join_id, "en").state == "undone"

    def listed(self, company_id: str, limit: int = 1) -> list[str]:
        """Ids in the company's list, page after page."""
        found, query = list[str](), f"?limit={limit}"
        while True:
            page = self.market.api.call("GET", f"/v1/orders{query}", self.buyers[company_id]).json
            found += [each["order_id"] for each in page["items"]]
            if page["next_cursor"] is None:
                return found
            query = f"?limit={limit}&cursor={page['next_cursor']}"

    def sums(self, company_id: str) -> tuple[Decimal, Decimal, int]:
        """Credit in use, purchases, and the number of documents that count."""
        item = self.firm.context.table.get(holds_keys.credit(company_id), consistent=True)
        days = self.firm.context.table.query_all(f"COMPANY#{company_id}", starts="DAY#")
        used = credit.used_credit(item)
        return used, self.firm.purchases(company_id), sum(int(day["documents"]) for day in days)

    def expected(self, company_id: str, paid: set[str] = frozenset()) -> tuple[Decimal, Decimal, int]:  # type: ignore[assignment]
        """The same, from the company's orders alone."""
        used = bought = Decimal(0)
        documents = 0
        for order in every_order(self, company_id):
            used += credit._open(order)
            for shipment in order.shipments:
                back = [line for line in order.came_back if line.document == shipment.document]
                net = shipment.total - sum(line.amount for line in back)
                bought += net
                used += 0 if shipment.document in paid else net
                documents += 1
            for each in order.returns:
                if each.document:
                    documents += len({line.document for line in each.lines if line.counted})
        return used, bought, documents


def every_order(pair: Pair, company_id: str) -> list[Order]:
    return list(orders.orders_since(pair.firm.context, company_id, "0"))


def a_pair(queue: Any, patch: pytest.MonkeyPatch) -> Pair:
    market = market_on(Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None), patch)
    other = partner(market.context, OLD, "mbr_2", inn="7736050003", region="RU-MOW", name="Luch of old")
    for company_id in (OLD, NEW):
        market.company_id = company_id
        agree(market, credit_limit="1000000", deferral_days=14)
    firm = Firm(queue, market.context, old=OLD, new=NEW)
    firm.settle()
    return Pair(market, firm, {OLD: other, NEW: market.buyer})


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    with cloud() as queue:
        yield a_pair(queue, monkeypatch)


def test_all_orders_of_both_are_those_of_the_company_that_stays(pair: Pair) -> None:
    own, shipped = pair.place(NEW), pair.shipped(OLD, "УТ-1", units=4)
    waiting = pair.place(OLD, 3)
    before = [pair.sums(each) for each in (OLD, NEW)]
    told = pair.market.post(
        "/v1/staff/company-joins/preview", MANAGER, {"company_id": OLD, "into_company_id": NEW}
    ).json
    assert (told["obstacles"], told["orders"], told["documents"]) == ([], 2, 1)
    assert told["purchases"]["amount"] == "480.00"
    join_id = pair.join()
    assert pair.listed(NEW) == [waiting, shipped, own] == pair.listed("gone")
    assert pair.sums(OLD) == (0, 0, 0)
    assert pair.sums(NEW) == tuple(map(sum, zip(*before, strict=True)))
    seen = pair.market.api.call("GET", f"/v1/distributor/orders/{shipped}", pair.market.operator).json
    assert seen["company"] == {"company_id": NEW, "name": "Luch cmp_1", "inn": "7707083893"}
    for company_id in (OLD, NEW):  # an address of the time before leads to the order
        found = pair.market.api.call("GET", f"/v1/staff/companies/{company_id}/orders/{shipped}", MANAGER)
        assert (found.status, found.json["company"]["company_id"]) == (200, NEW)
    every = pair.market.api.call("GET", "/v1/staff/orders", MANAGER).json["items"]
    assert {each["order_id"]: each["company"]["company_id"] for each in every} == dict.fromkeys(
        (own, shipped, waiting), NEW
    )
    assert pair.firm.context.table.get(response_times_keys.waiting(OLD, waiting)) is None
    pair.undo(join_id)
    assert (pair.listed(OLD), pair.listed(NEW)) == ([waiting, shipped], [own])
    assert [pair.sums(each) for each in (OLD, NEW)] == before
    assert pair.order_of(OLD, shipped).json["company"]["name"] == "Luch of old"
    assert pair.order_of(NEW, shipped).status == 404


def test_what_happens_to_an_old_order_after_the_join_counts_once_and_goes_back_with_it(pair: Pair) -> None:
    order_id, cancelled = pair.shipped(OLD, "УТ-1", units=4), pair.place(OLD)
    join_id = pair.join()
    pair.market.buyer = pair.buyers["gone"]
    assert pair.market.ship(order_id, document="УТ-2").status == 200
    assert pair.market.cancel(cancelled).status == 200
    pair.market.returned(order_id, ("УТ-1", "LMP-1", 3))
    later = pair.shipped(NEW, "УТ-3")
    assert (pair.sums(OLD), pair.sums(NEW)) == ((0, 0, 0), pair.expected(NEW))
    assert pair.sums(NEW)[1:] == (Decimal(1200 - 360 + 1200), 4)
    pair.undo(join_id)
    assert (pair.listed(OLD), pair.listed(NEW)) == ([cancelled, order_id], [later])
    assert [pair.sums(each) for each in (OLD, NEW)] == [pair.expected(each) for each in (OLD, NEW)]
    assert pair.sums(OLD)[1:] == (Decimal(1200 - 360), 3)


def test_cart_wishes_addresses_and_contacts_go_with_the_people_and_come_back(pair: Pair) -> None:
    api, old, new = pair.market.api, pair.buyers[OLD], pair.buyers[NEW]

    def kept(caller: Caller, company_id: str) -> Any:
        read = {path: api.call("GET", f"/v1/{path}", caller).json for path in ("cart", "demands", "company/addresses")}
        known = companies.read_companies(pair.firm.context, [company_id])[company_id]
        return (
            {line["sku"]: line["quantity"] for line in read["cart"]["lines"]},
            [each["text"] for each in read["demands"]["items"]],
            [each["name"] for each in read["company/addresses"]["items"]],
            [each.name for each in known.contacts or ()],
        )

    def address(caller: Caller, name: str) -> str:
        form = {"name": name, "address": "Moscow", "contact_name": "Ivan", "contact_phone": "+74951234567"}
        made = api.call("POST", "/v1/company/addresses", caller, form, key=name)
        assert made.status == 201, made.text
        return str(made.json["address_id"])

    for company_id, person in ((OLD, "Gus Guard"), (NEW, "Nina Keys")):
        path = f"/v1/staff/companies/{company_id}"
        etag = api.call("GET", path, MANAGER).headers["etag"]
        form = {"contacts": [{"name": person, "phone": "+74951234567"}]}
        assert api.call("PATCH", path, MANAGER, form, headers={"if-match": etag}).status == 200
    address(new, "Office")
    moved = address(old, "Warehouse")
    lines = {"lines": [{"sku": "LMP-1", "quantity": 3}]}
    assert api.call("POST", "/v1/cart/lines", old, lines, key="cart").status == 200
    assert api.call("POST", "/v1/demands", old, {"text": "A round panel"}).status == 200
    before = [kept(old, OLD), kept(new, NEW)]

    join_id = pair.join()
    gone = pair.buyers["gone"]
    books, contacts = ["Office", "Warehouse"], ["Nina Keys", "Gus Guard"]
    assert kept(gone, NEW) == ({"LMP-1": 3}, ["A round panel"], books, contacts)
    assert kept(new, NEW) == ({}, [], books, contacts)
    [waiting] = api.call("GET", "/v1/staff/demands/waiting", MANAGER).json["items"]
    assert waiting["company_id"] == NEW
    form = {"name": "Depot", "address": "Tver, 1 Depot Street", "contact_name": "Ivan", "contact_phone": "+74951234567"}
    change = api.call("PUT", f"/v1/company/addresses/{moved}", gone, form, headers={"if-match": '"1"'})
    assert change.status == 200, change.text

    pair.undo(join_id)
    cart, wishes, _, contacts = before[0]
    assert [kept(old, OLD), kept(new, NEW)] == [(cart, wishes, ["Depot"], contacts), before[1]]


def test_other_companies_and_whoever_left_see_nothing_of_the_orders(pair: Pair) -> None:
    order_id = pair.place(OLD)
    stranger = partner(pair.market.context, "cmp_3", "mbr_3", inn="7705031674", region="RU-MOW")
    dismissed = pair.buyers[OLD]
    pair.join()
    url = f"/v1/orders/{order_id}"
    for caller in (stranger, dismissed):
        assert pair.market.api.call("GET", url, caller).status == 404
        assert pair.market.post(f"{url}/cancel", caller, {}).status in (403, 404)
    _, other = distributor(pair.market.context, "RU-SPE")
    assert pair.market.api.call("GET", f"/v1/distributor/orders/{order_id}", other).status == 404
    assert pair.market.api.call("GET", f"/v1/staff/companies/cmp_3/orders/{order_id}", MANAGER).status == 404
    assert pair.order_of("gone", order_id).status == 200


def test_the_staff_places_no_order_for_a_company_that_was_joined(pair: Pair) -> None:
    pair.join()
    placed = pair.market.post(
        f"/v1/staff/companies/{OLD}/orders", MANAGER, {"lines": [{"sku": "LMP-1", "quantity": 1}]}
    )
    assert errors(placed) == [("", "joined_company")]
    assert every_order(pair, OLD) == []


def test_a_step_that_meets_the_move_is_taken_where_the_order_is(pair: Pair) -> None:
    context, order_id = pair.firm.context, pair.place(OLD)
    read_before = orders.load_order(context, OLD, order_id)
    pair.join()
    by = Actor("distributor", "mbr_d")
    lifecycle.change(
        context, read_before, lambda order: accept(order, [], by=by, at=context.at), lifecycle.step_writes(context)
    )
    [order] = every_order(pair, NEW)
    assert (order.state, every_order(pair, OLD)) == ("accepted", [])


def test_files_and_open_questions_go_with_the_order(pair: Pair) -> None:
    order_id, context = pair.place(OLD), pair.firm.context
    kind = OrderFileKind.SPECIFICATION
    kept = OrderFiles((OrderFile("ofl_1", kind, "spec.pdf", "application/pdf", "mbr_2", context.at),), version=1)
    tx = Transaction()
    files_store.replace(tx, OLD, order_id, OrderFiles(), kept)
    context.table.commit(tx)
    pair.firm.settle()
    asked = context.table.get(response_times_keys.waiting(OLD, order_id))
    assert asked is not None
    pair.join()
    assert files_store.read(context.table, NEW, order_id) == kept
    assert files_store.read(context.table, OLD, order_id) == OrderFiles()
    moved = context.table.get(response_times_keys.waiting(NEW, order_id))
    assert moved is not None
    assert {name: moved[name] for name in ("waits", "gsi2sk")} == {name: asked[name] for name in ("waits", "gsi2sk")}


def test_a_shipment_that_is_told_late_is_counted_for_the_company_that_stays(pair: Pair) -> None:
    order_id = pair.place(OLD)
    pair.firm.settle()
    pair.market.accept(order_id)
    pair.market.ship(order_id, document="УТ-1")
    late = pair.firm.stream.new()
    pair.firm.context = replace(pair.firm.context, now=pair.firm.context.now + timedelta(seconds=1))
    join_id = pair.firm.join()
    for _ in range(3):  # it waits for the document
        service.work(pair.firm.context, {"body": f'{{"join_id": "{join_id}"}}'})
    [number] = [each.number for each in every_order(pair, NEW)]
    card = pair.market.api.call("GET", f"/v1/staff/company-joins/{join_id}", MANAGER).json
    waits_for = f"A shipment or a return of order {number} has yet to be recorded."
    assert (card["state"], card["waits_for"]) == ("moving", waits_for)
    [listed] = pair.market.api.call("GET", "/v1/staff/company-joins", MANAGER, headers={"accept-language": "ru"}).json[
        "items"
    ]
    assert listed["waits_for"] == f"Отгрузка или возврат по заказу {number} ещё не записаны в продажи."
    for _ in range(2):
        pair.firm.stream.deliver(late)
    pair.firm.settle()
    done = service.show(pair.firm.context, join_id, "en")
    assert (done.state, done.waits_for) == ("done", None)
    pair.firm.stream.deliver(late)
    assert (pair.sums(OLD), pair.sums(NEW)) == ((0, 0, 0), pair.expected(NEW))


def test_a_redemption_goes_with_its_order_and_what_a_return_gives_back_too(pair: Pair) -> None:
    pair.firm.give(OLD, "500")
    order_id = pair.place(OLD)
    form = RedemptionForm(amount=Decimal(300), order_id=order_id)
    redeemed = redemptions.redeem(pair.firm.context, OLD, "mbr_2", form)
    pair.market.accept(order_id)
    pair.market.ship(order_id, document="УТ-1")
    pair.firm.settle()
    earned = pair.firm.bonuses(OLD) - 200
    join_id = pair.join()
    assert redemptions.redemption_or_404(pair.firm.context, NEW, redeemed.redemption_id).amount == 300
    assert (pair.firm.bonuses(OLD), pair.firm.bonuses(NEW)) == (0, 200 + earned)
    pair.market.buyer = pair.buyers["gone"]
    pair.market.returned(order_id, ("УТ-1", "LMP-1", 9))
    pair.firm.settle()
    assert redemptions.redemption_or_404(pair.firm.context, NEW, redeemed.redemption_id).amount == 120
    after = pair.firm.bonuses(NEW)
    assert after >= 380
    pair.undo(join_id)
    assert redemptions.redemption_or_404(pair.firm.context, OLD, redeemed.redemption_id).amount == 120
    assert (pair.firm.bonuses(OLD), pair.firm.bonuses(NEW)) == (after, 0)


STEPS = some.one_of(
    some.tuples(some.just("place"), some.booleans(), some.integers(1, 20)),
    some.tuples(some.sampled_from(("ship", "return", "cancel", "pay")), some.integers(0, 9), some.integers(1, 9)),
    some.tuples(some.just("turn"), some.just(0), some.just(0)),
)


class Story:
    """What the buyers, the distributor and a manager do one after the other; `turn` joins the two companies, or undoes that."""

    def __init__(self, pair: Pair) -> None:
        self.pair, self.market = pair, pair.market
        self.join_id = ""
        self.paid: set[str] = set()
        self.homes: dict[str, str] = {}  # by order, the company that placed it
        self.number = 0

    def do(self, step: str, first: int, second: int) -> None:
        if step == "place":
            company_id = OLD if first and not self.join_id else NEW
            self.homes[self.pair.place(company_id, second)] = company_id
        elif step == "turn":
            if self.join_id:
                self.pair.undo(self.join_id)
            self.join_id = "" if self.join_id else self.pair.join()
        elif self.homes:
            self.on_order(step, sorted(self.homes)[first % len(self.homes)], second)
        self.pair.firm.settle()
        self.holds()

    def on_order(self, step: str, order_id: str, units: int) -> None:
        company_id = NEW if self.join_id else self.homes[order_id]
        self.market.buyer = self.pair.buyers[company_id]
        shown = self.market.order(order_id)
        match step:
            case "ship":
                self.market.accept(order_id)
                self.number += 1
                left = shown["lines"][0]["quantity"] - sum(each["lines"][0]["quantity"] for each in shown["shipments"])
                if left:
                    self.market.ship(order_id, {"LMP-1": min(units, left)}, document=f"УТ-{self.number}")
            case "cancel":
                self.market.cancel(order_id)
            case "return" if shown["shipments"]:
                asked = self.market.request_return(order_id, (shown["shipments"][0]["document"], "LMP-1", 1))
                if asked.status == 200:
                    self.number += 1
                    return_id = asked.json["returns"][-1]["return_id"]
                    assert self.market.accept_return(order_id, return_id, document=f"ВЗ-{self.number}").status == 200
            case "pay" if shown["shipments"]:
                document = shown["shipments"][0]["document"]
                ref = ("orders", f"{self.market.distributor_id}:{order_id}/{document}")
                payments.record_payments(self.market.context, [Payment(ref, self.market.context.today)], by="mch_1")
                self.paid.add(document)

    def holds(self) -> None:
        for company_id in (OLD, NEW):
            own = {order_id for order_id, home in self.homes.items() if (NEW if self.join_id else home) == company_id}
            assert {each.order_id for each in every_order(self.pair, company_id)} == own
            assert self.pair.sums(company_id) == self.pair.expected(company_id, self.paid)


@settings(max_examples=10)
@given(steps=some.lists(STEPS, min_size=6, max_size=14))
def test_whatever_happens_to_orders_each_company_has_the_sums_of_its_own(steps: list[tuple[str, int, int]]) -> None:
    with cloud() as queue, pytest.MonkeyPatch.context() as patch:
        story = Story(a_pair(queue, patch))
        for step in [("place", 1, 9), ("ship", 0, 3), *steps, ("turn", 0, 0)]:
            story.do(*step)


def test_a_company_takes_part_in_one_join_at_a_time_and_a_chain_is_undone_from_its_end(pair: Pair) -> None:
    order_id = pair.place(OLD)
    pair.buyers["cmp_3"] = partner(pair.market.context, "cmp_3", "mbr_3", inn="7705031674", region="RU-MOW")
    further = replace(pair.firm, old=NEW, new="cmp_3")
    first = pair.firm.join()
    with pytest.raises(Problem, match="wrong_state") as refused:
        further.join()
    assert "under way" in str(refused.value.detail)
    pair.firm.settle()
    second = further.join()
    with pytest.raises(Problem, match="wrong_state"):
        service.undo(pair.firm.context, first, BY, "en")
    pair.firm.settle()
    assert pair.order_of("cmp_3", order_id).status == 200
    old = pair.market.api.call("GET", f"/v1/staff/companies/{OLD}/orders/{order_id}", MANAGER)
    assert old.json["company"]["company_id"] == "cmp_3"
    with pytest.raises(Problem, match="wrong_state"):
        service.undo(pair.firm.context, first, BY, "en")
    for join_id, company_id in ((second, NEW), (first, OLD)):
        service.undo(pair.firm.context, join_id, BY, "en")
        pair.firm.settle()
        assert [each.order_id for each in every_order(pair, company_id)] == [order_id]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("undone", [False, True], ids=["join", "undoing"])
def test_wherever_it_dies_the_same_comes_out(pair: Pair, undone: bool) -> None:
    pair.firm.give(OLD, "500")
    order_id = pair.place(OLD)
    redemptions.redeem(pair.firm.context, OLD, "mbr_2", RedemptionForm(amount=Decimal(100), order_id=order_id))
    pair.market.accept(order_id)
    pair.market.ship(order_id, document="УТ-1")
    pair.place(NEW, 2)
    tx = Transaction()
    companies_store.mark_customer(tx, SOURCE, "К-1", OLD, "RUB", None, None)
    pair.firm.context.table.commit(tx)
    pair.firm.buy(OLD, "УТ-7", 20, "40000")
    join_id = pair.firm.join()
    if undone:
        pair.firm.settle()
        pair.market.buyer = pair.buyers["gone"] = Caller.person("mbr_2", "company", "owner", NEW)
        pair.market.returned(order_id, ("УТ-1", "LMP-1", 9))
        pair.firm.settle()
        service.undo(pair.firm.context, join_id, BY, "en")
    memory: Any = pair.firm.context.table.client
    kept, seen = deepcopy(memory._fake), set(pair.firm.stream.seen)

    def afresh() -> Firm:
        pair.firm.queue.bodies.clear()
        table = Table(watched(deepcopy(kept), "dynamodb"), "club", sleep=lambda seconds: None)
        again = Firm(pair.firm.queue, replace(pair.firm.context, table=table), OLD, NEW)
        again.stream.seen = set(seen)
        return again

    def outcome(firm: Firm) -> Any:
        both = replace(pair, firm=firm)
        with uncounted():
            return [
                (
                    both.sums(each),
                    firm.bonuses(each),
                    [order.order_id for order in every_order(both, each)],
                    companies.customers_of(firm.context, each),
                    [person.member_id for person in companies.people_of(firm.context, each)],
                )
                for each in (OLD, NEW)
            ], service.show(firm.context, join_id, "en").state

    whole = afresh()
    whole.settle()
    undisturbed = outcome(whole)
    assert undisturbed[1] == ("undone" if undone else "done")
    for crash in crashes():
        broken = afresh()
        with crash:
            broken.settle()
        broken.stream.seen = set(seen)  # an event that was not handled to its end is told again
        broken.settle()
        assert outcome(broken) == undisturbed, crash


@measures(keys.under_way, keys.order_of_join)
def test_the_orders_of_a_join_are_one_query(local_table: Table) -> None:
    tx = Transaction()
    for number in range(20):
        store.note_order(tx, OrderOfJoin("jon_1", f"ord_{number}", "dst_1", "Luch", "7707083893"))
    local_table.commit(tx)
    with spent(local_table.client) as cost:
        assert len(store.orders_of(local_table, "jon_1", waits=True)) == 20
        assert not store.is_under_way(local_table, "cmp_1", "cmp_2")
    assert (cost.calls, cost.read_units) == (["Query", "BatchGetItem"], 3)
