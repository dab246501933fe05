"""An import against its floor: the same items put by bare batch writes. And its memory, from ten thousand rows to a million."""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from chalicelib.exchange.imports import store as sales_files_store
from chalicelib.exchange.imports.model import ImportForm
from chalicelib.exchange.reading.model import part_name
from chalicelib.exchange.reading.parts import cut, parts_for
from chalicelib.exchange.reading.rows import Terms
from chalicelib.exchange.runs import service as runs
from chalicelib.platform import aws, clock, ids
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from infra.local.cloud import Cloud
from tests.benchmarks.report import report
from tests.support.cloud import create_table
from tests.support.partners import on_staff

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROWS, ROUNDS = 20_000, 5
LINES = 18  # of a document, as in a wholesaler's year
CUSTOMERS = 500
TERMS = Terms("RUB", frozenset({"RUB"}), date(2027, 1, 1), ZoneInfo("Europe/Moscow"), inn_is_valid=bool)


def sales_file(rows: int) -> Iterator[bytes]:
    """Documents of eighteen lines, a few of them torn apart, of customers who come again."""
    yield "Дата;Номер;Код контрагента;Контрагент;Номенклатура;Артикул;Количество;Цена;Сумма\r\n".encode()
    for start in range(0, rows, 1000):
        lines = []
        for row in range(start, min(start + 1000, rows)):
            document = row // LINES if row % 97 else row // LINES // 2
            day, customer = 1 + document % 28, document * 7919 % CUSTOMERS
            price = 50 + row % 900
            lines.append(
                f"{day:02}.{1 + document % 10:02}.2026;УТ-{document:06};К-{customer};ООО Покупатель {customer};"
                f"Светильник потолочный {row % 3000};АРТ-{row % 3000:05};{1 + row % 12};{price},50;"
                f"{(1 + row % 12) * (price * 10 + 5) // 10},00\r\n"
            )
        yield "".join(lines).encode()


class Import:
    """One import of the file into a table of its own; objects stay in memory, so that the table is all that is waited for."""

    def __init__(self, client: "DynamoDBClient") -> None:
        name = f"club-{uuid.uuid4().hex}"
        create_table(client, name)
        self.context = Context(table=Table(client, name), now=clock.now(), new_id=ids.random_id)
        tx = Transaction()
        sales_files_store.create(
            tx, self.context, "imp_1", ImportForm(source="1c-main", file_name="sales.csv"), "RUB", "mbr_staff"
        )
        self.context.table.commit(tx)
        on_staff(self.context, "mbr_staff", "operations")

    def run(self, content: bytes) -> float:
        """Seconds from the first byte to the last row."""
        objects: dict[str, bytes] = {}
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.object(sales_files_store, "get", lambda import_id, name: objects[name]),
            mock.patch.object(sales_files_store, "get_if_any", lambda import_id, name: objects.get(name)),
            mock.patch.object(
                sales_files_store, "put", lambda import_id, name, content: objects.update({name: content})
            ),
        ):
            start = time.perf_counter()
            record = sales_files_store.begin_splitting(self.context, "imp_1", "etag")
            assert record
            upload = Path(folder, "upload")
            upload.write_bytes(content)
            form = ImportForm(source="1c-main", file_name="sales.csv")
            made = cut(upload, form, TERMS, parts_for(len(content)), Path(folder))
            for part in range(1, made.parts + 1):
                objects[f"parts/{part:06d}"] = (Path(folder) / part_name(part)).read_bytes()
            sales_files_store.begin_writing(self.context, record, made, "digest")
            for part in range(1, made.parts + 1):
                runs.work_part(self.context, {"body": json.dumps({"import_id": "imp_1", "run": 1, "part": part})})
            return time.perf_counter() - start

    def rows(self) -> int:
        found = sales_files_store.load(self.context, "imp_1")
        assert found is not None
        assert found.state == "done"
        return found.count("rows_created")

    def items(self) -> list[dict[str, Any]]:
        pages = self.context.table.client.get_paginator("scan").paginate(TableName=self.context.table.name)
        return [item for page in pages for item in page["Items"]]


def write_bare(client: "DynamoDBClient", items: list[dict[str, Any]]) -> float:
    """Seconds for the same items in batches of 25, ready to be sent."""
    name = f"club-{uuid.uuid4().hex}"
    create_table(client, name)
    batches = [[{"PutRequest": {"Item": item}} for item in items[n : n + 25]] for n in range(0, len(items), 25)]
    start = time.perf_counter()
    for batch in batches:
        pending: Any = {name: batch}
        while pending:
            pending = client.batch_write_item(RequestItems=pending).get("UnprocessedItems")
    return time.perf_counter() - start


