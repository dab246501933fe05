"""Words of the ladder tests: what the staff does."""

from datetime import date
from typing import Any

from chalicelib.platform.context import Context
from chalicelib.tiers.ladders import keys as ladders_keys
from tests.support.api import Answer, Api, Caller

ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")
LADDERS = "/v1/staff/tier-ladders"

STEPS = [
    {"tier": "bronze", "from_sum": "50000", "discount_percent": "3", "name": "Bronze", "name_ru": "Бронза"},
    {"tier": "silver", "from_sum": "120000", "discount_percent": "6", "name": "Silver", "name_ru": "Серебро"},
    {"tier": "gold", "from_sum": "400000", "discount_percent": "8", "name": "Gold", "name_ru": "Золото"},
]
FORM: dict[str, Any] = {"version": "2027-1", "steps": STEPS}


def draw_up(api: Api, key: str = "once", **more: Any) -> Answer:
    return api.call("POST", LADDERS, ADMIN, {**FORM, **more}, key=key)


def show(api: Api, ladder_id: str, caller: Caller = ADMIN) -> Answer:
    return api.call("GET", f"{LADDERS}/{ladder_id}", caller)


def activate(api: Api, ladder_id: str, day: date, etag: str | None = '"1"') -> Answer:
    headers = {"if-match": etag} if etag else {}
    return api.call("POST", f"{LADDERS}/{ladder_id}/activate", ADMIN, {"from": day.isoformat()}, headers=headers)


def event_names(context: Context) -> list[str]:
    """The events of ladders."""
    every = ladders_keys.ladder("")
    return [item["event"] for item in context.table.query_all(every.pk, starts="EVENT#", consistent=True)]
