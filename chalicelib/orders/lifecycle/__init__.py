"""The steps of a placed order: acceptance, shipment, cancellation, return."""
