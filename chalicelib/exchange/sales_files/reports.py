"""Texts on faults: the reason of a failed import, and the list of rows that were left out."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from chalicelib.exchange.sales_files.rules import REASONS
from chalicelib.exchange.sales_files.schemas import ImportFailureView
from chalicelib.platform import csv
from chalicelib.platform.csv import harmless
from chalicelib.platform.http.problems import Fault

# Reasons of a failed import, in English and in Russian.
_FAILURES: dict[str, tuple[str, str]] = {
    "empty_file": ("The file is empty.", "Файл пуст."),
    "not_csv": ("This is not a CSV file: {kind}.", "Это не файл CSV: {kind}."),
    "encoding": (
        "The text is not {encoding}. Save the file as UTF-8 or Windows-1251.",
        "Текст не в кодировке {encoding}. Сохраните файл в UTF-8 или Windows-1251.",
    ),
    "column_missing": (
        "Columns are missing from the heading in row {row}: {names}. Found there: {found}.",
        "В заголовке в строке {row} нет столбцов: {names}. Есть: {found}.",
    ),
    "row_broken": (
        "Row {row} cannot be read ({detail}): is a quotation mark not closed?",
        "Строка {row} не читается ({detail}): не закрыта кавычка?",
    ),
    "upload_replaced": (
        "Another file was uploaded to the same address while this one was read. Start a new import for each file.",
        "Пока файл читался, по тому же адресу загрузили другой. Начните для каждого файла новый импорт.",
    ),
}
_KINDS: dict[str, tuple[str, str]] = {
    "xlsx": (
        "it is an Excel workbook or an archive; save the sheet as CSV",
        "это книга Excel или архив; сохраните лист как CSV",
    ),
    "xls": (
        "it is an old Excel workbook; save the sheet as CSV",
        "это книга Excel старого вида; сохраните лист как CSV",
    ),
    "pdf": ("it is a PDF document", "это документ PDF"),
    "rtf": ("it is a text document; save the table as CSV", "это текстовый документ; сохраните таблицу как CSV"),
    "utf16": (
        "it is UTF-16 text; save it as UTF-8 or Windows-1251",
        "это текст UTF-16; сохраните его в UTF-8 или Windows-1251",
    ),
    "unknown": (
        "no table with ; , or tab between its cells was found",
        "не найдена таблица с ; , или табуляцией между ячейками",
    ),
}
_MISSING = ("No column with this heading: {names}.", "Нет столбца с таким заголовком: {names}.")
_OR = (" or ", " или ")

MOST_LISTED = 100_000  # bad rows of one import


class BadRow(NamedTuple):
    """A row that was left out. `column` is its heading in the file."""

    row: int
    document: str
    column: str
    value: str
    code: str


def reason(code: str, facts: dict[str, Any], language: str) -> ImportFailureView:
    russian = int(language == "ru")
    texts = {name: value for name, value in facts.items() if isinstance(value, str)}
    if "row" in facts:
        texts["row"] = str(int(facts["row"]))
    if code == "not_csv":
        texts["kind"] = _KINDS[facts["kind"]][russian]
    errors = []
    if code == "column_missing":
        missing = [(each["field"], _OR[russian].join(each["names"])) for each in facts["missing"]]
        texts |= {"names": ", ".join(names for _, names in missing), "found": ", ".join(facts["found"])}
        errors = [
            Fault(pointer=f"/mapping/{field}", code=code, detail=_MISSING[russian].format(names=names))
            for field, names in missing
        ]
    return ImportFailureView(code=code, detail=_FAILURES[code][russian].format(**texts), errors=errors)


def listing(rows: Iterable[BadRow]) -> bytes:
    """The list as spreadsheets open it in either language."""
    return csv.listing(
        ["row", "document", "column", "value", "code", "reason", "причина"],
        (
            [bad.row, harmless(bad.document), harmless(bad.column), harmless(bad.value), bad.code, *REASONS[bad.code]]
            for bad in rows
        ),
    )
