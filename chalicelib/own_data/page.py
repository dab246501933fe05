"""The readable form of a person's own data: one page, without scripts and external resources.

The JSON has codes and moments as they are stored. Here a person reads words, and times on the clock of the club.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.own_data.schemas import OwnDataView
from chalicelib.platform import Club, Context, clock
from chalicelib.platform.config.region_config import region_names
from chalicelib.platform.own_data import Value
from chalicelib.platform.text import Language, day_en, day_ru
from chalicelib.platform.words.codes import word

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Your data",
        "lead": "All that the club holds of you. What your company bought and ordered is the company's, and is read in the cabinet.",
        "id": "In the company's documents you are",
        "made": "Made",
        "zone": "Times are those of the zone",
        "nothing": "Nothing.",
        "yes": "yes",
        "no": "no",
    },
    "ru": {
        "title": "Ваши данные",
        "lead": "Всё, что клуб хранит о вас. Покупки и заказы принадлежат вашей компании, их видно в кабинете.",
        "id": "В документах компании вы обозначены как",
        "made": "Составлено",
        "zone": "Время указано по часовому поясу",
        "nothing": "Ничего.",
        "yes": "да",
        "no": "нет",
    },
}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CODES = {
    *("role", "status", "influence", "language", "audience", "purpose", "source", "state", "channel", "channels_off"),
    *("contact_class", "reason"),
}


def page(context: Context, data: OwnDataView, language: Language) -> str:
    club = context.config[Club]
    name = club.name_ru if language == "ru" else club.name
    regions = region_names(context.config, language)

    def said(value: Value, field: str = "") -> str:
        if field == "region" and value in regions:
            return regions[str(value)]
        return _said(value, field, language, club.zone)

    return (
        _environment()
        .get_template("page.html")
        .render(club=name, zone=club.time_zone, language=language, words=_WORDS[language], data=data, said=said)
    )


def _said(value: Value, field: str, language: Language, zone: ZoneInfo) -> str:
    """The value of a field as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _WORDS[language]["yes" if value else "no"]
    if isinstance(value, list):
        return ", ".join(_said(each, field, language, zone) for each in value)
    text, day = str(value), day_ru if language == "ru" else day_en
    if _MOMENT.fullmatch(text):
        local = clock.moment(text).astimezone(zone)
        return f"{day(local.date())}, {local:%H:%M}"
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    return word(field, text, language) if field in _CODES else text


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
