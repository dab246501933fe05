from datetime import date, datetime
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.datasets.queries.model import AnswerFormat, QuestionName
from chalicelib.platform import Day, Form, View
from chalicelib.sales import Exact


class QueryForm(Form):
    """A question to the datasets."""

    question: QuestionName = Field(
        description="`bought_with_brand`: goods in the same documents. `price_by_tier`: prices paid against the list price. "
        "`second_purchase`: how soon companies new in the period buy again. `brand_lost`: who bought the brand in the year before the "
        "period, and buys other goods since. `returned_articles`: goods that come back."
    )
    first: Day = Field(alias="from", description="The first day.")
    last: Day = Field(alias="to", description="The last day.")
    brand: str | None = Field(default=None, min_length=1, max_length=100, description="Of the questions about a brand.")
    format: AnswerFormat

    @field_validator("last")
    @classmethod
    def _not_before_first(cls, last: date, others: ValidationInfo) -> date:
        if last < others.data.get("first", last):
            raise PydanticCustomError("range", "This is before the first day.")
        return last


class ControlTotalView(View):
    """The sum of a column over all rows of the answer; it stands in the file, too."""

    column: str = Field(description="Its name in SQL.")
    currency: str = Field(description="Empty where the answer has no currencies.")
    total: Exact


class QueryView(View):
    """A question, and the address of its answer once it is done."""

    query_id: str
    question: QuestionName
    first: date
    last: date
    brand: str | None
    format: AnswerFormat
    state: Literal["running", "done", "failed"]
    failure: Literal["too_many_rows", "engine"] | None = Field(
        description="`too_many_rows`: more than 100,000; ask about fewer days. `engine`: it stopped the question; ask again."
    )
    as_of: datetime = Field(description="The moment up to which the datasets had data when the query ran.")
    row_count: int | None
    control_totals: list[ControlTotalView] = Field(description="Of sums and counts; empty until it is done.")
    created_at: datetime
    url: str | None = Field(description="Good until `expires_at`; ask again for another.")
    expires_at: datetime | None
