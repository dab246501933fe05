"""Consumers that fill waves, follow joins of companies, and count contacts with companies that are held out."""

from chalicelib import members
from chalicelib.bonuses import BONUSES_ADJUSTED
from chalicelib.companies import COMPANY_JOINED, COMPANY_PARTED
from chalicelib.contacts import CONTACT_NOTED
from chalicelib.platform import Context, Event, consumer
from chalicelib.pricing import OFFER_ISSUED, TERMS_CHANGED
from chalicelib.retention.states.events import STATE_CHANGED
from chalicelib.retention.waves import service, store
from chalicelib.table import Transaction
from chalicelib.tiers import TIER_GRANTED


@consumer(STATE_CHANGED)
def on_state_changed(context: Context, event: Event) -> None:
    """Takes a company that became dormant or lost into the open wave."""
    if event.item["state"] in service.TO_WIN_BACK:
        service.assign(context, [event.item["company_id"]])


@consumer(COMPANY_JOINED)
def on_company_joined(context: Context, event: Event) -> None:
    """Gives the arms of the joined company to the one that stays."""
    service.inherit(context, event.item["company_id"], event.item["into"])


@consumer(COMPANY_PARTED)
def on_company_parted(context: Context, event: Event) -> None:
    """Takes them back."""
    service.disinherit(context, event.item["company_id"], event.item["into"])


@consumer(OFFER_ISSUED)
def on_offer_issued(context: Context, event: Event) -> None:
    """Records the offer as a breach, if its company is held out."""
    offered = event.item
    _breach(context, offered["company_id"], "offer", offered["offer_id"], offered["by"])


@consumer(TERMS_CHANGED)
def on_terms_changed(context: Context, event: Event) -> None:
    """Records a change of personal terms as a breach, if its company is held out: terms are agreed by the person who speaks to it."""
    _breach(context, event.item["company_id"], "terms", event.id, event.item["by"])


@consumer(TIER_GRANTED)
def on_tier_granted(context: Context, event: Event) -> None:
    """Records a tier that the staff gave as a breach, if its company is held out."""
    granted = event.item
    _breach(context, granted["company_id"], "tier", granted["grant_id"], granted["by"])


@consumer(BONUSES_ADJUSTED)
def on_bonuses_adjusted(context: Context, event: Event) -> None:
    """Records bonuses that the staff added as a breach, if their company is held out."""
    adjusted = event.item
    if adjusted["amount"] > 0:
        _breach(context, adjusted["company_id"], "bonuses", adjusted["adjustment_id"], adjusted["by"])


@consumer(CONTACT_NOTED)
def on_contact_noted(context: Context, event: Event) -> None:
    """Records a contact that the staff noted as a breach, if its person acts for a company that is held out. Service is none."""
    noted = event.item
    if noted["contact_class"] == "service":
        return
    _, acts = members.with_membership(context, noted["member_id"])
    if acts and acts.is_of_company:
        _breach(context, acts.owner, noted["channel"], noted["note_id"], noted["by"])


def _breach(context: Context, company_id: str, contact: str, cause: str, by: str) -> None:
    held = service.hold_out_of(context, company_id)
    if held:
        tx = Transaction()
        store.record_breach(tx, context.at, held, contact, cause, by)
        context.table.commit(tx)
