"""Outcomes over HTTP."""

from chalicelib.platform.context import Context
from tests.retention.cases.steps import IVAN, OLGA, known
from tests.support import partners
from tests.support.api import Api


def test_a_manager_records_a_call_and_reads_its_history(api: Api, context: Context) -> None:
    manager = partners.staff(context, IVAN, "manager")
    known(context, "cmp_1")
    [call] = api.call("GET", "/v1/manager/calls", manager).json["calls"]
    path = f"/v1/manager/calls/{call['case_id']}/contacts"
    said = {"result": "reached", "reason": "no_reason", "answer": "benefits_letter", "next": "in_three_months"}
    made = api.call("POST", path, manager, said, key="one")
    assert (made.status, made.json["next_day"], made.json["by"]) == (201, "2027-02-19", IVAN)
    assert api.call("POST", path, manager, said, key="one").json == made.json
    assert api.call("POST", path, manager, said, key="two").status == 409
    assert api.call("GET", path, manager).json["items"] == [made.json]
    [done] = api.call("GET", "/v1/manager/calls", manager).json["calls"]
    assert done["state"] == "done"
    case = api.call("GET", "/v1/staff/companies/cmp_1/case", manager).json
    assert (case["state"], case["due"], case["reason"]) == ("waiting", "2027-02-19", "no_reason")
    assert api.call("GET", "/v1/staff/companies/cmp_none/case", manager).status == 404


def test_names_stand_beside_the_ids_of_people_and_companies(api: Api, context: Context) -> None:
    manager, _ = (partners.staff(context, each, "manager") for each in (IVAN, OLGA))
    known(context, "cmp_1")
    [call] = api.call("GET", "/v1/manager/calls", manager).json["calls"]
    path = f"/v1/manager/calls/{call['case_id']}/contacts"
    said = {"result": "reached", "person_id": "mbr_of_cmp_1", "manager_id": OLGA}
    made = api.call("POST", path, manager, said, key="one").json
    person, ivan, olga = call["people"][0]["name"], f"Anna {IVAN}", f"Anna {OLGA}"
    assert (made["by_name"], made["person_name"], made["handed_to_name"]) == (ivan, person, olga)
    case = api.call("GET", "/v1/staff/companies/cmp_1/case", manager).json
    named = case["company_name"], case["manager_name"], case["listed_by_name"]
    assert named == ("cmp_1", olga, ivan)


def test_what_does_not_fit_is_refused_in_the_readers_language(api: Api, context: Context) -> None:
    manager = partners.staff(context, IVAN, "manager")
    known(context, "cmp_1")
    [call] = api.call("GET", "/v1/manager/calls", manager).json["calls"]
    path = f"/v1/manager/calls/{call['case_id']}/contacts"
    for body, russian in (
        ({"result": "skipped"}, "пишут, почему"),
        ({"result": "not_reached", "reason": "price"}, "только у состоявшегося разговора"),
        ({"result": "reached", "reason": "price", "answer": "offer"}, "Условия указывают"),
        (
            {
                "result": "reached",
                "reason": "closed",
                "answer": "offer",
                "offer": {"price": "1.00", "to": "2026-12-31"},
            },
            "на эту причину у клуба нет",
        ),
    ):
        refused = api.call("POST", path, manager, body, key="x", headers={"accept-language": "ru"})
        assert (refused.status, russian in refused.text) == (422, True), refused.text


def test_a_head_of_sales_opens_a_company_again_that_was_noted_as_closed(api: Api, context: Context) -> None:
    manager, head = (
        partners.staff(context, name, role) for name, role in ((IVAN, "manager"), ("mbr_head", "head_of_sales"))
    )
    known(context, "cmp_1")
    [call] = api.call("GET", "/v1/manager/calls", manager).json["calls"]
    path = f"/v1/manager/calls/{call['case_id']}/contacts"
    closed = api.call("POST", path, manager, {"result": "reached", "reason": "closed"}, key="one").json
    again = {"result": "skipped", "corrects": closed["entry_id"]}
    assert (
        api.call("POST", path, partners.staff(context, "mbr_olga", "manager"), {**again, "note": "x"}, key="2").status
        == 404
    )
    said = api.call("POST", path, head, {**again, "note": "It only moved"}, key="two")
    assert (said.status, said.json["by"], said.json["note"]) == (201, "mbr_head", "It only moved")
    case = api.call("GET", "/v1/staff/companies/cmp_1/case", head).json
    assert (case["state"], case["manager_id"], case["reason"]) == ("ready", IVAN, None)
