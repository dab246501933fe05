"""A question that a file leaves open is asked back, and an answer in the profile settles it."""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from tests.exchange.reading.steps import read_file, why
from tests.exchange.reading.test_refusals import packed

HEADING = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Сумма\n"


def sales(column: str, first: str, second: str) -> str:
    """Two documents, of 100 and of 50, with one more column."""
    return (
        f"Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;{column}\n"
        f"12.01.2026;УТ-1;К;Л;1;100;{first}\n13.01.2026;УТ-2;К;Л;1;50;{second}\n"
    )


@pytest.mark.parametrize(("first", "second"), [("Количество", "Отгружено"), ("Qty Ordered", "Qty Shipped")])
def test_two_quantities_beside_a_price_are_asked_back_where_they_differ(first: str, second: str) -> None:
    table = f"Дата;Номер;Контрагент;Номенклатура;{first};{second};Цена\n12.01.2026;УТ-1;К;Л;3;{{}};50\n"
    code, facts = why(table.format(2))
    assert (code, facts["first"], facts["second"]) == ("quantity_unclear", first, second)
    assert read_file(table.format(2), {"mapping": {"quantity": second}}).total == 100
    assert read_file(table.format(3)).total == 150


def test_of_ordered_and_invoiced_goods_those_count_that_the_sums_are_of() -> None:
    several = "Order Lines/Ordered Quantity;Order Lines/Delivered Quantity;Order Lines/Invoiced Quantity"
    table = f"Order Date;Order Reference;Customer;Order Lines/Product;{several};Order Lines/Unit Price;Order Lines/Subtotal\n2026-01-12;S1;К;Л;10;6;6;50;{{}}\n"
    assert why(table.format(500))[0] == "quantity_unclear"
    read = read_file(table.format(300))
    assert (read.total, read.quantity) == (300, 6)


@pytest.mark.parametrize("column", ["Line Type", "Row Type", "Type", "Item type", "Тип строки", "Тип"])
@pytest.mark.parametrize(
    ("goods", "other"), [("Item", "Tax"), ("Product", "Shipping"), ("Товар", "Доставка"), ("Товар", "Комплектующая")]
)
def test_rows_of_other_sums_among_the_goods_are_asked_back(column: str, goods: str, other: str) -> None:
    file = sales(column, goods, other)
    code, facts = why(file)
    assert (code, facts["column"]) in ((each, column) for each in ("rows_of_sums", "not_goods"))
    assert read_file(file, {"only": [{"column": column, "values": [goods]}]}).total == 100
    assert read_file(file, {"mapping": {"kind": ""}}).total == 150


@pytest.mark.parametrize("values", [("Самовывоз", "Доставка"), ("Pickup", "Delivery"), ("Опт", "Розница")])
def test_a_type_that_tells_no_rows_of_goods_asks_nothing(values: tuple[str, str]) -> None:
    assert read_file(sales("Тип", *values)).total == 150
    assert read_file(sales("Product Type", "Item", "Gift Card")).total == 150


@pytest.mark.parametrize("goods", ["Скидка 5%", "Discount", "  - Лоток", "• Кисть"])
def test_a_discount_without_a_minus_and_a_part_below_its_kit_are_asked_back(goods: str) -> None:
    file = sales("Склад", "", "").replace("К;Л;1;50", f"К;{goods};1;{{}}")
    assert why(file.format(50))[0] == "not_goods"
    assert read_file(file.format(-50)).total == 50
    assert read_file(file.format(0)).total == 100


def test_beside_discounts_with_a_minus_one_without_it_takes_such_a_discount_back() -> None:
    file = sales("Склад", "", "").replace("К;Л;1;50", "К;Скидка;1;{}")
    both = file.format(50) + "13.01.2026;УТ-3;К;Скидка;1;-20;\n"
    assert read_file(both).total == 130


@pytest.mark.parametrize("column", ["Cur.", "Вал", "ISO", "W"])
def test_a_currency_below_any_heading_is_seen(column: str) -> None:
    code, facts = why(sales(column, "RUB", "EUR"))
    assert (code, facts["found"], facts["line"]) == ("currency_shown", "EUR", 3)
    assert read_file(sales(column, "RUB", "RUB")).total == 150
    assert read_file(sales(column, "EUR", "красный")).total == 150


def test_sums_of_delivery_in_a_column_of_their_own_are_told() -> None:
    read = read_file(sales("Стоимость доставки", "0", "30"))
    assert (read.total, read.notes["delivery_left"]["lines"]) == (150, [3])
    assert "delivery_left" not in read_file(sales("Дата доставки", "12.01.2026", "13.01.2026")).notes


