"""Fields that forms, views and config sections of several rooms share."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from chalicelib.platform.config import config
from chalicelib.platform.config.region_config import is_region

SHAPES: dict[str, str] = {}


def shape(pattern: str, sentence: str) -> str:
    """The pattern. A value that does not match it is refused with the sentence."""
    SHAPES[pattern] = sentence
    return pattern


NO_ID = "This is no id that the club gave."
CURRENCY = shape(r"^[A-Z]{3}$", "A currency has three capital letters, such as RUB.")
# By ISO 4217: without a smaller unit, and with finer parts.
_WHOLE = re.compile("BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF")
_FINER = re.compile("BHD|IQD|JOD|KWD|LYD|OMR|TND|CLF|UYW")


def _in_hundredths(code: str) -> str:
    if _WHOLE.match(code) or _FINER.match(code):
        raise PydanticCustomError("currency_unit", "The club counts in hundredths, which this currency does not have.")
    return code


# Of sums that the club keeps: its one rounding is to hundredths.
Currency = Annotated[str, Field(pattern=CURRENCY, examples=["RUB"]), AfterValidator(_in_hundredths)]
ONE_LINE = shape(r"^[^\x00-\x1f\x7f]+$", "This is one line of text, without tabs.")
ONE_LINE_OR_NONE = shape(r"^[^\x00-\x1f\x7f]*$", "This is one line of text, without tabs.")


def day_of_year(text: str) -> str:
    """Raises ValueError for a text that is no MM-DD."""
    try:
        date.fromisoformat(f"2000-{text}")  # a leap year: 29 February is a day
    except ValueError:
        raise ValueError("a day of the year is written as MM-DD") from None
    return text


def falling(days: list[int]) -> list[int]:
    """Days of warning. Raises ValueError unless the earliest stands first, each once."""
    if days != sorted(set(days), reverse=True):
        raise ValueError("the earliest warning stands first")
    return days


WarningDays = Annotated[list[Annotated[int, Field(ge=1, le=60)]], Field(max_length=5), AfterValidator(falling)]
DayOfYear = Annotated[
    str, Field(pattern=shape(r"^\d\d-\d\d$", "A day of the year is written as MM-DD.")), AfterValidator(day_of_year)
]


def _iso(given: object) -> object:
    # pydantic would also read 5 as a moment of 1970.
    if isinstance(given, date) or (isinstance(given, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", given)):
        return given
    raise PydanticCustomError("date", "A date is written as YYYY-MM-DD.")


# Bounds of every day and moment in a form: sums of days and months, and any time zone, stay within the calendar.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
_FIRST_MOMENT, _LAST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, 23, 59, 59, 999999, UTC)

AnyDay = Annotated[date, BeforeValidator(_iso)]  # a limit of a list: only compared, never counted from
Day = Annotated[AnyDay, Field(ge=FIRST_DAY, le=LAST_DAY)]  # a calendar day in a form


def _rfc3339(given: object) -> object:
    # pydantic would also read 5 as a moment of 1970, and a moment without its zone as whatever zone.
    if isinstance(given, str) and re.search(r"T.*(Z|[+-]\d\d:\d\d)$", given):
        return given
    raise PydanticCustomError("datetime", "A time is written as in RFC 3339, with its zone.")


Moment = Annotated[datetime, BeforeValidator(_rfc3339), Field(ge=_FIRST_MOMENT, le=_LAST_MOMENT)]  # in a form

_BLANK = str.maketrans(dict.fromkeys("\u115f\u1160\u3164\uffa0", " "))  # letters by their class, and nothing to see


def shows(text: str) -> bool:
    """Whether a reader sees a letter or a digit, and nothing that prints elsewhere than it stands."""
    return text.isprintable() and any(character.isalnum() for character in text.translate(_BLANK))


# Without a width: soft hyphens, joiners and marks that come along when a name is copied from a page.
_WITHOUT_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def single_spaced(text: str) -> str:
    """The text with single spaces, and nothing in it that has no width."""
    return " ".join(text.translate(_WITHOUT_WIDTH).split())


# What mail programs make a link of. Companies have names such as Booking.com; people have initials, `А.П.`, but no such dot.
_LINK = re.compile(r"://|\bhttps?:|\bwww[.。]|\S@\S+[.。]\w|\w[.。]\w{2,}/", re.IGNORECASE)
_SITE = re.compile(r"[\w-]{2,}[.。][^\W\d_]{2,}")


def unlinked(name: str, *, of_a_person: bool = False) -> str:
    """The name. A stranger's name stands in letters to addresses that the stranger chose, so a link in it is refused, by PydanticCustomError."""
    plain = normalize("NFKC", name)
    if _LINK.search(plain) or (of_a_person and _SITE.search(plain)):
        raise PydanticCustomError("name_with_link", "A name has no link and no email address in it.")
    return name


def _one_line(text: str) -> str:
    line = unlinked(single_spaced(text))
    if not shows(line):
        raise PydanticCustomError("name_invalid", "A name has letters or digits and no control characters.")
    return line


def _visible(text: str) -> str:
    if not any(character.isalnum() for character in text.translate(_BLANK)):
        raise PydanticCustomError("name_invalid", "A name has letters or digits.")
    return text


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]  # of a company or a person
Title = Annotated[
    str, Field(min_length=1, max_length=200), AfterValidator(_visible)
]  # of a thing; it may come from another system
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def unspaced(given: object) -> object:
    """A code without the spaces and dashes that people put between its groups; for a `BeforeValidator`."""
    return "".join(re.split(r"[\s\u2010-\u2015-]+", given)) if isinstance(given, str) else given


def _region(given: object) -> object:
    code = given.strip().upper() if isinstance(given, str) else given
    if isinstance(code, str) and not (re.fullmatch("[A-Z]{2}-[A-Z0-9]{1,3}", code) and is_region(config(), code)):
        raise PydanticCustomError("region", "A region is a code such as RU-MOW: GET /v1/regions lists them.")
    return code


Region = Annotated[
    str,
    Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$", description="ISO 3166-2, for example RU-MOW."),
    BeforeValidator(_region),
]
# The number of a document in an accounting system.
Document = Annotated[str, Field(min_length=1, max_length=64, pattern=ONE_LINE, examples=["УТ-000123"])]
# As it is shown; what a form may say is the form's own.
Percent = Annotated[
    Decimal,
    PlainSerializer(lambda percent: f"{percent.normalize():f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?$"}),
]
FileName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=150,
        pattern=shape(r'^[^\x00-\x1f\x7f/\\"]+$', "The name of a file has no slashes and no quotes."),
        description="The name under which the file is saved at the reader.",
        examples=["specification.pdf"],
    ),
]
Month = Annotated[
    str, Field(pattern=shape(r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", "A month is written as YYYY-MM."), examples=["2026-11"])
]
