from typing import Any

from chalicelib.mail import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import LETTER_PAGES, MAIL, PORTAL, READ, SECRET, WRITE, queue_worker, table

_LOOP = "A letter that waits for its lease or for the mail service's report comes again; it is over after its last attempt's time to settle."
_RIGHTS = (table(*READ, *WRITE), MAIL, SECRET, PORTAL)


@queue_worker(
    "letters",
    workers=2,  # SES begins with 14 letters a second. One letter at a time: where SES hangs, the run ends and spends the tries of all its letters
    timeout=20,
    retry="LetterRetrySeconds",
    filled_by=("write_letters", "deliver_events", "send_campaigns", "start_campaigns"),
    loop=_LOOP,
    may=(*_RIGHTS, LETTER_PAGES),
)
def send_letters(context: Context, message: dict[str, Any]) -> None:
    """Send one letter."""
    service.send(context, message)


@queue_worker(
    "codes",
    workers=2,
    timeout=20,
    retry="LetterRetrySeconds",
    filled_by=("api_handler", "write_letters"),
    loop=_LOOP,
    may=_RIGHTS,
)
def send_codes(context: Context, message: dict[str, Any]) -> None:
    """Send one letter with a secret. Somebody waits for it, so it waits for no other letters."""
    service.send(context, message)


@queue_worker(
    "mail-events",
    batch=10,
    workers=5,
    window=20,  # most hosts take a letter within seconds: one run for both reports of it
    timeout=50,
    filled_by=(),
    may=(table(*READ, *WRITE),),
)
def settle_letters(context: Context, message: dict[str, Any]) -> None:
    """Record a report of the mail service on a letter."""
    service.settle(context, message)