def race(server: int) -> dict[str, Any]:
    """The best of several rounds of each, by the clock and by the processor time of this process and of the DynamoDB's.

    Nothing here waits for anything but the other process, so on an idle machine the two say the same; on a busy one the clock also
    counts what others do.
    """
    client, content = aws.dynamodb(), b"".join(sales_file(ROWS))
    seconds: dict[str, list[float]] = {"ours": [], "floor": [], "ours_cpu": [], "floor_cpu": []}
    items: list[dict[str, Any]] = []
    for _ in range(ROUNDS):
        fresh = Import(client)
        before = processor_time(server)
        seconds["ours"].append(fresh.run(content))
        seconds["ours_cpu"].append(processor_time(server) - before)
        assert fresh.rows() == ROWS
        items = fresh.items()
        before = processor_time(server)
        seconds["floor"].append(write_bare(client, items))
        seconds["floor_cpu"].append(processor_time(server) - before)
    return {"items": len(items), **{name: min(rounds) for name, rounds in seconds.items()}}


def processor_time(server: int) -> float:
    """Of this process and the other one."""
    fields = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_a_fresh_process(code: str, *arguments: str, **environment: str) -> Any:
    """The output of the code, as JSON. As in Lambda, nothing is in memory that the code does not need."""
    command = [sys.executable, "-c", code, *arguments]
    made = subprocess.run(
        command, capture_output=True, text=True, timeout=280, env={**os.environ, **environment}, check=False
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor times are read from /proc")
def test_rows_a_second_against_bare_batch_writes_of_the_same_items(bare_cloud: Cloud) -> None:
    found = in_a_fresh_process(
        "import json, sys; from tests.benchmarks.bench_import import race; print(json.dumps(race(int(sys.argv[1]))))",
        str(bare_cloud.process.pid),
        AWS_ENDPOINT_URL=bare_cloud.endpoint,
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
    )
    clock_ratio, ratio = found["floor"] / found["ours"], found["floor_cpu"] / found["ours_cpu"]
    report(
        f"import, {ROWS:,} rows ({found['items']:,} items), against bare batch writes of the same items",
        f"{ROWS / found['ours']:,.0f} rows/s of {ROWS / found['floor']:,.0f} by the clock: {clock_ratio:.2f}; "
        f"{ROWS / found['ours_cpu']:,.0f} of {ROWS / found['floor_cpu']:,.0f} by processor time: {ratio:.2f}",
        "at least 0.5",
    )
    assert ratio >= 0.5


# Splits so many rows, reads the longest part, and tells the seconds of the split and the most memory of both.
SPLIT = """
import json, sys, tempfile, time
from pathlib import Path
from chalicelib.exchange.reading.model import NO_PROFILE
from chalicelib.exchange.reading.parts import cut, parts_for, read_part
from chalicelib.exchange.documents.rules import DocumentDrafts
from tests.benchmarks.bench_import import TERMS, sales_file
rows = int(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    upload, parts = Path(folder, "upload"), Path(folder, "parts")
    parts.mkdir()
    with upload.open("wb") as file:
        file.writelines(sales_file(rows))
    start = time.perf_counter()
    made = cut(upload, NO_PROFILE, TERMS, parts_for(rows * 105), parts)
    seconds = time.perf_counter() - start
    longest = max(parts.glob("*.gz"), key=lambda file: file.stat().st_size)
    drafts = DocumentDrafts(10_000)
    for row in read_part(longest.read_bytes()):
        drafts.add(row)
# VmHWM is this program's own peak; ru_maxrss of a started process keeps the size of the one that started it.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
megabytes = int(peak.split()[1]) / 1024
print(json.dumps({"rows": made.rows, "seconds": seconds, "megabytes": megabytes}))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_memory_and_speed_of_a_split_from_ten_thousand_rows_to_a_million() -> None:
    most: dict[int, float] = {}
    for rows in (10_000, 100_000, 1_000_000):
        found = in_a_fresh_process(SPLIT, str(rows))
        assert found["rows"] == rows
        most[rows] = found["megabytes"]
        speed = rows / found["seconds"]
        report(f"split, {rows:,} rows", f"{speed:,.0f} rows/s, {most[rows]:.0f} MB at most", "memory flat")
    assert most[1_000_000] < most[10_000] * 1.25
