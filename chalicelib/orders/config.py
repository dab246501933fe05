"""Settings of orders."""

from decimal import Decimal

from chalicelib.platform.config import Section


class Orders(Section, name="orders"):
    """`minimum`: the smallest order by currency; none where a currency is not named."""

    minimum: dict[str, Decimal] = {}
