"""Kinds of files that once lost or falsified money, each with its right value."""

from decimal import Decimal
from typing import Any

import pytest

from tests.exchange.reading.steps import read_file, why

FULL = "Дата;Номер;Контрагент;Номенклатура;Артикул;Количество;Цена;Сумма\n"
SHORT = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма\n"


def short(*rows: str) -> str:
    return SHORT + "\n".join(rows) + "\n"


# --- quotation marks --------------------------------------------------------------------------------------------------

COMMENTED = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;Комментарий\n"


def test_a_stray_quotation_mark_swallows_nothing() -> None:
    rows = ['12.01.2026;A;К;Л;1;100;"срочно', "12.01.2026;B;К;Л;1;100;", "12.01.2026;C;К;Л;1;100;"]
    read = read_file(COMMENTED + "\n".join(rows))
    assert read.documents == {"А": 100, "В": 100, "С": 100}
    assert read.notes["stray_quote"]["lines"] == [2]


def test_a_space_may_stand_before_a_quotation() -> None:
    read = read_file(
        '"Дата"; "Номер"; "Контрагент"; "Номенклатура"; "Количество"; "Сумма"\n"12.01.2026"; "1"; "К"; "Л; с точкой"; "1"; "100"\n'
    )
    assert (read.total, read.rows[0].name, "stray_quote" in read.notes) == (Decimal(100), "Л; с точкой", False)


def test_two_stray_quotation_marks_swallow_nothing_between_them() -> None:
    rows = ['12.01.2026;A;К;Л;1;100;"срочно', "12.01.2026;B;К;Л;1;100;", '12.01.2026;C;К;Л;1;100;"']
    read = read_file(COMMENTED + "\n".join(rows))
    assert (len(read.documents), read.total) == (3, 300)


def test_line_breaks_within_quotation_marks_go_on_working() -> None:
    rows = ['12.01.2026;A;К;Л;1;100;"позвонить\nдо обеда; потом ""ждать"""', "12.01.2026;B;К;Л;1;100;"]
    read = read_file(COMMENTED + "\n".join(rows))
    assert (read.documents, [row.row for row in read.rows]) == ({"А": 100, "В": 100}, [2, 4])
    assert "stray_quote" not in read.notes


def test_a_row_that_cannot_be_told_apart_is_named_and_the_others_are_read() -> None:
    read = read_file(short('12.01.2026;A;"К;Л;1', "12.01.2026;B;К;Л;1;100"))
    assert [(fault.row, fault.code) for fault in read.faults] == [(2, "quote")]
    assert read.documents == {"В": 100}


def test_a_row_that_ends_too_early_is_wrong_where_other_rows_write_their_empty_cells() -> None:
    rows = ["12.01.2026;A-1;К;Л;1;100;", "12.01.2026;A-2;Л;1;100;склад"]
    read = read_file(COMMENTED + "\n".join(rows))
    assert [(fault.row, fault.code) for fault in read.faults] == [(3, "too_few_cells")]
    assert read.documents == {"А-1": 100}


def test_a_short_row_that_ends_with_an_empty_cell_has_lost_another_one() -> None:
    """Its program leaves no cell out; the row of a total that has lost its word, for one."""
    rows = ["12.01.2026;A-1;К;Л;1;100;склад", "13.01.2026;A-2;К;Л;1;50;склад", ";;1,00;150,00;;"]
    read = read_file(COMMENTED + "\n".join(rows))
    assert (4, "too_few_cells") in [(fault.row, fault.code) for fault in read.faults]
    assert read.documents == {"А-1": 100}


def test_rows_that_leave_out_their_last_empty_cells_are_read_and_told() -> None:
    rows = ["12.01.2026;A;К;Л;1;100", "12.01.2026;B;К;Л;1;100;срочно"]
    read = read_file(COMMENTED + "\n".join(rows))
    assert not read.faults
    assert read.documents == {"А": 100, "В": 100}
    assert read.notes["too_few_cells"]["lines"] == [2]


# --- returns ----------------------------------------------------------------------------------------------------------


