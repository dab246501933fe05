"""The journal over HTTP: who wrote what for the club."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.transactions import Transaction
from tests.support import partners
from tests.support.api import Api, Caller

JOURNAL, DISTRIBUTORS = "/v1/staff/journal", "/v1/staff/distributors"
NEVA = {"name": "Neva light", "email": "neva@example.com"}


@pytest.fixture
def admin(context: Context, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """An admin, in a club whose clock goes on with each request."""
    seconds = count()
    monkeypatch.setattr(
        respond, "context_now", lambda: replace(context, now=context.now + timedelta(seconds=next(seconds)))
    )
    return partners.staff(context, "mbr_admin", "admin")


def listed(api: Api, admin: Caller, question: str = "") -> list[dict[str, Any]]:
    answer = api.call("GET", JOURNAL + question, admin)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def created(api: Api, caller: Caller) -> str:
    return f"{DISTRIBUTORS}/{api.call('POST', DISTRIBUTORS, caller, NEVA, key='k').json['distributor_id']}"


def test_a_write_tells_who_made_it_when_and_to_what(api: Api, context: Context, admin: Caller) -> None:
    path = created(api, admin)
    change = {"name": "Neva"}
    assert api.call("PATCH", path, admin, change, headers={"if-match": '"1"'}).status == 200
    newest, oldest = listed(api, admin)
    assert (newest["operation"], newest["path"]) == ("change_distributor", path)
    assert oldest["operation"] == "create_distributor" and oldest["at"] < newest["at"]
    assert {(each["by"], each["name"], each["kind"], each["role"]) for each in (newest, oldest)} == {
        ("mbr_admin", "Anna mbr_admin", "staff", "admin")
    }


def test_what_wrote_nothing_leaves_no_entry(api: Api, context: Context, admin: Caller) -> None:
    path = created(api, admin)
    segment = {"name": "All", "conditions": {}}
    saved, replayed = (api.call("POST", "/v1/staff/segments", admin, segment, key="saved-once") for _ in range(2))
    assert saved.status == replayed.status == 201 and replayed.headers["idempotency-replayed"] == "true"
    assert api.call("PATCH", path, admin, {"name": "Neva"}, headers={"if-match": '"7"'}).status == 412
    assert api.call("GET", path, admin).status == 200
    tx = Transaction()
    tx.delete(access_keys.membership("mbr_admin"))
    context.table.commit(tx)
    assert api.call("PATCH", path, admin, {"name": "Neva"}, headers={"if-match": '"1"'}).status == 403
    partners.on_staff(context, "mbr_admin", "admin")
    assert [each["operation"] for each in listed(api, admin)] == ["create_segment", "create_distributor"]


def test_the_journal_is_asked_by_person_operation_and_thing_page_by_page(
    api: Api, context: Context, admin: Caller
) -> None:
    other = partners.staff(context, "mbr_other", "operations")
    first, second = created(api, admin), created(api, other)
    for path in (first, second):
        api.call("PATCH", path, other, {"name": "Neva"}, headers={"if-match": '"1"'})
    assert [each["path"] for each in listed(api, admin, "?by=mbr_admin")] == [DISTRIBUTORS]
    assert [each["path"] for each in listed(api, admin, "?operation=change_distributor")] == [second, first]
    assert [each["by"] for each in listed(api, admin, f"?path={first}")] == ["mbr_other"]
    assert listed(api, admin, "?month=2026-10") == []
    page = api.call("GET", f"{JOURNAL}?limit=3", admin).json
    rest = api.call("GET", f"{JOURNAL}?limit=3&cursor={page['next_cursor']}", admin).json
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 1, None)


@pytest.mark.parametrize("question", ["?month=2026-13", "?by=a/b", "?path=v1", "?who=me"])
def test_a_question_that_names_nothing_is_refused(api: Api, admin: Caller, question: str) -> None:
    assert api.call("GET", JOURNAL + question, admin).status == 422


def test_only_an_admin_reads_it(api: Api, context: Context) -> None:
    assert api.call("GET", JOURNAL, partners.staff(context, "mbr_head", "head_of_sales")).status == 403
