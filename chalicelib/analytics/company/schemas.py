"""The query and the views of a company's own analytics."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.analytics.company.rules import By
from chalicelib.analytics.rollups.rules import Grouping
from chalicelib.platform import CURRENCY, ChartView, CursorPage, Form, Money, Month, PageQuery, View
from chalicelib.sales import Exact, Kind


class _Period(Form):
    first: Month | None = Field(
        default=None, alias="from", description="First month, YYYY-MM; by default the eleventh before the last one."
    )
    last: Month | None = Field(default=None, alias="to", description="Last month, YYYY-MM; by default the running one.")
    currency: str | None = Field(
        default=None, pattern=CURRENCY, description="The company's own by default. Currencies are never added up."
    )


class AnalyticsQuery(_Period):
    by: By = Field(
        default="month",
        description="The rows. `shop`: the delivery address of an order; `person`: the member who placed it.",
    )
    chart: bool = Field(default=False, description="Draw a chart of the rows as well.")


class DocumentsQuery(_Period, PageQuery):
    by: Literal[Grouping, "saving"] = Field(
        default="product", description="As in the analytics; `saving`: what a rule made cheaper."
    )
    name: str = Field(
        default="", max_length=200, description="The row's `name`, or the saving's `rule`; `*` for all others together."
    )


class AnalyticsDocumentView(View):
    """A document behind a row, with the part of it that counts there."""

    source: str
    document: str = Field(description="The document's number in its source.")
    kind: Kind
    business_date: date
    net: Money = Field(description="Negative in a return.")
    units: Exact
    saved: Money | None = Field(description="With `by=saving`: the discount. The discounts add up to the saving.")


class AnalyticsDocumentPage(CursorPage[AnalyticsDocumentView]):
    """Latest first. A page may hold fewer documents than asked for."""


class ReachedTierView(View):
    """The tier announced last by the end of the row's days, or by today."""

    code: str = Field(description="Empty below the first step.")
    name: str = Field(description="In the language of the answer.")
    discount_percent: Exact
    since: date
    rows_url: str = Field(description="The reason: the documents that count on the last of these days.")


class BonusMovementView(View):
    credited: Money = Field(description="Less what returns took back; pending ones too.")
    redeemed: Money
    expired: Money
    available: Money = Field(description="To be spent at the end of the row's days.")
    rows_url: str = Field(description="The postings of the row's days.")


class SavingView(View):
    rule: str = Field(
        description="The rule of the price: `tier_discount`, `tier_price`, `personal_price`, `personal_discount`, `promotion`, `offer`; "
        "`other`: the books have another amount than the order."
    )
    amount: Money = Field(description="The base price of the goods shipped, less what they cost.")
    rows_url: str = Field(description="The documents with these goods: their `saved` add up to `amount`.")


class AnalyticsRowView(View):
    name: str = Field(
        description="Month (2026-05), quarter (2026-Q2), brand, category, article or id. Empty: unknown. `*`: all others."
    )
    title: str = Field(description="The name for people, where it differs.")
    net: Money = Field(description="Purchases less returns.")
    units: Exact
    documents: int = Field(description="One of several rows counts in each.")
    share_percent: Exact | None = Field(description="Of the total; null if that is not positive.")
    year_before: Money = Field(description="`net` of the same period a year before.")
    change_percent: Exact | None = Field(description="Against the year before; null against nothing.")
    sold: Money | None = Field(description="Only of months and quarters, like the fields below.")
    returned: Money | None = Field(description="Returns of what was sold in the same month; negative.")
    returned_earlier: Money | None = Field(description="Returns of what was sold in an earlier month; negative.")
    orders: int | None = Field(description="Orders with a shipment, and invoices without an order.")
    savings: list[SavingView] = Field(description="Discounts by rule, largest first.")
    tier: ReachedTierView | None
    bonuses: BonusMovementView | None
    whole: bool = Field(description="False if a part of the row may be in `*`.")
    rows_url: str = Field(
        description="The documents behind the row, or their parts that count there: they add up to `net`."
    )


class MissingArticleView(View):
    """An article bought in three of the six months before the last one of the period, and not in it."""

    sku: str
    title: str
    months: int
    last_month: str = Field(description="The month in which it was bought last.")
    mean_units: Exact = Field(description="Units in a month in which it was bought.")
    rows_url: str = Field(description="The documents of the six months with the article.")


class AnalyticsView(View):
    """A company's purchases of a period by row. The rows add up to `net` exactly."""

    model_config = ConfigDict(serialize_by_alias=True)

    by: By
    currency: str
    first: date = Field(serialization_alias="from", description="First day of the period.")
    last: date = Field(serialization_alias="to", description="Last day of the period.")
    mature: bool = Field(
        description="Whether all months are over. If not, the last one is compared with the same days of the year before."
    )
    as_of: str = Field(description="The figures hold all that was recorded and delivered up to this moment.")
    complete: bool = Field(description="False while purchases from before these figures began are still being counted.")
    definition: int = Field(description="Number of the definition of the figures.")
    formulas: dict[str, str] = Field(description="The formula of each field.")
    row_count: int
    net: Money = Field(description="Sum of `net` of the rows.")
    units: Exact
    year_before: Money
    change_percent: Exact | None
    savings: list[SavingView] = Field(description="Discounts of the period by rule, largest first.")
    saved: Money = Field(description="Sum of `savings`.")
    rows: list[AnalyticsRowView]
    missing: list[MissingArticleView] = Field(
        description="Bought regularly and not this time. Only with `by=product`, and of last months without articles in `*`."
    )
    chart: ChartView | None = Field(description="With `chart=true`.")
    credit_url: str = Field(description="Open orders, debts and deferrals by due date.")
