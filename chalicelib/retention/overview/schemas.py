from datetime import date
from typing import Any, Literal, Self

from pydantic import Field

from chalicelib.platform import Identifier, ListPage, ListQuery, Money, View, narrowed
from chalicelib.retention.overview.model import AtRisk


class AtRiskView(View):
    """Quiet companies by state, and the turnover of 90 days that they usually make together, by currency."""

    at_risk: int
    dormant: int
    lost: int
    usual_sum: Money = Field(description="Of the companies in the club's currency.")
    other_sums: list[Money] = Field(description="Of the companies in other currencies, a sum for each.")

    @classmethod
    def of(cls, sums: AtRisk, currency: str, **more: Any) -> Self:
        """`currency`: the club's."""
        others = [Money.of(amount, other) for other, amount in sorted(sums.others.items())]
        return cls.from_record(sums, currency, other_sums=others, **more)


class ManagerOverviewView(AtRiskView):
    """A manager's quiet companies, and the work on the lists of the last 30 days."""

    manager_id: str | None = Field(description="Null for companies without a manager.")
    manager_name: str | None = Field(description="Null for who calls nobody any more: hand the companies over.")
    listed: int = Field(description="Calls on the lists of the last 30 days.")
    done: int = Field(description="Those of them with an outcome.")
    late: int = Field(description="Companies that wait for a call for more than a month, counted to a hundred.")


class ManagerOverviewPage(ListPage[ManagerOverviewView]):
    """By id; companies without a manager come first."""


class ReasonOverviewView(AtRiskView):
    """Quiet companies by the last reason that they named."""

    reason: str | None = Field(description="Null where none was named.")


class ReasonOverviewPage(ListPage[ReasonOverviewView]):
    """By reason; those without one come first."""


class MonthOverviewView(AtRiskView):
    """The last night of a month."""

    month: str = Field(examples=["2026-11"])
    dormant_percent: float | None = Field(
        description="Dormant and lost of all companies with orders in the club's currency; null before the club has counted them."
    )


class MonthOverviewPage(ListPage[MonthOverviewView]):
    """At most 13, the newest first."""


class OverviewView(View):
    """The quiet companies of last night."""

    day: date | None = Field(description="The day of the night; null before the first.")
    total: AtRiskView
    without_next_step: int = Field(
        description="Quiet companies with neither a day of the next contact nor an end. It is 0, or something failed."
    )
    managers: list[ManagerOverviewView]
    reasons: list[ReasonOverviewView]
    months: list[MonthOverviewView] = Field(description="At most 13, the newest first.")


class QuietQuery(ListQuery):
    state: Literal["at_risk", "dormant", "lost"] = Field(
        default="dormant", description="The state of the listed companies."
    )


class QuietCompanyView(View):
    """A company that is quiet."""

    company_id: str
    name: str
    manager_id: str | None
    manager_name: str | None
    since: date = Field(description="First day of the state.")
    last_order: date | None
    usual_sum: Money | None = Field(description="Turnover of 90 days at its usual pace; null after a single order.")
    below_lowest_step: bool = Field(description="Whether the last 90 days are below the lowest step of the tiers.")


QuietCompaniesQuery = narrowed(
    QuietCompanyView,
    same=("manager_id",),
    words=("name", "manager_name"),
    day=("since",),
    amount="usual_sum",
    base=QuietQuery,
)


class QuietPage(ListPage[QuietCompanyView]):
    """The longest silent first."""


class LateQuery(ListQuery):
    manager_id: Identifier | None = Field(
        default=None, description="A manager; without one, the companies that nobody manages.", examples=[None]
    )


class LateCaseView(View):
    """A company that waits for a call for more than a month."""

    company_id: str
    name: str
    manager_id: str | None
    manager_name: str | None
    due: date
    last_contact: date | None


class LatePage(ListPage[LateCaseView]):
    """The longest waiting first."""
