"""Products as readers see them and as staff writes them."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SkipValidation

from chalicelib.catalog.rules import Product, Status
from chalicelib.platform.http import Form, PageQuery
from chalicelib.platform.money import Money
from chalicelib.platform.problems import Fault
from chalicelib.pricing import PriceAnswer

MOST_ROWS = 100

# Printable: what is typed, read aloud and put into a key.
Sku = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["LMP-0042"])]


class ProductQuery(PageQuery):
    """With `category` or `brand` a page may hold fewer products than `limit`; go on while there is a `next_cursor`."""

    q: str | None = Field(default=None, min_length=1, max_length=64, description="How the article number (sku) begins.")
    category: str | None = Field(default=None, min_length=1, max_length=100, description="Only this category.")
    brand: str | None = Field(default=None, min_length=1, max_length=100, description="Only this brand.")


class ProductAnswer(BaseModel):
    """A product with its base price and the caller's own."""

    sku: str
    name: str
    name_ru: str
    brand: str
    category: str
    unit: str
    pack_multiple: int = Field(description="Orders come in multiples of this many units.")
    vat_percent: str
    status: Status
    base_price: Money = Field(description="Of one unit, VAT included.")
    price: PriceAnswer

    @classmethod
    def of(cls, product: Product, price: PriceAnswer) -> "ProductAnswer":
        return cls(
            sku=product.sku,
            name=product.name,
            name_ru=product.name_ru,
            brand=product.brand,
            category=product.category,
            unit=product.unit,
            pack_multiple=product.pack_multiple,
            vat_percent=f"{product.vat_percent.normalize():f}",
            status=product.status,
            base_price=Money(amount=product.base_price, currency=product.currency),
            price=price,
        )


class ProductPage(BaseModel):
    items: list[ProductAnswer]
    next_cursor: str | None


class BasePriceForm(Form):
    """Of one unit, VAT included."""

    amount: Decimal = Field(gt=0, max_digits=14, decimal_places=2, examples=["1234.50"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])


class ProductForm(Form):
    """A row of the catalogue, whole: what it does not name returns to its default."""

    sku: Sku
    name: str = Field(min_length=1, max_length=200)
    name_ru: str = Field(min_length=1, max_length=200)
    brand: str = Field(default="", max_length=100)
    category: str = Field(default="", max_length=100)
    unit: str = Field(default="pcs", min_length=1, max_length=16)
    pack_multiple: int = Field(default=1, ge=1, le=1_000_000)
    base_price: BasePriceForm
    vat_percent: Decimal = Field(ge=0, lt=100, max_digits=4, decimal_places=2)
    status: Status = Status.NORMAL

    def product(self) -> Product:
        return Product(
            **self.model_dump(exclude={"base_price"}),
            base_price=self.base_price.amount,
            currency=self.base_price.currency,
        )


class ProductRows(Form):
    """Up to 100 rows, each judged by itself: a bad row never stops the others."""

    products: list[SkipValidation[ProductForm]] = Field(min_length=1, max_length=MOST_ROWS)


class RowResult(BaseModel):
    """What became of a row. `errors` of a failed one point into the request's body."""

    row: int = Field(description="Its place in the request, from 0.")
    sku: str | None
    result: Literal["created", "updated", "unchanged", "failed"]
    errors: list[Fault] = []


class RowResults(BaseModel):
    items: list[RowResult]