def test_returns_are_told_by_the_kind_of_their_document() -> None:
    heading = SHORT.replace("Номер", "Номер;Вид документа")
    rows = ["12.01.2026;УТ-1;Реализация товаров;К;Л;2;200", "13.01.2026;УТ-2;Возврат товаров от покупателя;К;Л;1;100"]
    read = read_file(heading + "\n".join(rows))
    assert (read.total, read.documents) == (100, {"УТ-1": 200, "УТ-2-return": -100})


def test_returns_are_told_by_the_presentation_of_their_document() -> None:
    heading = "Документ;Контрагент;Номенклатура;Количество;Сумма\n"
    rows = [
        "Реализация товаров и услуг УТ-1 от 12.01.2026 10:00:00;К;Л;2;200",
        "Возврат товаров от покупателя УТ-2 от 13.01.2026;К;Л;1;100",
    ]
    read = read_file(heading + "\n".join(rows))
    assert (read.total, [f"{row.business_date:%d.%m}" for row in read.rows]) == (100, ["12.01", "13.01"])


def test_the_request_may_name_words_of_its_own_for_kinds() -> None:
    heading = SHORT.replace("Номер", "Номер;Тип")
    rows = ["12.01.2026;1;Отгрузка товара;К;Л;2;200", "13.01.2026;2;Изъятие обратно;К;Л;1;100"]
    read = read_file(heading + "\n".join(rows), {"return_words": ["изъятие обратно"]})
    assert read.total == 100
    assert [fault.code for fault in read_file(heading + "\n".join(rows)).faults] == ["kind"]


def test_a_return_without_a_sign_on_its_amount_takes_away() -> None:
    read = read_file(short("12.01.2026;1;К;Л;2;200", "13.01.2026;2;К;Л;-1;100"))
    assert read.total == 100
    assert read.notes["unsigned_returns"]["count"] == 1


# --- documents over several rows --------------------------------------------------------------------------------------


def test_a_document_whose_number_stands_only_in_its_first_row() -> None:
    heading = "Дата;Номер;Код контрагента;Контрагент;Номенклатура;Артикул;Количество;Цена;Сумма\n"
    rows = ["12.01.2026;УТ-1;К-1;ООО К;Лампа;L-1;2;50;100", ";;;;Кисть;L-2;1;900;900", ";;;;Грунт;L-3;1;500;500"]
    read = read_file(heading + "\n".join(rows))
    assert (read.documents, read.faults) == ({"УТ-1": 1500}, [])
    assert read.notes["carried"]["lines"] == [3, 4]


def test_an_empty_number_among_repeated_ones_is_a_wrong_row() -> None:
    rows = ["12.01.2026;1;К;Л;1;100", "12.01.2026;1;К;М;1;90", ";;;Н;1;100"]
    read = read_file(short(*rows))
    assert (read.faults[0].row, read.faults[0].field, read.faults[0].code) == (4, "document", "missing")


def test_groups_stand_in_rows_of_their_own_with_sums_that_are_checked() -> None:
    rows = [
        ";;ООО К;;3;300",
        "12.01.2026;УТ-1;;;3;300",
        ";;;Л;1;100",
        ";;;М;2;200",
        ";;ООО Н;;1;50",
        "13.01.2026;УТ-2;;;1;50",
        ";;;Л;1;50",
    ]
    read = read_file(short(*rows, "Итого;;;;4;350"))
    assert (read.documents, len(read.customers)) == ({"УТ-1": 300, "УТ-2": 50}, 2)
    code, facts = why(short(*[row.replace("М;2;200", "М;2;210") for row in rows]))
    assert (code, facts["line"], facts["said"], facts["found"]) == ("group_differs", 3, "300", "310")


# --- decimal marks ----------------------------------------------------------------------------------------------------


def test_one_decimal_mark_holds_for_the_whole_file() -> None:
    assert read_file(short("12.01.2026;1;К;Л;1;1.234,50", "12.01.2026;2;К;Л;1;12.345")).total == Decimal("13579.50")
    assert read_file(short("12.01.2026;1;К;Л;1;1,234", "12.01.2026;2;К;Л;1;999.50")).total == Decimal("2233.50")


