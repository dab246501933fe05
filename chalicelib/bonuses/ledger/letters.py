"""Letters on bonuses. All amounts are those of the event."""

from datetime import date

from chalicelib.bonuses.events import ADJUSTED, CREDITED, EXPIRING, REMINDER
from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.platform import Context
from chalicelib.table import Item


@letter("bonus_reminder", on=REMINDER, to=who_buys, page="bonuses")
def bonus_reminder(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = buyer_reader(context, recipient.id, event["company_id"])
    lots = [{"amount": lot["amount"], "expires_on": date.fromisoformat(lot["expires_on"])} for lot in event["lots"]]
    return reader, {
        "company": company_name(context, event),
        "currency": event["currency"],
        "day": date.fromisoformat(event["day"]),
        "available": event["available"],
        "pending": event["pending"],
        "lots": lots,
    }


@letter("bonus_expiring", on=EXPIRING, to=who_buys, page="bonuses")
def bonus_expiring(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return buyer_reader(context, recipient.id, event["company_id"]), {
        **expiring_facts(context, event),
        "available": event["available"],
    }


@letter("bonus_credited", on=CREDITED, to=who_buys, page="bonuses")
def bonus_credited(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return buyer_reader(context, recipient.id, event["company_id"]), {
        "company": company_name(context, event),
        "currency": event["currency"],
        "partner": event["partner"],
        "note": event.get("note", ""),
        "amount": event["amount"],
        "expires_on": date.fromisoformat(event["expires_on"]),
    }


@letter("bonus_adjusted", on=ADJUSTED, to=who_buys, page="bonuses")
def bonus_adjusted(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return buyer_reader(context, recipient.id, event["company_id"]), {
        "company": company_name(context, event),
        "currency": event["currency"],
        "up": event["amount"] > 0,
        "amount": abs(event["amount"]),
        "reason": event["reason"],
        "expires_on": date.fromisoformat(event["expires_on"]) if event["expires_on"] else None,
        "available": event["available"],
    }


def expiring_facts(context: Context, event: Item) -> Facts:
    return {
        "company": company_name(context, event),
        "currency": event["currency"],
        "amount": event["amount"],
        "expires_on": date.fromisoformat(event["expires_on"]),
        "days_left": int(event["days_left"]),
    }
