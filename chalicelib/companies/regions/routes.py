from chalicelib.companies.regions import service
from chalicelib.companies.regions.schemas import RegionManagersForm, RegionManagersView
from chalicelib.platform import Answer, Call, Routes

routes = Routes(__name__, tag="companies")


@routes.get("/v1/staff/region-managers", scope="staff.companies.read")
def show_region_managers(call: Call) -> Answer[RegionManagersView]:
    """Show the manager of each region."""
    return _answer(service.show(call.context))


@routes.put("/v1/staff/region-managers", scope="staff.companies.write", matched=True, problems=("conflict",))
def replace_region_managers(call: Call, form: RegionManagersForm) -> Answer[RegionManagersView]:
    """Set the manager of each region, for all regions at once.

    Companies that a file brings from now on get the manager of their region, known by INN and KPP. Existing companies stay
    with their manager; `POST /v1/staff/hand-overs` gives them to the managers of their regions. The first list has the version 0.
    """
    return _answer(service.replace(call.context, call.expected_version(), form, by=call.principal.for_member()))


def _answer(shown: RegionManagersView) -> Answer[RegionManagersView]:
    return Answer.at(shown, shown.version)
