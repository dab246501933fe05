"""Events of contacts. A note of a contact is its own event: `member_id`, `note_id`, `channel`, `contact_class`, `day`, `by`."""

from chalicelib.platform import EventType

NOTED = EventType("contact.noted")
