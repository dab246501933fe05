"""A club in memory that gets its sales from files only: its bucket, its queue and its stream."""

import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib import companies, sales
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.model import ImportForm
from chalicelib.exchange.sales_files import consumers, service
from chalicelib.exchange.sales_files import jobs as sales_files_jobs
from chalicelib.exchange.sales_files.schemas import ImportConfirmForm, VoidForm
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from chalicelib.tiers import keys as tiers_keys
from tests.bonuses.real_year import CURRENCY, FIRST, LAST, SOURCE, Replay
from tests.support import partners
from tests.support.crashes import watched

CLERK = "mbr_1"
Files = tuple[bytes, ...]  # one, or documents and their rows


class Bucket:
    """Stands for S3."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.arrivals: list[dict[str, Any]] = []

    def put_object(self, *, Bucket: str, Key: str, Body: Any) -> None:  # noqa: N803
        self.objects[Key] = content = Body if isinstance(Body, bytes) else Body.read()
        if Key.endswith("/upload"):
            stored = {"key": Key, "size": len(content), "eTag": hashlib.md5(content).hexdigest()}
            self.arrivals.append({"Records": [{"s3": {"object": stored}}]})

    def generate_presigned_url(self, what: str, *, Params: dict[str, str], ExpiresIn: int) -> str:  # noqa: N803
        return f"https://bucket.example/{Params['Key']}"

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError({"Error": {}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "HeadObject")
        return {"ETag": f'"{hashlib.md5(self.objects[Key]).hexdigest()}"'}

    def get_object(self, *, Bucket: str, Key: str, IfMatch: str = "") -> dict[str, Any]:  # noqa: N803
        self.head_object(Bucket=Bucket, Key=Key)
        content = self.objects[Key]
        return {"Body": SimpleNamespace(read=lambda: content, iter_chunks=lambda size: [content])}


@dataclass
class Books(Replay):
    """The club on the last day of the year. A minute passes between two acts."""

    bucket: Bucket = field(default_factory=Bucket)
    chance: Random = field(default_factory=lambda: Random(1))
    again: float = 0.1  # the share of what is delivered twice
    _minutes: Any = field(default_factory=count)
    day: Any = LAST

    @property
    def context(self) -> Context:
        now = datetime.combine(LAST, datetime.min.time(), UTC) + timedelta(hours=6, minutes=next(self._minutes))
        table = Table(watched(self.table, "dynamodb"), "club", sleep=lambda seconds: None)
        return Context(
            table=table, now=now, new_id=lambda prefix: f"{prefix}_{next(self._ids):08d}", config=self.figures
        )

    def bring(self, files: Files, **form: Any) -> str:
        """Announces and uploads, and works the file off; returns the import's id."""
        import_id = self.announce(files, **form)
        self.work()
        return import_id

    def announce(self, files: Files, **form: Any) -> str:
        context = self.context
        partners.on_staff(context, CLERK, "operations")
        import_id = context.new_id("imp")
        second = {"second_file_name": "rows"} if len(files) > 1 else {}
        announced = ImportForm(source=SOURCE, file_name="sales", **second, **form)
        tx = Transaction()
        store.create(tx, context, import_id, announced, CURRENCY, CLERK)
        context.table.commit(tx)
        for name, content in zip((store.UPLOAD, store.SECOND), files, strict=False):
            self.bucket.put_object(Bucket="", Key=f"imports/{import_id}/{name}", Body=content)
        return import_id

    def confirm(self, import_id: str) -> None:
        self.request_confirmation(import_id)
        self.work()

    def request_confirmation(self, import_id: str) -> None:
        found = self.found(import_id)
        form = ImportConfirmForm(sha256=found.item["sha256"], void_documents=int(found.proposal.get("documents", 0)))
        service.confirm(self.context, import_id, form, CLERK, "en")

    def take_back(self, import_id: str) -> None:
        self.request_withdrawal(import_id)
        self.work()

    def request_withdrawal(self, import_id: str) -> None:
        service.take_back(self.context, import_id, CLERK, "en")

    def void(self, number: str, day: Any) -> None:
        form = VoidForm(source=SOURCE, document=number, business_date=day, reason="Deleted by mistake")
        service.void_document(self.context, form, CLERK)
        self.work()

    def found(self, import_id: str) -> store.ImportRecord:
        found = store.load(self.context, import_id)
        assert found is not None
        return found

    def work(self) -> None:
        """Arrivals, messages and events in any order, some of them twice, until nothing is left. What dies comes again."""
        while waiting := self._waiting():
            several, do = self.chance.choice(waiting)
            chosen = self.chance.choice(
                [each for each in several if do is not self._write or "import_id" in each["body"]]
            )
            for _ in range(2 if self.chance.random() < self.again else 1):
                do(chosen)
            several.remove(chosen)

    def _waiting(self) -> list[tuple[list[Any], Callable[[Any], None]]]:
        mine = [each for each in self.queue if "import_id" in each["body"]]
        several: list[tuple[list[Any], Callable[[Any], None]]] = [
            (self.bucket.arrivals, self._split),
            (self.table.events, self.hear),
        ]
        return [*(each for each in several if each[0]), *([(self.queue, self._write)] if mine else [])]

    def _split(self, arrival: dict[str, Any]) -> None:
        sales_files_jobs.split_import(self.context, arrival)

    def _write(self, message: dict[str, Any]) -> None:
        sales_files_jobs.write_imports(self.context, message)

    def hear(self, event: Event) -> None:
        if event.name == "import.run_began":
            consumers.on_run_began(self.context, event)
        self.deliver(self.context, event)

    def standings(self, customers: list[str]) -> dict[str, tuple[Any, ...]]:
        """Of each customer its turnover, its tiers with their days, and its bonuses.

        No tiers where nothing counts any more: whoever was never told of such purchases in time has no standing.
        """
        known = companies.known_customers(self.context, SOURCE, customers)
        self.decide_all(self.context, [each.company_id for each in known.values()])
        self.work()
        return {
            customer: self._standing(known[customer].company_id) if customer in known else () for customer in customers
        }

    def _standing(self, company_id: str) -> tuple[Any, ...]:
        context = self.context
        turnover = sum(sales.day_totals(context, company_id, FIRST, LAST).net.values(), Decimal(0))
        item = context.table.get(tiers_keys.standing(company_id)) or {}
        counts = item and (zlib.decompress(bytes(item["days"])) or any(tier for _, tier, *_ in item["timeline"]))
        standing = item if counts else {}
        balances = ledger_rules.balances(ledger.book(context, company_id), LAST)
        return (
            turnover,
            json.dumps(standing.get("timeline"), default=str),
            standing.get("days"),
            balances.pending,
            balances.available,
        )
