"""A file that names companies: by INN and KPP, with the manager, the region and the distributor that each gets."""

from base64 import b64encode
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from chalicelib import members
from chalicelib.companies import CustomerRef, change_manager, read_companies, read_company
from chalicelib.companies.events import MANAGER_CHANGED
from chalicelib.companies.letters import _new_manager
from chalicelib.companies.model import Company
from chalicelib.desk.hand_overs.store import WORK
from chalicelib.members import Member
from chalicelib.members.keys import staff_list
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.platform.http.answers import MOST_BYTES
from chalicelib.setup.files import service
from chalicelib.setup.files.names import Names
from chalicelib.setup.files.rules import MOST_ROWS, MOST_TOLD
from chalicelib.setup.files.schemas import SetupFileForm
from chalicelib.table.transactions import Transaction
from tests.companies.steps import legal_inn
from tests.desk.hand_overs.test_service import Cloud, began, events, memory_context
from tests.exchange.reading.writers import as_xlsx
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.crashes import crashes
from tests.support.customers import customer_companies
from tests.support.memory import MemoryDynamo
from tests.support.table import everything

ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")
HEAD = Caller.person("mbr_head", "staff", "head_of_sales", "club")
ONE, TWO, SHARED = legal_inn(1), legal_inn(2), legal_inn(3)
FILE = (
    "Наименование;ИНН;КПП;Основной менеджер;Регион;Дистрибьютор\n"
    f"ООО Луч 1;{ONE};;mbr_nina@partner.example;Москва г;Север\n"
    f"Луч 2;{TWO[:4]}\u00a0{TWO[4:]};;Oleg Petrov;;\n"
    f"Луч 3;{SHARED};770101001;;RU-SPE;\n"
)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    return Cloud(monkeypatch)


def club(context: Context) -> dict[str, str]:
    """Two managers, a distributor, and the ids of four companies by INN and KPP; two share an INN."""
    partners.staff(context, "mbr_admin", "admin")
    partners.staff(context, "mbr_head", "head_of_sales")
    for member_id, name in (("mbr_nina", "Nina Орлова"), ("mbr_oleg", "Petrov Oleg")):
        member = partners.member(context, member_id, name=name)
        appoint(context, member, "manager")
    partners.distributor(context, "RU-MOW", name="ООО «Север»")
    refs = [
        CustomerRef("1", "Луч 1", ONE, None, "RUB"),
        CustomerRef("2", "Луч 2", TWO, "770101001", "RUB"),
        CustomerRef("3", "Луч 3", SHARED, "770101001", "RUB"),
        CustomerRef("4", "Луч 4", SHARED, "780201001", "RUB"),
    ]
    return {ref.customer: company_id for ref, company_id in customer_companies(context, "1c", refs).items()}


def appoint(context: Context, member: Member, role: str) -> None:
    listed = staff_list(member.name, member.member_id).as_gsi1()
    tx = Transaction()
    members.appoint(tx, member.member_id, kind="staff", owner=STAFF_OWNER, role=role, status="active", listed=listed)
    context.table.commit(tx)


def load(context: Context, content: str = FILE, **form: Any) -> Any:
    return service.load(context, SetupFileForm(kind="companies", content=content, **form), "mbr_head")


def results(loaded: Any) -> list[tuple[int, str, list[tuple[str, str]]]]:
    return [(row.line, row.result, [(each.pointer, each.code) for each in row.errors]) for row in loaded.items]


def given(context: Context, ids: dict[str, str]) -> dict[str, tuple[Any, ...]]:
    found = read_companies(context, ids.values())
    return {
        number: (found[each].manager_id, found[each].region, bool(found[each].distributor_id))
        for number, each in ids.items()
    }


AFTER = {
    "1": ("mbr_nina", "RU-MOW", True),
    "2": ("mbr_oleg", "RU-MOW", False),
    "3": (None, "RU-SPE", False),
    "4": (None, "RU-SPE", False),
}