def test_sums_with_the_delivery_of_the_column_beside_give_way_to_quantity_times_price() -> None:
    content = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Доставка;Сумма\n12.01.2026;1;К;Л;2;50;5;105\n13.01.2026;2;К;Л;1;50;;50\n"
    read = read_file(content)
    assert (read.total, read.notes["delivery_left"]["lines"]) == (150, [2])
    assert read.notes["amount_chosen"] == {"column": "Цена", "others": ["Сумма"]}
    assert read_file(content, {"mapping": {"amount": "Сумма"}}).total == 155
    assert read_file(content.replace("5;105", "5;100")).found.columns["amount"] == "Сумма"
    mixed = content.replace(";;50", ";7;50")
    assert why(mixed) == ("delivery_within", {"amount": "Сумма", "column": "Доставка"})
    assert read_file(mixed, {"mapping": {"amount": ""}}).total == 150
    taxed = content.replace("Сумма", "НДС;Сумма").replace(";5;105", ";5;20;125").replace(";;50", ";;10;60")
    assert why(taxed)[0] == "delivery_within"
    assert read_file(taxed, {"mapping": {"amount": ""}, "vat": "net_plus_vat"}).total == 180


@pytest.mark.parametrize(("said", "total"), [("450", 450), ("250", 250), ("300", 250)])
def test_the_sum_of_the_document_tells_sums_of_rows_from_prices(said: str, total: int) -> None:
    rows = f"12.01.2026;1;К;Л;2;200;{said}\n12.01.2026;1;К;М;1;50;{said}\n"
    assert read_file(f"Дата;Номер;Контрагент;Номенклатура;Количество;Стоимость;Сумма документа\n{rows}").total == total


def test_a_heading_of_a_sum_or_a_price_is_asked_back_where_nothing_proves_either() -> None:
    content = "Дата;Номер;Контрагент;Номенклатура;Количество;Итоговая стоимость товара\n12.01.2026;1;К;Л;2;200\n"
    code, facts = why(content)
    assert (code, facts["line"], facts["value"]) == ("price_or_sum", 2, "2")
    assert read_file(content, {"mapping": {"amount": "Итоговая стоимость товара"}}).total == 200
    assert read_file(content, {"mapping": {"unit_price": "Итоговая стоимость товара"}}).total == 400
    assert read_file(content.replace(";2;200", ";1;200")).total == 200


@pytest.mark.parametrize(
    "others",
    [("Дебет", "Кредит"), ("Debit", "Credit"), ("Current", "1-30"), ("1 – 30 days", "Over 90 days")],
    ids=", ".join,
)
def test_sums_of_a_journal_and_of_debts_are_asked_back(others: tuple[str, str]) -> None:
    heading = ";".join(["Дата", "Номер", "Контрагент", "Номенклатура", "Количество", *others, "Сумма"])
    file = f"{heading}\n12.01.2026;УТ-1;К;Л;1;100;0;100\n"
    assert why(file)[0] == "amount_unclear"
    assert read_file(file, {"mapping": {"amount": "Сумма"}}).total == 100


def test_vat_whose_heading_tells_its_rate_comes_on_top_of_sums_without_it() -> None:
    read = read_file("Дата;Номер;Контрагент;Номенклатура;Количество;Стоимость;НДС 20%\n12.01.2026;УТ-1;К;Л;1;100;20\n")
    assert read.total == 120


def test_paid_money_is_no_day_of_payment() -> None:
    read = read_file(sales("Оплачено", "44000,00", "44100"))
    assert (read.total, read.faults, read.notes["payments_left"]["column"]) == (150, [], "Оплачено")


# --- rows that do not count -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Статус", "Отгружен", "Отменён"),
        ("Статус документа", "Проведен", "Не проведен"),
        ("Status", "Posted", "Draft"),
        ("Status", "Sales Order", "Quotation"),
        ("Этап сделки", "Успешно реализовано", "Закрыто и не реализовано"),
        ("Статус", "Доставлен", "Невыкуп принят"),
        ("Cancelled", "", "X"),
        ("Проведен", "Да", "Нет"),
        ("Проведен", "Проведен", "Не проведен"),
        ("Пометка удаления", "Нет", "Да"),
        ("Cancelled at", "", "2026-01-14"),
    ],
)
def test_a_cancelled_document_is_not_counted_and_told_with_its_sum(column: str, first: str, second: str) -> None:
    read = read_file(sales(column, first, second))
    assert read.documents == {"УТ-1": Decimal("100.00")}
    assert (read.notes["cancelled"]["count"], read.notes["cancelled"]["amount"]) == (1, "50.00")


