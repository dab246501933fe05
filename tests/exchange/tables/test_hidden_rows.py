"""Rows that a file hides or strikes out are read and told, whatever its form: a clerk looks at what is shown."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableRowProperties
from odf.table import Table, TableCell, TableRow, TableRowGroup

from tests.exchange.reading.steps import read_file
from tests.exchange.reading.test_binary_workbooks import binary_workbook, compound
from tests.exchange.reading.writers import ods_cell

State = Literal["shown", "hidden", "folded", "struck"]
ROWS: list[list[Any]] = [
    ["Дата", "Номер", "Контрагент", "Номенклатура", "Количество", "Сумма"],
    ["12.01.2026", "1", "К", "Л", 1, 100],
    ["13.01.2026", "2", "К", "Л", 1, 50],
]


def as_xlsx(state: State) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        struck = made.add_format({"font_strikeout": True}) if state == "struck" else None
        for line, row in enumerate(ROWS):
            sheet.write_row(line, 0, row, struck if line == 2 else None)
        if state in ("hidden", "folded"):
            sheet.set_row(2, None, None, {"hidden": True, "level": int(state == "folded")})
    return content.getvalue()


def as_xls(state: State) -> bytes:
    made = xlwt.Workbook(encoding="utf-8")
    made.add_sheet("Титул").write(0, 0, "Продажи")
    sheet = made.add_sheet("Продажи")
    for line, row in enumerate(ROWS):
        for at, cell in enumerate(row):
            sheet.write(line, at, cell)
    sheet.row(2).hidden = int(state in ("hidden", "folded"))
    sheet.row(2).level = int(state == "folded")
    return compound(made.get_biff_data())


def as_xlsb(state: State) -> bytes:
    return binary_workbook(ROWS, {2: {"hidden": 0x10, "folded": 0x11}.get(state, 0)})


def as_ods(state: State) -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = Table(name="Продажи & возвраты")
    tall = Style(name="ro1", family="table-row")
    tall.addElement(TableRowProperties(rowheight="1cm"))
    book.automaticstyles.addElement(tall)
    for line, row in enumerate(ROWS):
        off = line == 2 and state in ("hidden", "folded")
        made = TableRow(
            stylename=tall, **({"visibility": "filter" if state == "hidden" else "collapse"} if off else {})
        )
        for cell in row:
            made.addElement(ods_cell(Decimal(cell) if isinstance(cell, int) else cell))
        if off and state == "folded":
            group = TableRowGroup(display="false")
            group.addElement(made)
            sheet.addElement(group)
        else:
            sheet.addElement(made)
    empty = TableRow(visibility="collapse", numberrowsrepeated="1000")
    empty.addElement(TableCell())
    sheet.addElement(empty)
    book.spreadsheet.addElement(sheet)
    content = io.BytesIO()
    book.write(content)
    return content.getvalue()


def as_xml(state: State) -> bytes:
    rows = "".join(
        f"<Row{' ss:Hidden=' + chr(34) + '1' + chr(34) if line == 2 and state == 'hidden' else ''}>"
        + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row)
        + "</Row>"
        for line, row in enumerate(ROWS)
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="S"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


@pytest.mark.parametrize(
    ("written", "state", "told"),
    [
        *(
            (written, state, int(state != "folded"))
            for written in (as_xlsx, as_xls, as_xlsb, as_ods)
            for state in ("hidden", "folded")
        ),
        *((written, "shown", 0) for written in (as_xlsx, as_xls, as_xlsb, as_ods, as_xml)),
        (as_xlsx, "struck", 1),
        (as_xml, "hidden", 1),
    ],
)
def test_rows_that_a_workbook_hides_or_strikes_out_are_read_and_told_and_those_of_a_folded_outline_are_not(
    written: Callable[[State], bytes], state: State, told: int
) -> None:
    read = read_file(written(state))
    assert (read.total, read.notes.get("hidden_rows")) == (150, {"count": 1} if told else None)


def page(last: str, before: str = "") -> str:
    first, second, third = ("".join(f"<td>{cell}</td>" for cell in row) for row in ROWS)
    return f"{before}<table><tr>{first}</tr><tr>{second}</tr>{last.format(third)}</table>"


def crossed(tag: str) -> str:
    return "<tr>" + "".join(f"<td><{tag}>{cell}</{tag}></td>" for cell in ROWS[2]) + "</tr>"


@pytest.mark.parametrize(
    ("last", "before"),
    [
        ('<tr style="display: none">{}</tr>', ""),
        ("<tr hidden>{}</tr>", ""),
        ('<tr style="visibility:collapse">{}</tr>', ""),
        ('<tbody style="display:none"><tr>{}</tr></tbody>', ""),
        ('<tr class="xl24 off">{}</tr>', "<style>td {{padding:0}} tr.off {{display:none;}}</style>"),
        ('<tr style="text-decoration: line-through">{}</tr>', ""),
        (crossed("del"), ""),
        (crossed("s"), ""),
        (crossed("strike"), ""),
    ],
)
def test_rows_that_a_page_hides_or_strikes_out_are_read_and_told(last: str, before: str) -> None:
    read = read_file(page(last, before.format()))
    assert (read.total, read.notes["hidden_rows"]) == (150, {"count": 1})


def test_a_row_of_which_some_cells_are_struck_out_is_shown() -> None:
    read = read_file(page("<tr>{}</tr>").replace("<td>Л</td>", "<td><s>Лампа</s> Л</td>"))
    assert (read.total, read.notes.get("hidden_rows")) == (150, None)


def test_a_page_that_ends_within_a_row_is_told_so() -> None:
    whole = page("<tr>{}</tr>")
    assert "cut_off" not in read_file(whole).notes
    read = read_file(whole[: whole.rindex("50</td>") + 1])
    assert (read.total, "cut_off" in read.notes) == (105, True)
