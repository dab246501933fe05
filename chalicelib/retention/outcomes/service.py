"""The outcome of a call: one request, one transaction with the case, the list, the offer, the hand-over and the contact budget.

    reached      ──▶ a next day, or the end of the case, with its reason; the person's budget is spent
    not reached  ──▶ later today, then other days, then a letter
    closed down  ──▶ the end of the case, and of letters with advertising; another entry, or an order, undoes it
    skipped      ──▶ stays on the list of the day
    corrected    ──▶ the same again, from where the corrected entry began; by a head of sales for any manager

A sourcing request is recorded before, under an id of its own that a repeat finds again: a crash between both leaves the wish, which is
true, and the request that comes again finds it.

A correction gives the contact budget back after its transaction, which a crash may lose.

Weakest point: a correction takes back neither an offer nor a letter; an offer is withdrawn by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib import companies, contacts, demand, members, pricing
from chalicelib.companies import Company
from chalicelib.platform import Calendar, Club, Context, EventType, Problem, or_not_found, record_event
from chalicelib.platform.approvals import store as approvals
from chalicelib.platform.config.working_time import working_day_after
from chalicelib.retention.cases import keys, store
from chalicelib.retention.cases import service as cases
from chalicelib.retention.cases.config import Calls
from chalicelib.retention.cases.events import REOPENED
from chalicelib.retention.cases.model import CallAnswer, CallKind, Case, CaseState, Entry, NewContact
from chalicelib.retention.cases.rules import CHECK_IN, MONTH
from chalicelib.retention.learning import service as learning
from chalicelib.retention.lists import store as lists
from chalicelib.retention.lists.model import ListedCall
from chalicelib.retention.lists.schemas import NewContactView
from chalicelib.retention.outcomes import rules
from chalicelib.retention.outcomes.events import BENEFITS_PROMISED, DISPLAY_PROMISED, UNREACHED
from chalicelib.retention.outcomes.schemas import CaseView, OutcomeForm, OutcomeView
from chalicelib.retention.waves import service as waves
from chalicelib.retention.waves import store as waves_store
from chalicelib.table import Transaction, from_item, retry

Position = dict[str, str] | None

_IN = {"in_one_month": MONTH, "in_three_months": CHECK_IN}
_PROMISES = {CallAnswer.BENEFITS_LETTER: BENEFITS_PROMISED, CallAnswer.DISPLAY_DEAL: DISPLAY_PROMISED}
_YEAR = timedelta(days=365)


@retry("case", "list", "entry", "version", "contact_budget", "address_budget", approvals.ALONE)
def record_outcome(context: Context, case_id: str, form: OutcomeForm, *, by: str, leads: bool = False) -> OutcomeView:
    """Raises `not_found` for a case that was never on a list of the caller's, 409 for a call that is done, 422 for what cannot be.

    The company's present manager may correct an entry on the list of the one before, and who `leads` the sales that of any manager, at any time and
    with a note. 403 for an offer above the bounds of a manager.
    """
    before = store.load(context, case_id)
    if before is None or before.listed_by is None or before.listed_on is None:
        raise Problem("not_found")
    if not rules.may_record(before, by, corrects=form.corrects is not None, leads=leads):
        raise Problem("not_found")
    listed = lists.load(context, before.listed_by, before.listed_on, consistent=True)
    call = next((each for each in listed.calls if each.case_id == case_id), None) if listed else None
    corrected = _corrected(context, before, form, by)
    if corrected:
        start, kind = rules.restored(before, corrected, context.today), corrected.kind
    elif call is None:
        raise Problem("not_found")
    elif call.state == "done":
        raise Problem("wrong_state", "This call is done. A mistake is corrected by another entry that names it.")
    else:  # it counts even where the case is no longer ready: the company ordered meanwhile, or is held out since
        start, kind = replace(before, state=CaseState.READY), call.kind
    company = or_not_found(companies.read_company(context, before.company_id))
    agreed = _agreed(context, form)
    _check(context, form, company)
    _require_display_deal(context, form)
    tx = Transaction()
    offer_id = _offer(context, tx, form, company, by)
    demand_id = _wish(context, form, company, by)
    calendar = context.config[Calendar]
    after = rules.after(
        start,
        form.result,
        context.today,
        reason=form.reason,
        answer=form.answer,
        agreed=agreed,
        meeting=form.meeting,
        named=form.contact is not None,
        working_day_after=lambda day, number: working_day_after(day, number, calendar),
    )
    surveyed = context.today if kind is CallKind.SURVEY and form.result == "reached" else after.surveyed
    after = replace(after, contact=_contact(start, form), surveyed=surveyed)
    entry = Entry(
        entry_id=context.new_id("ent"),
        case_id=case_id,
        company_id=company.company_id,
        by=by,
        at=context.at,
        day=context.today,
        kind=kind,
        result=form.result,
        reason=form.reason,
        answer=form.answer,
        note=form.note,
        person_id=form.person_id,
        next_day=after.due if after.state is CaseState.WAITING else None,
        offer_id=offer_id,
        demand_id=demand_id,
        promotion_id=form.promotion_id,
        handed_to=form.manager_id,
        corrects=form.corrects,
        tries_before=start.tries,
        contact_before=start.last_contact,
        reason_before=start.reason,
        because_before=start.because,
        demand_before=start.demand_id,
        answered_before=start.answered,
        surveyed_before=start.surveyed,
        person_before=start.contact,
    )
    hold_out = waves.hold_out_of(context, company.company_id)
    after = cases.left_out(context, after, hold_out)
    manager_id = form.manager_id or after.manager_id
    after = replace(
        after,
        manager_id=manager_id,
        demand_id=demand_id or after.demand_id,
        last_entry=entry.entry_id,
        version=before.version + 1,
    )
    store.put(tx, after, before)
    store.add_entry(tx, entry)
    if after.closed_down and not before.closed_down:
        contacts.close_down(tx, company.company_id, context.at)
    if before.closed_down and not after.closed_down:
        contacts.reopen(tx, company.company_id)
    if listed and (
        corrected is None or listed.day == context.today
    ):  # the list of a day that is over keeps what was done
        lists.put(tx, context, rules.marked(listed, case_id, rules.listed_state(start, form.result)), listed)
    if form.manager_id and form.manager_id != company.manager_id:
        companies.change_manager(context, tx, company, form.manager_id, by=by)
    if form.result == "reached":
        _spend(context, tx, _spoken_to(form, start, call), entry.entry_id)
        if hold_out:
            waves_store.record_breach(tx, context.at, hold_out, "telephone", entry.entry_id, by)
    for event in _events(before, after, start, form):
        facts = {"company_id": company.company_id, "case_id": case_id, "entry_id": entry.entry_id}
        if form.promotion_id:
            facts["promotion_id"] = form.promotion_id
        record_event(tx, context, keys.case(case_id), event, **facts, by=by)
    [view] = _views(context, [entry])
    context.reply(tx, view)
    context.table.commit(tx)
    if corrected and corrected.result == "reached":
        spoken_to = _spoken_to(form, start, call) if form.result == "reached" else None
        _take_back(context, {corrected.person_id, *(call.people if call else ())} - {spoken_to}, corrected.entry_id)
    return view


def _corrected(context: Context, case: Case, form: OutcomeForm, by: str) -> Entry | None:
    """The latest entry of the case, if the form corrects it. A corrector who never managed the company gives a reason."""
    if form.corrects is None:
        return None
    entry = store.latest_entry(context, case.case_id)
    if form.corrects != case.last_entry or entry is None:
        raise Problem("conflict", "Only the latest entry of a case can be corrected.")
    if by not in (case.listed_by, case.manager_id) and not form.note:
        raise Problem.invalid("required", "/note", "Say why you correct the entry of another person.")
    return entry


def _contact(case: Case, form: OutcomeForm) -> NewContact | None:
    """The person named now; the one named before, until a member of the company is reached."""
    if form.contact:
        return NewContact(form.contact.name, form.contact.phone, form.contact.email)
    return None if form.person_id else case.contact


def _events(before: Case, after: Case, start: Case, form: OutcomeForm) -> Iterator[EventType]:
    if form.answer in _PROMISES:
        yield _PROMISES[form.answer]
    if rules.needs_letter(start, form.result):
        yield UNREACHED
    if before.closed_down and not after.closed_down:
        yield REOPENED


def _agreed(context: Context, form: OutcomeForm) -> date | None:
    agreed = form.next_day or (context.today + _IN[form.next] if form.next else None)
    if agreed and not rules.is_possible(agreed, context.today):
        raise Problem.invalid("out_of_range", "/next_day", "The next call is after today, and within a year.")
    return agreed


def _check(context: Context, form: OutcomeForm, company: Company) -> None:
    answers = context.config[Calls].answers
    if form.reason and not rules.allowed(answers, form.reason, form.answer):
        raise Problem.invalid("answer_not_allowed", "/answer", "The club does not answer this reason so.")
    if form.answer in _PROMISES and not companies.who_buys(context, {"company_id": company.company_id}):
        raise Problem.invalid(
            "nobody_to_write_to", "/answer", "Nobody of the company gets letters of the club. Invite a person first."
        )
    if form.person_id:
        people = companies.people_of(context, company.company_id)
        if form.person_id not in {each.member_id for each in people if each.status == "active"}:
            raise Problem.invalid("unknown_person", "/person_id", "This person does not act for the company.")


def _require_display_deal(context: Context, form: OutcomeForm) -> None:
    if form.promotion_id:
        try:
            pricing.display_deal(context, form.promotion_id)
        except Problem:
            raise Problem.invalid("unknown_promotion", "/promotion_id", "There is no such display deal now.") from None


def _offer(context: Context, tx: Transaction, form: OutcomeForm, company: Company, by: str) -> str | None:
    """Adds the offer within the bound of the company's turnover."""
    if form.offer is None:
        return None
    if form.offer.percent is not None:
        days, currency = learning.history(context, company.company_id, context.today)
        since = (context.today - _YEAR).toordinal()
        turnover = Decimal(sum(each.amount for each in days if each.day > since))
        in_club_currency = currency == context.config[Club].currency
        most = rules.most_percent(context.config[Calls].offer_percent, turnover if in_club_currency else Decimal(0))
        if form.offer.percent > most:
            raise Problem.invalid(
                "limit_exceeded",
                "/offer/percent",
                f"A company of this turnover is offered at most {pricing.plain(most)} %.",
            )
    return pricing.add_offer(context, tx, company.company_id, form.offer, author=by, place="/offer").offer_id


