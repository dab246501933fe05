"""Consumers, found by their names."""

import json
from inspect import signature
from typing import get_args

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.delivery import subscriptions as subscriptions_module
from chalicelib.platform.delivery.subscriptions import NamedConsumer, consumer_names, declared, subscriptions
from chalicelib.platform.events import DeclaredConsumer, Event, Lane


@pytest.mark.parametrize("each", declared(), ids=lambda each: each.name)
def test_every_consumer_is_found_by_its_name_and_takes_an_event(each: DeclaredConsumer) -> None:
    taken = [parameter.annotation for parameter in signature(NamedConsumer(each.name).consumer()).parameters.values()]
    assert taken == [Context, Event]


def test_an_event_wakes_one_reader_of_the_stream_which_tells_all_its_consumers() -> None:
    facts, messages = subscriptions("facts"), subscriptions("messages")
    assert not facts.keys() & messages.keys()
    for each in declared():
        for event in each.events:
            assert NamedConsumer(each.name) in (facts.get(event) or messages[event])


def test_what_a_package_carries_names_the_same_consumers(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {lane: subscriptions(lane) for lane in get_args(Lane)}
    carried = json.loads(json.dumps({"consumers": consumer_names()}))
    monkeypatch.setattr(subscriptions_module, "package_registry", lambda: carried)
    monkeypatch.setattr(
        subscriptions_module, "declared", lambda: pytest.fail("a package imports no consumer before its event")
    )
    subscriptions.cache_clear()
    assert {lane: subscriptions(lane) for lane in get_args(Lane)} == found
    subscriptions.cache_clear()
