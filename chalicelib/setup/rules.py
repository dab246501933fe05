"""The steps of setting a club up, in the order in which they are done."""

from typing import Literal, NamedTuple

StepCode = Literal["ladder", "products", "distributor", "region", "manager", "companies", "managed", "delivered"]


class Found(NamedTuple):
    """The present state of a club's set-up. `unmanaged`, `undelivered`: how many of its companies have no manager; neither region nor distributor."""

    ladder: bool
    products: bool
    distributors: bool
    regions: bool
    managers: bool
    companies: bool
    unmanaged: int
    undelivered: int


class Step(NamedTuple):
    """`operation` does it. `companies`: how many still wait for it, where it is done company by company."""

    code: StepCode
    done: bool
    operation: str
    companies: int | None = None


def steps(found: Found) -> list[Step]:
    return [
        Step("ladder", found.ladder, "draft_ladder"),
        Step("products", found.products, "write_products"),
        Step("distributor", found.distributors, "create_distributor"),
        Step("region", found.regions, "change_distributor"),
        Step("manager", found.managers, "appoint_staff"),
        Step("companies", found.companies, "start_import"),
        Step("managed", not found.unmanaged, "change_company_by_staff", found.unmanaged),
        Step("delivered", not found.undelivered, "change_company_by_staff", found.undelivered),
    ]
