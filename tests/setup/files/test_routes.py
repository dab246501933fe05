"""Files that set the club up: rows with their own results, the same file again, other people's alphabets and commas."""

from typing import Any

import pytest

from chalicelib.platform.context import Context
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.table import everything

ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")
STAFF = "Имя;Почта;Роль\nМария Ильина;maria@club.example;manager\nПётр Павлов;petr@club.example;boss\n\nОлег;oleg@club.example;manager\n"
DISTRIBUTORS = (
    "name,email,regions,hours\n"
    'Центр,center@distributor.example,"Москва, RU-MOS",9-18\n'
    "Север,north@distributor.example,Атлантида,\n"
)
MANAGERS = "регион\tменеджер\nМосква\tmaria@club.example\nRU-SPE\tnobody@club.example\n"


@pytest.fixture(autouse=True)
def admin(context: Context) -> None:
    partners.staff(context, "mbr_admin", "admin")


def load(api: Api, kind: str, content: str, status: int = 200) -> Any:
    answer = api.call("POST", "/v1/staff/setup/files", ADMIN, {"kind": kind, "content": content})
    assert answer.status == status, answer.text
    return answer.json


def results(loaded: Any) -> list[tuple[int, str, list[tuple[str, str]]]]:
    return [
        (row["line"], row["result"], [(each["pointer"], each["code"]) for each in row["errors"]])
        for row in loaded["items"]
    ]


def test_each_row_of_the_staff_has_its_own_result(api: Api) -> None:
    loaded = load(api, "staff", STAFF)
    assert results(loaded) == [
        (2, "done", []),
        (3, "failed", [("/role", "choice")]),
        (5, "failed", [("/name", "value")]),
    ]
    listed = api.call("GET", "/v1/staff/people?role=manager", ADMIN).json["items"]
    assert [each["email"] for each in listed] == ["maria@club.example"]


def test_a_role_is_named_in_russian_or_by_its_code(api: Api) -> None:
    rows = [
        "Имя;Почта;Роль",
        "Мария Ильина;maria@club.example;Менеджер",
        "Нина Осипова;nina@club.example;руководитель продаж",
    ]
    assert [result for _, result, _ in results(load(api, "staff", "\n".join(rows)))] == ["done", "done"]
    listed = api.call("GET", "/v1/staff/people?role=head_of_sales", ADMIN).json["items"]
    assert [each["email"] for each in listed] == ["nina@club.example"]


def test_all_columns_that_a_heading_lacks_are_named_in_both_languages(api: Api) -> None:
    refused = load(api, "staff", "имя;телефон\nМария Ильина;1", status=422)
    assert "email (почта); role (роль)" in refused["errors"][0]["detail"]


def test_a_distributor_is_known_by_its_name_and_a_region_by_code_or_name(api: Api) -> None:
    assert results(load(api, "distributors", DISTRIBUTORS)) == [
        (2, "done", []),
        (3, "failed", [("/regions", "region")]),
    ]
    [made] = api.call("GET", "/v1/staff/distributors", ADMIN).json["items"]
    assert [each["region"] for each in made["regions"]] == ["RU-MOW", "RU-MOS"]
    load(api, "distributors", DISTRIBUTORS)
    assert api.call("GET", "/v1/staff/distributors", ADMIN).json["items"] == [made]
    load(api, "distributors", DISTRIBUTORS.replace("9-18", "8-20"))
    [changed] = api.call("GET", "/v1/staff/distributors", ADMIN).json["items"]
    assert changed == {**made, "hours": "8-20", "version": 2}


def test_regions_that_the_file_does_not_name_keep_their_managers(api: Api) -> None:
    load(api, "staff", STAFF)
    assert results(load(api, "region_managers", MANAGERS)) == [
        (2, "done", []),
        (3, "failed", [("/manager", "not_staff")]),
    ]
    load(api, "region_managers", "region;manager\nТатарстан;maria@club.example\n")
    listed = api.call("GET", "/v1/staff/region-managers", ADMIN).json["regions"]
    assert [(each["region"], each["name"]) for each in listed] == [
        ("RU-MOW", "Мария Ильина"),
        ("RU-TA", "Мария Ильина"),
    ]


def test_a_row_names_the_language_of_the_letters_else_they_are_in_that_of_who_loads_the_file(
    api: Api, context: Context
) -> None:
    rows = [
        "name;email;role;language",
        "Mary Miller;mary@club.example;manager;",
        "Иван Котов;ivan@club.example;manager;Русский",
        "Max Moore;max@club.example;manager;German",
    ]
    assert results(load(api, "staff", "\n".join(rows))) == [
        (2, "done", []),
        (3, "done", []),
        (4, "failed", [("/language", "choice")]),
    ]
    assert {
        item["email"]: item["language"]
        for item in everything(context).values()
        if str(item.get("email", "")).startswith(("mary", "ivan"))
    } == {"mary@club.example": "en", "ivan@club.example": "ru"}
    load(api, "distributors", "name;email;regions;language\nCity;city@distributor.example;Moscow;English\n")
    assert api.call("GET", "/v1/staff/distributors", ADMIN).json["items"][0]["language"] == "en"


def test_the_same_file_again_changes_nothing_but_the_journal(api: Api, context: Context) -> None:
    load(api, "staff", STAFF)
    load(api, "region_managers", MANAGERS)
    before = {key: item for key, item in everything(context).items() if "operation" not in item}
    load(api, "staff", STAFF)
    load(api, "region_managers", MANAGERS)
    after = {key: item for key, item in everything(context).items() if "operation" not in item}
    assert {key for key in after if after[key] != before.get(key)} == set()


@pytest.mark.parametrize(
    "content", ["name;role\nMaria Ilina;manager\n", "name;email;role\n" + "Maria Ilina;m@club.example;manager\n" * 201]
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(api: Api, content: str) -> None:
    assert load(api, "staff", content, 422)["errors"][0]["code"] == "unreadable"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Масква", "Такого региона нет; список: GET /v1/regions. Среди них: Москва"),
        ("Атлантида", "Такого региона нет; "),
    ],
)
def test_a_region_that_is_not_there_is_told_with_those_that_are_like_it(api: Api, cell: str, told: str) -> None:
    body = {"kind": "distributors", "content": f"name;email;regions\nNorth;north@distributor.example;{cell}\n"}
    answer = api.call("POST", "/v1/staff/setup/files", ADMIN, body, headers={"accept-language": "ru"})
    assert answer.json["items"][0]["errors"][0]["detail"].startswith(told)


def test_a_file_that_is_only_looked_at_writes_nothing(api: Api, context: Context) -> None:
    load(api, "staff", STAFF)
    before = {key: item for key, item in everything(context).items() if "operation" not in item}
    for kind, content in (
        ("staff", "name;email;role\nNina Orlova;nina@club.example;admin"),
        ("distributors", DISTRIBUTORS),
        ("region_managers", MANAGERS),
    ):
        body = {"kind": kind, "content": content, "dry_run": True}
        assert "planned" in {
            row["result"] for row in api.call("POST", "/v1/staff/setup/files", ADMIN, body).json["items"]
        }
    assert {key: item for key, item in everything(context).items() if "operation" not in item} == before
