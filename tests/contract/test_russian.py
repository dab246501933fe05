"""A Russian reader meets no English sentence: in a refusal, of requests made wrong in many ways, and in the documentation."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.http import validation
from chalicelib.platform.http.problems import KINDS, Problem
from chalicelib.platform.http.routes import ROUTES
from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.openapi import pages, texts
from chalicelib.platform.openapi.reference import Reader
from infra import openapi

WITH_BODY = [route for route in ROUTES if route.body and not route.form and route.scope]
WITH_QUERY = [route for route in ROUTES if route.query]
# Names of the library that are the club's own codes as well.
SHARED = {"missing", "too_short", "too_long", "greater_than", "greater_than_equal", "less_than", "less_than_equal"}
# Two words of Latin letters beside each other, outside of quotes and of a list of allowed values.
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}\b(?!/)")
BESIDE = re.compile("`[^`]*`|https?://\\S+")  # code stays as it is
DEFAULT = re.compile(r" ?By default `[^`]*`\.$")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The values in a body, each with the way to it; of a list the first one."""
    yield way, value
    inside = value.items() if isinstance(value, dict) else [(0, value[0])] if isinstance(value, list) and value else ()
    for name, child in inside:
        yield from places(child, (*way, name))


def with_value(body: Any, way: tuple[Any, ...], value: Any) -> Any:
    """A copy of the body with another value, or a new field, at the end of the way."""
    if not way:
        return value
    copied = dict(body) if isinstance(body, dict) else list(body)
    copied[way[0]] = with_value(body[way[0]] if way[1:] else None, way[1:], value)
    return copied


def wrong_bodies(example: dict[str, Any]) -> Iterator[Any]:
    """A body without its fields, and one with each value as something else, or with a field too many."""
    yield {}
    for way, found in places(example):
        for value in ({"a": 1}, ["x" * 5000], "\u200b", -(10**30), "1,5", None, 0.5, True, "2026-02-30"):
            yield with_value(example, way, value)
        if isinstance(found, dict):
            yield with_value(example, (*way, "nothing_like_this"), 1)


def leads_into(body: Any, pointer: str) -> bool:
    """Whether the pointer names a place in the body: a value that is there, or one that is missing in what is there."""
    *way, _ = pointer.split("/") if pointer else ["", ""]
    for part in way[1:]:
        if isinstance(body, list) and part.isdigit() and int(part) < len(body):
            body = body[int(part)]
        elif isinstance(body, dict) and part in body:
            body = body[part]
        else:
            return False
    return isinstance(body, dict | list) or not pointer


def sentences(problem: dict[str, Any]) -> Iterator[str]:
    yield problem["title"]
    if "detail" in problem:
        yield problem["detail"]
    for fault in problem["errors"]:
        yield fault["detail"]


def english(problem: dict[str, Any]) -> list[str]:
    """Sentences with English in them. A fault that is told by no words of its own counts, too."""
    nothing = {KINDS["invalid"].title_ru, in_russian("This does not have the form that is asked for.")}
    untold = [fault["pointer"] for fault in problem["errors"] if fault["detail"] in nothing]
    return untold + [text for text in sentences(problem) if ENGLISH.search(text) or not CYRILLIC.search(text)]


def faults(refused: ValidationError, place: str = "") -> tuple[set[str], set[str], set[str]]:
    """Sentences of the other language in the answer to a reader of each, the codes, and the pointers."""
    problem = validation.problem(refused, place=place)
    told = {language: json.loads(problem.body(language, "r")) for language in ("ru", "en")}
    russian = {text for text in sentences(told["en"]) if CYRILLIC.search(text)}
    codes, pointers = ({each[name] for each in told["en"]["errors"]} for name in ("code", "pointer"))
    return russian | {*english(told["ru"])}, codes, pointers


