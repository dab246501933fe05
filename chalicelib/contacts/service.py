"""The one answer to whether a person may be contacted, for every room and every channel."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib import members
from chalicelib.contacts import keys
from chalicelib.contacts.budget import rules, store
from chalicelib.contacts.config import Contacts, Slots
from chalicelib.contacts.model import CONSENT, Channel, ContactClass, ContactKind, Reason, Verdict
from chalicelib.contacts.preferences import store as preferences
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.contacts.slots import rules as slot_rules
from chalicelib.contacts.store import check_free, closed_down, hold_out_today, is_closed
from chalicelib.mail import Letter, Mail, Pages, suppression_key
from chalicelib.members import Member
from chalicelib.platform import Club, Context, aws, clock
from chalicelib.table import Item, Key, Refused, Transaction

# A manager's call to a partner is a talk between two who know each other; only one that advertises needs consent.
_NEEDS_CONSENT: set[tuple[Channel, ContactClass]] = {
    ("email", "advertising"),
    ("email", "content"),
    ("sms", "advertising"),
    ("sms", "content"),
    ("telephone", "advertising"),
}


def may_contact(
    context: Context, person_id: str, channel: Channel, contact_class: ContactClass, day: date, *, topic: str = ""
) -> Verdict:
    """Whether the club may contact this member on this day of theirs, about this topic. Two reads.

    The answer holds at this moment: the contact itself spends the budget in its own transaction.
    """
    member, acts = members.with_membership(context, person_id, consistent=True)
    if member is None:
        return Verdict(False, "recipient_gone")
    address = member.email if channel == "email" else member.phone
    if not address:
        return Verdict(False, "no_address")
    person, shared = _keys(person_id, channel, address)
    suppression = suppression_key(member.email)
    held = [keys.hold_out(acts.owner)] if acts and acts.is_of_company else []
    found = context.table.get_many([person, shared, suppression, *held], consistent=True)
    if channel == "email" and suppression in found:
        return Verdict(False, "suppressed")
    kind = rules.kind_of(channel, contact_class)
    if kind is None:
        return Verdict(True)
    hold_out = found.get(held[0]) if held else None
    if is_closed(hold_out):
        return Verdict(False, "closed_down")
    if reason := _unwanted(member, channel, contact_class, topic, found.get(person), found.get(shared)):
        return Verdict(False, reason)
    gaps = context.config[Contacts].gaps
    if made := hold_out_today(context, hold_out):
        # A day is tomorrow's in a zone to the east; of later ones is said what a spent budget would say.
        told = made.told(min(day, context.today + timedelta(days=1)), rules.own_gap(kind, gaps))
        if day < told:
            return Verdict(False, "contact_budget", told)
    first = {key: rules.first_day(kind, store.last_days(found.get(key)), gaps) for key in (person, shared)}
    waits = {key: after for key, after in first.items() if after and day < after}
    if not waits:
        return Verdict(True)
    return Verdict(False, "contact_budget" if person in waits else "address_budget", max(waits.values()))


def _unwanted(
    member: Member, channel: Channel, contact_class: ContactClass, topic: str, person: Item | None, address: Item | None
) -> Reason | None:
    consent = member.consents.get(CONSENT)
    agreed_at = members.agreed_in_person(member)
    if channel == "email" and preferences.has_unsubscribed(address, agreed_at):
        return "unsubscribed"
    if (channel, contact_class) in _NEEDS_CONSENT and not (consent and consent.agreed):
        return "no_consent"
    if channel in preferences.channels_off(person):
        return "channel_off"
    return "topic_off" if topic and topic in preferences.topics_off(person) else None


def refused_letters(
    context: Context,
    people: Sequence[Member],
    company_of: Mapping[str, str],
    topic: str,
    contact_class: ContactClass = "content",
) -> dict[str, Reason]:
    """By member id, the reasons against letters of this class on a topic; members who may get them are not in it.

    `company_of`: the company that each acts for, empty for none. Of the budget it says nothing: that depends on the day. Four calls per 100 members.
    """
    if contact_class == "service":
        suppressed = context.table.get_many(suppression_key(each.email) for each in people)
        return {each.member_id: "suppressed" for each in people if suppression_key(each.email) in suppressed}
    closed = closed_down(context, {each for each in company_of.values() if each})
    addresses = {each.member_id: _keys(each.member_id, "email", each.email) for each in people}
    wanted = {key for both in addresses.values() for key in both} | {suppression_key(each.email) for each in people}
    found = context.table.get_many(sorted(wanted))
    refused: dict[str, Reason] = {}
    for each in people:
        person, address = (found.get(key) for key in addresses[each.member_id])
        reason: Reason | None = "suppressed" if suppression_key(each.email) in found else None
        reason = reason or _unwanted(each, "email", "content", topic, person, address)
        if reason is None and company_of.get(each.member_id, "") in closed:
            reason = "closed_down"
        if reason:
            refused[each.member_id] = reason
    return refused


def letter_gaps(context: Context) -> dict[str, dict[str, int]]:
    """By class of a letter, the least days after an earlier letter of each class."""
    gaps = context.config[Contacts].gaps
    kinds = {each: kind for each in ("advertising", "content") if (kind := rules.kind_of("email", each))}
    return {
        later: {earlier: gaps.get(after, {}).get(before, 0) for earlier, before in kinds.items()}
        for later, after in kinds.items()
    }


def spend(
    context: Context,
    tx: Transaction,
    *,
    person_id: str,
    channel: Channel,
    address: str,
    contact_class: ContactClass,
    day: date,
    by: str,
    topic: str = "",
    agreed_at: str = "",
) -> None:
    """Spends the budgets of the person and the address. `by`: an id of the contact, the same at a repeat. `agreed_at`: as of a Reader.

    Refused with label `contact_budget` (or the person wants none of this channel or topic) or `address_budget` (or it unsubscribed).
    A service contact spends nothing.
    """
    kind = rules.kind_of(channel, contact_class)
    if kind is None:
        return
    gaps = context.config[Contacts].gaps
    subscribed = preferences.is_subscribed(agreed_at) if channel == "email" else None
    wanted = (preferences.wants(channel, topic), subscribed)
    for key, label, condition in zip(_keys(person_id, channel, address), _LABELS, wanted, strict=True):
        store.spend(tx, key, kind, day, by, gaps, wanted=condition, label=label)


def note(
    context: Context,
    tx: Transaction,
    *,
    person_id: str,
    channel: Channel,
    address: str | None,
    contact_class: ContactClass,
    day: date,
    by: str,
) -> None:
    """Keeps a contact that was made, whatever the budget says; a later one stays the last. One read. `address` None: not known.

    Refused with label `contact_budget` or `address_budget` where somebody noted a later one meanwhile: try again.
    """
    kind = rules.kind_of(channel, contact_class)
    if kind is None:
        return
    spent = _keys(person_id, channel, address) if address else (keys.person(person_id),)
    found = context.table.get_many(spent, consistent=True)
    for key, label in zip(spent, _LABELS, strict=False):
        last = store.last_days(found.get(key)).get(kind)
        if last is None or last < day:
            store.note(tx, key, kind, day, by, label=label)


def take_back(
    context: Context, *, person_id: str, channel: Channel, address: str | None, contact_class: ContactClass, by: str
) -> None:
    """Gives the budgets back that a contact spent which did not happen. `address` None: not known. Two reads. Safe to repeat."""
    kind = rules.kind_of(channel, contact_class)
    if kind is None:
        return
    for key in _keys(person_id, channel, address) if address else (keys.person(person_id),):
        store.give_back(context.table, key, kind, by, context.config[Contacts].gaps)


def local_day(context: Context, time_zone: str | None) -> date:
    """The calendar day of a person in this zone; None: the club's."""
    return clock.local_day(context.now, ZoneInfo(time_zone) if time_zone else context.config[Club].zone)


