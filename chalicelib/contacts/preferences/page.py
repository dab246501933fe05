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
from chalicelib.platform.words.texts import Texts

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

_WORDS = Texts(__file__, "words")


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
