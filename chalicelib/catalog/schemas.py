"""Products as readers see them and as staff and machines write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SkipValidation, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog.fields import ContentType, Sku, Warehouse
from chalicelib.catalog.rules import (
    KNOWN_ATTRIBUTES,
    Attribute,
    Category,
    Product,
    ProductSort,
    ProductStatus,
    Stock,
    StockFigure,
    TypePrice,
)
from chalicelib.platform import clock
from chalicelib.platform.fields import Moment
from chalicelib.platform.http.forms import Form, PageQuery, Shown
from chalicelib.platform.http.problems import Fault
from chalicelib.platform.money import Money
from chalicelib.platform.uploads import Upload

MOST_ROWS = 100
MOST_ATTRIBUTES = 40
MOST_PRICES = 20

# Printable: what is typed, read aloud and put into a key.
CategoryCode = Annotated[
    str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["street-lights"])
]  # of a category
PriceType = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9_-]{1,32}$",
        description="Code of the price type. One that is the code of a tier holds that tier's prices.",
        examples=["gold"],
    ),
]
AttributeName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,47}$",
        description="Ends with the unit of a number. Known: " + ", ".join(KNOWN_ATTRIBUTES) + ".",
        examples=["luminous_flux_lm"],
    ),
]


def plain(number: Decimal) -> str:
    """`20`, `0.5`: no zeros behind the point, no exponent."""
    return f"{number.normalize():f}"


# --- reading ----------------------------------------------------------------------------------------------------------


class ProductQuery(PageQuery):
    """A list by article number without any filter is always up to date; filters and other orders follow a change within seconds."""

    q: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="How the article number begins; or words of the name in Russian or English, in any inflected form: all of them "
        "must be there, the last one may be unfinished.",
        examples=["уличные светильники"],
    )
    category: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Code of a category: products of it and of all below it.",
    )
    brand: str | None = Field(default=None, min_length=1, max_length=100, description="Only this brand.")
    status: ProductStatus | None = Field(default=None, description="Only products in this status.")
    own_brand: bool | None = Field(default=None, description="Only own brands, or only others.")
    sort: ProductSort = Field(
        default="sku", description="By article number, by the name in the reader's language, or by the base price."
    )

    @property
    def asks_for_all(self) -> bool:
        return self.sort == "sku" and not self.model_dump(exclude={"limit", "cursor", "sort"}, exclude_none=True)


class AttributeView(Shown):
    """One of `number`, `text` and `flag`; the others are null."""

    name: str
    number: str | None = Field(examples=["3600"])
    text: str | None
    flag: bool | None

    @classmethod
    def of(cls, attribute: Attribute) -> Self:
        return cls(
            name=attribute.name,
            number=plain(attribute.value) if isinstance(attribute.value, Decimal) else None,
            text=attribute.value if isinstance(attribute.value, str) else None,
            flag=attribute.value if isinstance(attribute.value, bool) else None,
        )


class StockView(Shown):
    """What lay in a warehouse at a moment. A hint: what orders reserve of it is not taken off; quotes tell what is left."""

    warehouse: str
    quantity: str = Field(examples=["120"])
    at: str = Field(description="When it was counted.")


class ImageView(Shown):
    image_id: str
    content_type: ContentType
    url: str = Field(description="Readable without a token, for a quarter of an hour at least.")


class BaseProductView(Shown):
    """What everybody who may see the catalogue sees of a product."""

    sku: str
    name: str
    name_ru: str
    brand: str
    own_brand: bool
    category: str
    unit: str
    pack_multiple: int = Field(description="Orders come in multiples of this many units.")
    vat_percent: str
    status: ProductStatus
    successor: str | None = Field(description="Article number of the model that follows a modernised one.")
    attributes: list[AttributeView]
    stock: list[StockView]
    images: list[ImageView]
    base_price: Money = Field(description="Of one unit, VAT included.")


class TypePriceView(Shown):
    type: PriceType
    price: Money


class StaffProductView(BaseProductView):
    """A product as those who keep the catalogue see it: with its prices in all price types."""

    prices: list[TypePriceView]
    updated_at: str


class StaffProductPage(Shown):
    items: list[StaffProductView]
    next_cursor: str | None


def facts(product: Product, stock: Stock, images: Sequence[ImageView]) -> dict[str, Any]:
    """The fields of `BaseProductView`."""
    return {
        "sku": product.sku,
        "name": product.name,
        "name_ru": product.name_ru,
        "brand": product.brand,
        "own_brand": product.own_brand,
        "category": product.category,
        "unit": product.unit,
        "pack_multiple": product.pack_multiple,
        "vat_percent": plain(product.vat_percent),
        "status": product.status,
        "successor": product.successor or None,
        "attributes": [AttributeView.of(each) for each in product.attributes],
        "stock": [
            StockView(warehouse=each.warehouse, quantity=plain(each.quantity), at=clock.stamp(each.at))
            for each in sorted(stock.values())
        ],
        "images": list(images),
        "base_price": Money(amount=product.base_price, currency=product.currency),
    }


# --- writing products -------------------------------------------------------------------------------------------------


class BasePriceForm(Form):
    """Of one unit, VAT included."""

    amount: Decimal = Field(gt=0, max_digits=14, decimal_places=2, examples=["1234.50"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])


class TypePriceForm(Form):
    """The price of one unit in another price type, in the currency of the base price, VAT included."""

    type: PriceType
    amount: Decimal = Field(gt=0, max_digits=14, decimal_places=2, examples=["1111.00"])

    @field_validator("type")
    @classmethod
    def _not_the_base(cls, given: str) -> str:
        if given == "base":
            raise PydanticCustomError("reserved", "The base price is `base_price`.")
        return given


class AttributeForm(Form):
    """Give one of `number`, `text` and `flag`."""

    name: AttributeName
    number: Decimal | None = Field(default=None, max_digits=14, decimal_places=4, examples=["3600"])
    text: str | None = Field(default=None, min_length=1, max_length=200, examples=[None])
    flag: bool | None = Field(default=None, examples=[None])

    @model_validator(mode="after")
    def _one_of_its_kind(self) -> Self:
        given = [kind for kind in ("number", "text", "flag") if getattr(self, kind) is not None]
        if len(given) != 1:
            raise PydanticCustomError("one_value", "Give one of number, text and flag.")
        known = KNOWN_ATTRIBUTES.get(self.name)
        if known and known != given[0]:
            raise PydanticCustomError("wrong_kind", "This attribute is a {kind}.", {"kind": known})
        if known == "number" and self.number is not None and self.number < 0:
            raise PydanticCustomError("negative", "This attribute is never negative.")
        return self

    def attribute(self) -> Attribute:
        if self.number is not None:
            return Attribute(self.name, self.number)
        return Attribute(self.name, self.text if self.text is not None else bool(self.flag))


class ProductForm(Form):
    """A row of the catalogue, whole: what it does not name returns to its default. Stock and pictures are written elsewhere."""

    sku: Sku
    name: str = Field(min_length=1, max_length=200)
    name_ru: str = Field(min_length=1, max_length=200)
    brand: str = Field(default="", max_length=100)
    own_brand: bool = Field(default=False, description="Made for the club's owner.")
    category: str = Field(default="", max_length=100, description="Code of a category, or any word of your own.")
    unit: str = Field(default="pcs", min_length=1, max_length=16)
    pack_multiple: int = Field(default=1, ge=1, le=1_000_000)
    base_price: BasePriceForm
    prices: list[TypePriceForm] = Field(default=[], max_length=MOST_PRICES)
    vat_percent: Decimal = Field(ge=0, lt=100, max_digits=4, decimal_places=2)
    attributes: list[AttributeForm] = Field(default=[], max_length=MOST_ATTRIBUTES)
    status: ProductStatus = Field(default=ProductStatus.NORMAL, description="`modernised` names its `successor`.")
    successor: Sku | None = Field(default=None, examples=[None])

    @field_validator("prices", "attributes")
    @classmethod
    def _each_once(cls, given: list[Any]) -> list[Any]:
        names = [each.type if isinstance(each, TypePriceForm) else each.name for each in given]
        if len(set(names)) < len(names):
            raise PydanticCustomError("repeated", "Name each once.")
        return given

    @model_validator(mode="after")
    def _succession(self) -> Self:
        if (self.status == ProductStatus.MODERNISED) != (self.successor is not None):
            raise PydanticCustomError("successor", "A modernised model names its successor, and only such a one.")
        if self.successor == self.sku:
            raise PydanticCustomError("successor", "A model does not follow itself.")
        return self

    def product(self) -> Product:
        return Product(
            **self.model_dump(exclude={"base_price", "attributes", "prices", "successor"}),
            base_price=self.base_price.amount,
            currency=self.base_price.currency,
            successor=self.successor or "",
            attributes=tuple(sorted(each.attribute() for each in self.attributes)),
            prices=tuple(sorted(TypePrice(each.type, each.amount) for each in self.prices)),
        )


class ProductRowsForm(Form):
    """Up to 100 rows, each judged by itself: a bad row never stops the others."""

    products: list[SkipValidation[ProductForm]] = Field(min_length=1, max_length=MOST_ROWS)


class ProductResultView(Shown):
    """What became of a row. `errors` of a failed one point into the request's body."""

    row: int = Field(description="Its place in the request, from 0.")
    sku: str | None
    result: Literal["created", "updated", "unchanged", "failed"]
    errors: list[Fault] = Field(default=[])


