"""Naming an INN proves nothing, and tells nothing."""

import json

from chalicelib.platform.context import Context
from chalicelib.platform.http.routes import ROUTES
from tests.companies.steps import KPP, appoint_manager, claim, join, legal_inn, owned_company, person_item, token
from tests.support.api import Answer, Api, Caller

KNOWN, FRESH = 1, 2


def everything_a_stranger_gets(api: Api, caller: Caller, number: int) -> list[Answer]:
    """The claim, its repeat, and every answer of the room afterwards."""
    form = {"name": "ООО «Луч»", "inn": legal_inn(number), "kpp": KPP, "region": "RU-MOW"}
    reads = sorted(
        route.path
        for route in ROUTES
        if route.method == "GET" and route.tag == "companies" and "{" not in route.path and route.scope
    )
    return [
        api.call("POST", "/v1/companies", caller, form),
        api.call("POST", "/v1/companies", caller, form),
        *(api.call("GET", path, caller) for path in reads),
    ]


def without_the_inn(answer: Answer, number: int) -> tuple[int, str, str]:
    return answer.status, answer.text.replace(legal_inn(number), "INN"), json.dumps(answer.headers, sort_keys=True)


def test_a_stranger_cannot_tell_a_known_buyer_from_a_company_nobody_heard_of(api: Api, context: Context) -> None:
    appoint_manager(context)
    company_id, olga = owned_company(context, number=KNOWN)
    mallory, trudy = Caller.person(join(context, "Mallory")), Caller.person(join(context, "Trudy"))
    about_known = everything_a_stranger_gets(api, mallory, KNOWN)
    about_fresh = everything_a_stranger_gets(api, trudy, FRESH)
    assert [without_the_inn(answer, KNOWN) for answer in about_known] == [
        without_the_inn(answer, FRESH) for answer in about_fresh
    ]
    for answer in about_known:
        assert company_id not in answer.text and olga not in answer.text and "Olga" not in answer.text


def test_a_stranger_s_claim_changes_nothing_of_the_company(api: Api, context: Context) -> None:
    appoint_manager(context)
    company_id, olga = owned_company(context, number=KNOWN)
    before = api.call("GET", "/v1/company", token(olga, company_id))
    claim(context, join(context, "Mallory"), KNOWN, name="Mallory & Co", region="RU-SPE")
    after = api.call("GET", "/v1/company", token(olga, company_id))
    assert (after.text, after.headers) == (before.text, before.headers)


def test_a_stranger_who_forges_the_claims_of_an_owner_is_held_against_the_table(api: Api, context: Context) -> None:
    # What a token of a removed person says, or one of a person who was never confirmed.
    appoint_manager(context)
    company_id, olga = owned_company(context, number=KNOWN)
    mallory = join(context, "Mallory")
    claim(context, mallory, KNOWN)
    forged = token(mallory, company_id, "owner")
    version = person_item(context, company_id, mallory)["version"]
    answers = [
        api.call("GET", "/v1/company", forged),
        api.call("PATCH", "/v1/company", forged, {"name": "Mallory & Co"}, headers={"if-match": '"2"'}),
        api.call("GET", "/v1/company/people", forged),
        api.call("POST", "/v1/company/people", forged, {"name": "E Ve", "email": "eve@example.com", "role": "owner"}),
        api.call(
            "PATCH",
            f"/v1/company/people/{mallory}",
            forged,
            {"status": "active", "role": "owner"},
            headers={"if-match": f'"{version}"'},
        ),
        api.call("DELETE", f"/v1/company/people/{olga}", forged),
    ]
    assert {answer.status for answer in answers} == {403}
    assert all("Olga" not in answer.text and "Луч" not in answer.text for answer in answers)
    assert person_item(context, company_id, mallory)["status"] == "pending"