def test_thousands_or_decimals_that_nothing_confirms_are_asked_back() -> None:
    text = 'Date,Number,Customer,Item,Quantity,Price\n2026-01-12,1,C,Lamp,"2,000",150.00\n'
    code, facts = why(text)
    assert (code, facts["value"], facts["column"]) == ("decimal_unclear", "2,000", "Quantity")
    assert read_file(text, {"format": {"decimal": "point"}}).total == 300_000
    confirmed = text.replace("Price\n", "Price,Amount\n").replace("150.00\n", '150.00,"300,000.00"\n')
    assert read_file(confirmed).total == 300_000


def test_two_decimal_marks_contradict_each_other() -> None:
    code, facts = why(short("12.01.2026;1;К;Л;1;1 234,50", "12.01.2026;2;К;Л;1;999.50"))
    assert (code, facts["comma"], facts["point"]) == ("decimal_mixed", "1 234,50", "999.50")


def test_google_sheets_in_russian_writes_commas_between_and_within() -> None:
    text = 'Дата,Номер,Контрагент,Товар,Количество,Цена\n12.01.2026,1,К,Лампа,"2,000","150,00"\n'
    assert read_file(text).total == 300


def test_quantity_times_price_far_from_the_amount_is_told_with_both() -> None:
    read = read_file(FULL + "12.01.2026;1;К;Л;А;2;50;1000\n")
    assert read.notes["arithmetic"] == {"count": 1, "lines": [2], "examples": ["2 × 50 ≠ 1000"]}


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["2026-10-31T21:30:00Z", "2026-10-31T23:30:00-05:00"])
def test_a_moment_is_a_day_of_the_club(moment: str) -> None:
    assert str(read_file(short(f"{moment};1;К;Л;1;100")).rows[0].business_date) == "2026-11-01"


def test_the_order_of_day_and_month_is_that_of_the_whole_column() -> None:
    rows = ["01/02/2026;1;К;Л;1;100", "01/13/2026;2;К;Л;1;100"]
    assert [row.business_date.month for row in read_file(short(*rows)).rows] == [1, 1]
    assert why(short(rows[0]))[0] == "dates_unclear"
    assert why(short(*rows, "14/01/2026;3;К;Л;1;1"))[0] == "dates_mixed"
    assert read_file(short(rows[0]), {"format": {"dates": ["dd/mm/yyyy"]}}).rows[0].business_date.month == 2


def test_days_that_cannot_be_read_are_refused_with_the_forms_that_can() -> None:
    code, facts = why(short("позавчера;1;К;Л;1;100"))
    assert code == "dates_unreadable"
    assert "12.01.2026" in facts["forms"]


# --- columns ----------------------------------------------------------------------------------------------------------


def test_two_columns_under_one_heading_are_refused_unless_one_is_named() -> None:
    text = SHORT.replace("Количество;Сумма", "Сумма;Количество;Сумма") + "12.01.2026;1;К;Л;90;1;100\n"
    code, facts = why(text)
    assert (code, facts["heading"], facts["columns"]) == ("column_twice", "Сумма", ["E", "G"])
    assert read_file(text, {"mapping": {"amount": "Сумма#2"}}).total == 100
    assert read_file(text, {"mapping": {"amount": "E"}}).total == 90


def test_of_two_sums_the_one_with_vat_is_taken_and_told() -> None:
    heading = "Дата;Номер;Контрагент;Товар;Количество;Сумма;НДС;Всего\n"
    read = read_file(heading + "12.01.2026;1;К;Л;1;100,00;20,00;120,00\n")
    assert (read.total, read.notes["amount_chosen"]) == (120, {"column": "Всего", "others": ["Сумма"]})
    net = "Дата;Номер;Контрагент;Товар;Количество;Сумма без НДС;Ставка НДС;НДС;Итого\n"
    assert read_file(net + "25.09.2026;147;ООО Тест;Л;1;108196,72;22%;23803,28;132000,00\n").total == 132_000


def test_two_sums_that_are_not_one_with_vat_are_asked_back() -> None:
    heading = "Дата;Номер;Контрагент;Товар;Количество;Сумма;Всего\n"
    code, facts = why(heading + "12.01.2026;1;К;Л;1;100,00;777,00\n")
    assert (code, facts["first"], facts["second"]) == ("amount_unclear", "Всего", "Сумма")