@pytest.mark.parametrize(
    ("column", "answer", "code"),
    [("Сторно", "return_flag", "return_beside"), ("Документ отменён", "status", "cancelled_beside")],
)
def test_a_yes_below_a_heading_that_takes_rows_back_is_asked_back(column: str, answer: str, code: str) -> None:
    content = sales(column, "", "Да")
    found, facts = why(content)
    assert (found, facts["column"], facts["line"]) == (code, column, 3)
    assert read_file(content, {"mapping": {answer: ""}}).total == 150


def test_a_number_of_a_document_with_a_word_for_cancelled_behind_it_is_asked_back() -> None:
    content = HEADING + "12.01.2026;УТ-1;К;Л;1;100;100\n12.01.2026;УТ-2 (отменён);К;Л;1;50;50\n"
    code, facts = why(content)
    assert (code, facts["value"]) == ("cancelled_beside", "УТ-2 (отменён)")
    assert read_file(content, {"mapping": {"status": ""}}).total == 150


@pytest.mark.parametrize("total", ["150", "100"])
def test_the_total_of_a_file_may_count_cancelled_rows_or_leave_them_out(total: str) -> None:
    content = sales("Статус", "Отгружен", "Отменён")
    assert read_file(f"{content}Итого;;;;;{total};\n").total == Decimal(100)
    assert why(f"{content}Итого;;;;;120;\n")[0] == "total_differs"


def test_a_total_below_cancelled_rows_alone_is_theirs() -> None:
    rows = "12.01.2026;1;К;Л;1;100;Отменён\n;1 Итог;;;1;100;\n13.01.2026;2;К;Л;1;50;Отгружен\n;2 Итог;;;1;50;\n"
    read = read_file(f"Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;Статус\n{rows}")
    assert (read.documents, read.faults) == ({"2": Decimal(50)}, [])


@pytest.mark.parametrize(
    "status", ["Частично отменён", "Возвращён", "partially_refunded", "refunded", "Новый", "В работе", "pending"]
)
def test_a_status_that_may_stand_beside_rows_of_its_own_is_asked_back(status: str) -> None:
    content = sales("Статус", "Отгружен", status)
    code, facts = why(content)
    assert (code, facts["value"]) == ("status_unclear", status)
    assert read_file(content, {"valid_words": [status]}).total == Decimal(150)
    assert read_file(content, {"cancelled_words": [status]}).total == Decimal(100)


def test_a_status_among_hundreds_that_tells_nothing_is_a_wrong_row() -> None:
    rows = "".join(f"12.01.2026;{n};К;Л;1;10;Этап {n}\n" for n in range(1, 300))
    content = (
        f"Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;Статус\n{rows}12.01.2026;900;К;Л;1;10;Частично отменён\n"
    )
    read = read_file(content)
    assert [(fault.number, fault.code) for fault in read.faults] == [("900", "status")]
    assert read.total == Decimal(2990)


def test_a_cancelled_row_needs_no_sum() -> None:
    content = sales("Статус", "Отгружен", "Отменён").replace(";50;", ";;")
    assert not read_file(content).faults


# --- returns beside sales ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Возврат", "Возврат, шт", "Возвращено", "Сумма возврата", "Returned"])
def test_numbers_of_returns_beside_sales_are_asked_back(heading: str) -> None:
    content = sales(heading, "0", "1")
    assert why(content)[0] == "returns_apart"
    assert read_file(content, {"mapping": {"return_flag": ""}}).total == Decimal(150)


@pytest.mark.parametrize(
    ("heading", "cell", "total"),
    [("Возврат", "Да", 50), ("Is return", "1", 50), ("Номер возврата", "17", 150), ("Причина возврата", "брак", 150)],
)
def test_a_mark_or_a_word_on_returns_is_no_number_of_them(heading: str, cell: str, total: int) -> None:
    assert read_file(sales(heading, "", cell)).total == Decimal(total)


@pytest.mark.parametrize(
    "content",
    [
        f"Возвраты от покупателей за январь\n{HEADING}12.01.2026;1;К;Л;1;100;100\n",
        f"Поступления от поставщиков\n{HEADING}12.01.2026;1;К;Л;1;100;100\n",
        f"{HEADING}Реализация;;;;;;\n12.01.2026;1;К;Л;1;100;100\nВозвраты:;;;;;;\n13.01.2026;2;К;Л;1;40;40\n",
    ],
)
def test_rows_under_a_title_of_returns_are_no_sales(content: str) -> None:
    assert why(content)[0] == "section"


