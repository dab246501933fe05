"""Letters about a company's tier. Names, days and sums come from the event, which is minutes old."""

from datetime import date

from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.platform import Context, Language
from chalicelib.table import Item
from chalicelib.tiers.events import CHANGED, WARNING


@letter("tier_changed", on=CHANGED, to=who_buys, page="tier")
def tier_changed(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = buyer_reader(context, recipient.id, event["company_id"])
    before, tier, above = event["before"], event["tier"], event["next"]
    following = _tier(above, reader.language) if above else None
    return reader, {
        "company": company_name(context, event),
        "up": (tier["discount_percent"], bool(tier["code"])) > (before["discount_percent"], bool(before["code"])),
        "reason": event["reason"],
        "day": date.fromisoformat(event["day"]),
        "tier": _tier(tier, reader.language),
        "before": _tier(before, reader.language),
        "window_sum": event["window_sum"],
        "window_days": int(event["window_days"]),
        "currency": event["currency"],
        "next": {**following, "missing": above["missing"]} if following else None,
    }


@letter("tier_warning", on=WARNING, to=who_buys, page="tier")
def tier_warning(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = buyer_reader(context, recipient.id, event["company_id"])
    changed = event["tier"]["code"] == event["falls_to"]["code"]
    return reader, {
        "company": company_name(context, event),
        "changed": changed,  # the tier stays, its discount does not: no purchase helps
        "current": _tier(event["tier"], reader.language),
        "falls_on": date.fromisoformat(event["falls_on"]),
        "falls_to": _tier(event["falls_to"], reader.language),
        "days_left": int(event["days_left"]),
        "needed": None if changed else event["needed"],
        "buy_by": date.fromisoformat(event["buy_by"]) if event["buy_by"] else None,
        "currency": event["currency"],
    }


def _tier(step: Facts, language: Language) -> Facts | None:
    """The tier in the event, by its name of that day; None for no tier."""
    if not step["code"]:
        return None
    return {"name": step["name_ru"] if language == "ru" else step["name"], "discount_percent": step["discount_percent"]}