def test_sums_without_vat_and_vat_make_the_sum() -> None:
    heading = "Дата;Номер;Контрагент;Товар;Количество;Сумма без НДС;НДС\n"
    assert read_file(heading + "12.01.2026;1;К;Л;1;100,00;20,00\n").total == 120


@pytest.mark.parametrize(
    "heading",
    ["Сумма с НДС", "Сумма включая НДС", "Сумма продажи в руб.", "Выручка", "Сумма, руб.", "Стоимость"],
)
def test_sums_have_many_names(heading: str) -> None:
    assert read_file(short("12.01.2026;1;К;Л;1;100").replace("Сумма", heading)).total == 100


@pytest.mark.parametrize(
    ("usual", "heading"),
    [
        ("Номер", "Регистратор"),
        ("Номер", "Регистратор номер"),
        ("Дата", "По дням"),
        ("Номер", "Номер заказа"),
        ("Дата", "Дата заказа"),
        ("Контрагент", "Заказчик"),
        ("Количество", '"Количество\nшт"'),
    ],
)
def test_columns_have_the_names_that_1c_gives_them(usual: str, heading: str) -> None:
    assert read_file(short("12.01.2026;1;К;Л;1;100").replace(usual, heading, 1)).total == 100


def test_constants_filters_and_a_composite_key_come_from_the_profile() -> None:
    heading = "Серия;Номер;Дата;Товар;Статус;Сумма\n"
    rows = ["А;1;12.01.2026;Л;Проведён;100", "Б;1;12.01.2026;Л;Проведён;200", "А;2;12.01.2026;Л;Черновик;400"]
    profile: dict[str, Any] = {
        "mapping": {"document": "Серия + Номер"},
        "constants": {"customer": "К-1", "quantity": "1"},
        "only": [{"column": "Статус", "values": ["проведён"]}],
    }
    read = read_file(heading + "\n".join(rows), profile)
    assert (read.documents, read.customers) == ({"А-1": 100, "Б-1": 200}, {"К-1"})
    assert read.notes["filtered"]["count"] == 1


def test_spoilt_keys_are_refused_and_named() -> None:
    heading = SHORT.replace("Контрагент", "Код контрагента")
    rows = ["12.01.2026;1;#Н/Д;Л;1;100", "12.01.2026;2;0;Л;1;100", "12.01.2026;1,00E+11;К;Л;1;100"]
    assert [(fault.field, fault.code) for fault in read_file(heading + "\n".join(rows)).faults] == [
        ("customer", "spoilt"),
        ("customer", "spoilt"),
        ("document", "spoilt"),
    ]


# --- rows that are no sales -------------------------------------------------------------------------------------------


def test_totals_signatures_and_repeated_headings_are_no_bad_rows() -> None:
    rows = [
        "12.01.2026;УТ-1;К;Л;1;100",
        "УТ-1 Итог;;;;1;100",
        "12.01.2026;УТ-2;К;Л;2;50",
        "Промежуточные итоги;;;;3;150",
        SHORT.strip(),
        "13.01.2026;УТ-3;К;Л;1;10",
        "Общий итог;;;;4;160",
        "Главный бухгалтер;;;;;",
        ";;Руководитель ____________;;;",
        "Отпустил;Кладовщик;;________;Иванов;/",
    ]
    read = read_file(short(*rows))
    assert (read.total, read.faults) == (160, [])
    assert read.notes["skipped_texts"]["count"] == 3
    assert read.found.own_total == {"line": 8, "quantity": "4", "amount": "160"}


@pytest.mark.parametrize("total", ["Итого;;;;3;160", "Итого;;;;4;151", "Общий итог;;;;;1600"])
def test_a_total_that_is_not_the_sum_refuses_the_file(total: str) -> None:
    code, facts = why(short("12.01.2026;УТ-1;К;Л;1;100", "12.01.2026;УТ-2;К;Л;2;50", total))
    assert (code, facts["line"]) == ("total_differs", 4)


