from typing import Any

import pytest

from chalicelib.companies import join_companies, name_customers, store
from chalicelib.companies.model import CustomerRef
from chalicelib.mail.declarations import asked_by
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Refused, Transaction
from tests.companies.steps import (
    KPP,
    MANAGER,
    appoint_manager,
    bring_in,
    claim,
    company_of,
    happened,
    join,
    legal_inn,
    owned_company,
    person_item,
    sole_inn,
    token,
    whole_table,
)
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.customers import customer_companies

CLAIM = {"name": "ООО «Луч»", "inn": legal_inn(1), "kpp": KPP}
ANNA = Caller.person("mbr_anna")
STAFF = Caller.person(MANAGER, "staff", "manager", "club")


@pytest.fixture(autouse=True)
def people_of_the_club(context: Context) -> None:
    appoint_manager(context)
    join(context, "Anna")


def pointer(answer: Answer) -> str:
    assert answer.status == 422, answer.text
    return str(answer.json["errors"][0]["pointer"])


# --- claims -----------------------------------------------------------------------------------------------------------


def test_a_claim_is_answered_with_the_claimant_s_own_words(api: Api) -> None:
    answer = api.call("POST", "/v1/companies", ANNA, CLAIM)
    assert answer.status == 202 and answer.json == {**CLAIM, "region": None, "status": "pending"}
    again = api.call("POST", "/v1/companies", ANNA, CLAIM)
    assert (again.status, again.text) == (answer.status, answer.text)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"inn": "7707083894"}, "/inn"),
        ({"inn": "12"}, "/inn"),
        ({"kpp": None}, "/kpp"),
        ({"kpp": "1"}, "/kpp"),
        ({"inn": sole_inn(1)}, "/kpp"),
        ({"name": ""}, "/name"),
        ({"region": "Moscow"}, "/region"),
        ({"phone": "+74951234567"}, "/phone"),
    ],
)
def test_a_claim_that_cannot_be_names_the_field_and_writes_nothing(
    api: Api, context: Context, change: dict[str, Any], where: str
) -> None:
    before = whole_table(context.table)
    assert pointer(api.call("POST", "/v1/companies", ANNA, {**CLAIM, **change})) == where
    assert whole_table(context.table) == before


def test_a_second_claim_is_refused_once_the_first_is_confirmed(api: Api, context: Context) -> None:
    _, olga = owned_company(context)
    # A token from before the confirmation: it still may claim.
    answer = api.call("POST", "/v1/companies", Caller.person(olga), {**CLAIM, "inn": legal_inn(2)})
    assert answer.status == 409 and answer.json["code"] == "already_exists"


def test_one_who_waits_reads_nothing_of_the_company(api: Api, context: Context) -> None:
    owned_company(context)
    claim(context, "mbr_anna")
    for path in ("/v1/company", "/v1/company/people"):
        answer = api.call("GET", path, ANNA)
        assert answer.status == 403 and answer.json["code"] == "not_confirmed"


# --- the company ------------------------------------------------------------------------------------------------------


def test_the_company_is_read_and_changed_with_its_version(api: Api, context: Context) -> None:
    owner = token("mbr_olga", owned_company(context)[0])
    shown = api.call("GET", "/v1/company", owner)
    assert shown.status == 200 and shown.json["name"] == "ООО «Луч»" and shown.json["manager_id"] == MANAGER
    etag = shown.headers["etag"]
    changed = api.call("PATCH", "/v1/company", owner, {"region": "RU-MOS"}, headers={"if-match": etag})
    assert changed.status == 200 and changed.json == {**shown.json, "region": "RU-MOS"}
    assert api.call("GET", "/v1/company", owner).headers["etag"] == changed.headers["etag"] != etag
    stale = api.call("PATCH", "/v1/company", owner, {"region": None}, headers={"if-match": etag})
    assert stale.status == 412
    assert api.call("PATCH", "/v1/company", owner, {"region": None}).status == 428


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"inn": legal_inn(2)}, "/inn"),
        ({"kpp": KPP}, "/kpp"),
        ({"tier": "gold"}, "/tier"),
        ({"name": None}, "/name"),
        ({"region": "RU"}, "/region"),
        ({"distributor_id": "dst_none"}, "/distributor_id"),
        ({"distributor_id": "DISTRIBUTOR#1"}, "/distributor_id"),
    ],
)
def test_what_a_member_cannot_change_of_the_company_is_named(
    api: Api, context: Context, change: dict[str, Any], where: str
) -> None:
    owner = token("mbr_olga", owned_company(context)[0])
    etag = api.call("GET", "/v1/company", owner).headers["etag"]
    assert pointer(api.call("PATCH", "/v1/company", owner, change, headers={"if-match": etag})) == where
    assert api.call("GET", "/v1/company", owner).headers["etag"] == etag


