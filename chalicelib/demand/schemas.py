from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Product, Sku
from chalicelib.companies import Company
from chalicelib.demand.rules import Demand, DemandCount, DemandState
from chalicelib.members import Member
from chalicelib.platform import Form, ListQuery, View, narrowed


class DemandForm(Form):
    """Either an article of the catalogue that is out of stock, or a description of something outside the catalogue."""

    sku: Sku | None = None
    text: str | None = Field(
        default=None, min_length=2, max_length=500, description="Description of the goods.", examples=[None]
    )
    quantity: int | None = Field(default=None, ge=1, le=1_000_000, description="Wanted units.")
    note: str = Field(
        default="", max_length=500, description="For the club's merchandising.", examples=["Needed by May"]
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.sku is None) == (self.text is None):
            raise PydanticCustomError("sku_or_text", "Give either sku or text.")
        return self


class DemandAnswerForm(Form):
    """The text for the partner, and the article that fits, if there is one."""

    text: str = Field(min_length=1, max_length=1000)
    sku: Sku | None = Field(default=None, examples=[None])


class WaitingQuery(ListQuery):
    sku: str | None = Field(
        default=None, min_length=1, max_length=64, description="Without it: requests described in words."
    )


class DemandAnswerView(View):
    """The answer to a request. `stock`: the article is in stock again. `staff`: a text of the club, and the article that fits, if there is one."""

    by: Literal["stock", "staff"]
    at: str
    text: str | None
    sku: str | None


class DemandView(View):
    """A request for goods. It is open until the article is in stock again, the staff answer, or the member cancels it."""

    demand_id: str
    sku: str | None
    text: str | None
    quantity: int | None
    note: str
    state: DemandState
    opened_at: str
    answer: DemandAnswerView | None

    @classmethod
    def of(cls, demand: Demand, **more: str) -> Self:
        answer = DemandAnswerView.from_record(demand.answered) if demand.answered else None
        return cls.from_record(demand, quantity=demand.quantity or None, answer=answer, **more)


class WantedProductView(View):
    """The demand for an article that is out of stock."""

    sku: str
    name: str
    name_ru: str
    demands: int = Field(description="Number of waiting members.")
    units: int = Field(description="Units wanted in total, where members gave a quantity.")

    @classmethod
    def of(cls, count: DemandCount, product: Product | None) -> Self:
        name, name_ru = (product.name, product.name_ru) if product else ("", "")
        return cls.from_record(count, name=name, name_ru=name_ru)


WantedProductsQuery = narrowed(WantedProductView, words=("sku", "name", "name_ru"))


class StaffDemandView(DemandView):
    """A request for goods with its company and member. A name is empty where they are gone."""

    company_id: str
    company_name: str
    member_id: str
    member_name: str

    @classmethod
    def to_staff(cls, demand: Demand, company: Company | None, member: Member | None) -> Self:
        return cls.of(demand, company_name=company.name if company else "", member_name=member.name if member else "")


WaitingDemandsQuery = narrowed(
    StaffDemandView,
    same=("company_id",),
    words=("text", "company_name", "member_name"),
    day=("opened_at",),
    base=WaitingQuery,
)