def test_the_kind_of_all_documents_may_be_named() -> None:
    content = f"Возвраты от покупателей за январь\n{HEADING}12.01.2026;1;К;Л;1;100;100\n"
    assert read_file(content, {"constants": {"kind": "return"}}).total == Decimal(-100)
    assert read_file(content, {"constants": {"kind": "sale"}}).total == Decimal(100)
    assert read_file(f"Продажи и возвраты\n{HEADING}12.01.2026;1;К;Л;1;100;100\n").total == Decimal(100)


STEPS = "Контрагент;Документ;Номенклатура;Количество;Сумма\n"
FIRST, SECOND = "Реализация УТ-1 от 12.01.2026", "Реализация УТ-2 от 13.01.2026"


@pytest.mark.parametrize(
    "rows",
    [
        f"А;;;3;150\n;{FIRST};;2;100\n;;Л;2;100\n;{SECOND};;1;50\n;;М;1;50\nИтого;;;3;150\n",
        f"А;;;;\n;{FIRST};;;\n;;Л;2;100\n;{SECOND};;;\n;;М;1;50\nИтого;;;3;150\n",
        f"А;{FIRST};Л;1;60\n;;К;1;40\n;{FIRST} Итог;;2;100\n;{SECOND};М;1;50\n;{SECOND} Итог;;1;50\nА Итог;;;3;150\nОбщий итог;;;3;150\n",
    ],
)
def test_a_report_in_steps_has_its_days_in_its_documents(rows: str) -> None:
    read = read_file(STEPS + rows)
    assert (read.documents, read.faults) == ({"УТ-1": Decimal(100), "УТ-2": Decimal(50)}, [])
    assert sorted({row.business_date.day for row in read.rows}) == [12, 13]
    assert read.customers == {"name:а"}


def test_a_group_in_steps_that_its_rows_do_not_make_is_refused() -> None:
    content = f"{STEPS}А;;;3;150\n;{FIRST};;2;90\n;;Л;2;100\n;{SECOND};;1;50\n;;М;1;50\n"
    assert why(content)[0] == "group_differs"


def test_a_mean_below_the_rows_is_no_row() -> None:
    read = read_file(f"{HEADING}12.01.2026;1;К;Л;1;100;100\nСреднее;;;;1;100;100\n")
    assert (read.total, read.faults) == (Decimal(100), [])


def test_states_before_and_after_a_correction_do_not_add_up() -> None:
    content = sales("Вид документа", "Корректировка реализации (до)", "Корректировка реализации (после)")
    assert why(content)[0] == "kind_unclear"


def test_two_letters_tell_no_rare_encoding() -> None:
    content = "Date;Number;Customer;Item;Qty;Amount\n12.01.2026;1;К;Л;1;100\n"
    assert read_file(content.encode("cp1251")).customers == {"name:к"}


# --- prices and discounts ---------------------------------------------------------------------------------------------


def test_a_discount_beside_the_product_of_quantity_and_price_is_asked_back() -> None:
    content = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Сумма;Скидка, руб\n12.01.2026;УТ-1;К;Л;2;50;100;10\n"
    assert why(content)[0] == "discount_beside"
    assert read_file(content, {"mapping": {"discount": ""}}).total == Decimal(100)
    assert read_file(content, {"mapping": {"amount": ""}}).total == Decimal(90)
    taken_off = content.replace(";100;10", ";90;10")
    assert read_file(taken_off).total == Decimal(90)


@pytest.mark.parametrize(
    "discount",
    [
        "Скидка",
        "Сумма автоматической скидки",
        "Списано бонусов",
        "Оплата баллами",
        "Баллы списаны",
        "Points redeemed",
        "Купон, руб",
    ],
)
def test_a_discount_beside_a_sum_without_a_price_is_asked_back(discount: str) -> None:
    content = f"Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;{discount}\n12.01.2026;УТ-1;К;Л;2;100,00;12,00\n"
    assert why(content)[0] == "discount_beside"
    assert read_file(content, {"mapping": {"discount": ""}}).total == 100
    assert read_file(content.replace("12,00", "0,00")).total == 100
    assert read_file(content.replace("Сумма;", "Выручка;", 1)).total == 100
    # A part of the price, and a percentage, say how the sum came about.
    assert read_file(content.replace("12,00", "0,12")).total == 100
    in_percent = read_file(content.replace(f";{discount}", ";Скидка, %"))
    assert (in_percent.total, in_percent.notes["discount_within"]["column"]) == (100, "Скидка, %")
    assert "discount_within" not in read_file(content.replace(f";{discount}", ";Начислено бонусов")).notes


