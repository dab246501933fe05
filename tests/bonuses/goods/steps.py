"""Words of the tests of periods and goods: a partner buys, periods close, goods are chosen and shipped, days pass."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from chalicelib import members, sales
from chalicelib.bonuses.closing import consumers as closing_consumers
from chalicelib.bonuses.closing import service as closing
from chalicelib.bonuses.goods import service as goods
from chalicelib.bonuses.goods import store as goods_store
from chalicelib.bonuses.goods.rules import Choice, Entitlement
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Balances, Posting
from chalicelib.bonuses.volume import keys as volume_keys
from chalicelib.bonuses.volume.config import VolumeBonuses, VolumeProgramme
from chalicelib.companies import keys as companies_keys
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.platform.ids import derived_id
from chalicelib.table.records import from_item
from chalicelib.table.transactions import Item, Transaction
from tests.catalog.steps import row, stock
from tests.support.api import Answer, Api, Caller
from tests.support.figures import with_figures
from tests.support.partners import partner

COMPANY = "cmp_1"
_keys = count(1)

QUARTER: dict[str, Any] = {
    "code": "quarter",
    "name": "Quarter bonus",
    "name_ru": "Квартальный бонус",
    "every": "quarter",
    "since": "2026-01-01",
    "mode": "whole",
    "grace_days": 10,
    "pays": "goods_next_period",
    "choose_days": 90,
    "notice_days": 14,
    "brackets": {"RUB": [{"from": 1000, "percent": 10}, {"from": 5000, "percent": 20}]},
}


def programmes(context: Context, *figures: dict[str, Any]) -> Context:
    """The club with these volume programmes and no others."""
    own = [VolumeProgramme.model_validate(each) for each in figures]
    return with_figures(context, VolumeBonuses, periods=own)


def sale(context: Context, day: date, amount: str | int, number: str = "", company_id: str = COMPANY) -> list[Event]:
    """One document of this day, recorded; the same number again is its correction. Returns what the stream will tell."""
    known = {(item["pk"], item["sk"]) for item in _told(context, company_id)}
    document = sales.SaleDocument(
        source="1c",
        number=number or context.new_id("doc"),
        company_id=company_id,
        business_date=day,
        currency="RUB",
        lines=[sales.SaleLine.of("SKU-1", "Lamp", Decimal(1), amount=Decimal(amount))],
    )
    sales.record(context, [document])
    new = [item for item in _told(context, company_id) if (item["pk"], item["sk"]) not in known]
    return [Event("sale.recorded", derived_id("evt", item["pk"], item["sk"]), item) for item in new]


def _told(context: Context, company_id: str) -> list[Item]:
    found = context.table.query_all(companies_keys.company(company_id).pk)
    return [item for item in found if item.get("event") == "sale.recorded"]


def buy(context: Context, day: date, amount: str | int, number: str = "", company_id: str = COMPANY) -> None:
    """A document, and what its event brings about."""
    for event in sale(context, day, amount, number, company_id):
        closing_consumers.on_sale_recorded(context, event)


def staff(context: Context, member_id: str = "mbr_clerk", role: str = "operations") -> Caller:
    tx = Transaction()
    members.appoint(tx, member_id, kind="staff", owner=STAFF_OWNER, role=role, status="active")
    context.table.commit(tx)
    return Caller.person(member_id, "staff", role, "club")


def night(context: Context, company_id: str = COMPANY) -> None:
    """The nightly worker's job for a company."""
    closing.close_due(context, company_id)
    goods.expire_goods(context, company_id)


def entitlements(context: Context, company_id: str = COMPANY) -> list[Entitlement]:
    """By the day from which they are there."""
    return list(goods_store.every_entitlement(context.table, company_id))


def choices(context: Context, company_id: str = COMPANY) -> list[Choice]:
    return [
        choice
        for found in entitlements(context, company_id)
        for choice in goods_store.choices(context.table, company_id, found.entitlement_id)
    ]


def balances(context: Context, company_id: str = COMPANY) -> Balances:
    return ledger_rules.balances(ledger.book(context, company_id), context.today)


def postings(context: Context, company_id: str = COMPANY) -> list[Posting]:
    """Oldest first."""
    return [from_item(Posting, item) for item in context.table.query_all(f"LEDGER#{company_id}", starts="POSTING#")]


def events(context: Context, *names: str, company_id: str = COMPANY) -> list[Item]:
    """The events of the company, in the order of writing."""
    found = context.table.query_all(companies_keys.company(company_id).pk, starts="EVENT#")
    return [item for item in found if not names or item["event"] in names]


def periods(context: Context, company_id: str = COMPANY) -> list[Item]:
    every = volume_keys.period(company_id, None, "")
    return list(context.table.query_all(every.pk, starts=every.sk))


