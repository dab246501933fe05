from datetime import date
from typing import NamedTuple

from chalicelib.sales.rules import DocumentRef


class Payment(NamedTuple):
    """A document, and the day on which it was paid in full; None if it is not paid."""

    ref: DocumentRef
    paid_on: date | None
