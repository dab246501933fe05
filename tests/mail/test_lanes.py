"""A sign-in code waits for no other letter."""

import json

import pytest

from chalicelib.auth import keys as auth_keys
from chalicelib.auth import service as auth
from chalicelib.mail import jobs
from chalicelib.mail import store as mail_store
from chalicelib.mail.declarations import asked_by, asking_events, declaration
from chalicelib.mail.model import LetterState
from chalicelib.members import keys as members_keys
from chalicelib.platform.delivery.subscriptions import subscriptions
from tests.mail.steps import Waiting, World, all_letters, email_confirmed, letter, only_letter


@pytest.fixture(autouse=True)
def member_with_address(world: World) -> None:
    address = "mbr_1@partner.example"
    world.context.table.put({**members_keys.email_owner(address).as_item(), "member_id": "mbr_1"})


def signs_in(world: World, email: str = "mbr_1@partner.example") -> str:
    return auth.sign_in(world.context, email, language="ru", address="192.0.2.1").sign_in_id


def lane(world: World, queue: str) -> list[Waiting]:
    return [waiting for waiting in world.queue if waiting.queue == queue]


def test_a_code_goes_out_before_ten_thousand_letters_and_before_the_stream_comes_to_it(world: World) -> None:
    world.queue += [Waiting(world.context.now, json.dumps({"letter_id": f"ltr_{n}"})) for n in range(10_000)]
    signs_in(world)
    (code,) = lane(world, "codes")
    world.deliver(code)
    (sent,) = world.service.accepted
    assert sent["Destination"] == {"ToAddresses": ["mbr_1@partner.example"]}
    assert len(lane(world, "letters")) == 10_000 and lane(world, "codes") == []


def test_the_stream_asks_for_the_code_too_and_it_is_sent_once(world: World) -> None:
    sign_in_id = signs_in(world)
    item = world.context.table.get(auth_keys.sign_in(sign_in_id), consistent=True)
    assert item
    world.happens(item)
    world.run()
    assert len(world.service.accepted) == 1 and only_letter(world.context).state is LetterState.SENT


def test_a_code_whose_process_died_before_it_was_hastened_comes_by_the_stream(world: World) -> None:
    sign_in_id = signs_in(world)
    world.queue.clear()
    item = world.context.table.get(auth_keys.sign_in(sign_in_id), consistent=True)
    assert item
    world.happens(item)
    world.tell_next()
    assert [waiting.queue for waiting in world.queue] == ["codes"]
    world.run()
    assert len(world.service.accepted) == 1


def test_a_code_that_waits_for_its_report_stays_in_its_lane(world: World) -> None:
    world.service.fates = ["accepted, reply lost"]
    world.reporting = False
    signs_in(world)
    world.deliver(world.queue[0])
    assert [waiting.queue for waiting in world.queue] == ["codes"]


def test_a_stranger_who_signs_in_makes_the_same_message_and_no_letter(world: World) -> None:
    signs_in(world, "nobody@partner.example")
    (message,) = world.queue
    world.run()
    assert message.queue == "codes" and all_letters(world.context) == [] and world.service.calls == 0


def test_other_letters_keep_out_of_the_lane_of_codes(world: World) -> None:
    world.happens(email_confirmed())
    world.tell_next()
    assert [waiting.queue for waiting in world.queue] == ["letters"]
    mail_store.create(world.context.table, letter(world.context))
    jobs.send_letters(world.context, {"messageId": "1", "body": json.dumps({"letter_id": "ltr_1"})})
    assert len(world.service.accepted) == 1


def test_no_letter_with_a_secret_waits_behind_what_follows_from_its_event() -> None:
    secret = {event for event in asking_events() for name in asked_by(event) if declaration(name).secret is not None}
    assert secret
    assert secret <= subscriptions("messages").keys()
