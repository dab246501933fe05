"""A statement as a file for download."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256

from chalicelib.analytics.statements.rules import ZERO, Sides, Statement, sides
from chalicelib.analytics.statements.schemas import StatementFileQuery, StatementFileView
from chalicelib.analytics.statements.service import statement_of
from chalicelib.companies import Company
from chalicelib.platform import Club, Context, Language, Money, clock
from chalicelib.platform.files import downloads
from chalicelib.platform.files.tables import Cell, Column, Table, written
from chalicelib.platform.words.texts import Texts

WORDS = Texts(__file__, "words")


def statement_file(
    context: Context, company_id: str, query: StatementFileQuery, language: Language
) -> StatementFileView:
    """Makes the file, and an address of it that works for minutes. Raises as `statement_of` does."""
    company, found = statement_of(context, company_id, query.first, query.last, query.contract)
    content = written(table_of(context, company, found, language), query.format)
    name = f"statements/{company_id}/{sha256(content).hexdigest()[:32]}.{query.format}"
    saved_as = f"statement_{found.first}_{found.last}.{query.format}"
    link = downloads.publish(context, name, content, query.format, saved_as=saved_as)
    return StatementFileView(
        url=link.url,
        expires_at=link.expires_at,
        bytes=len(content),
        row_count=len(found.lines),
        control_total=Money.of(found.turnover.balance, found.currency),
    )


def table_of(context: Context, company: Company, found: Statement, language: Language) -> Table:
    words, club = WORDS[language], context.config[Club]
    left_out: list[tuple[str, Cell]] = [(words["left_out"], found.left_out)] if found.left_out else []
    return Table(
        title=words["title"],
        notes=[
            (words["company"], company.name),
            *([(words["tax_number"], company.inn)] if company.inn else []),
            *([(words["contract"], found.contract or words["no_contract"])] if found.contract is not None else []),
            (words["period"], f"{_day(found.first, language)} - {_day(found.last, language)}"),
            (words["currency"], found.currency),
            (words["as_of"], f"{_day(clock.local_day(context.now, club.zone), language)}. {words['draft']}"),
            (words["formula_label"], words["formula"]),
            (words["lines"], len(found.lines)),
            (words["control_total"], found.turnover.balance),
            *left_out,
        ],
        columns=[
            Column(words["day"], 13),
            Column(words["kind"], 21),
            Column(words["number"], 22),
            Column(words["order"], 18),
            *(Column(words[name], 17, numeric=True) for name in ("debit", "credit", "balance")),
        ],
        rows=_rows(found, language),
        sums=[
            [None, words["turnover"], None, None, *found.turnover, found.turnover.balance],
            _balance(words["closing"], found.last, sides(found.closing), found.closing),
            *_bonuses(found, words),
        ],
        sender=club.name_ru if language == "ru" else club.name,
        language=language,
    )


def _bonuses(found: Statement, words: Mapping[str, str]) -> Iterator[list[Cell]]:
    amounts = found.bonuses._asdict() if found.bonuses else {}
    for name in [each for each in amounts if each != "currency"]:
        yield [None, words[f"bonuses_{name}"], None, None, None, None, amounts[name]]


def _rows(found: Statement, language: Language) -> Iterator[list[Cell]]:
    words = WORDS[language]
    yield _balance(words["opening"], found.first, sides(found.opening), found.opening)
    for line in found.lines:
        numbers = [_or_none(line.debit), _or_none(line.credit), line.balance]
        yield [line.day, words[line.kind], line.document, line.order_number, *numbers]


def _balance(name: str, day: date, both: Sides, balance: Decimal) -> list[Cell]:
    return [day, name, None, None, *map(_or_none, both), balance]


def _or_none(amount: Decimal) -> Decimal | None:
    return amount if amount != ZERO else None


def _day(day: date, language: Language) -> str:
    return f"{day:%d.%m.%Y}" if language == "ru" else day.isoformat()
