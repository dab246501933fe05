"""The context of one request or job: table, time, ids, config and reply."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from chalicelib.platform import aws, clock
from chalicelib.platform.config import Config, config
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.ids import NewId, random_id
from chalicelib.platform.settings import settings
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction

Result = TypeVar("Result")
Reply = Callable[[Transaction, Any], None]
"""Keeps the answer to a request beside its effect: added to the transaction of the effect, made of its result."""


def _to_nobody(tx: Transaction, result: Any) -> None:
    """A job answers nobody."""


@dataclass(frozen=True, slots=True)
class Context:
    """The table, the moment, the source of ids, and the club's config.

    A service takes its time and its ids from here, so the same work can be done again in a test, or after a crash. `memo` may
    keep facts that hold for the whole of the work; work that is made of other work begins with an empty one.

    The service of a keyed request calls `reply` or `commit` with its result, in the transaction of the effect.
    """

    table: Table
    now: datetime
    new_id: NewId = random_id
    config: Config = field(default_factory=config)
    reply: Reply = field(default=_to_nobody, repr=False, compare=False)
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def at(self) -> str:
        """The moment as it is stored."""
        return clock.stamp(self.now)

    @property
    def today(self) -> date:
        """The club's calendar day."""
        return clock.local_day(self.now, self.config[Club].zone)

    @property
    def latest_day(self) -> date:
        """The latest day of a document: it may come from a time zone in which the club's tomorrow has begun."""
        return self.today + timedelta(days=1)

    def commit(self, tx: Transaction, result: Result, *, refusal: Exception | None = None) -> Result:
        """Commits a transaction whose result answers the request, and returns the result. Raises as `Table.commit`."""
        self.reply(tx, result)
        self.table.commit(tx, refusal=refusal)
        return result

    def expiry(self, *, days: float = 0, minutes: float = 0) -> int:
        """TTL of something that is of no use after this long."""
        return clock.epoch(self.now) + int(days * 86400 + minutes * 60)


def context_now() -> Context:
    """Work on the deployment's table at this moment."""
    return Context(table=Table(aws.dynamodb(), settings().table_name), now=clock.now())
