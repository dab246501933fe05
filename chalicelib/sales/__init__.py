"""Purchase facts: documents, their corrections, and day totals.

A sale document is one invoice or one return of a company. It is recorded once per content: a repeat changes nothing, other content is
the next revision, and the totals of the days follow in the same transaction. A return counts on the day of its sale, and takes effect on
its own day.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("numbers", "payments")

with opened_when_asked(__name__):
    from chalicelib.sales.datasets import SOURCES as SALE_SOURCES
    from chalicelib.sales.events import SALE_RECORDED
    from chalicelib.sales.identity import ReadFacts, UnclearDocuments
    from chalicelib.sales.numbers.rules import DocumentName, WordKind, document_name, number_key, word_kind
    from chalicelib.sales.payments.events import PAYMENT_RECORDED
    from chalicelib.sales.payments.model import Payment
    from chalicelib.sales.payments.service import check_payment, paid_on, payment_of, payments_of, record_payments
    from chalicelib.sales.rules import (
        ORDERS,
        CurrentDocument,
        DayTotals,
        DocumentLines,
        DocumentRef,
        Head,
        Kind,
        KnownDocument,
        Original,
        Outcome,
        RecordedRevision,
        SaleDocument,
        SaleLine,
        Voided,
        name_beside,
        named_beside,
        order_of,
        plain,
        totals,
    )
    from chalicelib.sales.schemas import Exact
    from chalicelib.sales.service import (
        TooLarge,
        counting_documents,
        current_documents,
        dated_lines,
        day_totals,
        documents_between,
        earliest_known,
        first_purchase,
        heads,
        heads_and_payment,
        history,
        lines_between,
        net_amount,
        newest,
        newest_documents,
        of_customer,
        preview,
        record,
        revision,
        states,
        void,
        voided,
        with_company,
    )
