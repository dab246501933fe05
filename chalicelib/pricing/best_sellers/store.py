"""Items and objects of lists of best sellers.

    LIST   the request, the progress, and in the end the articles: items, a text of [sku, name, name_ru, amount, units]
    PART   some companies in the order of names, stored once; completed once, with the object of their sums

Objects lie below `bestsellers/{list}/`: `{n}-{digest}` are the sums of a part by article.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.platform import aws, events
from chalicelib.platform.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.settings import queue_url, settings
from chalicelib.pricing.best_sellers import keys
from chalicelib.pricing.best_sellers.events import REQUESTED
from chalicelib.pricing.best_sellers.model import BestSellersForm
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Refused, Transaction

KEEP_DAYS = 400  # at least as long as promotions name it; the bucket keeps its objects for 30 days

Position = dict[str, str] | None


class Sales(NamedTuple):
    """The amount paid for an article and its units, returns deducted."""

    amount: Decimal
    units: Decimal


class BestSeller(NamedTuple):
    sku: str
    name: str
    name_ru: str
    sold: Sales


@dataclass(frozen=True, slots=True)
class BestSellersList:
    """A stored list."""

    item: Item

    @property
    def list_id(self) -> str:
        return str(self.item["list_id"])

    @property
    def form(self) -> BestSellersForm:
        return BestSellersForm.model_validate_json(self.item["form"])

    @property
    def currency(self) -> str:
        return str(self.item["currency"])

    @property
    def days(self) -> tuple[date, date]:
        form = self.form
        return form.first, form.last

    @property
    def done(self) -> bool:
        return str(self.item["state"]) == "done"

    @property
    def parts_total(self) -> int | None:
        """None while there may be more parts."""
        return int(self.item["parts_total"]) if "parts_total" in self.item else None

    @property
    def is_whole(self) -> bool:
        """Whether all parts are stored and completed."""
        return self.count("parts_done") == self.parts_total

    @property
    def listed(self) -> list[BestSeller]:
        """The articles, best first; empty until the list is done."""
        rows = json.loads(self.item.get("items", "[]"))
        return [
            BestSeller(sku, name, name_ru, Sales(Decimal(amount), Decimal(units)))
            for sku, name, name_ru, amount, units in rows
        ]

    def count(self, name: str) -> int:
        return int(self.item.get(name, 0))


@dataclass(frozen=True, slots=True)
class BestSellersPart:
    """Some companies, and the position of the next ones; None after the last part."""

    number: int
    company_ids: list[str]
    after: Position
    done: bool = False


# --- reads ------------------------------------------------------------------------------------------------------------


def load(table: Table, list_id: str) -> BestSellersList | None:
    item = table.get(keys.best_sellers(list_id), consistent=True)
    return BestSellersList(item) if item else None


def load_with_part(table: Table, list_id: str, number: int) -> tuple[BestSellersList | None, BestSellersPart | None]:
    whole, part = keys.best_sellers(list_id), keys.best_sellers_part(list_id, number)
    found = table.get_many([whole, part], consistent=True)
    return (BestSellersList(found[whole]) if whole in found else None), (_part(found[part]) if part in found else None)


def objects(table: Table, list_id: str) -> Iterator[str]:
    """The names of the parts' objects, in the order of parts."""
    every = keys.best_sellers_part(list_id, 0)
    for item in table.query_all(every.pk, starts="PART#", consistent=True):
        yield item["object"]


# --- changes ----------------------------------------------------------------------------------------------------------


def create(tx: Transaction, context: Context, form: BestSellersForm, asked_by: str) -> BestSellersList:
    """Create a list; its event starts the count."""
    list_id = context.new_id("bst")
    item = {
        **keys.best_sellers(list_id).as_item(),
        "list_id": list_id,
        "form": form.model_dump_json(),
        "currency": form.currency or context.config[Club].currency,
        "state": "running",
        "created_at": context.at,
        "created_by": asked_by,
        "progress_at": context.at,
        "expires_at": context.expiry(days=KEEP_DAYS),
    }
    tx.create(item)
    events.record(tx, context, keys.best_sellers(list_id), REQUESTED, list_id=list_id)
    return BestSellersList(item)


def create_part(context: Context, best_sellers: BestSellersList, part: BestSellersPart) -> bool:
    """Store the part, and with the last one the number of parts. Returns False if it was stored before."""
    tx = Transaction()
    tx.create(
        {
            **keys.best_sellers_part(best_sellers.list_id, part.number).as_item(),
            "part": part.number,
            "companies": part.company_ids,
            "after": part.after,
            "expires_at": context.expiry(days=KEEP_DAYS),
        },
        label="part",
    )
    total = {} if part.after else {"parts_total": part.number}
    tx.update(
        keys.best_sellers(best_sellers.list_id),
        put={"progress_at": context.at, **total},
        add={"companies_found": len(part.company_ids)},
    )
    try:
        context.table.commit(tx)
    except Refused:
        return False
    return True


def finish_part(context: Context, best_sellers: BestSellersList, part: BestSellersPart, name: str) -> None:
    """Complete the part and count it, once."""
    tx = Transaction()
    tx.update(
        keys.best_sellers_part(best_sellers.list_id, part.number),
        put={"object": name, "done_at": context.at},
        when=Attr("done_at").not_exists(),
        label="part",
    )
    counts = {"parts_done": 1, "companies_done": len(part.company_ids)}
    tx.update(keys.best_sellers(best_sellers.list_id), put={"progress_at": context.at}, add=counts)
    with suppress(Refused):
        context.table.commit(tx)


def finish(context: Context, list_id: str, listed: Sequence[BestSeller]) -> None:
    """Store the articles and complete the list, once."""
    rows = [[each.sku, each.name, each.name_ru, str(each.sold.amount), str(each.sold.units)] for each in listed]
    with suppress(Refused):
        context.table.update(
            keys.best_sellers(list_id),
            put={"state": "done", "finished_at": context.at, "items": json.dumps(rows, ensure_ascii=False)},
            when=Attr("state").eq("running"),
        )


def announce(list_id: str, number: int) -> None:
    body = json.dumps({"list_id": list_id, "part": number})
    aws.sqs().send_message(QueueUrl=queue_url("bestsellers"), MessageBody=body)


# --- objects ----------------------------------------------------------------------------------------------------------


def put_sums(list_id: str, number: int, sums: Mapping[str, Sales]) -> str:
    """Store the sums of a part. The object is named by its content, so a concurrent worker cannot replace it by other sums."""
    rows = {sku: [str(sold.amount), str(sold.units)] for sku, sold in sorted(sums.items())}
    content = gzip.compress(json.dumps(rows, ensure_ascii=False).encode(), mtime=0)
    name = f"{number:06d}-{sha256(content).hexdigest()[:16]}"
    aws.s3().put_object(Bucket=settings().files_bucket, Key=_object(list_id, name), Body=content)
    return name


def get_sums(list_id: str, name: str) -> dict[str, Sales]:
    content = aws.s3().get_object(Bucket=settings().files_bucket, Key=_object(list_id, name))["Body"].read()
    rows: dict[str, Any] = json.loads(gzip.decompress(content))
    return {sku: Sales(Decimal(amount), Decimal(units)) for sku, (amount, units) in rows.items()}


def _object(list_id: str, name: str) -> str:
    return f"bestsellers/{list_id}/{name}"


def _part(item: Item) -> BestSellersPart:
    return BestSellersPart(int(item["part"]), item["companies"], item["after"], "done_at" in item)
