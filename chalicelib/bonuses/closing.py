"""Periods: opened by purchases, closed once their grace is over, owed in goods from then on.

    a sale is recorded ──▶ on_sale_recorded   opens the period in which it counts, due on the day of its close
    the night          ──▶ close_due          closes what is due, one period after the other, each in one transaction:
                                              the posting, the closed period, the company's course, what is owed, the events

What a period comes to is computed from the day totals at its close (`periods.close`), under the version of the company's course. The course is
read before the totals are, and whoever records a sale raises its version where the close could miss it; so nothing is lost between two
closes, and a close that is asked for again finds the period closed.

Weakest point: a close reads all day totals since the programme began, one small item for each day with purchases.
"""

from datetime import date
from typing import NamedTuple

from chalicelib import companies, sales
from chalicelib.bonuses import goods_store, ledger, periods, periods_store, rules
from chalicelib.bonuses.events import PERIOD_CREDITED
from chalicelib.bonuses.goods import Entitlement, Priced
from chalicelib.bonuses.goods_events import AVAILABLE
from chalicelib.bonuses.periods import DAY, Close, Course, Part, Period, Programme
from chalicelib.bonuses.periods_store import COURSE, ClosedPeriod, Head
from chalicelib.bonuses.rules import Book, Cause
from chalicelib.bonuses.volume_config import VolumeBonuses
from chalicelib.catalog import Product, every_product
from chalicelib.companies import company_key
from chalicelib.platform import events
from chalicelib.platform.context import Work
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.ids import derived_id
from chalicelib.table.retries import CONTESTED, retry
from chalicelib.table.transactions import Refused, Transaction

_LAST_DAY = date.max - DAY

# --- opening ----------------------------------------------------------------------------------------------------------


@retry(COURSE, most=CONTESTED)
def note(work: Work, company_id: str, days: list[date]) -> None:
    wanted = [each.code for each in work.config[VolumeBonuses].periods if any(day >= each.since for day in days)]
    if not wanted:
        return
    heads = periods_store.read_heads(work.table, company_id, wanted)
    currency = next((head.currency for head in heads.values()), None) or _currency(work, company_id)
    tx = Transaction()
    for code, programme in periods.programmes_of(work.config[VolumeBonuses].periods, currency).items():
        head = heads.get(code) or Head(company_id, code, currency, Course())
        course = periods.note(programme, head.course, days)
        if course != head.course:
            periods_store.write_head(tx, head, course, _due(work, programme, course))
    work.table.commit(tx)


def _currency(work: Work, company_id: str) -> str:
    company = companies.read_company(work, company_id)
    if company is None:
        raise Problem("not_found")
    return company.currency


def _due(work: Work, programme: Programme, course: Course) -> date | None:
    """Never in the past: the night looks back over some days only."""
    due = periods.due(programme, course)
    return max(due, work.today) if due else None


# --- closing ----------------------------------------------------------------------------------------------------------


def close_due(work: Work, company_id: str) -> int:
    """Closes every period of the company whose close is due, the oldest of each programme first; how many were closed now."""
    closed = 0
    for head in periods_store.heads(work.table, company_id).values():
        programme = periods.programmes_of(work.config[VolumeBonuses].periods, head.currency).get(head.programme)
        while programme and close(work, company_id, programme):
            closed += 1
    return closed


@retry(COURSE, most=CONTESTED)
def close(work: Work, company_id: str, programme: Programme) -> bool:
    """Closes the company's oldest open period of this programme if that is due. False if there is none, or another worker did it."""
    head = periods_store.read_heads(work.table, company_id, [programme.code]).get(programme.code)
    due = periods.due(programme, head.course) if head else None
    if head is None or head.course.opened is None or due is None or due > work.today:
        return False
    period = Period(head.course.opened, programme.every)
    net = sales.day_totals(work, company_id, programme.since, _LAST_DAY).net
    made = periods.close(programme, head.course, period, net)
    if made.credit and programme.pays != "gift":
        freeze(work, price_list(programme, period))
    return not _post(work, head, programme, made).again


