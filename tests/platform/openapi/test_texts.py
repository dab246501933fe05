"""A text of the document is shown in Russian where its Russian is known, and as it is elsewhere."""

from chalicelib.platform.openapi.texts import say


def test_a_text_with_a_translation_is_told_in_the_reader_s_language() -> None:
    assert say("orders", "ru") == "Заказы"
    assert say("orders", "en") == "orders"


def test_a_text_without_a_translation_stays_as_it_is() -> None:
    assert say("Nobody has translated `this`.", "ru") == "Nobody has translated `this`."


def test_values_go_into_the_text() -> None:
    assert say("list of {kind}", "ru", kind="{x}") == "список: {x}"
    assert say("list of {kind}", "en", kind="{x}") == "list of {x}"


def test_each_paragraph_is_told_for_itself() -> None:
    assert say("Show an\norder.\n\nIn units of the product.", "ru").endswith("\n\nВ единицах товара.")


def test_a_default_is_told_in_russian_beside_any_description() -> None:
    assert say("By default `25`.", "ru") == "По умолчанию `25`."
    assert say("The title. By default `a b`.", "ru") == "Заголовок. По умолчанию `a b`."
    assert say("Nothing known. By default `1`.", "ru") == "Nothing known. По умолчанию `1`."
