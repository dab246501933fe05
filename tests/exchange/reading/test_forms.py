"""Forms of files that programs write beside the usual ones: XML of Excel 2003, other quotations, numbers kept beside the shown ones."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from chalicelib.exchange.documents.rules import DocumentDrafts
from tests.exchange.reading.steps import read_file, why
from tests.exchange.reading.writers import Document, Line, as_xlsx, table_of

HEADING = "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Сумма"


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_cells_may_stand_between_apostrophes(delimiter: str) -> None:
    rows = [HEADING.split(";"), ["12.01.2026", "1", 'К" и; Н, сын', "Л", "1", "100,50", "100,50"]]
    read = read_file("".join(delimiter.join(f"'{cell}'" for cell in row) + "\n" for row in rows))
    assert (read.total, read.rows[0].customer.name) == (Decimal("100.50"), 'К" и; Н, сын')


def test_a_line_may_stand_between_quotation_marks_as_a_whole() -> None:
    content = (
        '"Дата,Номер,Контрагент,Номенклатура,Количество,Сумма"\n'
        '"12.01.2026,1,К,Л,1,""100,50"""\n'
        '"13.01.2026,2,""К, Н"",Л,1,""10,00"""\n'
    )
    read = read_file(content)
    assert (read.total, read.faults, read.rows[1].customer.name) == (Decimal("110.50"), [], "К, Н")


@pytest.mark.parametrize("kept", ['="0012"', '"=""0012"""'])
def test_a_code_may_be_kept_as_a_text_by_a_formula(kept: str) -> None:
    read = read_file(f"{HEADING}\n12.01.2026;{kept};К;Л;1;100,50;100,50\n")
    assert (read.documents, read.rows[0].shown, "stray_quote" in read.notes) == (
        {"12": Decimal("100.50")},
        "0012",
        False,
    )


def test_lines_drawn_with_signs_are_no_rows() -> None:
    content = (
        "+-------+\n| Дата | Номер | Контрагент | Номенклатура | Количество | Сумма |\n|------|-------|---|---|---|---|\n"
        "| 12.01.2026 | 1 | К | Л | 1 | 100,50 |\n+-------+\n"
    )
    read = read_file(content)
    assert (read.total, read.faults) == (Decimal("100.50"), [])


# --- web pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x:num", "sdval"])
def test_a_page_keeps_more_of_a_number_than_it_shows(name: str) -> None:
    head = "".join(f"<td>{cell}" for cell in HEADING.split(";"))
    cells = "".join(
        f'<td {name}="{kept}">{shown}' for kept, shown in [("1.5", "2"), ("100.3", "100 руб."), ("150.45", "150")]
    )
    page = f'<html><table><tr>{head}</tr><tr><td {name}="46034">12.01.2026<td {name}="7">007<td>К<td>Л{cells}</tr></table></html>'
    [row] = read_file(page).rows
    assert (row.quantity, row.unit_price, row.amount) == (Decimal("1.5"), Decimal("100.3"), Decimal("150.45"))
    assert (str(row.business_date), row.shown) == ("2026-01-12", "007")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("broken", ["<!--", "<", "<a ", "<!"])
def test_broken_markup_takes_no_time(broken: str) -> None:
    page = f"<html><table><tr><td>{broken * (600_000 // len(broken))}"
    assert why(page)[0] in ("cell_too_long", "column_missing", "not_a_table")


def test_a_page_that_takes_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.exchange.tables.web_pages._MOST_SECONDS", -1)
    assert why("<html><table><tr><td>1</table>")[0] == "takes_too_long"


# --- XML of Excel 2003 ------------------------------------------------------------------------------------------------

SPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def cell(kind: str, text: Any, more: str = "") -> str:
    return f'<Cell {more}><Data ss:Type="{kind}">{text}</Data></Cell>'


def sheet(rows: str, name: str = "TDSheet", visible: str = "SheetVisible") -> str:
    options = f'<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>{visible}</Visible></WorksheetOptions>'
    return f'<Worksheet ss:Name="{name}"><Table>{rows}</Table>{options}</Worksheet>'


def workbook(*sheets: str, before: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{before}<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}"><Styles/>{"".join(sheets)}</Workbook>'
    )


HEAD = f'<Row ss:Index="3">{"".join(cell("String", name) for name in HEADING.split(";"))}</Row>'
MOMENT = cell("DateTime", "2026-01-12T00:00:00.000")
ROW = f"<Row>{MOMENT}{cell('String', 'УТ-1')}{cell('String', 'К')}{cell('String', 'Л')}{cell('Number', 2)}{cell('Number', 50.25)}{cell('Number', 100.5)}</Row>"
SEVENTH, FAR = 'ss:Index="7"', 'ss:Index="1200"'
TOTAL = f"<Row>{cell('String', 'Итого')}{cell('Number', 100.5, SEVENTH)}</Row>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_in_xml_is_read_with_its_total(encoding: str) -> None:
    read = read_file(workbook(sheet(HEAD + ROW + TOTAL)).encode(encoding))
    assert (read.found.kind, read.found.sheet, read.found.heading_line) == ("xml", "TDSheet", 3)
    assert (read.documents, read.found.own_total) == (
        {"УТ-1": Decimal("100.50")},
        {"line": 5, "quantity": None, "amount": "100.5"},
    )


