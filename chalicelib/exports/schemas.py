from datetime import datetime

from pydantic import Field

from chalicelib.exports.model import ExportFormat, ExportSource
from chalicelib.platform import Form, Money, WorkView


class ExportForm(Form):
    """A table to export."""

    source: ExportSource = Field(
        description="`entries`: of the bonuses. `documents`: of sales, in their newest revision. `letters`: to members, service letters of 90 days "
        "and those of campaigns as long as they are kept; its progress counts members."
    )
    format: ExportFormat


class ExportView(WorkView):
    """An export, and the address of its file once it is done."""

    export_id: str
    source: ExportSource
    format: ExportFormat
    row_count: int = Field(description="Rows found so far.")
    control_totals: list[Money] = Field(
        description="The sums of the rows' amounts by currency; they stand in the file, too."
    )
    url: str | None = Field(description="Null until it is done. Good until `expires_at`; ask again for another.")
    expires_at: datetime | None
