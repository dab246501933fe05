from typing import Annotated, Literal

from pydantic import Field

from chalicelib.exchange.imports.model import SOURCE
from chalicelib.platform import Form, Identifier, Money, NameOf, View, narrowed


class CustomerMoveForm(Form):
    """A customer of a source, and the company to which it will belong."""

    source: str = Field(pattern=SOURCE, examples=["1c-main"])
    customer: str = Field(min_length=1, max_length=200, description="The key of the customer in the source.")
    company_id: Identifier | None = Field(
        default=None, description="Without one a new company is made for the customer."
    )


class CustomerMoveReasonForm(CustomerMoveForm):
    """A move with its reason."""

    reason: str = Field(min_length=3, max_length=500)


class MovedCompanyView(View):
    """A company of the move, with its tier today and the one that it would have."""

    company_id: str | None = Field(description="Null for a company that would be made.")
    name: str
    tier: str | None
    tier_after: str | None


class CustomerMovePreviewView(View):
    """The changes that a move would make. Manual tiers and days until which a tier is held count as they do today."""

    documents: int
    complete: bool = Field(description="False where the company has more documents than are looked at.")
    purchases: Money
    bonuses: Money = Field(description="Bonuses of these documents. The other company earns them by its own tier.")
    company: MovedCompanyView
    other: MovedCompanyView


class CustomerMoveView(View):
    """A move. Its documents follow within minutes."""

    move_id: str
    source: str
    customer: str
    from_company_id: str
    from_company_name: Annotated[str | None, NameOf("from_company_id")] = None
    to_company_id: str
    to_company_name: Annotated[str | None, NameOf("to_company_id")] = None
    reason: str
    state: Literal["moving", "done"]
    documents: int = Field(description="Moved so far, without void ones.")
    by: str
    by_name: Annotated[str | None, NameOf("by")] = None
    at: str
    undoes: str | None
    undone_by: str | None
    undone_by_name: Annotated[str | None, NameOf("undone_by")] = None
    undone_at: str | None


CustomerMovesQuery = narrowed(
    CustomerMoveView,
    same=("state", "source", "from_company_id", "to_company_id", "by"),
    words=("customer", "reason"),
    day=("at",),
)