def test_only_the_owner_changes_the_company(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context)
    buyer = token(bring_in(context, company_id, olga, "Boris"), company_id, "buyer")
    answer = api.call("PATCH", "/v1/company", buyer, {"region": "RU-MOW"}, headers={"if-match": '"2"'})
    assert answer.status == 403
    # Nor does a token that says owner while the table says buyer.
    forged = token("mbr_boris", company_id, "owner")
    assert api.call("PATCH", "/v1/company", forged, {"region": "RU-MOW"}, headers={"if-match": '"2"'}).status == 403


# --- its people -------------------------------------------------------------------------------------------------------


def test_the_owner_invites_changes_and_removes(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context)
    owner = token(olga, company_id)
    invitation = {"name": "Boris Petrov", "email": "Boris@Example.com", "role": "buyer", "influence": 2}
    invited = api.call("POST", "/v1/company/people", owner, invitation)
    assert invited.status == 201 and invited.json["status"] == "invited"
    assert invited.json["email"] == "boris@example.com" and invited.json["influence"] == 2
    path = f"/v1/company/people/{invited.json['member_id']}"
    boris = Caller.person(invited.json["member_id"])
    (row,) = api.call("GET", "/v1/me/invitations", boris).json["items"]
    assert (row["company_id"], row["company"], row["role"]) == (company_id, "ООО «Луч»", "buyer")
    accepted = api.call("POST", f"/v1/me/invitations/{company_id}/accept", boris)
    assert accepted.status == 200 and accepted.json["status"] == "active"
    assert api.call("POST", f"/v1/me/invitations/{company_id}/accept", boris).text == accepted.text
    etag = '"2"'
    change = {"role": "accountant", "influence": None}
    changed = api.call("PATCH", path, owner, change, headers={"if-match": etag})
    assert changed.status == 200 and changed.json["role"] == "accountant" and changed.json["influence"] is None
    assert changed.headers["etag"] == f'"{changed.json["version"]}"'
    assert api.call("PATCH", path, owner, change, headers={"if-match": etag}).status == 412
    gone = api.call("DELETE", path, owner)
    assert (gone.status, gone.text) == (204, "")
    assert api.call("DELETE", path, owner).status == 404
    assert [each["member_id"] for each in api.call("GET", "/v1/company/people", owner).json["items"]] == [olga]


def test_the_people_are_listed_page_by_page(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context)
    for name in ("Boris", "Clara", "Denis"):
        bring_in(context, company_id, olga, name, role="accountant")
    owner = token(olga, company_id)
    found, url = [], "/v1/company/people?limit=2"
    while True:
        page = api.call("GET", url, owner).json
        found += [person["name"] for person in page["items"]]
        if page["next_cursor"] is None:
            break
        url = f"/v1/company/people?limit=2&cursor={page['next_cursor']}"
    assert sorted(found) == ["Boris Petrova", "Clara Petrova", "Denis Petrova", "Olga Petrova"]
    other = api.call("GET", url, token("mbr_denis", company_id, "accountant"))
    assert other.status == 422 and other.json["errors"][0]["pointer"] == "/query/cursor"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"role": "boss"}, "/role"),
        ({"role": None}, "/role"),
        ({"influence": 4}, "/influence"),
        ({"status": "pending"}, "/status"),
        ({"status": None}, "/status"),
        ({"email": "x@example.com"}, "/email"),
    ],
)
def test_a_change_of_a_person_that_cannot_be_names_the_field(
    api: Api, context: Context, change: dict[str, Any], where: str
) -> None:
    company_id, olga = owned_company(context)
    boris = bring_in(context, company_id, olga, "Boris")
    path = f"/v1/company/people/{boris}"
    assert pointer(api.call("PATCH", path, token(olga, company_id), change, headers={"if-match": '"2"'})) == where
    assert person_item(context, company_id, boris)["version"] == 2