def test_of_two_prices_the_one_after_the_discount_is_taken_and_told() -> None:
    content = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Цена со скидкой\n12.01.2026;1;К;Л;2;50;45\n"
    read = read_file(content)
    assert (read.total, read.notes["price_chosen"]["column"]) == (Decimal(90), "Цена со скидкой")


def test_two_prices_that_differ_are_asked_back() -> None:
    content = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Цена розничная\n12.01.2026;1;К;Л;2;50;60\n"
    assert why(content)[0] == "price_unclear"
    assert read_file(content, {"mapping": {"unit_price": "Цена"}}).total == Decimal(100)


@pytest.mark.parametrize(
    ("heading", "refused"),
    [("Цена розничная;Цена оптовая", True), ("Цена;Цена закупки", False), ("Цена;Цена оптовая", False)],
)
def test_another_kind_of_price_is_not_left_in_silence(heading: str, refused: bool) -> None:
    content = f"Дата;Номер;Контрагент;Номенклатура;Количество;{heading}\n12.01.2026;1;К;Л;2;50;60\n"
    if refused:
        assert why(content)[0] == "price_unclear"
        assert read_file(content, {"mapping": {"unit_price": "Цена оптовая"}}).total == Decimal(120)
    else:
        assert read_file(content).total == Decimal(100)


@pytest.mark.parametrize(("quantity", "total"), [("2", None), ("-2", -90)])
def test_a_discount_below_zero_is_one_only_on_a_return(quantity: str, total: int | None) -> None:
    content = f"Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Скидка, руб\n12.01.2026;1;К;Л;{quantity};50;-10\n"
    read = read_file(content)
    if total is None:
        assert [(fault.field, fault.code) for fault in read.faults] == [("discount", "discount_negative")]
    else:
        assert read.total == Decimal(total)


def test_documents_of_kinds_that_nobody_knows_are_told() -> None:
    rows = "Реализация УТ-1 от 12.01.2026;К;Л;1;100\nСкладской лист УТ-2 от 12.01.2026;К;Л;1;50\n"
    told = read_file(f"Документ;Контрагент;Номенклатура;Количество;Сумма\n{rows}").notes["kinds_unknown"]
    assert told == {"values": ["Складской лист"]}


def test_a_discount_is_never_larger_than_the_price() -> None:
    content = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Скидка\n12.01.2026;1;К;Л;2;50;5\n"
    read = read_file(content, {"discount": "share"})
    assert [(fault.field, fault.code) for fault in read.faults] == [("discount", "discount_too_large")]


# --- kinds, headings, days --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "sale", "back"), [("Вид", "Р", "В"), ("Type", "Debit", "Credit"), ("Вид документа", "Приход", "Расход")]
)
def test_unknown_kinds_are_asked_back(column: str, sale: str, back: str) -> None:
    content = sales(column, sale, back)
    assert why(content)[0] == "kind_unclear"
    assert read_file(content, {"sale_words": [sale], "return_words": [back]}).total == Decimal(50)


def test_a_row_without_a_kind_beside_rows_that_tell_it_is_wrong() -> None:
    read = read_file(sales("Вид документа", "Реализация", ""))
    assert [(fault.number, fault.field, fault.code) for fault in read.faults] == [("УТ-2", "kind", "missing")]
    several = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;Вид документа\n12.01.2026;1;К;Л;1;100;Возврат\n12.01.2026;1;К;М;1;50;\n"
    assert read_file(several).total == Decimal(-150)


def test_a_row_that_numbers_the_columns_spoils_no_document() -> None:
    content = f"{HEADING}1;2;3;4;5;6;7\n12.01.2026;1;К;Л;1;100;100\n13.01.2026;2;К;Л;1;50;50\n"
    read = read_file(content)
    assert (read.total, read.faults) == (Decimal(150), [])


def test_kinds_of_customers_are_no_kinds_of_documents_and_that_is_told() -> None:
    read = read_file(sales("Тип", "Розница", "Опт"))
    assert (read.total, read.notes["kind_left"]["values"]) == (Decimal(150), ["Опт", "Розница"])


