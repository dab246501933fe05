"""Writers of sales files: the same documents as text, workbook, web page or grouped report, in every dialect."""

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

DateForm = Literal["dotted", "iso", "moment", "words"]


@dataclass(frozen=True)
class Line:
    name: str
    sku: str
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True)
class Document:
    number: str
    day: date
    customer: str
    returned: bool
    lines: tuple[Line, ...]

    @property
    def sign(self) -> int:
        return -1 if self.returned else 1

    @property
    def quantity(self) -> Decimal:
        return self.sign * sum((line.quantity for line in self.lines), Decimal(0))

    @property
    def amount(self) -> Decimal:
        return self.sign * sum((line.amount for line in self.lines), Decimal(0))

    @property
    def presentation(self) -> str:
        words = "Возврат товаров от покупателя" if self.returned else "Реализация товаров и услуг"
        return f"{words} {self.number} от {self.day:%d.%m.%Y} 10:00:00"


@dataclass(frozen=True)
class Dialect:
    """The dialect of a text. `order`: of the columns. `carried`: cells of a document stand in its first row alone."""

    delimiter: str
    encoding: str
    point: bool
    groups: str
    days: DateForm
    order: tuple[int, ...]
    carried: bool
    quoted: bool
    preamble: bool
    line_end: str


HEADINGS = ("Дата", "Номер", "Контрагент", "Номенклатура", "Артикул", "Количество", "Цена", "Сумма")
MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")

_NAMES = st.sampled_from(["ООО Луч", "ИП Ёлкин", 'АО "Заря"', "Ромашка ООО", "ООО Север; склад 2", "ЗАО Юг, филиал"])
_GOODS = st.sampled_from(
    ["Лампа", "Кисть 50 мм", "Грунт; глубокий", "Краска белая, 10 л", 'Труба 3/4"', "Провод | медь"]
)
_LINES = st.builds(
    Line,
    name=_GOODS,
    sku=st.integers(1, 99).map(lambda n: f"АР-{n:03}"),
    quantity=st.integers(1, 40).map(Decimal),
    price=st.decimals(Decimal("0.50"), Decimal("25000"), places=2),
)


@st.composite
def documents(draw: Any) -> list[Document]:
    numbers = draw(st.lists(st.integers(1, 900), min_size=1, max_size=5, unique=True))
    return [
        Document(
            number=f"УТ-{number:06}",
            day=draw(st.dates(date(2026, 1, 1), date(2026, 11, 30))),
            customer=draw(_NAMES),
            returned=draw(st.booleans()) and at > 0,
            lines=tuple(draw(st.lists(_LINES, min_size=1, max_size=4, unique_by=lambda line: (line.name, line.sku)))),
        )
        for at, number in enumerate(numbers)
    ]


@st.composite
def dialects(draw: Any) -> Dialect:
    carried = draw(st.booleans())
    order = list(range(len(HEADINGS)))
    if not carried:
        order = draw(st.permutations(order))
    return Dialect(
        delimiter=draw(st.sampled_from([";", ",", "\t", "|"])),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "cp866", "utf-16"])),
        point=draw(st.booleans()),
        groups=draw(st.sampled_from(["", " ", "\u00a0"])),
        days=draw(st.sampled_from(["dotted", "iso", "moment", "words"])),
        order=tuple(order),
        carried=carried,
        quoted=draw(st.booleans()),
        preamble=draw(st.booleans()),
        line_end=draw(st.sampled_from(["\r\n", "\n"])),
    )


def shown_day(day: date, form: DateForm) -> str:
    if form == "words":
        month = MONTHS[day.month - 1]
        return f"{day.day}-{month}-{day:%y}"
    return day.strftime({"dotted": "%d.%m.%Y", "iso": "%Y-%m-%d", "moment": "%d.%m.%Y %H:%M:%S"}[form])


def rows_of(several: Sequence[Document], carried: bool = False) -> list[list[Any]]:
    """A row for each line, and one of totals."""
    rows: list[list[Any]] = []
    for document in several:
        for at, line in enumerate(document.lines):
            head = ["", "", ""] if carried and at else [document.day, document.number, document.customer]
            numbers = [document.sign * line.quantity, line.price, document.sign * line.amount]
            rows.append([*head, line.name, line.sku, *numbers])
    quantity = sum((document.quantity for document in several), Decimal(0))
    amount = sum((document.amount for document in several), Decimal(0))
    return [*rows, ["Итого", "", "", "", "", quantity, "", amount]]


