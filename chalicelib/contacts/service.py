"""The one answer to whether a person may be contacted, for every room and every channel."""

from datetime import date
from zoneinfo import ZoneInfo

from chalicelib import members
from chalicelib.contacts import keys
from chalicelib.contacts.budget import rules, store
from chalicelib.contacts.config import Contacts
from chalicelib.contacts.model import Channel, ContactClass, ContactKind, Reason, Verdict
from chalicelib.mail import Letter, Mail, suppression_key
from chalicelib.members import Member
from chalicelib.platform import aws, clock
from chalicelib.platform.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.ids import secret_id
from chalicelib.table.key import Key
from chalicelib.table.transactions import Refused, Transaction

CONSENT = "advertising"  # the purpose that a member agrees to

# A manager's call to a partner is a talk between two who know each other; only one that advertises needs consent.
_NEEDS_CONSENT: set[tuple[Channel, ContactClass]] = {
    ("email", "advertising"),
    ("email", "content"),
    ("sms", "advertising"),
    ("sms", "content"),
    ("telephone", "advertising"),
}


def may_contact(context: Context, person_id: str, channel: Channel, contact_class: ContactClass, day: date) -> Verdict:
    """Whether the club may contact this member on this day of theirs. Two reads.

    What it answers holds at this moment: whoever then makes the contact spends the budget in the same transaction.
    """
    member = members.member(context, person_id)
    if member is None:
        return Verdict(False, "recipient_gone")
    address = member.email if channel == "email" else member.phone
    if not address:
        return Verdict(False, "no_address")
    person, shared = _budgets(person_id, channel, address)
    suppressed = suppression_key(member.email)
    found = context.table.get_many([person, shared, suppressed], consistent=True)
    if channel == "email" and suppressed in found:
        return Verdict(False, "suppressed")
    if (channel, contact_class) in _NEEDS_CONSENT and not _agrees(member):
        return Verdict(False, "no_consent")
    kind = rules.kind_of(channel, contact_class)
    if kind is None:
        return Verdict(True)
    gaps = context.config[Contacts].gaps
    first = {key: rules.first_day(kind, store.last_days(found.get(key)), gaps) for key in (person, shared)}
    waits = [(key, after) for key, after in first.items() if after and day < after]
    if not waits:
        return Verdict(True)
    reason: Reason = "contact_budget" if person in dict(waits) else "address_budget"
    return Verdict(False, reason, max(after for _, after in waits))


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
) -> None:
    """Spends the budgets of the person and the address. `by`: an id of the contact, the same at a repeat.

    Refused with label `contact_budget` or `address_budget`. A service contact spends nothing.
    """
    kind = rules.kind_of(channel, contact_class)
    if kind is None:
        return
    gaps = context.config[Contacts].gaps
    for key, label in zip(_budgets(person_id, channel, address), _LABELS, strict=True):
        store.spend(tx, key, kind, day, by, gaps, label=label)


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
    spent = _budgets(person_id, channel, address) if address else (keys.person_budget(person_id),)
    found = context.table.get_many(spent, consistent=True)
    for key, label in zip(spent, _LABELS, strict=False):
        last = store.last_days(found.get(key)).get(kind)
        if last is None or last < day:
            store.note(tx, key, kind, day, by, label=label)


def local_day(context: Context, time_zone: str | None) -> date:
    """The calendar day of a person in this zone; None: the club's."""
    return clock.local_day(context.now, ZoneInfo(time_zone) if time_zone else context.config[Club].zone)


_LABELS: tuple[Reason, Reason] = ("contact_budget", "address_budget")


def _budgets(person_id: str, channel: Channel, address: str) -> tuple[Key, Key]:
    mark = secret_id("adr", aws.secret(), rules.address_of(channel, address))
    return keys.person_budget(person_id), keys.address_budget(mark)


def _agrees(member: Member) -> bool:
    consent = member.consents.get(CONSENT)
    return consent is not None and consent.agreed


class _AdvertisingGuard:
    """Consent and budget of a letter with advertising to a member."""

    def check(self, context: Context, tx: Transaction, letter: Letter, mail: Mail) -> None:
        members.check_consent(tx, letter.recipient.id, CONSENT, label="no_consent")
        spend(
            context,
            tx,
            person_id=letter.recipient.id,
            channel="email",
            address=mail.address,
            contact_class=letter.letter_class.value,
            day=local_day(context, mail.time_zone),
            by=letter.letter_id,
        )

    def next_day(self, context: Context, letter: Letter, refused: Refused) -> str:
        gaps = context.config[Contacts].gaps
        days = [
            rules.first_day(_kind(letter), store.last_days(refused.items[label]), gaps)
            for label in _LABELS
            if label in refused
        ]
        return max((day.isoformat() for day in days if day), default="")

    def give_back(self, context: Context, letter: Letter, address: str) -> None:
        gaps = context.config[Contacts].gaps
        person_id = letter.recipient.id
        spent = _budgets(person_id, "email", address) if address else (keys.person_budget(person_id),)
        for key in spent:
            store.give_back(context.table, key, _kind(letter), letter.letter_id, gaps)


def _kind(letter: Letter) -> ContactKind:
    kind = rules.kind_of("email", letter.letter_class.value)
    if kind is None:
        raise TypeError(f"{letter.template} is a service letter: it has no budget")
    return kind


ADVERTISING_GUARD = _AdvertisingGuard()