def test_the_last_owner_stays(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context)
    owner, path = token(olga, company_id), f"/v1/company/people/{olga}"
    version = person_item(context, company_id, olga)["version"]
    answers = [
        api.call("DELETE", path, owner),
        api.call("PATCH", path, owner, {"role": "buyer"}, headers={"if-match": f'"{version}"'}),
    ]
    assert [(answer.status, answer.json["code"]) for answer in answers] == [(409, "conflict")] * 2


def test_another_company_s_person_is_not_there(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context, "Olga", 1)
    _, igor = owned_company(context, "Igor", 2)
    path, before = f"/v1/company/people/{igor}", whole_table(context.table)
    owner = token(olga, company_id)
    answers = [
        api.call("DELETE", path, owner),
        api.call("PATCH", path, owner, {"role": "buyer"}, headers={"if-match": '"2"'}),
        api.call("DELETE", "/v1/company/people/mbr_nobody", owner),
    ]
    assert [answer.status for answer in answers] == [404, 404, 404]
    assert answers[0].text == answers[2].text and whole_table(context.table) == before


def test_people_who_are_not_owners_leave_but_remove_nobody(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context)
    boris = bring_in(context, company_id, olga, "Boris", role="engineer")
    engineer = token(boris, company_id, "engineer")
    assert api.call("DELETE", f"/v1/company/people/{olga}", engineer).status == 403
    assert api.call("DELETE", f"/v1/company/people/{boris}", engineer).status == 204
    assert api.call("GET", "/v1/company", engineer).status == 403


# --- the staff --------------------------------------------------------------------------------------------------------


def test_a_manager_finds_who_waits_and_confirms(api: Api, context: Context) -> None:
    api.call("POST", "/v1/companies", ANNA, CLAIM)
    (row,) = api.call("GET", "/v1/staff/companies?status=waiting", STAFF).json["items"]
    assert row["waiting"]["claimed"] == {**CLAIM, "region": None} and row["waiting"]["email"] == "anna@example.com"
    path = f"/v1/staff/companies/{row['company_id']}"
    decided = api.call("POST", f"{path}/confirm", STAFF, {"member_id": "mbr_anna"})
    assert decided.status == 200 and decided.json == {
        "company_id": row["company_id"],
        "member_id": "mbr_anna",
        "status": "active",
        "role": "owner",
        "manager_id": MANAGER,
    }
    again = api.call("POST", f"{path}/confirm", STAFF, {"member_id": "mbr_anna"})
    assert (again.status, again.text) == (200, decided.text)
    assert api.call("GET", "/v1/staff/companies?status=waiting", STAFF).json == {
        "items": [],
        "next_cursor": None,
        "count": None,
    }
    shown = api.call("GET", path, STAFF).json
    assert shown["people"][0]["claimed"]["inn"] == CLAIM["inn"] and shown["people"][0]["role"] == "owner"
    assert api.call("GET", "/v1/company", token("mbr_anna", row["company_id"])).status == 200


@pytest.mark.parametrize(
    ("decision", "where"),
    [
        ({}, "/member_id"),
        ({"member_id": "MEMBER#x"}, "/member_id"),
        ({"member_id": "mbr_anna", "role": "boss"}, "/role"),
        ({"member_id": "mbr_anna", "decision": "maybe"}, "/decision"),
        ({"member_id": "mbr_anna", "manager_id": "mbr_nobody"}, "/manager_id"),
        ({"member_id": "mbr_anna", "company_id": "com_1"}, "/company_id"),
        ({"member_id": "mbr_anna", "decision": "refuse", "role": "buyer"}, "/role"),
        ({"member_id": "mbr_anna", "decision": "refuse", "manager_id": MANAGER}, "/manager_id"),
    ],
)
def test_a_decision_that_cannot_be_names_the_field_and_decides_nothing(
    api: Api, context: Context, decision: dict[str, Any], where: str
) -> None:
    path = f"/v1/staff/companies/{claim(context, 'mbr_anna')}/confirm"
    before = whole_table(context.table)
    assert pointer(api.call("POST", path, STAFF, decision)) == where
    assert whole_table(context.table) == before


