"""Tiers, turnover and bonuses follow from the documents alone: whatever files brought them, in whatever order, and whatever was mended on the way.

Some customers of a real year. What the club must say at the end is computed here from the documents, and is the same as after one plain file.
"""

import csv
import html
import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from random import Random
from typing import Any

import pytest
import xlsxwriter

from chalicelib.companies import customer_key
from chalicelib.platform import aws
from chalicelib.platform.config import Config
from chalicelib.sales import SaleDocument
from tests.bonuses.real_year import LAST, Facts
from tests.bonuses.test_real_year import figures, final, plain_counted, plain_tier, plain_total, sample  # noqa: F401
from tests.exchange.runs.books import Books, Files

CUSTOMERS = 8
HEADING = [
    "Дата",
    "Номер",
    "Вид документа",
    "Код контрагента",
    "Артикул",
    "Номенклатура",
    "Количество",
    "Цена",
    "Сумма",
    "Документ-основание",
    "Дата оплаты",
]


def rows_of(document: SaleDocument, paid: date | None) -> list[list[Any]]:
    back = document.kind == "return"
    original = document.original.number if document.original else ""
    head = [
        document.business_date,
        document.number,
        "Возврат" if back else "Реализация",
        document.company_id.removeprefix("cmp_"),
    ]
    tail = [original, paid or ""]
    return [[*head, line.sku, line.name, line.quantity, line.unit_price, line.amount, *tail] for line in document.lines]


def rows(several: Sequence[SaleDocument], facts: Facts) -> list[list[Any]]:
    return [row for document in several for row in rows_of(document, facts.paid.get(document.ref))]


def shown(cell: Any) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    return cell.strftime("%d.%m.%Y") if isinstance(cell, date) else str(cell)


def as_text(lines: Sequence[Sequence[Any]], encoding: str = "cp1251") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([list(map(shown, cells)) for cells in lines])
    return text.getvalue().encode(encoding, "replace")


def plain(lines: list[list[Any]]) -> Files:
    return (as_text([HEADING, *lines], "utf-8"),)


def russian(lines: list[list[Any]]) -> Files:
    total = [sum((row[at] for row in lines), Decimal(0)) for at in (6, 8)]
    return (as_text([HEADING, *lines, ["Итого", *[""] * 5, total[0], "", total[1], "", ""]]),)


def workbook(lines: list[list[Any]]) -> Files:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        days = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(0, 0, HEADING)
        for line, cells in enumerate(lines, 1):
            for at, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(line, at, cell, days)
                elif isinstance(cell, Decimal):
                    sheet.write_number(line, at, float(cell))
                else:
                    sheet.write_string(line, at, cell)
    return (content.getvalue(),)


def page(lines: list[list[Any]]) -> Files:
    cells = ["".join(f"<td>{html.escape(shown(cell))}</td>" for cell in each) for each in [HEADING, *lines]]
    return (f"<html><table><tr>{'</tr><tr>'.join(cells)}</tr></table></html>".encode(),)


def two_files(lines: list[list[Any]]) -> Files:
    documents = {(row[1], row[3]): [*row[:4], *row[9:]] for row in lines}
    goods = [[row[1], *row[4:9]] for row in lines]
    return (
        as_text([[*HEADING[:4], *HEADING[9:]], *documents.values()]),
        as_text([[HEADING[1], *HEADING[4:9]], *goods]),
    )


def by_name(lines: list[list[Any]]) -> Files:
    """As much of plain rows as a grouped report tells: no codes, no prices, no originals, no payments."""
    heading = [*HEADING[:3], "Контрагент", "Номенклатура", "Количество", "Сумма"]
    return (as_text([heading, *([*row[:4], goods(row), row[6], row[8]] for row in lines)], "utf-8"),)


def goods(row: Sequence[Any]) -> str:
    return row[5].strip() or str(row[4])


def grouped(lines: list[list[Any]]) -> Files:
    """Customer, document and goods in one column, each with its sums."""

    def line(label: str, several: Sequence[Sequence[Any]]) -> list[Any]:
        return [label, *(sum((row[at] for row in several), Decimal(0)) for at in (6, 8))]

    table: list[list[Any]] = [["Контрагент", "Количество", "Сумма"], ["Регистратор"], ["Номенклатура"]]
    ordered = sorted(lines, key=lambda row: (row[3], row[0], row[1], row[2]))
    for customer, theirs in groupby(ordered, key=lambda row: row[3]):
        of_customer = list(theirs)
        table.append(line(customer, of_customer))
        for (day, number, kind), rows_of_document in groupby(of_customer, key=lambda row: (row[0], row[1], row[2])):
            of_document = list(rows_of_document)
            table.append(line(f"{kind} товаров {number} от {shown(day)} 0:00:00", of_document))
            table += [[goods(row), row[6], row[8]] for row in of_document]
    return (as_text([*table, line("Итог", lines)]),)


FORMS: list[Callable[[list[list[Any]]], Files]] = [russian, workbook, page, two_files]


