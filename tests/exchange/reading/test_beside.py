"""Cells beside the ones that are read: what would change a sum is asked back, and an answer in the profile settles it."""

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from tests.exchange.reading.steps import read_file, why

HEADING = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма"


def beside(heading: str, first: str, second: str, head: str = HEADING) -> str:
    """A sale of 200 and one of 100, each with a cell in one more column."""
    return f"{head};{heading}\n12.01.2026;1;К;Л;2;200;{first}\n13.01.2026;2;К;Л;1;100;{second}\n"


def workbook(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate(rows):
            sheet.write_row(line, 0, cells)
    return content.getvalue()


# --- returns and cancellations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["возврат", "Возврат от покупателя", "СТОРНО", "Refund", "out_refund", "Credit note"])
def test_a_return_in_a_column_that_is_not_read_is_asked_back(word: str) -> None:
    content = beside("Примечание", "", word)
    code, facts = why(content)
    assert (code, facts["column"], facts["line"], facts["value"]) == ("return_beside", "Примечание", 3, word)
    assert read_file(content, {"mapping": {"return_flag": ""}}).total == 300


def test_a_column_that_marks_returns_may_be_named() -> None:
    assert read_file(beside("Примечание", "", "возврат"), {"mapping": {"return_flag": "Примечание"}}).total == 100


@pytest.mark.parametrize(
    "content",
    [
        beside("Примечание", "", "возврат").replace(";1;100;", ";-1;-100;"),  # it is taken away already
        beside("Вид документа;Примечание", "Реализация;", "Реализация;возврат"),
        beside("Примечание", "возвратная тара", "позвонить после отпуска, возврат денег бухгалтерии обещан"),
    ],
)
def test_a_word_that_changes_no_sum_is_not_asked_back(content: str) -> None:
    assert read_file(content).total in (300, 100)


@pytest.mark.parametrize("word", ["отменён", "Заказ отменен", "Сделка провалена", "Cancelled", "voided"])
def test_a_cancellation_in_a_column_that_is_not_read_is_asked_back(word: str) -> None:
    content = beside("Примечание", "", word)
    code, facts = why(content)
    assert (code, facts["column"], facts["value"]) == ("cancelled_beside", "Примечание", word)
    assert read_file(content, {"mapping": {"status": ""}}).total == 300
    assert read_file(content, {"mapping": {"status": "Примечание"}}).total == 200


def test_what_is_not_cancelled_counts() -> None:
    assert read_file(beside("Примечание", "", "не отменён")).total == 300


@pytest.mark.parametrize(
    ("heading", "first", "second", "total"),
    [
        ("Движение", "Продажа", "Возврат", 100),
        ("Move Type", "out_invoice", "out_refund", 100),
        ("Стадия сделки", "Сделка успешна", "Сделка провалена", 200),
        ("Вид операции", "Товары", "Услуги (акт)", 300),
    ],
)
def test_kinds_and_stages_have_many_names(heading: str, first: str, second: str, total: int) -> None:
    read = read_file(beside(heading, first, second))
    assert (read.total, read.faults) == (total, [])


@pytest.mark.parametrize(
    ("heading", "first", "second"), [("Billing Type", "F2", "RE"), ("Type", "ACCREC", "ACCRECCREDIT")]
)
def test_codes_of_kinds_are_asked_back(heading: str, first: str, second: str) -> None:
    content = beside(heading, first, second)
    assert why(content)[0] == "kind_unclear"
    assert read_file(content, {"sale_words": [first], "return_words": [second]}).total == 100


@pytest.mark.parametrize(
    ("heading", "mapping"),
    [
        ("Дата возврата;Номер;Контрагент;Номенклатура;Количество;Сумма", {"business_date": "Дата возврата"}),
        ("Date;Credit Note Number;Customer;Item;Quantity;Amount", {"document": "Credit Note Number"}),
        ("Дата;Номер;Поставщик;Номенклатура;Количество;Сумма", {}),
    ],
)
def test_a_heading_of_returns_or_of_purchases_is_no_heading_of_sales(heading: str, mapping: dict[str, str]) -> None:
    content = f"{heading}\n12.01.2026;1;К;Л;1;100\n"
    profile: dict[str, Any] = {"mapping": mapping, "constants": {"customer": "К-1"}}
    assert why(content, profile)[0] == "section"
    profile["constants"]["kind"] = "return"
    assert read_file(content, profile).total == -100


# --- signs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["", "14.01.2026;3;К;Л;1;-50\n"])
def test_quantities_that_left_the_warehouse_are_asked_back(last: str) -> None:
    content = f"{HEADING}\n12.01.2026;1;К;Л;-2;200\n13.01.2026;2;К;Л;-1;100\n{last}"
    code, facts = why(content)
    assert (code, facts["line"], facts["value"]) == ("signs_unclear", 2, "-2; 200")


def test_a_file_of_nothing_but_returns_may_say_so() -> None:
    content = f"{HEADING}\n12.01.2026;1;К;Л;-2;200\n13.01.2026;2;К;Л;-1;100\n"
    assert read_file(content, {"constants": {"kind": "return"}}).total == -300


def test_a_return_without_a_minus_among_returns_with_one_is_a_wrong_row() -> None:
    rows = ["Реализация;9;900", "Возврат;-5;-500", "Возврат;1;100"]
    content = "Дата;Номер;Контрагент;Номенклатура;Вид документа;Количество;Сумма\n"
    content += "".join(f"12.01.2026;{min(n, 2)};К;Л{n};{row}\n" for n, row in enumerate(rows, 1))
    read = read_file(content)
    assert [(fault.row, fault.code) for fault in read.faults] == [(4, "return_sign")]
    assert read.documents == {"1": 900}


# --- parts of a number ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADING}, руб;коп\n12.01.2026;1;К;Л;1;100;50\n",
        f"{HEADING};\n;;;;;руб.;коп.\n12.01.2026;1;К;Л;1;100;50\n",
    ],
)
def test_kopecks_in_a_column_of_their_own_are_not_lost(content: str) -> None:
    code, facts = why(content)
    assert (code, facts["value"]) == ("kopecks_apart", "50")
    assert read_file(content.replace(";50\n", ";00\n")).total == 100