def test_a_member_is_no_manager(api: Api, context: Context) -> None:
    company_id, olga = owned_company(context)
    claim(context, "mbr_anna")
    for caller in (ANNA, token(olga, company_id), Caller.person("mbr_d", "distributor", "worker", "dst_1")):
        answers = [
            api.call("GET", "/v1/staff/companies", caller),
            api.call("GET", f"/v1/staff/companies/{company_id}", caller),
            api.call("POST", f"/v1/staff/companies/{company_id}/confirm", caller, {"member_id": "mbr_anna"}),
        ]
        assert [answer.status for answer in answers] == [403, 403, 403]


def test_companies_are_listed_by_name_without_legal_form_and_quotes(api: Api, context: Context) -> None:
    names = ["ООО «Ромашка»", "АО Восток", "ИП Романов", "Ромб Ltd"]
    customer_companies(context, "1c", [CustomerRef(name, name, None, None, "RUB") for name in names])

    def found(query: str) -> list[str]:
        url, listed = f"/v1/staff/companies?limit=1{query}", []
        while True:
            page = api.call("GET", url, STAFF).json
            listed += [item["name"] for item in page["items"]]
            if page["next_cursor"] is None:
                return listed
            url = f"/v1/staff/companies?limit=1{query}&cursor={page['next_cursor']}"

    assert found("") == ["АО Восток", "ИП Романов", "ООО «Ромашка»", "Ромб Ltd"]
    assert found("&q=РОМ") == ["ИП Романов", "ООО «Ромашка»", "Ромб Ltd"]
    assert found("&q=ооо ромаш") == ["ООО «Ромашка»"] and found("&q=Луч") == []


def test_one_company_is_found_by_its_inn_or_by_a_file_s_customer(api: Api, context: Context) -> None:
    refs = [
        CustomerRef("1", "ООО «Луч»", legal_inn(1), KPP, "RUB"),
        CustomerRef("2", "ИП Петров", sole_inn(1), None, "RUB"),
    ]
    first, second = customer_companies(context, "1c", refs).values()
    for query, company_id in [
        (f"inn={legal_inn(1)}&kpp={KPP}", first),
        (f"inn={legal_inn(1)}", first),
        (f"inn={sole_inn(1)}", second),
        ("source=1c&customer=2", second),
    ]:
        (item,) = api.call("GET", f"/v1/staff/companies?{query}", STAFF).json["items"]
        assert item["company_id"] == company_id and item["origin"] == "import"
    assert api.call("GET", "/v1/staff/companies?source=crm&customer=2", STAFF).json["items"] == []


def test_an_inn_alone_finds_every_branch_with_who_waits(api: Api, context: Context) -> None:
    other = "784201001"
    refs = [CustomerRef(kpp, "ООО «Луч»", legal_inn(1), kpp, "RUB") for kpp in (KPP, other)]
    branches = customer_companies(context, "1c", refs)
    claim(context, "mbr_anna", kpp=other)
    items = api.call("GET", f"/v1/staff/companies?inn={legal_inn(1)}", STAFF).json["items"]
    assert {item["company_id"] for item in items} == set(branches.values())
    assert {item["kpp"]: (item["waiting"] or {}).get("member_id") for item in items} == {KPP: None, other: "mbr_anna"}


