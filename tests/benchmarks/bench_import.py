"""An import against its floor: the same items put by bare batch writes. And its memory, from ten thousand rows to a million."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from chalicelib.exchange import store, writing
from chalicelib.exchange.parts import Expected, cut, part_file, parts_for
from chalicelib.exchange.schemas import ImportForm
from chalicelib.platform import clock, ids
from chalicelib.platform.work import Work
from chalicelib.table import Table, Transaction
from infra.local.cloud import Cloud
from tests.benchmarks.report import report
from tests.support.cloud import create_table

ROWS, ROUNDS = 20_000, 3
LINES = 18  # of a document, as in a wholesaler's year
CUSTOMERS = 500


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

    def __init__(self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        client, name = cloud.client("dynamodb"), f"club-{uuid.uuid4().hex}"
        create_table(client, name)
        self.work = Work(table=Table(client, name), now=clock.now(), new_id=ids.random_id)
        self._objects: dict[str, bytes] = {}
        monkeypatch.setattr(store, "get", lambda import_id, name: self._objects[name])
        monkeypatch.setattr(store, "put", lambda import_id, name, content: self._objects.update({name: content}))
        tx = Transaction()
        store.create(tx, self.work, "imp_1", ImportForm(source="1c-main", file_name="sales.csv"), "RUB", "mbr_1")
        self.work.table.commit(tx)

    def run(self, content: bytes, folder: Path) -> None:
        store.begin(self.work, "imp_1", "etag")
        chunks = (content[start : start + 2**18] for start in range(0, len(content), 2**18))
        made = cut(chunks, Expected({}), parts_for(len(content)), folder)
        for part in range(1, made.parts + 1):
            self._objects[f"parts/{part:06d}"] = part_file(folder, part).read_bytes()
        store.hand_over(self.work, "imp_1", made)
        for part in range(1, made.parts + 1):
            writing.write_part(self.work, {"body": json.dumps({"import_id": "imp_1", "part": part})})

    def items(self) -> list[dict[str, Any]]:
        table = self.work.table
        return [
            item for page in table.client.get_paginator("scan").paginate(TableName=table.name) for item in page["Items"]
        ]


def write_bare(cloud: Cloud, items: list[dict[str, Any]]) -> float:
    """Seconds for the same items in batches of 25, ready to be sent."""
    client, name = cloud.client("dynamodb"), f"club-{uuid.uuid4().hex}"
    create_table(client, name)
    batches = [[{"PutRequest": {"Item": item}} for item in items[n : n + 25]] for n in range(0, len(items), 25)]
    start = time.perf_counter()
    for batch in batches:
        pending: Any = {name: batch}
        while pending:
            pending = client.batch_write_item(RequestItems=pending).get("UnprocessedItems")
    return time.perf_counter() - start


def test_rows_a_second_against_bare_batch_writes_of_the_same_items(
    bare_cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"".join(sales_file(ROWS))
    ours, floor = [], []
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        fresh = Import(bare_cloud, monkeypatch)
        start = time.perf_counter()
        fresh.run(content, folder)
        ours.append(time.perf_counter() - start)
        found = store.load(fresh.work, "imp_1")
        assert found is not None
        assert (found.state, found.count("rows_created")) == ("done", ROWS)
        items = fresh.items()
        floor.append(write_bare(bare_cloud, items))
    ratio = median(bare / mine for bare, mine in zip(floor, ours, strict=True))
    report(
        f"import, {ROWS} rows ({len(items)} items): rows/s",
        f"{ROWS / median(ours):,.0f}, bare batch writes of the same items {ROWS / median(floor):,.0f}: {ratio:.2f} of them",
        "at least 0.5",
    )
    assert ratio >= 0.5


# Splits so many rows, then writes one part of them with the table left out, and tells the most memory it held.
MEASURED = """
import resource, sys, tempfile, time
from datetime import date
from pathlib import Path
from chalicelib.exchange import parts, rules
from tests.benchmarks.bench_import import sales_file
rows = int(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    start = time.perf_counter()
    made = parts.cut(sales_file(rows), parts.Expected({}), parts.parts_for(rows * 105), Path(folder))
    seconds = time.perf_counter() - start
    longest = max(Path(folder).iterdir(), key=lambda file: file.stat().st_size)
    reader = rules.Reader(
        fields=made.columns, dates=("dd.mm.yyyy",), mark="comma", currency="RUB", currencies={"RUB"},
        latest=date(2027, 1, 1), inn_is_valid=lambda inn: True,
    )
    drafts = rules.Drafts(10_000)
    for row, too_many, cells in parts.read_part(longest.read_bytes()):
        drafts.add(reader.read(row, cells, too_many))
print(made.rows, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def test_memory_and_speed_of_a_split_from_ten_thousand_rows_to_a_million() -> None:
    most: dict[int, float] = {}
    for rows in (10_000, 100_000, 1_000_000):
        answer = subprocess.run(
            [sys.executable, "-c", MEASURED, str(rows)], capture_output=True, text=True, check=True, timeout=280
        )
        split, seconds, most[rows] = (float(each) for each in answer.stdout.split())
        assert split == rows
        report(f"split, {rows:,} rows", f"{rows / seconds:,.0f} rows/s, {most[rows]:.0f} MB at most", "memory flat")
    assert most[1_000_000] < most[10_000] * 1.25