def test_a_discount_row_and_a_service_are_rows_of_their_document() -> None:
    read = read_file(short("12.01.2026;1;К;Л;2;200", "12.01.2026;1;К;Скидка;1;-50", "12.01.2026;1;К;Доставка;;30"))
    assert (read.total, read.faults, read.notes["services"]["count"]) == (180, [], 1)


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        (["1;К", "1;К", ";К", "2;Н"], ["2"]),  # the row of document 1 has no number
        (["2;Н", ";К", "1;К", "1;К"], ["2"]),
        (["1;К", ";К", "2;К"], []),  # it may be of either
    ],
)
def test_a_row_without_a_number_leaves_no_document_in_part(rows: list[str], left: list[str]) -> None:
    lines = [f"12.01.2026;{row};Л{n};1;{n + 1}00" for n, row in enumerate(rows)]
    read = read_file(short(*lines))
    assert list(read.documents) == left


def test_a_last_line_without_an_end_is_told_unless_a_total_proves_the_file() -> None:
    whole = short("12.01.2026;1;К;Л;1;100", "Итого;;;;1;100")
    assert "cut_off" in read_file(whole[:-16]).notes
    assert not {"cut_off", "no_total"} & read_file(whole.rstrip()).notes.keys()


def test_a_file_of_another_program_is_read_by_its_own_headings() -> None:
    shop = "Name,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Company\n"
    lines = [
        "#1001,300.00,2026-01-12 09:58:00 +0300,2,Lamp,100.00,Luch",
        "#1001,,2026-01-12 09:58:00 +0300,1,Brush,100.00,",
    ]
    assert read_file(shop + "\n".join(lines)).documents == {"1001": 300}
    odoo = "Order Reference,Order Date,Customer,Order Lines/Product,Order Lines/Quantity,Order Lines/Subtotal\n"
    lines = [
        "S00012,2026-01-12 10:00:00,Azure,Desk,2.0,200.0",
        ",,,Chair,1.0,50.0",
        "S00013,2026-01-13 10:00:00,Deco,Desk,1.0,100.0",
    ]
    assert read_file(odoo + "\n".join(lines)).documents == {"S12": 250, "S13": 100}
    books = "Type,Date,Num,Name,Item,Qty,Sales Price,Amount\n"
    lines = [
        "Invoice,01/15/2026,1001,Acme,Widget,2,10.00,20.00",
        "Credit Memo,01/20/2026,1002,Acme,Widget,-1,10.00,-10.00",
    ]
    assert read_file(books + "\n".join(lines)).documents == {"1001": 20, "1002-return": -10}


def test_a_sum_of_the_document_on_each_of_its_rows_is_no_sum_of_the_row() -> None:
    rows = ["12.01.2026;1;К;Л;А;1;50;150", "12.01.2026;1;К;М;Б;1;100;150"]
    code, facts = why(FULL + "\n".join(rows))
    assert (code, facts["column"]) == ("amount_of_document", "Сумма")
    assert read_file(FULL + "\n".join(rows), {"mapping": {"amount": ""}}).total == 150


def test_sums_of_a_customer_may_stand_above_rows_that_name_the_customer() -> None:
    rows = [";;ООО К;;3;150", "12.01.2026;1;ООО К;Л;1;100", "12.01.2026;2;ООО К;Л;2;50", "Итого;;;;3;150"]
    read = read_file(short(*rows))
    assert (read.total, read.faults) == (150, [])
    assert why(short(*[row.replace("3;150", "3;160", 1) for row in rows]))[0] in ("group_differs", "total_differs")


def test_a_heading_repeated_on_a_printed_page_is_no_row() -> None:
    heading = " Дата ; Номер; Контрагент;Номенклатура;Количество;Сумма"
    read = read_file(short("12.01.2026;1;К;Л;1;100", heading, "12.01.2026;2;К;Л;1;100"))
    assert (read.total, read.faults) == (200, [])


# --- what a sum is ----------------------------------------------------------------------------------------------------


def test_vat_that_lies_on_top_of_the_sum_belongs_to_it() -> None:
    heading = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;НДС\n"
    rows = ["12.01.2026;1;К;Л;1;100,00;22,00", "12.01.2026;2;К;Л;1;0,05;0,01", "12.01.2026;3;К;Л;1;50,00;0"]
    read = read_file(heading + "\n".join([*rows, "Итого;;;;3;150,05;22,01"]))
    assert (read.total, read.notes["net_plus_vat"]) == (Decimal("172.06"), {"net": "Сумма", "vat": "НДС"})
    rows[0] = "12.01.2026;1;К;Л;1;122,00;22,00"
    assert read_file(heading + "\n".join(rows)).total == Decimal("172.05")
    assert read_file(heading + rows[0].replace("122,00", "100,00"), {"mapping": {"amount": "Сумма"}}).total == 100


