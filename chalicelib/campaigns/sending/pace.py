"""A worker's share of the mail service's rate: a token bucket in the memory of its process."""

import time
from collections.abc import Callable


class Pace:
    """`letters_per_second` on average, and at most one second's letters at once. `wait` returns when the next letter may leave."""

    def __init__(
        self,
        letters_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = letters_per_second
        self._most = max(1.0, letters_per_second)
        self._tokens = self._most
        self._clock = clock
        self._sleep = sleep
        self._filled_at = clock()

    def wait(self) -> None:
        self._fill()
        if self._tokens < 1:
            self._sleep((1 - self._tokens) / self._rate)
            self._fill()
        self._tokens -= 1

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
