"""Results over HTTP."""

from datetime import timedelta

from chalicelib.platform.context import Context
from tests.support import partners
from tests.support.api import Api, Caller

HEAD = Caller.person("mbr_head", "staff", "head_of_sales", "club")


def test_a_head_of_sales_reads_that_it_is_too_early(api: Api, context: Context) -> None:
    partners.staff(context, "mbr_head", "head_of_sales")
    form = {"name": "Winter", "first": (context.today + timedelta(days=7)).isoformat()}
    wave = api.call("POST", "/v1/staff/retention/waves", HEAD, form, key="plan").json
    found = api.call("GET", f"/v1/staff/retention/results?wave_id={wave['wave_id']}", HEAD)
    assert (found.status, found.json["look"], found.json["next_look"]) == (200, None, wave["looks"][0])
    assert api.call("GET", "/v1/staff/retention/results?wave_id=wav_none", HEAD).status == 404
    manager = Caller.person("mbr_manager", "staff", "manager", "club")
    assert api.call("GET", f"/v1/staff/retention/results?wave_id={wave['wave_id']}", manager).status == 403
