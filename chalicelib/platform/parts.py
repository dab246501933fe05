"""Work on all companies that takes longer than one run: parts of some companies each, created one after the other and done in parallel.

    the work   what was asked, its progress, and sums, which grow part by part
    a part     some companies in the order of names, stored once; completed once, with the object of its rows

    create ──event──▶ announce the first ──queue──▶ run: store the companies of the part, announce the next one, do it, complete it
                                                    the last one to be completed finishes the work

Each step survives duplicates and crashes: the companies of a part are stored once, and counted once in the same transaction as its
completion. An object is named by its content, so that a concurrent worker cannot replace it by other rows.

Weakest point: the last part alone puts the rows of all parts together.
"""

import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import file_digest, sha256
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.platform import aws
from chalicelib.platform.clock import moment
from chalicelib.platform.context import Context
from chalicelib.platform.files import uploads
from chalicelib.platform.settings import settings
from chalicelib.table.client import Position, Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, Refused, Transaction

STALLED = timedelta(hours=1)
LINK_SECONDS = 900

Members = list[Any]  # what a part keeps of each company, as JSON
Rows = Any  # the result of a part, as JSON; an iterator of rows is kept row by row, and comes back as one
Counts = Mapping[str, Any]  # of a part, added to the work once its rows are kept: they may be counted on their way
LINES = ".lines"  # the ending of objects that are kept row by row


@dataclass(frozen=True, slots=True)
class Progress:
    """The stored work. `counts` sum those of the completed parts."""

    work_id: str
    item: Item

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

    def count(self, name: str) -> int:
        return int(self.item.get(name, 0))

    def facts(self, context: Context) -> dict[str, Any]:
        """The fields that all views of such work share, by name."""
        names = ("companies_done", "companies_found", "parts_done")
        return {
            "state": "done" if self.done else "running",
            "stalled": not self.done and moment(self.item["progress_at"]) + STALLED < context.now,
            "created_at": self.item["created_at"],
            "created_by": self.item["created_by"],
            "finished_at": self.item.get("finished_at"),
            "progress": {**{name: self.count(name) for name in names}, "parts_total": self.parts_total},
        }


@dataclass(frozen=True, slots=True)
class Part:
    """Some companies, and the position of the next ones; None after the last part."""

    number: int
    members: Members
    after: Position
    done: bool = False


