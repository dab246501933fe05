"""Runs of an issue, their parts, and all that is known of its sending."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.campaigns.plan.model import Issue
from chalicelib.platform import derived_id

TEMPLATE = "campaign"  # of the letters of all issues with advertising
SERVICE_TEMPLATE = "campaign_service"  # and of those without
TEST = "campaign_test"  # of those that the staff send to themselves
COMPOSED = "composed"  # the state of a letter in a rehearsal
EVERYWHERE = ""  # the zone of a rehearsal: it takes the people of all zones


def letter_id(issue_id: str, member_id: str) -> str:
    """The id of a member's letter of an issue, the same in every slot: a letter that waits for another one is not another letter."""
    return derived_id("ltr", issue_id, member_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The letters of an issue to readers in one time zone, in one slot there. `late_from`: slots that were missed.

    `shards`: those of the audience that have such readers. `rank`: the order in which runs get their people.
    """

    issue_id: str
    zone: str
    slot: str
    due_at: str
    rank: str
    recipients: int
    shards: tuple[int, ...]
    late_from: tuple[str, ...] = ()
    done_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPart:
    """The progress of a run in one shard: the next person is number `person` of page `page` of the audience.

    `states` counts its letters as they were when the part passed them, `skipped` those that were skipped, by reason. A part of a rehearsal
    counts the letters that could not be composed as skipped; `examples` has one member of each reason, and `left_out` the letters without
    one of their products, by article.
    """

    zone: str
    shard: int
    step: int = 0
    page: int = 1
    person: int = 0
    done: bool = False
    moved_at: str = ""
    states: dict[str, int]
    skipped: dict[str, int]
    examples: dict[str, str] | None = None
    left_out: dict[str, int] | None = None


class Failure(NamedTuple):
    """Letters that cannot be composed for one reason, and one of their readers."""

    reason: str
    members: int
    example: str


class Sending(NamedTuple):
    """An issue, its runs by zone, their parts by zone and shard, and the numbers of its letters that bounced and were complained of."""

    issue: Issue
    runs: dict[str, Run]
    parts: dict[tuple[str, int], RunPart]
    bounced: int
    complained: int

    def part(self, zone: str, shard: int) -> RunPart:
        return self.parts.get((zone, shard)) or RunPart(zone=zone, shard=shard, states={}, skipped={})

    def is_done(self, run: Run) -> bool:
        """Whether the run has passed all its people."""
        return all(self.part(run.zone, shard).done for shard in run.shards)

    @property
    def is_rehearsed(self) -> bool:
        """Whether the letter was composed for everybody of the audience."""
        return all(self.part(EVERYWHERE, shard).done for run in self.runs.values() for shard in run.shards)

    def _parts(self, *, rehearsal: bool) -> list[RunPart]:
        return [part for part in self.parts.values() if (part.zone == EVERYWHERE) is rehearsal]

    @property
    def states(self) -> Counter[str]:
        return sum((Counter(part.states) for part in self._parts(rehearsal=False)), Counter())

    @property
    def skipped(self) -> Counter[str]:
        return sum((Counter(part.skipped) for part in self._parts(rehearsal=False)), Counter())

    @property
    def composed(self) -> int:
        """Letters that the rehearsal could compose."""
        return sum(part.states.get(COMPOSED, 0) for part in self._parts(rehearsal=True))

    @property
    def failures(self) -> list[Failure]:
        """Letters that it could not, by reason."""
        counts = sum((Counter(part.skipped) for part in self._parts(rehearsal=True)), Counter())
        examples = {name: each for part in self._parts(rehearsal=True) for name, each in (part.examples or {}).items()}
        return [Failure(reason, many, examples[reason]) for reason, many in sorted(counts.items())]

    @property
    def left_out(self) -> Counter[str]:
        """By article, the letters of the rehearsal that do not show it."""
        return sum((Counter(part.left_out or {}) for part in self._parts(rehearsal=True)), Counter())

    @property
    def sent(self) -> int:
        """Letters that left, or may have left."""
        return sum(self.states[state] for state in ("sent", "sending", "unknown"))
