"""POST and GET /v1/staff/imports, as the staff's pages call them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from chalicelib.exchange.sales_files import jobs
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.exchange.sales_files.steps import OPERATOR, PATH, bring, messages, row, shown, start, table, upload
from tests.sales.steps import items
from tests.support.api import STRANGER, Api, Caller

FORM = {"source": "1c-main", "file_name": "sales.csv"}


def test_an_announced_import_says_where_to_upload(api: Api, context: Context) -> None:
    answer = start(api)
    assert answer.status == 201
    assert answer.headers["location"] == f"{PATH}/imp_0001"
    made = answer.json
    target = made.pop("upload")
    assert made.pop("second_upload") is None
    assert made.items() <= shown(api, "imp_0001").items()
    assert made == {
        "import_id": "imp_0001",
        "kind": "sales",
        "source": "1c-main",
        "file_name": "sales.csv",
        "dry_run": False,
        "state": "waiting_for_upload",
        "stalled": False,
        "created_at": "2026-11-20T09:00:00.000Z",
        "created_by": "mbr_staff",
        "created_by_name": None,
        "uploaded_at": None,
        "finished_at": None,
        "encoding": None,
        "delimiter": None,
        "columns": {},
        "progress": {"rows_looked_at": 0, "parts_done": 0, "parts_total": 0},
        "rows": {"created": 0, "changed": 0, "unchanged": 0, "failed": 0, "total": 0, "skipped": 0},
        "documents": {"created": 0, "changed": 0, "unchanged": 0, "failed": 0},
        "companies_created": 0,
        "reason": None,
        "bad_rows": None,
        "sha256": None,
        "confirmed_at": None,
        "confirmed_by": None,
        "confirmed_by_name": None,
        "taken_back_at": None,
        "taken_back_by": None,
        "taken_back_by_name": None,
        "documents_in_the_way": 0,
    }
    assert target["method"] == "POST"
    assert target["fields"]["key"] == "imports/imp_0001/upload"
    assert target["expires_at"] == "2026-11-20T10:00:00Z"
    assert target["most_bytes"] == 2**30


def test_the_same_request_again_is_the_same_import(api: Api, context: Context) -> None:
    first, again = start(api), start(api)
    assert (again.status, again.text) == (201, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(items(context, "IMPORT")) == 1
    assert start(api, file_name="other.csv").json["code"] == "idempotency_key_reused"
    assert api.call("POST", PATH, OPERATOR, FORM).json["code"] == "idempotency_key_missing"


@pytest.mark.parametrize(
    ("form", "pointer", "code"),
    [
        ({"source": "1C Main"}, "/source", "pattern"),
        ({"source": "orders"}, "/source", "source_reserved"),
        ({"file_name": ""}, "/file_name", "too_short"),
        ({"kind": "stock"}, "/kind", "choice"),
        ({"currency": "USD"}, "/currency", "currency"),
        ({"currency": "rub"}, "/currency", "pattern"),
        ({"mapping": {"sum": "Сумма"}}, "/mapping/sum", "unknown_field"),
        ({"format": {"delimiter": ":"}}, "/format/delimiter", "choice"),
        ({"format": {"encoding": "ebcdic"}}, "/format/encoding", "choice"),
        ({"format": {"dates": []}}, "/format/dates", "too_short"),
        ({"unknown_customers": "ask"}, "/unknown_customers", "choice"),
        ({"dry_run": "maybe"}, "/dry_run", "boolean"),
        ({"overwrite": True}, "/overwrite", "unknown_field"),
    ],
)
def test_a_wrong_announcement_is_told_what_is_wrong(
    api: Api, context: Context, form: Any, pointer: str, code: str
) -> None:
    answer = start(api, **form)
    assert answer.status == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]
    assert items(context) == []


def test_imports_are_listed_newest_first(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in range(5):
        monkeypatch.setattr(
            respond, "context_now", lambda hour=hour: replace(context, now=context.now + timedelta(hours=hour))
        )
        start(api, f"key-{hour}", file_name=f"{hour}.csv")
    found, cursor = [], ""
    while cursor is not None:
        answer = api.call("GET", f"{PATH}?limit=2{cursor and f'&cursor={cursor}'}", OPERATOR).json
        found += [item["file_name"] for item in answer["items"]]
        cursor = answer["next_cursor"]
    assert found == ["4.csv", "3.csv", "2.csv", "1.csv", "0.csv"]


def test_an_import_is_followed_from_waiting_to_done(api: Api, context: Context) -> None:
    started = start(api).json

    def state() -> tuple[str, dict[str, int]]:
        found = shown(api, started["import_id"])
        return found["state"], found["progress"]

    assert state() == ("waiting_for_upload", {"rows_looked_at": 0, "parts_done": 0, "parts_total": 0})
    jobs.split_import(context, upload(started, table(row()).encode()))
    assert state() == ("writing", {"rows_looked_at": 2, "parts_done": 0, "parts_total": 1})
    for message in messages():
        jobs.write_imports(context, message)
    assert state() == ("done", {"rows_looked_at": 2, "parts_done": 1, "parts_total": 1})


def test_an_import_whose_file_never_came_has_expired_and_is_forgotten_in_a_week(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = start(api).json
    monkeypatch.setattr(respond, "context_now", lambda: replace(context, now=context.now + timedelta(minutes=61)))
    assert shown(api, started["import_id"])["state"] == "expired"
    (item,) = items(context, "IMPORT")
    assert int(item["expires_at"]) - context.now.timestamp() == 7 * 86400


def test_an_import_that_was_used_is_kept(api: Api, context: Context) -> None:
    bring(api, context, table(row()))
    (item,) = items(context, "IMPORT")
    assert "expires_at" not in item


def test_the_list_of_bad_rows_downloads_under_the_imports_name(api: Api, context: Context) -> None:
    done = bring(api, context, table(row(quantity="x")))
    answer = requests.get(done["bad_rows"]["url"], timeout=10)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''imp_0001-bad-rows.csv"
    assert done["bad_rows"]["expires_at"] == "2026-11-20T09:15:00Z"


def test_an_unknown_import_is_not_found(api: Api) -> None:
    assert api.call("GET", f"{PATH}/imp_none", OPERATOR).status == 404


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (STRANGER, 401),
        (Caller.person("mem_1"), 403),
        (Caller.person("mem_1", "company", "owner", "cmp_1"), 403),
        (Caller.person("mem_1", "distributor", "manager", "dst_1"), 403),
        (Caller.person("mem_1", "staff", "manager", "club"), 403),
    ],
)
def test_only_operations_import_files(api: Api, context: Context, caller: Caller, status: int) -> None:
    assert api.call("POST", PATH, caller, FORM, key="k").status == status
    assert api.call("GET", PATH, caller).status == status
    assert api.call("GET", f"{PATH}/imp_0001", caller).status == status
    assert items(context) == []