def test_a_heading_with_its_columns_in_another_order_begins_another_table() -> None:
    other = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;Цена\n13.01.2026;2;К;Л;2;100;50\n"
    code, facts = why(f"{HEADING}12.01.2026;1;К;Л;1;100;100\n{other}")
    assert (code, facts["line"]) == ("heading_changes", 3)


@pytest.mark.parametrize("days", [("26-01-12", "26-01-13"), ("26-01-12",)])
def test_a_year_of_two_digits_may_stand_at_either_end(days: tuple[str, ...]) -> None:
    content = HEADING + "".join(f"{day};{n};К;Л;1;100;100\n" for n, day in enumerate(days))
    assert why(content)[0] == "dates_unclear"


def test_a_year_of_two_digits_before_dots_is_asked_back() -> None:
    content = HEADING + "".join(f"{day};{n};К;Л;1;100;100\n" for n, day in enumerate(("26.01.12", "26.01.13"), 1))
    assert why(content)[0] == "dates_unclear"
    assert read_file(content, {"format": {"dates": ["dd.mm.yy"]}}).rows[0].business_date.year == 2012
    assert read_file(content.replace("26.01.13", "27.01.12")).rows[0].business_date.year == 2012


def test_an_empty_date_of_1c_is_no_day_of_this_century() -> None:
    read = read_file(f"{HEADING}01.01.0001;1;К;Л;1;100;100\n")
    assert [fault.code for fault in read.faults] == ["date_out_of_range"]


@pytest.mark.parametrize(("total", "refused"), [("300", False), ("350", True)])
def test_sums_without_a_word_are_a_total(total: str, refused: bool) -> None:
    content = f"{HEADING}12.01.2026;1;К;Л;1;100;100\n13.01.2026;2;К;Л;2;100;200\n;;;;3;;{total}\n"
    if refused:
        assert why(content)[0] == "total_differs"
    else:
        assert read_file(content).total == Decimal(300)


def test_the_total_of_a_day_names_the_day() -> None:
    rows = "1;12.01.2026;К;Л;1;100\n;12.01.2026;Итого за день;;1;100\n2;13.01.2026;К;Л;1;50\n;13.01.2026;Итого за день;;1;50\nИтого;;;;2;150\n"
    assert read_file(f"Номер;Дата;Контрагент;Номенклатура;Количество;Сумма\n{rows}").total == Decimal(150)


@pytest.mark.parametrize("number", ["1,00E+11", "1.2E+5", "1E+05"])
def test_a_number_that_a_spreadsheet_shortened_is_spoilt(number: str) -> None:
    read = read_file(f"{HEADING}12.01.2026;{number};К;Л;1;100;100\n")
    assert [(fault.field, fault.code) for fault in read.faults] == [("document", "spoilt")]


def test_words_of_a_profile_are_compared_without_case_and_yo() -> None:
    answer: dict[str, Any] = {"cancelled_words": ["закрыт без отгрузки"]}
    assert read_file(sales("Статус", "Отгружен", "Закрыт без отгрузки"), answer).total == Decimal(100)


# --- two tables, groups, typed cells ----------------------------------------------------------------------------------

ROWS = "Номер;Номенклатура;Количество;Сумма\n1;Л;1;100\n2;Л;1;50\n"


def joined(orders: str) -> bytes:
    return packed(**{"orders.csv": orders, "rows.csv": ROWS})


def test_a_document_whose_rows_make_another_sum_than_its_own_table_says_is_asked_back() -> None:
    content = joined("Номер;Дата;Контрагент;Сумма\n1;12.01.2026;К;100\n2;13.01.2026;М;60\n")
    assert why(content) == ("orders_differ", {"count": 1, "examples": ["2: 60 ≠ 50.00"]})
    read = read_file(content, {"mapping": {"amount": "Сумма"}})
    assert (read.total, read.notes["orders_differ"]["examples"]) == (Decimal(150), ["2: 60 ≠ 50.00"])


def test_a_document_without_rows_is_asked_back_where_its_own_table_tells_its_sum() -> None:
    orders = "Номер;Дата;Контрагент;{}\n1;12.01.2026;К;{}\n2;13.01.2026;М;50\n3;14.01.2026;М;70\n"
    assert why(joined(orders.format("Сумма", 100))) == ("orders_differ", {"count": 1, "examples": ["3: 70 ≠ 0.00"]})
    told = read_file(joined(orders.format("Телефон", 100)))
    assert (told.total, told.notes["orders_without_lines"]["count"]) == (Decimal(150), 1)


