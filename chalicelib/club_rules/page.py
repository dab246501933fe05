"""The rules as a small page for browsers and phones, without scripts and external resources."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.club_rules.schemas import ClubRulesView
from chalicelib.platform.text import Language, day_en, day_ru

_OTHER: dict[Language, tuple[Language, str]] = {"en": ("ru", "Русский"), "ru": ("en", "English")}
_AS_OF = {"en": "As of {day}", "ru": "На {day}"}


def page(rules: ClubRulesView) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language, name = _OTHER[rules.language]
    day = day_ru(rules.as_of) if rules.language == "ru" else day_en(rules.as_of)
    return environment.get_template("page.html").render(
        rules=rules,
        as_of=_AS_OF[rules.language].format(day=day),
        other={"language": language, "name": name, "link": f"?language={language}&currency={rules.currency}"},
    )
