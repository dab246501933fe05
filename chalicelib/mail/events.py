"""The event of a letter: its own item, with `letter_id`."""

from chalicelib.platform.events import EventType

LETTER_WRITTEN = EventType("letter.written")
