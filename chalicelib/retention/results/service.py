"""Results of waves: measured company by company on the days of the looks, compared when asked for.

    04:45, on a look  ──▶ nightly_results   sends the companies of the wave to the queue
    the results queue ──▶ measure writes the outcome of each where it is known
    GET …/results     ──▶ show              compares the arms as of the latest look

Asking daily shows the same figures until the next look, so it raises no false alarm.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from chalicelib import auth, companies, members, orders
from chalicelib.platform import Club, Context, Language, Money, clock, or_not_found, quarter_of, round_half_up
from chalicelib.retention.cases import store as cases
from chalicelib.retention.cases.rules import talks
from chalicelib.retention.learning import service as learning
from chalicelib.retention.learning.service import History
from chalicelib.retention.results import rules, store
from chalicelib.retention.results.model import CompanyResult, Look, Unit
from chalicelib.retention.results.schemas import (
    ManagerResultView,
    RankResultView,
    SharesView,
    TalksResultView,
    WaveMoneyView,
    WaveResultsView,
    look_view,
)
from chalicelib.retention.rhythm.rules import Figures, figures, until
from chalicelib.retention.waves import service as waves
from chalicelib.retention.waves import store as waves_store
from chalicelib.retention.waves.model import OUTCOME_DAYS, Assignment, Wave

YEAR = timedelta(days=365)
_NOTHING = (orders.OrderState.REJECTED, orders.OrderState.CANCELLED)  # came of an order in such a state
MOST_ENTRIES = 100  # of a case, newest first: more calls of a company in 90 days there are not


def measure(context: Context, wave_id: str, company_ids: Sequence[str]) -> None:
    """Write the outcomes of these companies of the wave, where they are known. May be repeated.

    A company that was joined into another one leaves the comparison: the other one has its purchases and its arm.
    """
    wave = waves.read(context, wave_id)
    known = companies.read_companies(context, company_ids)
    before = store.read(context, wave_id, company_ids)
    for company_id, several in waves_store.assignments(context, company_ids, [wave]).items():
        company = known.get(company_id)
        if company and company.joined_into:
            store.remove(context, wave_id, company_id)
            continue
        for made in several:
            if company and made.day + timedelta(days=OUTCOME_DAYS) <= context.today:
                counts = company.currency == context.config[Club].currency
                found = _result(context, made, counts_money=counts)
                # Days of visits are kept for half a year only: once seen, it stays.
                seen = company_id in before and before[company_id].visited
                store.save(context, replace(found, visited=seen or _visited(context, made)))


def _visited(context: Context, made: Assignment) -> bool:
    """Whether the people who act for the company now used the club within the days of the outcome."""
    first, last = made.day + timedelta(days=1), made.day + timedelta(days=OUTCOME_DAYS)
    people = [each.member_id for each in companies.people_of(context, made.company_id)]
    quarters = sorted({quarter_of(first + timedelta(days=number)) for number in range(OUTCOME_DAYS)})
    activity = auth.activity_of(context.table, people, quarters)
    return any(first.isoformat() <= day <= last.isoformat() for each in activity.values() for day in each.days)


def _ordered(context: Context, made: Assignment, last: date) -> list[orders.OrderLine]:
    """The lines of the orders within these days in the club's currency, without those that came to nothing."""
    lines: list[orders.OrderLine] = []
    for order in orders.orders_since(context, made.company_id, made.day.isoformat()):
        day = clock.local_day(clock.moment(order.placed_at), context.config[Club].zone)
        counts = order.currency == context.config[Club].currency and order.state not in _NOTHING
        if counts and made.day < day <= last:
            lines += order.lines
    return lines


def _result(context: Context, made: Assignment, *, counts_money: bool) -> CompanyResult:
    """Sums in another currency than the club's are left out of the money."""
    last = made.day + timedelta(days=OUTCOME_DAYS)
    history = learning.history(context, made.company_id, last)
    several = history.orders
    days = [(date.fromordinal(each.day), Decimal(each.amount)) for each in several]
    known = _figures(context, history, made.day)
    after = [(day, amount) for day, amount in days if made.day < day <= last]
    before = sum((amount for day, amount in days if made.day - YEAR < day <= made.day), Decimal(0))
    turnover = sum((amount for _, amount in after), Decimal(0))
    entries = cases.entries_of(context, cases.case_id_of(made.company_id), MOST_ENTRIES)
    said = [each for each in talks(entries) if made.day <= each.day <= last]
    named = next((each for each in said if each.reason), None)
    lines = _ordered(context, made, last)
    by_offers = rules.offer_sums(lines)
    return CompanyResult(
        wave_id=made.wave_id,
        company_id=made.company_id,
        unit=made.unit,
        arm=made.arm,
        day=made.day,
        manager_id=made.manager_id,
        called=bool(said),
        ordered_30=any(day <= made.day + timedelta(days=30) for day, _ in after),
        ordered_90=bool(after),
        turnover=round_half_up(turnover) if counts_money else Decimal(0),
        offers_sum=by_offers.total,
        offers_off=by_offers.off,
        offers_costed=by_offers.costed,
        offers_margin=by_offers.margin,
        margin=rules.margin_of(lines),
        before=round_half_up(before) if counts_money else Decimal(0),
        expected_sum=round_half_up(Decimal(known.expected_sum)) if known and counts_money else Decimal(0),
        chance=Decimal(1 - known.no_order).quantize(Decimal("0.0001")) if known else Decimal(0),
        reason=named.reason if named else None,
        answer=named.answer if named else None,
    )