@pytest.fixture
def begin(figures: Config, account: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Books]:  # noqa: F811
    def made(seed: int) -> Books:
        club = Books(figures, chance=Random(seed))
        monkeypatch.setattr(aws, "sqs", lambda: club)
        monkeypatch.setattr(aws, "s3", lambda: club.bucket)
        return club

    return made


def check_forms(begin: Callable[[int], Books], chosen: Facts, companies: list[str]) -> None:
    """Each form of the same documents ends as the plain file does; a grouped report, as a plain file of what it tells."""
    codes = [each.removeprefix("cmp_") for each in companies]
    lines = rows(chosen.documents, chosen)
    for forms, customers in (
        ([plain, *FORMS], codes),
        ([by_name, grouped], [customer_key("", code, "", "") for code in codes]),
    ):
        ends = []
        for write in forms:
            club = begin(1)
            done = club.found(club.bring(write(lines)))
            assert (done.count("documents_created"), done.count("rows_failed")) == (len(chosen.documents), 0)
            ends.append(club.standings(customers))
        assert any(turnover for turnover, *_ in ends[0].values())
        assert all(end == ends[0] for end in ends)


@pytest.mark.timeout(900)
def test_every_form_of_a_file_ends_in_the_same_standings_and_balances(
    begin: Callable[[int], Books],
    final: Facts,  # noqa: F811
) -> None:
    companies = sample(final, CUSTOMERS)[3:5]
    check_forms(begin, final.of(companies), companies)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_form_of_a_whole_year_ends_in_the_same_standings_and_balances(
    begin: Callable[[int], Books],
    final: Facts,  # noqa: F811
) -> None:
    companies = sorted({document.company_id for document in final.documents})[::10]  # all take more than half an hour
    check_forms(begin, final.of(companies), companies)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_files_repeats_voids_and_mistakes_end_alike(
    begin: Callable[[int], Books],
    final: Facts,  # noqa: F811
    seed: int,
) -> None:
    chance = Random(seed)
    companies = sample(final, CUSTOMERS)[3:]
    chosen = final.of(companies)
    customers = [each.removeprefix("cmp_") for each in companies]
    once = begin(seed)
    done = once.found(once.bring(plain(rows(chosen.documents, chosen))))
    assert (done.count("documents_created"), done.count("rows_failed")) == (len(chosen.documents), 0)
    expected = once.standings(customers)
    for company_id, customer in zip(companies, customers, strict=True):
        theirs = [each for each in chosen.documents if each.company_id == company_id]
        assert expected[customer][0] == sum(map(plain_total, theirs), Decimal(0))
        assert f'"{plain_tier(plain_counted(theirs), LAST)}"' in expected[customer][1] or not plain_tier(
            plain_counted(theirs), LAST
        )
    club = begin(seed)
    parts: list[list[SaleDocument]] = [[] for _ in FORMS]
    for document in chosen.documents:
        parts[chance.randrange(len(FORMS))].append(document)
    acts: list[Callable[[], None]] = []
    for write, several in zip(FORMS, parts, strict=True):
        acts.append(lambda write=write, several=several: mistaken(club, chosen, several, write, chance))  # type: ignore[misc]
        acts.append(lambda write=write, several=several: checked(club, write(rows(several, chosen))))  # type: ignore[misc]
    chance.shuffle(acts)
    for act in acts:
        act()
    for write, several in zip(FORMS, parts, strict=True):
        club.bring(write(rows(several, chosen)))
    lost = chance.choice([each for each in chosen.documents if each.kind == "sale"])
    club.void(lost.number, lost.business_date)
    assert club.standings(customers) != expected
    club.bring(plain(rows([lost], chosen)))
    extra = lost._replace(number="999999", kind="sale", original=None)
    mistake = club.bring(plain(rows([extra], chosen)))
    club.take_back(mistake)
    assert club.found(mistake).state == "taken_back"
    again = club.bring(plain(rows([extra], chosen)))
    assert club.found(again).count("documents_failed") == 0
    month = {"from": lost.business_date.isoformat(), "to": lost.business_date.isoformat()}
    of_day = [each for each in chosen.documents if each.business_date == lost.business_date]
    replaced = club.bring(plain(rows(of_day, chosen)), dry_run=True, replace_period=month)
    club.confirm(replaced)
    assert club.found(replaced).count("documents_voided") == 1
    assert club.standings(customers) == expected


def mistaken(
    club: Books, facts: Facts, several: list[SaleDocument], write: Callable[[list[list[Any]]], Files], chance: Random
) -> None:
    """The same file with a few documents at ten times their sum. The right one comes later."""
    wrong = [
        each._replace(
            lines=[
                line._replace(unit_price=(line.unit_price or Decimal(0)) * 10, amount=line.amount * 10)
                for line in each.lines
            ],
        )
        if chance.random() < 0.2
        else each
        for each in several
    ]
    club.bring(write(rows(wrong, facts)))


def checked(club: Books, files: Files) -> None:
    """By a dry run that is confirmed."""
    club.confirm(club.bring(files, dry_run=True))