def test_a_merged_cell_and_a_named_place_keep_their_columns() -> None:
    merged = ROW.replace(cell("String", "К"), cell("String", "К", 'ss:MergeAcross="1"'), 1)
    head = HEAD.replace(cell("String", "Контрагент"), cell("String", "Контрагент", 'ss:MergeAcross="1"'))
    assert read_file(workbook(sheet(head + merged))).total == Decimal("100.50")


def test_a_hidden_sheet_is_left() -> None:
    hidden = sheet(HEAD + ROW, "Черновик", "SheetHidden")
    assert read_file(workbook(hidden, sheet(HEAD + ROW))).found.sheet == "TDSheet"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook(sheet(HEAD + ROW), before='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "entities"),
        (workbook(sheet(HEAD + ROW))[:-60], "workbook_broken"),
        (
            workbook(sheet(HEAD + ROW.replace(cell("Number", 100.5), '<Cell ss:Formula="=1"/>'))),
            "formulas_without_values",
        ),
        (workbook(sheet(HEAD + f"<Row>{cell('String', 'x', FAR)}</Row>")), "too_many_columns"),
        (workbook(sheet(f"<Row>{cell('String', 'я' * 40_000)}</Row>")), "cell_too_long"),
        (workbook(sheet(HEAD + ROW), sheet(HEAD + ROW, "Лист 2")), "several_tables"),
        (workbook(sheet("")), "empty_file"),
        (workbook("<a>" * 100_000), "workbook_broken"),
    ],
    ids=["entities", "cut off", "formula", "columns", "cell", "sheets", "empty", "depth"],
)
def test_a_workbook_in_xml_has_the_limits_of_every_workbook(content: str, code: str) -> None:
    assert why(content)[0] == code


def test_a_text_below_the_days_of_a_workbook_does_not_make_them_unreadable() -> None:
    table = table_of([Document("1", date(2026, 1, 12), "К", False, (Line("Л", "", Decimal(1), Decimal(100)),))])
    read = read_file(as_xlsx([*table, ["Составил", "", "", "", "", "", "", "Иванов"]]))
    assert read.documents == {"1": 100}


# --- currencies in formats of cells -----------------------------------------------------------------------------------


