"""Orders of eleven weeks, noted by the test as it makes them: the service of distributors, and who ordered where from and what was saved, equal an
independent account of the notes in DuckDB, by company, month and day of the count."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from chalicelib.analytics.distributors import service
from chalicelib.analytics.rollups import service as rollups
from chalicelib.orders.consumers import record_shipment
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from tests.orders.steps import Market
from tests.support import partners
from tests.support.api import Caller

HEAD = Caller.person("mbr_admin", "staff", "admin", "club")
MOSCOW = ZoneInfo("Europe/Moscow")
FIRST, NOW = datetime(2026, 9, 1, 9, tzinfo=MOSCOW), datetime(2026, 11, 19, 17, 30, tzinfo=MOSCOW)
ARTICLES = {"LMP-1": range(1, 40), "LMP-2": range(6, 60, 6), "LMP-3": range(1, 9)}
Work = tuple[datetime, int, Callable[[], None]]


class Partner:
    """A company, two of its people and two of its addresses."""

    def __init__(self, market: Market, number: int, region: str, operator: Caller) -> None:
        self.company_id, self.operator = f"cmp_{number}", operator
        owner = partners.partner(
            market.context, self.company_id, f"mbr_{number}", region=region, inn=f"770700000{number}"
        )
        partners.member(market.context, f"mbr_{number}b")
        buyer = partners.speaks_for(market.context, self.company_id, f"mbr_{number}b", "buyer")
        self.people = {f"mbr_{number}": owner, f"mbr_{number}b": buyer}
        self.owner = owner
        self.shops = [self._address(market, name) for name in ("North", "South")]
        if number == 1:
            partners.reach(market.context, self.company_id, "60000.00")  # a tier, which saves

    def _address(self, market: Market, name: str) -> str:
        contact = {"contact_name": "Ivan", "contact_phone": "+74951234567"}
        made = market.post(
            "/v1/company/addresses", self.owner, {"name": name, "address": f"{name} street 1", **contact}
        )
        assert made.status == 201, made.text
        return str(made.json["address_id"])


class Trade:
    """Places orders and does with them what chance says, each at its moment; and notes what was done."""

    def __init__(self, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
        self.market, self.random = market, Random(14)
        self.now = FIRST
        monkeypatch.setattr(respond, "context_now", self._context)
        served = [partners.distributor(market.context, region, name=region) for region in ("RU-SPE", "RU-TVE")]
        regions = [("RU-MOW", market.operator), *zip(("RU-SPE", "RU-TVE"), (each[1] for each in served), strict=True)]
        self.partners = [Partner(market, number, *regions[number % 3]) for number in range(1, 5)]
        self.waiting: list[Work] = []
        self.notes = duckdb.connect()
        self.notes.sql("""
            CREATE TABLE orders (id VARCHAR, company VARCHAR, distributor VARCHAR, person VARCHAR, shop VARCHAR, placed TIMESTAMP);
            CREATE TABLE lines (id VARCHAR, sku VARCHAR, ordered INT, base DECIMAL(12, 4), price DECIMAL(12, 4), rule VARCHAR);
            CREATE TABLE steps (id VARCHAR, step VARCHAR, moment TIMESTAMP);
            CREATE TABLE agreed (id VARCHAR, sku VARCHAR, quantity INT);
            CREATE TABLE shipments (id VARCHAR, moment TIMESTAMP, sku VARCHAR, quantity INT);
            CREATE TABLE holidays AS SELECT unnest(['2026-11-04'::DATE]) AS day;
        """)

    def _context(self) -> Context:
        return replace(self.market.context, now=self.now.astimezone(UTC))

    def run(self, orders: int) -> None:
        for _ in range(orders):
            self._later(FIRST + (NOW - FIRST) * self.random.random(), self._place, working=True)
        while self.waiting:
            self.now, _, act = heapq.heappop(self.waiting)
            act()
        self.now = NOW

    def _later(self, moment: datetime, act: Callable[[], None], *, working: bool = False) -> None:
        """`working`: at the next of the office's hours, where a deadline counts from the moment itself."""
        while working and (moment.isoweekday() > 5 or moment.hour not in range(9, 18) or f"{moment:%m-%d}" == "11-04"):
            moment += timedelta(hours=1)
        moment = moment.replace(microsecond=0)
        if moment < NOW:
            heapq.heappush(self.waiting, (moment, len(self.waiting) + self.random.randrange(10**9), act))

    @property
    def _noted(self) -> datetime:
        return self.now.replace(tzinfo=None)  # by the clocks of Moscow, which are never set

    def _note(self, table: str, *values: Any) -> None:
        self.notes.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", list(values))

    def _place(self) -> None:
        partner = self.random.choice(self.partners)
        (member_id, person), shop = (
            self.random.choice([*partner.people.items()]),
            self.random.choice([None, *partner.shops]),
        )
        chosen = self.random.sample(sorted(ARTICLES), self.random.randint(1, 3))
        wanted = {sku: self.random.choice(ARTICLES[sku]) for sku in chosen}
        delivery = {"delivery": {"method": "carrier", "address_id": shop}} if shop else {}
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in wanted.items()]
        made = self.market.post("/v1/orders", person, {"lines": lines, **delivery})
        assert made.status == 201, made.text
        order = made.json
        order_id = order["order_id"]
        self._note(
            "orders",
            order_id,
            partner.company_id,
            order["distributor"]["distributor_id"],
            member_id,
            shop or "",
            self._noted,
        )
        for line in order["lines"]:
            prices = (Decimal(line[name]["amount"]) for name in ("base_price", "unit_price"))
            self._note("lines", order_id, line["sku"], line["quantity"], *prices, line["rule"]["name"])
        act = self.random.choices(
            [self._cancel, self._reject, self._accept, self._cut, self._enlarge, lambda *_: None], [1, 1, 4, 2, 1, 1]
        )[0]
        hours = self.random.choice([1, 3, 8, 20, 26, 50, 90]) * self.random.uniform(0.5, 1)
        self._later(self.now + timedelta(hours=hours), lambda: act(partner, order_id, wanted))

    def _answer(self, caller: Caller, path: str, body: Any, order_id: str, step: str, **more: Any) -> None:
        answer = self.market.post(path, caller, body, **more)
        assert answer.status == 200, answer.text
        self._note("steps", order_id, step, self._noted)

    def _cancel(self, partner: Partner, order_id: str, wanted: dict[str, int]) -> None:
        self._answer(partner.owner, f"/v1/orders/{order_id}/cancel", {}, order_id, "cancelled")

    def _reject(self, partner: Partner, order_id: str, wanted: dict[str, int]) -> None:
        self._answer(
            partner.operator, f"/v1/distributor/orders/{order_id}/reject", {"reason": "No stock"}, order_id, "rejected"
        )

    def _accept(self, partner: Partner, order_id: str, wanted: dict[str, int], step: str = "accepted") -> None:
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in wanted.items()]
        self._answer(partner.operator, f"/v1/distributor/orders/{order_id}/accept", {"lines": lines}, order_id, step)
        for sku, quantity in wanted.items():
            self._note("agreed", order_id, sku, quantity)
        if step == "accepted":
            self._then_ship(partner, order_id, wanted)

    def _cut(self, partner: Partner, order_id: str, wanted: dict[str, int]) -> None:
        self._accept(partner, order_id, {sku: quantity - (quantity > 12) * 6 for sku, quantity in wanted.items()})

    def _enlarge(self, partner: Partner, order_id: str, wanted: dict[str, int]) -> None:
        """More of an article, to which the company agrees later, or never."""
        more = {sku: quantity + 6 for sku, quantity in wanted.items()}
        self._accept(partner, order_id, more, "changed")

        def confirm() -> None:
            etag = self.market.api.call("GET", f"/v1/orders/{order_id}", partner.owner).headers["etag"]
            headers = {"if-match": etag}
            self._answer(partner.owner, f"/v1/orders/{order_id}/confirm", {}, order_id, "confirmed", headers=headers)
            self._then_ship(partner, order_id, more)

        if self.random.random() < 0.8:
            self._later(self.now + timedelta(hours=self.random.uniform(1, 40)), confirm)

    def _then_ship(self, partner: Partner, order_id: str, agreed: dict[str, int]) -> None:
        """Whole, in two parts, or not at all."""
        halves = {sku: quantity // 2 for sku, quantity in agreed.items() if quantity > 1}
        rest = {sku: quantity - halves.get(sku, 0) for sku, quantity in agreed.items()}
        for number, part in enumerate(self.random.choice([[agreed], [halves, rest], []])):
            if part:
                hours = self.random.uniform(2, 200) + 700 * number
                self._later(self.now + timedelta(hours=hours), lambda part=part: self._ship(partner, order_id, part))  # type: ignore[misc]

    def _ship(self, partner: Partner, order_id: str, part: dict[str, int]) -> None:
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in part.items()]
        body = {"document": f"S-{self.random.randrange(10**9)}", "lines": lines}
        self._answer(partner.operator, f"/v1/distributor/orders/{order_id}/ship", body, order_id, "shipped")
        for sku, quantity in part.items():
            self._note("shipments", order_id, self._noted, sku, quantity)

    # --- what the club says ---

    def fold(self) -> None:
        """What the stream and the night do."""
        context, rows = self._context(), []
        for each in self.partners:
            for event in self.market.events(each.company_id):
                if event["event"] == "order.shipped":
                    record_shipment(context, Event(event["event"], "evt_1", event))
            rollups.build(context, each.company_id)
            rows += service.rows_of(context, each.company_id, context.today.replace(day=1))
        service.write(context, rows, context.today.replace(day=1), context.at)

    def told(self, path: str, caller: Caller) -> Any:
        answer = self.market.api.call("GET", path, caller)
        assert answer.status == 200, answer.text
        return answer.json


