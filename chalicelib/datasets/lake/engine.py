"""The engine of the lake: Athena, and the catalogue of its tables in Glue. The local cloud answers both with DuckDB.

A table is a name and the place of its files. `point` moves the name to another place in one call, so a reader sees the files of one night or
of the next, and never a part of each.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from chalicelib.datasets.lake import rules
from chalicelib.platform import aws
from chalicelib.platform.registry.datasets import Column, Dataset
from chalicelib.platform.settings import settings

FOLDER = "datasets/"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
_TEXT = "org.apache.hadoop"

State = Literal["running", "done", "failed"]


class Execution(NamedTuple):
    """The state of a statement. `reason`: why it failed; `scanned`: the bytes that it read."""

    state: State
    reason: str = ""
    scanned: int = 0


def place(*parts: str) -> str:
    """An address in the bucket."""
    return f"s3://{settings().files_bucket}/{FOLDER}{'/'.join(parts)}/"


def point(dataset: Dataset, at: str) -> None:
    """Makes the files at this place the dataset."""
    columns = [Column("item", "text", "Of which item of the table the row is"), *dataset.columns]
    described = [
        {"Name": each.name, "Type": _hive(rules.TYPES[each.kind]), "Comment": each.description} for each in columns
    ]
    formats = (f"{_PARQUET}.MapredParquetInputFormat", f"{_PARQUET}.MapredParquetOutputFormat")
    serde = f"{_PARQUET}.serde.ParquetHiveSerDe"
    _point(dataset.name, dataset.description, described, at, formats, serde, "parquet")


def point_waiting(dataset: Dataset, at: str) -> None:
    """Makes the JSON at this place the rows that wait to be merged."""
    described = [{"Name": "item", "Type": "string"}, {"Name": "gone", "Type": "boolean"}]
    described += [{"Name": each.name, "Type": "string"} for each in dataset.columns]
    formats = (f"{_TEXT}.mapred.TextInputFormat", f"{_TEXT}.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
    name, told = rules.waiting_table(dataset), f"What a refresh merges into {dataset.name}"
    _point(name, told, described, at, formats, "org.openx.data.jsonserde.JsonSerDe", "json")


def _point(
    name: str,
    description: str,
    columns: Sequence[dict[str, str]],
    at: str,
    formats: tuple[str, str],
    serde: str,
    classification: str,
) -> None:
    glue, database = aws.glue(), settings().datasets_database
    table = {
        "Name": name,
        "Description": description,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"EXTERNAL": "TRUE", "classification": classification},
        "StorageDescriptor": {
            "Columns": list(columns),
            "Location": at,
            "InputFormat": formats[0],
            "OutputFormat": formats[1],
            "SerdeInfo": {"SerializationLibrary": serde},
        },
    }
    try:
        glue.update_table(DatabaseName=database, TableInput=table, SkipArchive=True)
    except glue.exceptions.EntityNotFoundException:
        glue.create_table(DatabaseName=database, TableInput=table)


def _hive(type_: str) -> str:
    """The catalogue's word for a type of SQL."""
    return {"varchar": "string", "integer": "int"}.get(type_, type_)


def start(sql: str, token: str) -> str:
    """Starts a statement and returns its id; the same one for the same token, of 32 to 128 characters."""
    asked = {"Database": settings().datasets_database}
    started: str = aws.athena().start_query_execution(
        QueryString=sql, ClientRequestToken=token, QueryExecutionContext=asked, WorkGroup=settings().datasets_workgroup
    )["QueryExecutionId"]
    return started


def wait(
    execution_id: str,
    seconds: int,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Execution:
    """The state once it has ended, or after so many seconds."""
    end = clock() + seconds
    while (found := _look(execution_id)).state == "running" and clock() < end:
        sleep(0.5)
    return found


def _look(execution_id: str) -> Execution:
    found: dict[str, Any] = aws.athena().get_query_execution(QueryExecutionId=execution_id)["QueryExecution"]
    state, scanned = found["Status"]["State"], int(found.get("Statistics", {}).get("DataScannedInBytes", 0))
    if state == "SUCCEEDED":
        return Execution("done", scanned=scanned)
    if state in ("FAILED", "CANCELLED"):
        return Execution("failed", found["Status"].get("StateChangeReason", state), scanned)
    return Execution("running")


def rows(execution_id: str) -> Iterator[list[str | None]]:
    """The rows of an answer as texts, None for NULL, the names of the columns first; a thousand a call."""
    pages = aws.athena().get_paginator("get_query_results").paginate(QueryExecutionId=execution_id)
    for page in pages:
        for row in page["ResultSet"]["Rows"]:
            yield [cell.get("VarCharValue") for cell in row["Data"]]
