"""An announced file."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.platform import Written
from chalicelib.platform.fields import CURRENCY, Day, shape

READ_BYTES = 256 * 1024
MOST_PERIOD_DAYS = 366
SOURCE = shape(
    r"^[a-z0-9][a-z0-9_-]{0,39}$", "A source has at most 40 small Latin letters, digits, _ and -, such as 1c-main."
)


class PeriodForm(Written):
    """Days of documents, both included."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first or (self.last - self.first).days > MOST_PERIOD_DAYS:
            raise PydanticCustomError("range", "A period has its first day first, and at most 366 days.")
        return self


class ImportForm(SalesProfileForm):
    """The announcement of a file: its content and its format."""

    kind: Literal["sales"] = "sales"
    source: str = Field(
        pattern=SOURCE,
        description="The system that exported the file. Document numbers and customer codes are unique within a source.",
        examples=["1c-main"],
    )
    file_name: str = Field(min_length=1, max_length=200, examples=["sales-2026-11.csv"])
    second_file_name: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="If documents and their rows are in two files: the name of the other one. Both are uploaded, in any order.",
        examples=["sales-2026-11-rows.csv"],
    )
    currency: str | None = Field(default=None, pattern=CURRENCY, description="By default the currency of the club.")
    unknown_customers: Literal["create", "fail"] = Field(
        default="create",
        description="`create`: an unknown customer becomes a company. `fail`: its documents are left out.",
    )
    dry_run: bool = Field(
        default=False,
        examples=[True],
        description="Check the file without recording anything. It can be confirmed afterwards.",
    )
    replace_period: PeriodForm | None = Field(
        default=None,
        description="The file has all documents of these days: other documents of the source are voided when the dry run is confirmed.",
    )

    @property
    def profile(self) -> SalesProfileForm:
        """The settings for reading a file by itself."""
        return SalesProfileForm(**{name: getattr(self, name) for name in SalesProfileForm.model_fields})

    @field_validator("source")
    @classmethod
    def _not_our_own(cls, source: str) -> str:
        if source == "orders":
            raise PydanticCustomError("source_reserved", "This source is reserved for the club's own orders.")
        return source

    @model_validator(mode="after")
    def _looked_at_first(self) -> Self:
        if self.replace_period and not self.dry_run:
            raise PydanticCustomError("dry_run_required", "A period is replaced by confirming a dry run.")
        return self
