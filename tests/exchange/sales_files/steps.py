"""Words of the import tests: files as accountants save them, and the way of a file through the club."""

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests

from chalicelib.exchange.sales_files import jobs
from chalicelib.platform.context import Context
from tests.platform.files.test_tables import in_csv
from tests.support.api import Answer, Api, Caller

CLUB_DATA = Path(os.environ.get("CLUB_DATA", Path(__file__).parents[4] / "shared" / "data"))
OPERATOR = Caller.person("mbr_staff", "staff", "operations", "club")
PATH = "/v1/staff/imports"
HEADING = ["Дата", "Номер", "Код контрагента", "Контрагент", "Номенклатура", "Артикул", "Количество", "Цена", "Сумма"]


def data_file(name: str) -> Path:
    file = CLUB_DATA / name
    if not file.exists():
        pytest.skip(f"needs {name} in the folder that CLUB_DATA names; {CLUB_DATA} has none")
    return file


def row(
    number: str = "УТ-1",
    *,
    day: str = "12.01.2026",
    customer: str = "К-1",
    name: str = "Лампа",
    sku: str = "L-1",
    quantity: str = "2",
    price: str = "50,00",
    amount: str = "100,00",
) -> list[str]:
    return [day, number, customer, f"ООО {customer}", name, sku, quantity, price, amount]


def table(*rows: Sequence[str], heading: Sequence[str] = HEADING, delimiter: str = ";") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([heading, *rows])
    return text.getvalue()


def start(api: Api, key: str = "once", **form: Any) -> Answer:
    return api.call("POST", PATH, OPERATOR, {"source": "1c-main", "file_name": "sales.csv", **form}, key=key)


def upload(started: Any, content: bytes, to: str = "upload") -> dict[str, Any]:
    """Sends the file as a browser would; returns the event with which the bucket tells of it."""
    target = started[to]
    answer = requests.post(target["url"], data=target["fields"], files={"file": content}, timeout=10)
    assert answer.status_code == 204, answer.text
    return told(target["fields"]["key"])


def told(key: str) -> dict[str, Any]:
    found = boto3.client("s3").head_object(Bucket="club-files", Key=key)
    stored = {"key": key, "size": found["ContentLength"], "eTag": found["ETag"].strip('"')}
    return {"Records": [{"s3": {"bucket": {"name": "club-files"}, "object": stored}}]}


def messages() -> list[dict[str, Any]]:
    """The messages of the imports queue, taken from it, as its function would get them."""
    sqs = boto3.client("sqs")
    queue = os.environ["IMPORTS_QUEUE_URL"]
    taken: list[dict[str, Any]] = []
    while found := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            taken.append({"body": message["Body"], "messageId": message["MessageId"]})
    return sorted(taken, key=lambda message: json.loads(message["body"])["part"])


def write_all(context: Context, several: Iterable[dict[str, Any]] | None = None) -> None:
    for message in messages() if several is None else several:
        jobs.write_imports(context, message)


def bring(api: Api, context: Context, content: str | bytes, key: str = "once", **form: Any) -> dict[str, Any]:
    """A file from its announcement to its end; returns the import as it is shown then."""
    answer = start(api, key, **form)
    assert answer.status == 201, answer.text
    content = content.encode() if isinstance(content, str) else content
    jobs.split_import(context, upload(answer.json, content))
    write_all(context)
    return shown(api, answer.json["import_id"])


def shown(api: Api, import_id: str, language: str = "en") -> dict[str, Any]:
    answer = api.call("GET", f"{PATH}/{import_id}", OPERATOR, headers={"accept-language": language})
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def bad_file(api: Api, context: Context, done: dict[str, Any]) -> bytes:
    """The file of bad rows, made as the bucket's event asks for it."""
    jobs.split_import(context, told(f"imports/{done['import_id']}/bad/upload"))
    answer = requests.get(shown(api, done["import_id"])["bad_rows"]["file_url"], timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.content


def bad_rows(done: dict[str, Any]) -> list[list[str]]:
    """Row, document, column, value and code of each line of the list of bad rows."""
    parts = urlsplit(done["bad_rows"]["url"])
    answer = requests.get(done["bad_rows"]["url"], timeout=10)
    assert answer.status_code == 200, (parts, answer.text)
    assert answer.content.decode("utf-8-sig").startswith("row;document;column;value;code;reason;причина")
    return [each[:5] for each in in_csv(answer.content)]


def counts(done: dict[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """Rows and documents, without what is nought. Each row is counted once."""
    rows, documents = done["rows"], done["documents"]
    assert rows["total"] == sum(count for name, count in rows.items() if name != "total"), rows
    return ({name: n for name, n in rows.items() if n}, {name: n for name, n in documents.items() if n})