def as_text(several: Sequence[Document], dialect: Dialect) -> str:
    table = io.StringIO()
    quoting = csv.QUOTE_ALL if dialect.quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(table, delimiter=dialect.delimiter, lineterminator=dialect.line_end, quoting=quoting)
    if dialect.preamble:
        writer.writerows([["Ведомость по продажам"], [], ["Период: 2026 г."]])
    for row in [list(HEADINGS), *rows_of(several, dialect.carried)]:
        cells = [_written(cell, dialect) for cell in row]
        first = cells[0]
        cells = [cells[at] for at in dialect.order]
        if first == "Итого":
            cells = ["" if cell == "Итого" else cell for cell in cells]
            at = next(at for at, cell in enumerate(cells) if not cell)
            cells[at] = "Итого"
            if any(cells[:at]):
                cells[at], cells[0] = cells[at], cells[0]
        writer.writerow(cells)
    return table.getvalue()


def _written(cell: Any, dialect: Dialect) -> str:
    if isinstance(cell, date):
        return shown_day(cell, dialect.days)
    if isinstance(cell, Decimal):
        text = f"{cell:,.2f}".replace(",", dialect.groups)
        return text if dialect.point else text.replace(".", ",")
    return str(cell)


def table_of(several: Sequence[Document]) -> list[list[Any]]:
    return [list(HEADINGS), *rows_of(several)]


def as_xlsx(table: Sequence[Sequence[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("TDSheet")
        days = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write(0, 0, "Ведомость по продажам")
        for line, row in enumerate(table, 2):
            for at, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(line, at, datetime(cell.year, cell.month, cell.day), days)
                elif isinstance(cell, Decimal):
                    sheet.write_number(line, at, float(cell))
                elif cell:
                    sheet.write_string(line, at, cell)
    return content.getvalue()


def as_ods(table: Sequence[Sequence[Any]]) -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = Table(name="Продажи")
    for row in table:
        line = TableRow()
        for cell in row:
            line.addElement(ods_cell(cell))
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    content = io.BytesIO()
    book.write(content)
    return content.getvalue()


def ods_cell(cell: Any) -> TableCell:
    if isinstance(cell, date):
        return TableCell(valuetype="date", datevalue=cell.isoformat())
    if isinstance(cell, Decimal):
        return TableCell(valuetype="float", value=str(cell))
    made = TableCell(valuetype="string")
    made.addElement(P(text=cell))
    return made


def as_page(several: Sequence[Document], encoding: str = "utf-8") -> bytes:
    dialect = Dialect(";", encoding, False, "\u00a0", "dotted", tuple(range(8)), False, False, False, "\n")
    rows = [list(HEADINGS), *rows_of(several)]
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_written(cell, dialect))}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    page = f'<html><head><meta charset="{encoding}"></head><body><table border=1>{body}</table></body></html>'
    return page.encode(encoding)


def as_report(several: Sequence[Document], number: str = "{:,.2f}") -> list[list[str]]:
    """A grouped report: customer, document and goods in one column."""

    def shown(value: Decimal) -> str:
        return number.format(value).replace(",", "\u00a0").replace(".", ",")

    rows = [
        ["Ведомость по продажам"],
        ["Группировки строк: Контрагент (Элементы); Документ движения (регистратор) (Элементы); Номенклатура;"],
        [],
        ["Контрагент", "Количество", "Сумма, руб."],
        ["Документ движения (регистратор)"],
        ["Номенклатура"],
    ]
    by_customer: dict[str, list[Document]] = {}
    for document in several:
        by_customer.setdefault(document.customer, []).append(document)
    for customer, theirs in by_customer.items():
        rows.append([customer, shown(sum_of(theirs, "quantity")), shown(sum_of(theirs, "amount"))])
        for document in theirs:
            rows.append([document.presentation, shown(document.quantity), shown(document.amount)])
            for line in document.lines:
                rows.append([line.name, shown(document.sign * line.quantity), shown(document.sign * line.amount)])
    return [*rows, ["Итог", shown(sum_of(several, "quantity")), shown(sum_of(several, "amount"))]]


def sum_of(several: Sequence[Document], what: Literal["quantity", "amount"]) -> Decimal:
    return sum((getattr(document, what) for document in several), Decimal(0))


def as_report_text(report: Sequence[Sequence[str]]) -> str:
    table = io.StringIO()
    csv.writer(table, delimiter="\t").writerows(report)
    return table.getvalue()
