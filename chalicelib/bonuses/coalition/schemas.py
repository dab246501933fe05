from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.bonuses.coalition.model import CoalitionGrant, CoalitionLimits
from chalicelib.bonuses.ledger.schemas import BonusAmount
from chalicelib.companies import Inn, Kpp
from chalicelib.platform import Form, Money, NameOf, View, narrowed
from chalicelib.platform.fields import Currency, Day, Identifier, Name

Reference = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="The client's own name for it, used once for ever.",
        examples=["act-2026-11-000042"],
    ),
]


# --- accruals ---------------------------------------------------------------------------------------------------------


class CoalitionAccrualForm(Form):
    """Bonuses that a company earned with a partner of the coalition. The company is named by its id, or by INN and KPP."""

    reference: Reference
    company_id: Identifier | None = None
    inn: Inn | None = Field(default=None, examples=[None])
    kpp: Kpp | None = Field(default=None, examples=[None])
    amount: BonusAmount = Field(description="In the client's currency.")
    day: Day = Field(description="The day on which it was earned; its expiry counts from this day.")
    note: str = Field(default="", max_length=200, description="View to the company.")

    @model_validator(mode="after")
    def _one_company(self) -> Self:
        if (self.company_id is None) == (self.inn is None) or (self.kpp is not None and self.inn is None):
            raise PydanticCustomError("company", "Name the company by company_id, or by inn (and kpp).")
        return self


class CoalitionReversalForm(Form):
    """The reversal of an accrual, whole or in part."""

    reference: Reference
    amount: BonusAmount | None = Field(default=None, description="All that is left if omitted.")


class CoalitionReversalView(View):
    reference: str
    amount: Money


class CoalitionAccrualView(View):
    """An accrual of a partner, with its reversals."""

    reference: str
    company_id: str
    amount: Money
    day: date
    note: str
    expires_on: date = Field(description="The last day to spend it.")
    posting_id: str
    recorded_at: str
    reversed: Money = Field(description="Sum of the reversals.")
    reversals: list[CoalitionReversalView] = Field(description="The reversals of it.")

    @classmethod
    def of(cls, made: CoalitionGrant) -> Self:
        reversals = [
            CoalitionReversalView(reference=name, amount=Money(amount=amount, currency=made.currency))
            for name, amount in made.reversals.items()
        ]
        return cls.from_record(made, recorded_at=made.at, reversals=reversals)


# --- machine clients --------------------------------------------------------------------------------------------------


class CoalitionLimitsForm(Form):
    """The most that a client may grant. No limit may exceed the next one."""

    per_grant: BonusAmount = Field(description="In one accrual.")
    per_company_and_day: BonusAmount = Field(description="To one company in a day.")
    per_month: BonusAmount = Field(description="To all companies together in a calendar month.")

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if not self.per_grant <= self.per_company_and_day <= self.per_month:
            raise PydanticCustomError("limits", "A limit cannot exceed that of a longer time.")
        return self


class CoalitionClientForm(Form):
    """A partner of the coalition, by the id of its machine client."""

    name: Name = Field(min_length=2, max_length=100, description="The name that companies see.", examples=["Taxi Park"])
    currency: Currency
    active: bool = Field(default=True, description="Whether it may grant. It may always reverse its own accruals.")
    limits: CoalitionLimitsForm


class CoalitionLimitsView(View):
    per_grant: Money
    per_company_and_day: Money
    per_month: Money


class CoalitionClientView(View):
    client_id: str
    name: str
    currency: str
    active: bool
    limits: CoalitionLimitsView
    requested_limits: CoalitionLimitsView | None = Field(description="Wait for the approval of somebody else.")
    author: str
    author_name: Annotated[str | None, NameOf("author")] = None
    approved_by: str | None
    approved_by_name: Annotated[str | None, NameOf("approved_by")] = None


CoalitionClientsQuery = narrowed(CoalitionClientView, same=("active",), words=("name",))


def limits_of(form: CoalitionLimitsForm) -> CoalitionLimits:
    return CoalitionLimits(form.per_grant, form.per_company_and_day, form.per_month)
