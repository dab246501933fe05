"""What a letter says, looked up when it is sent: who gets it, and the facts that its template puts into words."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from chalicelib import catalog, companies, members, tiers
from chalicelib.exchange import Webhooks
from chalicelib.letters.order_content import ORDER_COMPOSERS
from chalicelib.letters.readers import Facts, Reader, Unsendable, distributor_reader, member_reader, speaking_reader
from chalicelib.letters.rendering import render
from chalicelib.letters.schemas import Letter, Mail
from chalicelib.platform import clock
from chalicelib.platform.club_config import Club
from chalicelib.platform.figures import Language
from chalicelib.platform.settings import settings
from chalicelib.platform.work import Work
from chalicelib.table.transactions import Item
from chalicelib.tiers import Step

SIGN_IN_CODE = "sign_in_code"


def compose(work: Work, letter: Letter, code: str) -> Mail:
    """The letter in its reader's language. `code` is for the one template that carries one. Raises Unsendable."""
    cause = work.table.get(letter.cause, consistent=True)
    if cause is None:
        raise Unsendable("cause_gone")
    reader, facts = COMPOSERS[letter.template](work, letter, cause, code)
    club = work.config[Club]
    subject, html, text = render(
        letter.template,
        reader.language,
        {
            "club_name": club.name_ru if reader.language == "ru" else club.name,
            "portal_url": settings().portal_url,
            "name": reader.name,
            **facts,
        },
    )
    return Mail(address=reader.address, language=reader.language, subject=subject, html=html, text=text)


# --- what each letter tells -------------------------------------------------------------------------------------------