@pytest.mark.parametrize(
    "orders",
    [
        "Номер;Дата;Контрагент;Сумма\n1;12.01.2026;К;120\n2;13.01.2026;М;60\n",
        "Номер;Дата;Контрагент;Сумма;Статус\n1;12.01.2026;К;100;\n2;13.01.2026;М;60;Отменён\n",
    ],
    ids=["none of them is that of its rows", "it is cancelled"],
)
def test_a_sum_of_a_document_proves_nothing_where(orders: str) -> None:
    assert read_file(joined(orders)).documents["1"] == Decimal(100)


# --- choices that are told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "other"),
    [("Дата документа", "Дата оплаты"), ("Дата отгрузки", "Дата заказа"), ("Invoice Date", "Due Date")],
)
def test_which_of_two_days_was_taken_is_told(taken: str, other: str) -> None:
    content = f"{other};Номер;Контрагент;Товар;Количество;Сумма;{taken}\n20.01.2026;УТ-1;К;Л;1;100;12.01.2026\n"
    read = read_file(content)
    assert read.rows[0].business_date.isoformat() == "2026-01-12"
    assert read.notes["day_chosen"] == {"column": taken, "others": [other]}
    named = read_file(content, {"mapping": {"business_date": taken}})
    assert "day_chosen" not in named.notes


def test_a_rate_of_vat_beside_a_sum_without_it_makes_the_sum_that_was_paid() -> None:
    table = "Дата;Номер;Контрагент;Товар;Количество;Сумма без НДС;Ставка НДС\n"
    read = read_file(
        table + "12.01.2026;1;К;Л;2;100,00;20%\n13.01.2026;2;К;Л;1;50,00;10%\n14.01.2026;3;К;Л;1;7,00;Без НДС\n"
    )
    assert read.documents == {"1": Decimal(120), "2": Decimal(55), "3": Decimal(7)}


@pytest.mark.parametrize(("heading", "sums"), [("Цена;НДС", "50,00;20%"), ("Цена;Ставка НДС;Сумма", "50,00;20%;50,00")])
def test_a_rate_of_vat_that_nothing_proves_is_told(heading: str, sums: str) -> None:
    read = read_file(f"Дата;Номер;Контрагент;Товар;Количество;{heading}\n12.01.2026;1;К;Л;1;{sums}\n")
    assert (read.total, "vat_within" in read.notes) == (Decimal(50), True)


def test_of_a_sum_and_a_total_less_the_discount_the_total_was_paid() -> None:
    table = "Дата;Номер;Контрагент;Товар;Количество;Цена;Сумма;Скидка;Итого\n"
    read = read_file(table + "12.01.2026;1;К;Л;2;50,00;100,00;10;90,00\n13.01.2026;2;К;Л;1;50,00;50,00;0;50,00\n")
    assert (read.total, read.notes["amount_chosen"]["column"]) == (Decimal(140), "Итого")


def test_a_discount_beside_sums_of_quantity_times_price_is_asked_back_whatever_its_heading() -> None:
    content = HEADING.strip() + ";Скидка по акции\n12.01.2026;1;К;Л;2;50,00;100,00;10,00\n"
    code, facts = why(content)
    assert (code, facts["column"], facts["amount"]) == ("discount_beside", "Скидка по акции", "Сумма")
    assert read_file(content, {"mapping": {"discount": ""}}).total == 100
    assert read_file(content, {"mapping": {"discount": "H", "amount": ""}, "discount": "sum"}).total == 90


def test_one_sum_in_all_rows_of_several_documents_is_that_of_the_document() -> None:
    table = "Дата;Номер;Контрагент;Товар;Количество;Всего\n"
    first, second = "12.01.2026;1;К;{};1;150\n", "13.01.2026;2;К;{};1;80\n"
    content = table + "".join(each.format(goods) for each in (first, second) for goods in ("Л", "М"))
    assert why(content)[0] == "amount_of_document"
    assert read_file(content + "14.01.2026;3;К;Л;1;80\n14.01.2026;3;К;М;1;90\n").total == 630


def test_goods_at_no_price_need_no_sum() -> None:
    read = read_file(HEADING + "12.01.2026;1;К;Л;2;50,00;100,00\n12.01.2026;1;К;Подарок;1;0,00;\n")
    assert (read.total, read.faults) == (Decimal(100), [])


def test_the_numbers_of_two_tables_are_compared_as_documents_are() -> None:
    read = read_file(joined("Номер;Дата;Контрагент\n0001;12.01.2026;К\n0002;13.01.2026;М\n"))
    assert (read.total, read.faults) == (Decimal(150), [])


