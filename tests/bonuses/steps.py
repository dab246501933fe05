"""Words of the ledger's tests."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Balances, Book, Cause, Posting
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import deliver
from chalicelib.platform.delivery.subscriptions import Subscriptions
from chalicelib.platform.http import respond
from chalicelib.table.records import from_item
from chalicelib.table.transactions import to_wire
from tests.orders.steps import Market
from tests.support.api import Answer, Api, Caller
from tests.support.partners import partner, staff

_keys = count(1)
_causes = count(1)


def credit(context: Context, company_id: str, amount: Decimal | str, expires_on: date | None = None) -> Posting:
    """Bonuses that can be spent at once."""
    day = expires_on or ledger.expires_on(context, context.today)
    cause = Cause("purchase", (f"test-{next(_causes)}",))
    posted = ledger.change(
        context, company_id, "RUB", cause, lambda book: ledger_rules.credit(book, day, Decimal(amount), context.today)
    )
    assert posted.posting
    return posted.posting


def reverse(context: Context, company_id: str, posting: Posting) -> Posting:
    """Takes back the amount of `credit`, as a return of its purchase does."""
    cause = Cause("return", (posting.posting_id,), reverses=posting.posting_id)
    (lot,) = [entry.lot for entry in posting.entries if entry.account in ("available", "expired")]
    amount = sum(entry.amount for entry in posting.entries if entry.account == "issued")
    assert lot

    posted = ledger.change(
        context, company_id, "RUB", cause, lambda book: ledger_rules.credit(book, lot, amount, context.today)
    )
    assert posted.posting
    return posted.posting


def redeem_at_once(context: Context, company_id: str, amount: Decimal) -> None:
    cause = Cause("redemption_completed", (f"test-{next(_causes)}",))

    def spend(book: Book) -> Book:
        return ledger_rules.redeem(
            ledger_rules.hold(book, ledger_rules.oldest_first(book, amount, book.day), book.day), amount
        )

    ledger.change(context, company_id, "RUB", cause, spend)


def balances(context: Context, company_id: str = "cmp_1") -> Balances:
    return ledger_rules.balances(ledger.book(context, company_id), context.today)


def all_postings(context: Context, company_id: str = "cmp_1") -> list[Posting]:
    """Oldest first."""
    return [from_item(Posting, item) for item in context.table.query_all(f"LEDGER#{company_id}", starts="POSTING#")]


class Office:
    """A partner with an owner, an accountant and bonuses; two of the staff who may adjust, one who may approve."""

    def __init__(self, api: Api, context: Context, monkeypatch: Any) -> None:
        self.api = api
        self.context = context
        self._monkeypatch = monkeypatch
        self.owner = partner(context, "cmp_1", "mbr_1")
        self.clerk = staff(context, "mbr_clerk", "operations")
        self.head = staff(context, "mbr_head", "admin")
        self.other_head = staff(context, "mbr_other", "admin")

    def later(self, **passed: float) -> Context:
        """So much time passes."""
        self.context = replace(self.context, now=self.context.now + timedelta(**passed))
        self._monkeypatch.setattr(respond, "context_now", lambda: self.context)
        return self.context

    def post(self, url: str, caller: Caller, body: Any = None, *, key: str | None = None) -> Answer:
        return self.api.call("POST", url, caller, body, key=key or f"office-{next(_keys)}")

    def get(self, url: str, caller: Caller | None = None, **more: Any) -> Any:
        answer = self.api.call("GET", url, caller or self.owner, **more)
        assert answer.status == 200, answer.text
        return answer.json

    def redeem(self, amount: str, *, key: str | None = None, **more: Any) -> Answer:
        return self.post("/v1/company/redemptions", self.owner, {"amount": amount, **more}, key=key)

    def redeemed(self, amount: str, **more: Any) -> str:
        """The id of a new redemption."""
        answer = self.redeem(amount, **more)
        assert answer.status == 201, answer.text
        return str(answer.json["redemption_id"])

    def cancel(self, redemption_id: str, *, key: str | None = None) -> Answer:
        return self.post(f"/v1/company/redemptions/{redemption_id}/cancel", self.owner, key=key)

    def complete(self, redemption_id: str, *, key: str | None = None) -> Answer:
        url = f"/v1/staff/companies/cmp_1/redemptions/{redemption_id}/complete"
        return self.post(url, self.clerk, key=key)

    def cancel_for(self, redemption_id: str, *, key: str | None = None, by: Caller | None = None) -> Answer:
        """The staff do."""
        url = f"/v1/staff/companies/cmp_1/redemptions/{redemption_id}/cancel"
        return self.post(url, by or self.clerk, {"reason": "The rest is out of production"}, key=key)

    def adjust(self, amount: str, *, key: str | None = None, by: Caller | None = None, **more: Any) -> Answer:
        body = {"amount": amount, "reason": "A mistake in March", **more}
        return self.post("/v1/staff/companies/cmp_1/bonus-adjustments", by or self.clerk, body, key=key)

    def decide(self, what: str, adjustment_id: str, by: Caller, *, key: str | None = None) -> Answer:
        url = f"/v1/staff/companies/cmp_1/bonus-adjustments/{adjustment_id}/{what}"
        return self.post(url, by, {"note": "Seen"}, key=key)

    def shown(self) -> dict[str, str]:
        """The company's accounts, as it sees them."""
        found = self.get("/v1/company/bonuses")["balances"]
        return {account: each["amount"] for account, each in found.items()}


class Shop(Office):
    """The same partner, with a distributor to order from."""

    def __init__(self, api: Api, context: Context, monkeypatch: Any) -> None:
        super().__init__(api, context, monkeypatch)
        self.market = Market(api, context)

    def deliver(self, subscriptions: Subscriptions) -> Any:
        """Delivers every event of the orders, the old ones again, as the stream does."""
        records = [{"dynamodb": {"NewImage": to_wire(item), "SequenceNumber": "1"}} for item in self.market.events()]
        return deliver({"Records": records}, subscriptions, self.context)

    def state(self, redemption_id: str) -> str:
        return str(self.get(f"/v1/company/redemptions/{redemption_id}")["state"])


def sums(answer: Any) -> dict[str, str]:
    return {account: each["amount"] for account, each in answer.items()}