def test_of_two_sums_the_one_after_the_discount_is_taken_and_told() -> None:
    heading = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;Сумма скидки;Сумма со скидкой\n"
    read = read_file(heading + "12.01.2026;1;К;Л;2;200;20;180\n")
    assert (read.total, read.notes["amount_chosen"]["column"]) == (180, "Сумма со скидкой")


@pytest.mark.parametrize(
    ("heading", "cell", "shown"),
    [
        ("Сумма", "$100.00", "$100.00"),
        ("Сумма", "1,50 EUR", "1,50 EUR"),
        ("Сумма, USD", "100", "Сумма, USD"),
        ("Сумма в CNY", "100", "Сумма в CNY"),
    ],
)
def test_sums_in_another_currency_than_that_of_the_import_are_refused(heading: str, cell: str, shown: str) -> None:
    table = SHORT.replace("Сумма", heading) + f"12.01.2026;1;К;Л;1;{cell}\n"
    code, facts = why(table)
    assert (code, facts["shown"], facts["expected"]) == ("currency_shown", shown, "RUB")
    told = table.replace("Дата;", "Валюта;Дата;").replace("12.01", "GBP;12.01")
    if heading == "Сумма":
        assert read_file(told).total > 0
    else:
        assert why(told)[0] == "currency_heading"
        assert why(told, {"mapping": {"currency": ""}})[0] == "currency_shown"


@pytest.mark.parametrize("cell", ["100,00 руб.", "100 р.", "100 ₽"])
def test_the_currency_of_the_import_may_stand_in_the_cells(cell: str) -> None:
    assert read_file(short(f"12.01.2026;1;К;Л;1;{cell}")).total == 100


@pytest.mark.parametrize(
    "table",
    [
        "Единица измерения: тыс. руб.;;;;;\n" + SHORT,
        "Отчёт о продажах (в тысячах рублей);;;;;\n" + SHORT,
        SHORT.replace("Сумма", "Сумма, тыс. руб."),
    ],
)
def test_sums_in_thousands_are_refused(table: str) -> None:
    assert why(table + "12.01.2026;1;К;Л;1;100\n")[0] == "thousands"


def test_a_filter_by_thousands_above_the_heading_is_no_unit() -> None:
    assert read_file("Отбор: сумма больше 100 тыс. руб.;;;;;\n" + short("12.01.2026;1;К;Л;1;100")).total == 100


@pytest.mark.parametrize("heading", ["Сумма возврата", "Возвращено, шт", "Refunded Amount"])
def test_returns_in_columns_of_their_own_are_refused(heading: str) -> None:
    table = f"{SHORT.strip()};{heading}\n12.01.2026;1;К;Л;3;300;%s\n"
    code, facts = why(table % "100,00")
    assert (code, facts["column"], facts["line"]) == ("returns_apart", heading, 2)
    assert read_file(table % "0,00").total == 300


@pytest.mark.parametrize(
    "document",
    [
        "Возврат товаров поставщику УТ-2 от 13.01.2026",
        "Поступление (акт, накладная, УПД) 0000-000002 от 13.01.2026",
        "Перемещение товаров УТ-2 от 13.01.2026",
        "Передача товаров на комиссию УТ-2 от 13.01.2026",
        "Списание товаров УТ-2 от 13.01.2026",
        "Приходный кассовый ордер УТ-2 от 13.01.2026",
        "Расходный кассовый ордер УТ-2 от 13.01.2026",
        "Purchase order 2 from 13.01.2026",
    ],
)
def test_purchases_are_no_sales(document: str) -> None:
    heading = "Документ;Контрагент;Номенклатура;Количество;Сумма\n"
    for sale in ("Реализация товаров УТ-1 от 12.01.2026;К;Л;3;300\n", ""):
        read = read_file(f"{heading}{sale}{document};К;Л;1;100\n")
        assert (read.total, [fault.code for fault in read.faults]) == (300 if sale else 0, ["not_a_sale"])