def test_decimal_commas_among_commas_between_cells_are_asked_back() -> None:
    heading = HEADING.replace(";", ",")
    content = f"{heading},Комментарий\n12.01.2026,1,К,Л,1,100,50\n13.01.2026,2,К,Л,1,20,75\n"
    code, facts = why(content)
    assert (code, facts["column"], facts["value"]) == ("decimals_apart", "Комментарий", "100,50")
    assert read_file(content, {"format": {"decimal": "point"}}).total == 120
    assert read_file(content.replace(",75\n", ",срочно\n")).total == 120
    assert read_file(content.replace("Комментарий", "Ставка НДС")).total == 120


@pytest.mark.parametrize("heading", ["Наценка, %", "Скидка менеджера", "Volume discount"])
def test_what_may_change_a_price_is_asked_back_where_no_sum_is_written(heading: str) -> None:
    content = f"Дата;Номер;Контрагент;Номенклатура;Количество;Цена;{heading}\n12.01.2026;1;К;Л;2;50;10\n"
    code, facts = why(content)
    assert (code, facts["column"], facts["value"]) == ("price_changed", heading, "10")
    assert read_file(content, {"mapping": {"discount": ""}}).total == 100
    assert read_file(content, {"mapping": {"discount": heading}, "discount": "percent"}).total == 90
    assert read_file(content.replace(";10\n", ";0\n")).total == 100
    assert read_file(content.replace("Цена", "Выручка")).total == 50


# --- days that a spreadsheet turned around ----------------------------------------------------------------------------


