"""Words and figures: every letter in both languages, in HTML and in text."""

import re
from datetime import date
from decimal import Decimal
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any, get_args

import pytest
from jinja2 import UndefinedError

from chalicelib.mail import rendering
from chalicelib.mail.declarations import declaration, declared_letters
from chalicelib.platform.registry.modules import HOUSE
from chalicelib.platform.text import count_en, count_ru, day_en, day_ru, money_en, money_ru, percent_en, percent_ru
from chalicelib.webhooks.rules import DeliveryError

NBSP = "\N{NO-BREAK SPACE}"
LETTERS = [name for name in declared_letters() if declaration(name).module.startswith("chalicelib.")]


def render(template: str, language: Any, facts: dict[str, Any]) -> tuple[str, str, str]:
    return rendering.render(declaration(template).texts, template, language, facts)


LINES = [
    {
        "sku": "LMP-0042",
        "name": "Лампа <уличная> & тёплая",
        "unit": "шт",
        "ordered": 120,
        "quantity": 100,
        "unit_price": Decimal("1234.5"),
        "amount": Decimal("123450"),
    },
    {
        "sku": "DRV-7",
        "name": "Драйвер",
        "unit": "шт",
        "ordered": 6,
        "quantity": 6,
        "unit_price": Decimal("999.99"),
        "amount": Decimal("5999.94"),
    },
]
STEPS = [
    {"name": "Серебро", "discount_percent": Decimal("5"), "from_sum": Decimal("150000")},
    {"name": "Золото", "discount_percent": Decimal("7.5"), "from_sum": Decimal("400000")},
]
FACTS: dict[str, Any] = {
    "club_name": "Клуб «Свет» & Co",
    "portal_url": "https://portal.example",
    "page_url": "https://portal.example/the/thing",
    "pages": None,
    "name": "Анна <Светлова>",
    "code": "031337",
    "minutes": 9,
    "benefits": ["Скидка", "Отчёты"],
    "window_days": 90,
    "currency": "RUB",
    "steps": STEPS,
    "company": "ООО «Луч» <и> сыновья",
    "other": "ИП Котова & Ко",
    "companies": 22,
    "names": ["ООО «Луч» <и> сыновья", "ИП Котова & Ко"],
    "more": 20,
    "table": "Заказы <всех> & всего",
    "rows": 41_221,
    "claimant": "Борис",
    "claimant_email": "boris@example.com",
    "manager": {"name": "Мария", "email": "maria@example.com"},
    "number": "261120-7K3QX",
    "placed_on": date(2026, 11, 20),
    "inn": "7707083893",
    "distributor": "Свет-Опт",
    "comment": "Позвоните <до> обеда",
    "buyer_order_number": "ЗП-118 <&>",
    "delivery": {
        "method": "carrier",
        "address": {
            "name": "Склад <Север>",
            "address": "125009, Москва, Тверская, 7 & двор",
            "contact_name": "Иван <Складов>",
            "contact_phone": "+74951234567",
            "note": "Въезд <с торца> & пропуск",
        },
        "wished_on": date(2026, 11, 27),
        "partial_shipment": False,
        "free": True,
    },
    "note": "Нет на складе & не будет",
    "lines": LINES,
    "total": Decimal("129449.94"),
    "by_club": True,
    "ordered_by": "club",
    "manager_name": "Мария <Ильина>",
    "manager_email": "ilina@example.com",
    "manager_phone": "+74951234567",
    "shipped": True,
    "proposed_lines": [{**LINES[0], "quantity": 140, "amount": Decimal("172830")}, LINES[1]],
    "proposed_total": Decimal("178829.94"),
    "lower_prices": True,
    "file": "Счёт <7> & Ко.pdf",
    "returned": {
        "document": "ВЗ-7 & Ко",
        "day": date(2026, 11, 25),
        "lines": [{**LINES[0], "name": "Лампа <уличная> & тёплая · УТ-000123", "ordered": 100}],
        "total": Decimal("123450"),
        "fewer": True,
    },
    "shipment": {
        "document": "УТ-000123",
        "day": date(2026, 11, 21),
        "carrier": "Деловые <Линии>",
        "tracking_number": "26-00541 & Ко",
        "lines": [{**LINES[0], "ordered": 100}],
        "total": Decimal("123450"),
        "left": 6,
    },
    "up": True,
    "reason": "reached",
    "title": "Новинки <весны> & лета",
    "falls_on": date(2026, 12, 4),
    "changed": False,
    "current": STEPS[1],
    "falls_to": STEPS[0],
    "needed": Decimal("87654.33"),
    "buy_by": date(2026, 12, 3),
    "day": date(2026, 11, 21),
    "tier": STEPS[1],
    "before": STEPS[0],
    "was": {"inn": "7707083895", "kpp": ""},
    "kpp": "770701001",
    "window_sum": Decimal("412345.67"),
    "next": {
        "name": "Платина",
        "discount_percent": Decimal("10"),
        "from_sum": Decimal("1000000"),
        "missing": Decimal("587654.33"),
    },
    "available": Decimal("12345.67"),
    "pending": Decimal("890.12"),
    "lots": [
        {"amount": Decimal("345.67"), "expires_on": date(2026, 12, 31)},
        {"amount": Decimal("12000"), "expires_on": date(2027, 3, 31)},
    ],
    "amount": Decimal("345.67"),
    "expires_on": date(2026, 12, 31),
    "days_left": 7,
    "partner": "Сеть «Электро» <и> Ко",
    "promotion": "Осень <панелей>",
    "shop": "Тверская, 7, «Свет & Ко»",
    "gift": False,
    "first": date(2026, 7, 1),
    "last": date(2026, 9, 30),
    "available_from": date(2026, 10, 1),
    "left": Decimal("55.50"),
    "goods": {"sku": "DRV-7", "name": "Драйвер <тёплый>", "unit": "шт", "quantity": 5},
    "for_distributor": False,
    "why": "not_paid",
    "shipments": [
        {"document": "УТ-000123", "last_day": date(2026, 12, 31)},
        {"document": "УТ-000124", "last_day": date(2027, 1, 5)},
    ],
    "distributor_email": "orders@distributor.example",
    "by_stock": True,
    "wish": "Светильник <уличный> & датчик",
    "asked_on": date(2026, 11, 18),
    "quantity": 12,
    "answer": "Скоро будет <новая> модель & датчик",
    "product": {"sku": "LMP-0042", "name": "Лампа <уличная> & тёплая", "unit": "шт"},
    "host": "erp.example",
    "url": "https://erp.example/hooks?club=1&<b>=2",
    "type": "order.placed",
    "happened_on": date(2026, 11, 20),
    "since": date(2026, 11, 20),
    "attempts": 8,
    "status": 503,
    "error": "status",
    "kind": "payment",
    "document": "УТ-000123 <&>",
    "claimed": Decimal("300.00"),
    "keep_days": 30,
    "days": 2,
    "share": 25,
    "calls": [
        {"company": "Луч <и> Ко", "words": "Молчит 7 недель."},
        {"company": "Заря & сыновья", "words": "Молчит 9 недель."},
    ],
    "last_order": date(2026, 10, 2),
    "offers": [
        {
            "free_delivery": False,
            "percent": Decimal("12"),
            "price": None,
            "currency": "RUB",
            "goods": ["Lamp <street> & warm", "Lumera"],
            "last": date(2026, 12, 13),
        },
        {
            "free_delivery": False,
            "percent": None,
            "price": Decimal("85.5"),
            "currency": "RUB",
            "goods": [],
            "last": date(2026, 12, 14),
        },
        {"free_delivery": True, "goods": [], "last": date(2026, 12, 15)},
    ],
    "cart_url": "https://portal.example/usual-order",
    "chance": 84,
    "horizon": 90,
    "people": 3,
    "waits": [
        {"kind": "order", "since": date(2026, 11, 18)},
        {"kind": "cancellation", "since": date(2026, 11, 19)},
        {"kind": "return", "since": date(2026, 11, 20)},
    ],
}
# What a letter may lack, so that each branch of its words is read once.
LESS: dict[str, Any] = {
    "people": 0,
    "manager": None,
    "by_club": False,
    "ordered_by": "reader",
    "manager_name": "",
    "shipped": False,
    "comment": "",
    "inn": "",
    "note": "",
    "returned": {**FACTS["returned"], "fewer": False},
    "shipment": {**FACTS["shipment"], "left": 0},
    "next": None,
    "before": None,
    "falls_to": None,
    "needed": None,
    "steps": [],
    "lots": [],
    "pending": Decimal(0),
    "gift": True,
    "left": Decimal(0),
    "days_left": 0,
    "by_stock": False,
    "chance": 100,
}
VARIANTS: dict[str, dict[str, Any]] = {
    "whole": {},
    "with less": LESS,
    "granted": {"reason": "manual"},
    "bounced": {"reason": "bounces"},
    "complained of": {"reason": "complaints"},
    "without its promotion": {"reason": "promotion"},
    "to ship": {"for_distributor": True, "why": "rejected"},
    "too few": {
        "ordered_by": "company",
        "why": "too_few",
        "shipments": [{"document": "УТ-000123", "last_day": date(2026, 12, 31)}],
    },
    "up by the ladder": {"reason": "ladder"},
    "down": {"up": False, "reason": "fell", "tier": STEPS[0], "before": STEPS[1]},
    "corrected": {"up": False, "reason": "corrected", "tier": STEPS[0], "before": STEPS[1]},
    "no longer granted": {"up": False, "reason": "manual", "tier": STEPS[0], "before": STEPS[1]},
    "down by the ladder": {"up": False, "reason": "ladder", "tier": STEPS[0], "before": STEPS[1]},
    "same tier, other discount": {
        "changed": True,
        "needed": None,
        "falls_to": {**STEPS[1], "discount_percent": Decimal(6)},
    },
    "a tier without a discount": {"up": False, "tier": {**STEPS[0], "discount_percent": Decimal(0)}, "before": None},
    "out": {"up": False, "reason": "fell", "tier": None},
}

