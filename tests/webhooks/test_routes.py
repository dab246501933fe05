"""A webhook over HTTP, for the people of its distributor."""

import json
import zlib
from typing import Any

import pytest
from boto3.dynamodb.types import Binary

from chalicelib.distributors import service as distributors
from chalicelib.platform.delivery.subscriptions import declared
from chalicelib.webhooks import service
from tests.orders.steps import errors
from tests.support.api import Caller
from tests.support.partners import distributor
from tests.support.table import everything
from tests.webhooks.steps import URL, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_the_secret_is_told_once_with_the_answer_that_made_it(world: World) -> None:
    first = world.connect()
    assert first.json["secret"].startswith("whsec_")
    assert first.headers["etag"] == '"1"'
    again = world.connect("https://new.example/hooks")
    assert (again.json["secret"], again.headers["etag"]) == (None, '"2"')
    shown = world.call("GET", "")
    assert "secret" not in shown.json
    assert first.json["secret"] not in shown.text
    assert (shown.json["url"], shown.json["active"], shown.json["paused_for"]) == (
        "https://new.example/hooks",
        True,
        None,
    )
    assert shown.json["language"] == "ru", "that of the distributor"


def test_two_secrets_never_meet(world: World) -> None:
    told = [world.connect().json["secret"], *(world.call("POST", "/rotate-secret").json["secret"] for _ in range(3))]
    assert len(set(told)) == 4


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(world: World) -> None:
    assert world.call("PUT", "", {"url": URL}).status == 428
    assert world.call("PUT", "", {"url": URL}, if_match='"1"').status == 412
    world.connect()
    assert world.call("PUT", "", {"url": URL}, if_match='"0"').status == 412
    world.call("POST", "/rotate-secret")
    assert world.call("PUT", "", {"url": URL}, if_match='"1"').status == 412
    assert world.call("PUT", "", {"url": URL}, if_match='"2"').status == 200


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://erp.example/hooks", "https_only"),
        ("https://127.0.0.1/hooks", "address_not_public"),
        ("https://10.1.2.3:8443", "address_not_public"),
        ("https://[fd00:ec2::254]/latest", "address_not_public"),
        ("https://[::ffff:169.254.169.254]/latest", "address_not_public"),
        ("https://localhost/hooks", "address_not_public"),
        ("ftp://erp.example", "url"),
        ("https://", "url"),
        ("https://erp.example:99999", "url"),
        ("https://name:password@erp.example", "url"),
        ("https://erp.example/#there", "url"),
        ("https://erp_example", "url"),
        ("https://erp.example/ hooks", "pattern"),
        ("https://сайт.рф/hooks", "pattern"),
    ],
)
def test_an_address_that_no_message_would_go_to_is_refused(world: World, url: str, code: str) -> None:
    assert errors(world.call("PUT", "", {"url": url}, if_match='"0"')) == [("/url", code)]
    assert world.call("GET", "").status == 404


def test_a_club_may_allow_its_own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch, private_networks=True)
    assert world.connect("http://10.1.2.3:8080/hooks").status == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("DELETE", "", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/test", None),
        ("POST", "/replay", {"since": "2026-11-20T08:00:00Z"}),
        ("GET", "/deliveries/msg_nobody", None),
        ("POST", "/deliveries/msg_nobody/replay", None),
    ],
)
def test_without_an_endpoint_there_is_nothing_to_ask_for(world: World, method: str, path: str, body: Any) -> None:
    assert world.call(method, path, body).status == 404


def test_deliveries_are_listed_newest_first_page_by_page_and_by_state(world: World) -> None:
    world.connect()
    world.place()
    world.run()
    world.receiver.down()
    orders = [world.place(), world.place()]
    world.run(hours=1)
    shown = world.call("GET", "/deliveries?limit=2").json
    assert [each["order_id"] for each in shown["items"]] == list(reversed(orders))
    rest = world.call("GET", f"/deliveries?limit=2&cursor={shown['next_cursor']}").json
    assert [(each["state"], each["last_status"]) for each in rest["items"]] == [("delivered", 200)]
    waiting = world.call("GET", "/deliveries?state=waiting").json["items"]
    assert [(each["attempts"], each["last_error"]) for each in waiting] == [(0, None), (4, "no_connection")]
    one = world.call("GET", f"/deliveries/{waiting[1]['delivery_id']}").json
    assert one == waiting[1]


