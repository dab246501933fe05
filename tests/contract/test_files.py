"""No file lies: whichever part of the club wrote it, it has all rows, and tells their number and control total as the answer beside it does."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from python_calamine import load_workbook

from chalicelib.analytics.statements.files import table_of
from chalicelib.analytics.statements.rules import statement
from chalicelib.analytics.statements.schemas import AccountStatementView
from chalicelib.datasets.queries import service as queries
from chalicelib.datasets.queries.model import QuestionName
from chalicelib.datasets.queries.questions import QUESTIONS
from chalicelib.exchange.runs import reports
from chalicelib.exports import service as exports
from chalicelib.exports.model import ExportSource
from chalicelib.exports.sources import DESCRIPTIONS
from chalicelib.platform.context import Context
from chalicelib.platform.files.csv import listing
from chalicelib.platform.files.tables import Format, Table, written
from chalicelib.platform.http.forms import View
from chalicelib.platform.list_files import rules as list_rules
from chalicelib.platform.list_files import service as list_files
from chalicelib.platform.money import Money
from chalicelib.platform.parts import Progress
from chalicelib.storefront import price_list
from chalicelib.table.client import Table as DynamoTable
from tests.analytics.statements.test_rules import document
from tests.conftest import NOON
from tests.platform.files.test_tables import amount, cents, in_csv, in_pdf
from tests.support import partners
from tests.support.memory import MemoryDynamo

FIRST = date(2026, 1, 1)


@dataclass
class Made:
    """The files of a writer. `count`, `total`: what its answer tells as JSON; None: it has none. `column`: of the amounts; `extra`: rows of the file beside them."""

    count: int
    total: Decimal | None
    column: int
    files: dict[Format, bytes]
    extra: int = 0


def amounts(count: int) -> Iterator[Decimal]:
    return (Decimal(number * 7919 % 100_000) / 100 - 5 for number in range(count))


def in_memory() -> Context:
    return Context(table=DynamoTable(MemoryDynamo(), "club"), now=NOON)  # type: ignore[arg-type]


def in_all_formats(make: Callable[[], Table], *kinds: Format) -> dict[Format, bytes]:
    return {kind: written(make(), kind) for kind in kinds}


def a_statement(count: int) -> Made:
    context = in_memory()
    company = partners.company(context)
    documents = [
        document(number, FIRST + timedelta(days=number % 300), each) for number, each in enumerate(amounts(count))
    ]
    found = statement("cmp_1", "RUB", FIRST, date(2026, 12, 31), Decimal(10), documents, [], {})
    told = AccountStatementView.of(found, company, context.at, "", {})
    files = in_all_formats(lambda: table_of(context, company, found, "en"), "csv", "xlsx", "pdf")
    return Made(told.row_count, told.control_total.amount, -1, files, extra=3)


def an_export(count: int, source: ExportSource = ExportSource.DOCUMENTS) -> Made:
    context, description = in_memory(), DESCRIPTIONS[source]
    names = [each.name for each in description.columns]
    place = names.index(description.control) if description.control else -1
    total = sum(amounts(count), Decimal(0)) if description.control else Decimal(0)

    def rows() -> Iterator[list[Any]]:
        for each in amounts(count):
            plain: list[Any] = [
                {"day": FIRST, "count": 1, "amount": each}.get(of.kind, "x") for of in description.columns
            ]
            if description.control:
                plain[place] = each
            yield plain

    totals = {"control_total_RUB": total} if description.control else {}
    found = Progress("exp_1", {"rows": count, **totals, "created_at": context.at})
    files = in_all_formats(lambda: exports._table(context, found, description, "en", rows()), "csv", "xlsx")
    return Made(count, total if description.control else None, place, files)


class Row(View):
    name: str
    amount: Money


def a_list(count: int) -> Made:
    call: Any = SimpleNamespace(language="en", context=in_memory())
    rows = [list_rules.flat(Row(name="x", amount=Money.of(each, "RUB")), "en") for each in amounts(count)]
    files = in_all_formats(lambda: list_files._table(call, "/v1/things", Row, rows, {}), "csv", "xlsx")
    return Made(count, sum(amounts(count), Decimal(0)), 1, files)


def a_price_list(count: int) -> Made:
    place = price_list.PRICE.amount
    rows = ([*["x"] * place, price_list._text_of("ru")(each), "RUB", "1,00", "x"] for each in amounts(count))
    files: dict[Format, bytes] = {"csv": listing(price_list.HEADINGS["ru"].split(";"), rows, control=price_list.PRICE)}
    return Made(count, sum(amounts(count), Decimal(0)), place, files)


def check(made: Made, count: int) -> None:
    assert made.count == count
    for kind, content in made.files.items():
        {"csv": check_csv, "xlsx": check_workbook, "pdf": check_pdf}[kind](made, content)


def check_csv(made: Made, content: bytes) -> None:
    rows = in_csv(content)
    told = dict(
        line.split(";", 1) for line in content.decode("utf-8-sig").split("\r\n\r\n")[1].splitlines() if ";" in line
    )
    assert len(rows) - made.extra == made.count
    check_told(
        made, told, [Decimal(row[made.column].replace(",", ".")) for row in rows] if made.total is not None else []
    )


def check_workbook(made: Made, content: bytes) -> None:
    cells: list[list[Any]] = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    heading = next(number for number, row in enumerate(cells) if number and all(str(cell) for cell in row))
    rows = cells[heading + 1 :]
    assert len(rows) - made.extra == made.count
    column = [cents(row[made.column]) for row in rows] if made.total is not None else []
    check_told(made, {str(row[0]): str(row[1]) for row in cells[:heading]}, column)


def check_pdf(made: Made, content: bytes) -> None:
    """Its rows are the invoices, `A-` and a number; its balances are those of the other formats."""
    texts = [text for page in in_pdf(content) for text in page]
    assert sum(text.startswith("A-") for text in texts) == made.count
    told = dict(text.split(": ", 1) for text in texts if ": " in text)
    assert told["Lines"] == str(made.count)
    assert amount(told["Control total"].replace(",", "").replace(".", ",")) == made.total


def check_told(made: Made, told: dict[str, str], column: list[Decimal]) -> None:
    count = next(value for label, value in told.items() if label in ("Rows", "Lines", "rows / строк"))
    totals = [value for label, value in told.items() if label.lower().startswith(("control total", "sum"))]
    assert int(Decimal(count)) == made.count
    assert [cents(total.replace(",", ".")) for total in totals] == ([] if made.total is None else [made.total])
    if made.extra:  # a statement's column is the balance after each line
        assert column[-3] - column[0] == column[-2] == made.total if made.count else True
    elif made.total is not None:
        assert sum(column, Decimal(0)) == made.total


WRITERS = [a_statement, an_export, a_list, a_price_list]


@pytest.mark.parametrize("count", [1, 49, 50, 51, 2001])
@pytest.mark.parametrize("make", WRITERS)
def test_every_file_has_the_rows_and_the_total_that_the_answer_tells(make: Callable[[int], Made], count: int) -> None:
    check(make(count), count)


@pytest.mark.parametrize("count", [1, 49, 50, 51, 2001])
@pytest.mark.parametrize("source", [each for each in ExportSource if each is not ExportSource.DOCUMENTS])
def test_so_has_an_export_of_every_table(source: ExportSource, count: int) -> None:
    check(an_export(count, source), count)


def an_answer(count: int, monkeypatch: pytest.MonkeyPatch) -> Made:
    """The files of a question's answer, as they are put into the bucket."""
    kept: dict[str, bytes] = {}
    bucket = SimpleNamespace(upload_fileobj=lambda file, _, name: kept.update({name.rpartition(".")[2]: file.read()}))
    monkeypatch.setattr(queries, "settings", lambda: SimpleNamespace(files_bucket="files"))
    monkeypatch.setattr(queries.aws, "s3", lambda: bucket)
    question = QUESTIONS[QuestionName.BOUGHT_WITH_BRAND]
    rows: list[list[Any]] = [["S", "x", "b", "RUB", 1, Decimal(2), 3, each] for each in amounts(count)]
    asked = {"language": "en", "as_of": "x", "first": "2026-01-01", "last": "2026-12-31", "query_id": "qry_1"}
    totals = question.totals(rows)
    for kind in ("csv", "xlsx"):
        queries._write(in_memory(), question, {**asked, "format": kind}, rows, totals)
    [total] = [each.total for each in totals if each.currency]
    return Made(count, total, 7, {"csv": kept["csv"], "xlsx": kept["xlsx"]})


@pytest.mark.parametrize("count", [1, 49, 50, 51, 2001, pytest.param(10_001, marks=pytest.mark.slow)])
def test_so_has_an_answer_of_a_question(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    check(an_answer(count, monkeypatch), count)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [10_001, 100_000])
@pytest.mark.parametrize("make", WRITERS)
def test_so_has_every_large_file(make: Callable[[int], Made], count: int) -> None:
    check(make(count), count)


def test_a_list_of_bad_rows_that_is_a_part_says_of_how_many() -> None:
    bad = [reports.BadRow(number, "A-1", "Sum", "x", "number") for number in (2, 2, 3)]
    assert b"rows / \xd1\x81\xd1\x82\xd1\x80\xd0\xbe\xd0\xba;3\r\n" in reports.listing(bad, 2)
    assert "of / из".encode() not in reports.listing(bad, 2)
    assert "of / из;9\r\n".encode() in reports.listing(bad, 9)