def test_companies_are_listed_by_region_and_manager_with_who_waits(api: Api, context: Context) -> None:
    appoint_manager(context, "Second")
    moscow, _ = owned_company(context, "Olga", 1)
    neva, _ = owned_company(context, "Igor", 2)
    (free,) = customer_companies(context, "1c", [CustomerRef("1", "ИП Романов", None, None, "RUB")]).values()
    change(api, moscow, {"region": "RU-MOW"})
    change(api, neva, {"region": "RU-SPE", "manager_id": "mbr_second"})
    claim(context, "mbr_anna", 1)

    def found(query: str) -> set[tuple[str, str | None]]:
        items = api.call("GET", f"/v1/staff/companies?{query}", STAFF).json["items"]
        return {(item["company_id"], (item["waiting"] or {}).get("member_id")) for item in items}

    assert found("") == {(moscow, "mbr_anna"), (neva, None), (free, None)}
    assert found("manager=me") == found("region=RU-MOW") == found("manager=me&q=луч") == {(moscow, "mbr_anna")}
    assert found("manager=mbr_second") == {(neva, None)} and found("manager=none") == {(free, None)}
    assert found("region=RU-SPE&manager=me") == found("manager=me&q=роман") == set()
    assert found("status=waiting&manager=me") == found("status=waiting&region=RU-MOW") == {(moscow, "mbr_anna")}
    assert found("status=waiting&manager=mbr_second") == set()


def test_a_filtered_list_is_read_page_by_page_to_its_end(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "AMONG", 2)
    refs = [CustomerRef(str(number), f"Ромашка {number}", None, None, "RUB") for number in range(5)]
    companies = list(customer_companies(context, "1c", refs).values())
    for company_id in companies[3:]:
        change(api, company_id, {"region": "RU-MOW"})
    url, found, pages = "/v1/staff/companies?region=RU-MOW&limit=1", [], 0
    cursor = ""
    while True:
        page = api.call("GET", url + cursor, STAFF).json
        found += [item["company_id"] for item in page["items"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == companies[3:] and pages >= 3


# --- the staff change a company ---------------------------------------------------------------------------------------


def change(api: Api, company_id: str, changes: dict[str, Any], caller: Caller = STAFF) -> Answer:
    path = f"/v1/staff/companies/{company_id}"
    etag = api.call("GET", path, caller).headers["etag"]
    return api.call("PATCH", path, caller, changes, headers={"if-match": etag})


def test_a_manager_changes_region_and_distributor_and_sees_them_on_the_card(api: Api, context: Context) -> None:
    company_id, _ = owned_company(context)
    moscow, _ = partners.distributor(context, "RU-MOS", name="Moscow light")
    neva, _ = partners.distributor(context, "RU-SPE", name="Neva light")
    card = change(api, company_id, {"region": "RU-MOS", "name": "ООО «Луч и К»"})
    assert card.status == 200 and (card.json["region"], card.json["name"]) == ("RU-MOS", "ООО «Луч и К»")
    assert card.json["distributor"] == {"distributor_id": moscow, "name": "Moscow light", "chosen": False}
    assert card.json["manager"]["email"] == "manager@example.com"
    card = change(api, company_id, {"distributor_id": neva})
    assert card.json["distributor"] == {"distributor_id": neva, "name": "Neva light", "chosen": True}
    path = f"/v1/staff/companies/{company_id}"
    shown = api.call("GET", path, STAFF)
    assert (shown.text, shown.headers["etag"]) == (card.text, card.headers["etag"])
    first, second = happened(context, company_id, "company.changed")
    assert first["changes"] == {"region": "RU-MOS", "name": "ООО «Луч и К»"} and first["by"] == MANAGER
    assert second["changes"] == {"distributor_id": neva}
    card = change(api, company_id, {"region": None, "distributor_id": None, "manager_id": None})
    assert (card.json["distributor"], card.json["manager"], card.json["manager_id"]) == (None, None, None)


def test_a_company_is_handed_over_with_its_author(api: Api, context: Context) -> None:
    company_id, _ = owned_company(context)
    appoint_manager(context, "Second")
    assert change(api, company_id, {"manager_id": "mbr_second"}).json["manager"]["member_id"] == "mbr_second"
    again = change(api, company_id, {"manager_id": "mbr_second"})
    assert again.status == 200 and again.json["manager_id"] == "mbr_second"
    [before] = again.json["managers_before"]
    assert before["member_id"] == MANAGER and before["name"] and before["until"] == context.at
    given, handed = happened(context, company_id, "company.manager_changed")
    assert (given["from_manager"], given["to_manager"], given["confirmed"]) == (None, MANAGER, "mbr_olga")
    assert (handed["from_manager"], handed["to_manager"], handed["by"]) == (MANAGER, "mbr_second", MANAGER)
    assert happened(context, company_id, "company.changed") == []


def test_a_company_keeps_its_last_twenty_managers(api: Api, context: Context) -> None:
    company_id, _ = owned_company(context)
    appoint_manager(context, "Second")
    for time in range(21):
        card = change(api, company_id, {"manager_id": "mbr_second" if time % 2 == 0 else MANAGER})
    known = [each["member_id"] for each in card.json["managers_before"]]
    assert known == [MANAGER, "mbr_second"] * 10


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"manager_id": "mbr_anna"}, "/manager_id"),
        ({"manager_id": "mbr_nobody"}, "/manager_id"),
        ({"distributor_id": "dst_none"}, "/distributor_id"),
        ({"name": None}, "/name"),
        ({"inn": "7707083894"}, "/inn"),
        ({"inn": None}, "/inn"),
        ({"kpp": None}, "/kpp"),
        ({"inn": sole_inn(1)}, "/kpp"),
        ({"kpp": "12"}, "/kpp"),
    ],
)
def test_a_change_by_the_staff_that_cannot_be_names_the_field_and_changes_nothing(
    api: Api, context: Context, changes: dict[str, Any], where: str
) -> None:
    company_id, _ = owned_company(context)
    before = whole_table(context.table)
    assert pointer(change(api, company_id, changes)) == where
    assert whole_table(context.table) == before


