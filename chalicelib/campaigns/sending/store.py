"""Items of the sending of an issue, beside the issue, so that one query reads them all.

ISSUE     the issue itself
REPORTS   counts of the mail service's reports, each added in the transaction that notes the report in its letter
RUN       the letters of one time zone; listed by the moment of its slot until it is done
PART      the progress of a run in one shard; written on condition that nobody else moved it
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns.plan import keys as plan_keys
from chalicelib.campaigns.plan.model import Issue
from chalicelib.campaigns.sending import keys
from chalicelib.campaigns.sending.model import Run, RunPart, Sending
from chalicelib.platform import Context
from chalicelib.table import Item, Key, Refused, Table, Transaction, from_item, to_item


def due(context: Context) -> Iterator[Issue | Run]:
    """The due items at this moment, oldest first: issues whose audience is to be made, and runs. One call where it is little or nothing."""
    pk = plan_keys.campaign_work("", "", "").pk
    for item in context.table.query_all(pk, index="gsi2", between=("0", f"{context.at}~")):
        yield from_item(Issue, item) if item["sk"] == "ISSUE" else from_item(Run, item)


def read(table: Table, issue_id: str) -> Sending | None:
    """One call, of some kilobytes for each ten time zones."""
    key = plan_keys.issue(issue_id)
    found = {item["sk"]: item for item in table.query_all(key.pk, between=(key.sk, "RUN#~"), consistent=True)}
    if key.sk not in found:
        return None
    issue, reports = found.pop(key.sk), found.pop(keys.reports(issue_id).sk, {})
    parts = [from_item(RunPart, item) for item in found.values() if "shard" in item]
    runs = [from_item(Run, item) for item in found.values() if "shards" in item]
    return Sending(
        from_item(Issue, issue),
        {run.zone: run for run in runs},
        {(part.zone, part.shard): part for part in parts},
        int(reports.get("bounced", 0)),
        int(reports.get("complained", 0)),
    )


def create_run(table: Table, run: Run) -> None:
    """A run that is there already stays as it is."""
    with suppress(Refused):
        table.put(_run_item(run), when=Attr("pk").not_exists())


def change_run(table: Table, before: Run, after: Run) -> bool:
    """Whether nobody else moved or ended it meanwhile."""
    try:
        table.put(_run_item(after), when=Attr("due_at").eq(before.due_at) & Attr("done_at").not_exists())
    except Refused:
        return False
    return True


def move_part(context: Context, issue_id: str, before: RunPart, after: RunPart) -> bool:
    """Whether nobody else moved it meanwhile."""
    key = keys.run_part(issue_id, before.zone, before.shard)
    unmoved = Attr("step").eq(before.step) if before.step else Attr("pk").not_exists()
    moved = replace(after, step=before.step + 1, moved_at=context.at)
    try:
        context.table.put({**key.as_item(), **to_item(moved)}, when=unmoved)
    except Refused:
        return False
    return True


def count_report(tx: Transaction, issue: Key, *, bounced: bool, complained: bool) -> None:
    added = {name: 1 for name, counts in (("bounced", bounced), ("complained", complained)) if counts}
    tx.update(Key(issue.pk, "REPORTS"), add=added)


def _run_item(run: Run) -> Item:
    listed = plan_keys.campaign_work(run.due_at, "RUN", run.issue_id, run.zone).as_gsi2()
    return {**keys.run(run.issue_id, run.zone).as_item(), **({} if run.done_at else listed), **to_item(run)}
