"""Sums that only a total, a price or a document in each row can prove: without it they are asked back."""

from decimal import Decimal

import pytest

from tests.exchange.reading.steps import read_file, why

HEADING = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма\n"


def table(*rows: str, heading: str = HEADING) -> str:
    return heading + "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize("quantity", ["1", "2"])
def test_one_sum_in_all_rows_of_the_only_document_is_asked_back_unless_a_total_proves_it(quantity: str) -> None:
    rows = ["12.01.2026;1;А;Лампа;2;300", f"12.01.2026;1;А;Кисть;{quantity};300", "13.01.2026;2;А;Кисть;1;100"]
    assert why(table(*rows)) == ("amount_of_document", {"column": "Сумма"})
    assert read_file(table(*rows, f"Итого;;;;{3 + int(quantity)};700")).total == Decimal(700)
    assert why(table(*rows, ";;;;;400"))[0] == "total_differs"


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Сумма\n", ["2;150;300", "1;300;300"]),
        ("Дата;Номер;Контрагент;Номенклатура;Количество;Сумма строки\n", ["2;300", "1;300"]),
    ],
    ids=["a price proves it", "its heading names the row"],
)
def test_equal_sums_of_rows_are_read_where(heading: str, rows: list[str]) -> None:
    goods = ("Лампа", "Кисть")
    file = table(*(f"12.01.2026;1;А;{name};{row}" for name, row in zip(goods, rows, strict=True)), heading=heading)
    assert read_file(file).total == Decimal(600)


@pytest.mark.parametrize("word", ["Перенос на следующую страницу", "Нарастающим итогом", "Összesen", "Σ"])
@pytest.mark.parametrize("quantity", ["", "3"])
def test_a_row_without_a_document_that_tells_the_sums_above_is_asked_back(word: str, quantity: str) -> None:
    above, below = ["12.01.2026;1;А;Лампа;2;300", ";;;Кисть;1;50"], ["13.01.2026;2;А;Кисть;1;100", ";;;Лампа;1;70"]
    code, facts = why(table(*above, f";;;{word};{quantity};350", *below))
    assert (code, facts) == ("row_may_be_total", {"line": 4, "label": word, "amount": "350"})


def test_such_a_row_is_one_of_sales_where_the_total_of_the_file_says_so() -> None:
    rows = ["12.01.2026;1;А;Лампа;2;300", ";;;Доставка;;300", "Итого;;;;2;600"]
    assert read_file(table(*rows)).total == Decimal(600)


@pytest.mark.parametrize("word", ["Toplam", "Барлығы", "Celkem", "合计", "Усяго", "Усього", "Jami"])
def test_totals_have_names_in_many_languages(word: str) -> None:
    rows = ["12.01.2026;1;А;Лампа;2;300", ";;;Кисть;1;50", f";;;{word};3;350", "13.01.2026;2;А;Кисть;1;100"]
    assert read_file(table(*rows)).total == Decimal(450)


BY_MANAGER = "Регион;Менеджер;Дата;Номер;Контрагент;Номенклатура;Количество;Сумма;Себестоимость\n"
ROWS = [";;12.01.2026;1;А;Лампа;2;100;60", ";;12.01.2026;1;А;Кисть;1;70;40", ";;13.01.2026;2;Б;Лампа;1;50;30"]


def test_sums_of_groups_that_no_field_holds_stand_above_their_rows_or_below() -> None:
    above = [
        *("Центр;;;;;;4;220;130", ";Иванов;;;;;3;170;100", *ROWS[:2]),
        *(";Петров;;;;;1;50;30", ROWS[2], "Итого;;;;;;4;220;130"),
    ]
    below = [*ROWS[:2], ";Иванов;;;;;3;170;100", ROWS[2], ";Петров;;;;;1;50;30", "Центр;;;;;;4;220;130"]
    for rows in (above, below):
        read = read_file(table(*rows, heading=BY_MANAGER))
        assert not read.faults
        assert read.total == Decimal(220)
        assert read.found.own_total
        assert read.found.own_total["amount"] == "220"


def test_a_group_that_its_rows_do_not_make_is_refused() -> None:
    wrong = [";Иванов;;;;;3;180;100", *ROWS[:2], ";Петров;;;;;1;50;30", ROWS[2]]
    code, facts = why(table(*wrong, heading=BY_MANAGER))
    assert (code, facts["line"], facts["said"], facts["found"]) == ("group_differs", 2, "180", "170")


def test_a_group_whose_rows_are_lost_is_refused_where_sums_stand_above() -> None:
    groups = [f";{name};;;;;1;100;60" for name in ("Иванов", "Петров", "Сидоров")]
    row = ";;12.01.2026;{};А;Лампа;1;100;60"
    whole = [groups[0], row.format(1), groups[1], row.format(2), groups[2], row.format(3)]
    assert read_file(table(*whole, heading=BY_MANAGER)).total == Decimal(300)
    code, facts = why(table(*whole[:3], *whole[4:], heading=BY_MANAGER))
    assert (code, facts["line"]) == ("group_differs", 4)


