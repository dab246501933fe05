"""Days in the cells of a sales file. Pure.

Only `03/04/2026` has two meanings; which one holds is decided for the whole column. A moment with a zone is a day in the club's zone.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal

from chalicelib.exchange.columns.model import CellError, TypedMoment, TypedNumber

SlashOrder = Literal["dmy", "mdy"]
# Forms that are read, for the reasons of a refusal.
FORMS = (
    "12.01.2026, 12.01.26, 12.01.2026 14:05:33, 2026-01-12, 2026-01-12T14:05:33+03:00, 20260112, 12/01/2026, 2026/01/12, "
    "12-янв-26, 12 января 2026 г., 12 Jan 2026, Jan 12, 2026"
)

_MONTHS: dict[str, int] = {}
for _names in (
    "янв фев мар апр май июн июл авг сен окт ноя дек",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
):
    _MONTHS.update((name, month) for month, name in enumerate(_names.split(), 1))
_MONTHS |= {"сент": 9, "нояб": 11, "февр": 2, "mär": 3}

_PERIODS = frozenset(
    {*_MONTHS, *["г", "год", "года", "кв", "квартал", "неделя", "q", "week", "kw", "quarter", "quartal"]}
)
_PERIOD = re.compile(r"(?:\d{1,2}[. _-])?20\d\d|20\d\d[. _-]\d{1,2}")

_TIME = (
    r"(?:(?:,? +|T)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?: ?(?P<half>[AP])\.?M\.?)?"
    r" ?(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)?)?"
)
_TAIL = rf"(?: ?(?:г\.?|года|р\.?|року))?{_TIME}"
_NAME = r"[^\W\d_]{3,12}"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс)[a-zа-я]*\.?,? )?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<d>\d{{1,2}})\. ?(?P<m>\d{{1,2}})\. ?(?P<y>\d{{4}}|\d{{2}}){_TAIL}",
        rf"(?P<y>\d{{4}})(?P<mark>[-/.])(?P<m>\d{{1,2}})(?P=mark)(?P<d>\d{{1,2}}){_TAIL}",
        rf"(?P<y>(?:19|20)\d{{2}})(?P<m>\d{{2}})(?P<d>\d{{2}}){_TIME}",
        rf"(?P<y>\d{{4}})年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日{_TIME}",
        rf"{_WEEKDAY}«?(?P<d>\d{{1,2}})(?:[.»]|st|nd|rd|th|er)?[ /-](?:de )?(?P<name>{_NAME})\.?,?[ /-](?:de )?(?P<y>\d{{4}}|\d{{2}}){_TAIL}",
        rf"{_WEEKDAY}(?P<name>{_NAME})(?:\.? |-)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? |-)(?P<y>\d{{4}}|(?<=-)\d{{2}}){_TAIL}",
    )
)
_SLASHED = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<mark>[/-])(?P<b>\d{{1,2}})(?P=mark)(?P<y>\d{{4}}|\d{{2}}){_TAIL}", re.IGNORECASE
)
_SPACES = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
)
_SERIAL_BEGINS = datetime(1899, 12, 30)
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?", re.ASCII)


@lru_cache(maxsize=8192)
def slash_order(text: str) -> SlashOrder | Literal["either"] | None:
    """The order of day and month that `13/01/2026` shows; None for any other form."""
    found = _SLASHED.fullmatch(text.translate(_SPACES))
    if found is None:
        return None
    first, second = int(found["a"]), int(found["b"])
    if first > 12:
        return "dmy"
    return "mdy" if second > 12 else "either"


def is_period(name: str) -> bool:
    """True for the name of a month, a quarter, a week or a year: `Январь 2026`, `02.2026`, `Q1`."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return bool(words or _PERIOD.fullmatch(name.strip())) and _PERIODS.issuperset(words)


def is_serial(text: str) -> bool:
    """True for a day as a spreadsheet counts it, from 1954 to 2119."""
    return bool(_SERIAL.fullmatch(text))


@lru_cache(maxsize=16384)
def day(text: str, order: SlashOrder, zone: tzinfo, serials: bool = False) -> date:
    """The day in `zone`. `order`: of day and month between slashes. `serials`: numbers are the days of a spreadsheet. Raises CellError."""
    text = text.translate(_SPACES).lstrip("'")
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is not None:
        parts = found.groupdict()
        month = int(parts["m"]) if parts.get("m") else _MONTHS.get(parts["name"].casefold(), 0)
        return _day(found, int(parts["d"]), month, zone)
    if found := _SLASHED.fullmatch(text):
        first, second = int(found["a"]), int(found["b"])
        return _day(found, *((first, second) if order == "dmy" else (second, first)), zone)
    if serials and is_serial(text):
        return _of_serial(float(text.replace(",", ".")))
    raise CellError("date")


def typed_day(cell: TypedMoment | TypedNumber) -> date:
    """The day of a workbook's cell: a moment, or a number whose style was lost."""
    if isinstance(cell, TypedMoment):
        return date.fromisoformat(cell[:10])
    text = str(cell).removesuffix(".0")
    if len(text) == 8 and text.isdecimal():
        return day(text, "dmy", UTC)
    if not is_serial(str(cell)):
        raise CellError("date")
    return _of_serial(float(cell))


def _of_serial(serial: float) -> date:
    return (_SERIAL_BEGINS + timedelta(days=serial)).date()


def _day(found: re.Match[str], number: int, month: int, zone: tzinfo) -> date:
    year = int(found["y"])
    if len(found["y"]) == 2:
        year += 2000 if year < 70 else 1900
    try:
        on = date(year, month, number)
        if not found["hour"]:
            return on
        hour = int(found["hour"])
        if found["half"]:
            hour = hour % 12 + (12 if found["half"].upper() == "P" else 0)
        moment = datetime(year, month, number, hour, int(found["minute"]), int(found["second"] or 0))
        if not found["zone"]:
            return on
        return moment.replace(tzinfo=_zone(found["zone"])).astimezone(zone).date()
    except (ValueError, OverflowError):
        raise CellError("date") from None


def _zone(text: str) -> timezone:
    offset = text.upper().removeprefix("UTC").removeprefix("GMT")
    if offset in ("", "Z"):
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
