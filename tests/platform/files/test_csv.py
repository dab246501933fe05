"""No cell of a list for download is a formula, and numbers stay numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.files.csv import Control, harmless, listing


@pytest.mark.parametrize("first", ["=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("rest", ["1", "12.5", "12,5", "1 000", "1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", "", "-5"])
def test_a_cell_that_a_spreadsheet_would_calculate_begins_with_an_apostrophe(first: str, rest: str) -> None:
    assert harmless(first + rest) == f"'{first}{rest}"


@pytest.mark.parametrize("cell", ["+1+1", "-1-1", "-A1", "+SUM(A1)", "+", "-", "-1=1", "+1\t=1", "--1", "-1/2"])
def test_a_sign_before_anything_but_a_number_begins_with_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["-5.00", "+12,5", "-1 000,50", "+7 999 000 00 00", "5", "", "Lamp = light", "a@b.example", "'=1"]
)
def test_numbers_and_other_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.text(st.sampled_from("=+-@\t\r\n＝＋－＠ ,.'0aZ"), max_size=8))
def test_only_a_signed_number_begins_with_a_sign(cell: str) -> None:
    told = harmless(cell)
    assert told.lstrip("'") == cell.lstrip("'")
    assert told[:1] not in set("=@\t\r\n＝＋－＠")
    if told[:1] in {"+", "-"}:
        assert set(told[1:]) <= set("0,. ")


@pytest.mark.parametrize("sign", [".", ","])
def test_a_control_total_is_of_one_currency_and_has_the_decimal_sign_of_its_column(sign: str) -> None:
    rows = [["A", f"1{sign}50", "RUB"], ["B", "1000000", "EUR"], ["C", "", "RUB"], ["D", f"-0{sign}50", "RUB"]]
    told = listing(["what", "sum", "currency"], rows, control=Control(amount=1, currency=2)).decode().splitlines()[-2:]
    assert told == [f"control total / контрольная сумма, {each}" for each in ("EUR;1000000", f"RUB;1{sign}00")]
