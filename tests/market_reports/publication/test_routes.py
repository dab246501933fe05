"""Marketing drafts, previews, publishes, corrects and withdraws reports; nothing that could run comes to a reader."""

import base64
import json
from typing import Any

import boto3
import pytest

from chalicelib.market_reports.publication import keys, rules
from tests.market_reports.contents.samples import HTML, PAGE, PDF, XLSX, pdf, workbook
from tests.market_reports.steps import FORM, MARKETING, REPORTS, Marketing
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, uncounted
from tests.support.table import everything, restore

RUSSIAN = {"accept-language": "ru"}
MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


def test_nobody_reads_a_draft_and_marketing_sees_it_as_readers_would(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.drafted()
    file_id = marketing.with_file(report_id)
    assert marketing.api.call("GET", f"/v1/reports/{report_id}", anna).status == 404
    assert marketing.api.call("GET", "/v1/reports", anna).json["items"] == []
    preview = marketing.done("GET", f"/{report_id}/preview?language=ru")
    assert (preview["title"], preview["body"], preview["version"]) == ("Уличное освещение", "# Цены", 1)
    assert [each["file_id"] for each in preview["files"]] == [file_id]
    assert "club-files" in marketing.done("GET", f"/{report_id}/files/{file_id}")["url"]
    shown = marketing.done("GET", f"/{report_id}")
    assert (shown["state"], shown["draft"], shown["versions"]) == ("draft", 1, [])
    assert shown["content"] | FORM == shown["content"]


def test_a_report_is_published_from_a_moment_on(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.drafted()
    published = marketing.publish(report_id, **{"from": marketing.moment(hours=2)})
    assert (published["state"], published["draft"]) == ("scheduled", None)
    marketing.later(minutes=119)
    assert marketing.api.call("GET", f"/v1/reports/{report_id}", anna).status == 404
    assert marketing.api.call("GET", "/v1/reports", anna).json["items"] == []
    marketing.later(minutes=1)
    assert marketing.api.call("GET", f"/v1/reports/{report_id}", anna).status == 200
    [listed] = marketing.api.call("GET", "/v1/reports", anna).json["items"]
    assert listed["published_at"] == "2026-11-20T11:00:00.000Z"
    assert marketing.done("GET")["items"][0]["state"] == "published"


def test_a_report_has_so_many_versions(marketing: Marketing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_VERSIONS", 2)
    report_id = marketing.published()
    marketing.corrected(report_id)
    marketing.publish(report_id)
    revision = int(marketing.call("GET", f"/{report_id}").headers["etag"].strip('"'))
    refused = marketing.call("PUT", f"/{report_id}", FORM, revision)
    assert (refused.status, refused.json["code"]) == (409, "wrong_state")


def test_a_correction_takes_the_place_of_the_version_before_and_readers_see_which(
    marketing: Marketing, anna: Caller
) -> None:
    report_id = marketing.published()
    first_file = marketing.corrected(report_id, body="# Corrected") and marketing.with_file(report_id)
    before = marketing.api.call("GET", f"/v1/reports/{report_id}", anna).json
    assert (before["body"], before["version"], before["files"]) == ("# Prices", 1, [])
    marketing.later(days=1)
    marketing.publish(report_id, note="Two prices", note_ru="Две цены")
    after = marketing.api.call("GET", f"/v1/reports/{report_id}", anna, headers=RUSSIAN).json
    assert (after["version"], [each["file_id"] for each in after["files"]]) == (2, [first_file])
    assert [(each["number"], each["note"]) for each in after["versions"]] == [(1, ""), (2, "Две цены")]
    [listed] = marketing.api.call("GET", "/v1/reports", anna).json["items"]
    assert listed["version"] == 2
    again = marketing.corrected(report_id)
    assert [each["file_id"] for each in again["files"]] == [first_file]
    assert (again["state"], again["draft"]) == ("published", 3)


def test_until_a_correction_begins_the_version_before_is_shown(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.published()
    marketing.corrected(report_id, body="# Corrected")
    marketing.publish(report_id, **{"from": marketing.moment(days=1)})
    now = marketing.api.call("GET", f"/v1/reports/{report_id}", anna).json
    assert (now["body"], now["versions"][-1]["number"]) == ("# Prices", 1)
    assert [each["version"] for each in marketing.api.call("GET", "/v1/reports", anna).json["items"]] == [1]
    marketing.later(days=1)
    assert marketing.api.call("GET", f"/v1/reports/{report_id}", anna).json["body"] == "# Corrected"
    assert [each["version"] for each in marketing.api.call("GET", "/v1/reports", anna).json["items"]] == [2]


def test_a_withdrawn_report_is_gone_with_what_was_to_come_and_can_come_back(marketing: Marketing, anna: Caller) -> None:
    report_id = marketing.published()
    file_id = marketing.corrected(report_id) and marketing.with_file(report_id)
    marketing.publish(report_id, **{"from": marketing.moment(days=1)})
    marketing.later(hours=1)
    gone = marketing.done("POST", f"/{report_id}/withdraw", {"reason": "A wrong source"})
    assert (gone["state"], gone["withdrawn_by"], gone["withdrawn_reason"]) == (
        "withdrawn",
        "mbr_marketing",
        "A wrong source",
    )
    for days in (0, 2):
        marketing.later(days=days)
        assert marketing.api.call("GET", f"/v1/reports/{report_id}", anna).status == 404
        assert marketing.api.call("GET", f"/v1/reports/{report_id}/files/{file_id}", anna).status == 404
        assert marketing.api.call("GET", "/v1/reports", anna).json["items"] == []
    assert marketing.done("POST", f"/{report_id}/withdraw", {"reason": "Again"}) == gone
    marketing.corrected(report_id, body="# Better")
    back = marketing.publish(report_id)
    assert (back["state"], back["withdrawn_by"]) == ("published", None)
    assert marketing.api.call("GET", f"/v1/reports/{report_id}", anna).json["body"] == "# Better"


def test_a_saved_segment_becomes_the_audience_as_it_is_now(marketing: Marketing) -> None:
    conditions = {"audiences": ["installer"]}
    made = marketing.api.call(
        "POST", "/v1/staff/segments", MARKETING, {"name": "Installers", "conditions": conditions}, key="s"
    )
    report_id = marketing.drafted(segment_id=made.json["segment_id"])
    assert marketing.done("GET", f"/{report_id}")["content"]["segment_id"] == made.json["segment_id"]
    stored = marketing.context.table.get(keys.content(report_id, 1)) or {}
    assert stored["audience"] == '{"audiences":["installer"]}'


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"title": " "}, "/title", "too_short"),
        ({"title_ru": None}, "/title_ru", "text"),
        ({"body": "x" * 100_001}, "/body", "too_long"),
        ({"segment": "x" * 61}, "/segment", "too_long"),
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"topic": "weather"}, "/topic", "unknown_topic"),
        ({"period_from": "2026-09-30", "period_to": "2026-07-01"}, "/period_to", "range"),
        ({"segment_id": "seg_nobody"}, "/segment_id", "unknown_segment"),
        ({"segment_id": "seg_nobody", "audience": {}}, "/audience", "one_of"),
        ({"audience": {"regions": ["RU-MOW"]}}, "/audience/regions", "only_regional_events"),
    ],
)
def test_a_wrong_report_is_refused_by_field(
    marketing: Marketing, changes: dict[str, Any], pointer: str, code: str
) -> None:
    answer = marketing.call("POST", "", FORM | changes)
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]


