"""An import, as it is asked for and as it is shown."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.exchange.columns.rules import FieldName
from chalicelib.exchange.sales_files.rules import ImportState
from chalicelib.platform.http.forms import Shown
from chalicelib.platform.http.problems import Fault
from chalicelib.platform.uploads import Upload


class ImportCountsView(Shown):
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0


class ImportRowCountsView(ImportCountsView):
    """Rows of the file below its heading; each is in one of the others. In a dry run: what would become of them."""

    total: int = 0
    skipped: int = Field(default=0, description="Empty rows and rows of totals.")


class ImportProgressView(Shown):
    parts_done: int
    parts_total: int


class ImportFailureView(Shown):
    """Why the file as a whole could not be read, in the reader's language."""

    code: str
    detail: str
    errors: list[Fault]


class BadRowsView(Shown):
    """The list of rows that were left out, for download (CSV; the address works for a while): row, document, column, value, reason."""

    listed: int
    url: str
    expires_at: datetime


class ImportView(Shown):
    import_id: str
    kind: Literal["sales"]
    source: str
    file_name: str
    dry_run: bool
    state: ImportState
    stalled: bool = Field(description="Nothing has moved for an hour: a matter for the operators.")
    created_at: str
    created_by: str
    uploaded_at: str | None
    finished_at: str | None
    encoding: str | None = Field(description="As it was read.")
    delimiter: str | None
    columns: dict[FieldName, str] = Field(description="The heading under which each field was found.")
    progress: ImportProgressView
    rows: ImportRowCountsView
    documents: ImportCountsView
    companies_created: int
    reason: ImportFailureView | None
    bad_rows: BadRowsView | None


class StartedImportView(ImportView):
    """The import, and where to upload its file."""

    upload: Upload


class ImportPage(Shown):
    items: list[ImportView]
    next_cursor: str | None
