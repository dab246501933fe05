import json
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from chalicelib.platform.http import validation
from chalicelib.platform.http.problems import KINDS, Problem, ProblemBody
from chalicelib.platform.http.sentences import in_russian

SNAPSHOT = Path(__file__).with_name("problems.md")


class Line(BaseModel):
    quantity: int


class Cart(BaseModel):
    lines: list[Line]


def found_in(text: str) -> Problem:
    with pytest.raises(ValidationError) as caught:
        Cart.model_validate_json(text)
    return validation.problem(caught.value)


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_is_an_error_with_a_title_in_both_languages(code: str) -> None:
    kind = KINDS[code]
    assert 400 <= kind.status < 600
    assert kind.title.isascii()
    assert not kind.title_ru.isascii()


def test_a_problem_is_written_as_the_document_says() -> None:
    written = json.loads(Problem("not_found").body("ru", "r-1"))
    assert ProblemBody.model_validate(written).title == "Не найдено"
    assert written["type"] == "urn:partner-club:problem:not_found"
    assert "detail" not in written


def test_a_code_that_is_not_in_the_catalogue_is_found_when_it_is_raised() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_code")


def test_every_wrong_value_is_named_with_its_place() -> None:
    problem = found_in('{"lines": [{"quantity": 1}, {"quantity": "many"}, {}]}')
    assert problem.status == 422
    assert [(fault.pointer, fault.code) for fault in problem.errors] == [
        ("/lines/1/quantity", "whole_number"),
        ("/lines/2/quantity", "missing"),
    ]


def test_what_was_sent_is_not_repeated_in_the_answer() -> None:
    assert "many" not in found_in('{"lines": [{"quantity": "many"}]}').body("en", "")


def test_text_that_is_no_json_is_one_problem() -> None:
    problem = found_in("{")
    assert (problem.code, problem.errors) == ("body_not_json", [])


def test_every_code_is_as_it_was_read() -> None:
    """`problems.md` is read by a person, in both languages: who changes a text writes it there, and reads it once more."""

    def said(title: str, detail: str | None) -> str:
        return f"{title}. {detail}" if detail else title

    head = "| code | status | English | Russian |\n|---|---|---|---|\n"
    rows = [
        f"| {code} | {kind.status} | {said(kind.title, kind.detail)} | {said(kind.title_ru, kind.detail and in_russian(kind.detail))} |\n"
        for code, kind in KINDS.items()
    ]
    assert SNAPSHOT.read_text(encoding="utf-8") == head + "".join(rows)
