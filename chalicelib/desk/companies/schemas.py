"""Query and views of the list of companies."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.companies import CompaniesQuery, StaffCompanyView
from chalicelib.desk.companies.rules import NO_TIER, CompanyFilter, Sort
from chalicelib.platform import Identifier, Money, NameOf
from chalicelib.platform.http.lists import ListPage, Narrowing
from chalicelib.retention import RhythmState
from chalicelib.tiers import tier_codes

Waits = Literal["claim", "order", "demand", "display", "redemption", "customer"]


class ListedCompaniesQuery(CompaniesQuery):
    """Pending claims, an INN or a customer of a file are questions of their own; all other filters hold together.

    By tier, state or what waits, or in another order than by name, at most 3,000 companies are looked at.
    """

    tier: Identifier | None = Field(default=None, description="Code of the tier in force; `none`: without a tier.")
    state: RhythmState | None = Field(default=None, description="Only those in this state of their rhythm of buying.")
    dormant: bool | None = Field(default=None, description="Only those that are dormant or lost; false: all others.")
    waits: Waits | None = Field(
        default=None, description="Only those with this among their `waits`; the 100 oldest are known."
    )
    sort: Sort = Field(
        default="name", description="`purchases`: the most first. `oldest_order`: the longest silent first."
    )

    narrowing = Narrowing(known={"tier": lambda context: [*tier_codes(context), NO_TIER]})

    @property
    def filter(self) -> CompanyFilter:
        return CompanyFilter(self.tier, self.state, self.dormant)

    @property
    def narrows(self) -> tuple[str, ...]:
        """The filters and orders that need more than the list by name."""
        given = [name for name in ("tier", "state", "dormant", "waits") if getattr(self, name) is not None]
        return (*given, *(["sort"] if self.sort != "name" else []))


class ListedCompanyView(StaffCompanyView):
    """A company of the list, with what a manager chooses by."""

    manager_name: Annotated[str | None, NameOf("manager_id")] = None
    distributor_name: Annotated[str | None, NameOf("distributor_id")] = None
    tier: str = Field(description="Code of the tier in force; empty: none.")
    purchases: Money = Field(description="Purchases that count for the tier today.")
    state: RhythmState | None = Field(description="By its rhythm of buying; null before its first purchase.")
    last_order: date | None
    waits: list[Waits] = Field(
        description="`order`: overdue at the distributor. `demand`: goods described in words. `customer`: of files, with another INN."
    )


class StaffCompaniesPage(ListPage[ListedCompanyView]):
    pass