def test_days_that_a_spreadsheet_has_turned_around_are_asked_back() -> None:
    heads = HEADING.split(";")
    spoilt = [[date(2026, 3, 1), "1", "К", "Л", 1, 100], ["13.01.2026", "2", "К", "Л", 1, 50]]
    code, facts = why(workbook([heads, *spoilt]))
    assert (code, facts["typed"], facts["value"]) == ("dates_spoilt", "2026-03-01", "13.01.2026")
    assert read_file(workbook([heads, *spoilt]), {"format": {"dates": ["dd.mm.yyyy"]}}).total == 150
    for sound in ([date(2026, 1, 25), "3", "К", "Л", 1, 50], ["05.01.2026", "3", "К", "Л", 1, 50]):
        assert read_file(workbook([heads, *spoilt, sound])).total == 200


# --- currencies -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Валюта: USD",
        "Валюта отчета: евро",
        "Amounts in EUR",
        "Суммы в долларах",
        "Валюта: доллары США",
        "Currency: Euros",
    ],
)
def test_a_currency_in_a_title_is_that_of_the_sums(title: str) -> None:
    code, facts = why(f"{title}\n{beside('Склад', '', '')}")
    assert (code, facts["line"], facts["shown"]) == ("currency_shown", 1, title)


@pytest.mark.parametrize("title", ["Валюта: руб.", "Курс USD: 90 руб.", "Отчёт о продажах в Казахстане"])
def test_a_title_that_names_no_other_currency_is_left(title: str) -> None:
    assert read_file(f"{title}\n{beside('Склад', '', '')}").total == 300


@pytest.mark.parametrize(
    ("cell", "found"), [("¥100", "CNY"), ("100 ₴", "UAH"), ("100 BYN", "BYN"), ("100 бел. руб.", "BYN")]
)
def test_a_currency_beside_a_sum_is_told(cell: str, found: str) -> None:
    code, facts = why(f"{HEADING}\n12.01.2026;1;К;Л;1;{cell}\n")
    assert (code, facts["found"]) == ("currency_shown", found)


def test_a_heading_in_belarusian_roubles_is_none_in_russian_ones() -> None:
    code, facts = why(f"{HEADING}, бел. руб.\n12.01.2026;1;К;Л;1;100\n")
    assert (code, facts["found"]) == ("currency_shown", "BYN")


@pytest.mark.parametrize(
    "title",
    [
        "Единицы измерения: тыс.",
        "Суммы в тыс. тенге",
        "Sales report (RUB thousand)",
        "Отчёт о продажах, т.р.",
        "(тыс.)",
        "Единица измерения: тысячи рублей",
    ],
)
def test_thousands_have_many_names_above_the_table_and_below_it(title: str) -> None:
    assert why(f"{title}\n{beside('Склад', '', '')}")[0] == "thousands"
    assert why(f"{beside('Склад', '', '')}{title}\n")[0] == "thousands"


def test_units_may_stand_in_a_row_below_the_heading() -> None:
    table = HEADING + "\n;;;;шт;{}\n12.01.2026;1;К;Л;1;100\n"
    assert why(table.format("тыс. руб."))[0] == "thousands"
    assert read_file(table.format("руб.")).total == 100


def test_a_currency_below_the_table_is_told() -> None:
    assert why(f"{beside('Склад', '', '')}Валюта: USD\n")[0] == "currency_shown"


@pytest.mark.parametrize("heading", ["Курс", "Курс взаиморасчетов", "Exchange Rate"])
def test_a_rate_of_exchange_beside_sums_of_no_told_currency_is_asked_back(heading: str) -> None:
    table = beside(heading, "92,5", "1")
    code, facts = why(table)
    assert (code, facts["column"], facts["value"]) == ("rate_beside", heading, "92,5")
    assert read_file(table, {"mapping": {"currency": ""}}).total == 300
    assert read_file(beside(heading, "1", "1,0000")).total == 300


