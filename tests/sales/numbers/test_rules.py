"""The number of a document, however a file shows the document."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sales.numbers.rules import document_name, number_key, word_kind


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("УТ-000123", ("УТ-123", None, None)),
        ("УT-123", ("УТ-123", None, None)),
        ("00УТ-000012", ("УТ-12", None, None)),
        ("0000-000123", ("123", None, None)),
        ("000123", ("123", None, None)),
        ("2026-01/0005", ("2026-01/5", None, None)),
        ("№ 123", ("123", None, None)),
        ("#1001", ("1001", None, None)),
        ("INV-0001", ("INV-1", None, None)),
        ("INV/2026/00001", ("INV/2026/1", None, None)),
        ("RINV/2026/00001", ("RINV/2026/1", "return", None)),
        ("S00012", ("S12", None, None)),
        ("000", ("0", None, None)),
        ("Реализация товаров и услуг УТ-000123 от 12.01.2026 10:00:00", ("УТ-123", "sale", "12.01.2026")),
        ("Реализация (акт, накладная) 0000-000123 от 12.01.2026 23:59:59", ("123", "sale", "12.01.2026")),
        ("Расходная накладная №123 от 12.01.26", ("123", "sale", "12.01.26")),
        ("Реализация УТ-1 от 12 января 2026 г.", ("УТ-1", "sale", "12 ЯНВАРЯ 2026")),
        ("Реализация товаров УТ-1", ("УТ-1", "sale", None)),
        ("Реализация № 5", ("5", "sale", None)),
        ("123 от 12.01.2026", ("123", None, "12.01.2026")),
        ("Invoice no. 123 dated 2026-01-12", ("123", "sale", "2026-01-12")),
        ("Возврат товаров от покупателя УТ-2 от 13.01.2026", ("УТ-2", "return", "13.01.2026")),
        ("Корректировка реализации УТ-5 от 12.01.2026", ("УТ-5", "correction", "12.01.2026")),
        ("Заказ клиента УТ-000007 от 12.01.2026 9:00:00", ("УТ-7", "other", "12.01.2026")),
        ("Заявка на возврат товаров от клиента УТ-7 от 12.01.2026", ("УТ-7", "other", "12.01.2026")),
        ("Договор 15 от 12.01.2026", ("15", "other", "12.01.2026")),
    ],
)
def test_a_document_is_named_by_its_number_whatever_stands_around_it(text: str, named: tuple[str, ...]) -> None:
    found = document_name(text)
    assert (found.number, found.kind, found.day) == named


def test_the_number_is_kept_as_the_source_writes_it() -> None:
    assert document_name("Реализация товаров и услуг УТ-000123 от 12.01.2026").shown == "УТ-000123"


PREFIXES = st.sampled_from(["", "УТ-", "НФНФ-", "INV-", "00ТК-", "A"])


@given(
    prefix=PREFIXES,
    counter=st.integers(1, 10**6),
    zeros=st.integers(0, 6),
    hour=st.integers(0, 23),
    words=st.sampled_from(["Реализация товаров и услуг", "Реализация (акт, накладная)", "Расходная накладная №"]),
    year=st.sampled_from(["от 12.01.2026", "от 12.01.2026 г."]),
    latin=st.booleans(),
    form=st.sampled_from(["NFC", "NFD"]),
)
def test_time_words_zeros_and_alphabet_do_not_make_another_document(
    prefix: str, counter: int, zeros: int, hour: int, words: str, year: str, latin: bool, form: str
) -> None:
    number = f"{prefix}{'0' * zeros}{counter}"
    shown = number.translate(str.maketrans("УТАК", "YTAK")) if latin else number
    presented = normalize(form, f"{words} {shown} {year}" + ("" if year.endswith("г.") else f" {hour}:00:00"))
    assert document_name(presented).number == document_name(f"{prefix}{counter}").number == number_key(number)


@given(st.text(max_size=40))
def test_a_number_in_its_form_for_comparison_stays_so(text: str) -> None:
    assert number_key(number_key(text)) == number_key(text)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Возврат товаров от покупателя", "return"),
        ("Сторно", "return"),
        ("Credit note", "return"),
        ("Sales credit note", "return"),
        ("Накладная на возврат", "return"),
        ("Возвратная накладная", "return"),
        ("Реализация возвратной тары", "sale"),
        ("Реализация товаров и услуг", "sale"),
        ("Акт", "sale"),
        ("Заказ клиента", "other"),
        ("Sales Order", "other"),
        ("Коммерческое предложение", "other"),
        ("Ввод остатков", "purchase"),
        ("Корректировка долга", "purchase"),
        ("Возврат товаров поставщику", "purchase"),
        ("Поступление (акт, накладная, УПД)", "purchase"),
        ("Корректировка поступления", "purchase"),
        ("Перемещение", "purchase"),
        ("Ausgangsrechnung", "sale"),
        ("Eingangsrechnung", "purchase"),
        ("Stornorechnung", "return"),
        ("Gutschrift", "return"),
        ("Facture", "sale"),
        ("Facture pro forma", "other"),
        ("Avoir", "return"),
        ("Nota de crédito", "return"),
        ("Faktura", "sale"),
        ("Faktura korygująca", "correction"),
        ("Zamówienie", "other"),
        ("Видаткова накладна", "sale"),
    ],
)
def test_the_words_tell_the_kind(words: str, kind: str | None) -> None:
    assert word_kind(words) == kind
