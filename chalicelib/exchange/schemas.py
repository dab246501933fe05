"""An import, as it is asked for and as it is shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.exchange.cells import DateOrder, DecimalMark
from chalicelib.exchange.columns import Field as FieldName
from chalicelib.exchange.parts import Delimiter, Encoding
from chalicelib.exchange.rules import State
from chalicelib.platform.http import Form, PageQuery, Shown
from chalicelib.platform.problems import Fault
from chalicelib.platform.uploads import Upload

Column = Annotated[str, Field(max_length=200)]
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods")


class Mapping(Form):
    """The file's heading for each field. Left out: found by its usual headings, Russian or English. Empty: not read."""

    document: Column | None = Field(default=None, description="Number of the invoice or return; usually Номер.")
    business_date: Column | None = Field(default=None, description="Usually Дата; a time after it is ignored.")
    customer: Column | None = Field(
        default=None,
        description="The customer's code in the source. Without one, INN and KPP name it, or else the name.",
    )
    customer_name: Column | None = Field(default=None, description="Usually Контрагент.")
    inn: Column | None = None
    kpp: Column | None = None
    sku: Column | None = Field(default=None, description="Usually Артикул.")
    name: Column | None = Field(default=None, description="Usually Номенклатура.")
    quantity: Column | None = Field(default=None, description="Usually Количество.")
    unit_price: Column | None = Field(default=None, description="Usually Цена.")
    amount: Column | None = Field(default=None, description="Usually Сумма; without it, quantity times price.")
    currency: Column | None = Field(default=None, description="Where it is empty, the import's currency.")
    return_flag: Column | None = Field(default=None, description="Marks returns: their quantities count as negative.")
    original: Column | None = Field(
        default=None,
        description="Of a return: the sale that it takes back, by its number or as 1C shows it; usually Документ-основание.",
    )
    original_date: Column | None = Field(
        default=None, description="Of a return: the day of that sale; usually Дата исходного документа."
    )
    paid_on: Column | None = Field(
        default=None,
        description="Of a sale: the day on which it was paid in full; usually Дата оплаты. Empty: nothing is said of its payment.",
    )


class Format(Form):
    """How the file is written. What is left out is found out."""

    delimiter: Delimiter | None = None
    encoding: Encoding | None = Field(default=None, description="utf-8 (with or without a mark), or cp1251.")
    decimal: DecimalMark | None = Field(
        default=None, description="Without it: the point in a file delimited by commas, else the comma."
    )
    dates: list[DateOrder] = Field(default=["dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd"], min_length=1, max_length=5)


class ImportForm(Form):
    """A file to come, and how to read it."""

    kind: Literal["sales"] = "sales"
    source: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="The system that the file comes from: document numbers and customer codes are its own.",
        examples=["1c-main"],
    )
    file_name: str = Field(min_length=1, max_length=200, examples=["sales-2026-11.csv"])
    mapping: Mapping = Mapping()
    format: Format = Format()
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="Without it, the club's.")
    unknown_customers: Literal["create", "fail"] = Field(
        default="create", description="Whether a customer that the club does not know becomes a company, or an error."
    )
    dry_run: bool = Field(default=False, description="Check everything, write nothing.")

    @field_validator("source")
    @classmethod
    def _not_our_own(cls, source: str) -> str:
        if source == "orders":
            raise PydanticCustomError("source_reserved", "This source is the club's own.")
        return source

    @field_validator("file_name")
    @classmethod
    def _no_workbook(cls, name: str) -> str:
        if name.lower().endswith(_SPREADSHEETS):
            raise PydanticCustomError("format_unsupported", "Save the sheet as CSV first.")
        return name


class ImportsQuery(PageQuery):
    pass


class Counts(Shown):
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0


class RowCounts(Counts):
    """Rows of the file below its heading; each is in one of the others. In a dry run: what would become of them."""

    total: int = 0
    skipped: int = Field(default=0, description="Empty rows and rows of totals.")


class Progress(Shown):
    parts_done: int
    parts_total: int


class Reason(Shown):
    """Why the file as a whole could not be read, in the reader's language."""

    code: str
    detail: str
    errors: list[Fault]


class BadRows(Shown):
    """The list of rows that were left out, for download (CSV; the address works for a while): row, document, column, value, reason."""

    listed: int
    url: str
    expires_at: datetime


class Import(Shown):
    import_id: str
    kind: Literal["sales"]
    source: str
    file_name: str
    dry_run: bool
    state: State
    stalled: bool = Field(description="Nothing has moved for an hour: a matter for the operators.")
    created_at: str
    created_by: str
    uploaded_at: str | None
    finished_at: str | None
    encoding: str | None = Field(description="As it was read.")
    delimiter: str | None
    columns: dict[FieldName, str] = Field(description="The heading under which each field was found.")
    progress: Progress
    rows: RowCounts
    documents: Counts
    companies_created: int
    reason: Reason | None
    bad_rows: BadRows | None


class StartedImport(Import):
    """The import, and where to upload its file."""

    upload: Upload


class Imports(Shown):
    items: list[Import]
    next_cursor: str | None