@pytest.mark.parametrize(
    ("column", "cell", "sign"), [("Статус", "Отменён", 0), ("Вид документа", "Возврат товаров", -1)]
)
def test_a_kind_and_a_status_may_stand_in_the_table_of_documents(column: str, cell: str, sign: int) -> None:
    orders = f"Номер;Дата;Контрагент;{column}\n1;12.01.2026;К;Реализация\n2;13.01.2026;М;{cell}\n"
    assert read_file(joined(orders)).total == Decimal(100) + sign * Decimal(50)


GROUPS = {
    "Контрагент": lambda number: f"ООО {number}",
    "Документ": lambda number: f"Реализация УТ-{number} от 1{number}.03.2026 10:00:00",
    "Номенклатура": lambda number: "Лампа",
    "Склад": lambda number: "Основной",
    "По месяцам": lambda number: "Март 2026",
}


@pytest.mark.parametrize("total_above", [True, False])
@pytest.mark.parametrize(
    "order",
    [
        ("Контрагент", "Документ", "Номенклатура"),
        ("Склад", "Контрагент", "Документ", "Номенклатура"),
        ("По месяцам", "Контрагент", "Документ", "Номенклатура"),
        ("Номенклатура", "Контрагент", "Документ"),
        ("Склад", "Документ", "Номенклатура"),
        ("Документ", "Контрагент", "Номенклатура"),
        ("Склад", "Документ", "Контрагент", "Номенклатура"),
    ],
    ids=", ".join,
)
def test_groups_of_a_report_in_any_order_are_told_in_its_heading(order: tuple[str, ...], total_above: bool) -> None:
    rows = [f"{GROUPS[group](number)};2;100" for number in (1, 2) for group in order]
    rows.insert(0 if total_above else len(rows), "Итого;4;200")
    if order[0] in ("Номенклатура", "Склад", "По месяцам"):
        rows = [row.replace(";2;100", ";4;200") if row.startswith(GROUPS[order[0]](1)) else row for row in rows]
        [_, again] = [at for at, row in enumerate(rows) if row.startswith(GROUPS[order[0]](1))]
        del rows[again]
    read = read_file("\n".join([f"{', '.join(order)};Количество;Выручка", *rows]), {"constants": {"customer": "К-7"}})
    assert read.documents == {"УТ-1": 100, "УТ-2": 100}
    assert read.customers == {"К-7"}
    assert [row.customer.name for row in read.rows] == (["ООО 1", "ООО 2"] if "Контрагент" in order else ["К-7"] * 2)


def test_a_month_above_the_groups_of_a_report_is_no_day() -> None:
    report = [
        "Период;Количество;Сумма",
        "Контрагент;;",
        "Документ;;",
        "Номенклатура;;",
        "Январь 2026;3;150",
        "К;3;150",
        "Реализация УТ-1 от 12.01.2026;3;150",
        "Л;2;100",
        "М;1;50",
        "Итого;3;150",
    ]
    [first, _] = read_file("\n".join(report)).rows
    assert first.business_date.isoformat() == "2026-01-12"


def test_a_number_that_a_workbook_made_a_day_is_spoilt() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING.strip().split(";"))
        sheet.write_row(1, 0, ["12.01.2026", datetime(2026, 1, 2), "К", "Л", 1, 100, 100])
    read = read_file(content.getvalue())
    assert [(fault.field, fault.code) for fault in read.faults] == [("document", "spoilt")]


def test_currencies_and_rates_of_sums_in_another_column_do_not_matter() -> None:
    heading = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма в валюте;Валюта;Курс;{}\n"
    content = heading + "12.01.2026;1;К;Л;1;10,00;USD;90,50;905,00\n"
    assert read_file(content.format("Сумма, руб.")).total == 905
    assert why(content.format("Сумма, USD"))[0] == "currency_shown"


@pytest.mark.parametrize(("customer", "goods"), [("3;140", "2;100"), ("3;150", "2;90")])
def test_a_customer_below_its_document_makes_its_sum_and_so_do_the_goods(customer: str, goods: str) -> None:
    report = ["Документ, Контрагент, Номенклатура;Количество;Сумма", "Реализация УТ-1 от 12.01.2026 10:00:00;3;150"]
    code, facts = why("\n".join([*report, f"ООО К;{customer}", f"Лампа;{goods}", "Кисть;1;50"]))
    assert (code, facts["said"], facts["found"]) == ("group_differs", "150", "140")
