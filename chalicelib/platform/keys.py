"""Keys that every room uses: events, idempotency keys, runs of jobs, due companies."""

from datetime import date

from chalicelib.table.key import Key, in_gsi2, in_table, shard_of


@in_table("one", "S, T")
def throttle(what: str, who: str, window: str) -> Key:
    """The count of one person's or address's requests in a window of time."""
    return Key(f"THROTTLE#{what}#{who}", window)


@in_gsi2("by company")
def due(work: str, day: date, company_id: str) -> Key:
    """The companies for which some work falls due on a day.

    Sharded, so that a busy day does not heat one partition of the index.
    """
    return Key(due_shard(work, day, shard_of(company_id)), company_id)


def due_shard(work: str, day: date, shard: int) -> str:
    """The partition of one shard of `due`."""
    return f"DUE#{work}#{day.isoformat()}#{shard}"


@in_table("one", "E, S")
def once(caller: str, key: str) -> Key:
    """The answer to a request that was done before."""
    return Key(f"ONCE#{caller}#{key}", "ONCE")


@in_table("newest first", "S")
def run(job: str, at: str = "") -> Key:
    """The runs of a job. Without a time: the partition of all of them."""
    return Key(f"RUN#{job}", at)


@in_table("by time", "E")
def event(owner: Key, at: str, event_id: str) -> Key:
    """The events of an owner."""
    return Key(owner.pk, f"EVENT#{at}#{event_id}")