@dataclass(frozen=True, slots=True)
class WorkInParts:
    """A kind of work.

    `queue`: the address of its worker's; `folder`: of its objects in the bucket; `key`, `part_key`: of its items; `list_key`: of a work in
    the list by time, by moment and id, for a kind that is listed.
    """

    queue: Callable[[], str]
    folder: str
    key: Callable[[str], Key]
    part_key: Callable[[str, int], Key]
    keep_days: int
    list_key: Callable[[str, str], Key] | None = None

    def create(self, tx: Transaction, context: Context, work_id: str, author: str, asked: Item) -> Progress:
        listed = self.list_key(context.at, work_id).as_gsi1() if self.list_key else {}
        item = {
            **self.key(work_id).as_item(),
            **listed,
            **asked,
            "state": "running",
            "created_at": context.at,
            "created_by": author,
            "progress_at": context.at,
            "expires_at": context.expiry(days=self.keep_days),
        }
        tx.create(item, label="work")
        return Progress(work_id, item)

    def load(self, context: Context, work_id: str) -> Progress | None:
        item = context.table.get(self.key(work_id), consistent=True)
        return Progress(work_id, item) if item else None

    def page(self, table: Table, limit: int, after: Position) -> tuple[list[Item], Position]:
        """Items of works of a kind that is listed, newest first. One call."""
        if self.list_key is None:
            raise RuntimeError(f"no list of {self.folder}")
        listed = self.list_key("", "").pk
        found = table.query(listed, index="gsi1", newest_first=True, limit=limit, after=after)
        return found.items, found.last

    def load_with_part(self, context: Context, work_id: str, number: int) -> tuple[Progress | None, Part | None]:
        """One call."""
        whole, part = self.key(work_id), self.part_key(work_id, number)
        found = context.table.get_many([whole, part], consistent=True)
        return (
            Progress(work_id, found[whole]) if whole in found else None,
            _part(found[part]) if part in found else None,
        )

    def announce(self, work_id: str, number: int) -> None:
        body = json.dumps({"work_id": work_id, "part": number})
        aws.sqs().send_message(QueueUrl=self.queue(), MessageBody=body)

    def run(
        self,
        context: Context,
        message: dict[str, Any],
        *,
        companies: Callable[[Progress, Position], tuple[Members, Position]],
        do: Callable[[Progress, Members], tuple[Rows, Counts]],
        finish: Callable[[Progress, Iterator[Rows]], Item],
    ) -> None:
        """Do the part in the message. The last part also finishes the work, which then has the attributes that `finish` returns."""
        body = json.loads(message["body"])
        work_id, number = body["work_id"], body["part"]
        found, part = self.load_with_part(context, work_id, number)
        if found is None or found.done:
            return
        if part is None:
            part = self._next_part(context, found, number, companies)
        if not part.done:
            if part.after:
                self.announce(work_id, number + 1)
            rows, counts = do(found, part.members)
            self.complete_part(context, work_id, part, self._put_rows(work_id, number, rows), counts)
        found = self.load(context, work_id)
        if found and not found.done and found.is_whole:
            finished = finish(found, self._rows(context, work_id))
            with suppress(Refused):
                context.table.update(
                    self.key(work_id),
                    put={"state": "done", "finished_at": context.at, **finished},
                    when=Attr("state").eq("running"),
                )

    def create_part(self, context: Context, work_id: str, part: Part) -> bool:
        """Store the part, and with the last one the number of parts. Returns False if it was stored before."""
        tx = Transaction()
        item = {
            "part": part.number,
            "members": json.dumps(part.members, ensure_ascii=False),
            "after": part.after,
            "expires_at": context.expiry(days=self.keep_days),
        }
        tx.create({**self.part_key(work_id, part.number).as_item(), **item}, label="part")
        total = {} if part.after else {"parts_total": part.number}
        tx.update(
            self.key(work_id), put={"progress_at": context.at, **total}, add={"companies_found": len(part.members)}
        )
        try:
            context.table.commit(tx)
        except Refused:
            return False
        return True

    def complete_part(self, context: Context, work_id: str, part: Part, name: str, counts: Counts) -> None:
        """Complete the part with the name of its object, and add its counts, once."""
        tx = Transaction()
        tx.update(
            self.part_key(work_id, part.number),
            put={"object": name, "done_at": context.at},
            when=Attr("done_at").not_exists(),
            label="part",
        )
        added = {"parts_done": 1, "companies_done": len(part.members), **counts}
        tx.update(self.key(work_id), put={"progress_at": context.at}, add=added)
        with suppress(Refused):
            context.table.commit(tx)

    def object_name(self, work_id: str, name: str) -> str:
        return f"{self.folder}{work_id}/{name}"

    def put_object(self, work_id: str, name: str, content: bytes) -> None:
        aws.s3().put_object(Bucket=settings().files_bucket, Key=self.object_name(work_id, name), Body=content)

    def object(self, work_id: str, name: str) -> bytes:
        stored = aws.s3().get_object(Bucket=settings().files_bucket, Key=self.object_name(work_id, name))
        return stored["Body"].read()

    def link(self, work_id: str, name: str) -> str:
        """An address of an object that works for `LINK_SECONDS`. It is saved under the id of the work, with the ending of the name."""
        _, dot, ending = name.rpartition(".")
        return uploads.link(self.object_name(work_id, name), saved_as=f"{work_id}{dot}{ending}", seconds=LINK_SECONDS)

    def _next_part(
        self,
        context: Context,
        found: Progress,
        number: int,
        companies: Callable[[Progress, Position], tuple[Members, Position]],
    ) -> Part:
        """Store the part: the companies after those of the previous part."""
        after = self._stored_part(context, found.work_id, number - 1).after if number > 1 else None
        part = Part(number, *companies(found, after))
        if self.create_part(context, found.work_id, part):
            return part
        return self._stored_part(context, found.work_id, number)  # another worker stored it first

    def _stored_part(self, context: Context, work_id: str, number: int) -> Part:
        _, part = self.load_with_part(context, work_id, number)
        if part is None:
            raise LookupError(f"{work_id} has no part {number}")
        return part

    def _put_rows(self, work_id: str, number: int, rows: Rows) -> str:
        if isinstance(rows, Iterator):
            return self._put_lines(work_id, number, rows)
        content = gzip.compress(json.dumps(rows, ensure_ascii=False).encode(), mtime=0)
        name = f"parts/{number:06d}-{sha256(content).hexdigest()[:16]}"
        self.put_object(work_id, name, content)
        return name

    def _put_lines(self, work_id: str, number: int, rows: Iterator[Any]) -> str:
        """A line of JSON for each row, none of which is held."""
        with tempfile.TemporaryFile() as file:
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                for row in rows:
                    packed.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            file.seek(0)
            name = f"parts/{number:06d}-{file_digest(file, sha256).hexdigest()[:16]}{LINES}"
            file.seek(0)
            aws.s3().upload_fileobj(file, settings().files_bucket, self.object_name(work_id, name))
        return name

    def rows_of_part(self, context: Context, work_id: str, number: int) -> Rows:
        """The rows of a completed part. Two calls. Raises LookupError for one that the work does not have, or has no more."""
        item = context.table.get(self.part_key(work_id, number))
        if item is None:
            raise LookupError(f"{work_id} has no part {number}")
        return self._rows_in(work_id, item)

    def _rows(self, context: Context, work_id: str) -> Iterator[Rows]:
        """The rows of each part, in the order of parts."""
        every = self.part_key(work_id, 0)
        for item in context.table.query_all(every.pk, starts="PART#", consistent=True):
            yield self._rows_in(work_id, item)

    def _rows_in(self, work_id: str, item: Item) -> Rows:
        name = self.object_name(work_id, item["object"])
        body = aws.s3().get_object(Bucket=settings().files_bucket, Key=name)["Body"]
        if name.endswith(LINES):
            return map(json.loads, gzip.GzipFile(fileobj=body))
        return json.loads(gzip.decompress(body.read()))


def _part(item: Item) -> Part:
    return Part(int(item["part"]), json.loads(item["members"]), item["after"], "done_at" in item)
