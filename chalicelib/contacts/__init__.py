"""Contacts: whether the club may write to a person or call them, on a day, and the record of when it did.

Vocabulary. A *channel* is e-mail, SMS or the telephone. A contact's *class* is advertising, content (content with advertising) or service.
The *budget* of a person says how many days lie between two contacts; an address that several people share has one too. A contact *spends*
the budgets of its person and its address on the person's own calendar day; a service contact is exempt. A company that is *held out* is
contacted by nobody in order to win it back, until a day; neither is one that *closed down*. A *slot* is a day and an hour in each member's own
time zone, at which letters of campaigns and reminders come.

Every room that contacts people asks here: `may_contact` before somebody decides, `spend` in the transaction of the contact itself, and
`note` after a contact that nobody asked about, such as a telephone call that was made already.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("slots", "budget", "preferences")

with opened_when_asked(__name__):
    from chalicelib.contacts.config import Slots, topics
    from chalicelib.contacts.events import NOTED as CONTACT_NOTED
    from chalicelib.contacts.keys import hold_out as hold_out_key
    from chalicelib.contacts.model import CONSENT, Channel, ContactClass, Verdict
    from chalicelib.contacts.service import (
        ADVERTISING_GUARD,
        letter_gaps,
        local_day,
        may_contact,
        note,
        refused_letters,
        spend,
        take_back,
    )
    from chalicelib.contacts.slots.model import Slot
    from chalicelib.contacts.slots.rules import moment_of, slot_after, slots_from
    from chalicelib.contacts.store import (
        HoldOut,
        close_down,
        closed_down,
        end_hold_out,
        held_out,
        hold_out,
        hold_out_today,
        reopen,
    )