_ADDRESS_BUDGET: Reason = "address_budget"
_LABELS: tuple[Reason, Reason] = ("contact_budget", _ADDRESS_BUDGET)
_LEFT_ALONE = "left_alone"  # held out, or closed down


def _keys(person_id: str, channel: Channel, address: str) -> tuple[Key, Key]:
    return keys.person(person_id), keys.address(rules.address_id(aws.secret(), channel, address))


class _AdvertisingGuard:
    """Consent, hold-out or closure, and budget of a letter with advertising to a member."""

    def check(self, context: Context, tx: Transaction, letter: Letter, mail: Mail) -> None:
        members.check_consent(tx, letter.recipient.id, CONSENT, label="no_consent")
        if mail.company_id:
            check_free(context, tx, mail.company_id, label=_LEFT_ALONE)
        spend(
            context,
            tx,
            person_id=letter.recipient.id,
            channel="email",
            address=mail.address,
            contact_class=letter.letter_class.value,
            day=mail.day or local_day(context, mail.time_zone),
            by=letter.letter_id,
            topic=letter.topic,
            agreed_at=mail.agreed_at,
        )

    def slot(self, context: Context, mail: Mail) -> tuple[date, datetime]:
        slots = context.config[Slots]
        zone = ZoneInfo(mail.time_zone) if mail.time_zone else context.config[Club].zone
        slot = slot_rules.open_slot(context.now, zone, weekdays=slots.weekdays, hours=slots.hours)
        return slot.day, slot_rules.moment_of(slot, zone)

    def skip(self, context: Context, letter: Letter, mail: Mail, refused: Refused) -> tuple[str, str]:
        first = next(iter(refused.items))
        item = refused.items[first] or {}
        gaps = context.config[Contacts].gaps
        if first == _LEFT_ALONE:
            made = hold_out_today(context, item)
            told = made.told(context.today, rules.own_gap(_kind(letter), gaps)) if made else None
            return ("contact_budget", told.isoformat()) if told and not is_closed(item) else ("closed_down", "")
        if first not in _LABELS:
            return first, ""
        if preferences.has_unsubscribed(refused.items.get(_ADDRESS_BUDGET), mail.agreed_at):
            return "unsubscribed", ""
        if letter.topic in preferences.topics_off(item):
            return "topic_off", ""
        days = [
            rules.first_day(_kind(letter), store.last_days(refused.items[label]), gaps)
            for label in _LABELS
            if label in refused
        ]
        return first, max((day.isoformat() for day in days if day), default="")

    def pages(self, letter: Letter) -> Pages:
        return pages_for(letter.recipient.id)

    def give_back(self, context: Context, letter: Letter, address: str) -> None:
        take_back(
            context,
            person_id=letter.recipient.id,
            channel="email",
            address=address or None,
            contact_class=letter.letter_class.value,
            by=letter.letter_id,
        )


def _kind(letter: Letter) -> ContactKind:
    kind = rules.kind_of("email", letter.letter_class.value)
    if kind is None:
        raise TypeError(f"{letter.template} is a service letter: it has no budget")
    return kind


ADVERTISING_GUARD = _AdvertisingGuard()
