"""A back office's file on the deployed stack: its upload, its workers with their own rights, and the list of what was wrong."""

import csv
import io
from typing import Any

import pytest
import requests

from infra.demo.portal import Portal
from infra.demo.seed import STAFF, upload
from tests.exchange.sales_files.steps import row, table
from tests.support.cloud import DeployedClub


@pytest.fixture(scope="module")
def operations(guest: Portal) -> Portal:
    return guest.sign_in(STAFF["operations"][1])


def test_a_file_with_a_wrong_row_is_written_but_for_that_document_and_the_list_downloads(operations: Portal) -> None:
    rows = [row("ИМ-1", customer="ИМ"), row("ИМ-2", customer="ИМ", quantity="12,3a"), row("ИМ-2", customer="ИМ")]
    done = upload(operations, table(*rows), print, source="e2e-import")
    assert (done["state"], done["rows"]["created"], done["rows"]["failed"]) == ("done", 1, 2)
    answer = requests.get(done["bad_rows"]["url"], timeout=60)
    assert answer.status_code == 200
    listed = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [line[:5] for line in listed[1:]] == [
        ["3", "ИМ-2", "Количество", "12,3a", "number"],
        ["4", "ИМ-2", "", "", "document_left_out"],
        [],
        ["rows / строк", "2"],
    ]
    again = upload(operations, table(rows[0]), print, source="e2e-import")
    assert again["documents"] == {"created": 0, "changed": 0, "unchanged": 1, "failed": 0}


def test_a_file_that_is_no_table_fails_with_a_reason(operations: Portal) -> None:
    done = upload(operations, "Просто письмо.\nБез таблицы.\n", print, source="e2e-import")
    assert (done["state"], done["reason"]["code"]) == ("failed", "column_missing")


def test_the_form_uploads_to_its_own_place_only(operations: Portal) -> None:
    started = operations.order_post("/v1/staff/imports", {"source": "e2e-import", "file_name": "a.csv"}, expect=201)
    target = started["upload"]
    forged = {**target["fields"], "key": target["fields"]["key"].replace("/upload", "/other")}
    assert requests.post(target["url"], data=forged, files={"file": b"a;b"}, timeout=60).status_code == 403


def test_what_waits_for_its_file_is_listed_first(operations: Portal, cloud: DeployedClub) -> None:
    started = operations.order_post("/v1/staff/imports", {"source": "e2e-import", "file_name": "late.csv"}, expect=201)

    def listed() -> bool | None:
        newest = operations.get("/v1/staff/imports?limit=1")["items"][0]
        return newest["import_id"] == started["import_id"] or None

    assert cloud.until(listed, "the import in the list")