@pytest.fixture
def known() -> Context:
    return memory_context(MemoryDynamo())


def test_each_company_gets_what_its_row_names_and_each_manager_one_letter(cloud: Cloud, known: Context) -> None:
    ids = club(known)
    loaded = load(known)
    assert results(loaded) == [(2, "planned", []), (3, "planned", []), (4, "planned", [])]
    assert loaded.ignored == ["Наименование"]
    cloud.run(known, began(known))
    assert given(known, ids) == AFTER
    changed = events(known, MANAGER_CHANGED)
    assert {(each["company_id"], each["to_manager"], each["by"]) for each in changed} == {
        (ids["1"], "mbr_nina", "mbr_head"),
        (ids["2"], "mbr_oleg", "mbr_head"),
    }
    assert not [each for event in changed for each in _new_manager(known, event)]  # no letter for each company
    told = {each["manager_id"]: each["names"] for each in events(known, "portfolio.handed_over")}
    assert told == {"mbr_nina": ["Луч 1"], "mbr_oleg": ["Луч 2"]}
    done = WORK.load(known, loaded.hand_over_id)
    assert done is not None
    assert [done.count(name) for name in ("handed_over", "changed", "stayed")] == [2, 1, 0]
    assert [(row[1], row[3], row[4], row[5]) for row in cloud.rows(loaded.hand_over_id)] == [
        ("Луч 1", "", "mbr_nina", "handed_over"),
        ("Луч 2", "", "mbr_oleg", "handed_over"),
        ("Луч 3", "RU-SPE", "", "changed"),
    ]


def test_two_rows_that_say_the_same_of_a_company_have_the_same_result(cloud: Cloud, known: Context) -> None:
    club(known)
    loaded = load(known, FILE + FILE.splitlines()[1])
    assert results(loaded) == [(line, "planned", []) for line in (2, 3, 4, 5)]
    cloud.run(known, began(known))
    assert len(cloud.rows(loaded.hand_over_id)) == 3


def test_companies_of_a_file_whose_manager_left_meanwhile_stay_as_they_are(cloud: Cloud, known: Context) -> None:
    ids = club(known)
    loaded = load(known)
    partners.dismissed(known, "club", "mbr_nina")
    cloud.run(known, began(known))
    assert given(known, ids) == {**AFTER, "1": (None, "RU-MOW", False)}
    assert [row[5] for row in cloud.rows(loaded.hand_over_id)] == ["receiver_left", "handed_over", "changed"]


def test_the_same_file_again_changes_nothing(cloud: Cloud, known: Context) -> None:
    club(known)
    load(known)
    cloud.run(known, began(known))
    before = everything(known)
    again = load(known)
    assert {row.result for row in again.items} == {"done"}
    assert (again.hand_over_id, everything(known)) == (None, before)


def test_a_file_that_is_only_looked_at_tells_the_same_and_writes_nothing(cloud: Cloud, known: Context) -> None:
    club(known)
    before = everything(known)
    assert results(load(known, dry_run=True)) == [(2, "planned", []), (3, "planned", []), (4, "planned", [])]
    assert (everything(known), cloud.bucket.found) == (before, {})


def test_a_former_manager_stays_in_the_history(cloud: Cloud, known: Context) -> None:
    ids = club(known)
    tx = Transaction()
    change_manager(known, tx, company_of(known, ids["2"]), "mbr_nina", by="mbr_head")
    known.table.commit(tx)
    load(known)
    cloud.run(known, began(known))
    before = company_of(known, ids["2"]).managers_before
    assert [each.member_id for each in before or ()] == ["mbr_nina"]


def company_of(context: Context, company_id: str) -> Company:
    found = read_company(context, company_id)
    assert found is not None
    return found