@pytest.mark.parametrize("heading", ["Коэффициент", "Штук в упаковке", "Units per Pack"])
def test_pieces_in_a_pack_beside_a_price_without_sums_are_asked_back(heading: str) -> None:
    table = f"Дата;Номер;Контрагент;Номенклатура;Количество;Цена;{heading}\n12.01.2026;1;К;Л;2;5;{{}}\n"
    code, facts = why(table.format("10"))
    assert (code, facts["column"], facts["value"]) == ("price_changed", heading, "10")
    assert read_file(table.format("10"), {"mapping": {"discount": ""}}).total == 10
    assert read_file(table.format("1")).total == 10


@pytest.mark.parametrize(("first", "second"), [("Продажи", "Возвраты"), ("План", "Факт"), ("2025", "2026")])
def test_two_groups_of_columns_side_by_side_are_told_as_columns_that_stand_twice(first: str, second: str) -> None:
    table = (
        f"Дата;Номер;Контрагент;Номенклатура;{first};;{second};\n;;;;Количество;Сумма;Количество;Сумма\n"
        "12.01.2026;1;К;Л;2;200;1;100\n"
    )
    code, facts = why(table)
    assert (code, facts["heading"], facts["columns"]) == ("column_twice", "Количество", ["E", "G"])


# --- what rows are ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Реестр возвратов от покупателей",
        "Отчёт по возвратам",
        "Sales returns",
        "Коммерческие предложения",
        "List of purchases",
    ],
)
def test_a_title_may_name_what_rows_are_behind_other_words(title: str) -> None:
    assert why(f"{title}\n{beside('Склад', '', '')}")[0] == "section"


@pytest.mark.parametrize("title", ["Отчёт по продажам и возвратам", "Отчёт о возвратах и продажах", "Заказы клиентов"])
def test_a_title_that_names_sales_too_is_left(title: str) -> None:
    assert read_file(f"{title}\n{beside('Склад', '', '')}").total == 300


def test_payments_beside_sales_are_asked_back() -> None:
    content = beside("Основание", "Реализация", "Поступление на расчетный счет")
    code, facts = why(content)
    assert (code, facts["column"], facts["value"]) == ("kind_beside", "Основание", "Поступление на расчетный счет")
    assert read_file(content, {"mapping": {"kind": ""}}).total == 300
    wrong = read_file(content, {"mapping": {"kind": "Основание"}})
    assert [fault.code for fault in wrong.faults] == ["not_a_sale"]


def test_an_order_beside_every_sale_is_left() -> None:
    assert read_file(beside("Основание", "Заказ клиента 1", "Заказ клиента 2")).total == 300


def test_states_before_and_after_a_correction_are_asked_back_in_any_column() -> None:
    content = beside("Вид строки", "До изменения", "После изменения")
    assert why(content)[0] == "kind_unclear"
    assert read_file(content, {"mapping": {"kind": ""}}).total == 300


@pytest.mark.parametrize(("goods", "code"), [("Возврат: Лампа", "return_beside"), ("Refund Lamp", "return_beside")])
def test_goods_that_are_named_a_return_are_asked_back(goods: str, code: str) -> None:
    assert why(beside("Склад", "", "").replace("Л;1;100", f"{goods};1;100"))[0] == code


def test_goods_that_only_begin_so_are_sold() -> None:
    content = (
        beside("Склад", "", "").replace("Л;1;100", "Возвратная тара;1;100").replace("Л;2;200", "Return spring;2;200")
    )
    assert read_file(content).total == 300


# --- numbers, sides and states of documents ---------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["CN-2", "CRN 2", "ВЗ-2", "ВН00-000002", "Возвр-2", "RMA2"])
def test_a_number_of_returns_among_others_is_asked_back(number: str) -> None:
    content = beside("Склад", "", "").replace("2026;1;", "2026;INV-1;").replace("2026;2;", f"2026;{number};")
    code, facts = why(content)
    assert (code, facts["column"], facts["value"]) == ("return_beside", "Номер", number)
    assert read_file(content, {"mapping": {"return_flag": ""}}).total == 300
    assert read_file(content.replace(";1;100", ";-1;-100")).total == 100
    assert read_file(content.replace("INV-1", number)).total == 300