def test_a_wrong_moment_and_an_empty_report_are_refused(marketing: Marketing) -> None:
    report_id = marketing.drafted(body="", body_ru=None)
    path = f"/{report_id}/publish"
    for form, code in (
        ({"from": marketing.moment(seconds=-1)}, "past"),
        ({"from": marketing.moment(days=367)}, "too_far"),
        ({}, "empty"),
    ):
        assert marketing.call("POST", path, form).json["errors"][0]["code"] == code
    marketing.with_file(report_id)
    assert marketing.publish(report_id)["state"] == "published"
    assert marketing.call("POST", path, {}).json["code"] == "wrong_state"


def test_two_who_change_one_draft_do_not_overwrite_each_other(marketing: Marketing) -> None:
    report_id = marketing.drafted()
    assert marketing.call("PUT", f"/{report_id}", FORM, revision=1).status == 200
    assert marketing.call("PUT", f"/{report_id}", FORM, revision=1).json["code"] == "precondition_failed"


@pytest.mark.parametrize("caller", [MANAGER, Caller.person("mbr_1", "company", "owner", "cmp_1")])
def test_only_marketing_drafts_and_sees_drafts(api: Api, marketing: Marketing, caller: Caller) -> None:
    report_id = marketing.drafted()
    assert api.call("POST", REPORTS, caller, FORM, key="k1").json["code"] == "scope_missing"
    for path in ("", f"/{report_id}", f"/{report_id}/preview", f"/{report_id}/readings", f"/{report_id}/figures"):
        assert api.call("GET", REPORTS + path, caller).json["code"] == "scope_missing"


