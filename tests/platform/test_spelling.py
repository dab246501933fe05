"""One spelling of what people type."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.spelling import code_key, is_spoilt, spelled


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