class ProductResultsView(Shown):
    items: list[ProductResultView]


# --- writing stock ----------------------------------------------------------------------------------------------------


class StockForm(Form):
    """A figure. Of two figures of a warehouse the newer one holds, in whatever order they come."""

    sku: Sku
    warehouse: Warehouse
    quantity: Decimal = Field(ge=0, max_digits=14, decimal_places=3, examples=["120"])
    at: Moment = Field(description="When it was counted; not ahead of now.", examples=["2026-11-20T09:00:00Z"])

    def figure(self) -> StockFigure:
        # To the milliseconds that are kept, so that the same row is the same figure again.
        return StockFigure(self.warehouse, self.quantity, clock.moment(clock.stamp(self.at)))


class StockRowsForm(Form):
    """Up to 100 rows, each judged by itself: a bad row never stops the others."""

    stock: list[SkipValidation[StockForm]] = Field(min_length=1, max_length=MOST_ROWS)


class StockResultView(Shown):
    """What became of a figure. An `older` one is not taken, which is no error."""

    row: int = Field(description="Its place in the request, from 0.")
    sku: str | None
    warehouse: str | None
    result: Literal["recorded", "unchanged", "older", "failed"]
    errors: list[Fault] = Field(default=[])


class StockResultsView(Shown):
    items: list[StockResultView]