def test_the_faults_of_a_form_are_told_in_the_readers_language_with_codes_and_pointers_of_our_own() -> None:
    document = json.loads(openapi.FILE.read_text(encoding="utf-8"))
    asked, found, astray, codes = 0, set(), set(), set()
    for route in WITH_BODY:
        content = document["paths"][route.path][route.method.lower()]["requestBody"]["content"]["application/json"]
        for body in wrong_bodies(content["example"]):
            try:
                route.body.model_validate_json(json.dumps(body))  # type: ignore[union-attr]
            except ValidationError as refused:
                asked += 1
                told, given, pointers = faults(refused)
                found |= {(route.name, text) for text in told}
                codes |= given
                astray |= {(route.name, pointer) for pointer in pointers if not leads_into(body, pointer)}
    assert asked > 4000
    assert sorted(found) == [] and sorted(astray) == []
    assert codes & set(get_args(ErrorType)) <= SHARED


def test_the_faults_of_a_query_are_told_in_the_readers_language_with_codes_and_pointers_of_our_own() -> None:
    found, astray, codes = set(), set(), set()
    for route in WITH_QUERY:
        for name in (*route.query.model_fields, "nothing_like_this"):  # type: ignore[union-attr]
            for value in ("", "x", "1,5", "-1", "\u200b", "2026-02-30", "x" * 5000):
                try:
                    route.query.from_texts({name: value})  # type: ignore[union-attr]
                except ValidationError as refused:
                    told, given, pointers = faults(refused, "/query")
                    found |= {(route.name, name, text) for text in told}
                    codes |= given
                    astray |= {(route.name, pointer) for pointer in pointers if pointer.count("/") != 2}
    assert sorted(found) == [] and sorted(astray) == []
    assert codes & set(get_args(ErrorType)) <= SHARED


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_problem_has_a_title_in_each_language(code: str) -> None:
    told = {language: json.loads(Problem(code).body(language, "r")) for language in ("ru", "en")}
    assert english(told["ru"]) == []
    assert not CYRILLIC.search(told["en"]["title"]) and told["en"]["title"][0].isupper()


class Noting(dict[str, str]):
    """Translations that note which texts are looked up."""

    def __init__(self, known: dict[str, str]) -> None:
        super().__init__(known)
        self.asked: set[str] = set()

    def get(self, text: str, default: Any = None) -> Any:
        self.asked.add(text)
        return super().get(text, default)


def read_all_pages(document: dict[str, Any], known: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The texts that the Russian pages of the documentation look up."""
    noting = Noting(known)
    monkeypatch.setattr(texts, "translations", lambda: noting)
    pages.home(document, "ru", chosen=False)
    reader = Reader(document, "ru")
    for tag in reader.tags():
        for listed in tag["operations"]:
            reader.operation(listed["id"])
    return noting.asked


def descriptions(schema: Any) -> Iterator[str]:
    """The paragraphs of descriptions of fields, and of the forms they stand in: they may stay in English."""
    if isinstance(schema, dict):
        if isinstance(schema.get("description"), str):
            for paragraph in schema["description"].split("\n\n"):
                text = " ".join(paragraph.split())
                yield from (text, DEFAULT.sub("", text))
        schema = list(schema.values())
    for each in schema if isinstance(schema, list) else ():
        yield from descriptions(each)


def test_the_documentation_names_and_describes_every_operation_in_russian(monkeypatch: pytest.MonkeyPatch) -> None:
    """Section, name, text, parameters and types: a new or changed text asks for its Russian, and one that is gone leaves none behind."""
    document, known = openapi.committed(), texts.translations()
    asked = read_all_pages(document, known, monkeypatch)
    missing = asked - known.keys() - set(descriptions(document["components"]["schemas"])) - {""}
    assert not missing, f"write the Russian of these texts into {texts.FILE.name}: {sorted(missing)}"
    stale = known.keys() - asked
    assert not stale, f"no page shows these texts any more, take them out of {texts.FILE.name}: {sorted(stale)}"
    assert {
        text: said for text, said in known.items() if ENGLISH.search(BESIDE.sub("", said)) or not said.strip()
    } == {}


def test_an_operation_without_a_russian_name_would_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    document = openapi.committed()
    document["paths"]["/v1/health"]["get"]["summary"] = "Feel the pulse of the API."
    known = texts.translations()
    asked = read_all_pages(document, known, monkeypatch)
    assert asked - known.keys() >= {"Feel the pulse of the API."}
    assert known.keys() - asked == {"Check that the API is up."}
