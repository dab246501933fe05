"""Items of reports.

REPORT (in the list of reports): report_id, segment, published_at, published_by, and title and summary by language.
TEXT, one for each language: the whole report, so that reading takes one call and lists stay small.
READ: report_id, member_id, at.
"""

from chalicelib.market_reports import keys
from chalicelib.market_reports.model import ReportSummaryView, ReportView
from chalicelib.platform.text import Language
from chalicelib.table.client import Page, Table
from chalicelib.table.transactions import Item, Transaction


def create(tx: Transaction, texts: dict[Language, ReportView], published_by: str) -> None:
    """Adds a report with its texts."""
    any_text = next(iter(texts.values()))
    tx.create(
        {
            **keys.report(any_text.report_id).as_item(),
            **keys.report_list(any_text.published_at, any_text.report_id).as_gsi1(),
            "report_id": any_text.report_id,
            "segment": any_text.segment,
            "published_at": any_text.published_at,
            "published_by": published_by,
            "titles": {language: text.title for language, text in texts.items()},
            "summaries": {language: text.summary for language, text in texts.items()},
        }
    )
    for language, text in texts.items():
        tx.create({**keys.report_text(text.report_id, language).as_item(), **text.model_dump()})


def page(table: Table, *, limit: int, after: dict[str, str] | None) -> Page:
    everything = keys.report_list("", "")
    return table.query(everything.pk, index="gsi1", limit=limit, after=after, newest_first=True)


def card_of(item: Item, language: Language) -> ReportSummaryView:
    return ReportSummaryView(
        report_id=item["report_id"],
        title=item["titles"][language],
        segment=item["segment"],
        summary=item["summaries"][language],
        published_at=item["published_at"],
    )


def read(table: Table, report_id: str, language: Language) -> ReportView | None:
    item = table.get(keys.report_text(report_id, language))
    return ReportView.from_item(item) if item else None


def log_reading(table: Table, report_id: str, member_id: str, at: str) -> None:
    reading = {"report_id": report_id, "member_id": member_id, "at": at}
    table.put({**keys.report_read(report_id, at, member_id).as_item(), **reading})
