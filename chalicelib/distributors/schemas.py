from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Warehouse
from chalicelib.distributors.model import Distributor
from chalicelib.members import PersonName, Phone
from chalicelib.platform import ONE_LINE_OR_NONE, Email, Form, Language, ListPage, Name, Region, View, narrowed

MOST_WAREHOUSES = 20


class DeliveryStockForm(Form):
    """The warehouses of a distributor. With binding stock an order reserves its goods, and is refused if stock is too low."""

    warehouses: list[Warehouse] = Field(default=[], max_length=MOST_WAREHOUSES)
    binding: bool = Field(
        default=False,
        description="If false, stock is a hint. A warehouse with binding stock belongs to one distributor.",
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if len(set(self.warehouses)) < len(self.warehouses):
            raise PydanticCustomError("repeated", "Each one once.")
        if self.binding and not self.warehouses:
            raise PydanticCustomError("warehouses", "Name the warehouses whose stock is binding.")
        return self


# So that all of them can be replaced by others in one transaction.
MOST_REGIONS = 45


class RegionForm(Form):
    """A region that the distributor serves. The distributor with the lowest priority number gets the region's orders."""

    region: Region
    priority: int = Field(default=100, ge=1, le=9999)


Hours = Annotated[
    str,
    Field(
        max_length=100,
        pattern=ONE_LINE_OR_NONE,
        description="Working hours, as partners read them; may be empty.",
        examples=["Mon-Fri 9:00-18:00"],
    ),
]


class DistributorForm(Form):
    name: Annotated[Name, Field(min_length=2)]
    email: Email = Field(description="Address for letters about orders; partners see it, too.")
    phone: Phone | None = Field(default=None, description="Telephone for partners.", examples=["+74951234567"])
    hours: Hours = ""
    language: Language | None = Field(
        default=None, description="Language of those letters; the club's language if not given."
    )
    regions: list[RegionForm] = Field(default=[], max_length=MOST_REGIONS)
    stock: DeliveryStockForm = DeliveryStockForm()


class DistributorChangeForm(Form):
    """Changes the given fields; null empties phone and hours. `regions` and `stock` are replaced as a whole."""

    name: Annotated[Name, Field(min_length=2)] | None = None
    email: Email | None = None
    phone: Phone | None = Field(default=None, description="Telephone for partners.")
    hours: Hours | None = None
    language: Language | None = None
    regions: list[RegionForm] | None = Field(default=None, max_length=MOST_REGIONS)
    stock: DeliveryStockForm | None = None


class OwnDistributorForm(Form):
    """The part of a distributor's data that it changes itself. Null empties phone and hours."""

    email: Email | None = Field(default=None, description="Address for letters about orders; partners see it, too.")
    phone: Phone | None = Field(default=None, description="Telephone for partners.", examples=["+74951234567"])
    hours: Hours | None = None
    language: Language | None = Field(default=None, description="Language of those letters.")


class DistributorPersonForm(Form):
    """A person who works on the distributor's orders and signs in with their email."""

    name: PersonName
    email: Email
    language: Language | None = None


class ServedRegionView(View):
    region: str
    priority: int


class DeliveryStockView(View):
    warehouses: list[str] = Field(description="Empty: any warehouse of the catalogue, as a hint.")
    binding: bool


class DistributorView(View):
    """A distributor. `email` and `language` are those of its letters."""

    distributor_id: str
    name: str
    email: str
    phone: str | None = Field(description="Telephone for partners.")
    hours: str = Field(description="Working hours, in the distributor's own words; may be empty.")
    language: Language
    regions: list[ServedRegionView]
    stock: DeliveryStockView
    created_at: str
    version: int

    @classmethod
    def of(cls, distributor: Distributor) -> Self:
        return cls.from_record(distributor)


class DistributorCardView(View):
    """A distributor, as partners see it."""

    distributor_id: str
    name: str
    email: str
    phone: str | None
    hours: str = Field(description="Working hours, in the distributor's own words; may be empty.")


class DistributorCardPage(View):
    items: list[DistributorCardView]
    next_cursor: str | None


class RegionView(View):
    """A region by its code, with its name in the reader's language."""

    code: str = Field(description="ISO 3166-2, for example RU-MOW.")
    name: str


class RegionsView(View):
    """By name."""

    items: list[RegionView]


StaffDistributorsQuery = narrowed(
    DistributorView, same=("regions.region",), words=("name", "email"), types={"region": Region}
)


class DistributorPage(ListPage[DistributorView]):
    items: list[DistributorView]


class DistributorPersonView(View):
    member_id: str
    name: str
    email: str


class DistributorPeoplePage(View):
    items: list[DistributorPersonView]
    next_cursor: str | None
