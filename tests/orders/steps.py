"""Words of the orders' tests."""

from itertools import count
from typing import Any

from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Item, from_wire
from tests.catalog.steps import row, stock
from tests.support.api import Answer, Api, Caller
from tests.support.partners import distributor, partner, staff, the_staff

REGION = "RU-MOW"
_keys = count(1)


class Market:
    """A partner in Moscow, a distributor that serves it, three products; and everything they may do."""

    def __init__(self, api: Api, context: Context) -> None:
        self.api = api
        self.context = context
        stock(context, row("LMP-1", "120.00"), row("LMP-2", "10.05", pack_multiple=6), row("LMP-3", "999.99"))
        self.distributor_id, self.operator = distributor(context, REGION)
        self.company_id = "cmp_1"
        self.buyer = partner(context, self.company_id, region=REGION)
        the_staff(context)
        staff(context, "mbr_manager", "manager")

    def post(self, url: str, caller: Caller, body: Any = None, *, key: str | None = None, **more: Any) -> Answer:
        return self.api.call("POST", url, caller, body, key=key or f"key-{next(_keys)}", **more)

    def place(self, lines: dict[str, int] | None = None, *, key: str | None = None, **more: Any) -> Answer:
        wanted = {"LMP-1": 10, "LMP-2": 12} if lines is None else lines
        body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in wanted.items()], **more}
        return self.post("/v1/orders", self.buyer, body, key=key)

    def placed(self, lines: dict[str, int] | None = None) -> str:
        """The id of a new order."""
        answer = self.place(lines)
        assert answer.status == 201, answer.text
        return str(answer.json["order_id"])

    def cancel(self, order_id: str, **more: Any) -> Answer:
        return self.post(f"/v1/orders/{order_id}/cancel", self.buyer, {}, **more)

    def confirm(self, order_id: str, *, version: int | None = None, **more: Any) -> Answer:
        """The present proposal, or the one of this version."""
        headers = {"if-match": f'"{version}"' if version else self.etag(order_id)}
        return self.post(f"/v1/orders/{order_id}/confirm", self.buyer, {}, headers=headers, **more)

    def etag(self, order_id: str) -> str:
        return self.api.call("GET", f"/v1/orders/{order_id}", self.buyer).headers["etag"]

    def decline(self, order_id: str, **more: Any) -> Answer:
        return self.post(f"/v1/orders/{order_id}/decline", self.buyer, {"note": "Too many"}, **more)

    def request_cancellation(self, order_id: str, **more: Any) -> Answer:
        body = {"reason": "The site is closed"}
        return self.post(f"/v1/orders/{order_id}/request-cancellation", self.buyer, body, **more)

    def approve_cancellation(self, order_id: str, **more: Any) -> Answer:
        return self.post(f"/v1/distributor/orders/{order_id}/approve-cancellation", self.operator, {}, **more)

    def decline_cancellation(self, order_id: str, **more: Any) -> Answer:
        body = {"note": "It is on the lorry"}
        return self.post(f"/v1/distributor/orders/{order_id}/decline-cancellation", self.operator, body, **more)

    def request_return(self, order_id: str, *parts: tuple[str, str, int], **more: Any) -> Answer:
        body = {"reason": "Broken glass", "lines": [_part(*part) for part in parts]}
        return self.post(f"/v1/orders/{order_id}/returns", self.buyer, body, **more)

    def accept_return(
        self,
        order_id: str,
        return_id: str,
        *fewer: tuple[str, str, int],
        document: str = "ВЗ-1",
        key: str | None = None,
        **more: Any,
    ) -> Answer:
        body = {"document": document, "lines": [_part(*part) for part in fewer], **more}
        return self.post(f"/v1/distributor/orders/{order_id}/returns/{return_id}/accept", self.operator, body, key=key)

    def reject_return(self, order_id: str, return_id: str, **more: Any) -> Answer:
        body = {"reason": "They are not ours"}
        return self.post(f"/v1/distributor/orders/{order_id}/returns/{return_id}/reject", self.operator, body, **more)

    def returned(self, order_id: str, *parts: tuple[str, str, int], document: str = "ВЗ-1", **more: Any) -> str:
        """The id of a return that the distributor took back whole."""
        asked = self.request_return(order_id, *parts)
        assert asked.status == 200, asked.text
        return_id = str(asked.json["returns"][-1]["return_id"])
        assert self.accept_return(order_id, return_id, document=document, **more).status == 200
        return return_id

    def accept(self, order_id: str, lines: dict[str, int] | None = None, **more: Any) -> Answer:
        body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in (lines or {}).items()]}
        return self.post(f"/v1/distributor/orders/{order_id}/accept", self.operator, body, **more)

    def reject(self, order_id: str, reason: str = "No stock until May", **more: Any) -> Answer:
        return self.post(f"/v1/distributor/orders/{order_id}/reject", self.operator, {"reason": reason}, **more)

    def ship(
        self,
        order_id: str,
        lines: dict[str, int] | None = None,
        *,
        document: str = "УТ-1",
        key: str | None = None,
        **more: Any,
    ) -> Answer:
        body = {"document": document, **more}
        if lines is not None:
            body["lines"] = [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()]
        return self.post(f"/v1/distributor/orders/{order_id}/ship", self.operator, body, key=key)

    def track(self, order_id: str, *, document: str = "УТ-1", key: str | None = None, **given: Any) -> Answer:
        return self.post(
            f"/v1/distributor/orders/{order_id}/track", self.operator, {"document": document, **given}, key=key
        )

    def order(self, order_id: str) -> Any:
        """As the company sees it."""
        answer = self.api.call("GET", f"/v1/orders/{order_id}", self.buyer)
        assert answer.status == 200, answer.text
        return answer.json

    def events(self, company_id: str = "cmp_1") -> list[Item]:
        """The events of the company's orders, in the order of writing."""
        return [
            item
            for item in self.context.table.query_all(companies_keys.company(company_id).pk, starts="EVENT#")
            if item["event"].startswith("order.")
        ]

    def everything(self) -> list[Item]:
        """All items of the table."""
        pages = self.context.table.client.get_paginator("scan").paginate(TableName=self.context.table.name)
        items = [from_wire(item) for page in pages for item in page["Items"]]
        return sorted(items, key=lambda item: (item["pk"], item["sk"]))


def _part(document: str, sku: str, quantity: int) -> dict[str, Any]:
    return {"document": document, "sku": sku, "quantity": quantity}


def errors(answer: Answer) -> list[tuple[str, str]]:
    """Pointer and code of what was refused."""
    assert answer.status == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json["errors"]]


def unnamed(order: dict[str, Any]) -> dict[str, Any]:
    """The order as the answer of a keyed write and a message have it, which are kept for repeats: without the names of people."""
    return {**order, "history": [{**each, "by_name": None} for each in order["history"]]}
