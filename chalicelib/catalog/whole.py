"""The catalogue as a whole, for work that is done once for all companies, and for a partner's price list. No other request reads it all."""

from collections.abc import Iterator

from chalicelib.catalog import keys
from chalicelib.catalog.rules import Product
from chalicelib.catalog.store import product_of
from chalicelib.platform.context import Work


def every_product(work: Work) -> Iterator[Product]:
    """All products by article number, page after page."""
    return map(product_of, work.table.query_all(keys.product("").pk))
