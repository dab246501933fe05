"""Workers die, replies get lost, messages come twice and in any order: every message is taken, and each company's in order."""

from collections import defaultdict
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.table.transactions import Item
from chalicelib.webhooks.rules import PostResult, result_of
from tests.support.crashes import Interruption, crashes, lost_replies, races
from tests.webhooks.steps import Post, Waiting, World

Place = tuple[str, str]


def in_order(posts: list[Post]) -> bool:
    """Of one company's messages, each first came after those before it."""
    seen: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        company = post.about[1]
        if post.id not in seen[company]:
            seen[company].append(post.id)
    return all(ids == sorted(ids) for ids in seen.values())


class Stage:
    """A world that can be put back to its beginning: two companies' orders, and a receiver that stumbles once."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.connect()
        other = world.other_company("cmp_2")
        world.market.accept(world.place())
        world.place(other)
        self._items: dict[Place, Item] = dict(world.memory.items)
        self._work = world.context

    def back(self) -> None:
        memory, world = self.world.memory, self.world
        for place in [*memory.items]:
            if memory.items.get(place) != self._items.get(place):
                memory._replace(place, self._items.get(place))
        for place, item in self._items.items():
            if place not in memory.items:
                memory._replace(place, item)
        world.context, world.queue, world.told = self._work, [], set()
        world.receiver.posts, world.receiver.moods = [], [result_of(500)]

    def play(self, interruption: Interruption | None = None) -> None:
        """To the end, whatever dies on the way: what was not done comes again, as stream and queue promise."""
        if interruption is not None:
            with interruption:
                self.world.run()
        for _ in range(5):
            try:
                self.world.run()
            except Exception:
                continue
            return


def test_whatever_dies_on_the_way_every_message_is_taken_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    stage = Stage(world)
    stage.back()
    stage.play()
    wanted = world.states()
    assert wanted == [("order.placed", "delivered"), ("order.accepted", "delivered"), ("order.placed", "delivered")]
    rounds = 0
    for interruption in chain(crashes(), lost_replies()):
        stage.back()
        stage.play(interruption)
        assert world.states() == wanted, interruption
        assert len(world.receiver.taken) == 3, interruption
        assert in_order(world.receiver.posts), interruption
        assert world.queue == [], interruption
        rounds += 1
    assert rounds > 60


def test_two_workers_on_the_same_messages_post_each_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    stage = Stage(world)

    def another_worker() -> None:
        for waiting in list(world.queue):
            world.queue.append(Waiting(waiting.due, waiting.body))
            world.take(world.queue[-1])

    rounds = 0
    for interruption in races(another_worker):
        stage.back()
        world.receiver.moods = []
        world.enqueue()
        with interruption:
            world.run()
        assert len(world.receiver.posts) == 3, interruption
        assert in_order(world.receiver.posts), interruption
        assert {state for _, state in world.states()} == {"delivered"}, interruption
        rounds += 1
    assert rounds > 20


class Doubled(World):
    """Its queue gives some messages twice, its stream tells some events twice."""

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:  # noqa: N803
        super().send_message(QueueUrl=QueueUrl, MessageBody=MessageBody, DelaySeconds=DelaySeconds)
        if self.doubles and self.doubles.pop():
            self.queue.append(Waiting(self.queue[-1].due, MessageBody))

    doubles: list[bool]


FATES = st.sampled_from([result_of(200), result_of(200), result_of(500), PostResult(error="timeout"), "late"])


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    # One less than the tries that a message has: all of them may befall one and the same.
    fates=st.lists(FATES, max_size=7),
    doubles=st.lists(st.booleans(), max_size=12),
    shuffle=st.randoms(use_true_random=False),
)
def test_whatever_the_receiver_and_the_queue_do_it_has_everything_in_the_end(fates, doubles, shuffle) -> None:  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = Doubled(monkeypatch)
        world.doubles = list(doubles)
        world.connect()
        other = world.other_company("cmp_2")
        waiting = list(fates)

        def mood(post: Post) -> PostResult:
            fate = waiting.pop() if waiting else result_of(200)
            if fate == "late":  # it took the message, and its answer was lost
                world.receiver.posts.append(Post(post.at, post.url, post.headers, post.body, result_of(200)))
                return PostResult(error="timeout")
            return fate

        world.receiver.mood = mood
        first = world.place()
        world.place(other)
        world.enqueue()
        shuffle.shuffle(world.queue)
        world.run(hours=0.01)
        world.market.accept(first)
        world.place(other)
        world.run()
        assert {state for _, state in world.states()} <= {"delivered"}, world.states()
        assert len(world.receiver.taken) == 4
        assert in_order(world.receiver.posts)
        assert world.queue == []
