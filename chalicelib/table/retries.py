"""Retries: number, pauses and causes.

    work ──▶ read, decide, commit ──▶ done
               ▲                 └─▶ Refused, by a label that is named: somebody wrote it meanwhile
               └──── pause ◀──────┘

A pause doubles with each try, with full jitter, up to two thirds of a second. Weakest point: tries are counted, not timed, so what many
write at once needs more of them (`CONTESTED`).
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from chalicelib.table.transactions import Busy, Refused

if TYPE_CHECKING:
    from chalicelib.table.client import Table

TRIES = 6
CONTESTED = 60  # tries at items that all people of a company write at once: its book, its goods
FIRST_PAUSE = 0.02  # seconds
MOST_DOUBLINGS = 5

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Overtaken(Exception):
    """A decision found out by itself that somebody else was faster; nothing was written."""


class HasTable(Protocol):
    @property
    def table(self) -> "Table": ...


Context = TypeVar("Context", bound=HasTable)


def tries(
    most: int, sleep: Callable[[float], None], jitter: Callable[[], float], *, at_once: bool = False
) -> Iterator[None]:
    """As many tries, with a pause between two of them. `at_once`: the second comes without one, since it will most likely do."""
    for number in range(most):
        if number > at_once:
            sleep(FIRST_PAUSE * 2 ** min(number - 1 - at_once, MOST_DOUBLINGS) * jitter())
        yield


def retry(
    *labels: str, most: int = TRIES
) -> Callable[[Callable[Concatenate[Context, Given], Result]], Callable[Concatenate[Context, Given], Result]]:
    """The function reads, decides and commits anew when one of these labels refuses its transaction, or it raises `Overtaken`.

    Without labels: when a write without a label does. What refuses beside a named label means nothing yet: it was decided on what has
    changed. A refusal that names none of them is raised at once. Raises `Busy` after the last try.
    """
    named = set(labels or [""])

    def declare(
        decide: Callable[Concatenate[Context, Given], Result],
    ) -> Callable[Concatenate[Context, Given], Result]:
        @wraps(decide)
        def persist(context: Context, /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
            for _ in context.table.tries(most, at_once=True):
                try:
                    return decide(context, *args, **kwargs)
                except Overtaken:
                    continue
                except Refused as refused:
                    if named.isdisjoint(refused.items):
                        raise
            raise Busy(f"{decide.__module__}.{decide.__qualname__} was overtaken {most} times")

        return persist

    return declare
