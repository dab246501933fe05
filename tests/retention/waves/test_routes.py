"""Waves over HTTP: a head of sales plans them, a manager sees nothing of them."""

from datetime import timedelta

import pytest

from chalicelib.platform.context import Context
from tests.support import partners
from tests.support.api import Api, Caller

WAVES = "/v1/staff/retention/waves"
HEAD = Caller.person("mbr_head", "staff", "head_of_sales", "club")
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


@pytest.fixture(autouse=True)
def staff(context: Context) -> None:
    partners.staff(context, "mbr_head", "head_of_sales")


def test_a_head_of_sales_plans_pools_and_cancels_a_wave(api: Api, context: Context) -> None:
    first = (context.today + timedelta(days=7)).isoformat()
    made = api.call("POST", WAVES, HEAD, {"name": "Winter", "first": first}, key="plan")
    assert made.status == 201
    assert made.json["held_out_percent"] == 25 and made.json["pool"]
    assert api.call("POST", WAVES, HEAD, {"name": "Winter", "first": first}, key="plan").json == made.json
    address = made.headers["location"]
    shown = api.call("GET", address, HEAD).json
    assert shown == {**made.json, "planned_by_name": shown["planned_by_name"]} and shown["planned_by_name"]
    pooled = api.call("POST", f"{address}/pool", HEAD, key="pool").json
    assert pooled["last"] == (context.today + timedelta(days=7 + 55)).isoformat()
    assert api.call("POST", f"{address}/pool", HEAD, key="pool").json == pooled
    assert api.call("POST", f"{address}/cancel", HEAD).json["state"] == "cancelled"
    assert [each["wave_id"] for each in api.call("GET", WAVES, HEAD).json["items"]] == [made.json["wave_id"]]


def test_a_wave_of_the_past_or_within_another_is_refused(api: Api, context: Context) -> None:
    form = {"name": "Winter", "first": context.today.isoformat()}
    refused = api.call("POST", WAVES, HEAD, form, key="1", headers={"accept-language": "ru"})
    assert refused.status == 422 and "не раньше завтрашнего дня" in refused.text
    form["first"] = (context.today + timedelta(days=1)).isoformat()
    assert api.call("POST", WAVES, HEAD, form, key="2").status == 201
    assert api.call("POST", WAVES, HEAD, form, key="3").status == 409


def test_a_manager_sees_no_waves(api: Api) -> None:
    assert api.call("GET", WAVES, MANAGER).status == 403
