from decimal import Decimal

from pydantic import Field

from chalicelib.platform import Section


class Orders(Section, name="orders"):
    """`minimum`: the smallest order by currency; none where a currency is not named.

    So many orders and requests for returns a company makes in a day (UTC): each of them is a letter to its distributor.
    """

    minimum: dict[str, Decimal] = {}
    orders_per_company_per_day: int = Field(default=300, ge=1)
    returns_per_company_per_day: int = Field(default=100, ge=1)
