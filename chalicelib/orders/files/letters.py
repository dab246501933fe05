"""Letters on files of an order, to the side that did not attach them."""

from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.orders.files import rules
from chalicelib.orders.files.events import ATTACHED
from chalicelib.orders.lifecycle.letters import of_the_order
from chalicelib.orders.order.readers import the_distributor, the_orderer
from chalicelib.platform import Context
from chalicelib.table import Item


def _distributor_of_a_buyers_file(context: Context, event: Item) -> list[Recipient]:
    return the_distributor(context, event) if event["kind"] in rules.kinds_of("company") else []


def _orderer_of_a_distributors_file(context: Context, event: Item) -> list[Recipient]:
    return the_orderer(context, event) if event["kind"] in rules.kinds_of("distributor") else []


@letter("order_file_attached", on=ATTACHED, to=_distributor_of_a_buyers_file, page="distributor_order")
@letter("order_document_attached", on=ATTACHED, to=_orderer_of_a_distributors_file, page="order")
def of_the_file(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader, facts = of_the_order(context, recipient, event)
    return reader, {**facts, "kind": event["kind"], "file": event["file_name"]}
