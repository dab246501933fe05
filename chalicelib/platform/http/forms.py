from collections.abc import Callable
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform.fields import AnyDay
from chalicelib.platform.model import Written
from chalicelib.platform.money import Money
from chalicelib.platform.registry.names import NameOf, name_fields

if TYPE_CHECKING:
    from chalicelib.platform.charts import Chart


class Form(Written):
    """Base of every body and query."""


class View(BaseModel):
    """Base of views. Built at first use, like a form."""

    # By name in the code, by alias from an answer that was kept.
    model_config = ConfigDict(defer_build=True, validate_by_name=True)

    @classmethod
    def from_record(cls, record: Any, currency: str = "", /, **more: Any) -> Self:
        """The view of a record: `more`, and for every other field the record's attribute of this name.

        For Money in the view, a Decimal is money in the currency, by default the record's own. For a field that may be null, an empty
        text is null. A record in a record is shown by the view that the field names. A name that belongs to an id comes later.
        Raises AttributeError for a field that the record does not have.
        """
        money = currency or getattr(record, "currency", "")
        for name, show in _shown_fields(cls):
            if name not in more:
                value = getattr(record, name)
                more[name] = value if show is None else show(value, money)
        return cls(**more)


class ProgressView(View):
    """The part of a work on all companies that is done."""

    companies_done: int
    companies_found: int = Field(description="Companies found so far; all of them once `parts_total` is known.")
    parts_done: int
    parts_total: int | None = Field(description="Null while companies are still being found.")


class WorkView(View):
    """Base of the views of works on all companies: the fields that `platform.parts.Progress.facts` gives."""

    state: Literal["running", "done"]
    stalled: bool = Field(description="No progress for an hour: the operators should look.")
    created_at: str
    created_by: str
    created_by_name: Annotated[str | None, NameOf("created_by")] = None
    finished_at: str | None
    progress: ProgressView


class ChartView(View):
    """A chart in two forms of the same figures."""

    vega_lite: dict[str, Any] = Field(description="A specification for Vega-Lite 6, with the figures in it.")
    svg: str = Field(description="The picture as an `<svg>` element: no script in it, its title and values inside.")

    @classmethod
    def of(cls, chart: "Chart") -> Self:
        # Few answers have charts.
        from chalicelib.platform.charts import svg, vega_lite

        return cls(vega_lite=vega_lite(chart), svg=svg(chart))


Show = Callable[[Any, str], Any]  # of a record's value, with a currency for its money


@cache
def _shown_fields(view: type[View]) -> list[tuple[str, Show | None]]:
    names = name_fields(view)
    return [(name, _show(field.annotation)) for name, field in view.model_fields.items() if name not in names]


def _show(kind: Any) -> Show | None:
    """The function that makes what the view shows of a record's value; None where the value is shown as it is."""
    if get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind):
        inner, *others = [_show(each) for each in get_args(kind) if each is not NoneType]
        if inner is None or others:
            return lambda value, money: None if value == "" else value
        return lambda value, money: None if value is None else inner(value, money)
    if get_origin(kind) is list and (each := _show(get_args(kind)[0])):
        return lambda values, money: [each(value, money) for value in values]
    if isinstance(kind, type) and issubclass(kind, Money):
        return lambda value, money: {"amount": value, "currency": money}
    if isinstance(kind, type) and issubclass(kind, View):
        return lambda value, money: kind.from_record(value, money)
    return None


class PageQuery(Form):
    """The query of every list."""

    limit: int = Field(default=25, ge=1, le=100, description="The largest number of items on the page.")
    cursor: str | None = Field(default=None, max_length=2048, description="`next_cursor` of the previous page.")


class PeriodQuery(PageQuery):
    """The query of a list by day. Both days belong to the period."""

    first: AnyDay | None = Field(default=None, alias="from", description="The first day, YYYY-MM-DD.")
    last: AnyDay | None = Field(default=None, alias="to", description="The last day, YYYY-MM-DD.")

    @field_validator("last")
    @classmethod
    def _not_before_first(cls, last: date | None, others: ValidationInfo) -> date | None:
        first = others.data.get("first")
        if first and last and last < first:
            raise PydanticCustomError("range", "This is before the first day.")
        return last


class Text(View):
    """A page that is not JSON."""

    content: str
