"""From an order's event to the distributor's system: signed, in order, until it is taken or given up."""

import base64
import hashlib
import hmac
from datetime import timedelta
from itertools import pairwise

import pytest

from chalicelib.webhooks import delivery
from chalicelib.webhooks import keys as webhooks_keys
from chalicelib.webhooks.rules import PostResult, result_of
from tests.companies.addresses.steps import ADDRESS
from tests.companies.addresses.steps import URL as ADDRESSES
from tests.orders.steps import unnamed
from tests.support.crashes import Died
from tests.webhooks.steps import URL, Post, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def verified(post: Post, secret: str) -> bool:
    """As a receiver does it, by the spec."""
    signed = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode() + post.body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}" in post.headers["webhook-signature"].split(" ")


def test_a_distributor_without_an_endpoint_gets_no_message(world: World) -> None:
    world.place()
    world.run()
    assert world.receiver.posts == []
    assert world.queue == []


def test_each_step_of_an_order_is_a_signed_message_with_the_order_as_the_api_shows_it(world: World) -> None:
    secret = world.connect().json["secret"]
    order_id = world.place()
    world.run()
    (post,) = world.receiver.posts
    assert post.url == URL
    assert post.headers["content-type"] == "application/json"
    assert verified(post, secret)
    assert abs(int(post.headers["webhook-timestamp"]) - world.context.now.timestamp()) < 5
    shown = world.market.api.call(
        "GET", f"/v1/distributor/orders/{order_id}", world.operator, headers={"accept-language": "ru"}
    )
    assert post.json["type"] == "order.placed"
    assert post.json["timestamp"] == shown.json["placed_at"]
    assert post.json["data"] == {"version": 1, "change": {}, "order": unnamed(shown.json)}

    world.pass_time(60)
    assert world.market.accept(order_id).status == 200
    world.run()
    world.pass_time(60)
    assert world.market.ship(order_id, document="УТ-7").status == 200
    world.run()
    told = [(each.json["type"], each.json["data"]["change"]) for each in world.receiver.posts[1:]]
    assert told == [("order.accepted", {}), ("order.shipped", {"document": "УТ-7"})]


def test_a_message_tells_where_to_deliver_and_who_carries_the_goods(world: World) -> None:
    world.connect()
    world.pass_time(1)
    address = world.market.post(ADDRESSES, world.market.buyer, ADDRESS).json
    delivery = {"method": "carrier", "address_id": address["address_id"]}
    order_id = world.market.place(delivery=delivery, buyer_order_number="ЗП-118").json["order_id"]
    world.market.accept(order_id)
    world.market.ship(order_id, carrier="Деловые Линии", tracking_number="26-00541")
    world.run()
    order = world.receiver.posts[-1].json["data"]["order"]
    assert order["buyer_order_number"] == "ЗП-118"
    assert order["delivery"]["address"] == {**ADDRESS, "address_id": address["address_id"]}
    [shipment] = order["shipments"]
    assert (shipment["carrier"], shipment["tracking_number"]) == ("Деловые Линии", "26-00541")


def test_the_reason_of_a_step_is_told(world: World) -> None:
    world.connect()
    order_id = world.place()
    world.market.reject(order_id, "No stock until May")
    world.run()
    assert world.receiver.posts[-1].json["data"]["change"] == {"reason": "No stock until May"}


def test_a_return_is_told_by_its_id_and_by_the_document_that_took_it_back(world: World) -> None:
    """Without the id a receiver could not tell which of the order's returns was taken back."""
    world.connect()
    order_id = world.place()
    world.market.accept(order_id)
    world.market.ship(order_id, document="УТ-7")
    return_id = world.market.returned(order_id, ("УТ-7", "LMP-1", 1), document="ВЗ-1")
    world.run()
    told = {each.json["type"]: each.json["data"]["change"] for each in world.receiver.posts}
    assert told["order.return_requested"] == {"return_id": return_id}
    assert told["order.returned"] == {"return_id": return_id, "document": "ВЗ-1"}


def test_what_is_not_taken_comes_again_under_its_id_after_growing_pauses(world: World) -> None:
    world.connect()
    world.receiver.moods = [
        result_of(500),
        PostResult(error="timeout"),
        result_of(302),
        PostResult(error="no_connection"),
    ]
    world.place()
    world.run()
    posts = world.receiver.posts
    assert len({post.id for post in posts}) == 1
    assert [round((after.at - before.at).total_seconds()) for before, after in pairwise(posts)] == [
        5,
        300,
        1800,
        7200,
    ]
    assert len({post.headers["webhook-timestamp"] for post in posts}) == 5, "each attempt is signed anew"
    (shown,) = world.deliveries()
    assert (shown["state"], shown["attempts"], shown["last_status"], shown["last_error"]) == ("delivered", 5, 200, None)