def test_a_file_is_checked_confirmed_replaces_a_month_and_is_taken_back(
    operations: Portal, cloud: DeployedClub
) -> None:
    source, path = "e2e-flow", "/v1/staff/imports"
    rows = [row(f"ПЕ-{number}", customer="ПЕ") for number in range(30)]
    upload(operations, table(*rows), print, source=source)

    def ended(import_id: str, state: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            shown: dict[str, Any] = operations.get(f"{path}/{import_id}")
            return shown if shown["state"] == state else None

        return cloud.until(found, f"import {state}")

    january = {"from": "2026-01-01", "to": "2026-01-31"}
    corrected = [row("ПЕ-0", customer="ПЕ", amount="70,00"), *rows[1:29]]
    checked = upload(operations, table(*corrected), print, source=source, dry_run=True, replace_period=january)
    assert checked["totals"]["amounts"] == [{"amount": "2870.00", "currency": "RUB"}]
    assert checked["replacement"]["documents"] == 1
    import_id = checked["import_id"]
    operations.order_post(f"{path}/{import_id}/confirm", {"sha256": checked["sha256"]})
    done = ended(import_id, "done")
    assert (done["documents"]["changed"], done["replacement"]["voided"]) == (1, 1)
    effects = operations.get(f"{path}/{import_id}/effects")["items"]
    assert [each["purchases"]["amount"] for each in effects] == ["-130.00"]
    operations.order_post(f"{path}/{import_id}/take-back")
    assert ended(import_id, "taken_back")["documents_in_the_way"] == 0
    again = upload(operations, table(*rows), print, source=source)
    assert again["documents"]["failed"] == 0
    form = {"source": source, "document": "ПЕ-3", "business_date": "2026-01-12", "reason": "Deleted in the books"}
    assert operations.order_post("/v1/staff/documents/void", form)["document"] == "ПЕ-3"


def test_a_customer_is_split_off_into_a_company_of_its_own_and_comes_back(
    operations: Portal, cloud: DeployedClub
) -> None:
    source, path = "e2e-split", "/v1/staff/customer-moves"
    rows = [row(f"РД-{number}", customer="РД-А" if number < 2 else "РД-Б") for number in range(5)]
    checked = upload(operations, table(*rows), print, source=source, dry_run=True)
    import_id = checked["import_id"]
    operations.order_post(f"/v1/staff/imports/{import_id}/confirm", {"sha256": checked["sha256"]})

    def recorded() -> dict[str, Any] | None:
        shown: dict[str, Any] = operations.get(f"/v1/staff/imports/{import_id}")
        return shown if shown["state"] == "done" else None

    assert cloud.until(recorded, "the import done")["documents"]["created"] == 5
    companies = {
        each["name"]: each["company_id"] for each in operations.get(f"/v1/staff/imports/{import_id}/effects")["items"]
    }
    first, second = (companies[f"ООО РД-{letter}"] for letter in "АБ")

    def move(address: str, form: dict[str, Any] | None = None) -> dict[str, Any]:
        started = operations.order_post(address, form, expect=200)

        def followed() -> dict[str, Any] | None:
            shown: dict[str, Any] = operations.get(f"{path}/{started['move_id']}")
            return shown if shown["state"] == "done" else None

        return cloud.until(followed, "the documents moved")

    joined = {"source": source, "customer": "РД-А", "company_id": second}
    assert move(path, {**joined, "reason": "One firm"})["documents"] == 2
    split = {"source": source, "customer": "РД-А"}
    told = operations.post(f"{path}/preview", split, expect=200)
    assert (told["documents"], told["purchases"]["amount"], told["company"]["company_id"]) == (2, "200.00", second)
    assert told["other"]["company_id"] is None
    moved = move(path, {**split, "reason": "Two firms after all"})
    assert moved["to_company_id"] not in (first, second)
    back = move(f"{path}/{moved['move_id']}/undo")
    assert (back["to_company_id"], back["undoes"], back["reason"]) == (second, moved["move_id"], "Two firms after all")
    assert operations.get(f"{path}/{moved['move_id']}")["undone_at"]


def test_wrong_rows_come_back_as_a_file_and_are_brought_again(operations: Portal, cloud: DeployedClub) -> None:
    rows = [row("ИЧ-1", customer="ИЧ"), row("ИЧ-2", customer="ИЧ", quantity="две")]
    done = upload(operations, table(*rows), print, source="e2e-mend", vat="gross")

    def made() -> str | None:
        url: str | None = operations.get(f"/v1/staff/imports/{done['import_id']}")["bad_rows"]["file_url"]
        return url

    content = requests.get(cloud.until(made, "the file of wrong rows"), timeout=60).content.decode("utf-8-sig")
    assert [line.split(";")[1] for line in content.splitlines()] == ["Номер", "ИЧ-2"]
    again = upload(operations, content.replace("две", "2"), print, source="e2e-mend")
    assert (again["profile_kept"], again["documents"]["created"], again["bad_rows"]) == (True, 1, None)
    [kept] = operations.get("/v1/staff/sources/e2e-mend/profiles")["items"]
    assert kept["profile"]["vat"] == "gross"


def test_documents_and_their_rows_are_two_uploads(operations: Portal, cloud: DeployedClub) -> None:
    form = {"source": "e2e-two", "file_name": "orders.csv", "second_file_name": "rows.csv"}
    started = operations.order_post("/v1/staff/imports", form, expect=201)
    files = {
        "second_upload": "Номер заказа;Артикул;Количество;Цена\n1;L-1;2;50\n2;L-2;1;70\n",
        "upload": "Номер заказа;Дата заказа;Код клиента;Статус\n1;12.01.2026;ДФ;Отгружен\n2;13.01.2026;ДФ;Отменён\n",
    }
    for name, text in files.items():
        target = started[name]
        answer = requests.post(target["url"], data=target["fields"], files={"file": text.encode()}, timeout=60)
        assert answer.status_code == 204, answer.text

    def ended() -> dict[str, Any] | None:
        shown: dict[str, Any] = operations.get(f"/v1/staff/imports/{started['import_id']}")
        return shown if shown["state"] in ("done", "failed") else None

    done = cloud.until(ended, "the import of two files")
    assert (done["state"], done["documents"]["created"], done["totals"]["amounts"][0]["amount"]) == (
        "done",
        1,
        "100.00",
    )
    assert "cancelled" in [note["code"] for note in done["notes"]]
