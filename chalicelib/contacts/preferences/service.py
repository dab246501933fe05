"""Leaving and choosing, by the link in a letter."""

from chalicelib import members
from chalicelib.contacts import keys
from chalicelib.contacts.budget.rules import address_id
from chalicelib.contacts.config import Contacts
from chalicelib.contacts.model import CONSENT
from chalicelib.contacts.preferences import rules, store
from chalicelib.contacts.preferences.schemas import PreferencesForm
from chalicelib.mail import Pages
from chalicelib.members import Member
from chalicelib.platform import Context, Problem, aws, or_not_found
from chalicelib.platform.settings import settings
from chalicelib.table import Item, Transaction, retry


def pages_for(member_id: str) -> Pages:
    """The pages of this member, as letters name them."""
    address = f"{settings().letters_url}/v1/letters/{rules.token_of(aws.secret(), member_id)}"
    return Pages(unsubscribe=f"{address}/unsubscribe", preferences=address)


def reader_of(context: Context, token: str) -> Member | None:
    """The member of the link; None for one who was erased. Raises 404 for a token that is not ours."""
    member_id = or_not_found(rules.member_of(aws.secret(), token))
    return members.member(context, member_id)


def chosen(context: Context, member_id: str) -> Item:
    """The person's item, empty where nothing is kept."""
    return context.table.get(keys.person(member_id), consistent=True) or {}


@retry("version")
def unsubscribe(context: Context, token: str, *, caller_address: str) -> Member | None:
    """Ends all letters with advertising, before the next one is claimed. Safe to repeat.

    Withdraws the consent and marks the address in one transaction. Nobody is left to unsubscribe where the member was erased.
    """
    member = reader_of(context, token)
    if member is None:
        return None
    tx = Transaction()
    _leave(context, tx, member, caller_address)
    context.table.commit(tx)
    return member


@retry("version")
def choose(context: Context, token: str, form: PreferencesForm, *, caller_address: str) -> Member | None:
    """Keeps what the page's form says. Raises 404 for a token that is not ours, 422 for an unknown topic."""
    member = reader_of(context, token)
    if member is None:
        return None
    topics = context.config[Contacts].topics
    if unknown := sorted(set(form.topics) - topics.keys()):
        raise Problem.invalid("unknown_topic", "/topics", f"There is no topic {unknown[0]}.")
    tx = Transaction()
    store.choose(
        tx,
        keys.person(member.member_id),
        topics_off=rules.unchosen(topics, form.topics),
        channels_off=rules.unchosen(store.CHANNELS, form.channels),
        at=context.at,
    )
    changes: dict[str, str | None] = {"language": form.language, "time_zone": form.time_zone}
    consent = member.consents.get(CONSENT)
    if form.letters or not (consent and consent.agreed):  # the page asks for letters only whoever gets them
        members.change_by_letter(context, tx, member, changes, address=caller_address)
    else:
        _leave(context, tx, member, caller_address, changes)
    context.table.commit(tx)
    return members.member(context, member.member_id)


def _leave(
    context: Context, tx: Transaction, member: Member, caller_address: str, changes: dict[str, str | None] | None = None
) -> None:
    members.change_by_letter(context, tx, member, changes or {}, withdraw=CONSENT, address=caller_address)
    store.mark_unsubscribed(tx, keys.address(address_id(aws.secret(), "email", member.email)), context.at)