def with_formats(price: str, amount: str, currency: str = "") -> bytes:
    """A sale of 100; a second sheet is all in dollars."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sales = made.add_worksheet("Продажи")
        sales.write_row(0, 0, [*HEADING.split(";"), *(["Валюта"] if currency else [])])
        sales.write_row(1, 0, ["12.01.2026", "1", "К", "Л", 1])
        for column, code in enumerate((price, amount), 5):
            sales.write_number(1, column, 100, made.add_format({"num_format": code}))
        sales.write_string(1, 7, currency)
        dollars = made.add_format({"num_format": "[$$-409]#,##0.00"})
        made.add_worksheet("Курсы").write_row(0, 5, [90.5, 91.5], dollars)
    return content.getvalue()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("[$$-409]#,##0.00", "USD"),
        ("#,##0.00 [$€-407]", "EUR"),
        ('#,##0.00" долл."', "USD"),
        ('_-* #,##0\\ "₸"_-', "KZT"),
    ],
)
def test_a_currency_in_the_format_of_sums_is_that_of_the_sums(code: str, found: str) -> None:
    code_and_facts = why(with_formats("0.00", code))
    assert (code_and_facts[0], code_and_facts[1]["found"], code_and_facts[1]["line"]) == ("currency_shown", found, 2)
    assert read_file(with_formats("0.00", code, "GBP")).total == 100


@pytest.mark.parametrize("code", ['#,##0.00"р."', "#,##0.00 [$₽-419]", "0.00", "[$-419]0.00", "#,##0.00\\ [$руб.-419]"])
def test_the_currency_of_the_import_may_stand_in_the_format(code: str) -> None:
    assert read_file(with_formats(code, code)).total == 100


def test_every_currency_in_the_formats_of_a_column_is_looked_at() -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADING.split(";"))
        for line, code in enumerate(("#,##0.00 [$₽-419]", "[$$-409]#,##0.00"), 1):
            sheet.write_row(line, 0, [f"{11 + line}.01.2026", str(line), "К", "Л", 1, 100])
            sheet.write_number(line, 6, 100, made.add_format({"num_format": code}))
    code, facts = why(content.getvalue())
    assert (code, facts["found"], facts["line"]) == ("currency_shown", "USD", 3)


def test_rows_behind_the_end_of_a_table_are_asked_back() -> None:
    rows = ["".join(f"<td>{cell}</td>" for cell in row) for row in SALES]
    content = f"<table><tr>{rows[0]}</tr><tr>{rows[1]}</tr></table><tr>{rows[1]}</tr>"
    assert why(content) == ("several_tables", {"names": ["table 1", "table 2"]})
    assert read_file(content, {"sheet": "table 1"}).total == 100


# --- sheets beside the one of sales -----------------------------------------------------------------------------------


def book(**sheets: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            added = made.add_worksheet(name)
            for line, cells in enumerate(rows):
                added.write_row(line, 0, cells)
    return content.getvalue()


SALES: list[list[Any]] = [HEADING.split(";"), ["12.01.2026", "1", "К", "Л", 1, 100, 100]]


def test_a_sheet_that_lacks_one_column_of_sales_is_not_left_in_silence() -> None:
    returns = [
        ["Дата", "Номер", "Контрагент", "Номенклатура", "Количество", "К возврату"],
        ["13.01.2026", "2", "К", "Л", 1, 50],
    ]
    content = book(Продажи=SALES, Возвраты=returns)
    assert why(content) == ("several_tables", {"names": ["Продажи", "Возвраты"]})
    assert read_file(content, {"sheet": "Продажи"}).total == 100


def test_a_sheet_that_goes_on_without_a_heading_is_not_left_in_silence() -> None:
    """As where a table is longer than a sheet of an old workbook."""
    content = book(Лист1=SALES, Лист2=[["13.01.2026", "2", "К", "Л", 1, 50, 50]])
    assert why(content) == ("several_tables", {"names": ["Лист1", "Лист2"]})
    assert read_file(book(Лист1=SALES, Лист2=[["Итого", "", "", "", 1, 100, 100]])).total == 100


@pytest.mark.parametrize(("total", "refused"), [(100, False), (90, True)])
def test_a_total_above_the_heading_is_compared(total: int, refused: bool) -> None:
    content = book(Лист1=[["Итого", "", "", "", 1, "", total], *SALES])
    if refused:
        assert why(content)[0] == "group_differs"
    else:
        assert read_file(content).found.own_total == {"line": 1, "quantity": "1", "amount": "100"}


def test_other_sheets_are_told() -> None:
    read = read_file(book(Продажи=SALES, Сводная=[["Названия строк", "Сумма"], ["К", 100]]))
    assert read.notes["tables_left"]["names"] == ["Сводная"]


def test_sheets_of_months_are_one_table_with_their_totals_and_lines_counted_on() -> None:
    february = [["Отгрузки"], SALES[0], ["12.02.2026", "2", "К", "Л", 1, 50, 50], ["Итого", "", "", "", 2, "", 150]]
    read = read_file(book(**{"Январь": SALES, "Февраль 2026": february, "Сводная": [["Названия строк"], ["К"]]}))
    assert (read.documents, [row.row for row in read.rows]) == ({"1": 100, "2": 50}, [2, 5])
    assert (read.found.own_total or {})["line"] == 6
    assert read.notes["sheets_stacked"]["names"] == "Январь, Февраль 2026"
    assert read_file(book(**{"Январь": SALES, "Февраль 2026": february}), {"sheet": "Январь"}).total == 100
    february[-1][-1] = 140
    assert why(book(Январь=SALES, Февраль=february))[0] == "total_differs"


@pytest.mark.parametrize(
    ("day", "customer", "wrong"), [(12, "К", ""), (13, "К", "date_differs"), (12, "Л", "customer_differs")]
)
def test_a_document_in_two_sheets_of_months_is_one_or_told(day: int, customer: str, wrong: str) -> None:
    february = [SALES[0], [f"{day}.01.2026", "1", customer, "М", 1, 50, 50]]
    drafts = DocumentDrafts(most_lines=10)
    for row in read_file(book(Январь=SALES, Февраль=february)).rows:
        drafts.add(row)
    drafts.settle()
    assert [len(draft.rows) for draft in drafts.good()] == ([] if wrong else [2])
    assert drafts.of(row).code == wrong


@pytest.mark.parametrize("names", [("Январь", "Возвраты"), ("Лист1", "Лист2"), ("Январь", "Январь (копия)")])
def test_sheets_that_are_not_named_for_periods_are_asked_back(names: tuple[str, str]) -> None:
    assert why(book(**dict.fromkeys(names, SALES))) == ("several_tables", {"names": list(names)})


def test_sheets_of_months_with_columns_in_another_order_are_asked_back() -> None:
    turned = [[*row[:3], row[4], row[3], *row[5:]] for row in SALES]
    assert why(book(Январь=SALES, Февраль=turned))[0] == "several_tables"
