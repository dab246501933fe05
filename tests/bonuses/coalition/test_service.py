"""Grants of coalition partners: once for each reference, within limits that hold however many come at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger import store as ledger_store
from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.companies.steps import legal_inn
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, lost_replies, races, watched
from tests.support.memory import MemoryDynamo
from tests.support.parallel import at_once
from tests.support.table import everything, restore

CLIENT = "taxipark26"
LIMITS = {"per_grant": "100.00", "per_company_and_day": "250.00", "per_month": "300.00"}
FORM = {"name": "Taxi Park", "currency": "RUB", "limits": LIMITS}
OPERATIONS = Caller.person("mbr_staff", "staff", "operations", "club")


def machine(client_id: str = CLIENT, *scopes: str) -> Caller:
    """A token that the pool gives a client for its credentials."""
    granted = " ".join(["club/api", *(f"club/{scope}" for scope in scopes or ("machine.accruals", "machine.payments"))])
    return Caller({"sub": client_id, "client_id": client_id, "scope": granted, "token_use": "access"})


MACHINE = machine()


@pytest.fixture
def context(context: Context) -> Context:
    """On a table that answers many at once as fast as one after the other."""
    memory: Any = watched(MemoryDynamo(), "dynamodb")
    return replace(context, table=Table(memory, "club", sleep=lambda seconds: None))


@pytest.fixture
def club(api: Api, context: Context) -> Api:
    """A club with two companies and one registered client."""
    partners.company(context, "cmp_1", inn=legal_inn(1), kpp="770701001")
    owner = {"kpp:770701001": {"company_id": "cmp_1", "currency": "RUB"}}
    context.table.put({**companies_keys.firm(legal_inn(1)).as_item(), **owner})
    partners.company(context, "cmp_2", inn=legal_inn(2))
    register(api)
    return api


def register(api: Api, version: int = 0, client_id: str = CLIENT, **changes: Any) -> Answer:
    headers = {"if-match": f'"{version}"'}
    return api.call("PUT", f"/v1/staff/machine-clients/{client_id}", OPERATIONS, FORM | changes, headers=headers)


def post(api: Api, reference: str = "act-1", caller: Caller = MACHINE, **changes: Any) -> Answer:
    body = {"reference": reference, "company_id": "cmp_1", "amount": "100.00", "day": "2026-11-20", **changes}
    return api.call(
        "POST", "/v1/machine/accruals", caller, {name: each for name, each in body.items() if each is not None}
    )


def take_back(
    api: Api, reversal: str = "back-1", reference: str = "act-1", caller: Caller = MACHINE, **body: Any
) -> Answer:
    path = f"/v1/machine/accruals/{reference}/reversals"
    return api.call("POST", path, caller, {"reference": reversal, **body})


def available(context: Context, company_id: str = "cmp_1") -> Decimal:
    return ledger_rules.balances(ledger.book(context, company_id), context.today).available


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]


# --- granting ---------------------------------------------------------------------------------------------------------


def test_what_is_granted_can_be_spent_at_once(club: Api, context: Context) -> None:
    made = post(club, note="Rides in November")
    assert made.status == 201
    assert made.json["amount"] == {"amount": "100.00", "currency": "RUB"}
    assert made.json["expires_on"] == "2027-11-30"
    assert available(context) == 100
    [posting] = ledger_store.postings(context.table, "cmp_1", 10, None).items
    assert posting["posting_id"] == made.json["posting_id"]
    assert posting["cause"]["document"] == {"client": CLIENT, "name": "Taxi Park", "reference": "act-1"}
    [told] = [item for item in everything(context).values() if item.get("event") == "bonus.credited"]
    assert (told["company_id"], told["partner"], told["amount"]) == ("cmp_1", "Taxi Park", 100)


def test_the_same_again_is_answered_as_the_first_time(club: Api, context: Context) -> None:
    first = post(club)
    again = post(club)
    assert (again.status, again.text) == (201, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert available(context) == 100


@pytest.mark.parametrize("change", [{"amount": "99.00"}, {"company_id": "cmp_2"}, {"day": "2026-11-19"}, {"note": "x"}])
def test_other_content_under_the_same_reference_is_refused(club: Api, context: Context, change: dict[str, Any]) -> None:
    post(club)
    assert refusal(post(club, **change)) == (409, "already_exists")
    assert (available(context), available(context, "cmp_2")) == (100, 0)


def test_two_clients_may_use_the_same_reference(club: Api, context: Context) -> None:
    register(club, client_id="cinema", name="Cinema")
    assert post(club).json["posting_id"] != post(club, caller=machine("cinema")).json["posting_id"]
    assert available(context) == 200


def test_a_company_is_named_by_its_id_or_by_inn_and_kpp(club: Api, context: Context) -> None:
    by_inn = post(club, company_id=None, inn=legal_inn(1), kpp="770701001")
    assert by_inn.json["company_id"] == "cmp_1"
    assert refusal(post(club, "a", company_id="cmp_9")) == (404, "not_found")
    assert refusal(post(club, "a", company_id=None, inn=legal_inn(7))) == (404, "not_found")
    for wrong in ({"company_id": None}, {"inn": legal_inn(1)}, {"company_id": None, "kpp": "770701001"}):
        assert refusal(post(club, "a", **wrong)) == (422, "invalid")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": "0"}, "/amount"),
        ({"amount": "1.001"}, "/amount"),
        ({"amount": "-5"}, "/amount"),
        ({"day": "2026-11-21"}, "/day"),
        ({"day": "2026-08-19"}, "/day"),
        ({"reference": "a b"}, "/reference"),
        ({"more": 1}, "/more"),
    ],
)
def test_what_cannot_be_is_named(club: Api, context: Context, change: dict[str, Any], pointer: str) -> None:
    answer = post(club, **change)
    assert refusal(answer) == (422, "invalid")
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert available(context) == 0


def test_a_company_with_another_currency_is_refused(club: Api, context: Context) -> None:
    partners.company(context, "cmp_3", currency="GBP")
    assert refusal(post(club, company_id="cmp_3")) == (422, "invalid")


def test_who_is_not_registered_or_switched_off_grants_nothing(club: Api, context: Context) -> None:
    assert refusal(post(club, caller=machine("stranger"))) == (403, "client_not_registered")
    register(club, 1, active=False)
    assert refusal(post(club)) == (403, "client_not_registered")
    assert refusal(post(club, caller=machine(CLIENT, "machine.payments"))) == (403, "scope_missing")
    assert available(context) == 0


def test_a_person_is_no_machine(club: Api) -> None:
    claims = {**MACHINE.claims, "club_member": "mbr_1"}
    assert refusal(post(club, caller=Caller(claims))) == (403, "scope_missing")
    assert refusal(take_back(club, caller=Caller(claims))) == (403, "scope_missing")


# --- limits -----------------------------------------------------------------------------------------------------------


def test_each_limit_says_what_is_left_of_it(club: Api, context: Context) -> None:
    over = post(club, "a", amount="100.01")
    assert refusal(over) == (422, "limit_exceeded")
    assert over.json["limit"] == "per_grant"
    for reference in ("b", "c"):
        post(club, reference)
    day = post(club, "d", amount="50.01")
    assert (day.json["limit"], day.json["left"]["amount"]) == ("per_company_and_day", "50.00")
    month = post(club, "e", company_id="cmp_2", amount="100.00")
    assert month.status == 201
    month = post(club, "f", company_id="cmp_2", amount="0.01")
    assert (month.json["limit"], month.json["left"]["amount"]) == ("per_month", "0.00")
    assert (available(context), available(context, "cmp_2")) == (200, 100)


def test_limits_count_by_the_day_of_the_telling(club: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for reference, day in (("a", "2026-11-18"), ("b", "2026-11-19")):
        post(club, reference, day=day)
    assert post(club, "c", day="2026-10-01").json["limit"] == "per_company_and_day"
    later = replace(context, now=context.now + timedelta(days=1))
    monkeypatch.setattr(respond, "context_now", lambda: later)
    assert post(club, "c", day="2026-10-01").status == 201
    monkeypatch.setattr(respond, "context_now", lambda: replace(context, now=context.now + timedelta(days=11)))
    assert post(club, "d", day="2026-12-01").status == 201


def test_what_was_taken_back_may_be_granted_anew(club: Api, context: Context) -> None:
    for reference in ("act-1", "b"):
        post(club, reference)
    assert post(club, "c").json["limit"] == "per_company_and_day"
    take_back(club, amount="50.00")
    assert post(club, "c").status == 201
    assert available(context) == 250


# --- taking back ------------------------------------------------------------------------------------------------------


def test_a_grant_is_taken_back_in_parts_and_never_more_than_it_was(club: Api, context: Context) -> None:
    made = post(club)
    part = take_back(club, "r1", amount="30.00")
    assert (part.status, part.json["reversed"]["amount"]) == (200, "30.00")
    assert refusal(take_back(club, "r2", amount="70.01")) == (422, "invalid")
    rest = take_back(club, "r3")
    assert [each["amount"]["amount"] for each in rest.json["reversals"]] == ["30.00", "70.00"]
    assert refusal(take_back(club, "r4")) == (422, "invalid")
    assert available(context) == 0
    assert club.call("GET", made.headers["location"], MACHINE).text == rest.text
    reversals = [
        each for each in ledger_store.postings(context.table, "cmp_1", 10, None).items if "reverses" in each["cause"]
    ]
    assert {each["cause"]["reverses"] for each in reversals} == {made.json["posting_id"]}


def test_a_grant_is_taken_back_in_so_many_parts(club: Api, context: Context) -> None:
    post(club)
    for number in range(50):
        assert take_back(club, f"back-{number}", amount="1.00").status == 200
    assert refusal(take_back(club, "back-50", amount="1.00")) == (409, "wrong_state")
    assert available(context) == 50


def test_a_reversal_told_again_takes_nothing_more(club: Api, context: Context) -> None:
    post(club)
    first = take_back(club, amount="30.00")
    again = take_back(club, amount="30.00")
    assert (again.text, again.headers["idempotency-replayed"]) == (first.text, "true")
    assert refusal(take_back(club, amount="31.00")) == (409, "already_exists")
    assert available(context) == 70


def test_another_clients_grant_is_not_there(club: Api, context: Context) -> None:
    post(club)
    register(club, client_id="cinema", name="Cinema")
    assert refusal(take_back(club, caller=machine("cinema"))) == (404, "not_found")
    assert refusal(take_back(club, reference="act-2")) == (404, "not_found")
    assert refusal(club.call("GET", "/v1/machine/accruals/act-1", machine("cinema"))) == (404, "not_found")
    assert available(context) == 100


def test_who_was_switched_off_may_still_take_back(club: Api, context: Context) -> None:
    post(club)
    register(club, 1, active=False)
    assert take_back(club).status == 200
    assert available(context) == 0


def test_what_was_spent_is_taken_back_as_a_debt(club: Api, context: Context) -> None:
    post(club)
    owner = partners.speaks_for(context, "cmp_1", "mbr_1")
    assert club.call("POST", "/v1/company/redemptions", owner, {"amount": "100.00"}, key="k").status == 201
    take_back(club)
    assert available(context) == -100


# --- clients ----------------------------------------------------------------------------------------------------------


def test_a_client_is_registered_changed_shown_and_listed(club: Api) -> None:
    shown = club.call("GET", f"/v1/staff/machine-clients/{CLIENT}", OPERATIONS)
    assert (shown.json["name"], shown.json["active"], shown.headers["etag"]) == ("Taxi Park", True, '"1"')
    assert refusal(register(club, 0)) == (412, "precondition_failed")
    assert register(club, 1, name="Taxi").headers["etag"] == '"2"'
    register(club, client_id="cinema", name="Cinema")
    listed = club.call("GET", "/v1/staff/machine-clients?limit=1", OPERATIONS)
    rest = club.call("GET", f"/v1/staff/machine-clients?limit=1&cursor={listed.json['next_cursor']}", OPERATIONS)
    assert [each["name"] for each in listed.json["items"] + rest.json["items"]] == ["Cinema", "Taxi"]
    assert refusal(club.call("GET", "/v1/staff/machine-clients/nobody", OPERATIONS)) == (404, "not_found")


def limits(per_month: str) -> dict[str, Any]:
    return {"limits": {"per_grant": "100.00", "per_company_and_day": "250.00", "per_month": per_month}}


def approve(api: Api, by: Caller, version: int) -> Answer:
    path = f"/v1/staff/machine-clients/{CLIENT}/approve"
    return api.call("POST", path, by, headers={"if-match": f'"{version}"'})


@pytest.fixture
def head(context: Context) -> Caller:
    return partners.staff(context, "mbr_head", "head_of_sales")


def test_limits_above_what_one_person_gives_hold_once_somebody_else_approved_them(
    club: Api, context: Context, head: Caller
) -> None:
    """Its author gave 300 a month before: 100,000 are left."""
    at_bound = register(club, version=1, **limits("100000.00")).json
    assert (at_bound["limits"]["per_month"]["amount"], at_bound["requested_limits"]) == ("100000.00", None)
    asked = register(club, version=2, **limits("100000.01"), name="Taxi").json
    assert (asked["name"], asked["limits"]["per_month"]["amount"]) == ("Taxi", "100000.00")
    assert asked["requested_limits"]["per_month"] == {"amount": "100000.01", "currency": "RUB"}
    assert (asked["author"], asked["approved_by"]) == ("mbr_staff", None)
    assert refusal(approve(club, OPERATIONS, 3)) == (403, "scope_missing")
    assert refusal(approve(club, head, 2)) == (412, "precondition_failed")
    approved = approve(club, head, 3)
    assert (approved.status, approved.headers["etag"]) == (200, '"4"')
    assert (approved.json["limits"], approved.json["requested_limits"]) == (asked["requested_limits"], None)
    assert (approved.json["author"], approved.json["approved_by"]) == ("mbr_staff", "mbr_head")
    assert refusal(approve(club, head, 4)) == (409, "wrong_state")
    assert register(club, version=4, **limits("100000.01"), active=False).json["requested_limits"] is None


def test_a_new_client_grants_nothing_before_its_high_limits_are_approved(
    club: Api, context: Context, head: Caller
) -> None:
    assert register(club, client_id="cinema", **limits("500000.00")).status == 200
    assert refusal(post(club, caller=machine("cinema"))) == (422, "limit_exceeded")


def test_limits_in_pieces_of_several_clients_add_up(club: Api, context: Context) -> None:
    assert register(club, client_id="cinema", **limits("60000.00")).json["requested_limits"] is None
    assert register(club, client_id="bakery", **limits("39700.01")).json["requested_limits"], "300 were given before"
    assert register(club, client_id="bakery", version=1, **limits("39700.00")).json["requested_limits"] is None
    assert register(club, version=1, **limits("299.00")).json["requested_limits"] is None, "less is always free"
    assert register(club, version=2, **limits("299.01")).json["requested_limits"], "what was taken down counts again"


def test_nobody_approves_limits_that_they_requested(club: Api, context: Context) -> None:
    partners.staff(context, "mbr_admin", "admin")
    admin = Caller.person("mbr_admin", "staff", "admin", "club")
    body = FORM | limits("500000.00")
    asked = club.call("PUT", f"/v1/staff/machine-clients/{CLIENT}", admin, body, headers={"if-match": '"1"'})
    assert asked.json["requested_limits"]
    assert refusal(approve(club, admin, 2)) == (403, "four_eyes")


def test_other_money_is_another_limit(club: Api, context: Context) -> None:
    assert register(club, version=1, currency="KZT").json["requested_limits"], "nothing may be given alone in tenge"


def test_a_limit_cannot_exceed_that_of_a_longer_time(club: Api) -> None:
    for wrong in ({"per_grant": "250.01"}, {"per_month": "249.99"}):
        assert refusal(register(club, 1, limits=LIMITS | wrong)) == (422, "invalid")
    assert refusal(register(club, 1, more="x")) == (422, "invalid")


# --- at once, and interrupted -----------------------------------------------------------------------------------------

CALLERS = 32


def until_heard(act: Callable[[int], Answer]) -> list[Answer]:
    """All at once, and each asks again when it is told to."""

    def one(number: int) -> Answer:
        while (answer := act(number)).status == 503:
            assert answer.headers["retry-after"] == "1"
        return answer

    return at_once(CALLERS, one)


@pytest.mark.usefixtures("a_request_per_thread")
def test_many_at_once_reach_a_limit_exactly_and_never_exceed_it(club: Api, context: Context) -> None:
    answers = until_heard(lambda number: post(club, f"act-{number}", amount="20.00"))
    statuses = [answer.status for answer in answers]
    assert (statuses.count(201), statuses.count(422)) == (12, 20), "240 of 250 in a day"
    assert {answer.json["limit"] for answer in answers if answer.status == 422} == {"per_company_and_day"}
    assert available(context) == 240


@pytest.mark.usefixtures("a_request_per_thread")
def test_the_same_grant_many_times_at_once_is_one(club: Api, context: Context) -> None:
    answers = until_heard(lambda _: post(club))
    assert {(answer.status, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert available(context) == 100


@pytest.mark.usefixtures("a_request_per_thread")
def test_reversals_at_once_take_no_more_than_the_grant(club: Api, context: Context) -> None:
    post(club)
    answers = until_heard(lambda number: take_back(club, f"r{number}", amount="7.00"))
    assert [answer.status for answer in answers].count(200) == 14
    assert available(context) == 2


@pytest.mark.parametrize("interruptions", [crashes, lost_replies])
@pytest.mark.parametrize("step", ["grant", "reverse"])
def test_whatever_is_interrupted_is_done_once_when_told_again(
    club: Api, context: Context, interruptions: Any, step: str
) -> None:
    if step == "reverse":
        post(club)
    act = {"grant": lambda: post(club), "reverse": lambda: take_back(club, amount="30.00")}[step]
    beginning = everything(context)
    act()
    undisturbed = available(context)
    for interruption in interruptions():
        restore(context, beginning)
        with interruption:
            act()
        again = act()
        assert again.status == (201 if step == "grant" else 200), interruption
        assert available(context) == undisturbed, interruption
        used = [item["amount"] for key, item in everything(context).items() if key.sk.startswith("USED#")]
        assert used == [undisturbed, undisturbed], interruption


def test_a_twin_that_comes_between_makes_no_second_grant(club: Api, context: Context) -> None:
    beginning = everything(context)
    for race in races(lambda: post(club) and None):
        restore(context, beginning)
        with race:
            assert post(club).status == 201
        assert available(context) == 100, race