def _post(work: Work, head: Head, programme: Programme, made: Close) -> ledger.Posted:
    company_id, first, last = head.company_id, made.period.first.isoformat(), made.period.last.isoformat()
    cause = Cause(
        "period", (programme.code, first), document={"programme": programme.code, "first": first, "last": last}
    )
    posting_id = ledger.posting_id(company_id, cause)
    parts = periods.payouts(programme, made.period, made.credit, work.today)
    owed = [_entitlement(work, head, programme, made, part, len(parts), posting_id) for part in parts]

    def also(tx: Transaction, before: Book, after: Book) -> None:
        periods_store.write_head(tx, head, made.course, _due(work, programme, made.course))
        periods_store.create_period(tx, head, programme, made, work.today)
        if not made.credit:
            return
        for entitlement in owed:
            goods_store.create_entitlement(tx, entitlement, work.today)
            if entitlement.announced:
                record_available(tx, work, entitlement)
        events.record(
            tx,
            work,
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

    return ledger.change(work, company_id, cause, lambda book: rules.owe(book, made.credit), also)


def _entitlement(
    work: Work, head: Head, programme: Programme, made: Close, part: Part, parts: int, posting_id: str
) -> Entitlement:
    first = made.period.first.isoformat()
    digest = derived_id("", head.company_id, programme.code, first, str(part.number))
    return Entitlement(
        # Ids sort by the day from which the goods are there.
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
        announced=part.available_from <= work.today,
    )


def record_available(tx: Transaction, work: Work, entitlement: Entitlement) -> None:
    """The event that goods, or a gift, are there."""
    expires = {"expires_on": entitlement.expires_on.isoformat()} if entitlement.expires_on else {}
    events.record(
        tx,
        work,
        company_key(entitlement.company_id),
        AVAILABLE,
        company_id=entitlement.company_id,
        entitlement_id=entitlement.entitlement_id,
        programme=entitlement.programme,
        gift=entitlement.kind == "gift",
        amount=entitlement.left,
        currency=entitlement.currency,
        first_day=entitlement.first.isoformat(),
        last_day=entitlement.last.isoformat(),
        part=entitlement.part,
        parts=entitlement.parts,
        available_from=entitlement.available_from.isoformat(),
        **expires,
    )


# --- reading ----------------------------------------------------------------------------------------------------------


class Listed(NamedTuple):
    """Closed periods, latest first, and where to go on."""

    items: list[ClosedPeriod]
    last: dict[str, str] | None


def periods_of(
    work: Work, company_id: str, limit: int, after: dict[str, str] | None
) -> tuple[list[tuple[Programme, Close]], Listed]:
    """What is open, as if it were closed on what is known now, and what was closed. Raises 404 for a company that is not there.

    Three calls; one more, for its currency, for a company that has bought nothing yet.
    """
    heads = periods_store.heads(work.table, company_id)
    currency = next((head.currency for head in heads.values()), None) or _currency(work, company_id)
    programmes = periods.programmes_of(work.config[VolumeBonuses].periods, currency)
    first = min((programme.since for programme in programmes.values()), default=work.today)
    net = sales.day_totals(work, company_id, first, _LAST_DAY).net
    coming = [
        (programme, close)
        for programme in programmes.values()
        for close in periods.upcoming(
            programme, heads[programme.code].course if programme.code in heads else Course(), work.today, net
        )
        if programme.since <= close.period.last
    ]
    page = periods_store.closed_periods(work.table, company_id, limit, after)
    return coming, Listed([periods_store.period_of(item) for item in page.items], page.last)


# --- frozen prices ----------------------------------------------------------------------------------------------------


def price_list(programme: Programme, period: Period) -> str:
    """The id of the price list of this period, which all companies share."""
    return f"{programme.code}:{period.last.isoformat()}"


def freeze(work: Work, list_id: str) -> None:
    """Copies the base prices of the whole catalogue, once for each list; a repeat goes on until the list is whole, and then stops.

    Two workers at once do the work twice, and end in one list. Nothing is closed before its list is whole.
    """
    known: set[str] = work.memo.setdefault("price_lists", set())
    if list_id in known:
        return
    if not goods_store.is_frozen(work.table, list_id):
        try:
            for tx in goods_store.freeze(work, list_id, map(_priced, every_product(work))):
                work.table.commit(tx)
        except Refused as refused:
            if goods_store.FROZEN not in refused:
                raise
    known.add(list_id)


def _priced(product: Product) -> Priced:
    return Priced(
        sku=product.sku,
        name=product.name,
        name_ru=product.name_ru,
        brand=product.brand,
        category=product.category,
        unit=product.unit,
        pack_multiple=product.pack_multiple,
        base_price=product.base_price,
        currency=product.currency,
    )


def freeze_due(work: Work) -> list[str]:
    """Freezes the lists of the periods that closed last, one for each programme; to be called once before the companies' closes.

    So that many workers do not begin by copying the catalogue, each for itself. Returns the lists.
    """
    lists = []
    for figures in work.config[VolumeBonuses].periods:
        currency = next(iter(figures.brackets))
        programme = periods.programmes_of([figures], currency)[figures.code]
        if programme.pays == "gift":
            continue
        period = Period.of(programme.every, work.today).before
        while programme.closes_on(period) > work.today:
            period = period.before
        if period.first >= programme.since:
            freeze(work, price_list(programme, period))
            lists.append(price_list(programme, period))
    return lists