def test_the_same_draft_twice_is_one(api: Api, marketing: Marketing) -> None:
    first, second = (api.call("POST", REPORTS, MARKETING, FORM, key="one").json["report_id"] for _ in range(2))
    assert first == second
    assert len(marketing.done("GET")["items"]) == 1


@pytest.mark.parametrize(("letter", "escaped"), [("x", True), ("я", True), ("😀", False)])
def test_a_text_of_the_greatest_length_fits(marketing: Marketing, anna: Caller, letter: str, escaped: bool) -> None:
    texts = {"title": "x" + letter * 199, "summary": letter * 1000, "body": letter * 100_000}
    raw = json.dumps(FORM | texts | {"summary_ru": None, "body_ru": None}, ensure_ascii=escaped).encode()
    made = marketing.api.call("POST", REPORTS, MARKETING, raw=raw, key="k1")
    assert made.status == 201, made.text
    longer = raw.replace(b'"body": "', b'"body": "x')
    refused = marketing.api.call("POST", REPORTS, MARKETING, raw=longer, key="k2")
    assert [error["pointer"] for error in refused.json["errors"]] == ["/body"]
    marketing.publish(made.json["report_id"])
    assert marketing.api.call("GET", f"/v1/reports/{made.json['report_id']}", anna).json["body"] == texts["body"]


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "content", "told"),
    [
        (PDF, pdf("<< /S /JavaScript >>"), "The PDF contains a script or starts a program."),
        (XLSX, workbook(**{"xl/vbaProject.bin": b"x"}), "The workbook contains macros, controls or objects"),
        (HTML, PAGE.replace(b"<h1>", b"<script>alert(1)</script><h1>"), "The page has the element script"),
        (PDF, PAGE, "The content of this file is not of its type."),
        (PDF, b"", "The file is empty."),
    ],
    ids=["script in PDF", "macro in XLSX", "script in HTML", "another type", "empty"],
)
def test_a_hostile_file_is_refused_with_the_reason_and_published_to_nobody(
    marketing: Marketing, content_type: Any, content: bytes, told: str
) -> None:
    report_id = marketing.drafted()
    answer = marketing.uploaded(report_id, content, content_type)
    assert answer.status == 422
    [fault] = answer.json["errors"]
    assert fault["code"] == "unfit_content"
    assert fault["detail"].startswith(told)
    assert marketing.publish(report_id)["files"] == []
    assert marketing.done("GET", f"/{report_id}/preview")["files"] == []


def test_a_file_beyond_the_limit_is_refused_by_the_form_and_by_the_check(marketing: Marketing) -> None:
    report_id = marketing.drafted()
    made = marketing.started(report_id)
    assert made["upload"]["most_bytes"] == 20_971_520
    policy = base64.b64decode(made["upload"]["fields"]["policy"]).decode()
    assert '["content-length-range", 1, 20971520]' in policy
    codes = [
        marketing.uploaded(report_id, b"%PDF-1.7".ljust(size)).json["errors"][0]["code"]
        for size in (20_971_520, 20_971_521)
    ]
    assert codes[1] == "too_large" and codes[0] != "too_large", "at the bound it is read, and is no PDF after all"


def test_what_was_checked_is_what_readers_get(marketing: Marketing, anna: Caller) -> None:
    """The signed form takes other files until it expires; none of them comes to a reader."""
    report_id = marketing.drafted()
    made = marketing.started(report_id)
    key = made["upload"]["fields"]["key"]
    s3 = boto3.client("s3")
    s3.put_object(Bucket="club-files", Key=key, Body=pdf())
    confirm = f"/{report_id}/files/{made['file_id']}/confirm"
    checked = marketing.done("POST", confirm)
    s3.put_object(Bucket="club-files", Key=key, Body=pdf("<< /S /JavaScript >>"))
    assert marketing.done("POST", confirm) == checked
    marketing.publish(report_id)
    kept = s3.list_objects_v2(Bucket="club-files", Prefix=f"reports/{report_id}/")["Contents"]
    assert [s3.get_object(Bucket="club-files", Key=each["Key"])["Body"].read() for each in kept] == [pdf()]


def test_a_file_is_not_added_before_it_arrives_nor_to_a_published_version(marketing: Marketing) -> None:
    report_id = marketing.drafted()
    made = marketing.started(report_id)
    confirm = f"/{report_id}/files/{made['file_id']}/confirm"
    assert marketing.call("POST", confirm).json["code"] == "conflict"
    assert marketing.call("POST", f"/{report_id}/files/rpf_nobody/confirm").status == 404
    kept = marketing.with_file(report_id)
    marketing.publish(report_id)
    assert marketing.call("POST", confirm).json["code"] == "wrong_state"
    assert marketing.call("DELETE", f"/{report_id}/files/{kept}").json["code"] == "wrong_state"
    marketing.corrected(report_id)
    marketing.done("DELETE", f"/{report_id}/files/{kept}")
    assert marketing.publish(report_id)["files"] == []


