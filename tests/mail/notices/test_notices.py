"""Letters are read in the portal, too, and marked as read."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail import jobs as mail_jobs
from chalicelib.mail import store as mail_store
from chalicelib.mail.notices import keys, rules, service, store
from chalicelib.mail.notices.model import Notice
from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.mail.steps import MailService, World, email_confirmed, install, letter, member, message
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, uncounted, watched
from tests.support.spent import measures, spent
from tests.support.table import everything, restore

ANNA = Caller.person("mbr_1")


@pytest.fixture
def world(context: Context, monkeypatch: pytest.MonkeyPatch) -> World:
    """A welcome is written."""
    made = World(context, MailService())
    install(monkeypatch, made, watched)
    member(context)
    context.table.put(email_confirmed())
    mail_store.create(context.table, letter(context))
    return made


def listed(api: Api, query: str = "") -> list[dict[str, Any]]:
    answer = api.call("GET", f"/v1/me/notifications{query}", ANNA)
    assert answer.status == 200, answer.text
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def noticed(context: Context, number: int, *, later: float = 0) -> str:
    at = clock.stamp(context.now + timedelta(minutes=later))
    notice = Notice(rules.notification_id(at, f"ltr_{number}"), "order_shipped", f"Order {number}", "Shipped", at)
    store.write(context, "mbr_1", notice)
    return notice.notification_id


def test_a_letter_is_a_notification_too(api: Api, world: World) -> None:
    mail_jobs.send_letters(world.context, message({"letter_id": "ltr_1"}))
    (sent,) = world.service.accepted
    (notice,) = listed(api)
    assert notice["title"] == sent["Content"]["Simple"]["Subject"]["Data"]
    assert notice["text"] and "{" not in notice["text"]
    assert (notice["letter"], notice["read"]) == ("welcome", False)


def test_a_letter_that_may_not_go_out_is_a_notification_all_the_same(api: Api, world: World) -> None:
    address = "mbr_1@partner.example"
    mail_store.suppress(world.context.table, address, reason="bounce", at=world.context.at, letter_id="ltr_0")
    mail_jobs.send_letters(world.context, message({"letter_id": "ltr_1"}))
    assert world.service.accepted == [] and len(listed(api)) == 1


def test_an_attempt_that_dies_leaves_one_notification(world: World) -> None:
    before = everything(world.context)
    for crash in crashes():
        with uncounted():
            restore(world.context, before)
            world.service.accepted.clear()
        with crash:
            mail_jobs.send_letters(world.context, message({"letter_id": "ltr_1"}))
        with uncounted():
            world.queue.clear()
            found = [key for key in everything(world.context) if key.pk == "NOTICES#mbr_1"]
            assert len(found) <= 1, crash


def test_an_event_that_is_told_again_later_makes_no_second_letter_and_no_second_notification(world: World) -> None:
    event = world.happens(email_confirmed(event_id="evt_2"))
    world.run()
    world.pass_time(60)
    world.stream.append(event)
    world.tell_next()
    assert json.loads(world.queue[0].body)["letter"]["state"] == "sent"
    world.run()
    assert len(world.service.accepted) == 1
    assert len([key for key in everything(world.context) if key.pk == "NOTICES#mbr_1"]) == 1


def test_a_second_attempt_keeps_the_read_mark(api: Api, context: Context) -> None:
    notification_id = noticed(context, 1)
    assert mark(api, {"notification_ids": [notification_id]}) == 204
    noticed(context, 1)
    assert [each["read"] for each in listed(api)] == [True]


def mark(api: Api, body: dict[str, Any]) -> int:
    return api.call("POST", "/v1/me/notifications/read", ANNA, body).status


def test_some_or_all_are_marked_as_read(api: Api, context: Context) -> None:
    first, second = noticed(context, 1, later=-2), noticed(context, 2, later=-1)
    assert mark(api, {"notification_ids": [first]}) == 204
    assert [(each["title"], each["read"]) for each in listed(api)] == [("Order 2", False), ("Order 1", True)]
    assert [each["notification_id"] for each in listed(api, "?unread=true")] == [second]
    assert mark(api, {}) == 204
    assert listed(api, "?unread=true") == []
    noticed(context, 3, later=1)
    assert [each["title"] for each in listed(api, "?unread=true")] == ["Order 3"]


def test_nobody_marks_or_reads_another_members(api: Api, context: Context) -> None:
    notification_id = noticed(context, 1)
    partners.member(context, "mbr_2")
    other = Caller.person("mbr_2")
    body = {"notification_ids": [notification_id]}
    assert api.call("POST", "/v1/me/notifications/read", other, body).status == 204
    assert api.call("GET", "/v1/me/notifications", other).json["items"] == []
    assert [each["read"] for each in listed(api)] == [False]
    assert not [key for key in everything(context) if key.pk == "NOTICES#mbr_2"]


def test_pages_go_from_new_to_old(api: Api, context: Context) -> None:
    for number in range(5):
        noticed(context, number, later=number)
    page = api.call("GET", "/v1/me/notifications?limit=3", ANNA).json
    rest = api.call("GET", f"/v1/me/notifications?limit=3&cursor={page['next_cursor']}", ANNA).json
    titles = [each["title"] for each in page["items"] + rest["items"]]
    assert titles == [f"Order {number}" for number in reversed(range(5))]


def test_a_notification_tells_the_ids_of_what_happened_and_not_whose_it_is() -> None:
    event = {"order_id": "ord_1", "company_id": "cmp_1", "member_id": "mbr_1", "by": "mbr_2", "count_id": 3}
    assert rules.about_of(event) == {"order_id": "ord_1", "company_id": "cmp_1"}


MOMENTS = st.datetimes(min_value=NOON.replace(tzinfo=None), max_value=NOON.replace(tzinfo=None, year=2030))


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_time_and_a_mark_covers_what_came_before_it(one: Any, other: Any) -> None:
    at, mark_at = (clock.stamp(each.replace(tzinfo=NOON.tzinfo)) for each in (one, other))
    notice = Notice(rules.notification_id(at, "ltr_1"), "welcome", "", "", at)
    assert rules.is_read(notice, rules.mark_of(mark_at)) == (at <= mark_at)


@measures(keys.notice, keys.read_mark)
def test_a_page_is_two_calls(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    for number in range(25):
        noticed(context, number, later=number)
    with spent(context.table.client) as cost:
        shown, _ = service.list_notifications(context, "mbr_1", False, 25, None)
    assert len(shown) == 25
    assert cost.calls == ["GetItem", "Query"]
    assert cost.read_units <= 2
    with spent(context.table.client) as cost:
        service.mark_read(replace(context), "mbr_1", None)
    assert (cost.calls, cost.write_units) == (["PutItem"], 1)