def ids_of(api: Api, inn: str, kpp: str = "") -> list[str]:
    found = api.call("GET", f"/v1/staff/companies?inn={inn}" + (f"&kpp={kpp}" if kpp else ""), STAFF)
    return [each["company_id"] for each in found.json["items"]]


@pytest.mark.parametrize(
    ("changes", "inn", "kpp"),
    [
        ({"kpp": "770701002"}, legal_inn(1), "770701002"),
        ({"inn": legal_inn(2)}, legal_inn(2), KPP),
        ({"inn": sole_inn(1), "kpp": None}, sole_inn(1), None),
    ],
)
def test_the_staff_correct_inn_and_kpp_and_files_and_claims_find_the_company_by_these(
    api: Api, context: Context, changes: dict[str, Any], inn: str, kpp: str | None
) -> None:
    company_id, olga = owned_company(context)
    card = change(api, company_id, changes).json
    assert (card["inn"], card["kpp"]) == (inn, kpp)
    [former] = card["inns_before"]
    assert (former["inn"], former["kpp"], former["by"]) == (legal_inn(1), KPP, MANAGER)
    [former] = api.call("GET", f"/v1/staff/companies/{company_id}", STAFF).json["inns_before"]
    assert former["by_name"] == "Manager Petrova"
    assert ids_of(api, inn, kpp or "") == [company_id]
    refs = [CustomerRef("1", "ООО «Луч»", inn, kpp, "RUB")]
    assert [*customer_companies(context, "1c", refs).values()] == [company_id]
    [event] = happened(context, company_id, "company.changed")
    assert (event["before"], event["by"]) == ({"inn": legal_inn(1), "kpp": KPP}, MANAGER)
    heard = asked_by("company.changed")["inn_corrected"]
    assert [each.id for each in heard(context, event)] == [olga]
    assert heard(context, {**event, "before": event["before"], "by": "mbr_other"})
    # The numbers that nobody has any more are the next one's, and can be had back.
    shadow = CustomerRef("1", "ООО «Тень»", legal_inn(1), KPP, "RUB")
    [new] = customer_companies(context, "2c", [shadow]).values()
    assert new != company_id and ids_of(api, legal_inn(1), KPP) == [new]


