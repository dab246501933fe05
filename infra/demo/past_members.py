"""Members who joined in the quarters before, so that a new club can show how many joined, completed their profile, and came back.

They act for the companies of the wave that is over, and got no letters of campaigns: they agreed to none. The figures of each quarter are
counted as the night after its last day would have counted them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from chalicelib import auth
from chalicelib.analytics.people import service as people
from chalicelib.companies import store as companies_store
from chalicelib.companies.model import Person
from chalicelib.companies.people.membership import appoint
from chalicelib.members import store as members_store
from chalicelib.members.config import Consents
from chalicelib.members.model import Consent, Member
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction
from infra.demo.portal import Say

_NEEDED = "personal_data"  # the consent without which nobody joins
MEMBERS, QUARTERS = 48, 2  # quarters before the running one
_NAMES = ("Алексей", "Борис", "Виктор", "Глеб", "Денис", "Егор", "Иван", "Кирилл")
_FAMILIES = ("Ламповский", "Светлов", "Проводов", "Щитков", "Розеткин", "Трековский")


def fill(context: Context, company_ids: Sequence[str], today: date, say: Say) -> None:
    first = _quarters_back(today, QUARTERS)
    days = (today - first).days
    for number in range(MEMBERS):
        # More of them the later it is: a club that grows.
        joined = first + timedelta(days=int(days * (number / MEMBERS) ** 0.7))
        member_id = _join(on(context, joined), number, company_ids)
        _visit(context, member_id, number, joined, today)
    ends = [_quarters_back(today, back) for back in reversed(range(QUARTERS))]
    counted = [people.count(on(context, end)) for end in ends]
    told = ", ".join(f"{each.quarter}: {each.joined} joined, {each.visits} visits" for each in counted)
    say(f"{MEMBERS} members of the quarters before; {told}")


def on(context: Context, day: date) -> Context:
    """The same club at noon of a day that has passed."""
    return replace(context, now=datetime.combine(day, time(12), UTC))


def _quarters_back(day: date, back: int) -> date:
    """The first day of the quarter so many quarters before that of a day."""
    month = day.year * 12 + (day.month - 1) // 3 * 3 - 3 * back
    return date(month // 12, month % 12 + 1, 1)


def _join(context: Context, number: int, company_ids: Sequence[str]) -> str:
    """Three of four told their telephone, and four of five act for a company: without both a profile is not complete."""
    wording = context.config[Consents].consents[_NEEDED].version
    consent = Consent(agreed=True, version=wording, at=context.at, source="registration")
    member = Member(
        member_id=context.new_id("mbr"),
        name=f"{_NAMES[number % len(_NAMES)]} {_FAMILIES[number % len(_FAMILIES)]}",
        email=f"member.{number}@partner.example",
        language="ru",
        phone=None if number % 4 == 3 else f"+7495{number:07d}",
        phone_confirmed_on=None if number % 4 == 3 else context.today.isoformat(),
        email_confirmed_at=context.at,
        joined_at=context.at,
        consents={_NEEDED: consent},
        version=1,
    )
    tx = Transaction()
    members_store.create(tx, member)
    if number % 5 < 4:
        company_id = company_ids[number]
        person = Person(
            member_id=member.member_id,
            company_id=company_id,
            role="owner",
            status="active",
            at=context.at,
            version=1,
        )
        companies_store.put_person(tx, person, None)
        appoint(tx, None, company_id, member.member_id, role="owner", status="active")
    context.table.commit(tx)
    return member.member_id


def _visit(context: Context, member_id: str, number: int, joined: date, today: date) -> None:
    """Some come every week, others every month, and a third only at the beginning."""
    every = 6 + 4 * (number % 6)
    last = min(today, joined + timedelta(days=14)) if number % 3 == 2 else today
    for ahead in range(0, (last - joined).days, every):
        auth.note_visit(context.table, member_id, datetime.combine(joined + timedelta(days=ahead), time(12), UTC))