def _sign_in_code(work: Work, letter: Letter, sign_in: Item, code: str) -> tuple[Reader, Facts]:
    left = int(sign_in["code_expires_at"]) - clock.epoch(work.now)
    # No name: whoever joins may have typed any name and somebody else's address.
    return Reader(sign_in["email"], sign_in["language"], ""), {"code": code, "minutes": max(1, left // 60)}


def _welcome(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    reader = member_reader(work, letter.recipient.id)
    currency, welcome = work.config[Club].currency, work.config[members.Welcome]
    ladder = tiers.ladder_today(work, currency)
    return reader, {
        "benefits": welcome.benefits_ru if reader.language == "ru" else welcome.benefits,
        "window_days": ladder.window_days,
        "currency": currency,
        "steps": [_step_facts(step, reader.language) for step in ladder.steps_on(work.today)],
    }


def _person_claimed(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    claimant = members.member(work, event["member_id"])
    if claimant is None:
        raise Unsendable("claimant_gone")
    return member_reader(work, letter.recipient.id), {
        "company": _company_name(work, event),
        "claimant": claimant.name,
        "claimant_email": claimant.email,
    }


def _person_confirmed(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    company = companies.company(work, event["company_id"])
    manager = members.member(work, company.manager_id) if company and company.manager_id else None
    return member_reader(work, letter.recipient.id), {
        "company": company.name if company else "",
        "manager": {"name": manager.name, "email": manager.email} if manager else None,
    }


def _webhook(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    """What was not taken, as the event tells it."""
    to_distributor = letter.recipient.kind == "distributor"
    reader = (
        distributor_reader(work, event["distributor_id"])
        if to_distributor
        else member_reader(work, letter.recipient.id)
    )
    return reader, {
        "host": urlsplit(event["url"]).hostname,
        "url": event["url"],
        "type": event["type"],
        "happened_on": clock.local_day(clock.moment(event["happened_at"]), work.config[Club].zone),
        "since": clock.local_day(clock.moment(event["since"]), work.config[Club].zone),
        "attempts": int(event["attempts"]),
        "status": int(event["status"]),
        "error": event["error"],
        "keep_days": work.config[Webhooks].keep_days,
    }


def _tier_changed(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    reader = member_reader(work, letter.recipient.id)
    before, tier, above = event["before"], event["tier"], event["next"]
    following = _tier(above, reader.language) if above else None
    return reader, {
        "company": _company_name(work, event),
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


def _tier_warning(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    """Days and sum are those of the event: the letter follows it within minutes."""
    reader = member_reader(work, letter.recipient.id)
    changed = event["tier"]["code"] == event["falls_to"]["code"]
    return reader, {
        "company": _company_name(work, event),
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
    """A tier as its event tells it, by the names that it had then; None for no tier."""
    if not step["code"]:
        return None
    return {
        "name": step["name_ru"] if language == "ru" else step["name"],
        "discount_percent": step["discount_percent"],
    }


# Letters on bonuses tell what was so when their event happened: it holds their figures.


def _bonus_reminder(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    lots = [{"amount": lot["amount"], "expires_on": date.fromisoformat(lot["expires_on"])} for lot in event["lots"]]
    return member_reader(work, letter.recipient.id), {
        "company": _company_name(work, event),
        "currency": event["currency"],
        "day": date.fromisoformat(event["day"]),
        "available": event["available"],
        "pending": event["pending"],
        "lots": lots,
    }


def _bonus_expiring(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    return member_reader(work, letter.recipient.id), {**_expiring(work, event), "available": event["available"]}


def _bonus_credited(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    return member_reader(work, letter.recipient.id), {
        "company": _company_name(work, event),
        "currency": event["currency"],
        "partner": event["partner"],
        "note": event.get("note", ""),
        "amount": event["amount"],
        "expires_on": date.fromisoformat(event["expires_on"]),
    }


def _bonus_adjusted(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    return member_reader(work, letter.recipient.id), {
        "company": _company_name(work, event),
        "currency": event["currency"],
        "up": event["amount"] > 0,
        "amount": abs(event["amount"]),
        "reason": event["reason"],
        "expires_on": date.fromisoformat(event["expires_on"]) if event["expires_on"] else None,
        "available": event["available"],
    }


def _goods_available(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    return member_reader(work, letter.recipient.id), {
        "company": _company_name(work, event),
        "currency": event["currency"],
        "gift": event["gift"],
        "amount": event["amount"],
        "first": date.fromisoformat(event["first_day"]),
        "last": date.fromisoformat(event["last_day"]),
        "available_from": date.fromisoformat(event["available_from"]),
        # A gift is handed over, whenever that is.
        "expires_on": None if event["gift"] else date.fromisoformat(event["expires_on"]),
    }


def _goods_expiring(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    return member_reader(work, letter.recipient.id), _expiring(work, event)


def _expiring(work: Work, event: Item) -> Facts:
    """The days left are those of the event: the letter follows it within minutes."""
    return {
        "company": _company_name(work, event),
        "currency": event["currency"],
        "amount": event["amount"],
        "expires_on": date.fromisoformat(event["expires_on"]),
        "days_left": int(event["days_left"]),
    }


def _goods_shipped(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    reader = member_reader(work, letter.recipient.id)
    lines = [
        {
            "sku": line["sku"],
            "name": line["name_ru"] if reader.language == "ru" else line["name"],
            "unit": line["unit"],
            "ordered": int(line["quantity"]),
            "quantity": int(line["quantity"]),
            "unit_price": line["unit_price"],
            "amount": line["amount"],
        }
        for line in event["lines"]
    ]
    return reader, {
        "company": _company_name(work, event),
        "currency": event["currency"],
        "shipment": {
            "document": event["document"],
            "day": date.fromisoformat(event["day"]),
            "lines": lines,
            "total": sum((line["amount"] for line in lines), Decimal(0)),
        },
        "left": event["left"],
    }


def _display(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    reader, promotion = speaking_reader(work, letter.recipient.id, event["company_id"]), event["promotion"]
    return reader, {
        "company": _company_name(work, event),
        "inn": event["inn"],
        "promotion": promotion["name_ru"] if reader.language == "ru" else promotion["name"],
        "last": date.fromisoformat(promotion["last"]),
        "shop": event["shop_address"],
        "reason": event["reason"],
    }


def _goods_on_top(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    """What was so when the event happened: it holds the figures."""
    distributor = distributor_reader(work, event["distributor_id"])
    for_distributor = letter.recipient.kind == "distributor"
    reader = distributor if for_distributor else member_reader(work, letter.recipient.id)
    named = "name_ru" if reader.language == "ru" else "name"
    goods = event["goods"]
    shipped = {"document": event["document"], "day": date.fromisoformat(event["day"])} if "day" in event else None
    return reader, {
        "company": _company_name(work, event),
        "number": event["number"],
        "distributor": distributor.name,
        "for_distributor": for_distributor,
        "promotion": event["promotion"][named],
        "goods": {**goods, "name": goods[named], "quantity": int(goods["quantity"])},
        "why": event.get("why"),
        "shipments": [
            {"document": each["document"], "last_day": date.fromisoformat(each["last_day"])}
            for each in event.get("shipments", ())
        ],
        "shipment": shipped,
    }


def _demand_answered(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    """For who still speaks for the company for which they asked."""
    reader, answered = speaking_reader(work, letter.recipient.id, event["company_id"]), event["answered"]
    products = catalog.read_products(work.table, {event["sku"], answered["sku"]} - {""})
    named = {
        sku: {"sku": sku, "name": each.name_ru if reader.language == "ru" else each.name, "unit": each.unit}
        for sku, each in products.items()
    }
    return reader, {
        "by_stock": answered["by"] == "stock",
        "wish": event["text"] or named[event["sku"]]["name"],
        "asked_on": clock.local_day(clock.moment(event["opened_at"]), work.config[Club].zone),
        "quantity": int(event["quantity"]),
        "answer": answered["text"],
        "product": named.get(answered["sku"]),
    }


def _step_facts(step: Step, language: Language) -> Facts:
    return {
        "name": step.name_in(language),
        "discount_percent": step.discount_percent,
        "from_sum": step.from_sum,
    }


def _company_name(work: Work, event: Item) -> str:
    company = companies.company(work, event["company_id"])
    if company is None:
        raise Unsendable("company_gone")
    return company.name


COMPOSERS: dict[str, Callable[[Work, Letter, Item, str], tuple[Reader, Facts]]] = {
    SIGN_IN_CODE: _sign_in_code,
    "welcome": _welcome,
    "person_claimed": _person_claimed,
    "person_confirmed": _person_confirmed,
    "demand_answered": _demand_answered,
    "webhook_paused": _webhook,
    "webhook_failed": _webhook,
    "tier_changed": _tier_changed,
    "tier_warning": _tier_warning,
    "bonus_reminder": _bonus_reminder,
    "bonus_expiring": _bonus_expiring,
    "bonus_credited": _bonus_credited,
    "bonus_adjusted": _bonus_adjusted,
    "goods_available": _goods_available,
    "goods_expiring": _goods_expiring,
    "goods_shipped": _goods_shipped,
    "goods_on_top_granted": _goods_on_top,
    "goods_on_top_unpaid": _goods_on_top,
    "goods_on_top_withdrawn": _goods_on_top,
    "goods_on_top_shipped": _goods_on_top,
    "display_approved": _display,
    "display_rejected": _display,
    **ORDER_COMPOSERS,
}
