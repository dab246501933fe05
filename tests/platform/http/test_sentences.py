"""Every sentence of a problem has its Russian. The walk reads the code; `tests/support/documented.py` looks at each answer of the other tests."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.platform.http import validation
from chalicelib.platform.http.sentences import FILE, ROOMS, in_russian

# Calls whose texts a caller reads, and the variable that a text waits in before such a call.
CALLS = {
    "Problem",
    "invalid",
    "PydanticCustomError",
    "Fault",
    "LineFault",
    "StepRefused",
    "TooOften",
    "_fault",
    "CellFault",
    "shape",
}
VARIABLE = "detail"
VALUE = re.compile(r"\{(\w+)\}")


def sentences() -> Iterator[tuple[str, str]]:
    """Place and sentence, with 7 for each value."""
    for path in sorted(ROOMS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for text in (each for given in _texts(node) for each in _parts(given)):
                if " " in text:
                    yield f"{path.relative_to(ROOMS)}:{node.lineno}", text  # type: ignore[attr-defined]


def _texts(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call) and _name(node.func) in CALLS:
        return [*node.args, *(each.value for each in node.keywords if each.arg == VARIABLE)]
    if isinstance(node, ast.Assign) and any(_name(target) == VARIABLE for target in node.targets):
        return [node.value]
    return []


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _parts(given: ast.expr) -> Iterator[str]:
    if isinstance(given, ast.IfExp):
        yield from _parts(given.body)
        yield from _parts(given.orelse)
    elif isinstance(given, ast.Constant) and isinstance(given.value, str):
        yield VALUE.sub("7", given.value)
    elif isinstance(given, ast.JoinedStr):
        yield "".join(str(each.value) if isinstance(each, ast.Constant) else "7" for each in given.values)


def test_every_sentence_in_the_code_has_its_russian() -> None:
    missing = [f"{place}: {text}" for place, text in sentences() if in_russian(text) is None]
    assert not missing, "\n".join(missing)


def test_every_state_has_its_russian() -> None:
    """States are values of sentences: "The order is {state}."."""
    states = {
        state
        for path in ROOMS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for state in _states(node)
    }
    assert len(states) > 60
    assert {each for each in states if in_russian(each) is None} == set()
    told = in_russian("The order is partly_shipped; this can be done while it is one of: placed; changed.")
    assert told is not None and "отгружено частично" in told and "размещено; изменено" in told


def _states(node: ast.AST) -> list[str]:
    """The values of an enumeration or a Literal whose name ends with State."""
    if isinstance(node, ast.ClassDef) and node.name.endswith("State") and "StrEnum" in map(_name, node.bases):
        return [str(ast.literal_eval(each.value)) for each in node.body if isinstance(each, ast.Assign)]
    if (
        isinstance(node, ast.Assign)
        and _name(node.targets[0]).endswith("State")
        and isinstance(node.value, ast.Subscript)
    ):
        told = ast.literal_eval(node.value.slice)
        return [told] if isinstance(told, str) else [*told]
    return []


def test_every_sentence_of_a_value_that_does_not_fit_has_its_russian() -> None:
    missing = [
        text
        for text in {sentence for _, sentence in validation._FAULTS.values()}
        if in_russian(VALUE.sub("7", text)) is None
    ]
    assert not missing


@pytest.mark.parametrize("file", sorted(ROOMS.glob(f"*/{FILE}")), ids=lambda file: file.parent.name)
def test_a_translation_has_the_values_of_its_sentence_and_is_russian(file: Path) -> None:
    for english, russian in tomllib.loads(file.read_text(encoding="utf-8")).items():
        assert set(VALUE.findall(english)) == set(VALUE.findall(russian)), english
        assert re.search("[А-Яа-я]", russian), english


def test_values_stand_where_the_russian_has_them() -> None:
    assert in_russian("Of 10.00 RUB there are 3.00 left; the order comes to 4.00.") == (
        "Из 10.00 RUB осталось 3.00, а заказ на 4.00."
    )


def test_parts_of_a_sentence_are_translated_each() -> None:
    told = in_russian("Of what the order grew by: Promotion May has 3 units left; Promotion Sale has 1 units left.")
    assert told == "По добавленной части заказа: По акции May осталось единиц: 3; По акции Sale осталось единиц: 1."


def test_a_sentence_that_nobody_translated_has_no_russian() -> None:
    assert in_russian("Nobody wrote this.") is None


# Numbers, by the names that sentences give them.
NUMBERS = r"\{(?:most|MOST_\w+|min|max|count|days|months|lines|rows|left|limit|times)\}"


@pytest.mark.parametrize("room", [path.parent.name for path in sorted(ROOMS.rglob(FILE))])
def test_no_russian_word_depends_on_a_number(room: str) -> None:
    """`не больше 21 строк` is wrong, and so is `1 месяцев`: the noun stands before its number."""
    told = tomllib.loads((ROOMS / room / FILE).read_text(encoding="utf-8")).values()
    assert [each for each in told if re.search(rf"{NUMBERS} (?!из\b)[а-яё]", each)] == []
