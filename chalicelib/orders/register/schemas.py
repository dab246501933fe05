"""Query of the list of all orders."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from chalicelib.companies import ManagerFilter
from chalicelib.orders.order.rules import OrderState
from chalicelib.orders.register.rules import OrderSearch
from chalicelib.platform import Identifier, PeriodQuery, code_key
from chalicelib.platform.http.lists import SORTED, ListQuery, Narrowing


class OrdersQuery(ListQuery, PeriodQuery):
    """Orders by the day on which they were placed. All filters that are given hold together.

    With a filter besides the period a page may hold fewer orders than `limit`, or none; read on while there is a `next_cursor`.
    """

    number: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="The club's number of the order, its part after the day, or the company's own. Case and letters that look alike do not count.",
        examples=["261120-7K3QX"],
    )
    state: OrderState | None = Field(default=None, description="Only orders in this state.")
    company_id: Identifier | None = Field(default=None, description="Only orders of this company.")
    distributor_id: Identifier | None = Field(default=None, description="Only orders that came to this distributor.")
    manager: ManagerFilter | None = Field(
        default=None,
        description="Only orders of companies of this manager; `me`: the caller; `none`: of companies without a manager.",
    )
    min_total: Decimal | None = Field(
        default=None,
        ge=0,
        max_digits=14,
        decimal_places=2,
        description="Only orders of this sum or more, in the order's own currency.",
        examples=["50000"],
    )
    max_total: Decimal | None = Field(
        default=None,
        ge=0,
        max_digits=14,
        decimal_places=2,
        description="Only orders of this sum or less, in the order's own currency.",
        examples=["100000"],
    )
    sort: Literal["newest", "oldest", "total", "-total"] = Field(
        default="newest",
        description=f"By the time of placing, or by the sum, `-total` for the largest first: then {SORTED:,} orders at most.",
    )

    narrowing = Narrowing(sorts={"total": "total"})

    @property
    def order(self) -> str:
        return self.sort if self.sort.endswith("total") else ""

    def search(self) -> OrderSearch:
        return OrderSearch(
            number=code_key(self.number) if self.number else "",
            first=self.first,
            last=self.last,
            state=self.state,
            company_id=self.company_id or "",
            distributor_id=self.distributor_id or "",
            least=self.min_total,
            most=self.max_total,
        )
