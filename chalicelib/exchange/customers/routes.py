from chalicelib.exchange.customers import service
from chalicelib.exchange.customers.schemas import (
    CustomerMoveForm,
    CustomerMovePreviewView,
    CustomerMoveReasonForm,
    CustomerMovesQuery,
    CustomerMoveView,
)
from chalicelib.platform import Call, ListPage, Routes

routes = Routes(__name__, tag="exchange")


@routes.post("/v1/staff/customer-moves/preview", scope="staff.imports.write", problems=("not_found",))
def preview_customer_move(call: Call, form: CustomerMoveForm) -> CustomerMovePreviewView:
    """Preview a move of a customer: documents, purchases, bonuses, and the tiers of both companies.

    At most 2,000 documents of the company are looked at.
    """
    return service.preview(call.context, form)


@routes.post("/v1/staff/customer-moves", scope="staff.imports.write", keyed=True, problems=("not_found", "conflict"))
def move_customer(call: Call, form: CustomerMoveReasonForm) -> CustomerMoveView:
    """Move a customer of a source to another company, with the documents that its files brought.

    Joins two companies that are one firm, splits one that is two, and mends a wrong link. Tiers and bonuses of both follow within minutes.
    """
    return service.move(call.answering(), form, call.principal.subject)


@routes.get("/v1/staff/customer-moves", scope="staff.imports.read", query=CustomerMovesQuery)
def list_customer_moves(call: Call) -> ListPage[CustomerMoveView]:
    """List the moves of customers, newest first."""
    return call.page(ListPage[CustomerMoveView], service.page, call.context)


@routes.get("/v1/staff/customer-moves/{move_id}", scope="staff.imports.read")
def show_customer_move(call: Call, move_id: str) -> CustomerMoveView:
    """Show how far a move of a customer is."""
    return service.show(call.context, move_id)


@routes.post(
    "/v1/staff/customer-moves/{move_id}/undo",
    scope="staff.imports.write",
    keyed=True,
    problems=("wrong_state", "conflict"),
)
def undo_customer_move(call: Call, move_id: str) -> CustomerMoveView:
    """Move a customer back, within a day. Documents that files brought meanwhile go with it."""
    return service.undo(call.answering(), move_id, call.principal.subject)
