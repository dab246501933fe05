"""An announced file."""

from typing import Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.exchange.reading.model import ProfileForm

READ_BYTES = 256 * 1024


class ImportForm(ProfileForm):
    """The announcement of a file: its content and its format."""

    kind: Literal["sales"] = "sales"
    source: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$",
        description="The system that exported the file. Document numbers and customer codes are unique within a source.",
        examples=["1c-main"],
    )
    file_name: str = Field(min_length=1, max_length=200, examples=["sales-2026-11.csv"])
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