class Shelf:
    """A partner, one of the staff who ships, three products, and a quarter that earned goods worth 200.00 RUB.

    Prices: LMP-1 12.00, LMP-2 1.05 in packs of 6, LMP-3 500.00.
    """

    def __init__(self, api: Api, context: Context, monkeypatch: Any, **changed: Any) -> None:
        self.api = api
        self._monkeypatch = monkeypatch
        self.context = programmes(context, {**QUARTER, **changed})
        self.later()
        stock(context, row("LMP-1", "12.00"), row("LMP-2", "1.05", pack_multiple=6), row("LMP-3", "500.00"))
        self.owner = partner(context, COMPANY, "mbr_1")
        self.clerk = staff(context)

    def later(self, **passed: float) -> Context:
        """So much time passes."""
        self.context = replace(self.context, now=self.context.now + timedelta(**passed))
        self._monkeypatch.setattr(respond, "context_now", lambda: self.context)
        return self.context

    def earned(self, volume: str = "2000") -> Entitlement:
        """A closed quarter: ten percent of its volume, in goods."""
        buy(self.context, date(2026, 8, 5), volume)
        night(self.context)
        return entitlements(self.context)[0]

    def post(self, url: str, caller: Caller, body: Any = None, *, key: str | None = None) -> Answer:
        return self.api.call("POST", url, caller, body, key=key or f"key-{next(_keys)}")

    def get(self, url: str, caller: Caller | None = None, **more: Any) -> Any:
        answer = self.api.call("GET", url, caller or self.owner, **more)
        assert answer.status == 200, answer.text
        return answer.json

    # --- the company ---

    def choose(self, entitlement_id: str, lines: dict[str, int], *, key: str | None = None, **more: Any) -> Answer:
        body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()], **more}
        return self.post(f"/v1/company/entitlements/{entitlement_id}/choices", self.owner, body, key=key)

    def chosen(self, entitlement_id: str, lines: dict[str, int]) -> str:
        """The id of a new choice."""
        answer = self.choose(entitlement_id, lines)
        assert answer.status == 201, answer.text
        return str(answer.json["choice_id"])

    def cancel(self, entitlement_id: str, choice_id: str, *, key: str | None = None) -> Answer:
        url = f"/v1/company/entitlements/{entitlement_id}/choices/{choice_id}/cancel"
        return self.post(url, self.owner, {}, key=key)

    # --- the staff ---

    def _of_company(self, entitlement_id: str, what: str) -> str:
        return f"/v1/staff/companies/{COMPANY}/entitlements/{entitlement_id}/{what}"

    def ship(
        self,
        entitlement_id: str,
        choice_id: str,
        lines: dict[str, int] | None = None,
        *,
        document: str = "УТ-1",
        key: str | None = None,
        **more: Any,
    ) -> Answer:
        body = {"document": document, **more}
        if lines is not None:
            body["lines"] = [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()]
        return self.post(self._of_company(entitlement_id, f"choices/{choice_id}/ship"), self.clerk, body, key=key)

    def give_back(self, entitlement_id: str, choice_id: str, *, key: str | None = None) -> Answer:
        body = {"reason": "Out of stock"}
        return self.post(self._of_company(entitlement_id, f"choices/{choice_id}/cancel"), self.clerk, body, key=key)

    def unship(self, entitlement_id: str, choice_id: str, shipment_id: str, *, key: str | None = None) -> Answer:
        url = self._of_company(entitlement_id, f"choices/{choice_id}/shipments/{shipment_id}/reverse")
        return self.post(url, self.clerk, {"reason": "The wrong lamps"}, key=key)

    def reverse(self, entitlement_id: str, amount: str | None = None, *, key: str | None = None) -> Answer:
        body = {"reason": "Earned by a mistake", **({"amount": amount} if amount else {})}
        return self.post(self._of_company(entitlement_id, "reverse"), self.clerk, body, key=key)

    def hand_over(self, entitlement_id: str, *, key: str | None = None, **more: Any) -> Answer:
        body = {"document": "Act 7", **more}
        return self.post(self._of_company(entitlement_id, "hand-over"), self.clerk, body, key=key)

    def take_gift_back(self, entitlement_id: str, *, key: str | None = None) -> Answer:
        return self.post(self._of_company(entitlement_id, "hand-over/reverse"), self.clerk, {"reason": "Lost"}, key=key)


def holds(context: Context, company_id: str = COMPANY) -> None:
    """The invariants."""
    owed = entitlements(context, company_id)
    for found in owed:
        own = [each for each in choices(context, company_id) if each.entitlement_id == found.entitlement_id]
        sums = (found.left, found.reserved, found.shipped, found.expired, found.reversed)
        assert found.amount == sum(sums)
        assert min(sums) >= 0
        if found.kind == "goods":
            assert found.reserved == sum(choice.waiting for choice in own)
            standing = [part for choice in own for part in choice.shipments if part.reversed_reason is None]
            assert found.shipped == sum(part.amount for part in standing)
        for choice in own:
            assert all(0 <= line.shipped <= line.quantity for line in choice.lines), (
                "no more is shipped than was chosen"
            )
    now = balances(context, company_id)
    assert sum(now) == 0
    assert now.goods_owed == sum(found.left + found.reserved for found in owed)
    assert now.redeemed == sum(found.shipped for found in owed)
    assert now.expired == sum(found.expired for found in owed)
    posted = postings(context, company_id)
    assert all(sum(entry.amount for entry in posting.entries) == 0 for posting in posted)
    assert now.goods_owed == sum(
        entry.amount for posting in posted for entry in posting.entries if entry.account == "goods_owed"
    )
    for period in periods(context, company_id):
        parts = [
            each for each in owed if (each.programme, each.last.isoformat()) == (period["programme"], period["last"])
        ]
        assert period["owed"] == sum(each.owed for each in parts)
        assert period["credit"] == sum(each.amount for each in parts)
