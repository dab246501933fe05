"""A slot."""

from datetime import date, datetime, time
from typing import NamedTuple


class Slot(NamedTuple):
    """A day and an hour in each member's own time zone."""

    day: date
    hour: time

    @property
    def text(self) -> str:
        return f"{self.day.isoformat()}T{self.hour:%H:%M}"

    @classmethod
    def of(cls, text: str) -> "Slot":
        moment = datetime.fromisoformat(text)
        return cls(moment.date(), moment.time())