def test_a_company_that_somebody_changed_meanwhile_stays_theirs(cloud: Cloud, known: Context) -> None:
    ids = club(known)
    loaded = load(known)
    tx = Transaction()
    change_manager(known, tx, company_of(known, ids["1"]), "mbr_oleg", by="mbr_head")
    known.table.commit(tx)
    cloud.run(known, began(known))
    assert given(known, ids) == {**AFTER, "1": ("mbr_oleg", "RU-MOW", False)}
    assert [row[5] for row in cloud.rows(loaded.hand_over_id)] == ["changed_meanwhile", "handed_over", "changed"]


def test_wherever_it_dies_each_company_is_changed_once_and_each_manager_told_once(
    cloud: Cloud, known: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.desk.hand_overs.service.COMPANIES", 2)
    memory, numbers = MemoryDynamo(), count(1_000)
    club(memory_context(memory))

    def go(context: Context) -> None:
        """The file, and what began with it."""
        load(context)
        for event in events(context, "portfolio.hand_over_began"):
            cloud.run(context, event)

    def outcome(context: Context) -> tuple[Any, ...]:
        changed = sorted((each["company_id"], each["to_manager"]) for each in events(context, MANAGER_CHANGED))
        told = sorted((each["manager_id"], each["names"]) for each in events(context, "portfolio.handed_over"))
        companies = [each for key, each in everything(context).items() if key[1] == "COMPANY"]
        return changed, told, [(each["company_id"], each.get("manager_id"), each.get("region")) for each in companies]

    def afresh() -> Context:
        cloud.queue.bodies.clear()
        cloud.bucket.found.clear()
        return replace(memory_context(deepcopy(memory)), new_id=lambda prefix: f"{prefix}_{next(numbers)}")

    whole = afresh()
    go(whole)
    undisturbed = outcome(whole)
    assert (len(undisturbed[0]), len(undisturbed[1])) == (2, 2)
    for crash in crashes():
        broken = afresh()
        with crash:
            go(broken)
        go(broken)
        assert outcome(broken) == undisturbed, crash


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "fault", "told"),
    [
        (f"{legal_inn(9)};;;;", ("/inn", "unknown_company"), "The club has no company of this INN."),
        ("7707083894;;;;", ("/inn", "inn"), "An INN has 10 digits"),
        (f"{ONE};12;;;", ("/kpp", "kpp"), "A KPP has 9 digits"),
        (f"{SHARED};;;;", ("/kpp", "kpp_unclear"), "have the KPP 770101001, 780201001."),
        (f"{SHARED};990101001;;;", ("/kpp", "kpp_unclear"), "have the KPP 770101001, 780201001."),
        (
            f"{ONE};;nobody@club.example;;",
            ("/manager", "not_staff"),
            "Among them: mbr_nina@partner.example, mbr_oleg@partner.example.",
        ),
        (f"{ONE};;;Масква;", ("/region", "region"), "Among them: Москва"),
        (f"{ONE};;;Атлантида;", ("/region", "region"), "GET /v1/regions lists them."),
        (f"{ONE};;;;Юг", ("/distributor", "unknown_distributor"), "Among them: ООО «Север»"),
        (f"{TWO};;;RU-KGD;", ("/inn", "repeated"), "Line 2 says something else"),
    ],
)
def test_a_wrong_row_names_its_column_and_what_is_there_and_stops_no_other(
    known: Context, row: str, fault: tuple[str, str], told: str
) -> None:
    club(known)
    loaded = load(known, f"inn;kpp;manager;region;distributor\n{TWO};;;RU-SPE;\n{row}\n", dry_run=True)
    assert results(loaded) == [(2, "planned", []), (3, "failed", [fault])]
    assert told in loaded.items[1].errors[0].detail


def test_all_faults_of_a_row_are_told_together(known: Context) -> None:
    club(known)
    loaded = load(known, "inn;manager;region\n1;who;where\n", dry_run=True)
    assert [each.pointer for each in loaded.items[0].errors] == ["/inn", "/manager", "/region"]


