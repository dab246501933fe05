"""Publication and reading of reports."""

from chalicelib import companies
from chalicelib.companies import Fact
from chalicelib.market_reports import keys, store
from chalicelib.market_reports.events import PUBLISHED
from chalicelib.market_reports.model import ReportSummaryView, ReportView
from chalicelib.market_reports.schemas import ReportForm
from chalicelib.platform import events
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.text import Language
from chalicelib.table.client import Position
from chalicelib.table.transactions import Transaction

PRIVILEGE = "market_reports"


def publish(context: Context, author: str, form: ReportForm, language: Language) -> ReportSummaryView:
    """One transaction."""
    report_id = context.new_id("rep")
    same = {"report_id": report_id, "segment": form.segment, "published_at": context.at}
    summary_ru, body_ru = form.summary_ru or form.summary, form.body_ru or form.body
    texts: dict[Language, ReportView] = {
        "en": ReportView(**same, title=form.title, summary=form.summary, body=form.body),
        "ru": ReportView(**same, title=form.title_ru, summary=summary_ru, body=body_ru),
    }
    card = ReportSummaryView(**texts[language].model_dump(exclude={"body"}))
    tx = Transaction()
    store.create(tx, texts, published_by=author)
    events.record(tx, context, keys.report(report_id), PUBLISHED, report_id=report_id, segment=form.segment)
    context.reply(tx, card)
    context.table.commit(tx)
    return card


def page(
    context: Context, reader: Principal, language: Language, *, limit: int, after: Position
) -> tuple[list[ReportSummaryView], Position]:
    """Newest first. Two calls. Raises 403 with the missing facts for an incomplete profile."""
    if missing := _missing(context, reader):
        raise Problem("cabinet_locked", "Complete your profile to read the reports.", extra={"missing": missing})
    found = store.page(context.table, limit=limit, after=after)
    return [store.card_of(item, language) for item in found.items], found.last


def read(context: Context, reader: Principal, report_id: str, language: Language) -> ReportView:
    """Two reads, and one write for the log. Raises 404 for an unknown report or an incomplete profile."""
    report = None if _missing(context, reader) else store.read(context.table, report_id, language)
    if report is None:
        raise Problem("not_found")
    store.log_reading(context.table, report_id, reader.for_member(), context.at)
    return report


def _missing(context: Context, reader: Principal) -> list[Fact]:
    """The missing facts of the reader's profile; none for the staff."""
    return [] if reader.kind == "staff" else companies.missing_for(context, reader.for_member(), PRIVILEGE)
