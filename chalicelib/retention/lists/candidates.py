"""Candidates for today's calls: the person, whether the club may call, and the facts for the manager before the call."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from chalicelib import companies, contacts, demand, members, orders, recommendations, tiers
from chalicelib.companies import Company
from chalicelib.orders import Order, OrderState
from chalicelib.platform import Context, Language, chunks, round_half_up
from chalicelib.retention.cases import keys as cases_keys
from chalicelib.retention.cases import rules as cases_rules
from chalicelib.retention.cases import service as cases
from chalicelib.retention.cases import store as cases_store
from chalicelib.retention.cases.config import Calls
from chalicelib.retention.cases.model import CallKind, Case, CaseCause, CaseState
from chalicelib.retention.cases.rules import Estimates
from chalicelib.retention.learning import service as learning
from chalicelib.retention.lists import news, rules
from chalicelib.retention.lists.model import Acting, Article, ListedCall, OpenOrder, Purchase, Talk, TierToKeep, Wish
from chalicelib.retention.states import keys as states_keys
from chalicelib.retention.states import service as states
from chalicelib.retention.states.rules import sentence, standing_on
from chalicelib.retention.states.store import Rhythm
from chalicelib.table import from_item, retry
from chalicelib.tiers import Standing

LOOKED_AT = 100  # ready cases of a manager, by rank
WAITED = 3  # those that are ready the longest
MOST_PEOPLE = 5
LOOKED_BACK = 20  # entries of a case, for the last talk
MOST_PURCHASES = 3
MOST_ORDERS = 10
MOST_ARTICLES = 5  # of each list
# Calls that the company asked for, and those that ask who buys now: no budget keeps them waiting.
_AGREED = (CaseCause.AGREED, CaseCause.MEETING, CaseCause.GOODS, CaseCause.PERSON)
_OPEN = (OrderState.PLACED, OrderState.CHANGED, OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED)


def ready_cases(context: Context, manager_id: str) -> tuple[list[Case], list[Case]]:
    """The manager's ready cases by rank and by day, as they are now, without those that are held out since they became ready. Three calls."""
    by_rank = cases_store.ready(context, manager_id, LOOKED_AT)
    by_day = cases_store.longest_ready(context, manager_id, WAITED)
    ids = {case.case_id: case.company_id for case in (*by_rank, *by_day)}
    holds = [contacts.hold_out_key(each) for each in ids.values()]
    items = context.table.get_many([*map(cases_keys.case, ids), *holds], consistent=True)
    held = {made.company_id for key in holds if (made := contacts.hold_out_today(context, items.pop(key, None)))}
    now = {
        key: case
        for key, item in items.items()
        if (case := from_item(Case, item)).state is CaseState.READY and case.manager_id == manager_id
    }
    for company_id in sorted(held):
        cases.follow(context, company_id)  # its case leaves the lists until the hold-out ends

    def fresh(several: Sequence[Case]) -> list[Case]:
        found = (now.get(cases_keys.case(case.case_id)) for case in several)
        return [case for case in found if case and case.company_id not in held]

    return fresh(by_rank), fresh(by_day)


def choose(
    context: Context, by_rank: Sequence[Case], by_day: Sequence[Case], number: int
) -> list[tuple[Case, ListedCall]]:
    """The first so many cases that may be called today. Two reads for so many companies, and about twelve for each."""
    found: list[tuple[Case, ListedCall]] = []
    for several in chunks(rules.in_turn(by_rank, by_day, number, context.today), number):
        facts = _facts(context, [case.company_id for case in several])
        for case in several:
            if len(found) == number:
                return found
            known = facts.get(case.company_id)
            if known is None or known.company.joined_into:
                continue
            acting = _acting(context, case.company_id)
            people, after = _people_to_call(context, case, acting)
            if after:
                _postpone(context, case.case_id, after)
                continue
            listed = _listed(context, case, known, people, len(found) + 1)
            found.append((case, replace(listed, acting={each: acting[each] for each in people})))
    return found


class _CompanyFacts(NamedTuple):
    """The facts of a company that are read for several at once."""

    company: Company
    standing: Standing
    estimates: Estimates


def _facts(context: Context, company_ids: Sequence[str]) -> dict[str, _CompanyFacts]:
    """By company. Two reads."""
    wanted = [key for each in company_ids for key in (companies.company_key(each), states_keys.rhythm(each))]
    items = context.table.get_many(wanted, consistent=True)
    standings = tiers.standings_of(context, company_ids)
    found = {}
    for company_id in company_ids:
        company, rhythm = items.get(companies.company_key(company_id)), items.get(states_keys.rhythm(company_id))
        if company:
            estimates = cases.estimates(from_item(Rhythm, rhythm)) if rhythm else Estimates()
            found[company_id] = _CompanyFacts(Company.from_item(company), standings[company_id], estimates)
    return found


@retry("")
def _postpone(context: Context, case_id: str, due: date) -> None:
    """The contact budget allows a call from this day on."""
    case = cases_store.load(context, case_id)
    if case and case.state is CaseState.READY:
        waiting = replace(case, state=CaseState.WAITING, due=due, version=case.version + 1)
        cases_store.save(context, waiting, case)


