"""Letters on requests to cancel an order that was accepted, and to return goods."""

from chalicelib.mail import Facts, Reader, Recipient, Unsendable, letter
from chalicelib.orders import events
from chalicelib.orders.letters import line_facts, of_the_order, order_of
from chalicelib.orders.readers import the_distributor, the_orderer
from chalicelib.platform.context import Work
from chalicelib.table.transactions import Item


@letter("order_cancellation_requested", on=events.CANCELLATION_REQUESTED, to=the_distributor)
def of_the_cancellation(work: Work, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    cancellation = order_of(work, event).cancellation
    if cancellation is None or (cancellation.asked_at, cancellation.state) != (event["at"], "waiting"):
        raise Unsendable("answered")
    return of_the_order(work, recipient, event)


@letter("order_return_requested", on=events.RETURN_REQUESTED, to=the_distributor)
@letter("order_returned", on=events.RETURNED, to=the_orderer)
@letter("order_return_rejected", on=events.RETURN_REJECTED, to=the_orderer)
def of_the_return(work: Work, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """With the goods that are to come back, or that did."""
    reader, facts = of_the_order(work, recipient, event)
    order = order_of(work, event)
    return_id = event.get("return_id") or event["return"]["return_id"]
    returned = next((each for each in order.returns if each.return_id == return_id), None)
    if returned is None:
        raise Unsendable("return_gone")
    if event["event"] == events.RETURN_REQUESTED and returned.state != "requested":
        raise Unsendable("answered")
    ordered = {line.sku: line for line in order.lines}
    lines = []
    for line in returned.lines:
        if line.counted:
            told = line_facts(ordered[line.sku], line.counted, reader.language)
            lines.append({**told, "name": f"{told['name']} · {line.document}", "ordered": line.counted})
    return reader, {
        **facts,
        "returned": {
            "document": returned.document,
            "day": returned.day,
            "lines": lines,
            "total": returned.total,
            "fewer": any(line.counted < line.quantity for line in returned.lines),
        },
    }