def test_an_address_gets_no_number_of_requests_that_its_distributor_likes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody proves that an address is their own."""
    monkeypatch.setattr(service, "MOST_SENT_A_DAY", 2)
    monkeypatch.setattr(service, "MOST_BEGUN_A_DAY", 2)
    world.connect()
    sent = world.call("POST", "/test").json["delivery_id"]
    again = f"/deliveries/{sent}/replay"
    since = {"since": "2026-11-20T00:00:00Z"}
    assert world.call("POST", again).status == 202
    assert world.call("POST", "/replay", since).status == 202
    before = everything(world.context)
    refused = [
        world.call("POST", "/test"),
        world.call("POST", again),
        world.call("POST", "/replay", since),
        world.call("PUT", "", {"url": URL}, if_match='"1"'),
    ]
    assert [(each.status, each.json["code"]) for each in refused] == [(429, "too_many_requests")] * 4
    assert all(0 < int(each.headers["retry-after"]) <= 86400 for each in refused)
    assert everything(world.context) == before
    world.pass_time(86400)
    assert world.call("POST", "/test").status == 202


def test_another_distributors_delivery_is_not_there(world: World) -> None:
    world.connect()
    world.place()
    world.run()
    (delivery,) = world.deliveries()
    _, other = distributor(world.context, "RU-SPE")
    world.call("PUT", "", {"url": "https://other.example"}, other, if_match='"0"')
    before = everything(world.context)
    path = f"/deliveries/{delivery['delivery_id']}"
    assert world.call("GET", path, None, other).status == 404
    assert world.call("POST", f"{path}/replay", None, other).status == 404
    assert world.call("GET", "/deliveries", None, other).json["items"] == []
    assert everything(world.context) == before


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ("2026-11-21T00:00:00Z", "in_future"),
        ("2026-11-20T08:00:00", "datetime"),
        ("yesterday", "datetime"),
    ],
)
def test_a_replay_begins_at_a_moment_that_has_been(world: World, since: str, code: str) -> None:
    world.connect()
    assert errors(world.call("POST", "/replay", {"since": since})) == [("/since", code)]


def test_whoever_left_the_distributor_sends_its_orders_nowhere(world: World) -> None:
    """Their token may still be good for a quarter of an hour."""
    world.connect()
    world.place()
    world.run()
    (delivery,) = world.deliveries()
    distributors.remove_person(world.context, world.distributor_id, str(world.operator.claims["sub"]))
    before = everything(world.context)
    for method, path, body in (
        ("PUT", "", {"url": "https://elsewhere.example"}),
        ("DELETE", "", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/test", None),
        ("POST", "/replay", {"since": "2026-11-20T08:00:00Z"}),
        ("POST", f"/deliveries/{delivery['delivery_id']}/replay", None),
    ):
        assert world.call(method, path, body, if_match='"1"').status == 403, path
    assert everything(world.context) == before


def test_a_machine_changes_no_endpoint(world: World) -> None:
    claims = {**world.operator.claims, "club_member": "", "client_id": "client_1"}
    answer = world.call("PUT", "", {"url": URL}, Caller(claims), if_match='"0"')
    assert (answer.status, answer.json["code"]) == (403, "scope_missing")


def test_no_event_of_an_order_is_left_out() -> None:
    """But three: the club's own head of sales is told of an order, a buyer is reminded of the next one, and an order of a joined company moves."""
    names = {name for each in declared() for name in each.events if name.startswith("order.")}
    told = {name for each in declared() if each.name == "webhooks.consumers:on_order_event" for name in each.events}
    assert names - told == {"order.escalated", "order.expected", "order.moved"}


def readable(value: Any) -> str:
    """A number, or a long answer, which is kept packed."""
    return zlib.decompress(bytes(value)).decode() if isinstance(value, Binary) else str(value)


def test_what_is_written_holds_no_secret_but_the_endpoint_itself(world: World) -> None:
    secret = world.connect().json["secret"]
    world.call("POST", "/rotate-secret")
    world.place()
    world.run()
    holding = {
        (key.pk, key.sk)
        for key, item in everything(world.context).items()
        if secret in json.dumps(item, default=readable)
    }
    assert holding == {(f"WEBHOOK#{world.distributor_id}", "ENDPOINT")}
