from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Sku
from chalicelib.platform import Form, View
from chalicelib.storefront.lighting.rules import ROOM_NORMS, Reflectances, Room, RoomKind

MOST_ROOMS = 50
MOST_PRODUCTS = 10
DEFAULT_WORK_PLANE = 0.8
DEFAULT_MAINTENANCE = Decimal("0.8")

Metres = Annotated[Decimal, Field(ge=Decimal("0.5"), le=500, max_digits=6, decimal_places=3)]
Height = Annotated[Decimal, Field(ge=0, le=50, max_digits=5, decimal_places=3)]
Reflectance = Annotated[Decimal, Field(ge=0, le=Decimal("0.95"), max_digits=3, decimal_places=2)]


class ReflectancesForm(Form):
    ceiling: Reflectance = Decimal("0.7")
    walls: Reflectance = Decimal("0.5")
    floor: Reflectance = Field(default=Decimal("0.2"), description="The share of light that the floor reflects.")


class RoomForm(Form):
    """A rectangular room, lengths in metres. Give either the illuminance or the kind of room."""

    name: str = Field(default="", max_length=100, examples=["Room 12"])
    count: int = Field(default=1, ge=1, le=1000, description="Number of rooms like this.")
    length_m: Metres = Field(examples=["9"])
    width_m: Metres = Field(examples=["6"])
    height_m: Metres = Field(examples=["3"])
    suspension_m: Height = Field(default=Decimal(0), description="Distance from the ceiling to the luminaires.")
    work_plane_m: Height | None = Field(
        default=None,
        description="Height of the work plane. By default the value of the kind of room, or 0.8.",
        examples=[None],
    )
    illuminance_lx: Decimal | None = Field(
        default=None,
        ge=1,
        le=20_000,
        max_digits=6,
        decimal_places=1,
        description="Maintained illuminance on the work plane.",
        examples=["500"],
    )
    kind: RoomKind | None = Field(
        default=None, description="Takes the illuminance from a norm; the answer names the norm.", examples=[None]
    )
    reflectances: ReflectancesForm = Field(default=ReflectancesForm())
    maintenance_factor: Decimal = Field(
        default=DEFAULT_MAINTENANCE, ge=Decimal("0.2"), le=1, max_digits=4, decimal_places=3
    )
    utilisation_factor: Decimal | None = Field(
        default=None,
        ge=Decimal("0.05"),
        le=Decimal("1.2"),
        max_digits=4,
        decimal_places=3,
        description="From the table of the luminaire; calculated by default.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _can_be_lit(self) -> Self:
        if (self.illuminance_lx is None) == (self.kind is None):
            raise PydanticCustomError("one_of", "Give either illuminance_lx or kind.")
        if self.room().mounting_height < 0.2:
            raise PydanticCustomError("too_low", "The luminaires must hang at least 0.2 m above the work plane.")
        return self

    def room(self) -> Room:
        by_kind = ROOM_NORMS[self.kind].work_plane if self.kind else DEFAULT_WORK_PLANE
        return Room(
            length=float(self.length_m),
            width=float(self.width_m),
            height=float(self.height_m),
            work_plane=float(self.work_plane_m) if self.work_plane_m is not None else by_kind,
            suspension=float(self.suspension_m),
            reflectances=Reflectances(**{surface: float(share) for surface, share in self.reflectances}),
        )


class LightingForm(Form):
    """Rooms, and products to compare: each product is calculated for all rooms."""

    rooms: list[RoomForm] = Field(min_length=1, max_length=MOST_ROOMS)
    skus: list[Sku] = Field(
        min_length=1, max_length=MOST_PRODUCTS, description="Products with the attributes luminous_flux_lm and power_w."
    )

    @field_validator("skus")
    @classmethod
    def _each_once(cls, given: list[str]) -> list[str]:
        if len(set(given)) < len(given):
            raise PydanticCustomError("repeated", "Give each article number only once.")
        return given


class LightingMethodView(View):
    """The method of the calculation, in the reader's language."""

    formula: str = Field(examples=["N = E·A / (Φ·UF·MF)"])
    explanation: str
    sources: list[str]


class RoomOptionView(View):
    """The installation of one product in one room."""

    sku: str
    utilisation_factor: float = Field(examples=[0.62])
    required: int = Field(description="Least number of luminaires that gives the illuminance.")
    rows: int = Field(description="Rows across the width.")
    columns: int = Field(description="Luminaires of a row, along the length.")
    luminaires: int = Field(description="Installed luminaires: rows times columns.")
    illuminance_lx: float = Field(description="Maintained illuminance of the installed luminaires.", examples=[512.4])
    power_w: float = Field(examples=[432.0])
    power_density_w_m2: float = Field(examples=[8.0])
    spacing_to_height: float = Field(
        description="Larger distance between luminaires, divided by their height above the work plane. The maker of the luminaire states the limit.",
        examples=[1.1],
    )


class LitRoomView(View):
    """A room with one option for each product."""

    name: str
    count: int
    area_m2: float = Field(examples=[54.0])
    mounting_height_m: float = Field(description="Height of the luminaires above the work plane.", examples=[2.2])
    room_index: float = Field(examples=[1.64])
    illuminance_lx: float = Field(description="Required illuminance.", examples=[500.0])
    norm: str | None = Field(
        description="Norm that requires it, if the kind of room was given.", examples=["EN 12464-1:2011"]
    )
    maintenance_factor: float = Field(examples=[0.8])
    options: list[RoomOptionView]


class LightingLineView(View):
    sku: str
    quantity: int


class LightingTotalView(View):
    """The totals of one product over all rooms. `lines` are whole packs, ready for the cart or an order."""

    sku: str
    luminaires: int
    power_w: float = Field(examples=[4320.0])
    lines: list[LightingLineView]


class LightingView(View):
    method: LightingMethodView
    rooms: list[LitRoomView]
    totals: list[LightingTotalView]
