"""A Russian reader meets no English sentence: in a refusal, of requests made wrong in many ways, and in the documentation."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.access.scopes import BASE_SCOPE, SCOPES
from chalicelib.platform.http.problems import KINDS, Problem
from chalicelib.platform.http.routes import ROUTES, Route
from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.openapi import pages, texts
from chalicelib.platform.openapi.problems import path_parameters
from chalicelib.platform.openapi.reference import Reader
from infra import openapi
from tests.support.api import Api, Caller

WITH_BODY = [route for route in ROUTES if route.body and not route.form and route.scope]
EVERYTHING = Caller(
    {
        "sub": "mbr_1",
        "club_member": "mbr_1",
        "club_kind": "staff",
        "club_role": "admin",
        "club_owner": "club",
        "scope": " ".join([BASE_SCOPE, *(f"club/{scope}" for scope in SCOPES)]),
    }
)
# Two words of Latin letters beside each other, outside of quotes and of a list of allowed values.
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}\b(?!/)")
BESIDE = re.compile("`[^`]*`|https?://\\S+")  # code stays as it is
DEFAULT = re.compile(r" ?By default `[^`]*`\.$")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def wrong_bodies(example: dict[str, Any]) -> Iterator[Any]:
    """A body without its fields, one that is no object, one with a field too many, and each field as something else."""
    yield {}
    yield []
    yield {**example, "nothing_like_this": 1}
    for name in example:
        for value in ({"a": 1}, ["x" * 5000], "\u200b", -(10**30), "1,5"):
            yield {**example, name: value}


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


def ask(api: Api, route: Route, body: Any) -> Any:
    path = route.path.format(**{name: "1" if name == "number" else "nobody" for name in path_parameters(route.path)})
    headers = {"accept-language": "ru", **({"if-match": '"1"'} if route.matched else {})}
    return api.call(route.method, path, EVERYTHING, body, key="key" if route.keyed else None, headers=headers)


def test_the_faults_of_a_form_are_told_in_russian(api: Api) -> None:
    document = json.loads(openapi.FILE.read_text(encoding="utf-8"))
    asked, found = 0, set()
    for route in WITH_BODY:
        content = document["paths"][route.path][route.method.lower()]["requestBody"]["content"]["application/json"]
        for body in wrong_bodies(content["example"]):
            try:
                route.body.model_validate_json(json.dumps(body))  # type: ignore[union-attr]
            except ValueError:
                answer = ask(api, route, body)
                assert answer.status == 422, (route.name, body, answer.text)
                asked += 1
                found |= {(route.name, text) for text in english(answer.json)}
    assert asked > 150
    assert sorted(found) == []


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
