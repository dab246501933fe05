"""The lighting calculator's question and answer."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Sku
from chalicelib.platform.http.forms import Form, Shown
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
    floor: Reflectance = Decimal("0.2")


class RoomForm(Form):
    """A rectangular room. Lengths are in metres; give either the illuminance or the kind of room."""

    name: str = Field(default="", max_length=100, examples=["Room 12"])
    count: int = Field(default=1, ge=1, le=1000, description="How many such rooms there are.")
    length_m: Metres = Field(examples=["9"])
    width_m: Metres = Field(examples=["6"])
    height_m: Metres = Field(examples=["3"])
    suspension_m: Height = Field(default=Decimal(0), description="How far below the ceiling the luminaires hang.")
    work_plane_m: Height | None = Field(
        default=None,
        description="Height of the work plane; by the kind of room if not given, else 0.8.",
        examples=[None],
    )
    illuminance_lx: Decimal | None = Field(
        default=None,
        ge=1,
        le=20_000,
        max_digits=6,
        decimal_places=1,
        description="Maintained, on the work plane.",
        examples=["500"],
    )
    kind: RoomKind | None = Field(
        default=None, description="Takes the illuminance from a norm, which the answer names.", examples=[None]
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
        description="From the luminaire's own table; worked out if not given.",
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
            reflectances=Reflectances(
                float(self.reflectances.ceiling), float(self.reflectances.walls), float(self.reflectances.floor)
            ),
        )


class LightingForm(Form):
    """Rooms, and the luminaires that could light them: each is worked out by itself."""

    rooms: list[RoomForm] = Field(min_length=1, max_length=MOST_ROOMS)
    skus: list[Sku] = Field(
        min_length=1, max_length=MOST_PRODUCTS, description="Products with the attributes luminous_flux_lm and power_w."
    )

    @field_validator("skus")
    @classmethod
    def _each_once(cls, given: list[str]) -> list[str]:
        if len(set(given)) < len(given):
            raise PydanticCustomError("repeated", "Name each once.")
        return given


class LightingMethodView(Shown):
    """How it was worked out, in the reader's language."""

    formula: str = Field(examples=["N = E·A / (Φ·UF·MF)"])
    explanation: str
    sources: list[str]


class RoomOptionView(Shown):
    """One product in one room."""

    sku: str
    utilisation_factor: float = Field(examples=[0.62])
    required: int = Field(description="The least number that gives the illuminance.")
    rows: int = Field(description="Across the width.")
    columns: int = Field(description="Along the length.")
    luminaires: int = Field(description="Rows times columns.")
    illuminance_lx: float = Field(description="Maintained, that these luminaires give.", examples=[512.4])
    power_w: float = Field(examples=[432.0])
    power_density_w_m2: float = Field(examples=[8.0])
    spacing_to_height: float = Field(
        description="The larger distance between luminaires by their height above the work plane: compare with what their maker allows.",
        examples=[1.1],
    )


class LitRoomView(Shown):
    """A room, and what each product needs there."""

    name: str
    count: int
    area_m2: float = Field(examples=[54.0])
    mounting_height_m: float = Field(description="Of the luminaires above the work plane.", examples=[2.2])
    room_index: float = Field(examples=[1.64])
    illuminance_lx: float = Field(description="Required.", examples=[500.0])
    norm: str | None = Field(
        description="What asks for it, if the kind of room was given.", examples=["EN 12464-1:2011"]
    )
    maintenance_factor: float = Field(examples=[0.8])
    options: list[RoomOptionView]


class LightingLineView(Shown):
    sku: str
    quantity: int


class LightingTotalView(Shown):
    """One product in all rooms. `lines` can be put into the cart, or ordered, as they are: whole packs."""

    sku: str
    luminaires: int
    power_w: float = Field(examples=[4320.0])
    lines: list[LightingLineView]


class LightingView(Shown):
    method: LightingMethodView
    rooms: list[LitRoomView]
    totals: list[LightingTotalView]
