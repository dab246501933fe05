"""The letter on a disputed line of a statement."""

from chalicelib import companies
from chalicelib.analytics.statements.events import DISPUTED
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import STAFF_OWNER, head_of_sales_reader, speaking_reader, who_heads_the_sales
from chalicelib.platform import Context
from chalicelib.table import Item


def who_reconciles(context: Context, event: Item) -> list[Recipient]:
    """The company's manager; without one, the heads of sales."""
    return companies.manager_of(context, event) or who_heads_the_sales(context, event)


@letter("statement_disputed", on=DISPUTED, to=who_reconciles, page="statement")
def statement_disputed(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    manages = recipient in companies.manager_of(context, event)
    reader = (
        speaking_reader(context, recipient.id, STAFF_OWNER) if manages else head_of_sales_reader(context, recipient.id)
    )
    return reader, {
        "company": companies.company_name(context, event),
        "document": event["document"],
        "kind": event["kind"],
        "amount": event["amount"],
        "claimed": event["claimed"],
        "currency": event["currency"],
        "note": event["note"],
    }
