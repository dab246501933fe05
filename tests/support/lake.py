"""A lake in a folder: the table's exports, bucket, queue, catalogue of tables, and DuckDB in Athena's place. Nothing else is needed.

    lake = Lake(monkeypatch, tmp_path)
    lake.night(context)                    # a refresh of this table, from its schedule to its last dataset
    lake.ask("SELECT count(*) FROM documents")

What a caller sends is checked against the SDK's own description of each call. An export holds the items as they are now, or those that differ
from the export before, with a deleted one as its key: what the times of the window say is told to nobody.
"""

import gzip
import io
import json
import re
import shutil
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import duckdb
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from chalicelib.datasets.refresh import jobs as refresh_jobs
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.settings import settings
from chalicelib.table.client import Table
from tests.support.crashes import uncounted, watched

UNLOAD = re.compile(r"UNLOAD \((.*)\) TO '(s3://[^']+/)' WITH \(format = 'PARQUET'\)", re.DOTALL)


class EntityNotFoundException(ClientError):
    pass


class Bucket:
    """A bucket as a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        self.path(Key).write_bytes(Body)

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.path(Key).read_bytes())}

    def upload_file(self, path: str, bucket: str, name: str) -> None:
        shutil.copy(path, self.path(name))

    def upload_fileobj(self, file: Any, bucket: str, name: str) -> None:
        self.path(name).write_bytes(file.read())

    def generate_presigned_url(self, operation: str, *, Params: Any, ExpiresIn: int) -> str:  # noqa: N803
        return f"https://files.example/{Params['Key']}?{ExpiresIn}"

    def below(self, place: str) -> list[str]:
        """The files at a place of the lake."""
        folder = self._folder / place.split("/", 3)[3]
        return sorted(map(str, folder.iterdir())) if folder.exists() else []

    def forget(self, named: str) -> None:
        for folder in list(self._folder.rglob(named)):
            shutil.rmtree(folder, ignore_errors=True)


class Messages:
    """Queues as one list, whatever their delays."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.bodies.append(MessageBody)

    def send_message_batch(self, *, QueueUrl: str, Entries: Any) -> Any:  # noqa: N803
        self.bodies += [each["MessageBody"] for each in Entries]
        return {}


