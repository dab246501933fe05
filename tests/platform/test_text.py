"""Units of goods in the reader's language."""

import pytest

from chalicelib.platform.text import unit_en, unit_ru


@pytest.mark.parametrize(
    ("unit", "russian", "english"),
    [("pcs", "шт.", "pcs"), ("Шт.", "Шт.", "pcs"), ("m", "м", "m"), ("бухта", "бухта", "бухта")],
)
def test_a_unit_is_told_in_the_readers_language_where_the_club_knows_its_word(
    unit: str, russian: str, english: str
) -> None:
    assert (unit_ru(unit), unit_en(unit)) == (russian, english)
