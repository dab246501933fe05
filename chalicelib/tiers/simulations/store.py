"""Items and objects of simulations.

    SIMULATION  the ladder, the day, the progress, and the sums, which grow part by part
    PART        some companies in the order of names, stored once; completed once, with the object of its rows

Objects lie below `simulations/{simulation}/`: `parts/{n}-{digest}` are rows of the list, `companies.csv` is the list.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.companies import Company
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import record as record_event
from chalicelib.platform.settings import queue_url, settings
from chalicelib.table.transactions import Item, Refused, Transaction
from chalicelib.tiers.ladders.rules import Ladder
from chalicelib.tiers.simulations import keys
from chalicelib.tiers.simulations.events import REQUESTED

KEEP_DAYS = 90  # as long as the bucket keeps its objects
LINK_SECONDS = 900

Position = dict[str, str] | None
Row = list[str]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulation as it is stored."""

    item: Item

    @property
    def simulation_id(self) -> str:
        return str(self.item["simulation_id"])

    @property
    def ladder(self) -> Ladder:
        return Ladder.from_fact(self.item["ladder"])

    @property
    def real(self) -> tuple[Ladder, ...]:
        """The activated ladders when the simulation began, by their first day."""
        return tuple(Ladder.from_fact(fact) for fact in self.item["real"])

    @property
    def today(self) -> date:
        """The last simulated day."""
        return date.fromisoformat(self.item["today"])

    @property
    def done(self) -> bool:
        return str(self.item["state"]) == "done"

    @property
    def is_whole(self) -> bool:
        """Whether all parts are stored and completed."""
        return self.count("parts_done") == self.parts_total

    @property
    def parts_total(self) -> int | None:
        """None while there may be more parts."""
        total = self.item.get("parts_total")
        return None if total is None else int(total)

    def count(self, name: str) -> int:
        return int(self.item.get(name, 0))


@dataclass(frozen=True, slots=True)
class ListedCompany:
    """A company in the list."""

    company_id: str
    name: str
    inn: str

    @classmethod
    def of(cls, company: Company) -> "ListedCompany":
        return cls(company.company_id, company.name, company.inn or "")


@dataclass(frozen=True, slots=True)
class SimulationPart:
    """Some companies, and the position of the next ones; None after the last part."""

    number: int
    members: list[ListedCompany]
    after: Position
    done: bool


# --- reads ------------------------------------------------------------------------------------------------------------


def load(context: Context, simulation_id: str) -> Simulation | None:
    item = context.table.get(keys.simulation(simulation_id), consistent=True)
    return Simulation(item) if item else None


def load_with_part(
    context: Context, simulation_id: str, number: int
) -> tuple[Simulation | None, SimulationPart | None]:
    whole, part = keys.simulation(simulation_id), keys.simulation_part(simulation_id, number)
    found = context.table.get_many([whole, part], consistent=True)
    return (Simulation(found[whole]) if whole in found else None), (_part(found[part]) if part in found else None)


def objects(context: Context, simulation_id: str) -> Iterator[str]:
    """The names of the parts' objects, in the order of parts."""
    every = keys.simulation_part(simulation_id, 0)
    for item in context.table.query_all(every.pk, starts="PART#", consistent=True):
        yield item["object"]


# --- changes ----------------------------------------------------------------------------------------------------------


def create(
    tx: Transaction, context: Context, simulation_id: str, ladder: Ladder, real: Sequence[Ladder], started_by: str
) -> Simulation:
    """Create a simulation; its event starts it."""
    item = {
        **keys.simulation(simulation_id).as_item(),
        "simulation_id": simulation_id,
        "ladder": ladder.as_fact(),
        "real": [each.as_fact() for each in real],
        "today": context.today.isoformat(),
        "state": "running",
        "created_at": context.at,
        "created_by": started_by,
        "progress_at": context.at,
        "expires_at": context.expiry(days=KEEP_DAYS),
    }
    tx.create(item, label="simulation")
    record_event(tx, context, keys.simulation(simulation_id), REQUESTED, simulation_id=simulation_id)
    return Simulation(item)