def test_a_draft_has_only_so_many_files(marketing: Marketing) -> None:
    report_id = marketing.drafted()
    for _ in range(20):
        marketing.started(report_id)
    form = {"name": "one more.pdf", "content_type": PDF}
    assert marketing.call("POST", f"/{report_id}/files", form).json["errors"][0]["code"] == "too_many_files"
    marketing.later(days=1, seconds=1)
    marketing.started(report_id)


def test_a_confirmation_that_dies_anywhere_is_made_good_by_the_next_one(marketing: Marketing) -> None:
    report_id = marketing.drafted()
    made = marketing.started(report_id)
    boto3.client("s3").put_object(Bucket="club-files", Key=made["upload"]["fields"]["key"], Body=pdf())
    before = everything(marketing.context)
    for crash in crashes():
        with uncounted():
            restore(marketing.context, before)
        for attempt in (crash, uncounted()):
            with attempt:
                marketing.done("POST", f"/{report_id}/files/{made['file_id']}/confirm")
        with uncounted():
            [file] = marketing.done("GET", f"/{report_id}")["files"]
            assert file["arrived"], crash


def test_a_publication_that_dies_anywhere_is_one_version(marketing: Marketing) -> None:
    report_id = marketing.published()
    marketing.corrected(report_id)
    marketing.with_file(report_id)
    before = everything(marketing.context)
    for crash in crashes():
        with uncounted():
            restore(marketing.context, before)
        with crash:
            marketing.publish(report_id)
        with uncounted():
            told = marketing.call("POST", f"/{report_id}/publish", {})
            assert told.status in (200, 409), crash
            shown = marketing.done("GET", f"/{report_id}")
            assert [each["number"] for each in shown["versions"]] == [1, 2], crash


def test_publication_and_withdrawal_are_events_of_their_transactions(marketing: Marketing) -> None:
    report_id = marketing.published()
    marketing.later(hours=1)
    marketing.done("POST", f"/{report_id}/withdraw", {"reason": "A wrong source"})
    events = marketing.context.table.query_all(keys.report(report_id).pk, starts="EVENT#")
    assert [(event["event"], event["by"]) for event in events] == [
        ("report.published", "mbr_marketing"),
        ("report.withdrawn", "mbr_marketing"),
    ]


def test_staff_of_another_role_reads_what_is_published(api: Api, marketing: Marketing) -> None:
    report_id = marketing.published()
    partners.staff(marketing.context, "mbr_manager", "manager")
    assert api.call("GET", f"/v1/reports/{report_id}", MANAGER).status == 200


# --- discarded drafts -------------------------------------------------------------------------------------------------


def discarded(marketing: Marketing, report_id: str, revision: str = "") -> Answer:
    found = marketing.call("GET", f"/{report_id}")
    headers = {"if-match": revision or found.headers.get("etag", '"1"')}
    return marketing.api.call("DELETE", f"{REPORTS}/{report_id}/draft", MARKETING, headers=headers)


def test_a_draft_that_was_never_published_goes_wholly(marketing: Marketing) -> None:
    report_id = marketing.drafted()
    marketing.with_file(report_id)
    assert discarded(marketing, report_id).status == 204
    assert marketing.call("GET", f"/{report_id}").status == 404
    assert marketing.done("GET")["items"] == []
    assert [key for key in everything(marketing.context) if key[0] == f"REPORT#{report_id}"] == []
    assert discarded(marketing, report_id).status == 404


def test_the_draft_of_a_correction_goes_and_the_published_version_stays(marketing: Marketing) -> None:
    report_id = marketing.published(title="Street lighting")
    assert discarded(marketing, report_id).json["code"] == "wrong_state"
    marketing.corrected(report_id, title="Streets")
    marketing.with_file(report_id)
    assert discarded(marketing, report_id, '"1"').status == 412
    assert discarded(marketing, report_id).status == 204
    found = marketing.done("GET", f"/{report_id}")
    assert (found["title"], found["draft"], found["state"], found["files"]) == (
        "Street lighting",
        None,
        "published",
        [],
    )
    again = marketing.corrected(report_id, title="Roads")
    assert (again["draft"], again["files"]) == (2, [])
    assert marketing.publish(report_id)["versions"][-1]["number"] == 2