# --- categories -------------------------------------------------------------------------------------------------------


class CategoryForm(Form):
    code: CategoryCode
    name: str = Field(min_length=1, max_length=80, examples=["Street lights"])
    name_ru: str = Field(min_length=1, max_length=80, examples=["Уличные светильники"])
    parent: CategoryCode | None = Field(
        default=None, description="Code of the category above; none: at the top.", examples=[None]
    )

    def category(self) -> Category:
        return Category(self.code, self.name, self.name_ru, self.parent or "")


class CategoryRowsForm(Form):
    """Up to 100 rows in any order, each judged by itself. A parent may be another row."""

    categories: list[SkipValidation[CategoryForm]] = Field(min_length=1, max_length=MOST_ROWS)


class CategoryResultView(Shown):
    """What became of a row. `errors` of a failed one point into the request's body."""

    row: int = Field(description="Its place in the request, from 0.")
    code: str | None
    result: Literal["created", "updated", "unchanged", "failed"]
    errors: list[Fault] = Field(default=[])


class CategoryResultsView(Shown):
    items: list[CategoryResultView]


class CategoryView(Shown):
    code: str
    name: str = Field(examples=["Street lights"])
    name_ru: str = Field(examples=["Уличные светильники"])
    parent: str | None
    level: int = Field(description="1 at the top.")


class CategoryTreeView(Shown):
    """The whole tree: each category comes right after the one it lies in."""

    items: list[CategoryView]


# --- pictures ---------------------------------------------------------------------------------------------------------


class ImageForm(Form):
    sku: Sku
    content_type: ContentType


class ImageUploadView(Shown):
    """Where to send the picture: a form post with these fields, and the file in the field `file`. Then confirm it."""

    image_id: str
    upload: Upload


class ImagesView(Shown):
    """The pictures that the product shows."""

    sku: str
    images: list[ImageView]