def test_a_table_whose_every_row_stands_twice_is_refused() -> None:
    rows = ["12.01.2026;1;А;Лампа;2;300", "12.01.2026;1;А;Кисть;1;50", "13.01.2026;2;А;Кисть;1;100"]
    doubled = [row for each in rows for row in (each, each)]
    assert why(table(*doubled)) == ("rows_doubled", {"count": 6})
    assert read_file(table(*rows, rows[2])).total == Decimal(550)  # two of the same goods, told in a note


def test_a_file_that_ends_within_its_last_sum_is_refused() -> None:
    heading = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Сумма\n"
    file = table("12.01.2026;1;А;Лампа;2;50,00;100,00", "13.01.2026;2;А;Лампа;3;50,00;150,00", heading=heading)
    assert why(file.removesuffix("0,00\n")) == ("cut_within_number", {"line": 3})
    assert read_file(file.removesuffix("\n")).total == Decimal(250)


def test_invoices_beside_the_sales_that_they_belong_to_are_asked_back() -> None:
    heading = "Вид документа;Дата;Номер;Контрагент;Номенклатура;Количество;Сумма\n"
    sale, invoice = "Реализация;12.01.2026;1;А;Лампа;2;100", "Счет-фактура выданный;12.01.2026;7;А;Лампа;2;100"
    file = table(sale, invoice, heading=heading)
    first, second = "Счет-фактура выданный", "Реализация"
    assert why(file) == ("documents_beside", {"first": first, "second": second})
    shown = "Дата;Документ;Контрагент;Номенклатура;Количество;Сумма\n"
    both = [f"12.01.2026;{kind} 1 от 12.01.2026;А;Лампа;2;100" for kind in (first, second)]
    assert why(table(*both, heading=shown))[0] == "documents_beside"
    left = {"column": "Вид документа", "values": [first], "leave_out": True}
    assert read_file(file, {"only": [left]}).total == Decimal(100)
    assert read_file(file, {"sale_words": [first]}).total == Decimal(200)


def test_an_amended_paper_beside_the_one_it_takes_the_place_of_is_asked_back() -> None:
    sale, amended = "УПД;12.01.2026;1;А;Лампа;2;100", "Исправление УПД;12.01.2026;1;А;Лампа;2;80"
    file = table(sale, amended, heading=LISTED)
    assert why(file) == ("documents_beside", {"first": "Исправление УПД", "second": "УПД"})
    only = {"column": "Вид документа", "values": ["Исправление УПД"]}
    assert read_file(file, {"only": [only]}).total == 80


HEADS = "Type;Дата;Номер;Контрагент;Main Line;Номенклатура;Количество;Сумма\n"


@pytest.mark.parametrize("mark", ["*", ""])
def test_the_sum_of_a_document_above_its_rows_is_checked_and_no_row(mark: str) -> None:
    first, second = f"Invoice;12.01.2026;1;А;{mark};;;150", "Invoice;13.01.2026;2;Б;*;;;50"
    rows = [first, "Invoice;12.01.2026;1;А;;Лампа;2;100", "Invoice;12.01.2026;1;А;;Кисть;1;50"]
    last = "Invoice;13.01.2026;2;Б;;Кисть;1;50"
    read = read_file(table(*rows, second, last, heading=HEADS))
    assert (read.documents, read.faults) == ({"1": 150, "2": 50}, [])
    code, facts = why(table(*rows, second.replace("50", "60"), last, heading=HEADS))
    assert (code, facts["said"], facts["found"]) == ("group_differs", "60", "50")
    # Where not every document begins so, such a row may have lost its goods.
    assert {fault.code for fault in read_file(table(*rows, last, heading=HEADS)).faults} == {"missing"}


def test_a_remark_among_the_rows_of_a_document_is_told_and_spoils_nothing() -> None:
    rows = ["Invoice;12.01.2026;1;А;;Лампа;2;100", "Invoice;12.01.2026;1;А;Спасибо за заказ;;;0,00"]
    read = read_file(table(*rows, "Invoice;12.01.2026;1;А;;Кисть;1;50", heading=HEADS))
    assert (read.documents, read.faults, read.notes["skipped_texts"]["lines"]) == ({"1": 150}, [], [3])
    # A row that tells its quantity has lost its goods, and so may have one of a document of its own.
    assert read_file(table(*rows, "Invoice;12.01.2026;1;А;;;1;50", heading=HEADS)).documents == {}
    assert read_file(table(*rows, "Invoice;13.01.2026;2;А;;;;", heading=HEADS)).faults


LISTED = "Вид документа;Дата;Номер;Контрагент;Номенклатура;Количество;Сумма\n"


