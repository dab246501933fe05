"""A partner goes quiet, is called, and comes back. A chapter of the story."""

from datetime import date, timedelta
from typing import Any

from infra.demo import generator
from infra.demo.portal import Portal, Say, Unexpected, await_
from infra.demo.seed import STAFF, upload

SKU = "PN-P"
SILENT = 100  # days


def play(guest: Portal, operations: Portal, consents: list[dict[str, Any]], mark: str, today: date, say: Say) -> None:
    admin = guest.sign_in(STAFF["admin"][1])
    address = f"ivan.{mark}@club.example"
    admin.post("/v1/staff/people", {"name": "Иван Звонков", "email": address, "role": "manager", "language": "ru"})
    caller = guest.sign_in(address)
    buyer = generator.Company(
        f"ООО «Тихий дом {mark}»", generator.inn_of(int(mark) + 200_000), "770101001", "RU-MOW", 1, 1, None
    )
    upload(operations, _history(buyer, today), lambda text: None, f"quiet-{mark}.csv")
    partner, company_id = _member(guest, caller, buyer, consents, mark)

    path = f"/v1/staff/companies/{company_id}"
    rhythm = await_("the rhythm of a company that is quiet", lambda: _quiet(caller, path))
    case = await_("its case", lambda: _case(caller, path))
    say(f"{buyer.name} is {rhythm['state']}: «{rhythm['words']}»")
    if case["state"] != "ready":
        say("the wave that is open drew it to be held out: nobody calls it")
        return
    _call(caller, case["case_id"], today, say)
    _order(partner, say)
    _wave(guest.sign_in(STAFF["head_of_sales"][1]), today, say)


def _history(buyer: generator.Company, today: date) -> str:
    """An order every three weeks for a year, and then none."""
    goods = next(each for each in generator.products() if each.sku == SKU)
    days = range(SILENT + 16 * 21, SILENT - 1, -21)
    return generator.header() + "".join(
        generator.document(f"{buyer.inn}-{ago}", today - timedelta(days=ago), buyer, [(goods, 12)]) for ago in days
    )


def _member(
    guest: Portal, caller: Portal, buyer: generator.Company, consents: list[dict[str, Any]], mark: str
) -> tuple[Portal, str]:
    """Somebody to call: a member whom the manager confirmed, and who thereby became the company's manager."""
    email = f"vera.{mark}@partner.example"
    form = {"name": "Вера Тихонова", "email": email, "language": "ru", "consents": consents}
    partner = guest.sign_in(email, guest.post("/v1/registrations", form, expect=202))
    partner.get("/v1/me")
    partner.call("PATCH", "/v1/me", {"phone": "8 495 765-43-21"}, If_Match=partner.etag)
    claim = {"name": buyer.name, "inn": buyer.inn, "kpp": buyer.kpp, "region": buyer.region}
    partner.post("/v1/companies", claim, expect=202)

    def waiting() -> Any:
        found = caller.get("/v1/staff/companies?status=waiting&limit=100")["items"]
        return next((each for each in found if each["inn"] == buyer.inn), None)

    company = await_("the claim in the manager's list", waiting)
    decision = {"member_id": company["waiting"]["member_id"], "role": "owner"}
    caller.post(f"/v1/staff/companies/{company['company_id']}/confirm", decision)
    partner.refresh()
    return partner, company["company_id"]


def _quiet(caller: Portal, path: str) -> Any:
    found = caller.get(f"{path}/rhythm")
    return found if found["state"] == "dormant" else None


def _case(caller: Portal, path: str) -> Any:
    """The case, once it knows the manager."""
    try:
        found = caller.get(f"{path}/case")
    except Unexpected:
        return None  # there is none yet
    return found if found["manager_id"] else None


def _call(caller: Portal, case_id: str, today: date, say: Say) -> None:
    """The call of the day, with an offer as its answer."""
    offer = {
        "goods": {"skus": [SKU]},
        "percent": "5",
        "floor": "500.00",
        "to": str(today + timedelta(days=14)),
        "note": "Back again",
    }
    found = caller.get("/v1/manager/calls", Accept_Language="ru")
    call = next(each for each in found["calls"] if each["case_id"] == case_id)
    say(
        f"on the list of {len(found['calls'])}: {call['kind']}, {call['words']} At stake {call['at_stake']['amount']}; "
        f"call {call['people'][0]['name']}, {call['people'][0]['local_time']} there; usually "
        + ", ".join(each["name"] for each in call["usual"])
    )
    outcome = {
        "result": "reached",
        "reason": "price",
        "answer": "offer",
        "offer": offer,
        "person_id": call["people"][0]["member_id"],
        "note": "Found cheaper panels",
    }
    entry = caller.order_post(f"/v1/manager/calls/{case_id}/contacts", outcome, expect=201)
    say(f"called: the price; answered by an offer; the next call is on {entry['next_day']}")


def _order(partner: Portal, say: Say) -> None:
    offers = partner.get("/v1/offers")["items"]
    quoted = partner.post("/v1/quotes", {"lines": [{"sku": SKU, "quantity": 12}], "explain": True})
    line = quoted["lines"][0]
    lines = [{"sku": SKU, "quantity": 12, "unit_price": line["unit_price"]["amount"]}]
    order = partner.order_post("/v1/orders", {"lines": lines}, expect=201)
    rule = order["lines"][0]["rule"]
    if rule["name"] != "offer":
        raise Unexpected(f"the offer made no price: {rule}")
    say(
        f"it has {len(offers)} offer and orders at its price: {SKU} {line['base_price']['amount']} -> "
        f"{line['unit_price']['amount']} ({rule['reason']}), order {order['number']}"
    )


def _wave(head: Portal, today: date, say: Say) -> None:
    """The result of the wave that is over; and a wave to come, with its plan in words. The first play plans it."""
    known = head.get("/v1/staff/retention/waves")["items"]
    for wave in (each for each in known if each["state"] == "closed"):
        result = head.get(f"/v1/staff/retention/results?wave_id={wave['wave_id']}", Accept_Language="ru")
        say(
            f"the wave «{wave['name']}» is over: {result['compared']} companies compared, {result['reached']} reached, "
            f"{result['breaches']} breaches; {result['words']} Turnover of a company {result['turnover']['difference']:+.0f} "
            f"({result['turnover']['low']:+.0f} to {result['turnover']['high']:+.0f})"
        )
        _managers(result, say)
    form = {"name": "Зима", "first": str(today + timedelta(days=1))}
    coming = [each for each in known if each["state"] in ("planned", "running")]
    wave = coming[0] if coming else head.order_post("/v1/staff/retention/waves", form, expect=201)
    told = head.get(f"/v1/staff/retention/waves/{wave['wave_id']}", Accept_Language="ru")
    say(f"a wave is planned: {told['plan']}")


def _managers(result: dict[str, Any], say: Say) -> None:
    """The managers, as if their companies were worth the same: each against the held-out companies of the same manager.

    In one draw of nine chance leaves a manager too few held-out companies of some value.
    """
    if not result["managers_comparable"]:
        say("its managers are not comparable: one of them has too few held-out companies of some value")
        return
    found = [(each["manager_name"], each["stratified"]) for each in result["managers"] if each["stratified"]]
    compared = (f"{name} {of['difference']:+.0f} points ({of['low']:+.0f} to {of['high']:+.0f})" for name, of in found)
    say("its managers, as if their companies were worth the same: " + "; ".join(compared))