def test_messages_of_one_company_keep_their_order_and_no_other_company_waits(world: World) -> None:
    world.connect()
    other = world.other_company("cmp_2")
    world.receiver.mood = lambda post: result_of(503 if post.about[1] == "cmp_1" else 200)
    order_id = world.place()
    world.market.accept(order_id)
    world.place(other)
    world.run(hours=0.05)
    assert {post.about for post in world.receiver.posts} == {("order.placed", "cmp_1"), ("order.placed", "cmp_2")}
    world.market.ship(order_id)
    world.receiver.up()
    world.run()
    mine = [post.about[0] for post in world.receiver.taken if post.about[1] == "cmp_1"]
    assert mine == ["order.placed", "order.accepted", "order.shipped"]


def test_an_endpoint_that_takes_nothing_for_a_day_is_paused_and_its_distributor_is_told(world: World) -> None:
    world.connect()
    world.receiver.down()
    order_id = world.place()
    world.market.accept(order_id)
    world.run()
    posts = world.receiver.posts
    assert len(posts) == 8
    assert timedelta(hours=27) < posts[-1].at - posts[0].at < timedelta(hours=29)
    assert world.states() == [("order.placed", "failed"), ("order.accepted", "waiting")]
    shown = world.call("GET", "").json
    assert (shown["active"], shown["paused_for"]) == (False, "no_connection")
    (paused,) = [event.item for event in events_of(world) if event.name == "webhook.paused"]
    assert (paused["distributor_id"], paused["url"], paused["error"]) == (world.distributor_id, URL, "no_connection")

    # Until somebody makes it active again, messages wait; then they go out in order.
    world.market.ship(order_id)
    world.run()
    assert len(world.receiver.posts) == 8
    world.receiver.up()
    world.connect()
    world.run()
    assert [post.about[0] for post in world.receiver.taken] == ["order.accepted", "order.shipped"]


def test_one_message_that_is_not_taken_is_given_up_and_the_rest_goes_on(world: World) -> None:
    world.connect()
    world.receiver.mood = lambda post: result_of(500 if post.about[0] == "order.placed" else 200)
    other = world.other_company("cmp_2")
    world.market.accept(world.place())
    world.run(hours=20)
    # The endpoint is well: it takes other messages meanwhile.
    world.call("POST", "/test")
    world.run(hours=1)
    world.market.accept(world.place(other))
    world.run()
    assert sorted(world.states()) == [
        ("order.accepted", "delivered"),
        ("order.accepted", "delivered"),
        ("order.placed", "failed"),
        ("order.placed", "failed"),
        ("webhook.test", "delivered"),
    ]
    assert world.call("GET", "").json["active"] is True
    failed = [event.item for event in events_of(world) if event.name == "webhook.failed"]
    assert [each["type"] for each in failed] == ["order.placed"], "one letter a day, not one a message"


def test_an_endpoint_that_is_gone_is_paused_at_once(world: World) -> None:
    world.connect()
    world.receiver.moods = [result_of(410)]
    world.place()
    world.run()
    assert len(world.receiver.posts) == 1
    assert world.call("GET", "").json["paused_for"] == "gone"


def test_another_address_takes_at_once_what_waits(world: World) -> None:
    world.connect()
    world.receiver.down()
    world.place()
    world.run(hours=4)
    world.receiver.up()
    before = world.context.now
    world.connect("https://new.example/hooks")
    world.run(hours=0.01)
    assert world.receiver.posts[-1].url == "https://new.example/hooks"
    assert world.receiver.posts[-1].at - before < timedelta(seconds=5)
    assert world.states() == [("order.placed", "delivered")]


def test_what_waits_for_a_deleted_endpoint_is_given_up(world: World) -> None:
    world.connect()
    world.receiver.down()
    order_id = world.place()
    world.market.accept(order_id)
    world.run(hours=1)
    assert world.call("DELETE", "").status == 204
    world.run()
    assert world.call("GET", "").status == 404
    assert world.states() == [("order.placed", "failed"), ("order.accepted", "failed")]
    assert {each["last_error"] for each in world.deliveries()} == {"endpoint_deleted"}
    posts = len(world.receiver.posts)
    world.market.ship(order_id)
    world.run()
    assert len(world.receiver.posts) == posts


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(world: World) -> None:
    first = world.connect().json["secret"]
    second = world.call("POST", "/rotate-secret").json["secret"]
    third = world.call("POST", "/rotate-secret").json["secret"]
    assert len({first, second, third}) == 3
    world.place()
    world.run()
    assert [verified(world.receiver.posts[0], secret) for secret in (first, second, third)] == [True, True, True]
    assert world.call("GET", "").json["secrets_in_use"] == 3
    world.pass_time(24 * 3600 + 1)
    world.place()
    world.run()
    assert [verified(world.receiver.posts[1], secret) for secret in (first, second, third)] == [False, False, True]


def test_a_replayed_message_comes_under_its_id_before_what_waits(world: World) -> None:
    world.connect()
    order_id = world.place()
    world.run()
    world.receiver.down()
    world.market.accept(order_id)
    world.run(hours=1)
    world.receiver.up()
    delivered = world.deliveries(state="delivered")[0]["delivery_id"]
    answer = world.call("POST", f"/deliveries/{delivered}/replay")
    assert (answer.status, answer.json["state"]) == (202, "waiting")
    seen = len(world.receiver.posts)
    world.run()
    assert [post.about[0] for post in world.receiver.posts[seen:]] == ["order.placed", "order.accepted"]
    assert world.receiver.posts[seen].id == delivered
    assert world.receiver.posts[seen].json["data"]["order"]["state"] == "accepted", "the order as it is now"