def create_part(context: Context, simulation: Simulation, part: SimulationPart) -> bool:
    """Store the part, and with the last one the number of parts. Returns False if it was stored before."""
    tx = Transaction()
    tx.create(
        {
            **keys.simulation_part(simulation.simulation_id, part.number).as_item(),
            "part": part.number,
            "members": json.dumps(
                [[each.company_id, each.name, each.inn] for each in part.members], ensure_ascii=False
            ),
            "after": part.after,
            "expires_at": context.expiry(days=KEEP_DAYS),
        },
        label="part",
    )
    total = {} if part.after else {"parts_total": part.number}
    tx.update(
        keys.simulation(simulation.simulation_id),
        put={"progress_at": context.at, **total},
        add={"companies_found": len(part.members)},
    )
    try:
        context.table.commit(tx)
    except Refused:
        return False
    return True


def finish_part(
    context: Context, simulation: Simulation, part: SimulationPart, name: str, counts: Mapping[str, Any]
) -> None:
    """Complete the part and add its counts, once."""
    tx = Transaction()
    tx.update(
        keys.simulation_part(simulation.simulation_id, part.number),
        put={"object": name, "done_at": context.at},
        when=Attr("done_at").not_exists(),
        label="part",
    )
    tx.update(
        keys.simulation(simulation.simulation_id),
        put={"progress_at": context.at},
        add={"parts_done": 1, **counts},
    )
    with suppress(Refused):
        context.table.commit(tx)


def finish(context: Context, simulation_id: str) -> None:
    with suppress(Refused):
        context.table.update(
            keys.simulation(simulation_id),
            put={"state": "done", "finished_at": context.at},
            when=Attr("state").eq("running"),
        )


def announce(simulation_id: str, number: int) -> None:
    body = json.dumps({"simulation_id": simulation_id, "part": number})
    aws.sqs().send_message(QueueUrl=queue_url("simulations"), MessageBody=body)


# --- objects ----------------------------------------------------------------------------------------------------------


def put_rows(simulation_id: str, number: int, rows: Sequence[Row]) -> str:
    """Store the rows of a part. The object is named by its content, so a concurrent worker cannot replace it by other rows."""
    content = gzip.compress(json.dumps(rows, ensure_ascii=False).encode(), mtime=0)
    name = f"parts/{number:06d}-{sha256(content).hexdigest()[:16]}"
    _put(simulation_id, name, content)
    return name


def get_rows(simulation_id: str, name: str) -> list[Row]:
    content = aws.s3().get_object(Bucket=settings().files_bucket, Key=_object(simulation_id, name))["Body"].read()
    rows: list[Row] = json.loads(gzip.decompress(content))
    return rows


def put_list(simulation_id: str, content: bytes) -> None:
    _put(simulation_id, "companies.csv", content)


def link(simulation_id: str) -> str:
    """An address of the list that works for `LINK_SECONDS`."""
    return aws.s3().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": settings().files_bucket,
            "Key": _object(simulation_id, "companies.csv"),
            "ResponseContentDisposition": f'attachment; filename="{simulation_id}.csv"',
        },
        ExpiresIn=LINK_SECONDS,
    )


def _put(simulation_id: str, name: str, content: bytes) -> None:
    aws.s3().put_object(Bucket=settings().files_bucket, Key=_object(simulation_id, name), Body=content)


def _object(simulation_id: str, name: str) -> str:
    return f"simulations/{simulation_id}/{name}"


def _part(item: dict[str, Any]) -> SimulationPart:
    members = [ListedCompany(*fact) for fact in json.loads(item["members"])]
    return SimulationPart(int(item["part"]), members, item["after"], "done_at" in item)
