"""An announced file: its columns, format and parts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.rules import DateOrder, DecimalMark
from chalicelib.platform.model import Written

Encoding = Literal["utf-8", "cp1251"]
Delimiter = Literal[";", ",", "\t", "|"]

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "cp1251")
DELIMITERS: tuple[Delimiter, ...] = (";", ",", "\t", "|")
READ_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class SplitFile:
    """A file split into `parts` files of rows, and its detected format."""

    rows: int
    skipped: int
    parts: int
    encoding: str
    delimiter: str
    columns: dict[FieldName, str]


def part_file(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.gz"


Column = Annotated[str, Field(max_length=200)]
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods")


class ColumnsForm(Written):
    """The heading of each field in the file. Left out: found by its usual headings, Russian or English. Empty: not read."""

    document: Column | None = Field(default=None, description="Number of the invoice or return; usually Номер.")
    business_date: Column | None = Field(default=None, description="Usually Дата; a time after it is ignored.")
    customer: Column | None = Field(
        default=None,
        description="Code of the customer in the source. Without it, INN and KPP identify the customer, or else the name.",
    )
    customer_name: Column | None = Field(default=None, description="Usually Контрагент.")
    inn: Column | None = None
    kpp: Column | None = None
    sku: Column | None = Field(default=None, description="Usually Артикул.")
    name: Column | None = Field(default=None, description="Usually Номенклатура.")
    quantity: Column | None = Field(default=None, description="Usually Количество.")
    unit_price: Column | None = Field(default=None, description="Usually Цена.")
    amount: Column | None = Field(default=None, description="Usually Сумма; without it, quantity times price.")
    currency: Column | None = Field(default=None, description="An empty cell means the currency of the import.")
    return_flag: Column | None = Field(default=None, description="Marks returns: their quantities count as negative.")
    original: Column | None = Field(
        default=None,
        description="Of a return: the original sale, by its number or as 1C shows it; usually Документ-основание.",
    )
    original_date: Column | None = Field(
        default=None, description="Of a return: the day of the original sale; usually Дата исходного документа."
    )
    paid_on: Column | None = Field(
        default=None,
        description="Of a sale: the day of full payment; usually Дата оплаты. An empty cell changes no payment.",
    )


class FileFormatForm(Written):
    """The format of the file. A field that is left out is detected."""

    delimiter: Delimiter | None = None
    encoding: Encoding | None = Field(default=None, description="utf-8 (with or without a mark), or cp1251.")
    decimal: DecimalMark | None = Field(
        default=None, description="By default a point in a file delimited by commas, else a comma."
    )
    dates: list[DateOrder] = Field(default=["dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd"], min_length=1, max_length=5)


class ImportForm(Written):
    """The announcement of a file: its content and its format."""

    kind: Literal["sales"] = "sales"
    source: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="The system that exported the file. Document numbers and customer codes are unique within a source.",
        examples=["1c-main"],
    )
    file_name: str = Field(min_length=1, max_length=200, examples=["sales-2026-11.csv"])
    mapping: ColumnsForm = ColumnsForm()
    format: FileFormatForm = FileFormatForm()
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="By default the currency of the club.")
    unknown_customers: Literal["create", "fail"] = Field(
        default="create",
        description="`create`: an unknown customer becomes a company. `fail`: its documents are left out.",
    )
    dry_run: bool = Field(default=False, description="Check the file without recording anything.")

    @field_validator("source")
    @classmethod
    def _not_our_own(cls, source: str) -> str:
        if source == "orders":
            raise PydanticCustomError("source_reserved", "This source is reserved for the club's own orders.")
        return source

    @field_validator("file_name")
    @classmethod
    def _no_workbook(cls, name: str) -> str:
        if name.lower().endswith(_SPREADSHEETS):
            raise PydanticCustomError("format_unsupported", "Save the sheet as CSV and upload that file.")
        return name
