"""Queue workers of the letters."""

from typing import Any

from chalicelib.mail import service
from chalicelib.platform.context import Work
from chalicelib.platform.functions import MAIL, PORTAL, READ, SECRET, WRITE, queue_worker, table


@queue_worker(
    "letters",
    batch=10,
    workers=2,  # SES begins with 14 letters a second
    timeout=20,
    retry="LetterRetrySeconds",
    filled_by=("write_letters", "send_letters", "settle_letters"),
    may=(table(*READ, *WRITE), MAIL, SECRET, PORTAL),
)
def send_letters(work: Work, message: dict[str, Any]) -> None:
    """Send one letter."""
    service.send(work, message)


@queue_worker("mail-events", batch=10, workers=5, filled_by=(), may=(table(*READ, *WRITE),))
def settle_letters(work: Work, message: dict[str, Any]) -> None:
    """Record what the mail service reports about a letter."""
    service.settle(work, message)
