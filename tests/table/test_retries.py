"""Trying again: only on what is named, never more often than stated, with pauses that grow to a bound."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.table.client import Table
from chalicelib.table.retries import CONTESTED, MOST_SECONDS, Overtaken, is_passing, retry, tries
from chalicelib.table.transactions import Busy, Refused

LABELS = ("order", "cart", "membership", "")


@dataclass
class Scene:
    """The context of a decision, on a table that notes its pauses."""

    pauses: list[float] = field(default_factory=list)

    @property
    def table(self) -> Table:
        return Table(None, "club", sleep=self.pauses.append, jitter=lambda: 1.0)  # type: ignore[arg-type]


Refusal = Exception | None
refusals = st.one_of(
    st.none(),
    st.builds(Overtaken),
    st.sets(st.sampled_from(LABELS), min_size=1).map(lambda labels: Refused(dict.fromkeys(labels))),
    st.builds(Busy),
    st.builds(ValueError),
)


def deciding(answers: list[Refusal], *labels: str, most: int) -> tuple[list[Refusal], Callable[[Scene], int]]:
    """A decision that fares like this, the last for ever; and how it has fared."""
    seen: list[Refusal] = []

    @retry(*labels, most=most)
    def decide(scene: Scene) -> int:
        seen.append(answers[min(len(seen), len(answers) - 1)])
        if seen[-1]:
            raise seen[-1]
        return len(seen)

    return seen, decide


@given(st.lists(refusals, min_size=1, max_size=8), st.sets(st.sampled_from(LABELS), min_size=1), st.integers(1, 6))
def test_only_what_is_named_is_tried_again_and_only_so_often(
    answers: list[Refusal], labels: set[str], most: int
) -> None:
    def named(answer: Refusal) -> bool:
        return isinstance(answer, Overtaken) or (isinstance(answer, Refused) and bool(answer.items.keys() & labels))

    endless = [*answers, *[answers[-1]] * most]
    ends = next((number for number, answer in enumerate(endless[:most], 1) if not named(answer)), None)
    seen, decide = deciding(answers, *labels, most=most)
    scene = Scene()
    if ends is None:
        with pytest.raises(Busy, match="decide was overtaken"):
            decide(scene)
    elif (last := endless[ends - 1]) is not None:
        with pytest.raises(type(last)) as raised:
            decide(scene)
        assert raised.value is last
    else:
        assert decide(scene) == ends
    assert len(seen) == (ends or most)
    assert scene.pauses == [0.02 * 2**number for number in range(len(seen) - 2)], "the second try comes at once"


def test_without_labels_a_write_without_one_is_meant() -> None:
    seen, decide = deciding([Refused({"": None}), None], most=6)
    assert decide(Scene()) == len(seen) == 2
    _, decide = deciding([Refused({"order": None}), None], most=6)
    with pytest.raises(Refused, match="order"):
        decide(Scene())


def test_what_refuses_beside_a_named_label_is_decided_again() -> None:
    seen, decide = deciding([Refused({"order": None, "credit": None}), None], "order", most=6)
    assert decide(Scene()) == len(seen) == 2


def test_no_try_begins_later_than_a_request_can_wait_for() -> None:
    passed = [0.0]

    def work(seconds: float) -> None:
        passed[0] += seconds

    begun = []
    for _ in tries(CONTESTED, work, lambda: 1.0, lambda: passed[0], at_once=True):
        begun.append(passed[0])
        work(0.5)
    assert begun[:2] == [0, 0.5], "the second try comes at once"
    assert 5 < len(begun) < CONTESTED
    assert MOST_SECONDS - 2 < begun[-1] <= MOST_SECONDS


def test_pauses_double_to_a_bound_with_full_jitter() -> None:
    pauses: list[float] = []
    for _ in tries(10, pauses.append, lambda: 0.5):
        pass
    assert pauses == [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.32, 0.32, 0.32]


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (Refused({}), True),
        (Busy(), True),
        (Overtaken(), True),
        (ConnectionClosedError(endpoint_url="x"), True),
        (ClientError({"Error": {"Code": "ThrottlingException"}}, "GetItem"), True),
        (ClientError({"Error": {"Code": "ValidationException"}}, "GetItem"), False),
        (KeyError("name"), False),
        (ValueError(), False),
    ],
)
def test_what_stands_in_the_way_passes_and_what_is_wrong_does_not(error: Exception, passes: bool) -> None:
    assert is_passing(error) is passes
