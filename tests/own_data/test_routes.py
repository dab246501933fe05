"""A person reads all that the club holds of them, and leaves."""

import re
from typing import Any

import pytest

from chalicelib.auth import sessions
from chalicelib.platform.context import Context
from chalicelib.platform.own_data import sections
from tests.support import partners
from tests.support.api import Api, Caller


class FakeSessions:
    forgotten: list[str]

    def __init__(self) -> None:
        self.forgotten = []

    def forget(self, member_id: str) -> None:
        self.forgotten.append(member_id)


@pytest.fixture
def vera(context: Context) -> Caller:
    return partners.partner(context, "cmp_1", "mbr_vera", region="RU-MOW")


def test_a_person_reads_every_section_in_their_language(api: Api, vera: Caller) -> None:
    shown = api.call("GET", "/v1/me/data", vera, headers={"accept-language": "ru"}).json
    by_name = {each["name"]: each for each in shown["sections"]}
    assert set(by_name) == {each.name for each in sections()}
    assert [each["name"] for each in shown["sections"]][:3] == ["profile", "company", "consents"]
    (profile,) = by_name["profile"]["rows"]
    assert profile["email"] == "mbr_vera@partner.example" and profile["phone"] == "+74951234567"
    assert by_name["profile"]["title"] == "Профиль"
    (membership,) = by_name["company"]["rows"]
    assert (membership["company"], membership["role"], membership["status"]) == ("Luch cmp_1", "owner", "active")


def test_the_fields_of_a_row_are_those_that_the_section_names(api: Api, vera: Caller) -> None:
    for section in api.call("GET", "/v1/me/data", vera).json["sections"]:
        named = {field["name"] for field in section["fields"]}
        assert all(set(row) == named for row in section["rows"]), section["name"]


def test_one_section_is_read_alone(api: Api, vera: Caller) -> None:
    shown = api.call("GET", "/v1/me/data?section=profile", vera).json
    assert [each["name"] for each in shown["sections"]] == ["profile"]
    unknown = api.call("GET", "/v1/me/data?section=secrets", vera)
    assert unknown.status == 422 and unknown.json["errors"][0]["pointer"] == "/query/section"


def test_the_page_shows_what_a_person_typed_as_text(api: Api, context: Context) -> None:
    anna = partners.member(context, "mbr_anna", name="Anna <b>Orlova</b>")
    page = api.call("GET", "/v1/me/data/page", Caller.person(anna.member_id), headers={"accept-language": "ru"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Anna &lt;b&gt;Orlova&lt;/b&gt;" in page.text and "Ваши данные" in page.text
    assert "script" not in page.text


def test_the_page_says_codes_and_times_in_words(api: Api, vera: Caller) -> None:
    version = api.call("GET", "/v1/me", vera).headers["etag"]
    api.call("PATCH", "/v1/me", vera, {"region": "RU-SAM"}, headers={"if-match": version})
    page = api.call("GET", "/v1/me/data/page", vera, headers={"accept-language": "ru"}).text
    assert "Самарская область" in page and "RU-SAM" not in page
    assert "владелец" in page and "подтверждён" in page and re.search("русский|английский", page)
    assert "20\xa0ноября 2026, 12:00" in page  # noon of the club's zone
    assert not re.search(r"\d\d:\d\d:\d\d|>(owner|active|ru|en)<", page)


def test_a_claimant_reads_their_own_words_and_not_the_company(api: Api, context: Context) -> None:
    partners.member(context, "mbr_claimant")
    claimant = Caller.person("mbr_claimant")
    named = {"name": "My Luch", "inn": "7707083893", "kpp": "770701001", "region": "RU-MOW"}
    assert api.call("POST", "/v1/companies", claimant, named).status == 202
    (section,) = api.call("GET", "/v1/me/data?section=company", claimant).json["sections"]
    (row,) = section["rows"]
    assert (row["company"], row["claimed_name"], row["status"]) == (None, "My Luch", "pending")


def test_who_leaves_is_signed_out(api: Api, context: Context, vera: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = FakeSessions()
    monkeypatch.setattr(sessions, "of_the_stack", lambda: pool)
    wrong = api.call("POST", "/v1/me/erasure", vera, {"email": "mbr_2@partner.example"})
    assert wrong.status == 422 and pool.forgotten == []
    for _ in range(2):  # the reply to the first may be lost
        assert api.call("POST", "/v1/me/erasure", vera, {"email": "mbr_vera@partner.example"}).status == 202
    assert pool.forgotten == ["mbr_vera", "mbr_vera"]
    assert api.call("GET", "/v1/me", vera).status == 404


def test_a_section_has_titles_in_both_languages() -> None:
    for section in sections():
        texts: list[Any] = [section.title, *section.fields.values()]
        assert all(set(each) == {"en", "ru"} and all(each.values()) for each in texts), section.name
