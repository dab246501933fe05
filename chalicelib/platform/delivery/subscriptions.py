"""The consumers of each event, by name. A package imports none of them before there is an event for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from chalicelib.platform.context import Context
from chalicelib.platform.events import DECLARED, Consumer, DeclaredConsumer, Event, Lane, function_name
from chalicelib.platform.registry.modules import function_named, import_modules, package_registry

Subscriptions = Mapping[str, Sequence[Consumer]]  # by event


@dataclass(frozen=True, slots=True)
class NamedConsumer:
    """A consumer by its name. Its module is imported with its first event."""

    name: str

    def __call__(self, context: Context, event: Event) -> None:
        self.consumer()(context, event)

    def consumer(self) -> Consumer:
        """Raises ImportError or AttributeError where nothing has the name."""
        return function_named(self.name)


def name_of(consume: Consumer) -> str:
    return consume.name if isinstance(consume, NamedConsumer) else function_name(consume)


def declared() -> list[DeclaredConsumer]:
    """Every consumer, by name. Imports every module that declares one."""
    import_modules("consumers")
    return [DECLARED[name] for name in sorted(DECLARED)]


@cache
def subscriptions(lane: Lane) -> Subscriptions:
    """The consumers of each event. A package imports none of them before there is something to tell."""
    lanes = package_registry().get("consumers") or consumer_names()
    return {event: [NamedConsumer(name) for name in names] for event, names in lanes[lane].items()}


def consumers_of(event: str) -> list[Consumer]:
    """Of both lanes."""
    return [consume for lane in get_args(Lane) for consume in subscriptions(lane).get(event, ())]


def consumer_names() -> dict[Lane, dict[str, list[str]]]:
    """By lane and event. An event with consumers in both lanes wakes one function: it writes the messages first, then derives the facts."""
    lanes: dict[Lane, dict[str, list[str]]] = {"facts": {}, "messages": {}}
    for each in declared():
        for event in each.events:
            lanes[each.lane].setdefault(event, []).append(each.name)
    for name in lanes["facts"].keys() & lanes["messages"].keys():
        lanes["facts"][name] = lanes["messages"].pop(name) + lanes["facts"][name]
    return lanes
