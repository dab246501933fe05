from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.imports.model import SOURCE
from chalicelib.exchange.imports.rules import ImportState
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.platform import Fault, Form, ListPage, Money, NameOf, View, narrowed
from chalicelib.platform.fields import Day, shape
from chalicelib.platform.files.uploads import Upload


class ImportCountsView(View):
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0


class ImportRowCountsView(ImportCountsView):
    """Rows of the file below its heading, by outcome. In a dry run: the outcomes that a real run would have."""

    total: int = 0
    skipped: int = Field(default=0, description="Empty rows, totals, and rows that are filtered out or cancelled.")


class ImportProgressView(View):
    rows_looked_at: int = Field(description="Grows while the file is split: each row is looked at twice.")
    parts_done: int
    parts_total: int


class ImportFailureView(View):
    """The reason why the file as a whole could not be read, in the reader's language."""

    code: str
    detail: str
    errors: list[Fault]


class BadRowsView(View):
    """Temporary links to the rows that were left out: the list of their faults as CSV (row, document, column, value, code, reason), and the
    rows themselves as the file had them, with a column of reasons, to mend and to bring again.
    """

    listed: int
    url: str
    file_url: str | None = Field(
        description="Null until the file is made, a minute after the list, and where the list ends before the last of more than 100,000 rows."
    )
    expires_at: datetime


class ChangesView(View):
    """A temporary link to the list of known documents that change, as CSV: document, days, old and new sum."""

    listed: int
    url: str
    expires_at: datetime


class GoneDocumentView(View):
    document: str
    business_date: date
    amount: Money


class ReplacementView(View):
    """Documents of the period that the file does not name. They are voided when the dry run is confirmed."""

    first: date
    last: date
    documents: int
    amount: Money = Field(description="Sum of their amounts without signs.")
    known_documents: int = Field(description="Documents of the source in this period.")
    known_amount: Money
    needs_consent: bool = Field(
        description="The confirmation must name their number: they are more than 5 % of the period."
    )
    unreadable_rows: int = Field(
        description="Rows whose document cannot be read. With one of them nothing can be replaced."
    )
    voided: int = Field(description="Documents that were voided.")
    beginning: list[GoneDocumentView]


class ImportView(View):
    import_id: str
    kind: Literal["sales"]
    source: str
    file_name: str
    dry_run: bool = Field(description="The file is checked only, and nothing is recorded unless it is confirmed.")
    state: ImportState
    sha256: str | None = Field(description="Digest of the file, in hexadecimal.")
    confirmed_at: str | None
    confirmed_by: str | None
    confirmed_by_name: Annotated[str | None, NameOf("confirmed_by")] = None
    taken_back_at: str | None
    taken_back_by: str | None
    taken_back_by_name: Annotated[str | None, NameOf("taken_back_by")] = None
    documents_in_the_way: int = Field(
        description="Documents that changed after the import. With one of them the import cannot be taken back."
    )
    stalled: bool = Field(description="No progress for an hour. The club's operators look into it.")
    created_at: str
    created_by: str
    created_by_name: Annotated[str | None, NameOf("created_by")] = None
    uploaded_at: str | None
    finished_at: str | None
    encoding: str | None = Field(description="Encoding of the file, given or detected.")
    delimiter: str | None
    columns: dict[FieldName, str] = Field(description="Heading of the column of each field.")
    progress: ImportProgressView
    rows: ImportRowCountsView
    documents: ImportCountsView
    companies_created: int
    reason: ImportFailureView | None
    bad_rows: BadRowsView | None


class TotalsView(View):
    """Control totals of all documents that were understood."""

    documents: int
    customers: int
    quantity: str
    amounts: list[Money] = Field(description="A sum for each currency; returns are negative.")
    first: date | None = Field(description="The first day of a document.")
    last: date | None


class FileTotalView(View):
    """The file's own row of totals. A file whose rows make another sum is refused."""

    line: int
    quantity: str | None
    amount: str | None
    equal: bool | None = Field(
        description="`totals` say the same. False: it also counts rows that were left out or do not count. Null until they were read."
    )


