"""The calls of a manager's day.

    07:00, or the first question after it ──▶ make      chooses the companies, once a day; they belong to this list
    GET /v1/manager/calls                 ──▶ today     the list, with its companies as they are now

A list is made in one transaction with its cases, each of which notes the day and the manager: a second list cannot take them, even
after a change of manager. Nothing is added to a list later, so there is no call beyond its size.

Weakest point: the figures of a company on the list are those of the moment when it was made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib import companies
from chalicelib.companies import Company, company_key
from chalicelib.mail import fill
from chalicelib.members import Member, member_key
from chalicelib.platform import Calendar, Club, Context, Money, record_event
from chalicelib.platform.config.working_time import is_working_day
from chalicelib.platform.text import Language, day_en, day_ru, money_en, money_ru
from chalicelib.retention.cases import keys as cases_keys
from chalicelib.retention.cases import store as cases_store
from chalicelib.retention.cases.config import Calls, Engineer
from chalicelib.retention.cases.model import Case
from chalicelib.retention.lists import candidates, keys, rules, scripts, store
from chalicelib.retention.lists.events import LISTED
from chalicelib.retention.lists.model import Acting, Article, CallList, ListedCall
from chalicelib.retention.lists.schemas import (
    ArticleView,
    CallListView,
    CallView,
    EngineerView,
    LastPurchaseView,
    NewContactView,
    OpenOrderView,
    PersonToCallView,
    ReasonAnswersView,
    TalkView,
    TierToKeepView,
    WishView,
)
from chalicelib.retention.states import keys as states_keys
from chalicelib.retention.states.store import Rhythm
from chalicelib.table import Item, Key, Refused, Transaction, from_item, retry


def today(context: Context, manager_id: str, language: Language) -> CallListView:
    """The list of the day; two reads where it is made already. A question of the night makes none: the cases of the day are not ready yet."""
    working = is_working_day(context.today, context.config[Calendar])
    found = store.load(context, manager_id, context.today) if working else None
    if (
        working
        and not found
        and context.now.astimezone(context.config[Club].zone).time() >= context.config[Calls].listed_from
    ):
        found = make(context, manager_id)
    return _view(context, found, manager_id, language)


@retry("case")
def make(context: Context, manager_id: str) -> CallList:
    """Make the manager's list of today, or return it where it is made. Raises `Busy` while others keep changing its cases."""
    before = store.latest(context, manager_id)
    if before and before.day == context.today:
        return before
    config = context.config[Calls]
    number = rules.size(before, config.most, config.least)
    by_rank, by_day = candidates.ready_cases(context, manager_id)
    chosen = candidates.choose(context, by_rank, by_day, number)
    made = CallList(
        manager_id=manager_id,
        day=context.today,
        size=number,
        calls=tuple(listed for _, listed in chosen),
        ready=len(by_rank),
        oldest=min((case.due for case in by_day), default=None),
        made_at=context.at,
    )
    tx = Transaction()
    store.create(tx, context, made)
    for case, _ in chosen:
        listed = replace(case, listed_on=context.today, listed_by=manager_id, version=case.version + 1)
        cases_store.put(tx, listed, case)
    if chosen:
        facts = {"manager_id": manager_id, "day": context.today.isoformat(), "calls": len(chosen)}
        record_event(tx, context, keys.call_list(manager_id, ""), LISTED, **facts)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "list" not in refused:
            raise
        present = store.load(context, manager_id, context.today, consistent=True)
        if present is None:
            raise
        return present
    return made


# --- the view ---------------------------------------------------------------------------------------------------------


def _view(context: Context, found: CallList | None, manager_id: str, language: Language) -> CallListView:
    config, engineer = context.config[Calls], _on_duty(context)
    calls = found.calls if found else ()
    items = context.table.get_many(_wanted(manager_id, calls)) if calls else {}
    return CallListView(
        day=context.today,
        working_day=is_working_day(context.today, context.config[Calendar]),
        made_at=found.made_at if found else None,
        size=found.size if found else 0,
        ready=found.ready if found else 0,
        oldest=found.oldest if found else None,
        calls=[_call(context, each, manager_id, items, language) for each in calls],
        reasons=[ReasonAnswersView(reason=reason, answers=several) for reason, several in config.answers.items()],
        engineer=EngineerView(name=engineer.name, phone=engineer.phone, email=engineer.email) if engineer else None,
    )


def _on_duty(context: Context) -> Engineer | None:
    weekday = context.today.isoweekday()
    return next((each for each in context.config[Calls].engineers if weekday in each.weekdays), None)


