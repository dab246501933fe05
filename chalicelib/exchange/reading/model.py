"""Profiles, which say how a file is to be read as far as it does not tell it by itself, and what was found in it."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.exchange.columns.fields import FIELDS, FieldName
from chalicelib.exchange.columns.model import DateOrder, DecimalMark
from chalicelib.exchange.tables.model import Delimiter, Encoding
from chalicelib.platform import Written

Column = Annotated[str, Field(max_length=200)]
Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=50)]


class ColumnsForm(Written):
    """The column of each field in the file. Left out: found by its usual headings, Russian or English. Empty: not read.

    A column is named by its heading, by the n-th of equal headings (`Сумма#2`) or by its letter (`F`).
    """

    document: Column | None = Field(
        default=None,
        description="Number of the invoice or return; usually Номер. Several columns with ` + ` between them are one number.",
    )
    business_date: Column | None = Field(
        default=None,
        description="Usually Дата. Without it, the date stands in the number of the document: `Реализация 12 от 12.01.2026`.",
    )
    customer: Column | None = Field(
        default=None,
        description="Code of the customer in the source. Without it, INN and KPP identify the customer, or else the name.",
    )
    customer_name: Column | None = Field(default=None, description="Usually Контрагент.")
    inn: Column | None = Field(default=None, description="INN, with or without the KPP behind a slash.")
    kpp: Column | None = None
    sku: Column | None = Field(default=None, description="Usually Артикул.")
    name: Column | None = Field(default=None, description="Usually Номенклатура.")
    quantity: Column | None = Field(default=None, description="Usually Количество.")
    unit_price: Column | None = Field(default=None, description="Usually Цена.")
    amount: Column | None = Field(
        default=None, description="Sum of the row with VAT; usually Сумма. Without it, quantity times price."
    )
    net_amount: Column | None = Field(default=None, description="Sum of the row without VAT; usually Сумма без НДС.")
    vat: Column | None = Field(default=None, description="VAT of the row; usually НДС.")
    discount: Column | None = Field(
        default=None, description="Discount on quantity times price; counts only without a column of amounts."
    )
    currency: Column | None = Field(default=None, description="An empty cell means the currency of the import.")
    kind: Column | None = Field(
        default=None, description="Kind of the document, a sale or a return; usually Вид документа."
    )
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
    contract: Column | None = Field(
        default=None, description="Contract of the document, for its statement; usually Договор контрагента."
    )
    status: Column | None = Field(
        default=None,
        description="Status of the document: rows of a document that is cancelled, deleted or a draft do not count.",
    )
    posted: Column | None = Field(default=None, description="Says yes where the document counts; usually Проведен.")
    cancelled: Column | None = Field(
        default=None, description="Says yes or a day where the document does not count; usually Пометка удаления."
    )


class FileFormatForm(Written):
    """The format of the file. A field that is left out is detected."""

    delimiter: Delimiter | None = None
    encoding: Encoding | None = Field(default=None, description="Of a text file.")
    decimal: DecimalMark | None = Field(
        default=None, description="Decimal mark of the file; by default found in its numbers."
    )
    dates: list[DateOrder] | None = Field(
        default=None,
        min_length=1,
        max_length=5,
        description="`dd/mm/yyyy` or `mm/dd/yyyy` settles the order between slashes; by default found in the whole column.",
    )
    time_zone: str | None = Field(
        default=None,
        max_length=50,
        description="Zone of moments without one. By default the club's.",
        examples=["Asia/Omsk"],
    )


class ConstantsForm(Written):
    """Values that no column holds, the same for every row."""

    kind: Literal["sale", "return"] | None = Field(
        default=None, description="Kind of every document, for a file of nothing but returns, or of nothing but sales."
    )
    customer: str | None = Field(default=None, max_length=100, description="Code of the customer in the source.")
    customer_name: str | None = Field(default=None, max_length=300)
    inn: str | None = Field(default=None, max_length=30)
    kpp: str | None = Field(default=None, max_length=9)
    name: str | None = Field(
        default=None,
        max_length=300,
        description="Name of the goods, for a list of documents without their goods.",
        examples=["Товары"],
    )
    quantity: str | None = Field(default=None, max_length=20, pattern=r"^\d+(\.\d+)?$", examples=["1"])


class RowFilterForm(Written):
    """Rows are read only if the cell of this column is one of the values, or with `leave_out` only if it is none of them."""

    column: str = Field(min_length=1, max_length=200)
    values: Words
    leave_out: bool = False


class SalesProfileForm(Written):
    """The settings for reading a file."""

    mapping: ColumnsForm = ColumnsForm()
    format: FileFormatForm = FileFormatForm()
    constants: ConstantsForm = ConstantsForm()
    only: list[RowFilterForm] = Field(default=[], max_length=10, description="Filters of rows; a row must pass each.")
    sheet: str | None = Field(default=None, max_length=200, description="Sheet of a workbook, or file of an archive.")
    heading_row: int | None = Field(default=None, ge=1, le=1000, description="Line of the heading.")
    return_words: Words = Field(default=[], description="Further kinds of documents that are returns.")
    sale_words: Words = Field(default=[], description="Further kinds of documents that are sales.")
    vat: Literal["gross", "net_plus_vat"] | None = Field(
        default=None,
        description="`gross`: the sum of a row has its VAT in it. `net_plus_vat`: it has not, and the column of VAT is added. By default the "
        "headings tell it, or every row does by its arithmetic.",
    )
    cancelled_words: Words = Field(default=[], description="Further statuses of rows that do not count.")
    valid_words: Words = Field(default=[], description="Statuses of rows that count in spite of what they seem to say.")
    discount: Literal["share", "percent", "sum"] | None = Field(
        default=None, description="Meaning of the column of discounts: 0.1, 10 or a sum of money."
    )

    @property
    def columns(self) -> dict[FieldName, str]:
        """The mapped fields. An empty name: not read."""
        return {name: value for name in FIELDS if (value := getattr(self.mapping, name)) is not None}

    @property
    def constant_fields(self) -> dict[FieldName, str]:
        names: tuple[FieldName, ...] = ("customer", "customer_name", "inn", "kpp", "name", "quantity", "kind")
        return {name: value for name in names if (value := getattr(self.constants, name))}


NO_PROFILE = SalesProfileForm()
REASON_HEADINGS = ("Причина", "Reason")  # over the reasons in a file of bad rows


@dataclass(frozen=True, slots=True)
class Found:
    """The reading of a file as a whole. `columns`: the heading of each field; `letters`: the letter over it.

    `own_total`: line, quantity and sum of the file's own row of totals, as texts; None where there is none. `notes`: code and facts.
    """

    kind: str
    sheet: str
    encoding: str
    delimiter: str
    heading_line: int
    columns: dict[FieldName, str]
    letters: dict[FieldName, str]
    decimal: DecimalMark
    own_total: dict[str, Any] | None = None
    notes: list[tuple[str, dict[str, Any]]] = dataclass_field(default_factory=list)
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class SplitFile:
    """A file split into `parts` files of rows."""

    rows: int
    skipped: int
    parts: int
    found: Found


def part_name(number: int) -> str:
    return f"{number:06d}.gz"