class Lake:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._folder = folder
        self.bucket, self.queue = Bucket(folder / "bucket"), Messages()
        self._table: Table | None = None
        self._exported: dict[Any, Any] = {}
        self.exports: dict[str, dict[str, Any]] = {}
        self.tables: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, dict[str, Any]] = {}
        self.failing: list[str] = []  # a statement with one of these words fails, once for each
        environment = {
            "FILES_BUCKET": "club-files",
            "TABLE_ARN": "arn:aws:dynamodb:us-east-1:123456789012:table/club",
            "DATASETS_DATABASE": "club_datasets",
            "DATASETS_WORKGROUP": "club-datasets",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        clients = {
            "s3": watched(self.bucket, "s3"),
            "sqs": watched(self.queue, "sqs"),
            "glue": self._client("glue", UpdateTable=self._update, CreateTable=self._create),
            "athena": self._client(
                "athena", StartQueryExecution=self._start, GetQueryExecution=self._state, GetQueryResults=self._rows
            ),
            "dynamodb": self._client("dynamodb", ExportTableToPointInTime=self._export, DescribeExport=self._describe),
        }
        for name, client in clients.items():
            monkeypatch.setattr(aws, name, lambda client=client: client)
        monkeypatch.setattr("chalicelib.datasets.lake.engine.time.sleep", lambda seconds: None)

    # --- what tests say ---------------------------------------------------------------------------------------------

    def night(self, context: Context) -> str | None:
        """A refresh, with all its messages."""
        self._table = context.table
        refresh_id: str | None = refresh_jobs.nightly_datasets(context, {})["refresh_id"]
        self.work_off(context)
        return refresh_id

    def work_off(self, context: Context) -> None:
        """A message leaves the queue when it is handled."""
        self._table = context.table
        while self.queue.bodies:
            refresh_jobs.refresh_datasets(context, {"messageId": "1", "body": self.queue.bodies[0]})
            self.queue.bodies.pop(0)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with self._open() as database:
            return database.execute(sql).fetchall()

    def whole(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of all datasets, in a fixed order."""
        names = [name for name in self.tables if not name.endswith("_waiting")]
        return {name: sorted(self.ask(f"SELECT * FROM {name}"), key=repr) for name in sorted(names)}

    # --- clients ----------------------------------------------------------------------------------------------------

    def _client(self, service_name: str, **calls: Callable[..., Any]) -> Any:
        model = boto3.client(service_name).meta.service_model

        def checked(operation: str) -> Callable[..., Any]:
            shape = model.operation_model(operation).input_shape

            def call(**asked: Any) -> Any:
                report = ParamValidator().validate(asked, shape)
                assert not report.has_errors(), report.generate_report()
                with uncounted():
                    return calls[operation](**asked)

            return call

        named = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): checked(name) for name in calls}
        paginator = SimpleNamespace(paginate=lambda **asked: [self._rows(**asked)])
        fake = SimpleNamespace(
            **named,
            exceptions=SimpleNamespace(EntityNotFoundException=EntityNotFoundException),
            get_paginator=lambda name: paginator,
        )
        return watched(fake, service_name)

    # --- DynamoDB's export ------------------------------------------------------------------------------------------

    def _export(self, ClientToken: str, S3Prefix: str, ExportType: str = "FULL_EXPORT", **asked: Any) -> Any:  # noqa: N803
        assert asked["TableArn"] == settings().table_arn
        if ClientToken not in self.exports:
            number = f"{len(self.exports):020d}"
            pages = self._table.client.get_paginator("scan").paginate(TableName=self._table.name)
            now = {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}
            if ExportType == "FULL_EXPORT":
                told = [{"Item": item} for item in now.values()]
            else:
                specification = asked["IncrementalExportSpecification"]
                assert specification["ExportViewType"] == "NEW_IMAGE"
                assert specification["ExportFromTime"] < specification["ExportToTime"]
                told = [
                    self._changed(key, now.get(key))
                    for key in now.keys() | self._exported.keys()
                    if now.get(key) != self._exported.get(key)
                ]
            self._exported = now
            files = []
            for part in (0, 1):
                name = f"AWSDynamoDB/{number}/data/{number}{part}.json.gz"
                lines = "".join(json.dumps(each, default=_base64) + "\n" for each in told[part::2])
                self._put(f"{S3Prefix}/{name}", gzip.compress(lines.encode()))
                files.append(json.dumps({"itemCount": len(told[part::2]), "dataFileS3Key": name}))
            self._put(f"{S3Prefix}/AWSDynamoDB/{number}/manifest-files.json", "\n".join(files).encode())
            arn = f"{settings().table_arn}/export/{number}"
            self.exports[ClientToken] = {"ExportArn": arn, "ExportStatus": "COMPLETED", "looks": 1, "type": ExportType}
        return {"ExportDescription": self.exports[ClientToken]}

    @staticmethod
    def _changed(key: tuple[str, str], item: Any) -> Any:
        told = {"Metadata": {"WriteTimestampMicros": {"N": "1"}}, "Keys": {"pk": {"S": key[0]}, "sk": {"S": key[1]}}}
        return {**told, "NewImage": item} if item else told

    def _describe(self, ExportArn: str) -> Any:  # noqa: N803
        (found,) = [each for each in self.exports.values() if each["ExportArn"] == ExportArn]
        found["looks"] -= 1
        return {"ExportDescription": {**found, "ExportStatus": "IN_PROGRESS"} if found["looks"] >= 0 else found}

    def _put(self, name: str, content: bytes) -> None:
        self.bucket.path(name).write_bytes(content)

    # --- the catalogue, and the engine ------------------------------------------------------------------------------

    def _update(self, DatabaseName: str, TableInput: Any, SkipArchive: bool) -> None:  # noqa: N803
        assert DatabaseName == "club_datasets"
        if TableInput["Name"] not in self.tables:
            raise EntityNotFoundException({"Error": {"Code": "EntityNotFoundException"}}, "UpdateTable")
        self.tables[TableInput["Name"]] = TableInput

    def _create(self, DatabaseName: str, TableInput: Any) -> None:  # noqa: N803
        self.tables[TableInput["Name"]] = TableInput

    def _start(self, QueryString: str, ClientRequestToken: str, **asked: Any) -> Any:  # noqa: N803
        assert asked == {"QueryExecutionContext": {"Database": "club_datasets"}, "WorkGroup": "club-datasets"}
        execution = self.executions.setdefault(ClientRequestToken, {"sql": QueryString, "looks": 1})
        assert execution["sql"] == QueryString, "another statement under the same token"
        return {"QueryExecutionId": ClientRequestToken}

    def _state(self, QueryExecutionId: str) -> Any:  # noqa: N803
        execution = self.executions[QueryExecutionId]
        if execution["looks"]:
            execution["looks"] -= 1
            return {"QueryExecution": {"Status": {"State": "RUNNING"}}}
        if "state" not in execution:
            execution.update(self._run(execution["sql"]))
        status = {"State": execution["state"], "StateChangeReason": execution.get("reason", "")}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 1}}}

    def _run(self, sql: str) -> dict[str, Any]:
        for word in self.failing:
            if word in sql:
                self.failing.remove(word)
                return {"state": "FAILED", "reason": "Query exhausted resources"}
        unload = UNLOAD.fullmatch(sql)
        try:
            with self._open() as database:
                if unload is None:
                    found = database.execute(sql)
                    names = [each[0] for each in found.description]
                    return {"state": "SUCCEEDED", "rows": [names, *found.fetchall()]}
                assert not self.bucket.below(unload[2]), "UNLOAD writes to an empty place only"
                file = self._folder / "unloaded.parquet"
                database.execute(f"COPY ({unload[1]}) TO '{file}' (FORMAT parquet)")
                (count,) = database.execute(f"SELECT count(*) FROM '{file}'").fetchone() or (0,)
                if count:
                    self._put(f"{unload[2].split('/', 3)[3]}part", file.read_bytes())
        except duckdb.Error as error:
            return {"state": "FAILED", "reason": str(error)}
        return {"state": "SUCCEEDED", "rows": []}

    def _rows(self, QueryExecutionId: str) -> Any:  # noqa: N803
        rows = self.executions[QueryExecutionId]["rows"]
        return {
            "ResultSet": {
                "Rows": [
                    {"Data": [{} if each is None else {"VarCharValue": str(each)} for each in row]} for row in rows
                ]
            }
        }

    def _open(self) -> duckdb.DuckDBPyConnection:
        """A database with a view for each table of the catalogue, over the files at its place."""
        database = duckdb.connect()
        for name, table in self.tables.items():
            storage = table["StorageDescriptor"]
            hive = {"string": "varchar"}
            columns = [(each["Name"], hive.get(each["Type"], each["Type"])) for each in storage["Columns"]]
            files = self.bucket.below(storage["Location"])
            if not files:
                nothing = ", ".join(f"CAST(NULL AS {type_}) AS {column}" for column, type_ in columns)
                found = f"SELECT {nothing} WHERE false"
            elif table["Parameters"]["classification"] == "parquet":
                found = f"SELECT {', '.join(each for each, _ in columns)} FROM read_parquet({files})"
            else:
                found = f"SELECT * FROM read_json({files}, columns = {dict(columns)}, format = 'newline_delimited')"
            database.execute(f"CREATE VIEW {name} AS {found}")
        return database


def _base64(value: Any) -> str:
    return b64encode(bytes(value)).decode()
