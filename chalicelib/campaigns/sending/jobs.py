"""The tick of campaigns, and its workers."""

from functools import cache
from typing import Any

from chalicelib import mail
from chalicelib.campaigns.config import Pacing
from chalicelib.campaigns.sending import delivery, service
from chalicelib.campaigns.sending.pace import Pace
from chalicelib.platform import Context
from chalicelib.platform.config import config
from chalicelib.platform.registry.functions import (
    LETTER_PAGES,
    MAIL,
    MAIL_RATE,
    PORTAL,
    READ,
    SECRET,
    WRITE,
    queue_worker,
    scheduled,
    table,
)

WORKERS = 2  # each takes its share of the rate


@scheduled(
    "cron(0/15 * * * ? *)",
    parameter="CampaignSchedule",
    description="When due letters of campaigns are looked for. Slots begin at full quarters of an hour.",
    missed="Due letters of campaigns were not looked for during two hours. See the schedule, and start the function by hand.",
    timeout=300,
    may=(table(*READ, *WRITE),),
)
def start_campaigns(context: Context, event: dict[str, Any]) -> dict[str, int]:
    """Make the audiences and start the letters that are due."""
    return service.tick(context)


@queue_worker(
    "campaigns",
    workers=WORKERS,
    timeout=50,
    filled_by=("start_campaigns", "deliver_events"),
    loop="Each message writes some letters of a shard and asks for the next ones; after the last ones it asks for none.",
    may=(table(*READ, *WRITE), MAIL, MAIL_RATE, SECRET, PORTAL, LETTER_PAGES),
)
def send_campaigns(context: Context, message: dict[str, Any]) -> None:
    """Write the next letters of a shard."""
    delivery.deliver(context, message, _pace())


@cache
def _pace() -> Pace:
    """Of this process, which lives some hours at most: so a rate that the mail service raises counts soon."""
    return Pace(mail.letters_per_second() * config()[Pacing].rate_percent / 100 / WORKERS)
