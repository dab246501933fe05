"""Retries: number, pauses and causes.

    work ──▶ read, decide, commit ──▶ done
               ▲                 └─▶ Refused, by a label that is named: somebody wrote it meanwhile
               └──── pause ◀──────┘

A pause doubles with each try, with full jitter, up to two thirds of a second. Items with many writers need more tries (`CONTESTED`). No try
begins later than `MOST_SECONDS` after the first one, so that a request still gets its answer. Weakest point: a request that decides twice
may wait twice as long.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from time import monotonic
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.table.transactions import Busy, Refused

if TYPE_CHECKING:
    from chalicelib.table.client import Table

TRIES = 6
CONTESTED = 60  # tries at items that all people of a company write at once: its book, its goods
FIRST_PAUSE = 0.02  # seconds
MOST_DOUBLINGS = 5
MOST_SECONDS = 12  # from the first try to the last; a request has 28

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Overtaken(Exception):
    """A decision found out by itself that somebody else was faster; nothing was written."""


class HasTable(Protocol):
    @property
    def table(self) -> "Table": ...


Context = TypeVar("Context", bound=HasTable)


def tries(
    most: int,
    sleep: Callable[[float], None],
    jitter: Callable[[], float],
    clock: Callable[[], float] = monotonic,
    *,
    at_once: bool = False,
) -> Iterator[None]:
    """As many tries, with a pause between two of them. `at_once`: the second comes without one, since it will most likely do."""
    until = clock() + MOST_SECONDS
    for number in range(most):
        if number > at_once:
            pause = FIRST_PAUSE * 2 ** min(number - 1 - at_once, MOST_DOUBLINGS) * jitter()
            if clock() + pause > until:
                return
            sleep(pause)
        yield


def is_passing(error: Exception) -> bool:
    """Whether the same may succeed later: a service was out of order, or others were faster. Anything else fails again."""
    if isinstance(error, ClientError):
        return error.response["Error"].get("Code") != "ValidationException"
    return isinstance(error, BotoCoreError | Busy | Refused | Overtaken)


def read_apart(
    read: Callable[[Sequence[str]], Mapping[str, Result]], ids: Sequence[str]
) -> tuple[dict[str, Result], dict[str, Exception]]:
    """By id, what `read` finds of many together; where that fails, of each alone, beside the faults of those that fail alone, too.

    So one record that cannot be read costs calls, and holds up no other. Raises what may pass.
    """
    try:
        return dict(read(ids)), {}
    except Exception as error:
        if is_passing(error):
            raise
    found: dict[str, Result] = {}
    faults: dict[str, Exception] = {}
    for each in ids:
        try:
            found.update(read([each]))
        except Exception as error:
            if is_passing(error):
                raise
            faults[each] = error
    return found, faults


def retry(
    *labels: str, most: int = TRIES
) -> Callable[[Callable[Concatenate[Context, Given], Result]], Callable[Concatenate[Context, Given], Result]]:
    """The function reads, decides and commits again when one of these labels refuses its transaction, or it raises `Overtaken`.

    Without labels: when a write without a label does. Other refusals beside a named label mean nothing yet: they were decided on the
    former state. A refusal that names none of them is raised at once. Raises `Busy` after the last try.
    """
    named = set(labels or [""])

    def declare(decide: Callable[Concatenate[Context, Given], Result]) -> Callable[Concatenate[Context, Given], Result]:
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
            raise Busy(f"{decide.__module__}.{decide.__qualname__} was overtaken in every try")

        return persist

    return declare