each_letter = pytest.mark.parametrize("template", LETTERS)
each_language = pytest.mark.parametrize("language", ["ru", "en"])
each_variant = pytest.mark.parametrize("variant", VARIANTS)


class _Words(HTMLParser):
    """The text that a reader of the HTML sees, the numbers of its lists too, without its preview line and its styles."""

    VOID = ("br", "meta", "img", "link", "hr")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[bool] = []  # whether what is inside is hidden
        self.number = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ol", "ul"):
            self.number = 1 if tag == "ol" else 0
        if tag == "li" and self.number:
            self.words.append(f"{self.number}.")
            self.number += 1
        if tag not in self.VOID:
            self.open.append(tag in ("style", "title") or "display:none" in (dict(attrs).get("style") or ""))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.words.append(data)


def seen(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    assert parser.open == [], "a tag is left open"
    return " ".join(parser.words)


def figures(text: str) -> set[str]:
    """Sums, counts, dates and codes: everything with a digit."""
    bare = text.replace(NBSP, "_").replace("https://portal.example", "")
    return {word.strip(".,:;()«»“”") for word in re.findall(r"\S*\d\S*", bare)}


@each_letter
@each_language
@each_variant
def test_every_letter_says_the_same_in_html_and_in_text(template: str, language: Any, variant: str) -> None:
    subject, html, text = render(template, language, FACTS | VARIANTS[variant])
    assert subject
    assert "\n" not in subject
    assert figures(seen(html)) >= figures(text)
    assert figures(f"{subject} {text}") >= figures(seen(html))


@each_letter
@each_language
def test_paragraphs_of_a_text_stand_apart(template: str, language: Any) -> None:
    """A tag that ends a line takes the line's end with it, and with that the empty line after it."""
    apart = ("Кабинет:", "Cabinet:", "Анна", "«Нет на складе", "“Нет на складе", "Чтобы сохранить", "To keep")
    for variant in VARIANTS.values():
        _, _, text = render(template, language, FACTS | variant)
        lines = text.partition("\n--\n")[0].split("\n")
        assert [line for before, line in pairwise(lines) if before and line.startswith(apart)] == []


@each_letter
@each_language
def test_no_letter_leaves_markup_or_undefined_words(template: str, language: Any) -> None:
    for variant in VARIANTS.values():
        subject, html, text = render(template, language, FACTS | variant)
        for words in (subject, text, unescape(seen(html))):
            assert not re.search(r"[{}]|None|Undefined|\s,|\bTrue\b|\bFalse\b", words), words
        assert html.startswith('<!doctype html>\n<html lang="' + language + '"')


@each_letter
@each_language
def test_what_people_typed_is_escaped_in_html_and_plain_in_text(template: str, language: Any) -> None:
    subject, html, text = render(template, language, FACTS)
    for typed in ("<Светлова>", "<и>", "<уличная>", "<до>", "<тёплый>", "» & Co", "складе & не"):
        assert typed not in html
    assert "&lt;" not in subject + text
    assert "&amp;" not in subject + text


MARKUP = [
    "*x*",
    "**x**",
    "<b>x</b>",
    "[a](http://evil)",
    "| a |",
    "# a",
    "> a",
    "`a`",
    "    a",
    "a\\",
    "{{ name }}",
    "&amp;",
]


def typed_in(facts: Any, words: str) -> Any:
    """The facts, with these words wherever a person's words may stand."""
    if isinstance(facts, str):
        return words
    if isinstance(facts, dict):
        kept = (
            "kind",
            "why",
            "reason",
            "error",
            "ordered_by",
            "currency",
            "portal_url",
            "page_url",
            "code",
            "type",
            "host",
            "email",
        )
        return {name: value if name in kept else typed_in(value, words) for name, value in facts.items()}
    return [typed_in(each, words) for each in facts] if isinstance(facts, list) else facts


@each_letter
@each_language
def test_what_people_typed_is_never_markup(template: str, language: Any) -> None:
    """The form is that of a letter with plain words, to the last tag."""
    _, plain, text = render(template, language, typed_in(FACTS, "PLAIN"))
    assert "PLAIN" in text
    for words in MARKUP:
        _, html, typed = render(template, language, typed_in(FACTS, words))
        assert html == plain.replace("PLAIN", escape(words))
        assert typed == text.replace("PLAIN", words)


@each_letter
@each_language
def test_a_fact_that_is_missing_is_an_error_and_not_a_gap(template: str, language: Any) -> None:
    without_the_club = {name: value for name, value in FACTS.items() if name != "club_name"}
    with pytest.raises(UndefinedError):
        render(template, language, without_the_club)


@each_language
def test_a_code_letter_holds_one_number_that_can_be_the_code(language: Any) -> None:
    _, html, text = render("sign_in_code", language, FACTS)
    for words in (html, text):
        assert re.findall(r"(?<!\d)\d{6}(?!\d)", words) == ["031337"]


@each_letter
def test_the_languages_are_not_mixed_up(template: str) -> None:
    latin = {name: re.sub("[а-яё]", "x", value, flags=re.I) for name, value in FACTS.items() if isinstance(value, str)}
    latin["lines"] = latin["proposed_lines"] = latin["steps"] = []
    latin["returned"] = {**FACTS["returned"], "document": "x", "lines": []}
    latin["benefits"] = latin["names"] = ["x"]
    latin["shipment"] = {**FACTS["shipment"], "document": "x", "carrier": "x", "tracking_number": "x", "lines": []}
    latin["delivery"] = {**FACTS["delivery"], "address": dict.fromkeys(FACTS["delivery"]["address"], "x")}
    latin["tier"] = latin["before"] = latin["current"] = latin["falls_to"] = {**STEPS[0], "name": "x"}
    latin["next"] = {**FACTS["next"], "name": "x"}
    latin["product"] = {**FACTS["product"], "name": "x", "unit": "x"}
    latin["goods"] = {**FACTS["goods"], "name": "x", "unit": "x"}
    latin["shipments"] = [{"document": "x", "last_day": date(2026, 12, 31)}]
    latin["calls"] = [{"company": "x", "words": "x"}]
    latin["manager"] = None
    for words in render(template, "en", FACTS | latin):
        assert not re.search("[а-яё]", words, flags=re.I)
    subject, _, text = render(template, "ru", FACTS | latin)
    assert re.search("[а-яё]", subject, flags=re.I)
    assert re.search("[а-яё]{20}|[а-яё ]{20}", text, flags=re.I)


def test_every_letter_has_its_two_texts_and_no_text_is_left_over() -> None:
    """Those that begin with an underscore are pieces of others."""
    wanted = {
        declaration(template).texts / f"{template}.{language}.md" for template in LETTERS for language in ("ru", "en")
    }
    texts = set(HOUSE.glob("**/texts/*"))
    pieces = {path for path in texts if path.name.startswith("_")}
    assert texts - pieces == wanted
    for piece in pieces:
        assert any(f'"{piece.name}"' in text.read_text(encoding="utf-8") for text in piece.parent.iterdir()), piece


def test_a_subject_stays_one_line_whatever_was_typed() -> None:
    subject, _, _ = render("order_placed", "en", FACTS | {"company": "Luch\r\nBcc: all@example.com"})
    assert subject == "New order 261120-7K3QX: Luch Bcc: all@example.com"


def test_a_name_with_quotation_marks_stands_in_quotation_marks() -> None:
    subject, html, text = render("club_benefits", "ru", FACTS | {"company": "ООО «Ромашка»"})
    assert subject == "Что клуб даёт компании «ООО „Ромашка“»"
    assert "компании «ООО „Ромашка“»" in unescape(html)
    assert "компании «ООО „Ромашка“»" in text
    assert render("order_placed", "ru", FACTS | {"company": "ООО «Ромашка»"})[0].endswith("ООО «Ромашка»")


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "russian", "english"),
    [
        ("0", "0,00 ₽", "0.00 RUB"),
        ("1234567.5", "1 234 567,50 ₽", "1,234,567.50 RUB"),
        ("-999.995", "-1 000,00 ₽", "-1,000.00 RUB"),
        ("0.005", "0,01 ₽", "0.01 RUB"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(amount: str, russian: str, english: str) -> None:
    assert money_ru(Decimal(amount), "RUB") == russian.replace(" ", NBSP)
    assert money_en(Decimal(amount), "RUB") == english.replace(" ", NBSP)
    assert money_ru(Decimal(amount), "GBP").endswith(f"{NBSP}GBP")


def test_round_sums_need_no_hundredths() -> None:
    assert money_ru(Decimal(50000), "RUB", whole=True) == f"50{NBSP}000{NBSP}₽"
    assert money_en(Decimal("50000.5"), "RUB", whole=True) == f"50,000.50{NBSP}RUB"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 дней"),
        (1, "1 день"),
        (2, "2 дня"),
        (4, "4 дня"),
        (5, "5 дней"),
        (11, "11 дней"),
        (14, "14 дней"),
        (21, "21 день"),
        (90, "90 дней"),
        (112, "112 дней"),
    ],
)
def test_a_count_agrees_with_its_noun(number: int, words: str) -> None:
    assert count_ru(number, "день", "дня", "дней") == words.replace(" ", NBSP)


