"""A payment of a document as a company's books have it. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.sales import DocumentRef


@dataclass(frozen=True, slots=True)
class Settlement:
    """A document paid in full: the company, the day of the payment, and the sum of the document."""

    company_id: str
    day: date
    source: str
    document: str
    amount: Decimal

    @property
    def ref(self) -> DocumentRef:
        return self.source, self.document
