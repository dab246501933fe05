from typing import Annotated, Literal

from pydantic import Field

from chalicelib.desk.joins.model import JoinState
from chalicelib.platform import Form, Identifier, Money, NameOf, View, narrowed

ObstacleCode = Literal[
    "joined",
    "too_many_debts",
    "bonuses_in_progress",
    "bonuses_spent",
    "too_many_customers",
    "too_many_people",
    "too_many_joins",
]


class JoinForm(Form):
    """Two companies that are one. The one with terms and offers should stay."""

    company_id: Identifier = Field(description="The company that goes: its orders, documents, people and bonuses move.")
    into_company_id: Identifier = Field(description="The company that stays.")


class JoinReasonForm(JoinForm):
    """A join with its reason."""

    reason: str = Field(min_length=3, max_length=500, examples=["New KPP since March"])


class ObstacleView(View):
    """A reason why the two cannot be joined, and the way out."""

    code: ObstacleCode
    detail: str


class FileCustomerView(View):
    """A customer of sales files, as a move names it."""

    source: str
    customer: str


class JoinedCompanyView(View):
    """A company of the join, with its tier today and the one that it would have."""

    company_id: str
    name: str
    inn: str | None
    kpp: str | None
    people: int
    tier: str | None
    tier_after: str | None


class JoinPreviewView(View):
    """The changes that a join would make. Manual tiers and days until which a tier is held count as they do today."""

    obstacles: list[ObstacleView] = Field(description="Empty: they can be joined.")
    same_inn: bool
    customers: list[FileCustomerView] = Field(description="The company as files name it, at most 100 times.")
    orders: int
    documents: int
    complete: bool = Field(
        description="False where there are more documents or orders than are looked at: the figures are then too small."
    )
    purchases: Money
    bonuses_of_documents: Money = Field(
        description="The company loses them with its documents. The other one earns them by its own tier."
    )
    other_bonuses: Money = Field(description="They go over as they are, each with its expiry; negative: a debt.")
    stays: list[Literal["terms", "offers", "manual_tiers"]] = Field(
        description="Things of the company that do not go over: agree on them again with the company that stays."
    )
    company: JoinedCompanyView
    into: JoinedCompanyView


class JoinView(View):
    """A join of two companies. Documents, people and bonuses follow within minutes."""

    join_id: str
    company_id: str
    company_name: Annotated[str | None, NameOf("company_id")] = None
    into_company_id: str
    into_company_name: Annotated[str | None, NameOf("into_company_id")] = None
    reason: str
    state: JoinState
    stalled: bool = Field(description="No progress for an hour: the operators should look.")
    waits_for: str | None = Field(description="Null once all has followed.")
    by: str
    by_name: Annotated[str | None, NameOf("by")] = None
    at: str
    people: int = Field(description="People who act for the other company now.")
    undone_by: str | None
    undone_by_name: Annotated[str | None, NameOf("undone_by")] = None
    undone_at: str | None


JoinsQuery = narrowed(JoinView, same=("state", "company_id", "into_company_id", "by"), day=("at",))
