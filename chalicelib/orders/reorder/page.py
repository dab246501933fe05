"""The page of the link that puts the usual order into the cart."""

from collections.abc import Sequence
from pathlib import Path

from chalicelib.orders.reorder.schemas import UsualLineView
from chalicelib.platform import Context, Language
from chalicelib.platform.http.pages import render_page

_TEMPLATE = Path(__file__).parent / "page.html"
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Your usual order",
        "means": "These articles go into your cart. Nothing is ordered until you order the cart.",
        "put": "Put into the cart",
        "pieces": "pcs",
        "none": "There is nothing to put into the cart at the moment.",
        "done": "In your cart",
        "done_means": "The usual order is in your cart, at today's prices. Look it through and order it in the cabinet:",
        "over": "This link is over",
        "over_means": "Your usual order is in the cabinet:",
    },
    "ru": {
        "title": "Ваш обычный заказ",
        "means": "Эти товары попадут в вашу корзину. Пока вы не оформите корзину, ничего не заказано.",
        "put": "Положить в корзину",
        "pieces": "шт.",
        "none": "Сейчас в корзину положить нечего.",
        "done": "Товары в корзине",
        "done_means": "Обычный заказ в корзине по сегодняшним ценам. Проверьте и оформите его в кабинете:",
        "over": "Ссылка больше не действует",
        "over_means": "Обычный заказ есть в кабинете:",
    },
}


def show_page(context: Context, lines: Sequence[UsualLineView], language: Language) -> str:
    """The articles, and the button."""
    named = [(line.name_ru if language == "ru" else line.name, line.quantity) for line in lines]
    return _page(context, "show", language, named)


def done_page(context: Context, language: Language) -> str:
    return _page(context, "done", language)


def over_page(context: Context, language: Language) -> str:
    return _page(context, "over", language)


def _page(context: Context, state: str, language: Language, lines: Sequence[tuple[str, int]] = ()) -> str:
    facts = {"state": state, "words": _WORDS[language], "lines": lines}
    return render_page(context, _TEMPLATE, language, facts)
