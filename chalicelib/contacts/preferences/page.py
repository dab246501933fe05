"""The pages on which a reader leaves, and chooses what to get."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from chalicelib.contacts.config import Contacts
from chalicelib.contacts.model import CONSENT
from chalicelib.contacts.preferences import store
from chalicelib.members import Member
from chalicelib.platform import Club, Context, Language
from chalicelib.platform.http.pages import render_page

_CONTINENTS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Your letters",
        "kept": "Your choices are saved.",
        "letters": "Letters with advertising",
        "letters_on": "Send me letters with news and offers",
        "letters_off": "You get no letters with advertising. You can ask for them again in your cabinet:",
        "service": "Letters about your own orders, bonuses and sign-in come in any case.",
        "topics": "Topics",
        "channels": "Other ways to reach you",
        "sms": "SMS",
        "telephone": "Telephone calls",
        "language": "Language",
        "time_zone": "Time zone",
        "slots": "Letters come in working hours of this time zone.",
        "keep": "Save",
        "leave": "Unsubscribe",
        "leave_means": "You will get no more letters with news and offers. Letters about your own orders, bonuses and sign-in still come.",
        "rather_choose": "Choose topics instead",
        "left": "You are unsubscribed",
        "left_means": "You get no more letters with news and offers.",
        "back": "If this was a mistake, ask for letters again in your cabinet:",
    },
    "ru": {
        "title": "Ваши письма",
        "kept": "Ваш выбор сохранён.",
        "letters": "Письма с рекламой",
        "letters_on": "Присылать новости и предложения",
        "letters_off": "Вы не получаете писем с рекламой. Вернуть их можно в кабинете:",
        "service": "Письма о ваших заказах, бонусах и входе приходят в любом случае.",
        "topics": "Темы",
        "channels": "Другие способы связи",
        "sms": "СМС",
        "telephone": "Звонки",
        "language": "Язык",
        "time_zone": "Часовой пояс",
        "slots": "Письма приходят в рабочее время этого пояса.",
        "keep": "Сохранить",
        "leave": "Отписаться",
        "leave_means": "Письма с новостями и предложениями больше не придут. Письма о ваших заказах, бонусах и входе останутся.",
        "rather_choose": "Лучше выбрать темы",
        "left": "Вы отписаны",
        "left_means": "Письма с новостями и предложениями больше не придут.",
        "back": "Если это ошибка, вернуть письма можно в кабинете:",
    },
}


def unsubscribe_page(context: Context, language: Language, token: str, *, done: bool) -> str:
    return _render(context, "unsubscribe.html", language, {"token": token, "done": done})


def preferences_page(context: Context, reader: Member, chosen: Mapping[str, Any], *, kept: bool) -> str:
    """`chosen`: the person's item, or an empty one."""
    consent = reader.consents.get(CONSENT)
    zone = reader.time_zone or context.config[Club].time_zone
    facts = {
        "kept": kept,
        "agreed": consent is not None and consent.agreed,
        "topics": context.config[Contacts].topics_in(reader.language),
        "topics_off": store.topics_off(chosen),
        "channels": store.CHANNELS,
        "channels_off": store.channels_off(chosen),
        "zones": sorted({zone, *_zones()}),
        "time_zone": zone,
    }
    return _render(context, "preferences.html", reader.language, facts)


def _render(context: Context, template: str, language: Language, facts: dict[str, Any]) -> str:
    return render_page(context, Path(__file__).parent / template, language, {"words": _WORDS[language], **facts})


@cache
def _zones() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if zone.startswith(_CONTINENTS))
