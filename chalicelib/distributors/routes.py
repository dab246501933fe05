"""Routes of distributors: as the staff keeps them, and as a distributor keeps itself."""

from chalicelib import catalog
from chalicelib.distributors import service
from chalicelib.distributors.schemas import (
    DistributorChangeForm,
    DistributorForm,
    DistributorPage,
    DistributorPeoplePage,
    DistributorPersonForm,
    DistributorPersonView,
    DistributorView,
    OwnDistributorForm,
    RegionsView,
    RegionView,
    StaffDistributorsQuery,
)
from chalicelib.platform import Answer, Call, PageQuery, Problem, Routes, etag, or_not_found
from chalicelib.platform.config.region_config import region_names

routes = Routes(__name__, tag="orders")


@routes.get("/v1/regions", scope=None)
def list_regions(call: Call) -> RegionsView:
    """List the regions by name, in Russian or English."""
    names = region_names(call.context.config, call.language)
    return RegionsView(items=[RegionView(code=code, name=name) for code, name in names.items()])


@routes.post("/v1/staff/distributors", scope="staff.distributors.write", status=201)
def create_distributor(call: Call, form: DistributorForm) -> Answer[DistributorView]:
    """Create a distributor with the regions that it serves."""
    made = service.create(call.context, form)
    location = f"/v1/staff/distributors/{made.distributor_id}"
    return Answer(DistributorView.of(made), headers={**etag(made.version), "Location": location})


@routes.get("/v1/staff/distributors", scope="staff.distributors.read", query=StaffDistributorsQuery)
def list_distributors(call: Call) -> DistributorPage:
    """List distributors by name."""
    return call.page(DistributorPage, service.page, call.context, show=DistributorView.of)


@routes.get("/v1/staff/distributors/{distributor_id}", scope="staff.distributors.read")
def show_distributor(call: Call, distributor_id: str) -> Answer[DistributorView]:
    """Show a distributor."""
    found = or_not_found(service.distributor(call.context, distributor_id))
    return Answer.at(DistributorView.of(found), found.version)


@routes.patch(
    "/v1/staff/distributors/{distributor_id}",
    scope="staff.distributors.write",
    matched=True,
    problems=("precondition_failed",),
)
def change_distributor(call: Call, form: DistributorChangeForm, distributor_id: str) -> Answer[DistributorView]:
    """Change a distributor. Regions are replaced as a whole."""
    changed = service.change(call.context, distributor_id, call.expected_version(), form)
    return Answer.at(DistributorView.of(changed), changed.version)


@routes.post("/v1/staff/distributors/{distributor_id}/people", scope="staff.distributors.write", problems=("conflict",))
def add_distributor_person(call: Call, form: DistributorPersonForm, distributor_id: str) -> DistributorPersonView:
    """Add a person who works on the distributor's orders. They sign in with their email."""
    return service.add_person(call.context, distributor_id, form)


@routes.get("/v1/staff/distributors/{distributor_id}/people", scope="staff.distributors.read", query=PageQuery)
def list_distributor_people(call: Call, distributor_id: str) -> DistributorPeoplePage:
    """List the people who work on the distributor's orders."""
    return call.page(DistributorPeoplePage, service.people, call.context, distributor_id)


@routes.delete(
    "/v1/staff/distributors/{distributor_id}/people/{member_id}", scope="staff.distributors.write", status=204
)
def remove_distributor_person(call: Call, distributor_id: str, member_id: str) -> Answer[None]:
    """Remove a person from the distributor. Their further requests are refused."""
    service.remove_person(call.context, distributor_id, member_id)
    return Answer(None)


# --- the distributor --------------------------------------------------------------------------------------------------


@routes.get("/v1/distributor", scope="fulfilment.read")
def show_own_distributor(call: Call) -> Answer[DistributorView]:
    """Show your distributor: its contacts and working hours, its regions, its warehouses."""
    found = service.existing(call.context, call.principal.for_distributor())
    return Answer.at(DistributorView.of(found), found.version)


@routes.patch("/v1/distributor", scope="distributor.write", matched=True, problems=("precondition_failed",))
def change_own_distributor(call: Call, form: OwnDistributorForm) -> Answer[DistributorView]:
    """Change your distributor's contacts and working hours, as partners see them. Its regions are the club's to change."""
    changed = service.change_own(call.context, call.principal.for_distributor(), call.expected_version(), form)
    return Answer.at(DistributorView.of(changed), changed.version)


@routes.get("/v1/distributor/people", scope="fulfilment.read", query=PageQuery)
def list_own_people(call: Call) -> DistributorPeoplePage:
    """List the people who work on your distributor's orders."""
    return call.page(DistributorPeoplePage, service.people, call.context, call.principal.for_distributor())


@routes.post("/v1/distributor/people", scope="distributor.write", problems=("conflict",))
def add_own_person(call: Call, form: DistributorPersonForm) -> DistributorPersonView:
    """Add a colleague who works on your distributor's orders. They sign in with their email, and may do what you may.

    Somebody who is a member of the club already is added by the club.
    """
    return service.add_own_person(call.context, call.principal.for_distributor(), form)


@routes.delete("/v1/distributor/people/{member_id}", scope="distributor.write", status=204, problems=("wrong_state",))
def remove_own_person(call: Call, member_id: str) -> Answer[None]:
    """Remove a colleague. Their further requests are refused. Nobody removes themselves."""
    if member_id == call.principal.for_member():
        raise Problem("wrong_state", "Somebody else of the distributor, or the club, removes you.")
    service.remove_person(call.context, call.principal.for_distributor(), member_id)
    return Answer(None)


@routes.put("/v1/distributor/stock", scope="fulfilment.write")
def write_own_stock(call: Call, form: catalog.StockRowsForm) -> catalog.StockResultsView:
    """Record up to 100 stock figures of your distributor's own warehouses.

    A figure is the quantity of a product in a warehouse at a moment. An older figure never replaces a newer one, in any order of
    arrival. Sending the same rows again changes nothing.
    """
    return service.record_own_stock(call.context, call.principal.for_distributor(), form.stock)
