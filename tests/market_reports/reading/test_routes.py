"""Reports are read by members whose cabinet is open and whom the audience has; for all others there are none. Every reading is logged."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib import members
from chalicelib.market_reports.reading import keys
from chalicelib.members import store as members_store
from chalicelib.platform.context import Context
from chalicelib.platform.http.throttle import DAY, throttle_key
from chalicelib.platform.own_data import Person, erasures, sections
from chalicelib.table.transactions import Transaction
from tests.market_reports.contents.samples import HTML, PAGE
from tests.market_reports.steps import Marketing
from tests.support import partners
from tests.support.api import Answer, Api, Caller

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
DISTRIBUTOR = Caller.person("mbr_dealer", "distributor", "operator", "dst_1")
RUSSIAN = {"accept-language": "ru"}


def titles(api: Api, reader: Caller, query: str = "") -> list[str]:
    return [each["title"] for each in api.call("GET", f"/v1/reports{query}", reader).json["items"]]


def log_of(marketing: Marketing, report_id: str) -> list[tuple[str, int, str | None]]:
    """The oldest first."""
    items = marketing.done("GET", f"/{report_id}/readings")["items"]
    return [(each["member_id"], each["version"], each["file_id"]) for each in reversed(items)]


# --- content and list -------------------------------------------------------------------------------------------------


def test_a_report_is_read_in_the_readers_language(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.published()
    report = marketing.api.call("GET", f"/v1/reports/{report_id}", anna, headers=RUSSIAN).json
    assert (report["title"], report["summary"], report["body"]) == ("Уличное освещение", "Цены упали.", "# Цены")
    [card] = marketing.api.call("GET", "/v1/reports", anna, headers=RUSSIAN).json["items"]
    assert (card["title"], card["summary"]) == ("Уличное освещение", "Цены упали.")


def test_what_has_no_russian_text_is_shown_as_it_is(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.published(summary_ru=None, body_ru=None)
    report = marketing.api.call("GET", f"/v1/reports/{report_id}", anna, headers=RUSSIAN).json
    assert (report["title"], report["summary"], report["body"]) == ("Уличное освещение", "Prices fell.", "# Prices")


def test_the_newest_report_comes_first_page_by_page(marketing: Marketing, anna: Caller) -> None:
    for hour in range(5):
        marketing.later(hours=1)
        marketing.published(title=f"Report {hour}")
    found: list[str] = []
    url = "/v1/reports?limit=2"
    for _ in range(3):
        page = marketing.api.call("GET", url, anna).json
        found += [card["title"] for card in page["items"]]
        url = f"/v1/reports?limit=2&cursor={page['next_cursor']}"
    assert found == [f"Report {hour}" for hour in (4, 3, 2, 1, 0)]
    assert page["next_cursor"] is None


def test_reports_are_found_by_segment_topic_period_and_language(marketing: Marketing, anna: Caller) -> None:
    api = marketing.api
    marketing.published(title="Third", period_from="2026-07-01", period_to="2026-09-30", topic="products")
    marketing.published(title="Fourth", segment="panels", period_from="2026-10-01", languages=["ru"])
    assert titles(api, anna, "?segment=Panels") == ["Fourth"]
    assert titles(api, anna, "?topic=products") == ["Third"]
    assert titles(api, anna, "?language=en") == ["Third"]
    assert titles(api, anna, "?from=2026-09-30&to=2026-09-30") == ["Third"]
    assert titles(api, anna, "?from=2026-10-01") == ["Fourth"]
    assert titles(api, anna, "?segment=panels&topic=products") == []


def test_a_list_carries_no_texts(marketing: Marketing, anna: Caller) -> None:
    marketing.published(body="x" * 100_000)
    assert len(marketing.api.call("GET", "/v1/reports", anna).text) < 1_000


# --- what is new ------------------------------------------------------------------------------------------------------


def test_the_list_tells_what_came_since_the_last_visit_and_was_not_read(marketing: Marketing, anna: Caller) -> None:
    api = marketing.api
    old = marketing.published(title="Old")
    marketing.later(minutes=1)
    assert titles(api, anna, "?new=true") == ["Old"]  # the first visit: all of it is new
    marketing.later(days=1)
    marketing.published(title="News")
    marketing.later(minutes=1)
    for _ in range(2):  # a visit goes on: what is new stays new
        assert titles(api, anna, "?new=true") == ["News"]
        marketing.later(minutes=10)
    assert [each["is_new"] for each in api.call("GET", "/v1/reports", anna).json["items"]] == [True, False]
    marketing.corrected(old, title="Old, corrected")
    marketing.publish(old)
    assert titles(api, anna, "?new=true") == ["Old, corrected", "News"]
    api.call("GET", f"/v1/reports/{old}", anna)
    assert titles(api, anna, "?new=true") == ["News"]
    marketing.later(days=1)
    assert titles(api, anna, "?new=true") == []


# --- who reads --------------------------------------------------------------------------------------------------------


def asked(marketing: Marketing, reader: Caller, report_id: str, file_id: str) -> list[Answer]:
    return [marketing.api.call("GET", f"/v1/reports/{report_id}{path}", reader) for path in ("", f"/files/{file_id}")]


@pytest.fixture
def report(marketing: Marketing) -> tuple[str, str]:
    """A published report and a file of it."""
    report_id = marketing.drafted()
    file_id = marketing.with_file(report_id)
    marketing.publish(report_id)
    return report_id, file_id


def test_a_locked_profile_is_told_what_is_missing_and_shown_no_report(
    marketing: Marketing, locked: Caller, report: tuple[str, str]
) -> None:
    answer = marketing.api.call("GET", "/v1/reports", locked)
    assert (answer.status, answer.json["code"], answer.json["missing"]) == (404, "not_found", ["phone"])
    privileges = marketing.api.call("GET", "/v1/me/privileges", locked).json["privileges"]
    [closed] = [each for each in privileges if each["name"] == "market_reports"]
    assert (closed["unlocked"], closed["missing"]) == (False, ["phone"])
    assert [each.status for each in asked(marketing, locked, *report)] == [404, 404]
    assert log_of(marketing, report[0]) == []


def test_who_was_unlocked_and_is_locked_again_finds_nothing(
    marketing: Marketing, context: Context, anna: Caller, report: tuple[str, str]
) -> None:
    assert [each.status for each in asked(marketing, anna, *report)] == [200, 200]
    member = members.member(context, "mbr_anna")
    assert member is not None
    tx = Transaction()
    members_store.change(tx, "mbr_anna", member.version, {"phone": None})
    context.table.commit(tx)
    assert [each.status for each in asked(marketing, anna, *report)] == [404, 404]
    assert marketing.api.call("GET", "/v1/reports", anna).json["missing"] == ["phone"]


def test_who_was_dismissed_finds_nothing_though_the_token_still_says_so(
    marketing: Marketing, context: Context, anna: Caller, report: tuple[str, str]
) -> None:
    partners.dismissed(context, "cmp_1", "mbr_anna")
    assert [each.status for each in asked(marketing, anna, *report)] == [404, 404]
    assert marketing.api.call("GET", "/v1/reports", anna).status == 404


def test_a_member_who_has_left_finds_nothing(
    marketing: Marketing, context: Context, anna: Caller, report: tuple[str, str]
) -> None:
    context.table.delete_many([members.member_key("mbr_anna"), members.membership_key("mbr_anna")])
    assert [each.status for each in asked(marketing, anna, *report)] == [404, 404]
    assert marketing.api.call("GET", "/v1/reports", anna).status == 404


def test_without_a_company_a_report_looks_like_one_that_never_was(
    marketing: Marketing, context: Context, report: tuple[str, str]
) -> None:
    partners.member(context, "mbr_alone")
    alone = Caller.person("mbr_alone")
    there, nowhere = asked(marketing, alone, *report)[0], asked(marketing, alone, "rep_nowhere", "rpf_1")[0]
    assert there.text == nowhere.text
    assert there.status == 404


@pytest.mark.parametrize(
    ("audience", "belongs"),
    [
        ({"audiences": ["installer"]}, True),
        ({"audiences": ["designer"]}, False),
        ({"tiers": ["silver", "gold"]}, True),
        ({"tiers": ["none"]}, False),
        ({"audiences": ["installer"], "tiers": ["bronze"]}, False),
        ({"interests": ["panels"], "stages": ["learning"]}, True),
        ({"stages": ["dormant"]}, False),
        ({"purchases": [{"brand": "Luch", "bought": False}]}, True),
        ({"purchases": [{"brand": "Luch"}]}, False),
    ],
)
def test_only_the_audience_finds_a_report(
    marketing: Marketing, context: Context, audience: dict[str, Any], belongs: bool
) -> None:
    partners.company(context, "cmp_1")
    partners.member(context, "mbr_anna", audience="installer", interests=["panels"])
    anna = partners.speaks_for(context, "cmp_1", "mbr_anna")
    partners.reach(context, "cmp_1", "150000")
    report_id = marketing.drafted(audience=audience)
    file_id = marketing.with_file(report_id)
    marketing.publish(report_id)
    marketing.published(title="For everybody")
    assert [each.status for each in asked(marketing, anna, report_id, file_id)] == [200 if belongs else 404] * 2
    assert ("Street lighting" in titles(marketing.api, anna)) is belongs
    assert "For everybody" in titles(marketing.api, anna)
    assert "Street lighting" in titles(marketing.api, MANAGER)


def test_a_distributor_has_no_reports(api: Api) -> None:
    assert api.call("GET", "/v1/reports", DISTRIBUTOR).json["code"] == "scope_missing"


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_link_is_an_attachment_and_good_for_minutes(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.drafted()
    file_id = marketing.with_file(report_id, PAGE, content_type=HTML, name="Цены.exe")
    marketing.publish(report_id)
    link = marketing.api.call("GET", f"/v1/reports/{report_id}/files/{file_id}", anna).json
    query = {name: value[0] for name, value in parse_qs(urlsplit(link["url"]).query).items()}
    assert query["X-Amz-Expires"] == "300"
    assert query["response-content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert query["response-content-disposition"].endswith(".exe.html")
    assert link["expires_at"] == "2026-11-20T09:05:00.000Z"
    key = urlsplit(link["url"]).path.removeprefix("/")
    kept = boto3.client("s3").get_object(Bucket="club-files", Key=key)["Body"].read()
    assert b"Content-Security-Policy" in kept


def test_a_file_of_a_version_that_is_no_longer_shown_is_gone(
    marketing: Marketing, anna: Caller, report: tuple[str, str]
) -> None:
    report_id, file_id = report
    marketing.corrected(report_id)
    marketing.done("DELETE", f"/{report_id}/files/{file_id}")
    assert [each.status for each in asked(marketing, anna, report_id, file_id)] == [200, 200]
    marketing.publish(report_id)
    assert [each.status for each in asked(marketing, anna, report_id, file_id)] == [200, 404]


def test_downloads_of_a_day_have_a_bound(
    marketing: Marketing, context: Context, anna: Caller, report: tuple[str, str]
) -> None:
    key = throttle_key(context, "report-downloads", "mbr_anna", DAY)
    context.table.put({**key.as_item(), "count": 199})
    assert [each.status for each in asked(marketing, anna, *report)] == [200, 200]
    assert [each.status for each in asked(marketing, anna, *report)] == [200, 429]
    assert [each for each in log_of(marketing, report[0]) if each[2]] == [("mbr_anna", 1, report[1])]


# --- the log ----------------------------------------------------------------------------------------------------------


def test_every_reading_and_download_is_logged_with_who_and_when(
    marketing: Marketing, anna: Caller, report: tuple[str, str]
) -> None:
    report_id, file_id = report
    asked(marketing, anna, report_id, file_id)
    marketing.later(minutes=1)
    marketing.corrected(report_id)
    marketing.publish(report_id)
    asked(marketing, MANAGER, report_id, file_id)
    marketing.later(minutes=1)
    marketing.api.call("GET", f"/v1/reports/{report_id}", anna)
    assert sorted(log_of(marketing, report_id), key=str) == sorted(
        [
            ("mbr_anna", 1, None),
            ("mbr_anna", 1, file_id),
            ("mbr_manager", 2, None),
            ("mbr_manager", 2, file_id),
            ("mbr_anna", 2, None),
        ],
        key=str,
    )
    newest = marketing.done("GET", f"/{report_id}/readings?limit=1")["items"][0]
    assert newest == {
        "at": "2026-11-20T09:02:00.000Z",
        "member_id": "mbr_anna",
        "name": "Anna mbr_anna",
        "company_id": "cmp_1",
        "version": 2,
        "file_id": None,
    }
    assert marketing.done("GET", f"/{report_id}/figures") == {
        "readers": 1,
        "companies": 1,
        "opened": 2,
        "downloaded": 1,
        "readers_by_version": {"2": 1},
    }


def test_a_report_that_is_not_there_is_not_logged(marketing: Marketing, context: Context, anna: Caller) -> None:
    assert marketing.api.call("GET", "/v1/reports/rep_nowhere", anna).status == 404
    assert context.table.query(keys.reading("rep_nowhere", "", "", "").pk).items == []
    for path in ("readings", "figures", "preview"):
        assert marketing.call("GET", f"/rep_nowhere/{path}").status == 404


def test_the_log_is_kept_for_three_years(marketing: Marketing, context: Context, anna: Caller) -> None:
    report_id = marketing.published()
    marketing.api.call("GET", f"/v1/reports/{report_id}", anna)
    [logged] = context.table.query(keys.reading(report_id, "", "", "").pk, starts="READ#").items
    assert logged["expires_at"] == int((context.now + timedelta(days=1095)).timestamp())


def test_a_reader_sees_their_readings_among_their_own_data_and_leaves_no_visits(
    marketing: Marketing, context: Context, anna: Caller
) -> None:
    report_id = marketing.published()
    titles(marketing.api, anna)
    marketing.api.call("GET", f"/v1/reports/{report_id}", anna)
    person = Person("mbr_anna", "Anna", "anna@partner.example")
    [section] = [each for each in sections() if each.name == "market_reports"]
    [row] = section.read(context, person)
    assert (row["report_id"], row["opened"], row["downloaded"]) == (report_id, 1, 0)
    assert context.table.get(keys.visit("mbr_anna"))
    for forget in erasures():
        if forget.__module__.startswith("chalicelib.market_reports"):
            forget(context, person)
    assert context.table.get(keys.visit("mbr_anna")) is None
    assert log_of(marketing, report_id) == [("mbr_anna", 1, None)]


# --- charts -----------------------------------------------------------------------------------------------------------

CHART = {
    "kind": "columns",
    "title": "Prices",
    "title_ru": "Цены",
    "description": "Prices of a luminaire by quarter.",
    "unit": "RUB",
    "unit_ru": "₽",
    "labels": ["Q2", "Q3"],
    "labels_ru": ["II кв.", "III кв."],
    "series": [{"name": "street", "name_ru": "уличный", "values": ["100.50", "96"]}],
}


def test_a_chart_comes_as_figures_and_as_a_picture_in_the_readers_language(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.published(charts=[CHART])
    for headers, title, label, name in ((None, "Prices", "Q2", "street"), (RUSSIAN, "Цены", "II кв.", "уличный")):
        [chart] = marketing.api.call("GET", f"/v1/reports/{report_id}", anna, headers=headers).json["charts"]
        assert chart["vega_lite"]["title"] == title
        assert chart["vega_lite"]["data"]["values"][0] == {"label": label, "series": name, "value": 100.5}
        assert f"{label}, {name}: 100.50" in chart["svg"]
    assert marketing.done("GET", f"/{report_id}")["content"]["charts"][0]["labels_ru"] == ["II кв.", "III кв."]


@pytest.mark.parametrize("changes", [{"labels": ["Q1"]}, {"labels_ru": ["II кв."]}, {"series": [{"values": []}]}])
def test_a_chart_whose_values_do_not_fit_its_labels_is_refused(marketing: Marketing, changes: dict[str, Any]) -> None:
    report_id = marketing.drafted()
    form = {"title": "A", "title_ru": "А", "segment": "s", "summary": "S", "charts": [CHART | changes]}
    answer = marketing.call("PUT", f"/{report_id}", form, revision=1)
    assert [fault["code"] for fault in answer.json["errors"]] == ["labels"]
