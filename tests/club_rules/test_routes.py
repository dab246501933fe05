"""The rules over HTTP: for everybody, in their language, as they are today; and as a page."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import UndefinedError

from chalicelib.club_rules import page
from chalicelib.club_rules import service as club_rules
from chalicelib.platform.context import Context
from tests.support.api import Answer, Api
from tests.support.spent import calls_counted
from tests.tiers.ladders.steps import STEPS, activate, draw_up

PATH = "/v1/club/rules"


def rules(api: Api, query: str = "", language: str = "en") -> Any:
    answer = api.call("GET", f"{PATH}{query}", headers={"accept-language": language})
    assert answer.status == 200, answer.text
    return answer.json


def test_everybody_reads_the_rules_of_today(api: Api) -> None:
    found = rules(api)
    assert (found["title"], found["as_of"], found["version"]) == ("Partner club: the rules", "2026-11-20", "2026-1")
    assert [section["code"] for section in found["sections"]] == ["discount", "orders", "bonuses", "volume", "example"]
    assert all(section["lines"] for section in found["sections"])


def test_they_speak_the_readers_language(api: Api) -> None:
    assert rules(api, language="ru")["title"] == "Клуб партнёров: правила"
    assert rules(api, "?language=ru")["language"] == "ru"
    assert rules(api, "?language=en", language="ru")["title"] == "Partner club: the rules"
    assert api.call("GET", f"{PATH}?language=de").status == 422


def test_they_are_those_of_the_ladder_in_force(api: Api, context: Context) -> None:
    before = rules(api)["sections"][0]["lines"]
    ladder = draw_up(api, steps=[*STEPS[:2], {**STEPS[2], "name": "Diamond"}]).json["ladder_id"]
    activate(api, ladder, context.today + timedelta(days=1))
    coming = rules(api)["sections"][0]["lines"]
    assert coming[:-1] == before
    assert coming[-1].startswith("From 21\N{NO-BREAK SPACE}November 2026 on other steps hold: Bronze")
    other = draw_up(api, key="other", steps=[*STEPS[:2], {**STEPS[2], "name": "Diamond"}]).json["ladder_id"]
    activate(api, other, context.today)
    found = rules(api)
    assert found["ladder_id"] == other
    assert "Diamond, 8%" in found["sections"][0]["lines"][3]


def test_only_currencies_with_a_ladder_have_rules(api: Api) -> None:
    answer = api.call("GET", f"{PATH}?currency=USD")
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/query/currency")
    assert rules(api, "?currency=RUB") == rules(api)


def test_they_cost_one_read(api: Api, context: Context) -> None:
    with calls_counted(context.table.client) as calls:
        rules(api)
    assert calls == ["Query"]


def test_they_may_be_kept_for_some_minutes_by_language(api: Api) -> None:
    answer = api.call("GET", PATH)
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["vary"] == "Accept-Language"


# --- the page -----------------------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """The text that a browser shows, and the addresses that it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def browse(api: Api, query: str = "") -> Answer:
    return api.call("GET", f"/rules{query}", headers={"accept": "text/html,*/*;q=0.8", "accept-language": "ru"})


def test_the_page_says_what_the_api_says(api: Api) -> None:
    answer = browse(api)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    seen, told = Seen(answer.text), rules(api, language="ru")
    assert [line for section in told["sections"] for line in section["lines"]] == [
        word for word in seen.words if any(word in section["lines"] for section in told["sections"])
    ]
    assert '<html lang="ru">' in answer.text


def test_the_page_is_small_and_loads_nothing(api: Api) -> None:
    answer = browse(api)
    seen = Seen(answer.text)
    assert len(answer.text.encode()) <= 12_000
    assert not {"script", "img", "iframe"} & set(seen.tags)
    assert seen.links == ["data:,", "?language=en&currency=RUB"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert 'name="viewport"' in answer.text


def test_the_page_leads_to_the_other_language(api: Api) -> None:
    other = Seen(browse(api).text).links[-1]
    assert 'lang="en"' in browse(api, other).text.splitlines()[1]


def test_a_name_with_markup_stays_a_name(context: Context) -> None:
    told = club_rules.rules(context, "en", None).model_copy(update={"title": "<b>Club</b>"})
    assert "<b>Club</b>" not in page.page(told)


def test_the_page_shows_only_what_it_was_told(context: Context) -> None:
    with pytest.raises((UndefinedError, AttributeError)):
        page.page(object())  # type: ignore[arg-type]