def test_the_total_of_a_customer_with_a_short_name_is_a_total() -> None:
    read = read_file(short("12.01.2026;1;К;Л;1;100", ";;К Итог;;1;100", ";;Общий итог;;1;100"))
    assert (read.total, read.faults) == (100, [])


def test_an_order_of_a_shop_has_its_creation_date() -> None:
    odoo = "Order Reference,Creation Date,Customer,Order Lines/Product,Order Lines/Quantity,Order Lines/Subtotal\n"
    assert read_file(odoo + "S00012,2026-01-12 10:00:00,Azure,Desk,2.0,200.0\n").documents == {"S12": 200}


def test_a_sum_with_tax_goes_before_price_times_quantity() -> None:
    tail = "Наименование товара;Количество;Цена;Стоимость без налога;Сумма налога;Стоимость с налогом\n"
    row = "12.01.2026;1;К;Л;1;83,33;83,33;16,67;100,00\n"
    assert read_file("Дата;Номер;Покупатель;" + tail + row).total == 100
    assert read_file("Дата;Номер;Покупатель;" + tail.replace("Стоимость с", "С") + row).total == 100


def test_a_total_may_stand_above_its_rows() -> None:
    rows = ["12.01.2026;1;К;Л;1;100", "12.01.2026;2;К;Л;1;50"]
    read = read_file(short("Итого;;;;2;150", *rows))
    assert (read.total, read.faults) == (150, [])
    assert read.found.own_total == {"line": 2, "quantity": "2", "amount": "150"}
    code, facts = why(short("Итого;;;;2;151", *rows))
    assert (code, facts["line"], facts["found"]) == ("group_differs", 2, "150")


def test_vat_within_a_total_is_no_row() -> None:
    tail = ["Итого;;;;1;120", "В том числе НДС:;;;;;20", ";;;в т.ч. НДС;;20", "Всего к оплате;;;;;120"]
    read = read_file(short("12.01.2026;1;К;Л;1;120", *tail))
    assert (read.total, read.faults) == (120, [])


def test_a_customer_in_a_row_of_its_own_is_that_of_the_documents_below() -> None:
    heading = "Контрагент;Дата;Номер;Номенклатура;Количество;Сумма\n"
    rows = ["ООО К;;;;3;300", ";12.01.2026;1;Л;1;100", ";13.01.2026;2;Л;2;200", "ООО М;;;;1;50", ";13.01.2026;3;Л;1;50"]
    read = read_file(heading + "\n".join([*rows, "Итого;;;;4;350"]))
    assert (read.total, read.faults, len(read.customers)) == (350, [], 2)


# --- rates of VAT, words of totals, days above their rows -------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [("20%", "НДС 20%"), ("20", "20"), ("0,2", "0,2"), ("22 %", "Без НДС")])
def test_a_column_of_rates_tells_the_vat_of_a_net_sum(first: str, second: str) -> None:
    heading = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма без НДС;НДС\n"
    rows = f"12.01.2026;1;К;Л;1;100,00;{first}\n13.01.2026;2;К;Л;1;50,01;{second}\n"
    read = read_file(f"{heading}{rows}Итого;;;;2;150,01;\n")
    assert read.total == (Decimal("172.01") if second == "Без НДС" else Decimal("180.01"))


def test_vat_of_every_sum_is_no_rate() -> None:
    heading = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма без НДС;НДС\n"
    assert read_file(f"{heading}12.01.2026;1;К;Л;1;100,00;20\n13.01.2026;2;К;Л;1;50,00;10\n").total == 180


@pytest.mark.parametrize(
    ("heading", "row", "gross", "net"),
    [("Сумма;в т.ч. НДС", "100,00;20,00", 100, 120), ("Цена;НДС", "50,00;20,00", 100, 120)],
)
def test_vat_on_top_of_a_sum_that_nothing_tells_is_asked_back(heading: str, row: str, gross: int, net: int) -> None:
    content = f"Дата;Номер;Контрагент;Номенклатура;Количество;{heading}\n12.01.2026;1;К;Л;2;{row}\n"
    assert why(content)[0] == "vat_unclear"
    assert read_file(content, {"vat": "gross"}).total == gross
    assert read_file(content, {"vat": "net_plus_vat"}).total == net


