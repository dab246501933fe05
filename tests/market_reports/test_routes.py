"""Market reports: published by marketing, read by members whose cabinet is open, there for nobody else."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.market_reports import keys as market_reports_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.support import partners
from tests.support.api import Api, Caller

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
DISTRIBUTOR = Caller.person("mbr_dealer", "distributor", "operator", "dst_1")
RUSSIAN = {"accept-language": "ru"}

FORM = {
    "title": "Street lighting",
    "title_ru": "Уличное освещение",
    "segment": "street lighting",
    "summary": "Prices fell.",
    "summary_ru": "Цены упали.",
    "body": "# Prices",
    "body_ru": "# Цены",
}


def publish(api: Api, key: str = "k1", **changes: Any) -> str:
    answer = api.call("POST", "/v1/staff/reports", MARKETING, FORM | changes, key=key)
    assert answer.status == 201, answer.text
    return str(answer.json["report_id"])


@pytest.fixture(autouse=True)
def marketing(context: Context) -> None:
    partners.staff(context, "mbr_marketing", "marketing")


@pytest.fixture
def anna(context: Context) -> Caller:
    """Her cabinet is open."""
    return partners.partner(context, "cmp_1", "mbr_anna")


@pytest.fixture
def locked(context: Context) -> Caller:
    """Confirmed for a company, and without a telephone."""
    partners.company(context, "cmp_2", inn="7743013902")
    partners.member(context, "mbr_locked", phone=None)
    return partners.speaks_for(context, "cmp_2", "mbr_locked")


@pytest.fixture
def alone(context: Context) -> Caller:
    """A member who named no company."""
    partners.member(context, "mbr_alone")
    return Caller.person("mbr_alone")


def readings(context: Context, report_id: str) -> list[tuple[str, str]]:
    pk, prefix = market_reports_keys.report_read(report_id, "", "")
    found = context.table.query_all(pk, starts=prefix.rstrip("#"))
    return [(item["member_id"], item["at"]) for item in found]


def test_a_published_report_says_where_it_is_read(api: Api, anna: Caller) -> None:
    answer = api.call("POST", "/v1/staff/reports", MARKETING, FORM, key="k1")
    assert answer.status == 201
    assert answer.json["title"] == "Street lighting"
    assert "body" not in answer.json
    report = api.call("GET", answer.headers["location"], anna)
    assert (report.status, report.json["body"]) == (200, "# Prices")


def test_a_report_is_read_in_the_readers_language(api: Api, anna: Caller) -> None:
    report_id = publish(api)
    report = api.call("GET", f"/v1/reports/{report_id}", anna, headers=RUSSIAN).json
    assert (report["title"], report["summary"], report["body"]) == ("Уличное освещение", "Цены упали.", "# Цены")
    [card] = api.call("GET", "/v1/reports", anna, headers=RUSSIAN).json["items"]
    assert (card["title"], card["summary"]) == ("Уличное освещение", "Цены упали.")


def test_what_has_no_russian_text_is_shown_as_it_is(api: Api, anna: Caller) -> None:
    report_id = publish(api, summary_ru=None, body_ru=None)
    report = api.call("GET", f"/v1/reports/{report_id}", anna, headers=RUSSIAN).json
    assert (report["title"], report["summary"], report["body"]) == ("Уличное освещение", "Prices fell.", "# Prices")


def test_the_same_request_twice_publishes_once(api: Api, anna: Caller) -> None:
    assert publish(api, "k1") == publish(api, "k1")
    assert len(api.call("GET", "/v1/reports", anna).json["items"]) == 1
    assert publish(api, "k2") != publish(api, "k1")


def test_the_newest_report_comes_first_page_by_page(
    api: Api, context: Context, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(5):
        later = replace(context, now=context.now + timedelta(hours=hour))
        monkeypatch.setattr(respond, "context_now", lambda later=later: later)
        publish(api, f"k{hour}", title=f"Report {hour}")
    titles: list[str] = []
    url = "/v1/reports?limit=2"
    for _ in range(3):
        page = api.call("GET", url, anna).json
        titles += [card["title"] for card in page["items"]]
        url = f"/v1/reports?limit=2&cursor={page['next_cursor']}"
    assert titles == [f"Report {hour}" for hour in (4, 3, 2, 1, 0)]
    assert page["next_cursor"] is None


def test_a_list_carries_no_bodies(api: Api, context: Context, anna: Caller) -> None:
    publish(api, body="x" * 100_000)
    assert len(api.call("GET", "/v1/reports", anna).text) < 1_000
    [listed] = context.table.query(market_reports_keys.report_list("", "").pk, index="gsi1").items
    assert len(str(listed)) < 1_000


def test_a_locked_cabinet_is_told_what_is_missing_and_shown_no_report(
    api: Api, context: Context, locked: Caller
) -> None:
    report_id = publish(api)
    answer = api.call("GET", "/v1/reports", locked)
    assert (answer.status, answer.json["code"], answer.json["missing"]) == (403, "cabinet_locked", ["phone"])
    assert api.call("GET", f"/v1/reports/{report_id}", locked).status == 404
    assert readings(context, report_id) == []


def test_without_a_company_no_report_is_there(api: Api, context: Context, alone: Caller) -> None:
    report_id = publish(api)
    there = api.call("GET", f"/v1/reports/{report_id}", alone)
    nowhere = api.call("GET", "/v1/reports/rep_nowhere", alone)
    assert there.text == nowhere.text
    assert there.status == 404
    missing = api.call("GET", "/v1/reports", alone).json["missing"]
    assert missing == ["company_named", "company_confirmed"]
    assert readings(context, report_id) == []


def test_who_was_dismissed_reads_no_more_though_the_token_still_says_so(
    api: Api, context: Context, anna: Caller
) -> None:
    report_id = publish(api)
    partners.dismissed(context, "cmp_1", "mbr_anna")
    assert api.call("GET", f"/v1/reports/{report_id}", anna).status == 404


def test_every_reading_is_logged_in_order(
    api: Api, context: Context, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = publish(api)
    later = replace(context, now=context.now + timedelta(minutes=1))
    for reader, moment in ((anna, context), (MANAGER, later)):
        monkeypatch.setattr(respond, "context_now", lambda moment=moment: moment)
        assert api.call("GET", f"/v1/reports/{report_id}", reader).status == 200
    assert readings(context, report_id) == [("mbr_anna", context.at), ("mbr_manager", later.at)]


def test_a_report_that_is_not_there_is_not_logged(api: Api, context: Context, anna: Caller) -> None:
    assert api.call("GET", "/v1/reports/rep_nowhere", anna).status == 404
    assert readings(context, "rep_nowhere") == []


def test_the_staff_reads_what_the_club_publishes(api: Api) -> None:
    report_id = publish(api)
    assert api.call("GET", "/v1/reports", MANAGER).json["items"][0]["report_id"] == report_id
    assert api.call("GET", f"/v1/reports/{report_id}", MARKETING).status == 200


@pytest.mark.parametrize("caller", [MANAGER, DISTRIBUTOR, Caller.person("mbr_1", "company", "owner", "cmp_1")])
def test_only_marketing_publishes(api: Api, context: Context, caller: Caller) -> None:
    assert api.call("POST", "/v1/staff/reports", caller, FORM, key="k1").json["code"] == "scope_missing"
    assert context.table.query(market_reports_keys.report_list("", "").pk, index="gsi1").items == []


def test_a_distributor_has_no_reports(api: Api) -> None:
    assert api.call("GET", "/v1/reports", DISTRIBUTOR).json["code"] == "scope_missing"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"title_ru": None}, "/title_ru"),
        ({"body": "x" * 100_001}, "/body"),
        ({"body_ru": ""}, "/body_ru"),
        ({"segment": "x" * 61}, "/segment"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_wrong_report_is_refused_by_field(api: Api, changes: dict[str, Any], pointer: str) -> None:
    answer = api.call("POST", "/v1/staff/reports", MARKETING, FORM | changes, key="k1")
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(("letter", "escaped"), [("x", True), ("я", True), ("😀", False)])
def test_a_text_of_the_greatest_length_fits(api: Api, anna: Caller, letter: str, escaped: bool) -> None:
    texts = {
        "title": "x" + letter * 199,
        "summary": letter * 1000,
        "body": letter * 100_000,
        "summary_ru": None,
        "body_ru": None,
    }
    raw = json.dumps(FORM | texts, ensure_ascii=escaped).encode()
    answer = api.call("POST", "/v1/staff/reports", MARKETING, raw=raw, key="k1")
    assert answer.status == 201, answer.text
    assert api.call("GET", answer.headers["location"], anna).json["body"] == texts["body"]


def test_publishing_is_an_event_of_its_transaction(api: Api, context: Context) -> None:
    report_id = publish(api)
    [event] = context.table.query_all(market_reports_keys.report(report_id).pk, starts="EVENT#")
    assert (event["event"], event["report_id"]) == ("report.published", report_id)