def _wanted(manager_id: str, calls: tuple[ListedCall, ...]) -> set[Key]:
    wanted = {member_key(manager_id)}
    for call in calls:
        wanted |= {
            cases_keys.case(call.case_id),
            company_key(call.company_id),
            states_keys.rhythm(call.company_id),
            keys.script(call.kind),
            *map(member_key, call.people),
        }
    return wanted


def _call(
    context: Context, listed: ListedCall, manager_id: str, items: Mapping[Key, Item], language: Language
) -> CallView:
    case = from_item(Case, items[cases_keys.case(listed.case_id)])
    company = Company.from_item(items[company_key(listed.company_id)])
    people = [Member.from_item(items[key]) for key in map(member_key, listed.people) if key in items]
    manager = items.get(member_key(manager_id))
    text = scripts.text_of(listed.kind, language, items.get(keys.script(listed.kind)))
    rhythm = items.get(states_keys.rhythm(listed.company_id))
    engineer = _on_duty(context)
    facts = {
        "person": case.contact.name if case.contact else people[0].name if people else "",
        "contact": case.contact.name if case.contact else "",
        "company": company.name,
        "manager": Member.from_item(manager).name if manager else "",
        "engineer": " ".join(filter(None, (engineer.name, engineer.phone))) if engineer else "",
        **_figures(context, listed, from_item(Rhythm, rhythm) if rhythm else None, language),
    }
    currency = listed.currency
    return CallView(
        case_id=listed.case_id,
        company_id=listed.company_id,
        company=company.name,
        region=company.region,
        kind=listed.kind,
        state=listed.state,
        words=listed.words[language],
        script=fill(text, language, facts).strip(),
        at_stake=Money(amount=listed.rank, currency=currency),
        due=listed.due,
        tries=case.tries,
        last_contact=case.last_contact,
        below_lowest_step=listed.below_lowest_step,
        talk=TalkView.from_record(listed.talk) if listed.talk else None,
        wish=WishView.from_record(listed.wish) if listed.wish else None,
        local_time=_time_in(context, companies.zone_of(company.region)),
        people=[_person(context, each, listed.acting.get(each.member_id), company) for each in people],
        purchases=[LastPurchaseView.from_record(each, currency) for each in listed.purchases],
        orders=[OpenOrderView.from_record(each, currency) for each in listed.orders],
        tier=TierToKeepView.from_record(listed.tier, currency, name=listed.tier.names[language])
        if listed.tier
        else None,
        contact=NewContactView.from_record(case.contact) if case.contact else None,
        usual=_articles(listed.usual, language),
        missing=_articles(listed.missing, language),
        new=_articles(listed.new, language),
    )


def _articles(several: Sequence[Article], language: Language) -> list[ArticleView]:
    return [ArticleView.from_record(each, name=each.names[language]) for each in several]


def _person(context: Context, member: Member, acting: Acting | None, company: Company) -> PersonToCallView:
    role, influence = acting or Acting()
    there = _time_in(context, member.time_zone or companies.zone_of(company.region))
    return PersonToCallView.from_record(member, role=role, influence=influence, local_time=there)


def _time_in(context: Context, zone: str | None) -> str:
    """The time in the zone; without one, that of the club."""
    return f"{context.now.astimezone(ZoneInfo(zone) if zone else context.config[Club].zone):%H:%M}"


def _figures(context: Context, listed: ListedCall, rhythm: Rhythm | None, language: Language) -> dict[str, Any]:
    """The variables of a script that are figures, in words."""
    day, money = (day_ru, money_ru) if language == "ru" else (day_en, money_en)
    tier, club = listed.tier, context.config[Club]
    opens, closes = (rhythm.window_from, rhythm.window_to) if rhythm else (None, None)
    return {
        "words": listed.words[language],
        "last_order": day(listed.purchases[0].day) if listed.purchases else "",
        "tier": tier.names[language] if tier else "",
        "to_keep": money(tier.to_keep, listed.currency) if tier and tier.to_keep else "",
        "keep_by": day(tier.by) if tier and tier.by else "",
        "window": f"{day(opens)} - {day(closes)}" if opens and closes else "",
        "news": listed.news[language] if listed.news else "",
        "wish": (listed.wish.text or listed.wish.sku) if listed.wish else "",
        "answer": (listed.wish.answer or listed.wish.answer_sku) if listed.wish else "",
        "club_name": club.name_ru if language == "ru" else club.name,
    }