@pytest.mark.parametrize(
    ("heading", "first", "second"),
    [("D/C", "D", "C"), ("Dr/Cr", "Dr", "Cr"), ("Знак", "+", "-"), ("Проводка", "Дебет", "Кредит"), ("S/H", "S", "H")],
)
def test_sides_of_an_account_are_asked_back(heading: str, first: str, second: str) -> None:
    content = beside(heading, first, second)
    code, facts = why(content)
    assert (code, facts["column"], facts["line"]) == ("return_beside", heading, 3)
    assert read_file(content, {"mapping": {"return_flag": ""}}).total == 300
    assert read_file(beside(heading, first, first)).total == 300
    assert read_file(content.replace(";1;100", ";-1;-100")).total == 100


@pytest.mark.parametrize(
    ("heading", "first", "second"), [("Код цвета", "S", "H"), ("Лифт", "+", "-"), ("Размер", "D", "C")]
)
def test_letters_that_are_no_sides_are_left(heading: str, first: str, second: str) -> None:
    assert read_file(beside(heading, first, second)).total == 300


@pytest.mark.parametrize("codes", [("01", "18"), ("02", "02")])
def test_codes_of_the_tax_office_are_asked_back(codes: tuple[str, str]) -> None:
    assert why(beside("Код вида операции", *codes))[0] == "kind_unclear"
    assert read_file(beside("Код вида операции", "01", "01")).total == 300


@pytest.mark.parametrize("heading", ["Cancelled Billing Document", "Отменено документом", "Reversal"])
def test_a_document_that_takes_back_another_is_asked_back(heading: str) -> None:
    content = beside(heading, "", "90002")
    code, facts = why(content)
    assert (code, facts["column"], facts["value"]) == ("cancelled_beside", heading, "90002")
    assert read_file(beside(heading, "", "0")).total == 300
    assert read_file(content, {"mapping": {"status": ""}}).total == 300


@pytest.mark.parametrize(
    "heading", ["Магазин", "Касса", "Организация", "Серия", "Store", "Shift", "Версия", "Updated At", "is_current"]
)
def test_rows_of_one_number_that_differ_where_one_document_does_not_are_asked_back(heading: str) -> None:
    rows = ["12.01.2026;1;{};К;Л;2;200", "13.01.2026;2;{};К;Л;1;50", "12.01.2026;1;{};К;Л;1;100"]
    head = "Дата;Номер;{};Контрагент;Номенклатура;Количество;Сумма"
    content = (
        "\n".join(line.format(cell) for line, cell in zip([head, *rows], [heading, "1", "1", "2"], strict=True)) + "\n"
    )
    code, facts = why(content)
    assert (code, facts["column"], facts["number"], facts["line"]) == ("document_parts", heading, "1", 4)
    both = read_file(content, {"mapping": {"document": f"Номер + {heading}"}})
    assert sorted(both.documents.values()) == [50, 100, 200]
    assert read_file(content, {"only": [{"column": heading, "values": ["1"]}]}).total == 250
    assert read_file(content, {"mapping": {"document": "Номер"}}).total == 350
    assert read_file(content.replace(";2;К", ";1;К")).total == 350


@pytest.mark.parametrize(
    "goods",
    [
        "Сальдо на начало",
        "Входящий остаток",
        "Opening balance",
        "Payment - Visa",
        "Оплата: наличные",
        "СДАЧА",
        "в т.ч. НДС 20%",
        "—",
        "Предоплата 50 %",
        "Зачёт аванса",
        "Down payment",
    ],
)
def test_balances_and_prepayments_are_asked_back(goods: str) -> None:
    content = beside("Склад", "", "").replace("Л;1;100", f"{goods};1;100")
    assert why(content)[0] == "not_goods"
    left = {"column": "Номенклатура", "values": [goods], "leave_out": True}
    assert read_file(content, {"only": [left]}).total == 200
    assert read_file(content, {"mapping": {"kind": ""}}).total == 300


