"""A letter's words: `texts/<letter>.<language>.md` beside its declaration becomes a subject, HTML and plain text.

A text begins with the lines `subject:`, `preview:` (what a mail program shows beside the subject) and `why:` (why it came); after an empty
line comes the letter in the markup of `chalicelib.mail.markup`. Jinja puts the facts in. A line with nothing but a tag leaves no trace.

Until the markup is read, each fact is a stand-in that no markup can be made of. So what people typed is never markup, nor HTML.

The engines are loaded with the first letter: most functions of this package never write one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.mail.model import Facts, ProductBlock
from chalicelib.platform.text import (
    Language,
    count_en,
    count_ru,
    day_en,
    day_ru,
    money_en,
    money_ru,
    percent_en,
    percent_ru,
    unit_en,
    unit_price_en,
    unit_price_ru,
    unit_ru,
)

if TYPE_CHECKING:
    from jinja2 import Environment

_OPENING, _CLOSING = "\ue000", "\ue001"
_PAGES = {"en": ("Your letters and topics", "Unsubscribe"), "ru": ("Ваши письма и темы", "Отписаться")}
_STAND_IN = re.compile(f"(«?){_OPENING}([0-9a-f]*){_CLOSING}")
_WITHIN_QUOTES = str.maketrans("«»", "„“")  # «ООО „Ромашка“»
_LONE_TAG = re.compile(r"^[ \t]*(\{%(?:(?!%\}).)*%\})[ \t]*\n", re.MULTILINE)


def render(texts: Path, template: str, language: Language, facts: Facts) -> tuple[str, str, str]:
    """Subject, HTML and text. Raises for a fact that a text asks for and nobody gave."""
    environment = _environment(texts, language)
    head, _, words = environment.get_template(f"{template}.{language}.md").render(facts).partition("\n\n")
    return laid_out(dict(line.split(": ", 1) for line in head.splitlines()), words, language, facts)


def preview(texts: Path, template: str, language: Language, facts: Facts) -> str:
    """The line that a mail program shows beside the subject, as plain text."""
    head = _environment(texts, language).get_template(f"{template}.{language}.md").render(facts).partition("\n\n")[0]
    about = dict(line.split(": ", 1) for line in head.splitlines())
    return " ".join(plain(about["preview"]).split())


def laid_out(about: Mapping[str, str], words: str, language: Language, facts: Facts) -> tuple[str, str, str]:
    """Subject, HTML and text of a letter in the club's layout. `about`: its subject, preview and why. In all words, facts are stand-ins."""
    from chalicelib.mail import markup

    products = {
        sku: ProductBlock(*(stand_in(fact) if fact else "" for fact in block))
        for sku, block in facts.get("products", {}).items()
    }
    content, text = markup.forms(words, language, products)
    html = (
        _environment(Path(__file__).parent, language)
        .get_template("layout.html")
        .render(
            facts
            | {
                "content": _trusted(content),
                "preview": _trusted(about["preview"]),
                "why": _trusted(about["why"]),
                "labels": _PAGES[language],
            }
        )
    )
    ends = f"--\n{facts['club_name']} · {facts['portal_url']}\n{about['why']}\n"
    if pages := facts["pages"]:
        labels = _PAGES[language]
        ends += f"{labels[0]}: {pages.preferences}\n{labels[1]}: {pages.unsubscribe}\n"
    # One line: what a person typed (a company's name) must not add a header.
    return " ".join(plain(about["subject"]).split()), _STAND_IN.sub(_in_html, html), plain(f"{text}\n\n{ends}")


def stand_in(fact: object) -> str:
    """For one fact. Macros and layouts bring what is ready."""
    from markupsafe import Markup

    return fact if isinstance(fact, Markup) else _trusted(f"{_OPENING}{str(fact).encode().hex()}{_CLOSING}")


def plain(words: str) -> str:
    """The words with the facts in the place of their stand-ins."""
    return _STAND_IN.sub(_fact, words)


def _fact(found: re.Match[str]) -> str:
    """The fact as it was typed; a quotation in another one gets the inner marks."""
    before, fact = found[1], bytes.fromhex(found[2]).decode()
    return before + (fact.translate(_WITHIN_QUOTES) if before else fact)


def _in_html(found: re.Match[str]) -> str:
    return escape(_fact(found))


def _trusted(words: str) -> str:
    from markupsafe import Markup

    return Markup(words)  # noqa: S704 (all facts in it are stand-ins)


def _goods_table(language: Language) -> Callable[[Iterable[Facts], Any, str], str]:
    """The lines of an order or a shipment and their total, as rows of the markup."""
    words = {"ru": ("заказано", "Итого"), "en": ("ordered", "Total")}[language]
    money, unit_price, unit = (FILTERS[language][name] for name in ("money", "unit_price", "unit"))

    def goods_table(lines: Iterable[Facts], total: Any, currency: str) -> str:
        rows = [
            (
                line["name"],
                line["sku"],
                f"{line['quantity']} {unit(line['unit'])} × {unit_price(line['unit_price'], currency)}",
                "" if line["ordered"] == line["quantity"] else f"{words[0]} {line['ordered']}",
                money(line["amount"], currency),
            )
            for line in lines
        ]
        rows.append((words[1], "", "", "", money(total, currency)))
        return _trusted(
            "\n".join("".join(f"| {stand_in(cell) if cell else ''} " for cell in row) + "|" for row in rows)
        )

    return goods_table


@cache
def _environment(texts: Path, language: Language) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    class Texts(FileSystemLoader):
        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
            source, path, fresh = super().get_source(environment, template)
            return _LONE_TAG.sub(r"\1", source), path, fresh

    environment = Environment(
        loader=Texts([texts, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=stand_in,
        auto_reload=False,
    )
    environment.globals |= {"language": language, "goods_table": _goods_table(language)}
    environment.filters |= FILTERS[language]
    return environment


FILTERS: dict[str, dict[str, Callable[..., str]]] = {
    "ru": {
        "money": money_ru,
        "unit_price": unit_price_ru,
        "unit": unit_ru,
        "day": day_ru,
        "percent": percent_ru,
        "count": count_ru,
    },
    "en": {
        "money": money_en,
        "unit_price": unit_price_en,
        "unit": unit_en,
        "day": day_en,
        "percent": percent_en,
        "count": count_en,
    },
}
