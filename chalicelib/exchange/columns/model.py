"""The kinds of cells. A cell is a text; a workbook also has numbers and moments, which need no reading."""

from typing import Literal

DecimalMark = Literal["comma", "point"]
DateOrder = Literal["dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy"]


class CellError(ValueError):
    """A wrong cell. The message is a code of the reasons in answers/reasons."""


class TypedNumber(str):
    """A number of a workbook, as Python writes it."""

    __slots__ = ()


class TypedMoment(str):
    """A day or a moment of a workbook, in ISO form and without a zone."""

    __slots__ = ()


def words(text: str) -> list[str]:
    """The words that a text lists with `; ` between them."""
    return text.split("; ")
