"""Cases, kept up to date with the state of their companies.

    the state changes, the manager changes ──▶ follow        reads what is so now, and writes the case where it differs
    05:00, the cases of the day            ──▶ follow        makes them ready
    the wish of a company is answered      ──▶ goods_arrived

`follow` looks at the present state, the present manager and the hold-out, not at what an event says; so duplicate and late deliveries end
in the same case. A dormant company is assigned to the open wave first. The case of a held-out company looks like any other, and is on no list.

Weakest point: a case that is ready keeps its rank until its company changes its state or is listed.
"""

from dataclasses import replace
from decimal import Decimal

from chalicelib import contacts
from chalicelib.companies import Company, company_key
from chalicelib.contacts import HoldOut
from chalicelib.platform import Club, Context
from chalicelib.retention.cases import keys, rules, store
from chalicelib.retention.cases.config import Calls
from chalicelib.retention.cases.model import Case, CaseCause
from chalicelib.retention.cases.rules import Estimates, Season
from chalicelib.retention.learning import service as learning
from chalicelib.retention.states import keys as states_keys
from chalicelib.retention.states.store import Rhythm
from chalicelib.retention.waves import service as waves
from chalicelib.table import Transaction, from_item, retry


@retry("case", "")
def follow(context: Context, company_id: str) -> None:
    """Bring the case of a company up to date. Without a change nothing is written; a company without orders has no case."""
    case_id = store.case_id_of(company_id)
    several = [company_key(company_id), states_keys.rhythm(company_id), keys.case(case_id)]
    company, rhythm, stored = map(context.table.get_many(several, consistent=True).get, several)
    if company is None or rhythm is None:
        return
    known = from_item(Rhythm, rhythm)
    before = from_item(Case, stored) if stored else None
    partner = Company.from_item(company)
    after = before or rules.opened(case_id, company_id, known.state, partner.manager_id, context.today)
    after = replace(after, manager_id=partner.manager_id)
    after = rules.joined(after, context.today) if partner.joined_into else _planned(context, after, partner, known)
    if after == before:
        return
    after = replace(after, version=after.version + 1)
    if not before or before.closed_down == after.closed_down:
        store.save(context, after, before)
        return
    tx = Transaction()  # it ordered again: it is open
    store.put(tx, after, before)
    contacts.reopen(tx, company_id)
    context.table.commit(tx)


def _planned(context: Context, case: Case, company: Company, known: Rhythm) -> Case:
    """Ready on its day; on no list while the company is held out."""
    if case.company_state is not known.state or case.was_joined:
        case = rules.follow(case, known.state, context.today)
    if known.state in waves.TO_WIN_BACK:
        waves.assign(context, [case.company_id])
    config = context.config[Calls]
    weight = _weight(context, company, known)
    case = rules.prepared(case, estimates(known), context.today, season(config), config.weights, weight)
    return left_out(context, case, waves.hold_out_of(context, case.company_id))


def left_out(context: Context, case: Case, held: HoldOut | None) -> Case:
    """The case as its company's hold-out leaves it; without one, it may be listed."""
    case = replace(case, left_out_until=None)
    if held is None:
        return case
    return rules.left_out(case, context.today, held.until, held.told(context.today, rules.MONTH.days))


def _weight(context: Context, company: Company, known: Rhythm) -> Decimal | None:
    """For `prepared`: None for a company in the club's currency."""
    if company.currency == context.config[Club].currency:
        return None
    return rules.weight_in_club(Decimal(learning.club_rhythm(context).club.mean_order), known.order_value)


def estimates(known: Rhythm) -> Estimates:
    nothing = Decimal(0)
    return Estimates(
        known.early_warning or nothing,
        known.expected_sum or nothing,
        known.usual_sum or nothing,
        known.last_order,
        known.window_from,
        known.window_to,
    )


def season(config: Calls) -> Season:
    return Season(config.new_year_from, config.new_year_to)


@retry("")
def case_of(context: Context, company_id: str) -> Case | None:
    """The company's case. One call."""
    return store.load(context, store.case_id_of(company_id))


def goods_arrived(context: Context, company_id: str, demand_id: str) -> None:
    """Makes the case due whose company waits for these goods. A repeat, or the answer to another wish, changes nothing."""
    before = store.load(context, store.case_id_of(company_id))
    if before and before.demand_id == demand_id:
        due = min(before.due, context.today)
        after = replace(before, demand_id=None, answered=demand_id, because=CaseCause.GOODS, due=due)
        store.save(context, replace(after, version=before.version + 1), before)
    follow(context, company_id)
