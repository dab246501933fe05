"""Views of the catalogue and forms to write it."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SkipValidation, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog.fields import ContentType, Sku, Warehouse
from chalicelib.catalog.rules import (
    KNOWN_ATTRIBUTES,
    Attribute,
    Category,
    Product,
    ProductSort,
    ProductStatus,
    StockFigure,
    TypePrice,
)
from chalicelib.platform import Fault, Form, ListQuery, Money, View, clock
from chalicelib.platform.fields import ONE_LINE, Currency, Moment, Title
from chalicelib.platform.files.uploads import Upload

MOST_ROWS = 100
MOST_ATTRIBUTES = 40
MOST_PRICES = 20

CategoryCode = Annotated[
    str, Field(min_length=1, max_length=40, pattern=ONE_LINE, examples=["street-lights"])
]  # of a category
PriceType = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9_-]{1,32}$",
        description="Code of the price type. A price type named like a tier holds the prices of that tier.",
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


class ProductFilters(Form):
    """The products that match all of these."""

    q: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="The beginning of the article number, or words of the name in Russian or English, in any inflected form. "
        "All words must occur; the last one may be unfinished.",
        examples=["уличные светильники"],
    )
    category: str | None = Field(
        default=None, min_length=1, max_length=100, description="Code of a category. Includes the categories below it."
    )
    brand: str | None = Field(default=None, min_length=1, max_length=100, description="Only this brand.")
    status: ProductStatus | None = Field(default=None, description="Only products in this status.")
    own_brand: bool | None = Field(default=None, description="Only own brands, or only others.")


class ProductQuery(ProductFilters, ListQuery):
    """Without filters, sorted by article number, the list is always up to date. Filters and other orders follow a change within seconds."""

    sort: ProductSort = Field(
        default="sku",
        description="`sku`: by article number. `name`: by the name in the reader's language. `price`: by the base price.",
    )

    @property
    def asks_for_all(self) -> bool:
        return self.sort == "sku" and not self.model_dump(
            exclude={"limit", "cursor", "sort", "count"}, exclude_none=True
        )


class FacetView(View):
    """A value that a filter takes, and the number of products that it would leave."""

    value: str
    count: int = Field(description="Products that match the value and all other filters.")


class CategoryFacetView(FacetView):
    """A category with its name. It counts the products of the categories below it, too."""

    name: str
    name_ru: str


class ProductFacetsView(View):
    """The values of the filters, each with its count, the most first. A filter that is set does not narrow down its own values."""

    total: int = Field(description="Products that match all filters.")
    brands: list[FacetView] = Field(description="Without products that have no brand.")
    categories: list[CategoryFacetView] = Field(
        description="Categories of the tree with matching products, in its order."
    )
    statuses: list[FacetView]


class AttributeView(View):
    """An attribute has one of `number`, `text` and `flag`; the others are null."""

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


class StockView(View):
    """The last counted quantity in a warehouse. Reservations of orders are not subtracted; a quote shows the available quantity."""

    warehouse: str
    quantity: str = Field(examples=["120"])
    at: str = Field(description="Time of the count.")

    @classmethod
    def of(cls, figure: StockFigure) -> Self:
        return cls(warehouse=figure.warehouse, quantity=plain(figure.quantity), at=clock.stamp(figure.at))


class ImageView(View):
    image_id: str
    content_type: ContentType
    url: str = Field(description="Readable without a token for at least 15 minutes.")


class BaseProductView(View):
    """The fields of a product that every reader of the catalogue sees."""

    sku: str
    name: str
    name_ru: str
    brand: str
    own_brand: bool
    category: str
    unit: str
    pack_multiple: int = Field(description="Units of a pack. Orders come in whole packs.")
    vat_percent: str
    status: ProductStatus
    successor: str | None = Field(description="Article number of the model that replaces a modernised one.")
    attributes: list[AttributeView]
    stock: list[StockView]
    images: list[ImageView]
    base_price: Money = Field(description="Price of one unit, VAT included.")


class TypePriceView(View):
    type: PriceType
    price: Money


class StaffProductView(BaseProductView):
    """A product with its prices in all price types, and its cost."""

    prices: list[TypePriceView]
    cost_price: Money | None = Field(description="Cost of one unit, VAT included; null where it is not known.")
    updated_at: str


# --- writing products -------------------------------------------------------------------------------------------------


class UnitPriceForm(Form):
    """The price of one unit, VAT included."""

    amount: Decimal = Field(gt=0, max_digits=14, decimal_places=2, examples=["1234.50"])
    currency: Currency


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
    """A whole product: a field that is left out returns to its default. Stock and pictures are written elsewhere."""

    sku: Sku
    name: Title
    name_ru: Title
    brand: str = Field(default="", max_length=100)
    own_brand: bool = Field(default=False, description="Made under a brand of the club's owner.")
    category: str = Field(
        default="", max_length=100, description="Code of a category. A code outside the tree is accepted."
    )
    unit: str = Field(default="pcs", min_length=1, max_length=16)
    pack_multiple: int = Field(default=1, ge=1, le=1_000_000)
    base_price: UnitPriceForm
    cost_price: UnitPriceForm | None = Field(
        default=None,
        description="Cost of one unit, in the currency of the base price. Only the staff sees it. An order keeps the cost of its day.",
    )
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
            raise PydanticCustomError("repeated", "Give each name only once.")
        return given

    @field_validator("cost_price")
    @classmethod
    def _one_currency(cls, cost: UnitPriceForm | None, others: ValidationInfo) -> UnitPriceForm | None:
        base = others.data.get("base_price")
        if cost and base and cost.currency != base.currency:
            raise PydanticCustomError("other_currency", "The cost price is in the currency of the base price.")
        return cost

    @model_validator(mode="after")
    def _succession(self) -> Self:
        if (self.status == ProductStatus.MODERNISED) != (self.successor is not None):
            raise PydanticCustomError("successor", "A modernised model names its successor; other models name none.")
        if self.successor == self.sku:
            raise PydanticCustomError("successor", "A model cannot be its own successor.")
        return self

    def product(self) -> Product:
        return Product(
            **self.model_dump(exclude={"base_price", "cost_price", "attributes", "prices", "successor"}),
            base_price=self.base_price.amount,
            currency=self.base_price.currency,
            cost_price=self.cost_price.amount if self.cost_price else None,
            successor=self.successor or "",
            attributes=tuple(sorted(each.attribute() for each in self.attributes)),
            prices=tuple(sorted(TypePrice(each.type, each.amount) for each in self.prices)),
        )


class ProductRowsForm(Form):
    """Up to 100 rows. Each row has its own result: a bad row never stops the others."""

    products: list[SkipValidation[ProductForm]] = Field(min_length=1, max_length=MOST_ROWS)


class RowResultView(View):
    """The result of a row. The `errors` of a failed row point into the body of the request."""

    row: int = Field(description="Place of the row in the request, from 0.")
    errors: list[Fault] = Field(default=[])


class TakenRowView(RowResultView):
    warnings: list[Fault] = Field(default=[], description="Of a row that was taken: codes that the club does not know.")


class ProductResultView(TakenRowView):
    """The result of a product."""

    sku: str | None
    result: Literal["created", "updated", "unchanged", "failed"]


class ProductResultsView(View):
    items: list[ProductResultView]


# --- writing stock ----------------------------------------------------------------------------------------------------


class StockForm(Form):
    """A counted quantity. The newest figure of a warehouse counts, in any order of arrival."""

    sku: Sku
    warehouse: Warehouse
    quantity: Decimal = Field(ge=0, max_digits=14, decimal_places=3, examples=["120"])
    at: Moment = Field(description="Time of the count; not in the future.", examples=["2026-11-20T09:00:00Z"])

    def figure(self) -> StockFigure:
        # To the milliseconds that are kept, so that the same row is the same figure again.
        return StockFigure(self.warehouse, self.quantity, clock.moment(clock.stamp(self.at)))


class StockRowsForm(Form):
    """Up to 100 rows. Each row has its own result: a bad row never stops the others."""

    stock: list[SkipValidation[StockForm]] = Field(min_length=1, max_length=MOST_ROWS)


class StockResultView(TakenRowView):
    """The result of a figure. `older`: a newer figure is recorded already, which is no error."""

    sku: str | None
    warehouse: str | None
    result: Literal["recorded", "unchanged", "older", "failed"]


class StockResultsView(View):
    items: list[StockResultView]


# --- categories -------------------------------------------------------------------------------------------------------


class CategoryForm(Form):
    code: CategoryCode
    name: Title = Field(max_length=80, examples=["Luminaires"])
    name_ru: str = Field(min_length=1, max_length=80, examples=["Светильники"])
    parent: CategoryCode | None = Field(
        default=None, description="Code of the category above; none at the top.", examples=[None]
    )

    def category(self) -> Category:
        return Category(self.code, self.name, self.name_ru, self.parent or "")


class CategoryRowsForm(Form):
    """Up to 100 rows in any order, each with its own result. A parent may be another row."""

    categories: list[SkipValidation[CategoryForm]] = Field(min_length=1, max_length=MOST_ROWS)


class CategoryResultView(RowResultView):
    """The result of a category."""

    code: str | None
    result: Literal["created", "updated", "unchanged", "failed"]


class CategoryResultsView(View):
    items: list[CategoryResultView]


class CategoryView(View):
    code: str
    name: str = Field(examples=["Luminaires"])
    name_ru: str = Field(examples=["Светильники"])
    parent: str | None
    level: int = Field(description="Depth in the tree: 1 at the top.")


class CategoryTreeView(View):
    """The whole tree, depth first: each category follows its parent or a sister's subtree."""

    items: list[CategoryView]


# --- pictures ---------------------------------------------------------------------------------------------------------


class ImageForm(Form):
    sku: Sku
    content_type: ContentType


class ImageUploadView(View):
    """The address of the upload: post a form with these fields and the file in the field `file`, then confirm it."""

    image_id: str
    upload: Upload


class ImagesView(View):
    """The pictures of a product, in their order."""

    sku: str
    images: list[ImageView]