SERVICE = """
    WITH days AS (
        SELECT day, lead(day) OVER (ORDER BY day) AS following FROM (SELECT unnest(range('2026-09-01'::DATE, '2026-12-31'::DATE, INTERVAL 1 DAY))::DATE AS day)
        WHERE isodow(day) < 6 AND day NOT IN (FROM holidays)
    ), served AS (
        SELECT strftime(placed, '%Y-%m') AS month, distributor, id, placed,
            following + placed::TIME AS deadline,
            (SELECT min(moment) FROM steps WHERE id = o.id AND step IN ('accepted', 'changed', 'rejected')) AS answered,
            (SELECT min(moment) FROM steps WHERE id = o.id AND step IN ('accepted', 'confirmed')) AS agreed,
            (SELECT min(moment) FROM steps WHERE id = o.id AND step = 'shipped') AS shipped,
            EXISTS (FROM steps WHERE id = o.id AND step = 'cancelled') AS cancelled,
            EXISTS (FROM steps WHERE id = o.id AND step = 'rejected') AS rejected,
            EXISTS (FROM agreed JOIN lines USING (id, sku) WHERE id = o.id AND quantity < ordered) AS cut
        FROM orders o JOIN days ON day = placed::DATE
    ), counted AS (
        SELECT *, deadline AS due_at, round(epoch(answered - placed) / 3600, 1) AS to_answer, round(epoch(shipped - agreed) / 3600, 1) AS to_ship FROM served
        WHERE answered IS NOT NULL OR NOT cancelled
    )
    SELECT month, distributor, count(*),
        round(100 * count(*) FILTER (answered <= due_at) / nullif(count(*) FILTER (answered IS NOT NULL OR due_at < $now), 0), 1),
        count(answered), quantile_disc(to_answer, 0.5),
        round(100 * count(*) FILTER (rejected) / nullif(count(answered), 0), 1), round(100 * count(*) FILTER (cut) / nullif(count(answered), 0), 1),
        count(shipped), quantile_disc(to_ship, 0.5)
    FROM counted GROUP BY ALL ORDER BY 1, 2
"""
SHIPPED = """
    SELECT company, {name}, sum(amount), sum(quantity) FROM (
        SELECT company, person, shop, distributor, strftime(moment, '%Y-%m') AS month, rule, quantity,
            round(quantity * price, 2)::DECIMAL(18, 2) AS amount, (quantity * base)::DECIMAL(18, 2) - round(quantity * price, 2)::DECIMAL(18, 2) AS saved
        FROM shipments JOIN lines USING (id, sku) JOIN orders USING (id)
        UNION ALL SELECT 'cmp_1', '', '', '', '2026-11', '', 1, 60000, 0  -- what gave the company its tier
    ) GROUP BY ALL
"""