@pytest.mark.parametrize(
    "goods", ["Предоплаченная карта", "Авансцена", "Total Quartz 5W30", "Итоговая тетрадь", "Всего понемногу"]
)
def test_goods_whose_names_begin_so_are_sold(goods: str) -> None:
    assert read_file(beside("Склад", "", "").replace("Л;1;100", f"{goods};1;100")).total == 300


@pytest.mark.parametrize(
    "heading", ["Комплект", "В составе набора", "Parent SKU", "Bundle", "Parent Order", "Родительский заказ"]
)
def test_parts_of_a_kit_are_asked_back(heading: str) -> None:
    code, facts = why(beside(heading, "", "Набор"))
    assert (code, facts["column"], facts["line"]) == ("not_goods", heading, 3)
    assert read_file(beside(heading, "", "")).total == 300
    assert why(beside("Line Type", "Kit", "Component"))[0] == "not_goods"


@pytest.mark.parametrize("label", ["Всего по документу", "Итого по накладной 1:", "Total for invoice 1"])
def test_a_total_of_a_document_may_stand_among_its_goods(label: str) -> None:
    content = f"{HEADING}\n12.01.2026;1;К;Л;2;200\n12.01.2026;1;К;{label};2;{{}}\n13.01.2026;2;К;Л;1;100\n"
    assert read_file(content.format(200)).total == 300
    assert why(content.format(150))[0] == "total_differs"


def test_a_remark_on_a_return_is_told() -> None:
    read = read_file(beside("Примечание", "", "вернуть деньги: возврат по накладной 1"))
    assert (read.total, read.notes["remarks"]["lines"]) == (300, [3])


# --- taxes beside sums without them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма без НДС;НДС 20%;НДС 10%",
        "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма без НДС;НДС;Акциз",
        "Date;Number;Customer;Item;Quantity;Net Amount;CGST;SGST",
        "Date;Facture;Client;Produit;Quantité;Montant HT;TPS;TVQ",
    ],
)
def test_several_taxes_beside_a_sum_without_them_are_asked_back(heading: str) -> None:
    rows = "\n2026-01-12;1;К;Л;2;100;20;{}\n2026-01-13;2;К;Л;1;100;20;0\n"
    assert why(heading + rows.format(10))[0] == "taxes_apart"
    assert (
        read_file(heading + rows.format(10), {"vat": "gross", "mapping": {"amount": heading.split(";")[5]}}).total
        == 200
    )


@pytest.mark.parametrize("column", ["Ставка НДС", "НДС, %"])
def test_sums_that_are_quantity_times_a_price_without_vat_are_without_vat(column: str) -> None:
    content = (
        f"Дата;Номер;Контрагент;Номенклатура;Количество;Цена без НДС;{column};Сумма\n12.01.2026;1;К;Л;2;50;20%;{{}}\n"
    )
    assert why(content.format(100))[0] == "vat_unclear"
    assert read_file(content.format(120)).total == 120


def test_the_sum_of_a_row_with_its_vat_goes_before_the_one_without() -> None:
    head = "DocNum;DocDate;CardCode;ItemCode;Quantity;Price;LineTotal;VatSum;GTotal\n"
    assert read_file(head + "1;12.01.2026;C1;A1;2;50;100;20;120\n2;13.01.2026;C1;A1;1;50;50;10;60\n").total == 180


def test_a_sum_of_ordered_goods_beside_shipped_ones_is_asked_back() -> None:
    head = "Order Number,Order Date,Customer,Item,Qty Ordered,Qty Shipped,Unit Price,Amount\n"
    assert why(head + "1,2026-01-12,A,L,5,2,50,250\n")[0] == "quantity_unclear"
    assert read_file(head + "1,2026-01-12,A,L,5,2,50,100\n").total == 100
