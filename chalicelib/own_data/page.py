"""The readable form of a person's own data: one page, without scripts and external resources."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.own_data.schemas import OwnDataView
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.text import Language

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Your data",
        "lead": "All that the club holds of you. What your company bought and ordered is the company's, and is read in the cabinet.",
        "id": "In the company's documents you are",
        "made": "Made",
        "nothing": "Nothing.",
        "yes": "yes",
        "no": "no",
    },
    "ru": {
        "title": "Ваши данные",
        "lead": "Всё, что клуб хранит о вас. Покупки и заказы принадлежат вашей компании, их видно в кабинете.",
        "id": "В документах компании вы обозначены как",
        "made": "Составлено",
        "nothing": "Ничего.",
        "yes": "да",
        "no": "нет",
    },
}


def page(context: Context, data: OwnDataView, language: Language) -> str:
    club = context.config[Club]
    name = club.name_ru if language == "ru" else club.name
    return (
        _environment().get_template("page.html").render(club=name, language=language, words=_WORDS[language], data=data)
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
