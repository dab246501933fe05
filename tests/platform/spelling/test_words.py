"""One spelling of what people type."""

import json
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.spelling.words import code_key, composed, is_spoilt, spelled


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("к-1", "К-1"),
        ("K-1", "К-1"),
        ("УT–1", "УТ-1"),
        ("INV-А1", "INV-A1"),
        ("ут - 7", "УТ-7"),
        ("A\u00a0 B", "А В"),
        (normalize("NFD", "Й-1"), "Й-1"),
    ],
)
def test_a_code_is_written_in_one_alphabet(code: str, key: str) -> None:
    assert code_key(code) == key


@given(st.text())
def test_a_key_is_its_own_key_and_the_form_of_unicode_does_not_matter(code: str) -> None:
    assert code_key(code_key(code)) == code_key(code)
    assert code_key(normalize("NFD", code)) == code_key(normalize("NFC", code))
    assert spelled(spelled(code)) == spelled(code)


@pytest.mark.parametrize(
    "key", ["#Н/Д", "1,00Е+11", "#REF!", "#ИМЯ?", "1,00E+11", "1E+11", "0", "00", "0,00", "—", "", "n/a", "<не указан>"]
)
def test_what_a_spreadsheet_leaves_of_a_code_is_no_code(key: str) -> None:
    assert is_spoilt(key)


@pytest.mark.parametrize("key", ["К-1", "#1001", "1E5", "100", "Надежда", "A/1"])
def test_a_code_is_a_code(key: str) -> None:
    assert not is_spoilt(key)


JSON = st.recursive(
    st.text() | st.integers() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def in_nfc(value: Any) -> Any:
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, list):
        return [in_nfc(each) for each in value]
    if isinstance(value, dict):
        return {in_nfc(name): in_nfc(each) for name, each in value.items()}
    return value


@given(JSON, st.booleans())
def test_json_is_composed_whether_its_letters_are_escaped_or_not(value: Any, escaped: bool) -> None:
    for form in ("NFC", "NFD"):
        raw = normalize(form, json.dumps(value, ensure_ascii=escaped)).encode()
        told = json.loads(raw)
        # Of escaped letters only those with a mark are looked for.
        assert json.loads(composed(raw)) in ([in_nfc(told), told] if escaped else [in_nfc(told)])


@pytest.mark.parametrize("escaped", [True, False])
def test_letters_with_marks_are_one_letter(escaped: bool) -> None:
    said = normalize("NFD", "Ёлка «Й» \\u0306")
    assert json.loads(composed(json.dumps(said, ensure_ascii=escaped).encode())) == "Ёлка «Й» \\u0306"


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"a": "\\\\u0306"}', b"\xff\xfe", b'"\\ud83d\\ude00"'])
def test_what_is_composed_or_no_text_stays(raw: bytes) -> None:
    assert composed(raw) == raw
