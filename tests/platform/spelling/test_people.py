"""People are known by how others write them, and are taken out of what others wrote."""

import pytest

from chalicelib.platform.spelling.people import same_name, same_phone, without

VERA = ("Вера Павловна Сергеева", "vera@partner.example", "+79167778899")
IVAN = ("Иван Сладкий", "ivan@partner.example", None)


@pytest.mark.parametrize(
    "other", ["Сергеева Вера Павловна", "вера сергеева", "Сергеева В. П.", "В.П. Сергеева", "Сергеёва Вера", "Вера С."]
)
def test_a_person_has_one_name_in_any_order_and_with_initials(other: str) -> None:
    assert same_name(VERA[0], other)


@pytest.mark.parametrize(
    "other",
    ["Вера", "Сергеева", "", "Вера Петровна Сергеева", "Вера Иванова", "В. П. С.", "Сергеева А. П.", "Вера Вера"],
)
def test_another_person_has_another_name(other: str) -> None:
    assert not same_name(VERA[0], other)


def test_a_name_of_one_word_is_the_same_alone() -> None:
    assert same_name("Сухарто", "сухарто") and not same_name("", "")


@pytest.mark.parametrize("other", ["89167778899", "8 (916) 777-88-99", "+7 916 777 88 99", "9167778899"])
def test_a_number_is_the_same_however_it_is_written(other: str) -> None:
    assert same_phone(VERA[2], other)


@pytest.mark.parametrize("other", ["+79167778890", "7778899", "", None])
def test_another_number_is_another(other: str | None) -> None:
    assert not same_phone(VERA[2], other) and not same_phone(None, other)


@pytest.mark.parametrize(
    ("person", "text", "left"),
    [
        (VERA, "Звонить Вере Павловне Сергеевой, 8 916 777-88-99 или VERA@partner.example", "Звонить …, … или …"),
        (VERA, "спросить СЕРГЕЕВУ В. П.", "спросить …"),
        (
            VERA,
            "Привет от Веры, заказ 40817810099910004312 на 12 шт.",
            "Привет от …, заказ 40817810099910004312 на 12 шт.",
        ),
        (VERA, "ИНН 7707083893, тел. +7 (495) 111-22-33", "ИНН 7707083893, тел. +7 (495) 111-22-33"),
        (VERA, "Верный остаток, уверен Сергей", "Верный остаток, уверен Сергей"),
        (IVAN, "Ивану Сладкому и Иванову, не Ивановой", "… и Иванову, не Ивановой"),
        (("Anna Orlova", "a@b.example", None), "Annabel sees Anna Orlova's lamp", "Annabel sees …'s lamp"),
        (("Ян Ли", "yan@b.example", None), "Надо ли звонить", "Надо ли звонить"),
        (VERA, "", ""),
    ],
)
def test_a_text_stays_without_the_person(person: tuple[str, str, str | None], text: str, left: str) -> None:
    assert without(text, *person) == left
