"""Imports as the staff sees them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

from chalicelib import companies, sales
from chalicelib.exchange.answers.reasons import blocker_text, failure_text, missing_columns, note_text
from chalicelib.exchange.documents.summary import SHOWN, SUMMARY, NewCustomer, Summary
from chalicelib.exchange.imports import rules, store
from chalicelib.exchange.imports.config import Imports
from chalicelib.exchange.reading.totals import says
from chalicelib.exchange.runs import effects
from chalicelib.exchange.runs.effects import Position
from chalicelib.exchange.sales_files.schemas import (
    BadRowsView,
    ChangedDocumentView,
    ChangesView,
    EffectView,
    FileTotalView,
    FirstDocumentView,
    GoneDocumentView,
    ImportCountsView,
    ImportDetailView,
    ImportFailureView,
    ImportFileView,
    ImportNoteView,
    ImportProgressView,
    ImportRowCountsView,
    ImportView,
    NewCustomerView,
    PositionView,
    ReplacementView,
    SimilarCompanyView,
    TotalsView,
)
from chalicelib.platform import Context, Fault, Money, Problem, moment, or_not_found

_AS_STORED = (
    *("sha256", "confirmed_at", "confirmed_by", "created_at", "created_by", "uploaded_at"),
    *("finished_at", "encoding", "delimiter"),
)


def show(context: Context, import_id: str, language: str) -> ImportDetailView:
    """The import with what was understood of its file. Raises `not_found`."""
    found = or_not_found(store.load(context, import_id))
    item = found.item
    kept = store.get_if_any(import_id, "summary.json") if "file_parts" in item and item.get("finished_at") else None
    summary = SUMMARY.read(kept) if kept else None
    shown = view_of(context, found, language)
    new_customers = [_new_customer(context, each) for each in summary.new_customers] if summary else None
    return ImportDetailView(
        **shown.model_dump(),
        files=_files(context, found),
        blockers=[
            ImportNoteView(code=code, detail=blocker_text(code, facts, language))
            for code, facts in _blockers(context, found, shown)
        ],
        format=item.get("format"),
        sheet=item.get("sheet"),
        profile=found.profile,
        profile_kept=bool(item.get("profile_kept")),
        heading_row=int(item["heading_row"]) if "heading_row" in item else None,
        letters=item.get("letters", {}),
        decimal=item.get("decimal"),
        notes=[
            ImportNoteView(code=code, detail=note_text(code, facts, language))
            for code, facts in [*_notes(found, summary), *_other_branches(new_customers or [])]
        ],
        totals=_totals(summary) if summary else None,
        file_total=_file_total(item.get("own_total"), summary),
        first_documents=_first_documents(summary) if summary else None,
        new_customers=new_customers,
        changed_documents=_changed_documents(summary) if summary else None,
        changes=_changes(context, found) if found.count("changes_listed") else None,
        replacement=_replacement(found),
    )


def is_kept(context: Context, found: store.ImportRecord) -> bool:
    """True while the files of the import are kept, so that it can be confirmed and taken back."""
    days = timedelta(days=context.config[Imports].take_back_days)
    return "uploaded_at" in found.item and context.now - moment(found.uploaded_at) <= days


def _files(context: Context, found: store.ImportRecord) -> list[ImportFileView]:
    if not is_kept(context, found):
        return []
    names = [found.form.file_name, found.form.second_file_name or ""]
    expires_at = context.now + timedelta(seconds=store.LINK_SECONDS)
    return [
        ImportFileView(
            name=name, url=store.link(found.import_id, place, f"{found.import_id}-upload"), expires_at=expires_at
        )
        for name, place in zip(names, store.uploads_of(found), strict=False)
    ]


def _blockers(context: Context, found: store.ImportRecord, shown: ImportView) -> Iterator[tuple[str, dict[str, Any]]]:
    if shown.reason:
        yield "failed", {"detail": shown.reason.detail}
    if found.phase != "check" or found.state != "done":
        return
    proposal = found.proposal
    outcomes = shown.documents
    if not (outcomes.created or outcomes.changed or outcomes.unchanged or proposal.get("documents")):
        yield "nothing_to_record", {}
    if blocked := proposal.get("blocked"):
        yield "unreadable_rows", {"count": int(blocked)}
    if proposal.get("needs_consent"):
        percent = context.config[Imports].most_void_percent
        yield "needs_consent", {"count": int(proposal["documents"]), "percent": percent}
    if not is_kept(context, found):
        yield "file_gone", {}


def _notes(found: store.ImportRecord, summary: Summary | None) -> list[tuple[str, dict[str, Any]]]:
    notes = [(str(code), facts) for code, facts in found.item.get("notes", ())]
    if summary and summary.repeated:
        notes.append(("repeated", {"count": summary.repeated, "lines": summary.repeated_rows}))
    return notes


def _other_branches(new_customers: Sequence[NewCustomerView]) -> list[tuple[str, dict[str, Any]]]:
    """A note on new customers whose INN is known with another KPP."""
    names = [
        f"{each.name} ({each.inn}: {each.kpp} ≠ {other.kpp})"
        for each in new_customers
        for other in each.similar
        if each.inn and each.kpp and other.inn == each.inn and other.kpp not in (None, each.kpp)
    ]
    return [("other_branch", {"examples": names})] if names else []


def _file_total(own_total: dict[str, Any] | None, summary: Summary | None) -> FileTotalView | None:
    if own_total is None:
        return None
    amount = sum(map(Decimal, summary.amounts.values()), Decimal(0)) if summary else Decimal(0)
    equal = says(own_total, Decimal(summary.quantity), amount) if summary else None
    return FileTotalView(**{**own_total, "line": int(own_total["line"])}, equal=equal)


def _totals(summary: Summary) -> TotalsView:
    return TotalsView.from_record(
        summary,
        customers=len(summary.customers),
        quantity=sales.plain(Decimal(summary.quantity)),
        amounts=[_money(amount, currency) for currency, amount in summary.amounts.items()],
        first=summary.first_day or None,
        last=summary.last_day or None,
    )


def _first_documents(summary: Summary) -> list[FirstDocumentView]:
    return [
        FirstDocumentView.from_record(each, business_date=each.day, quantity=sales.plain(Decimal(each.quantity)))
        for each in summary.first
    ]


def _new_customer(context: Context, customer: NewCustomer) -> NewCustomerView:
    similar = companies.similar_companies(context, customer.name, customer.inn)
    return NewCustomerView.from_record(customer, similar=[SimilarCompanyView.from_record(each) for each in similar])


def _changed_documents(summary: Summary) -> list[ChangedDocumentView]:
    return [
        ChangedDocumentView(
            document=each.title,
            business_date=date.fromisoformat(each.day),
            before=_money(each.before.total, each.currency),
            after=_money(each.after or "0", each.currency),
        )
        for each in summary.changes[:SHOWN]
        if each.before
    ]


def _replacement(found: store.ImportRecord) -> ReplacementView | None:
    period, proposal = found.form.replace_period, found.proposal
    if period is None or not proposal:
        return None
    currency = found.currency
    return ReplacementView(
        first=period.first,
        last=period.last,
        documents=int(proposal.get("documents", 0)),
        amount=_money(str(proposal.get("amount", 0)), currency),
        known_documents=int(proposal.get("known_documents", 0)),
        known_amount=_money(str(proposal.get("known_amount", 0)), currency),
        needs_consent=bool(proposal.get("needs_consent")),
        unreadable_rows=int(proposal.get("blocked", 0)),
        voided=found.count("documents_voided"),
        beginning=[
            GoneDocumentView(document=title, business_date=date.fromisoformat(day), amount=_money(total, currency))
            for title, day, total in proposal.get("first", ())
        ],
    )


def _money(amount: str, currency: str) -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def _changes(context: Context, found: store.ImportRecord) -> ChangesView:
    return ChangesView(
        listed=found.count("changes_listed"),
        url=store.link(found.import_id, "changes.csv", f"{found.import_id}-changes.csv"),
        expires_at=context.now + timedelta(seconds=store.LINK_SECONDS),
    )


def view_of(context: Context, found: store.ImportRecord, language: str) -> ImportView:
    item, form = found.item, found.form
    failure = item.get("reason")
    stored: dict[str, Any] = {name: item.get(name) for name in _AS_STORED}
    # With documents in the way nothing was taken back.
    taken_back = item if found.state in ("taking_back", "taken_back") else {}
    return ImportView(
        **stored,
        import_id=found.import_id,
        kind=form.kind,
        source=form.source,
        file_name=form.file_name,
        dry_run=form.dry_run and "confirmed_at" not in item,
        state=rules.visible_state(found.state, found.upload_until, context.now),
        stalled=rules.is_stalled(found.state, moment(item["progress_at"]), context.now),
        taken_back_at=taken_back.get("taken_back_at"),
        taken_back_by=taken_back.get("taken_back_by"),
        documents_in_the_way=found.count("documents_in_the_way"),
        columns=found.columns,
        progress=ImportProgressView(**{name: found.count(name) for name in ImportProgressView.model_fields}),
        rows=ImportRowCountsView(
            total=found.count("rows_total"), skipped=found.count("rows_skipped"), **found.counts("rows")
        ),
        documents=ImportCountsView(**found.counts("documents")),
        companies_created=found.count("companies_created"),
        reason=_reason(failure["code"], failure["facts"], language) if failure else None,
        bad_rows=_bad_rows(context, found) if found.count("bad_rows_listed") else None,
    )


def _bad_rows(context: Context, found: store.ImportRecord) -> BadRowsView:
    return BadRowsView(
        listed=found.count("bad_rows_listed"),
        url=store.link(found.import_id, "bad-rows.csv", f"{found.import_id}-bad-rows.csv"),
        file_url=store.link(found.import_id, "bad-rows-file", f"{found.import_id}-{file}")
        if (file := found.item.get("bad_file"))
        else None,
        expires_at=context.now + timedelta(seconds=store.LINK_SECONDS),
    )


# --- effects ----------------------------------------------------------------------------------------------------------

EFFECT_SECONDS = 10


def list_effects(
    context: Context, import_id: str, limit: int, after: dict[str, str] | None
) -> tuple[list[EffectView], dict[str, str] | None]:
    """Companies, largest change first, with their tier and bonuses before the import and after it.

    A page ends when its time is over, at the first company at the latest, which is then listed without its positions.
    """
    if store.load(context, import_id) is None:
        raise Problem("not_found")
    found = effects.kept(import_id)
    first = int(after["row"]) if after else 0
    page = found.companies[first : first + limit]
    named = companies.read_companies(context, [company_id for company_id, _ in page])
    items: list[EffectView] = []
    ends = monotonic() + EFFECT_SECONDS
    for company_id, changed in page:
        company = named[company_id]
        before = then = None
        try:
            before, then = effects.positions(context, company, found.began, found.ended, lambda: monotonic() > ends)
        except TimeoutError:
            if items:
                break
        # Whatever counts for a company is in its own currency.
        effect = EffectView(
            company_id=company_id,
            name=company.name,
            purchases=Money(amount=changed, currency=company.currency),
            before=_position(before, company.currency),
            after=_position(then, company.currency),
        )
        items.append(effect)
    listed = first + len(items)
    return items, {"row": str(listed)} if listed < len(found.companies) else None


def _position(position: Position | None, currency: str) -> PositionView | None:
    return position and PositionView(
        tier=position.tier or None, bonuses=Money(amount=position.bonuses, currency=currency)
    )


def _reason(code: str, facts: dict[str, Any], language: str) -> ImportFailureView:
    errors = [
        Fault(pointer=f"/mapping/{field}", code=code, detail=detail)
        for field, detail in missing_columns(facts, language)
    ]
    return ImportFailureView(code=code, detail=failure_text(code, facts, language), errors=errors)