def test_english_counts_know_one_and_many() -> None:
    assert [count_en(number, "day", "days") for number in (0, 1, 2)] == [f"0{NBSP}days", f"1{NBSP}day", f"2{NBSP}days"]


def test_days_and_shares() -> None:
    assert day_ru(date(2026, 5, 3)) == f"3{NBSP}мая 2026"
    assert day_en(date(2026, 5, 3)) == f"3{NBSP}May 2026"
    assert (percent_ru(Decimal("7.50")), percent_en(Decimal("10"))) == (f"7,5{NBSP}%", "10%")


@each_language
def test_why_a_system_took_no_message_is_told_in_words_of_its_own(language: Any) -> None:
    texts = [render("webhook_paused", language, FACTS | {"error": error})[2] for error in get_args(DeliveryError)]
    told = {text for text in texts if "503" not in text}
    # What only a deleted endpoint ends with asks for no letter.
    assert len(told) == len(get_args(DeliveryError)) - 2


@each_language
def test_who_wants_no_more_messages_is_not_told_that_it_took_none(language: Any) -> None:
    """410 ends it at once: the message before may have been taken a minute ago."""
    _, html, text = render("webhook_paused", language, FACTS | {"error": "gone", "status": 410})
    for words in (seen(html), text):
        assert "410" in words
        assert not re.search("ни одного|a single", words)


# --- numbers ----------------------------------------------------------------------------------------------------------


def counted(facts: Any, number: int) -> Any:
    """The facts, with this number in the place of each count."""
    if isinstance(facts, dict):
        return {name: number if type(value) is int else counted(value, number) for name, value in facts.items()}
    return [counted(each, number) for each in facts] if isinstance(facts, list) else facts


@each_letter
def test_no_russian_word_stands_still_beside_a_number_that_changes(template: str) -> None:
    """A word beside a number agrees with it, through `count`; others must not follow it."""

    def after(number: int) -> list[set[str]]:
        texts = (render(template, "ru", counted(FACTS | variant, number))[2] for variant in VARIANTS.values())
        beside = rf"(?<![\d.,-]){number}[ {NBSP}]([а-яё]+)"
        return [set(re.findall(beside, text)) for text in texts]

    of_one, of_five = after(41), after(45)
    for one, five in zip(of_one, of_five, strict=True):
        assert one & five <= UNITS


UNITS = {"шт", "раз", "человек", "в", "на", "по", "и"}  # the same with each number
