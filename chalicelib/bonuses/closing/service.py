"""Periods: opened by purchases, closed once their grace is over, owed in goods from then on.

    a sale is recorded ──▶ on_sale_recorded   opens its period, due on the day of the close
    the night          ──▶ close_due          closes the periods that are due, each in one transaction: the posting,
                                              the closed period, the company's course, the entitlements, the events

A close computes the period from the day totals (`volume.rules.close`), under the version of the company's course. The course is read
before the totals, and recording a sale raises its version where the close could miss it; so nothing is lost between two closes, and a
repeated close finds the period closed.

Weakest point: a close reads all day totals since the programme began, one small item for each day with purchases.
"""

from datetime import date

from chalicelib import companies, sales
from chalicelib.bonuses.events import PERIOD_CREDITED
from chalicelib.bonuses.goods import store as goods_store
from chalicelib.bonuses.goods.changes import record_available
from chalicelib.bonuses.goods.prices import freeze, price_list
from chalicelib.bonuses.goods.rules import Entitlement
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Book, Cause
from chalicelib.bonuses.volume import rules as volume_rules
from chalicelib.bonuses.volume import store as volume_store
from chalicelib.bonuses.volume.config import VolumeBonuses
from chalicelib.bonuses.volume.rules import DAY, Close, Course, Payout, Period, Programme
from chalicelib.bonuses.volume.store import COURSE, Head
from chalicelib.companies import company_key
from chalicelib.platform import Context, derived_id, events, or_not_found
from chalicelib.table import CONTESTED, Page, Transaction, retry

_LAST_DAY = date.max - DAY

# --- opening ----------------------------------------------------------------------------------------------------------


@retry(COURSE, most=CONTESTED)
def note_purchases(context: Context, company_id: str, days: list[date]) -> None:
    if not any(day >= each.since for each in context.config[VolumeBonuses].periods for day in days):
        return
    heads = volume_store.heads(context.table, company_id)
    currency = next((head.currency for head in heads.values()), None) or _currency(context, company_id)
    tx = Transaction()
    for code, programme in volume_rules.programmes_of(context.config[VolumeBonuses].periods, currency).items():
        head = heads.get(code) or Head(company_id, code, currency, Course())
        course = volume_rules.note(programme, head.course, days)
        if course != head.course:
            volume_store.write_head(tx, head, course, _due(context, programme, course))
    context.table.commit(tx)


def _currency(context: Context, company_id: str) -> str:
    company = or_not_found(companies.read_company(context, company_id))
    return company.currency


def _due(context: Context, programme: Programme, course: Course) -> date | None:
    """Never in the past: the nightly run looks back over a few days only."""
    due = volume_rules.due(programme, course)
    return max(due, context.today) if due else None


# --- closing ----------------------------------------------------------------------------------------------------------


def close_due(context: Context, company_id: str) -> int:
    """Closes every due period of the company, the oldest of each programme first; returns their number."""
    closed = 0
    for head in volume_store.heads(context.table, company_id).values():
        programme = volume_rules.programmes_of(context.config[VolumeBonuses].periods, head.currency).get(head.programme)
        while programme and close(context, company_id, programme):
            closed += 1
    return closed


@retry(COURSE, most=CONTESTED)
def close(context: Context, company_id: str, programme: Programme) -> bool:
    """Closes the company's oldest open period of this programme if it is due. False if none is, or if another worker closed it."""
    head = volume_store.heads(context.table, company_id).get(programme.code)
    due = volume_rules.due(programme, head.course) if head else None
    if head is None or head.course.opened is None or due is None or due > context.today:
        return False
    period = Period(head.course.opened, programme.every)
    net = sales.day_totals(context, company_id, programme.since, _LAST_DAY).within(programme.currency).net
    made = volume_rules.close(programme, head.course, period, net)
    if made.credit and programme.pays != "gift":
        freeze(context, price_list(programme, period))
    return not _post(context, head, programme, made).again


def _post(context: Context, head: Head, programme: Programme, made: Close) -> ledger.Posted:
    company_id, first, last = head.company_id, made.period.first.isoformat(), made.period.last.isoformat()
    cause = Cause(
        "period", (programme.code, first), document={"programme": programme.code, "first": first, "last": last}
    )
    posting_id = ledger.posting_id(company_id, cause)
    parts = volume_rules.payouts(programme, made.period, made.credit, context.today)
    owed = [_entitlement(context, head, programme, made, part, len(parts), posting_id) for part in parts]

    def also(tx: Transaction, before: Book, after: Book) -> None:
        volume_store.write_head(tx, head, made.course, _due(context, programme, made.course))
        volume_store.create_period(tx, head, programme, made, context.today)
        if not made.credit:
            return
        for entitlement in owed:
            goods_store.create_entitlement(tx, entitlement, context.today)
            if entitlement.announced:
                record_available(tx, context, entitlement)
        events.record(
            tx,
            context,
            company_key(company_id),
            PERIOD_CREDITED,
            company_id=company_id,
            programme=programme.code,
            first_day=first,
            last_day=last,
            volume=made.volume,
            amount=made.credit,
            currency=head.currency,
            pays=programme.pays,
            parts=len(owed),
            posting_id=posting_id,
        )

    return ledger.change(
        context, company_id, programme.currency, cause, lambda book: ledger_rules.owe(book, made.credit), also
    )


def _entitlement(
    context: Context, head: Head, programme: Programme, made: Close, part: Payout, parts: int, posting_id: str
) -> Entitlement:
    first = made.period.first.isoformat()
    digest = derived_id("", head.company_id, programme.code, first, str(part.number))
    return Entitlement(
        # Ids sort by the day from which the goods are available.
        entitlement_id=f"ent_{part.available_from:%Y%m%d}{digest[1:25]}",
        company_id=head.company_id,
        currency=head.currency,
        kind=part.kind,
        amount=part.amount,
        programme=programme.code,
        first=made.period.first,
        last=made.period.last,
        part=part.number,
        parts=parts,
        available_from=part.available_from,
        expires_on=part.expires_on,
        notice_days=programme.notice_days,
        price_list=price_list(programme, made.period),
        posting_id=posting_id,
        announced=part.available_from <= context.today,
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def periods_of(
    context: Context, company_id: str, limit: int, after: dict[str, str] | None
) -> tuple[list[tuple[Programme, Close]], Page]:
    """Open periods, closed on the purchases as now known, and a page of closed ones, latest first. Raises 404 for an unknown company.

    Three calls; one more, for the currency, if the company has bought nothing yet.
    """
    heads = volume_store.heads(context.table, company_id)
    currency = next((head.currency for head in heads.values()), None) or _currency(context, company_id)
    programmes = volume_rules.programmes_of(context.config[VolumeBonuses].periods, currency)
    first = min((programme.since for programme in programmes.values()), default=context.today)
    net = sales.day_totals(context, company_id, first, _LAST_DAY).within(currency).net
    coming = [
        (programme, close)
        for programme in programmes.values()
        for close in volume_rules.upcoming(
            programme, heads[programme.code].course if programme.code in heads else Course(), context.today, net
        )
        if programme.since <= close.period.last
    ]
    return coming, volume_store.closed_periods(context.table, company_id, limit, after)
