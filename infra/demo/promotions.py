"""Promotions of the club, and a partner who makes use of them. A chapter of the story."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from infra.demo import generator, pictures
from infra.demo.portal import Portal, Say, Unexpected, send

HALF_A_YEAR = timedelta(days=182)
RUNNING = timedelta(days=60)  # the first one runs since then, so that its effect can be measured
WIRING, BY_THE_BOX = "Wiring by the box", ["SW-W", "SW-N", "SO-W", "SO-N"]
DISPLAYED, LIT, POWERED = "ST-N", "PN-P", "PS-N"


def forms(today: date) -> list[dict[str, Any]]:
    """A discount by quantity, free goods for who buys much and pays in time, and a discount for who shows the club's own brand."""
    period = {"from": str(today), "to": str(today + HALF_A_YEAR)}
    return [
        {
            "name": WIRING,
            "name_ru": "Розетки и выключатели коробками",
            "goods": {"skus": BY_THE_BOX},
            "brackets": [{"from_quantity": 60, "percent": "10"}, {"from_quantity": 200, "percent": "20"}],
            **period,
            "from": str(today - RUNNING),
        },
        {
            "name": "Twenty power supplies, two more",
            "name_ru": "Двадцать блоков питания и ещё два",
            "goods": {"skus": [POWERED]},
            "on_top": {"buy": 20, "free": {"sku": POWERED, "quantity": 2}, "pay_within_days": 14},
            **period,
        },
        {
            "name": f"{generator.OWN_BRAND} in the window",
            "name_ru": f"{generator.OWN_BRAND} на витрине",
            "goods": {"brands": [generator.OWN_BRAND]},
            "brackets": [{"from_quantity": 1, "percent": "12"}],
            "display": True,
            **period,
        },
    ]


def prepare(marketing: Portal, today: date) -> list[str]:
    """Draws up the promotions that are not there yet, and approves them. Returns their names."""
    known = {each["name"] for each in marketing.get("/v1/staff/promotions?limit=100")["items"]}
    wanted = forms(today)
    for form in wanted:
        if form["name"] not in known:
            made = marketing.post("/v1/staff/promotions", form, expect=201)
            path = f"/v1/staff/promotions/{made['promotion_id']}/approve"
            marketing.post(path, {"confirm_short": True}, If_Match=marketing.etag)
    return [form["name"] for form in wanted]


def play(partner: Portal, manager: Portal, company_id: str, say: Say) -> None:
    _light(partner, say)
    _display(partner, manager, company_id, say)
    _free_goods(partner, say)


def _light(partner: Portal, say: Say) -> None:
    """The light of an office, calculated; the goods go into the cart as they are."""
    room = {"name": "Office", "length_m": "9", "width_m": "6", "height_m": "3", "illuminance_lx": "500"}
    found = partner.post("/v1/tools/lighting", {"rooms": [room], "skus": [LIT]})["totals"][0]
    if not found["luminaires"]:
        raise Unexpected(f"no luminaires for a dark room: {found}")
    say(f"500 lx in an office of 9 by 6 m: {found['luminaires']} of {LIT}, {found['power_w']} W")


def _display(partner: Portal, manager: Portal, company_id: str, say: Say) -> None:
    """A shop shows the club's own brand, its photo is approved, and the discount holds."""
    running = partner.get("/v1/promotions")["items"]
    promotion = next(each for each in running if each["name"].startswith(generator.OWN_BRAND))
    path = f"/v1/promotions/{promotion['promotion_id']}/display-proofs"
    photo = {"shop_address": "Москва, Лесная 7, магазин «Светлый дом»", "content_type": "image/png"}
    started = partner.post(path, photo)
    send(started["upload"], pictures.picture(DISPLAYED))
    partner.post(f"{path}/{started['proof_id']}/confirm")
    before = _price(partner, DISPLAYED)
    manager.post(f"/v1/staff/companies/{company_id}/display-proofs/{started['proof_id']}/approve")
    after = _price(partner, DISPLAYED)
    say(f"a photo of a shop that shows {generator.OWN_BRAND} is approved: {DISPLAYED} {before} -> {after}")


def _free_goods(partner: Portal, say: Say) -> None:
    quote = partner.post("/v1/quotes", {"lines": [{"sku": POWERED, "quantity": 20}]})
    found = quote["goods_on_top"][0]
    say(f"20 of {POWERED}, paid within {found['pay_within_days']} days, bring {found['goods']['quantity']} for nothing")


def _price(partner: Portal, sku: str) -> str:
    return str(partner.get(f"/v1/products/{quote(sku)}")["price"]["unit_price"]["amount"])