def _wish(context: Context, form: OutcomeForm, company: Company, by: str) -> str | None:
    """A company that a sales file brought has no member: the manager asks in their own name, and the case brings the answer."""
    if form.wish is None:
        return None
    return demand.record_demand(context, company.company_id, form.person_id or by, form.wish, "/wish").demand_id


def _spoken_to(form: OutcomeForm, start: Case, call: ListedCall | None) -> str | None:
    """The member who was reached: where the form names nobody, the first on the list, unless a person who is no member was to be called."""
    if form.person_id or form.contact or start.contact or call is None:
        return form.person_id
    return next(iter(call.people), None)


def _spend(context: Context, tx: Transaction, member_id: str | None, entry_id: str) -> None:
    """The person was called, whatever the budget said."""
    member = members.member(context, member_id) if member_id else None
    if member is None:
        return
    contacts.note(
        context,
        tx,
        person_id=member.member_id,
        channel="telephone",
        address=member.phone,
        contact_class="content",
        day=contacts.local_day(context, member.time_zone),
        by=entry_id,
    )


def _take_back(context: Context, people: Iterable[str | None], entry_id: str) -> None:
    """The entry was a mistake, so nobody spoke to whom it names or was listed: they may be called."""
    for member in members.members(context, sorted(each for each in people if each)).values():
        contacts.take_back(
            context,
            person_id=member.member_id,
            channel="telephone",
            address=member.phone,
            contact_class="content",
            by=entry_id,
        )


