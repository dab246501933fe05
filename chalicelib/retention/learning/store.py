"""The items of what the club learns.

LEARNED   of the club: the parameters as one text
LEARNING  work in parts: `day`, of the facts; `companies`, of the club in its currency; `up_to`, the largest hash of those it learns from
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.platform import Context, WorkInParts, queue_url
from chalicelib.retention.learning import keys
from chalicelib.retention.rhythm.correction.rules import Correction
from chalicelib.retention.rhythm.model import Parameters
from chalicelib.retention.rhythm.reminder.model import GapParameters
from chalicelib.retention.rhythm.rules import ClubRhythm
from chalicelib.retention.rhythm.season.rules import YEAR, SeasonTime
from chalicelib.table import Refused

KEEP_DAYS = 30
WORK = WorkInParts(lambda: queue_url("rhythm"), "learning/", keys.learning, keys.learning_part, KEEP_DAYS)


class Learned(NamedTuple):
    """The parameters that the club learned on a day; `turnover`: of its companies in the year before; `companies`: those with orders."""

    club: ClubRhythm
    day: date
    turnover: Decimal
    companies: int = 0


def load_club(context: Context) -> Learned | None:
    """None before the first time."""
    item = context.table.get(keys.club_rhythm())
    if item is None:
        return None
    return Learned(
        club_of(item["learned"]), date.fromisoformat(item["day"]), item["turnover"], int(item.get("companies", 0))
    )


def put_club(context: Context, learned: Learned) -> None:
    """Parameters of an earlier day replace nothing."""
    item = {
        **keys.club_rhythm().as_item(),
        "learned": club_text(learned.club),
        "day": learned.day.isoformat(),
        "companies": learned.companies,
        "turnover": learned.turnover,
        "at": context.at,
    }
    with suppress(Refused):
        context.table.put(item, when=Attr("pk").not_exists() | Attr("day").lte(learned.day.isoformat()))


def club_text(club: ClubRhythm) -> str:
    flat = all(weight == 1 for weight in club.season.weights)
    return json.dumps(
        {
            "first": club.season.first,
            "last": club.season.last,
            "weights": [] if flat else [round(weight, 4) for weight in club.season.weights],
            "horizon": club.horizon,
            "model": club.model,
            "gaps": club.gaps,
            "mean_order": club.mean_order,
            "score": club.score,
            "warning": club.warning,
        }
    )


def club_of(text: str) -> ClubRhythm:
    found = json.loads(text)
    return ClubRhythm(
        season=SeasonTime(found["first"], found["weights"] or [1.0] * YEAR, found["last"]),
        horizon=found["horizon"],
        model=Parameters(*found["model"]),
        gaps=GapParameters(*found["gaps"]),
        mean_order=found["mean_order"],
        score=_correction(found["score"]),
        warning=_correction(found["warning"]),
    )


def _correction(found: Sequence[object] | None) -> Correction | None:
    if found is None:
        return None
    level, *lists = found
    return Correction(level, *map(tuple, lists))  # type: ignore[arg-type]