class FirstDocumentView(View):
    """A document as it was understood."""

    row: int
    document: str
    kind: Literal["sale", "return"]
    business_date: date
    customer: str = Field(description="The key of the customer in the source.")
    customer_name: str
    lines: int
    quantity: str
    amount: Money


class SimilarCompanyView(View):
    company_id: str
    name: str
    inn: str | None
    kpp: str | None


class NewCustomerView(View):
    """A customer that the club does not know, and companies that it may be."""

    customer: str
    name: str
    inn: str | None
    kpp: str | None
    similar: list[SimilarCompanyView]


class ChangedDocumentView(View):
    """A known document with its sums before and after."""

    document: str
    business_date: date
    before: Money
    after: Money


class ImportNoteView(View):
    """A choice that was made for the whole file, or rows worth a look."""

    code: str
    detail: str


class ImportFileView(View):
    """An uploaded file with a temporary link to it."""

    name: str
    url: str
    expires_at: datetime


class ImportDetailView(ImportView):
    """An import with what was understood of its file. Lists are null until the rows were read; each shows its beginning."""

    format: str | None = Field(description="The kind of file, by its content.")
    sheet: str | None
    profile: SalesProfileForm = Field(description="The settings that the file was read with.")
    profile_kept: bool = Field(
        description="The form has no settings for reading the file, so it was read like the last one of the source with the same headings."
    )
    heading_row: int | None = Field(description="The line that was taken for the heading.")
    letters: dict[FieldName, str] = Field(description="Letter of the column of each field.")
    decimal: str | None
    files: list[ImportFileView] = Field(description="The uploaded files, for 30 days.")
    blockers: list[ImportNoteView] = Field(
        description="Reasons why the dry run cannot be confirmed, or not without more."
    )
    notes: list[ImportNoteView]
    totals: TotalsView | None
    file_total: FileTotalView | None
    first_documents: list[FirstDocumentView] | None
    new_customers: list[NewCustomerView] | None
    changed_documents: list[ChangedDocumentView] | None
    changes: ChangesView | None
    replacement: ReplacementView | None


class ImportConfirmForm(Form):
    """Consent to record the file that was checked."""

    sha256: str = Field(
        pattern=shape("^[0-9a-f]{64}$", "This is no digest of a dry run."),
        description="The digest in the answer of the dry run.",
        examples=["0f" * 32],
    )
    void_documents: int | None = Field(
        default=None, ge=0, description="The number of documents to void, where the dry run asks for it."
    )


class VoidForm(Form):
    """A document that its source says no more."""

    source: str = Field(pattern=SOURCE, examples=["1c-main"])
    document: str = Field(min_length=1, max_length=150, description="Its number, or the document as 1C shows it.")
    kind: Literal["sale", "return", "correction"] = "sale"
    business_date: Day
    reason: str = Field(min_length=3, max_length=500)


class VoidedDocumentView(View):
    source: str
    document: str
    kind: Literal["sale", "return", "correction"]
    business_date: date
    reason: str


class PositionView(View):
    """Tier and bonuses of a company."""

    tier: str | None
    bonuses: Money = Field(description="Bonuses that can be spent.")


class EffectView(View):
    """The effects of an import on a company; later files do not show. Both positions are null where reading them takes over 10 s."""

    company_id: str
    name: str
    purchases: Money = Field(description="Change of its purchases.")
    before: PositionView | None
    after: PositionView | None


EffectsQuery = narrowed(EffectView, words=("name",))


class EffectPage(ListPage[EffectView]):
    """Largest change first."""


class StartedImportView(ImportView):
    """An import with the upload form of its file, and of the second one, if there are two."""

    upload: Upload
    second_upload: Upload | None


ImportsQuery = narrowed(
    ImportView, same=("state", "kind", "source", "dry_run", "created_by"), words=("file_name",), day=("created_at",)
)
