from chalicelib.companies import store as companies_store
from chalicelib.companies.addresses import service
from chalicelib.companies.addresses.schemas import AddressForm, AddressListView, SavedAddressView
from chalicelib.platform import Answer, Call, Problem, Routes, etag

routes = Routes(__name__, tag="companies")


@routes.get("/v1/company/addresses", scope="orders.read")
def list_addresses(call: Call) -> AddressListView:
    """List your company's delivery addresses."""
    return service.list_addresses(call.context, call.principal.for_company())


@routes.post("/v1/company/addresses", scope="orders.write", status=201, keyed=True)
def add_address(call: Call, form: AddressForm) -> SavedAddressView:
    """Add a delivery address to your company. Name its id in the `delivery` of an order."""
    context = call.answering(_added)
    return service.add_address(context, call.principal.for_company(), call.principal.for_member(), form)


@routes.get("/v1/company/addresses/{address_id}", scope="orders.read")
def show_address(call: Call, address_id: str) -> Answer[SavedAddressView]:
    """Show a delivery address of your company."""
    return _answer(service.show_address(call.context, call.principal.for_company(), address_id))


@routes.put("/v1/company/addresses/{address_id}", scope="orders.write", matched=True, problems=("precondition_failed",))
def replace_address(call: Call, form: AddressForm, address_id: str) -> Answer[SavedAddressView]:
    """Replace a delivery address of your company. Earlier orders keep the address as it was."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return _answer(
        service.replace_address(call.context, company_id, member_id, address_id, call.expected_version(), form)
    )


@routes.delete("/v1/company/addresses/{address_id}", scope="orders.write", status=204)
def remove_address(call: Call, address_id: str) -> None:
    """Remove a delivery address of your company. Earlier orders keep it."""
    service.remove_address(call.context, call.principal.for_company(), call.principal.for_member(), address_id)


@routes.get("/v1/staff/companies/{company_id}/addresses", scope="staff.companies.read")
def list_addresses_of_company(call: Call, company_id: str) -> AddressListView:
    """List a company's delivery addresses."""
    if companies_store.read(call.context.table, company_id) is None:
        raise Problem("not_found")
    return service.list_addresses(call.context, company_id)


def _added(address: SavedAddressView) -> Answer[SavedAddressView]:
    location = f"/v1/company/addresses/{address.address_id}"
    return Answer(address, headers={**etag(address.version), "Location": location})


def _answer(address: SavedAddressView) -> Answer[SavedAddressView]:
    return Answer.at(address, address.version)
