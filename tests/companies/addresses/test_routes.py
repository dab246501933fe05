"""Delivery addresses over HTTP."""

from itertools import count
from typing import Any

import pytest

from chalicelib.companies.addresses import keys as addresses_keys
from chalicelib.companies.addresses import service
from chalicelib.companies.addresses.rules import MOST_ADDRESSES
from chalicelib.companies.addresses.schemas import AddressForm
from chalicelib.companies.keys import company as company_key
from tests.companies.addresses.steps import ADDRESS, URL
from tests.orders.order.test_store import MOST_BYTES, weight
from tests.orders.steps import Market, errors
from tests.support.api import Answer, Caller
from tests.support.crashes import crashes, races
from tests.support.partners import dismissed, speaks_for, staff
from tests.support.table import everything, restore

_keys = count(1)


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


def add(market: Market, caller: Caller | None = None, *, key: str | None = None, **change: Any) -> Answer:
    return market.post(URL, caller or market.buyer, {**ADDRESS, **change}, key=key or f"address-{next(_keys)}")


def listed(market: Market) -> list[Any]:
    items: list[Any] = market.api.call("GET", URL, market.buyer).json["items"]
    return items


def replaced(market: Market, address_id: str, version: int, caller: Caller | None = None, **change: Any) -> Answer:
    headers = {"if-match": f'"{version}"'}
    return market.api.call("PUT", f"{URL}/{address_id}", caller or market.buyer, {**ADDRESS, **change}, headers=headers)


def events(market: Market) -> list[tuple[str, str, str]]:
    found = market.context.table.query_all(company_key("cmp_1").pk, starts="EVENT#")
    return [
        (each["event"], each["address_id"], each["by"])
        for each in found
        if each["event"].startswith("company.address_")
    ]


def test_an_address_is_added_shown_replaced_and_removed_with_its_author_on_record(market: Market) -> None:
    assert listed(market) == []
    added = add(market)
    assert added.status == 201, added.text
    address_id = added.json["address_id"]
    assert added.json == {**ADDRESS, "address_id": address_id, "version": 1}
    shown = market.api.call("GET", added.headers["location"], market.buyer)
    assert (shown.status, shown.json, shown.headers["etag"]) == (200, added.json, '"1"')

    changed = replaced(market, address_id, 1, contact_name="Пётр Ключев", note="")
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')
    assert listed(market) == [changed.json]
    assert (changed.json["contact_name"], changed.json["note"]) == ("Пётр Ключев", "")

    assert market.api.call("DELETE", f"{URL}/{address_id}", market.buyer).status == 204
    assert listed(market) == []
    assert market.api.call("DELETE", f"{URL}/{address_id}", market.buyer).status == 404
    assert events(market) == [
        ("company.address_added", address_id, "mbr_1"),
        ("company.address_changed", address_id, "mbr_1"),
        ("company.address_removed", address_id, "mbr_1"),
    ]


def test_a_repeated_request_adds_one_address(market: Market) -> None:
    first, second = add(market, key="same"), add(market, key="same")
    assert (first.status, first.json) == (second.status, second.json)
    assert len(listed(market)) == 1


def test_who_read_an_older_version_changes_nothing(market: Market) -> None:
    address_id = add(market).json["address_id"]
    assert replaced(market, address_id, 1, name="New gate").status == 200
    late = replaced(market, address_id, 1, name="Old gate")
    assert (late.status, late.json["code"]) == (412, "precondition_failed")
    assert [each["name"] for each in listed(market)] == ["New gate"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": ""}, "/name"),
        ({"address": "x"}, "/address"),
        ({"address": "Tverskaya 7\nbuilding 2"}, "/address"),
        ({"contact_name": ""}, "/contact_name"),
        ({"contact_phone": "call Ivan"}, "/contact_phone"),
        ({"note": "n" * 301}, "/note"),
        ({"region": "RU-MOW"}, "/region"),
    ],
)
def test_a_field_that_cannot_be_used_is_pointed_at(market: Market, change: dict[str, Any], where: str) -> None:
    assert [pointer for pointer, _ in errors(add(market, **change))] == [where]
    assert listed(market) == []


def test_a_company_has_no_more_addresses_than_its_item_holds(market: Market) -> None:
    long = {"name": "Я" * 100, "address": "Я" * 300, "contact_name": "Я" * 100, "note": "Я" * 300}
    for number in range(MOST_ADDRESSES):
        assert add(market, **long).status == 201, number
    assert errors(add(market)) == [("", "too_many_addresses")]
    assert len(listed(market)) == MOST_ADDRESSES
    item = market.context.table.get(addresses_keys.addresses("cmp_1"), consistent=True)
    assert weight(item) < MOST_BYTES / 4


def test_a_buyer_may_change_addresses_and_an_accountant_may_only_read_them(market: Market) -> None:
    buyer = speaks_for(market.context, "cmp_1", "mbr_buyer", role="buyer")
    accountant = speaks_for(market.context, "cmp_1", "mbr_accountant", role="accountant")
    assert add(market, buyer).status == 201
    refused = add(market, accountant)
    assert (refused.status, refused.json["code"]) == (403, "scope_missing")
    assert len(market.api.call("GET", URL, accountant).json["items"]) == 1


def test_who_left_the_company_changes_nothing_whatever_the_token_says(market: Market) -> None:
    address_id = add(market).json["address_id"]
    gone = speaks_for(market.context, "cmp_1", "mbr_gone", role="buyer")
    dismissed(market.context, "cmp_1", "mbr_gone")
    before = everything(market.context)
    assert [
        add(market, gone).status,
        replaced(market, address_id, 1, gone, name="Mine").status,
        market.api.call("DELETE", f"{URL}/{address_id}", gone).status,
    ] == [403, 403, 403]
    assert everything(market.context) == before


def test_the_staff_reads_a_company_s_addresses(market: Market) -> None:
    added = add(market)
    manager = staff(market.context, "mbr_manager", "manager")
    assert market.api.call("GET", "/v1/staff/companies/cmp_1/addresses", manager).json == {"items": [added.json]}
    assert market.api.call("GET", "/v1/staff/companies/cmp_9/addresses", manager).status == 404


# --- between two calls ------------------------------------------------------------------------------------------------


def test_two_people_who_add_at_once_both_find_their_address(market: Market) -> None:
    before = everything(market.context)
    form = AddressForm(**ADDRESS)

    def other() -> None:
        service.add_address(market.context, "cmp_1", "mbr_1", form.model_copy(update={"name": "Other"}))

    for race in races(other):
        restore(market.context, before)
        with race:
            service.add_address(market.context, "cmp_1", "mbr_1", form)
        names = sorted(each["name"] for each in listed(market))
        assert names == (["Other", ADDRESS["name"]] if race.happened else [ADDRESS["name"]]), race


def test_a_repeat_after_a_crash_at_any_call_adds_one_address(market: Market) -> None:
    before = everything(market.context)
    for crash in crashes():
        restore(market.context, before)
        with crash:
            add(market, key="same")
        assert add(market, key="same").status == 201, crash
        assert len(listed(market)) == 1, crash
        assert len(events(market)) == 1, crash