def run(market: Market, monkeypatch: pytest.MonkeyPatch, orders: int) -> int:
    """Trades, and compares all figures; returns the number of orders that were shipped."""
    trade = Trade(market, monkeypatch)
    trade.run(orders)
    trade.fold()
    check_service(trade)
    check_own(trade)
    return int(trade.notes.sql("SELECT count(DISTINCT id) FROM shipments").fetchall()[0][0])


def check_service(trade: Trade) -> None:
    rows = trade.told("/v1/staff/analytics/distributors?from=2026-09&to=2026-11", HEAD)["rows"]
    names = (
        "orders",
        "in_time_percent",
        "answered",
        "answer_hours",
        "rejected_percent",
        "cut_percent",
        "shipped",
        "ship_hours",
    )
    found = [(row["month"], row["distributor_id"], *(_number(row[name]) for name in names)) for row in rows]
    said = trade.notes.execute(SERVICE, {"now": NOW.replace(tzinfo=None)}).fetchall()
    assert found == [(month, distributor, *map(_number, rest)) for month, distributor, *rest in said]
    assert len(found) == 9


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def check_own(trade: Trade) -> None:
    for by in ("person", "shop", "distributor", "month"):
        said = set(trade.notes.sql(SHIPPED.format(name=by)).fetchall())
        assert set(_own(trade, by)) == said, by
    said = trade.notes.sql(
        SHIPPED.format(name="month, rule").replace("sum(amount), sum(quantity)", "sum(saved)")
    ).fetchall()
    assert set(_savings(trade)) == {row for row in said if row[3]}


def _own(trade: Trade, by: str) -> Iterator[tuple[Any, ...]]:
    for each in trade.partners:
        for row in trade.told(f"/v1/company/analytics?by={by}&from=2026-09", each.owner)["rows"]:
            if row["units"] != "0":
                yield each.company_id, row["name"], Decimal(row["net"]["amount"]), int(row["units"])


def _savings(trade: Trade) -> Iterator[tuple[Any, ...]]:
    for each in trade.partners:
        for row in trade.told("/v1/company/analytics?from=2026-09", each.owner)["rows"]:
            for saving in row["savings"]:
                yield each.company_id, row["name"], saving["rule"], Decimal(saving["amount"]["amount"])


def test_orders_are_counted_as_they_were_noted(memory_market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(memory_market, monkeypatch, 45) > 10


@pytest.mark.slow
def test_many_orders_are_counted_as_they_were_noted(memory_market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(memory_market, monkeypatch, 300) > 90