def _acting(context: Context, company_id: str) -> dict[str, Acting]:
    """By member, how those act who act for the company now."""
    several = companies.people_of(context, company_id)
    return {each.member_id: Acting(each.role, each.influence) for each in several if each.status == "active"}


def _people_to_call(context: Context, case: Case, acting: Mapping[str, Acting]) -> tuple[list[str], date | None]:
    """The people of the company, those who may be called first; or the first day on which somebody may be.

    A company of which the club knows nobody with a telephone is called once a month, too; so is a person who was named and is no member.
    """
    known = members.members(context, list(acting))
    first = sorted(known.values(), key=lambda each: (acting[each.member_id].influence or 9, each.name))
    reachable = [] if case.contact and case.contact.phone else [each for each in first if each.phone]
    if not reachable:
        rested = case.last_contact + cases_rules.MONTH if case.last_contact else context.today
        planned = case.because is CaseCause.PLAN and rested > context.today
        return [each.member_id for each in first[:MOST_PEOPLE]], rested if planned else None
    refused: list[date] = []
    for each in reachable:
        verdict = contacts.may_contact(
            context,
            each.member_id,
            "telephone",
            "service" if case.because in _AGREED else "content",
            contacts.local_day(context, each.time_zone),
        )
        if verdict.allowed:
            others = (other.member_id for other in first if other is not each)
            return [each.member_id, *others][:MOST_PEOPLE], None
        refused.append(verdict.next_day or context.today + cases_rules.MONTH)
    return [], max(min(refused), context.today + timedelta(days=1))


def _listed(context: Context, case: Case, known: _CompanyFacts, people: Sequence[str], place: int) -> ListedCall:
    today = context.today
    days, currency = learning.history(context, case.company_id, today)
    club = learning.rhythm_in(context, currency)
    kind, told = _subject(context, case, known.estimates)
    usual = orders.usual_order(context, case.company_id)
    standing = standing_on(club, days, today.toordinal(), states.limits(context))
    return ListedCall(
        case_id=case.case_id,
        company_id=case.company_id,
        kind=kind,
        place=place,
        rank=case.rank,
        due=case.due,
        people=tuple(people),
        words={
            "en": sentence(standing, today.toordinal(), club.horizon, "en"),
            "ru": sentence(standing, today.toordinal(), club.horizon, "ru"),
        },
        currency=known.company.currency,
        purchases=tuple(
            Purchase(date.fromordinal(each.day), round_half_up(Decimal(each.amount)))
            for each in days[: -MOST_PURCHASES - 1 : -1]
        ),
        orders=tuple(_open_orders(context, case.company_id)),
        tier=_tier(known.standing),
        usual=tuple(
            Article(each.sku, {"en": each.name, "ru": each.name_ru}, each.quantity)
            for each in usual.lines[:MOST_ARTICLES]
        ),
        missing=tuple(
            Article(each.sku, {"en": each.name, "ru": each.name}) for each in usual.not_available[:MOST_ARTICLES]
        ),
        new=tuple(
            Article(each.sku, {"en": each.name, "ru": each.name_ru})
            for each in recommendations.new_for_you(context, case.company_id, "en").items[:MOST_ARTICLES]
        ),
        news=told,
        below_lowest_step=not known.standing.window_result.step.tier,
        talk=_last_talk(context, case),
        wish=_wish(context, case),
    )


def _subject(context: Context, case: Case, known: Estimates) -> tuple[CallKind, Mapping[Language, str] | None]:
    """The kind of the call. A check-in with a company that buys what there is news of tells the news."""
    kind = cases_rules.kind_of(case, known, context.today, cases.season(context.config[Calls]))
    told = news.for_company(context, case.company_id) if kind is CallKind.CHECK_IN else None
    return (CallKind.NEWS if told else kind), told


def _last_talk(context: Context, case: Case) -> Talk | None:
    """The latest one that was not corrected. One read, for a company that somebody spoke to."""
    entries = cases_store.entries_of(context, case.case_id, LOOKED_BACK) if case.last_contact else []
    said = next((each for each in cases_rules.talks(entries)), None)
    return Talk(said.day, said.reason, said.answer, said.note, said.offer_id) if said else None


def _wish(context: Context, case: Case) -> Wish | None:
    """The goods whose answer made the call due. One read, for such a call."""
    found = demand.read_demand(context.table, case.answered) if case.answered else None
    if found is None or found.answered is None:
        return None
    return Wish(found.sku, found.text, found.answered.text, found.answered.sku)


def _open_orders(context: Context, company_id: str) -> Iterator[OpenOrder]:
    for order in orders.latest(context, company_id, MOST_ORDERS):
        problem = _problem(order)
        if problem or order.state in _OPEN:
            yield OpenOrder(order.order_id, order.number, order.state.value, order.placed_at, order.total, problem)


def _problem(order: Order) -> str:
    if order.cancellation and order.cancellation.state == "waiting":
        return "cancellation_requested"
    return "return_requested" if any(each.state == "requested" for each in order.returns) else ""


def _tier(standing: Standing) -> TierToKeep:
    fall = standing.fall
    keeps = tiers.order_to_keep(standing, fall.first) if fall else None
    return TierToKeep(
        {"en": standing.tier.name_in("en"), "ru": standing.tier.name_in("ru")},
        fall.first if fall else None,
        keeps.amount if keeps else None,
        keeps.by if keeps else None,
    )