def test_a_heading_in_percent_over_parts_of_one_is_asked_back() -> None:
    content = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Скидка, %\n12.01.2026;1;К;Л;2;100;0,1\n"
    assert why(content)[0] == "discount_unclear"
    assert read_file(content, {"discount": "share"}).total == 180
    assert read_file(content, {"discount": "percent"}).total == Decimal("199.80")


@pytest.mark.parametrize(("told", "refused"), [("300,00", False), ("350,00", True)])
def test_a_sum_in_the_words_of_a_total_is_compared(told: str, refused: bool) -> None:
    content = short(
        "12.01.2026;1;К;Л;1;100", "13.01.2026;2;К;Л;1;200", f"Всего наименований 2, на сумму {told} руб.;;;;;"
    )
    if refused:
        assert why(content)[0] == "total_differs"
    else:
        assert (read_file(content).total, read_file(content).found.own_total is None) == (300, False)


def test_the_total_of_a_document_among_its_goods_is_no_row() -> None:
    rows = ["12.01.2026;1;К;Л;1;100", "12.01.2026;1;К;М;1;50", "12.01.2026;1;К;Итого:;2;%s", "13.01.2026;2;К;Л;1;10"]
    content = short(*rows)
    assert (read_file(content % "150").documents, read_file(content % "150").faults) == ({"1": 150, "2": 10}, [])
    assert why(content % "160")[0] == "total_differs"


@pytest.mark.parametrize(
    "rows",
    [
        ["12.01.2026;;;;;", ";1;К;Л;1;100", ";2;К;Л;1;50", "13.01.2026;;;;;", ";3;К;Л;1;25"],
        ["12.01.2026;;;;2;150", ";1;К;Л;1;100", ";2;К;Л;1;50", "13.01.2026;;;;1;25", ";3;К;Л;1;25", "Итого;;;;3;175"],
        ["Январь 2026;;;;3;175", "12.01.2026;1;К;Л;1;100", "12.01.2026;2;К;Л;1;50", "13.01.2026;3;К;Л;1;25"],
    ],
)
def test_a_day_may_stand_above_its_documents(rows: list[str]) -> None:
    read = read_file(short(*rows))
    assert (read.documents, read.faults) == ({"1": 100, "2": 50, "3": 25}, [])
    assert [row.business_date.day for row in read.rows] == [12, 12, 13]


def test_a_customer_above_its_documents_may_stand_in_any_column() -> None:
    rows = [
        ";;ООО К;;;",
        "12.01.2026;1;;Л;1;100",
        "13.01.2026;2;;Л;1;50",
        ";;ООО М;;;",
        "13.01.2026;3;;Л;1;25",
        "Итого;;;;3;175",
    ]
    read = read_file(short(*rows))
    assert (read.documents, read.faults, len(read.customers)) == ({"1": 100, "2": 50, "3": 25}, [], 2)


def test_a_day_whose_documents_do_not_make_its_sum_is_refused() -> None:
    assert why(short("12.01.2026;;;;2;160", ";1;К;Л;1;100", ";2;К;Л;1;50"))[0] == "group_differs"


@pytest.mark.parametrize("cell", ["100,00", "Да"])
def test_what_was_paid_is_no_day_of_payment(cell: str) -> None:
    content = f"{SHORT.strip()};Оплачено\n12.01.2026;1;К;Л;1;100;{cell}\n"
    read = read_file(content)
    assert (read.total, read.faults, read.notes["payments_left"]["value"]) == (100, [], cell)


def test_a_grouped_report_of_nothing_but_orders_is_read_and_told() -> None:
    rows = [
        "Контрагент;Количество;Сумма",
        "Документ;;",
        "Номенклатура;;",
        "К;1;100",
        "Заказ клиента УТ-1 от 12.01.2026;1;100",
        "Л;1;100",
    ]
    read = read_file("\n".join(rows))
    assert (read.total, read.notes["orders"]["count"]) == (100, 1)
