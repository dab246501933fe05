"""Lists and scripts over HTTP."""

from chalicelib.platform.context import Context
from chalicelib.retention.cases.config import Calls, Engineer
from chalicelib.retention.cases.model import CallKind
from chalicelib.retention.lists import scripts, service
from chalicelib.retention.lists.schemas import EngineerView, ScriptForm
from tests.retention.cases.steps import IVAN, known
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.figures import with_figures

SCRIPT = "/v1/staff/calls/scripts/win_back"
HEAD = Caller.person("mbr_head", "staff", "head_of_sales", "club")


def test_a_manager_sees_the_calls_of_the_day(api: Api, context: Context) -> None:
    manager = partners.staff(context, IVAN, "manager")
    known(context, "cmp_1")
    found = api.call("GET", "/v1/manager/calls", manager)
    assert found.status == 200
    [call] = found.json["calls"]
    assert (call["company"], call["kind"], call["state"]) == ("cmp_1", "win_back", "open")
    assert {"reason": "out_of_stock", "answers": ["sourcing_request"]} in found.json["reasons"]
    assert api.call("GET", "/v1/manager/calls", manager).json == found.json
    marketing = Caller.person("mbr_marketing", "staff", "marketing", "club")
    assert api.call("GET", "/v1/manager/calls", marketing).status == 403


def test_the_list_names_the_engineer_who_is_on_duty_that_day(context: Context) -> None:
    known(context, "cmp_1")
    assert service.today(context, IVAN, "en").engineer is None
    engineers = [
        Engineer(name="Olga", weekdays=[1, 2, 3, 4]),
        Engineer(name="Pavel", phone="+74951234567", weekdays=[5]),
        Engineer(name="Boris", weekdays=[5, 6]),
    ]
    club = with_figures(context, Calls, engineers=engineers)
    assert service.today(club, IVAN, "en").engineer == EngineerView(name="Pavel", phone="+74951234567", email=None)
    script = ScriptForm(en="Ask {{ engineer }}.")
    scripts.change(club, CallKind.WIN_BACK, 0, script, by="mbr_head")
    assert service.today(club, IVAN, "en").calls[0].script == "Ask Pavel +74951234567."


def test_a_head_of_sales_writes_another_script(api: Api, context: Context) -> None:
    partners.staff(context, "mbr_head", "head_of_sales")
    own = api.call("GET", SCRIPT, HEAD)
    assert own.headers["etag"] == '"0"' and "{{ person }}" in own.json["en"]
    form = {"en": "{{ person }}, how are you?", "ru": "{{ person }}, как дела?"}
    changed = api.call("PUT", SCRIPT, HEAD, form, headers={"if-match": '"0"'})
    assert (changed.status, changed.json["changed_by"]) == (200, "mbr_head")
    assert api.call("PUT", SCRIPT, HEAD, form, headers={"if-match": '"0"'}).status == 412
    manager = partners.staff(context, IVAN, "manager")
    known(context, "cmp_1")
    [call] = api.call("GET", "/v1/manager/calls", manager).json["calls"]
    assert call["script"] == "Anna mbr_of_cmp_1, how are you?"
    back = api.call("PUT", SCRIPT, HEAD, {"en": "", "ru": ""}, headers={"if-match": '"1"'})
    assert back.json["en"] == own.json["en"]


def test_a_script_that_cannot_be_filled_is_refused(api: Api, context: Context) -> None:
    partners.staff(context, "mbr_head", "head_of_sales")
    for text in ("{{ nobody }}", "{% for a in person %}x{% endfor %}", "{{ person"):
        refused = api.call("PUT", SCRIPT, HEAD, {"en": text}, headers={"if-match": '"0"'})
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/en")
    unknown = api.call("GET", "/v1/staff/calls/scripts/nothing", HEAD, headers={"accept-language": "ru"})
    assert (unknown.status, unknown.json["detail"].startswith("Такого вида звонков нет. Есть: win_back, ")) == (
        404,
        True,
    )
