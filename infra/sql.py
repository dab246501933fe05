"""`make sql`: a statement of SQL to the datasets of a deployed club, or of the demonstration.

    make sql ARGS="--local 4600 'SELECT count(*) FROM sale_lines'"
    make sql ARGS="--stack partner-club 'SELECT brand, count(*) FROM products GROUP BY brand'"

Prints the answer as CSV, with NULL as nothing. `--refresh` brings the datasets up to date first, as the night does. Without a statement it
lists the datasets with their columns. infra/docs/sql.md describes them.
"""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.cloud import LOCAL_CREDENTIALS, STACK

WAIT = 900  # seconds


class Club(Protocol):
    """A deployed stack: its outputs, and clients of its services."""

    outputs: Mapping[str, str]
    client: Callable[[str], Any]


class SqlError(Exception):
    """One sentence for whoever asked."""


class Deployed:
    """A stack of this name, of the account or of a local cloud at a port."""

    def __init__(self, stack: str, port: int | None) -> None:
        local: dict[str, Any] = {}
        if port:
            local = {
                "endpoint_url": f"http://127.0.0.1:{port}",
                "region_name": LOCAL_CREDENTIALS["AWS_DEFAULT_REGION"],
                "aws_access_key_id": LOCAL_CREDENTIALS["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": LOCAL_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            }
        self.client: Callable[[str], Any] = lambda service: boto3.client(service, **local)
        told = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        self.outputs: Mapping[str, str] = {each["OutputKey"]: each["OutputValue"] for each in told}


def ask(club: Club, sql: str) -> list[list[str]]:
    """The rows of the answer, the names of its columns first. Raises SqlError for a statement that failed."""
    athena = club.client("athena")
    execution = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": club.outputs["DatasetsDatabaseName"]},
        WorkGroup=club.outputs["DatasetsWorkgroupName"],
    )["QueryExecutionId"]
    end = time.monotonic() + WAIT
    while True:
        found = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
        if found["State"] in ("FAILED", "CANCELLED"):
            raise SqlError(found.get("StateChangeReason") or found["State"])
        if found["State"] == "SUCCEEDED":
            break
        if time.monotonic() > end:
            raise SqlError(f"No answer within {WAIT} seconds.")
        time.sleep(0.3)
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution)
    return [
        [cell.get("VarCharValue", "") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]
    ]


def tables(club: Club) -> list[list[str]]:
    """Dataset, column, type and description of every column."""
    pages = club.client("glue").get_paginator("get_tables").paginate(DatabaseName=club.outputs["DatasetsDatabaseName"])
    return [["dataset", "column", "type", "description"]] + [
        [table["Name"], column["Name"], column["Type"], column.get("Comment", "")]
        for page in pages
        for table in page["TableList"]
        if not table["Name"].endswith("_waiting")
        for column in table["StorageDescriptor"]["Columns"]
    ]


def refresh(club: Club) -> None:
    """Begins the refresh that the night would, and waits until the datasets tell as much."""
    functions, table = club.client("lambda"), club.client("dynamodb")
    functions.invoke(FunctionName=club.outputs["NightlyDatasetsName"], Payload=b"{}")
    lake = {"pk": {"S": "DATASETS"}, "sk": {"S": "LAKE"}}
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        item = table.get_item(TableName=club.outputs["TableName"], Key=lake, ConsistentRead=True).get("Item", {})
        current = item.get("current", {}).get("S", "")
        if item.get("published_until", {}).get("S", "").replace("-", "").startswith(current):
            return
        time.sleep(0.5)
    raise SqlError(
        f"The refresh was not done within {WAIT} seconds. It goes on by itself: see the logs of RefreshDatasets."
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sql", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("statement", nargs="?", help="what to ask; without it the datasets are listed")
    parser.add_argument("--stack", default=STACK, help="the stack's name")
    parser.add_argument(
        "--local", type=int, metavar="PORT", help="the port of a local cloud, such as the demonstration's"
    )
    parser.add_argument("--refresh", action="store_true", help="bring the datasets up to date first")
    asked = parser.parse_args()
    try:
        club = Deployed(asked.stack, asked.local)
        if asked.refresh:
            refresh(club)
        rows = ask(club, asked.statement) if asked.statement else tables(club)
    except (SqlError, ClientError, BotoCoreError) as error:
        print(error, file=sys.stderr)
        return 1
    csv.writer(sys.stdout).writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