def _figures(context: Context, history: History, day: date) -> Figures | None:
    """By the rhythm that the club knows now, from the orders up to this day; None without one."""
    past = until(history.orders, day.toordinal())
    return figures(learning.rhythm_in(context, history.currency), past, day.toordinal()) if past else None


def show(context: Context, wave_id: str | None, language: Language) -> WaveResultsView:
    """Of this wave, or of the latest one that has begun. Raises `not_found`."""
    wave = waves.read(context, wave_id) if wave_id else _latest(context)
    wave_id = wave.wave_id
    results = store.results(context, wave_id) if rules.look_on(wave, context.today) else ()
    look, known, several, suspect, found = rules.result_on(wave, results, context.today)
    words = rules.in_words(found, suspect, language) if look else rules.too_early(wave, language)
    random = Random(wave_id)  # noqa: S311 - no secret: the same bounds for whoever asks
    managers = _managers(context, known, several, look) if look and found else []
    margin = rules.margin_effect(several, look, random) if look and found else None
    by_offers = rules.offer_sums_of(each for each in known if each.arm == "called")
    currency = context.config[Club].currency
    if not suspect:
        words = f"{words} {rules.margin_in_words(by_offers, currency, language)}".rstrip()
    return WaveResultsView(
        wave_id=wave_id,
        look=look_view(look),
        next_look=rules.next_look(wave, context.today),
        entered=sum(1 for _ in waves_store.members(context, wave_id)),
        compared=len(several),
        reached=sum(each.called and each.arm == "called" for each in several),
        mixed=sum(each.is_mixed for each in several),
        breaches=sum(1 for _ in waves_store.breaches(context, wave_id)),
        suspect=suspect,
        words=words,
        visited=SharesView.of(found.visited) if found else None,
        ordered_30=SharesView.of(found.ordered_30) if found else None,
        ordered_90=SharesView.of(found.ordered_90) if found else None,
        turnover=WaveMoneyView.of(rules.turnover_effect(several, look, random)) if look and found else None,
        margin=WaveMoneyView.of(margin),
        offers_sum=Money(amount=by_offers.total, currency=currency),
        offers_off=Money(amount=by_offers.off, currency=currency),
        offers_margin=Money(amount=by_offers.margin, currency=currency) if by_offers.costed else None,
        offers_costed_percent=None if by_offers.costed_percent is None else float(by_offers.costed_percent),
        managers=managers,
        ranks=_ranks(several, look, random) if look and found else [],
        reasons=_talks(known, lambda each: each.reason) if found else [],
        answers=_talks(known, lambda each: each.answer) if found else [],
        managers_comparable=sum(each.stratified is not None for each in managers) > 1,
    )


def _latest(context: Context) -> Wave:
    begun = (wave for wave in waves_store.recent(context) if wave.first <= context.today and not wave.cancelled_at)
    none = "No wave has begun yet: plan one (POST /v1/staff/retention/waves), or wait for its first day."
    return or_not_found(next(begun, None), none)


def _managers(
    context: Context, known: Sequence[CompanyResult], several: Sequence[Unit], look: Look
) -> list[ManagerResultView]:
    of_manager = defaultdict(list)
    for each in known:
        if each.manager_id:
            of_manager[each.manager_id].append(each)
    people = members.members(context, list(of_manager))
    found = []
    for manager_id, results in sorted(of_manager.items()):
        own = rules.units(results)
        compared, stratified = rules.compare(own, look), rules.by_strata(several, own, look)
        if compared:
            view = SharesView.of_effect(*stratified) if stratified else None
            name = people[manager_id].name if manager_id in people else None
            found.append(ManagerResultView.of(compared, manager_id=manager_id, manager_name=name, stratified=view))
    return found


def _talks(known: Sequence[CompanyResult], code_of: Callable[[CompanyResult], str | None]) -> list[TalksResultView]:
    return [
        TalksResultView(
            code=each.code, companies=each.companies, ordered_90=each.ordered, expected_90=round(each.expected, 1)
        )
        for each in rules.by_code(known, code_of)
    ]


def _ranks(several: Sequence[Unit], look: Look, random: Random) -> list[RankResultView]:
    return [
        RankResultView.of(
            each.comparison,
            first_percent=each.first_percent,
            last_percent=each.last_percent,
            turnover=WaveMoneyView.of(each.turnover),
        )
        for each in rules.by_rank(several, look, random)
    ]
