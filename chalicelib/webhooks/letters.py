"""Letters on undelivered messages."""

from urllib.parse import urlsplit

from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.orders import distributor_or_person_reader, the_distributor_and_its_people
from chalicelib.platform import Club, Context, clock
from chalicelib.table import Item
from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.events import FAILED, PAUSED


@letter("webhook_paused", on=PAUSED, to=the_distributor_and_its_people, page="webhooks")
@letter("webhook_failed", on=FAILED, to=the_distributor_and_its_people, page="webhook")
def of_the_message(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return distributor_or_person_reader(context, recipient, event["distributor_id"]), {
        "host": urlsplit(event["url"]).hostname,
        "url": event["url"],
        "type": event["type"],
        "happened_on": clock.local_day(clock.moment(event["happened_at"]), context.config[Club].zone),
        "since": clock.local_day(clock.moment(event["since"]), context.config[Club].zone),
        "attempts": int(event["attempts"]),
        "status": int(event["status"]),
        "error": event["error"],
        "keep_days": context.config[Webhooks].keep_days,
    }