ROWS: list[list[Any]] = [
    ["Контрагент", "ИНН/КПП", "Ответственный менеджер", "Бизнес-регион"],
    ["Луч 1", Decimal(ONE), "Орлова Nina", "Московская обл."],
    ["Луч 3", f"{SHARED}/780201001", "mbr_nina@partner.example", Decimal(77)],
]


@pytest.mark.parametrize("kind", ["xlsx", "utf-8", "cp1251", "commas"])
def test_a_list_of_customers_is_read_as_the_books_write_it(known: Context, kind: str) -> None:
    ids = club(known)
    text = "\r\n".join(("," if kind == "commas" else ";").join(map(str, row)) for row in ROWS)
    content = (
        as_xlsx([["Список контрагентов"], [], *ROWS])
        if kind == "xlsx"
        else text.encode(kind.replace("commas", "utf-8"))
    )
    loaded = load(known, b64encode(content).decode(), dry_run=True)
    assert [(row.result, row.errors) for row in loaded.items] == [("planned", []), ("planned", [])], ids


def test_a_file_that_gives_companies_nothing_is_refused(known: Context, api: Api, context: Context) -> None:
    partners.staff(context, "mbr_admin", "admin")
    body = {"kind": "companies", "content": f"ИНН;Наименование\n{ONE};Луч\n"}
    answer = api.call("POST", "/v1/staff/setup/files", ADMIN, body, headers={"accept-language": "ru"})
    assert "manager (менеджер) / region (регион) / distributor (дистрибьютор)" in answer.json["errors"][0]["detail"]


def test_the_head_of_sales_loads_companies_and_no_staff(api: Api, context: Context, cloud: Cloud) -> None:
    ids = club(context)
    body = {"kind": "companies", "content": FILE}
    answer = api.call("POST", "/v1/staff/setup/files", HEAD, body)
    assert answer.status == 200, answer.text
    shown = api.call("GET", f"/v1/staff/hand-overs/{answer.json['hand_over_id']}", HEAD).json
    assert (shown["state"], shown["from_manager"], shown["created_by"]) == ("running", None, "mbr_head")
    cloud.run(context, began(context))
    assert given(context, ids) == AFTER
    staff = {"kind": "staff", "content": "name;email;role\nIgor Petrov;igor@club.example;admin"}
    assert api.call("POST", "/v1/staff/setup/files", HEAD, staff).json["code"] == "scope_missing"
    stale = Caller.person("mbr_nina", "staff", "admin", "club")
    assert api.call("POST", "/v1/staff/setup/files", stale, staff).status == 403


def test_a_file_of_the_most_rows_that_are_all_wrong_is_answered(api: Api, context: Context) -> None:
    partners.staff(context, "mbr_admin", "admin")
    most = MOST_ROWS["companies"]
    lines = ["inn;manager;region;distributor", *(f"{number};кто;где;чей" for number in range(most))]
    body = {"kind": "companies", "content": "\n".join(lines)}
    answer = api.call("POST", "/v1/staff/setup/files", ADMIN, body, headers={"accept-language": "ru"})
    assert (answer.status, len(answer.json["items"])) == (200, most)
    assert len(answer.json["items"][MOST_TOLD - 1]["errors"]) == 4
    assert [each["code"] for each in answer.json["items"][MOST_TOLD]["errors"]] == ["inn"]
    assert len(answer.text.encode("ascii", "backslashreplace")) < MOST_BYTES
    body["content"] += "\n1;2;3;4"
    assert api.call("POST", "/v1/staff/setup/files", ADMIN, body).json["errors"][0]["code"] == "unreadable"


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("Altai Krai", "b"), ("Республика Алтай", "a"), ("Алтай респ.", "a"), ("алтайский", "b"), ("Altai", None)],
)
def test_a_name_is_found_without_the_kind_of_region_where_it_means_one(cell: str, meant: str | None) -> None:
    names = [("a", ("Altai Republic", "Республика Алтай")), ("b", ("Altai Krai", "Алтайский край"))]
    assert Names(names).find(cell) == meant
