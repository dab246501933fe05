"""The staff let letters go to an address again."""

from contextlib import suppress
from typing import Any

import pytest

from chalicelib.mail import keys as mail_keys
from chalicelib.mail import store as mail_store
from chalicelib.mail.suppressions import suppression
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from tests.mail.steps import MailService, World, install
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, watched

ADDRESS = "anna@partner.example"
ROUTE = "/v1/staff/suppressions"


@pytest.fixture
def world(context: Context, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(context, MailService(suppressed={ADDRESS}))
    install(monkeypatch, made, watched)
    return made


@pytest.fixture
def manager(context: Context) -> Caller:
    return partners.staff(context, "mbr_m", "manager")


def bounced(context: Context, reason: str = "bounce") -> None:
    mail_store.suppress(context.table, ADDRESS, reason=reason, at=context.at, letter_id="ltr_1")


def lift(api: Api, caller: Caller, **changes: Any) -> Answer:
    return api.call("POST", f"{ROUTE}/lift", caller, {"email": ADDRESS, "reason": "A new mailbox", **changes})


def test_a_lifted_address_gets_letters_again_and_reason_and_author_are_kept(
    api: Api, context: Context, world: World, manager: Caller
) -> None:
    bounced(context)
    shown = {"email": ADDRESS, "reason": "bounce", "bounced": True, "at": context.at}
    for question in ("", "?email=Anna@partner.example"):
        listed = {"items": [shown], "next_cursor": None, "count": None}
        assert api.call("GET", f"{ROUTE}{question}", manager).json == listed
    assert api.call("GET", f"{ROUTE}?email=else@partner.example", manager).json["items"] == []
    assert lift(api, manager).status == 204
    assert suppression(context, ADDRESS) is None and world.service.suppressed == set()
    [event] = context.table.query(mail_keys.suppression(ADDRESS).pk, starts="EVENT#").items
    said = {name: event[name] for name in ("event", "reason", "by", "of")}
    assert said == {"event": "suppression.lifted", "reason": "A new mailbox", "by": "mbr_m", "of": "bounce"}
    assert api.call("GET", ROUTE, manager).json["items"] == []
    assert lift(api, manager).status == 404


def test_a_complaint_is_lifted_though_the_mail_service_does_not_list_it(
    api: Api, context: Context, world: World, manager: Caller
) -> None:
    world.service.suppressed.clear()
    bounced(context, "complaint")
    assert lift(api, manager).status == 204 and suppression(context, ADDRESS) is None


@pytest.mark.parametrize(
    ("change", "pointer"), [({"reason": ""}, "/reason"), ({"email": "x"}, "/email"), ({"by": "x"}, "/by")]
)
def test_what_is_missing_is_named(
    api: Api, context: Context, world: World, manager: Caller, change: dict[str, str], pointer: str
) -> None:
    bounced(context)
    answer = lift(api, manager, **change)
    assert answer.status == 422 and answer.json["errors"][0]["pointer"] == pointer
    assert world.service.suppressed == {ADDRESS}


def test_a_report_that_comes_meanwhile_keeps_the_address_suppressed(
    api: Api, context: Context, world: World, manager: Caller
) -> None:
    bounced(context)
    forget = world.service.delete_suppressed_destination

    def bounces_again(**about: str) -> None:
        bounced(context)
        forget(**about)

    world.service.delete_suppressed_destination = bounces_again  # type: ignore[method-assign,assignment]
    assert lift(api, manager).status == 409
    assert suppression(context, ADDRESS) is not None


def test_wherever_lifting_dies_the_address_is_suppressed_or_free_and_a_repeat_frees_it(
    context: Context, world: World, manager: Caller
) -> None:
    from chalicelib.members.suppressions import lift_suppression

    for crash in crashes():
        world.service.suppressed = {ADDRESS}
        context.table.update(mail_keys.suppression(ADDRESS), remove=("reports",))
        bounced(context)
        with crash:
            lift_suppression(context, ADDRESS, reason="A new mailbox", by="mbr_m")
        if suppression(context, ADDRESS) is None:
            assert world.service.suppressed == set(), crash
        with suppress(Problem):  # done before the crash
            lift_suppression(context, ADDRESS, reason="A new mailbox", by="mbr_m")
        assert suppression(context, ADDRESS) is None, crash