def test_a_message_that_waits_goes_at_once_when_it_is_replayed(world: World) -> None:
    world.connect()
    world.receiver.down()
    world.place()
    world.run(hours=5)
    world.receiver.up()
    (waiting,) = world.deliveries()
    assert waiting["next_attempt_at"] is not None
    world.call("POST", f"/deliveries/{waiting['delivery_id']}/replay")
    world.run(hours=0.01)
    assert world.states() == [("order.placed", "delivered")]


def test_a_message_that_is_replayed_while_it_is_being_sent_goes_at_once_all_the_same(world: World) -> None:
    """The attempt fails after that, and must not put back the pause that the person ended."""
    world.connect()
    world.receiver.down()
    world.place()
    world.run(hours=1)
    (shown,) = world.deliveries()

    def while_they_ask(post: Post) -> PostResult:
        world.receiver.up()
        assert world.call("POST", f"/deliveries/{shown['delivery_id']}/replay").status == 202
        return PostResult(error="timeout")

    world.receiver.mood = while_they_ask
    world.run()
    before, after = world.receiver.posts[-2:]
    assert world.states() == [("order.placed", "delivered")]
    assert after.at - before.at < timedelta(minutes=3)


@pytest.mark.parametrize(("failed_only", "again"), [(False, 12), (True, 3)])
def test_everything_since_a_moment_is_replayed_in_order(
    world: World, monkeypatch: pytest.MonkeyPatch, failed_only: bool, again: int
) -> None:
    monkeypatch.setattr(delivery, "AT_ONCE", 4)
    world.connect()
    world.place()
    world.run()
    since = world.context.now + timedelta(seconds=1)
    world.pass_time(1)
    for _ in range(3):
        world.receiver.moods = [result_of(410)]
        world.place()
        world.run()
        world.connect()
    for _ in range(9):
        world.place()
    world.run()
    seen = len(world.receiver.posts)
    body = {"since": since.isoformat(), "failed_only": failed_only}
    answer = world.call("POST", "/replay", body)
    assert answer.status == 202, answer.text
    world.run()
    posts = world.receiver.posts[seen:]
    assert len(posts) == again
    assert [post.id for post in posts] == sorted({post.id for post in posts})
    assert {each["state"] for each in world.deliveries()} == {"delivered"}


def test_a_test_message_is_sent_once_even_to_a_paused_endpoint(world: World) -> None:
    world.connect(active=False)
    world.receiver.moods = [result_of(500)]
    answer = world.call("POST", "/test")
    assert answer.status == 202
    world.run()
    assert len(world.receiver.posts) == 1
    assert world.receiver.posts[0].json == {
        "type": "webhook.test",
        "timestamp": answer.json["happened_at"],
        "data": {"distributor_id": world.distributor_id},
    }
    shown = world.call("GET", answer.headers["location"].removeprefix("/v1/distributor/webhook")).json
    assert (shown["state"], shown["last_status"], shown["last_error"]) == ("failed", 500, "status")
    assert not [event for event in events_of(world) if event.name in ("webhook.failed", "webhook.paused")]


def test_a_worker_that_dies_while_it_posts_leaves_the_message_to_the_next(world: World) -> None:
    world.connect()

    def die(post: Post) -> PostResult:
        world.receiver.posts.append(post)
        raise Died

    world.receiver.mood = die
    world.place()
    with pytest.raises(Died):
        world.run()
    world.receiver.up()
    world.run()
    first, second = world.receiver.posts
    assert first.id == second.id
    assert world.states() == [("order.placed", "delivered")]


def test_an_event_that_is_told_again_makes_no_second_message(world: World) -> None:
    world.connect()
    world.place()
    world.run()
    world.told.clear()
    world.run()
    assert len(world.receiver.posts) == 1
    assert len(world.deliveries()) == 1


def test_a_lost_message_of_the_queue_is_made_good_by_the_next_event(world: World) -> None:
    world.connect()
    order_id = world.place()
    world.enqueue()
    world.queue.clear()
    world.pass_time(300)
    world.market.accept(order_id)
    world.run()
    assert [post.about[0] for post in world.receiver.posts] == ["order.placed", "order.accepted"]


def test_a_delivered_message_leaves_no_mark(world: World) -> None:
    world.connect()
    world.place()
    world.run()
    marks = webhooks_keys.webhook_waiting(world.distributor_id, "", "")
    assert world.context.table.query(marks.pk, starts="WAITING#").items == []


def events_of(world: World) -> list:  # type: ignore[type-arg]
    """Everything that happened to the endpoint."""
    told, world.told = world.told, set()
    found = [event for event in world.events() if event.item["pk"] == f"WEBHOOK#{world.distributor_id}"]
    world.told = told
    return found