def test_numbers_of_another_company_are_refused_with_the_way_to_join_the_two(api: Api, context: Context) -> None:
    company_id, _ = owned_company(context)
    refs = [
        CustomerRef("1", "ООО «Тень»", legal_inn(2), KPP, "RUB"),
        CustomerRef("2", "Мрак", legal_inn(3), None, "RUB"),
    ]
    by_both, by_inn_alone = customer_companies(context, "1c", refs).values()
    before = whole_table(context.table)
    for inn, other in ((legal_inn(2), by_both), (legal_inn(3), by_inn_alone)):
        refused = change(api, company_id, {"inn": inn})
        assert (refused.status, refused.json["code"]) == (409, "already_exists")
        assert other in refused.json["detail"] and "/v1/staff/company-joins" in refused.json["detail"]
    assert whole_table(context.table) == before
    # Another branch of the other firm is not it.
    assert change(api, company_id, {"inn": legal_inn(2), "kpp": "770701002"}).status == 200
    assert set(ids_of(api, legal_inn(2))) == {by_both, company_id}


def test_two_branches_that_leave_an_inn_at_the_same_moment_leave_it_to_the_next_company(context: Context) -> None:
    branches = [CustomerRef(kpp, f"ООО «Луч {kpp}»", legal_inn(1), kpp, "RUB") for kpp in (KPP, "770701002")]
    one, other = customer_companies(context, "1c", branches).values()
    read_by_both = store.firms(context.table, [legal_inn(1)])

    def leave(company_id: str, inn: str, known: Any) -> None:
        tx, company = Transaction(), company_of(context, company_id)
        store.correct_firm(tx, company, inn, str(company.kpp), known)
        context.table.commit(tx)

    leave(one, legal_inn(2), read_by_both)
    with pytest.raises(Refused) as refused:
        leave(other, legal_inn(3), read_by_both)
    assert "inn" in refused.value
    leave(other, legal_inn(3), store.firms(context.table, [legal_inn(1)]))
    [new] = customer_companies(context, "2c", [CustomerRef("1", "ООО «Тень»", legal_inn(1), KPP, "RUB")]).values()
    assert new not in (one, other)


@pytest.mark.parametrize("same_inn", [True, False])
def test_the_company_that_stays_of_two_takes_the_numbers_of_the_one_that_went(
    api: Api, context: Context, same_inn: bool
) -> None:
    company_id, _ = owned_company(context)
    inn, kpp = (legal_inn(1), "770701002") if same_inn else (legal_inn(2), KPP)
    [went] = customer_companies(context, "1c", [CustomerRef("1", "Луч", inn, kpp, "RUB")]).values()
    tx = Transaction()
    join_companies(tx, context, company_of(context, went), company_of(context, company_id), "jon_1", MANAGER)
    context.table.commit(tx)
    assert change(api, company_id, {"inn": inn, "kpp": kpp}).status == 200
    assert ids_of(api, inn, kpp) == [company_id]
    [again] = customer_companies(context, "2c", [CustomerRef("1", "Луч", inn, kpp, "RUB")]).values()
    assert again == company_id


def test_a_corrected_inn_answers_the_question_about_a_customer_that_had_it(api: Api, context: Context) -> None:
    [company_id] = customer_companies(context, "1c", [CustomerRef("1", "Луч", legal_inn(1), None, "RUB")]).values()
    [unnamed] = customer_companies(context, "2c", [CustomerRef("9", "Луч", None, None, "RUB")]).values()
    tx = Transaction()
    store.relink_customer(tx, "2c", "9", unnamed, company_of(context, company_id))
    context.table.commit(tx)
    name_customers(context, "2c", [CustomerRef("9", "Луч", legal_inn(2), None, "RUB")])
    assert len(api.call("GET", "/v1/staff/customer-questions", STAFF).json["items"]) == 1
    assert change(api, company_id, {"inn": legal_inn(2)}).status == 200
    assert api.call("GET", "/v1/staff/customer-questions", STAFF).json["items"] == []


def test_the_hold_out_and_the_purchases_of_a_corrected_company_stay(api: Api, context: Context) -> None:
    refs = [CustomerRef("1", "ООО «Луч»", legal_inn(1), KPP, "RUB")]
    [company_id] = customer_companies(context, "1c", refs).values()
    change(api, company_id, {"inn": legal_inn(2)})
    found = store.read(context.table, company_id)
    assert found is not None and found.drawn_as == legal_inn(1)
    assert [*customer_companies(context, "1c", refs).values()] == [company_id]


