"""The lake on the deployed stack: the table's export, the statements and the rights of the night, a question by hand and one over HTTP."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import requests

from chalicelib import sales
from chalicelib.datasets.lake.tables import DATASETS
from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from infra.sql import ask, refresh, tables
from tests.sales.steps import invoice
from tests.support.cloud import DeployedClub


def test_a_night_brings_the_lines_into_the_lake(cloud: DeployedClub, guest: Portal) -> None:
    company = f"cmp_{uuid.uuid4().hex}"
    context = Context(table=Table(cloud.client("dynamodb"), cloud.outputs["TableName"]), now=clock.now())
    sales.record(context, [invoice("УТ-1", "100.25", "7.10", company=company, day=date(2026, 11, 2))])
    refresh(cloud)
    asked = f"SELECT sku, amount, currency, counts_on FROM sale_lines WHERE company_id = '{company}' ORDER BY line"
    heading, *found = ask(cloud, asked)
    assert heading == ["sku", "amount", "currency", "counts_on"]
    assert [(sku, Decimal(amount), *rest) for sku, amount, *rest in found] == [
        ("L-0", Decimal("100.25"), "RUB", "2026-11-02"),
        ("L-1", Decimal("7.10"), "RUB", "2026-11-02"),
    ]
    assert {row[0] for row in tables(cloud)[1:]} == {each.name for each in DATASETS}

    admin = guest.sign_in(STAFF["admin"][1])
    asked = {"question": "second_purchase", "from": "2026-01-01", "to": "2026-12-31", "format": "csv"}
    query_id = admin.order_post("/v1/staff/queries", asked, expect=202)["query_id"]
    done = cloud.until(lambda: answered(admin, query_id), "the answer")
    assert done["row_count"] >= 1
    file = requests.get(done["url"], timeout=60).content.decode("utf-8-sig").splitlines()
    assert file[0] == "quarter;companies;bought_again;within_30_days;within_90_days;average_days"
    assert f"Rows;{done['row_count']}" in file


def answered(staff: Portal, query_id: str) -> dict[str, Any] | None:
    shown = staff.get(f"/v1/staff/queries/{query_id}")
    return shown if shown["state"] != "running" else None
