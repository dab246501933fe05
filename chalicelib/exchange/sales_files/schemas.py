"""Views of imports."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.sales_files.rules import ImportState
from chalicelib.platform.http.forms import View
from chalicelib.platform.http.problems import Fault
from chalicelib.platform.uploads import Upload


class ImportCountsView(View):
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0


class ImportRowCountsView(ImportCountsView):
    """Rows of the file below its heading, by outcome. In a dry run: the outcomes that a real run would have."""

    total: int = 0
    skipped: int = Field(default=0, description="Empty rows and rows of totals.")


class ImportProgressView(View):
    parts_done: int
    parts_total: int


class ImportFailureView(View):
    """The reason why the file as a whole could not be read, in the reader's language."""

    code: str
    detail: str
    errors: list[Fault]


class BadRowsView(View):
    """A temporary link to the list of rows that were left out, as CSV: row, document, column, value, code, reason."""

    listed: int
    url: str
    expires_at: datetime


class ImportView(View):
    import_id: str
    kind: Literal["sales"]
    source: str
    file_name: str
    dry_run: bool
    state: ImportState
    stalled: bool = Field(description="No progress for an hour. The club's operators look into it.")
    created_at: str
    created_by: str
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


class StartedImportView(ImportView):
    """An import with the upload form of its file."""

    upload: Upload


class ImportPage(View):
    items: list[ImportView]
    next_cursor: str | None
