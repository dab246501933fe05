"""The rhythm over HTTP: for the staff, on any day, with the orders behind it."""

from datetime import timedelta

from chalicelib.platform.context import Context
from tests.support.api import Api, Caller
from tests.tiers.steps import buy, company, deliver, give_back

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


def regular(context: Context) -> str:
    company_id = company(context)
    for offset in range(-200, -20, 20):
        buy(context, company_id, offset, 60_000)
    return company_id


def test_a_manager_reads_a_rhythm_and_the_orders_behind_it(api: Api, context: Context) -> None:
    company_id = regular(context)
    answer = api.call("GET", f"/v1/staff/companies/{company_id}/rhythm", MANAGER)
    assert answer.status == 200
    found = answer.json
    assert (found["state"], found["orders"], found["mean_gap_days"]) == ("active", 9, 20.0)
    assert found["last_order"] == (context.today - timedelta(days=40)).isoformat()
    [newest, *_] = found["order_days"]
    assert (newest["day"], newest["amount"]) == (found["last_order"], {"amount": "60000.00", "currency": "RUB"})
    assert all(len(each["documents"]) == 1 and each["documents"][0] for each in found["order_days"])
    assert found["below_lowest_step"] is True
    deliver(context, company_id)  # the tier learns of the purchases
    told = api.call("GET", f"/v1/staff/companies/{company_id}/rhythm", MANAGER).json
    assert told["below_lowest_step"] is False
    assert len(found["order_days"]) == 9
    assert found["words"].startswith("Buys every 3") and " of 100 " in found["words"]
    assert 0 < found["figures"]["no_order"] < found["figures"]["early_warning"] < 1
    assert found["figures"]["order_value"]["currency"] == "RUB"
    assert found["learned_on"] is None


def test_a_day_in_the_past_knows_nothing_of_later_orders_and_returns(api: Api, context: Context) -> None:
    company_id = regular(context)
    buy(context, company_id, -1, 90_000, number="L-1")
    give_back(context, company_id, 0, 90_000, "L-1")
    day = (context.today - timedelta(days=1)).isoformat()
    found = api.call("GET", f"/v1/staff/companies/{company_id}/rhythm?as_of={day}", MANAGER).json
    assert (found["as_of"], found["last_order"], found["orders"]) == (day, day, 10)
    now = api.call("GET", f"/v1/staff/companies/{company_id}/rhythm", MANAGER).json
    assert now["orders"] == 9
    early = (context.today - timedelta(days=300)).isoformat()
    before = api.call("GET", f"/v1/staff/companies/{company_id}/rhythm?as_of={early}", MANAGER).json
    assert (before["state"], before["figures"], before["order_days"]) == ("no_orders", None, [])
    assert before["below_lowest_step"] is None
    assert ["L-1"] in [each["documents"] for each in found["order_days"]]


def test_an_unknown_company_is_not_found(api: Api) -> None:
    assert api.call("GET", "/v1/staff/companies/cmp_none/rhythm", MANAGER).status == 404
