"""The steps of setting a club up, in the order in which they are done."""

from typing import Literal, NamedTuple

StepCode = Literal[
    "ladder", "products", "distributor", "region", "dispatcher", "manager", "companies", "managed", "delivered"
]


class Found(NamedTuple):
    """The present state of a club's set-up. `unmanaged`, `undelivered`: how many of its companies have no manager; neither region nor distributor."""

    ladder: bool
    products: bool
    distributors: bool
    regions: bool
    dispatchers: bool
    managers: bool
    companies: bool
    unmanaged: int
    undelivered: int


class Operation(NamedTuple):
    """An operation of the API. Written down here, since a package knows only the routes of the rooms that it has opened so far."""

    operation: str
    method: str
    path: str


class SetupStep(NamedTuple):
    """`how` does it. `companies`: how many still wait for it, where it is done company by company."""

    code: StepCode
    done: bool
    how: Operation
    companies: int | None = None


def steps(found: Found) -> list[SetupStep]:
    return [
        SetupStep("ladder", found.ladder, Operation("draft_ladder", "POST", "/v1/staff/tier-ladders")),
        SetupStep("products", found.products, Operation("write_products", "PUT", "/v1/staff/products")),
        SetupStep("distributor", found.distributors, Operation("create_distributor", "POST", "/v1/staff/distributors")),
        SetupStep(
            "region", found.regions, Operation("change_distributor", "PATCH", "/v1/staff/distributors/{distributor_id}")
        ),
        SetupStep(
            "dispatcher",
            found.dispatchers,
            Operation("add_distributor_person", "POST", "/v1/staff/distributors/{distributor_id}/people"),
        ),
        SetupStep("manager", found.managers, Operation("appoint_staff", "POST", "/v1/staff/people")),
        SetupStep("companies", found.companies, Operation("start_import", "POST", "/v1/staff/imports")),
        SetupStep(
            "managed",
            not found.unmanaged,
            Operation("start_hand_over", "POST", "/v1/staff/hand-overs"),
            found.unmanaged,
        ),
        SetupStep(
            "delivered",
            not found.undelivered,
            Operation("change_company_by_staff", "PATCH", "/v1/staff/companies/{company_id}"),
            found.undelivered,
        ),
    ]