def test_the_staff_change_a_company_only_as_they_have_read_it(api: Api, context: Context) -> None:
    company_id, _ = owned_company(context)
    path = f"/v1/staff/companies/{company_id}"
    etag = api.call("GET", path, STAFF).headers["etag"]
    change(api, company_id, {"region": "RU-MOS"})
    stale = api.call("PATCH", path, STAFF, {"region": None}, headers={"if-match": etag})
    absent = api.call("PATCH", "/v1/staff/companies/com_none", STAFF, {"region": None}, headers={"if-match": etag})
    assert (stale.status, api.call("PATCH", path, STAFF, {"region": None}).status, absent.status) == (412, 428, 404)


def test_a_repeated_confirmation_that_names_another_manager_is_told_where_to_change_it(
    api: Api, context: Context
) -> None:
    company_id, olga = owned_company(context)
    appoint_manager(context, "Second")
    path, decision = f"/v1/staff/companies/{company_id}/confirm", {"member_id": olga, "manager_id": "mbr_second"}
    answer = api.call("POST", path, STAFF, decision)
    assert (answer.status, answer.json["code"]) == (409, "wrong_state")
    assert api.call("POST", path, STAFF, {**decision, "manager_id": MANAGER}).status == 200


@pytest.mark.parametrize(
    ("query", "where"),
    [
        (f"inn={sole_inn(1)}&kpp={KPP}", "/query/kpp"),
        (f"kpp={KPP}", "/query/inn"),
        ("inn=7707083894", "/query/inn"),
        ("source=1c", "/query/customer"),
        ("customer=1", "/query/source"),
        (f"inn={sole_inn(1)}&q=луч", "/query/inn"),
        ("status=waiting&q=луч", "/query/status"),
        (f"inn={sole_inn(1)}&region=RU-MOW", "/query/region"),
        ("source=1c&customer=1&manager=me", "/query/manager"),
        ("manager=a.b", "/query/manager"),
        ("status=some", "/query/status"),
        ("limit=101", "/query/limit"),
        ("cursor=x", "/query/cursor"),
        ("name=луч", "/query/name"),
    ],
)
def test_questions_that_do_not_go_together_are_named(api: Api, query: str, where: str) -> None:
    assert pointer(api.call("GET", f"/v1/staff/companies?{query}", STAFF)) == where


def test_a_company_that_is_not_there_is_not_found(api: Api) -> None:
    assert api.call("GET", "/v1/staff/companies/com_none", STAFF).status == 404
    answer = api.call("POST", "/v1/staff/companies/com_none/confirm", STAFF, {"member_id": "mbr_anna"})
    assert answer.status == 404


# --- privileges -------------------------------------------------------------------------------------------------------


def test_the_privileges_say_what_is_missing_until_nothing_is(api: Api, context: Context) -> None:
    join(context, "Eva", phone="+74951234567", phone_confirmed_on="2026-11-20")
    eva = Caller.person("mbr_eva")
    shown = api.call("GET", "/v1/me/privileges", eva).json
    assert shown["session_is_current"] and shown["privileges"][0] == {
        "name": "market_reports",
        "unlocked": False,
        "missing": ["company_named", "company_confirmed"],
    }
    company_id = claim(context, "mbr_eva")
    api.call("POST", f"/v1/staff/companies/{company_id}/confirm", STAFF, {"member_id": "mbr_eva"})
    shown = api.call("GET", "/v1/me/privileges", eva).json
    assert all(privilege["unlocked"] for privilege in shown["privileges"]) and not shown["session_is_current"]
    assert api.call("GET", "/v1/me/privileges", token("mbr_eva", company_id)).json["session_is_current"]


def test_an_inn_without_its_kpp_finds_every_company_that_has_it(api: Api, context: Context) -> None:
    claim(context, join(context, "Nina"))
    claim(context, join(context, "Oleg"), kpp="780201001")
    found = api.call("GET", f"/v1/staff/companies?inn={legal_inn(1)}", STAFF).json["items"]
    assert sorted(company["kpp"] for company in found) == [KPP, "780201001"]
