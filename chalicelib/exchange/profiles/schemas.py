from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.platform import NameOf, View


class ImportProfileView(View):
    """A profile, which files of the source with the same headings are read with when their import names no settings."""

    source: str
    profile_id: str = Field(description="Made of the headings: the same for files with the same ones, in any order.")
    columns: dict[FieldName, str] = Field(description="The headings that were read when it was kept.")
    profile: SalesProfileForm
    import_id: str = Field(description="The last import that kept it.")
    changed_at: datetime
    changed_by: str
    changed_by_name: Annotated[str | None, NameOf("changed_by")] = None
    version: int
