from chalicelib.exchange.shipments import service
from chalicelib.exchange.shipments.schemas import ShipmentFileForm, ShipmentFileView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="orders")


@routes.post("/v1/distributor/shipment-files", scope="fulfilment.write")
def ship_file(call: Call, form: ShipmentFileForm) -> ShipmentFileView:
    """Record the shipments of a file, with carrier and tracking number.

    Each shipment has its own result, and a wrong row stops no other. The same file again changes nothing. A later file may bring or correct
    carriers and tracking numbers.
    """
    distributor_id, author = call.principal.for_distributor(), call.principal.subject
    return ShipmentFileView(items=list(service.ship(call.context, distributor_id, author, form.content)))
