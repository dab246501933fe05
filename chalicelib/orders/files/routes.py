from chalicelib.orders.files import service
from chalicelib.orders.files.model import OrderFileKind
from chalicelib.orders.files.schemas import (
    DistributorFileForm,
    OrderFileLinkView,
    OrderFilesView,
    OrderFileUploadView,
    OrderFileView,
    SpecificationForm,
)
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order.rules import Order
from chalicelib.platform import Call, Problem, Routes

routes = Routes(__name__, tag="orders")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.post("/v1/orders/{order_id}/files", scope="orders.write")
def start_order_file(call: Call, form: SpecificationForm, order_id: str) -> OrderFileUploadView:
    """Get an address to upload a file to your order, such as a specification: PDF, JPEG, PNG, XLSX or DOCX.

    Post the form to the address, then confirm. The distributor sees the file after that.
    """
    order = _own_order(call, order_id)
    member_id, kind = call.principal.for_member(), OrderFileKind.SPECIFICATION
    return service.start(call.context, order, member_id, kind, form.name, form.content_type)


@routes.post("/v1/orders/{order_id}/files/{file_id}/confirm", scope="orders.write", problems=("conflict",))
def confirm_order_file(call: Call, order_id: str, file_id: str) -> OrderFileView:
    """Attach an uploaded file to your order.

    A repeated call changes nothing. Before the upload has arrived, the call is refused as a conflict. A file whose content is not of its
    type is refused.
    """
    order = _own_order(call, order_id)
    return service.confirm(call.context, order, "company", call.principal.for_member(), file_id)


@routes.get("/v1/orders/{order_id}/files", scope="orders.read")
def list_order_files(call: Call, order_id: str) -> OrderFilesView:
    """List the files of your order: your own, and the distributor's invoices and shipping documents."""
    return service.list_files(call.context, _own_order(call, order_id))


@routes.get("/v1/orders/{order_id}/files/{file_id}", scope="orders.read")
def show_order_file(call: Call, order_id: str, file_id: str) -> OrderFileLinkView:
    """Get an address to download a file of your order from. It is good for some minutes."""
    return service.show_file(call.context, _own_order(call, order_id), file_id)


@routes.delete("/v1/orders/{order_id}/files/{file_id}", scope="orders.write", status=204)
def remove_order_file(call: Call, order_id: str, file_id: str) -> None:
    """Remove a file of yours from your order. The distributor's documents stay."""
    service.remove(call.context, _own_order(call, order_id), "company", call.principal.for_member(), file_id)


def _own_order(call: Call, order_id: str) -> Order:
    return _found(order_service.load_order(call.context, call.principal.for_company(), order_id))


# --- the distributor --------------------------------------------------------------------------------------------------


@routes.post("/v1/distributor/orders/{order_id}/files", scope="fulfilment.write")
def start_distributor_file(call: Call, form: DistributorFileForm, order_id: str) -> OrderFileUploadView:
    """Get an address to upload an invoice or a shipping document to an order: PDF, JPEG, PNG, XLSX or DOCX.

    Post the form to the address, then confirm. The buyer sees the document after that.
    """
    order = _distributors_order(call, order_id)
    author, kind = call.principal.subject, OrderFileKind(form.kind)
    return service.start(call.context, order, author, kind, form.name, form.content_type)


@routes.post(
    "/v1/distributor/orders/{order_id}/files/{file_id}/confirm", scope="fulfilment.write", problems=("conflict",)
)
def confirm_distributor_file(call: Call, order_id: str, file_id: str) -> OrderFileView:
    """Attach an uploaded document to the order.

    A repeated call changes nothing. Before the upload has arrived, the call is refused as a conflict. A file whose content is not of its
    type is refused.
    """
    order = _distributors_order(call, order_id)
    return service.confirm(call.context, order, "distributor", call.principal.subject, file_id)


@routes.get("/v1/distributor/orders/{order_id}/files", scope="fulfilment.read")
def list_distributor_files(call: Call, order_id: str) -> OrderFilesView:
    """List the files of an order: the buyer's, and your own documents."""
    return service.list_files(call.context, _distributors_order(call, order_id))


@routes.get("/v1/distributor/orders/{order_id}/files/{file_id}", scope="fulfilment.read")
def show_distributor_file(call: Call, order_id: str, file_id: str) -> OrderFileLinkView:
    """Get an address to download a file of the order from. It is good for some minutes."""
    return service.show_file(call.context, _distributors_order(call, order_id), file_id)


@routes.delete("/v1/distributor/orders/{order_id}/files/{file_id}", scope="fulfilment.write", status=204)
def remove_distributor_file(call: Call, order_id: str, file_id: str) -> None:
    """Remove a document of yours from the order. The buyer's files stay."""
    order = _distributors_order(call, order_id)
    service.remove(call.context, order, "distributor", call.principal.subject, file_id)


def _distributors_order(call: Call, order_id: str) -> Order:
    return _found(order_service.distributors_order(call.context, call.principal.for_distributor(), order_id))


# --- the staff --------------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/companies/{company_id}/orders/{order_id}/files", scope="staff.orders.read")
def list_files_of_order(call: Call, company_id: str, order_id: str) -> OrderFilesView:
    """List the files of an order of a company."""
    return service.list_files(call.context, _found(order_service.order_for_staff(call.context, company_id, order_id)))


@routes.get("/v1/staff/companies/{company_id}/orders/{order_id}/files/{file_id}", scope="staff.orders.read")
def show_file_of_order(call: Call, company_id: str, order_id: str, file_id: str) -> OrderFileLinkView:
    """Get an address to download a file of a company's order from. It is good for some minutes."""
    order = _found(order_service.order_for_staff(call.context, company_id, order_id))
    return service.show_file(call.context, order, file_id)


def _found(order: Order | None) -> Order:
    if order is None:
        raise Problem("not_found")
    return order