# --- reads ------------------------------------------------------------------------------------------------------------


def show_case(context: Context, company_id: str) -> CaseView:
    """Raises `not_found` for a company without orders, and for an unknown one."""
    found = store.load(context, store.case_id_of(company_id))
    company = or_not_found(companies.read_company(context, company_id))
    if found is None:
        raise Problem("not_found", "The company has no case: it has not ordered yet.")
    names = _names(context, [found.manager_id, found.listed_by])
    return CaseView.from_record(
        found,
        company_name=company.name,
        manager_name=names.get(found.manager_id),
        listed_by_name=names.get(found.listed_by),
        contact=NewContactView.from_record(found.contact) if found.contact else None,
    )


def history(context: Context, case_id: str, limit: int, after: Position) -> tuple[list[OutcomeView], Position]:
    """Raises `not_found`."""
    if store.load(context, case_id) is None:
        raise Problem("not_found")
    page = store.entries(context, case_id, limit, after)
    return _views(context, [from_item(Entry, item) for item in page.items]), page.last


def _views(context: Context, entries: Sequence[Entry]) -> list[OutcomeView]:
    """One read."""
    names = _names(context, [member_id for each in entries for member_id in (each.by, each.person_id, each.handed_to)])
    return [
        OutcomeView.from_record(
            each,
            by_name=names.get(each.by),
            person_name=names.get(each.person_id),
            handed_to_name=names.get(each.handed_to),
        )
        for each in entries
    ]


def _names(context: Context, member_ids: Sequence[str | None]) -> dict[str | None, str]:
    """By id, of those who are in the club still."""
    known = members.members(context, sorted({each for each in member_ids if each}))
    return {member_id: found.name for member_id, found in known.items()}
