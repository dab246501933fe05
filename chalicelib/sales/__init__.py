"""Purchase facts: documents, their corrections, and day totals.

A sale document is what a company bought by one invoice, or gave back by one return. It is recorded once per content: the same
again changes nothing, other content is the next revision, and the days' totals follow in the same transaction. A return counts on the
day of the sale that it names, and takes effect on its own.
"""

from chalicelib.platform.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.sales.events import SALE_RECORDED
    from chalicelib.sales.rules import (
        Bought,
        DayTotals,
        DocumentRef,
        Head,
        Original,
        Outcome,
        Recorded,
        SaleDocument,
        SaleLine,
        totals,
    )
    from chalicelib.sales.service import (
        ORDERS,
        TooLarge,
        bought,
        day_totals,
        earliest_known,
        first_purchase,
        heads,
        history,
        newest,
        preview,
        record,
        sold,
        told_lines,
    )

__all__ = [
    "ORDERS",
    "SALE_RECORDED",
    "Bought",
    "DayTotals",
    "DocumentRef",
    "Head",
    "Original",
    "Outcome",
    "Recorded",
    "SaleDocument",
    "SaleLine",
    "TooLarge",
    "bought",
    "day_totals",
    "earliest_known",
    "first_purchase",
    "heads",
    "history",
    "newest",
    "preview",
    "record",
    "sold",
    "told_lines",
    "totals",
]
