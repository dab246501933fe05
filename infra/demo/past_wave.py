"""A wave that is over, so that a new club can show what its calls brought: its companies, their calls and its result.

A wave lasts for months, and no demo does. So this one lies in the past: the club draws its arms on a day that has gone by, and the companies buy as
their arms would have it, of those called more come back. What the club shows of it, it measured as it measures any other.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib import companies, members
from chalicelib.platform.context import Context
from chalicelib.retention.cases import store as cases
from chalicelib.retention.cases.model import CallAnswer, CallKind, Entry, SilenceReason
from chalicelib.retention.config import Retention
from chalicelib.retention.results import service as results
from chalicelib.retention.waves import service as waves
from chalicelib.retention.waves import store as waves_store
from chalicelib.retention.waves.model import OUTCOME_DAYS, Wave, assignment, forecast, look_days
from chalicelib.table.transactions import Transaction
from infra.demo import generator, past_members
from infra.demo.portal import Portal, Unexpected, await_
from infra.demo.seed import Say, upload

COMPANIES, INTAKE = 120, 14
BEGAN = OUTCOME_DAYS + INTAKE + 20  # days ago
RETURNED = {"called": 55, "held": 20}  # of 100
GAP, DOCUMENTS, SILENT = 28, 5, 100  # days between orders, how many, and days from the last one to the wave
REACHED = 70  # of 100 called companies
REGIONS = ("RU-MOS", "RU-SPE")  # of two managers
_TALKS = (
    (SilenceReason.PRICE, CallAnswer.OFFER),
    (SilenceReason.NO_REASON, CallAnswer.BENEFITS_LETTER),
    (SilenceReason.BAD_EXPERIENCE, CallAnswer.FREE_DELIVERY),
    (SilenceReason.OUT_OF_STOCK, CallAnswer.SOURCING_REQUEST),
)


def fill(context: Context, operations: Portal, today: date, say: Say) -> None:
    """Nothing where the club has a wave already."""
    context.memo.clear()
    if waves_store.recent(context):
        return
    first = today - timedelta(days=BEGAN)
    wave = _planned(past_members.on(context, first - timedelta(days=1)), first)
    buyers = [_buyer(number) for number in range(COMPANIES)]
    upload(operations, _sales(wave, buyers), lambda text: None, "past-wave.csv")
    ids = [await_(each.name, lambda buyer=each: _id(context, buyer)) for each in buyers]
    waves.assign(past_members.on(context, first), ids)
    past_members.fill(context, ids, today, say)
    _call(past_members.on(context, first + timedelta(days=3)), wave, ids)
    results.measure(context, wave.wave_id, ids)
    shown = results.show(context, wave.wave_id, "en")
    if shown.ordered_90 is None:
        raise Unexpected(f"the wave that is over shows nothing: {shown.words}")
    say(f"a wave of {shown.compared} companies that is over")


def _planned(context: Context, first: date) -> Wave:
    """Built and not asked for: before the wave there was no club that could have said how many companies to expect."""
    [planner, *_] = members.staff_in(context, "head_of_sales")
    last = first + timedelta(days=INTAKE - 1)
    percent = context.config[Retention].hold_out_percent
    wave = Wave(
        wave_id=context.new_id("wav"),
        name="Осень",
        first=first,
        last=last,
        held_out_percent=percent,
        looks=look_days(first, last, 1),
        forecast=forecast(COMPANIES, RETURNED["held"] / 100, percent),
        planned_at=context.at,
        planned_by=planner,
    )
    tx = Transaction()
    waves_store.create(tx, wave)
    context.table.commit(tx)
    return wave


def _sales(wave: Wave, buyers: Sequence[generator.Company]) -> str:
    """Orders every four weeks that stopped before the wave; and one within it of those who came back."""
    goods = generator.products()
    product = next(each for each in goods if each.sku == "PN-P")
    pieces = [generator.header()]
    of_arm = {"called": 0, "held": 0}
    for number, buyer in enumerate(buyers):
        arm = assignment(wave, buyer.inn, buyer.inn, wave.first).arm
        of_arm[arm] += 1
        last = wave.first - timedelta(days=SILENT + number % GAP)
        days = [last - timedelta(days=GAP * place) for place in reversed(range(DOCUMENTS))]
        if of_arm[arm] * RETURNED[arm] // 100 > (of_arm[arm] - 1) * RETURNED[arm] // 100:
            days.append(wave.first + timedelta(days=10 + number % 70))
        pieces += [
            generator.document(f"НЧ-{number}-{place}", day, buyer, [(product, 2 + number % 9)])
            for place, day in enumerate(days)
        ]
    return "".join(pieces)


def _buyer(number: int) -> generator.Company:
    region = REGIONS[number % len(REGIONS)]
    name, kpp = f"ООО «Ночник {number}»", f"{generator.REGIONS[region]}0101001"
    return generator.Company(name, generator.inn_of(300_000 + number), kpp, region, 1, 1, None)


def _id(context: Context, buyer: generator.Company) -> str | None:
    found = companies.company_by_inn(context, buyer.inn, buyer.kpp)
    return found.company_id if found else None


def _call(context: Context, wave: Wave, ids: Sequence[str]) -> None:
    """Most of the called companies were reached, and said why they no longer buy."""
    drawn = [each for each in waves_store.members(context, wave.wave_id) if each.arm == "called"]
    for number, made in enumerate(drawn):
        if number % 100 < REACHED:
            reason, answer = _TALKS[number % len(_TALKS)]
            company = companies.read_company(context, made.company_id)
            if company is None or company.manager_id is None:
                raise Unexpected(f"{made.company_id} has no manager")
            tx = Transaction()
            entry = Entry(
                entry_id=context.new_id("ent"),
                case_id=cases.case_id_of(made.company_id),
                company_id=made.company_id,
                by=company.manager_id,
                at=context.at,
                day=context.today,
                kind=CallKind.WIN_BACK,
                result="reached",
                reason=reason,
                answer=answer,
                next_day=context.today + timedelta(days=30),
            )
            cases.add_entry(tx, entry)
            context.table.commit(tx)
