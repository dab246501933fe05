"""The documents behind a row of a company's analytics: the part of each that counts in the row.

A page reads the documents of whole months, latest first, and the parts follow from the fold that made the row. So those of all pages add up
to the row, once the rollups have followed the documents.
"""

from datetime import date

from chalicelib.analytics.company.schemas import AnalyticsDocumentView, DocumentsQuery
from chalicelib.analytics.company.service import currency_of, period_of
from chalicelib.analytics.rollups import store
from chalicelib.analytics.rollups.purchases import documents_between, purchases_of
from chalicelib.analytics.rollups.rules import DocumentPart, last_day, parts_saved, parts_under, plus
from chalicelib.platform import Context, Money
from chalicelib.sales import CurrentDocument
from chalicelib.table import Position

_AFTER_ALL = "\uffff"  # in place of a source: before all documents of the day, as the list goes
MOST_READ = 500  # documents for a page: with the month that reaches the number the page ends


def documents(
    context: Context, company_id: str, query: DocumentsQuery, *, limit: int, after: Position
) -> tuple[list[AnalyticsDocumentView], Position]:
    """Latest day first, and the position of the next page; a page may hold fewer than asked for. Raises as `period_of` does."""
    period = period_of(context, query)
    currency = query.currency or currency_of(context, store.read_months(context.table, company_id, [])[0])
    passed = (after["day"], after["source"], after["number"]) if after else None
    last = date.fromisoformat(after["day"]) if after else last_day(period.last)
    found: list[AnalyticsDocumentView] = []
    read = 0
    for month, of_month in documents_between(context, company_id, period.first, last_day(last)):
        of_month.sort(key=_place, reverse=True)
        purchases = purchases_of(context, company_id, of_month, goods=query.by in ("brand", "category"))
        parts = (
            parts_saved(purchases, currency, query.name)
            if query.by == "saving"
            else parts_under(purchases, currency, query.by, query.name)
        )
        for document, part in zip(of_month, parts, strict=True):
            if any(part) and (passed is None or _place(document) < passed):
                found.append(_view(document, part, currency, query.by == "saving"))
                if len(found) == limit:
                    return found, _position(*_place(document))
        read += len(of_month)
        if read >= MOST_READ:
            return found, _position(last_day(plus(month, -1)).isoformat(), _AFTER_ALL, "")
    return found, None


def _place(current: CurrentDocument) -> tuple[str, str, str]:
    return current.document.business_date.isoformat(), *current.document.ref


def _position(day: str, source: str, number: str) -> dict[str, str]:
    return {"day": day, "source": source, "number": number}


def _view(current: CurrentDocument, part: DocumentPart, currency: str, of_saving: bool) -> AnalyticsDocumentView:
    document = current.document
    return AnalyticsDocumentView(
        source=document.source,
        document=document.title or document.number,
        kind=document.kind,
        business_date=document.business_date,
        net=Money.of(part.net, currency),
        units=part.units,
        saved=Money.of(part.saved, currency) if of_saving else None,
    )
