"""Nobody reads from an answer whom a wave holds out."""

import re
from dataclasses import replace

import pytest

from chalicelib import contacts
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.retention.cases.steps import IVAN, known
from tests.retention.waves.steps import night, planned
from tests.support import partners
from tests.support.api import Api
from tests.tiers.steps import days_later

OF_COMPANY = [
    f"/v1/staff/companies/{{}}{each}" for each in ("", "/case", "/card", "/rhythm", "/offers", "/orders", "/tier")
]
OF_SALES = ["overview", "managers", "reasons", "companies", "late"]


def test_a_company_that_is_held_out_and_one_that_is_called_look_the_same(
    memory: Context, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [known(memory, f"cmp_k{number:02}") for number in range(24)]
    planned(memory, held_out_percent=40)
    monday = days_later(memory, 3)
    night(monday)
    monkeypatch.setattr(respond, "context_now", lambda: replace(monday))
    held = contacts.held_out(monday, several)
    called = [each for each in several if each not in held]
    assert held and len(called) > 7
    manager, head = partners.staff(monday, IVAN, "manager"), partners.staff(monday, "mbr_head", "head_of_sales")

    def seen(path: str, company_id: str) -> str:
        found = api.call("GET", path.format(company_id), manager)
        assert found.status in (200, 404)
        return re.sub(r"cas_\w+|\+7495\d+", "", found.text.replace(company_id, ""))

    for path in OF_COMPANY:
        assert len({seen(path, each) for each in (*[*held][:2], *called[:2])}) == 1, path
    found = api.call("GET", "/v1/manager/calls", manager).json
    listed = {each["company_id"] for each in found["calls"]}
    assert (found["size"], found["ready"], len(listed)) == (7, len(called), 7) and not listed & {*held}
    rest = [each for each in called if each not in listed]
    assert len({seen(OF_COMPANY[1], each) for each in (*held, *rest)}) == 1
    for path in OF_SALES:
        text = api.call("GET", f"/v1/staff/retention/{path}", head).text
        shown = {each for each in several if each in text}
        assert shown in (set(), {*several}), path
