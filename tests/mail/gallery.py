"""Every letter in both languages as it looks: `make letters`.

Writes the letters as HTML and as text, an index of them, and with `--screens` a picture of each by a headless Chromium in the widths and the
colour schemes of mail programs. The facts are those of the tests, so a letter without facts fails here as it fails there.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple, get_args

import app  # noqa: F401  declares all letters
from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan.model import IssueText
from chalicelib.campaigns.series.shipped import shipped
from chalicelib.mail import Pages, PortalPages, ProductBlock
from chalicelib.mail.declarations import declaration
from chalicelib.mail.rendering import render
from chalicelib.platform.text import Language
from tests.mail.test_rendering import FACTS, LETTERS

PAGES = Pages(unsubscribe="https://letters.example/leave", preferences="https://letters.example/choose")
PICTURE = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='160' height='120'%3E"
    "%3Crect width='160' height='120' fill='%23dddddd'/%3E%3Ccircle cx='80' cy='60' r='40' fill='%23ffcc66'/%3E%3C/svg%3E"
)
PRODUCTS: dict[Language, dict[str, ProductBlock]] = {
    "en": {
        "LMP-1": ProductBlock(
            "LED panel 600×600, 36 W", "LMP-1", "Your price: 1,234.50\xa0RUB / pcs", "Tier Gold.", PICTURE
        ),
        "LMP-2": ProductBlock("Street light", "LMP-2", "Your price: 8,900.00\xa0RUB / pcs", "", ""),
    },
    "ru": {
        "LMP-1": ProductBlock(
            "Панель 600×600, 36 Вт", "LMP-1", "Ваша цена: 1\xa0234,50\xa0₽ / шт", "Уровень «Золото».", PICTURE
        ),
        "LMP-2": ProductBlock("Уличный светильник", "LMP-2", "Ваша цена: 8\xa0900,00\xa0₽ / шт", "", ""),
    },
}
WITH_PRODUCTS = IssueText(
    subject="{{ name }}", body="# {{ name }}\n\n![](product:LMP-1)\n![](product:LMP-2)\n\n{{ company }}"
)
OF_SERVICE: dict[Language, IssueText] = {
    "en": IssueText(
        subject="No shipments on 31 December",
        body="# No shipments on 31 December\n\n{{ name }}, orders of that day leave on 9 January.",
    ),
    "ru": IssueText(
        subject="31 декабря не отгружаем",
        body="# 31 декабря не отгружаем\n\n{{ name }}, заказы этого дня уйдут 9 января.",
    ),
}
WIDTHS = (600, 360)
SCHEMES = ("light", "dark")


class Picture(NamedTuple):
    name: str
    language: Language
    subject: str
    html: str
    text: str


def letters(pages: Pages = PAGES) -> Iterator[Picture]:
    """All letters that the rooms declare, all steps of the series that are shipped, and issues with products and of service. `pages`: of their reader."""
    for language in get_args(Language):
        for name in LETTERS:
            declared = declaration(name)
            about = FACTS | {"pages": pages if declared.guard else None}
            yield Picture(name, language, *render(declared.texts, name, language, about))
        facts = issue_texts.VARIABLES | {"pages": pages, "products": PRODUCTS[language]}
        yield Picture("issue_with_products", language, *issue_texts.render(WITH_PRODUCTS, language, facts))
        facts = issue_texts.VARIABLES | {"pages": None}
        yield Picture(
            "issue_of_service", language, *issue_texts.render(OF_SERVICE[language], language, facts, "service")
        )
        for series_id, series in shipped(PortalPages()).items():
            for step in series.steps:
                text = step.texts.in_language(language)
                if text:
                    facts = issue_texts.VARIABLES | {"pages": pages}
                    shown = issue_texts.render(text, language, facts)
                    yield Picture(f"series_{series_id}_{step.step_id}", language, *shown)


def write(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written, rows = [], ""
    for each in sorted(letters()):
        path = folder / f"{each.name}.{each.language}.html"
        path.write_text(each.html, encoding="utf-8")
        path.with_suffix(".txt").write_text(f"{each.subject}\n\n{each.text}", encoding="utf-8")
        written.append(path)
        rows += f'<li><a href="{path.name}">{each.name}.{each.language}</a> {escape(each.subject)}</li>\n'
    (folder / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>Letters</title><ul>\n{rows}</ul>\n', encoding="utf-8"
    )
    return written


def photograph(pages: list[Path], chromium: str) -> None:
    for page in pages:
        for width in WIDTHS:
            for scheme in SCHEMES:
                picture = page.with_suffix(f".{width}.{scheme}.png")
                # The pages are our own, and in a container everybody is root.
                command = [chromium, "--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},1400"]
                if scheme == "dark":
                    command.append("--enable-features=WebContentsForceDark")  # as mail programs turn colours round
                subprocess.run([*command, f"--screenshot={picture}", page.as_uri()], check=True, timeout=60)


def main() -> None:
    asked = argparse.ArgumentParser(prog="make letters")
    asked.add_argument("--out", type=Path, default=Path(".local/letters"))
    asked.add_argument("--screens", action="store_true", help="needs Chromium")
    given = asked.parse_args()
    pages = write(given.out.resolve())
    if given.screens:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if chromium is None:
            raise SystemExit("There is no Chromium.")
        photograph(pages, chromium)
    sys.stdout.write(f"{len(pages)} letters in {given.out / 'index.html'}\n")


if __name__ == "__main__":
    main()