@pytest.mark.parametrize(
    ("paper", "sale", "number"),
    [
        ("Накладная", "УПД", "7"),
        ("Акт", "УПД", "1"),
        ("Расходная накладная", "Реализация товаров", "7"),
        ("Invoice", "Sale", "1"),
    ],
)
def test_a_paper_beside_the_sale_that_it_was_made_of_is_asked_back(paper: str, sale: str, number: str) -> None:
    rows = [f"{sale};12.01.2026;1;А;Лампа;2;100", f"{paper};13.01.2026;{number};А;Лампа;2;100"]
    code, facts = why(table(*rows, heading=LISTED))
    assert (code, {*facts.values()}) == ("documents_beside", {paper, sale})
    assert read_file(table(rows[0], rows[1].replace("Лампа;2;100", "Кисть;1;50"), heading=LISTED)).total == Decimal(150)
    shown = "Дата;Документ;Контрагент;Номенклатура;Количество;Сумма\n"
    both = [f"12.01.2026;{kind} {at} от 12.01.2026;А;Лампа;2;100" for at, kind in enumerate((paper, sale))]
    assert why(table(*both, heading=shown))[0] == "documents_beside"


@pytest.mark.parametrize("sign", ["", "-"])
def test_sales_of_nothing_but_negative_sums_are_asked_back(sign: str) -> None:
    rows = [f"Invoice;12.01.2026;{number};А;Лампа;{sign}2;-100" for number in (1, 2)]
    assert why(table(*rows, heading=LISTED))[0] == "sales_negative"
    assert read_file(table(*rows, heading=LISTED), {"return_words": ["invoice"]}).total == Decimal(-200)
    assert read_file(table(*rows, "Invoice;12.01.2026;3;А;Лампа;2;300", heading=LISTED)).total == Decimal(100)


def test_money_that_is_paid_back_beside_what_was_credited_is_asked_back() -> None:
    rows = ["Invoice;12.01.2026;1;А;Лампа;2;100", "Refund;14.01.2026;3;А;Лампа;1;50"]
    assert read_file(table(*rows, heading=LISTED)).total == Decimal(50)
    credited = "Credit Memo;13.01.2026;2;А;Лампа;1;50"
    assert why(table(*rows, credited, heading=LISTED))[0] == "documents_beside"


@pytest.mark.parametrize("number", ["УТ-1", "ЗК-5"])
@pytest.mark.parametrize(
    ("order", "sale"),
    [
        ("Заказ клиента", "Реализация"),
        ("Счет на оплату", "УПД"),
        ("Sales Order", "Invoice"),
        ("Расходный ордер", "Реализация"),
    ],
)
def test_an_order_beside_its_sale_is_left_out_and_told_by_its_kind(order: str, sale: str, number: str) -> None:
    goods = ("А;Лампа;2;100", "А;Кисть;1;50")
    rows = [f"{order};12.01.2026;{number};{each}" for each in goods]
    rows += [f"{sale};14.01.2026;УТ-1;{each}" for each in goods]
    read = read_file(table(*rows, heading=LISTED))
    assert read.documents == {"УТ-1": Decimal(150)}
    assert [(fault.row, fault.code, fault.number) for fault in read.faults] == [
        (line, "not_a_sale", f"{order} {number}") for line in (2, 3)
    ]


def test_an_order_that_no_sale_repeats_leaves_out_the_sale_of_its_number() -> None:
    rows = ["Заказ;12.01.2026;УТ-1;А;Лампа;2;100", "Реализация;12.01.2026;УТ-1;А;Кисть;1;50"]
    assert read_file(table(*rows, heading=LISTED)).documents == {}


def test_a_till_calls_a_sale_what_a_warehouse_calls_a_purchase() -> None:
    heading = "Номер чека;Дата;Контрагент;Товар;Количество;Сумма;Признак расчета\n"
    rows = ["1;12.01.2026;К;Лампа;2;100;Приход", "2;12.01.2026;К;Лампа;1;50;Возврат прихода"]
    assert read_file(table(*rows, heading=heading)).total == Decimal(50)
    assert why(table(rows[0], "2;12.01.2026;К;Лампа;1;50;Коррекция прихода", heading=heading))[0] == "kind_unclear"
    assert why(table("1;12.01.2026;К;Л;2;100;1", "2;12.01.2026;К;Л;1;50;2", heading=heading))[0] == "kind_unclear"
    codes = table(
        "1;12.01.2026;К;Л;2;100;ARINV", "2;12.01.2026;К;Л;1;50;ARCRN", heading=heading.replace("Признак расчета", "Тип")
    )
    assert why(codes)[0] == "kind_unclear"


@pytest.mark.parametrize(
    "days", [("01.13.2026", "01.12.2026"), ("2026-13-01", "2026-12-01")], ids=["month first", "day before month"]
)
def test_days_that_can_only_be_read_the_other_way_round_are_asked_back(days: tuple[str, str]) -> None:
    code, facts = why(table(*(f"{day};{n};А;Лампа;2;100" for n, day in enumerate(days, 1))))
    assert (code, facts["first"], facts["second"]) == ("dates_mixed", *days)
