"""Items of readings.

READ    one for each reading, for `log_days`
REPORT  of a reader, one for each report that they read: sums, for the figures of a report and for what is new to a reader
VISIT   of a reader: the beginnings of the last two visits

Figures fold the readers of a report, who are at most the members of the club; no counter is shared by those who read at the same time.
"""

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.market_reports.publication import keys as publication_keys
from chalicelib.market_reports.publication.model import Content
from chalicelib.market_reports.reading import keys
from chalicelib.market_reports.reading.model import Reading, ReportReader, Visit
from chalicelib.platform import Context
from chalicelib.table import Page, Position, Table, Transaction, from_item, position_of, to_item


class Listed(NamedTuple):
    """A version in a list, and the position after it."""

    content: Content
    position: Position


def versions(table: Table, until: str, limit: int, after: Position) -> tuple[list[Listed], Position]:
    """The next versions that began by this moment, newest first. One call."""
    listed = publication_keys.published("", "").pk
    page = table.query(listed, index="gsi1", between=("0", f"{until}~"), newest_first=True, limit=limit, after=after)
    return [Listed(from_item(Content, item), position_of(item, "gsi1")) for item in page.items], page.last


def read_by(table: Table, member_id: str) -> tuple[Visit | None, dict[str, ReportReader]]:
    """The last visit of a member, and what they read, by report. One call per 1 MB, which is some thousand reports."""
    visited, found = keys.visit(member_id), {}
    last = None
    for item in table.query_all(visited.pk):
        if item["sk"] == visited.sk:
            last = from_item(Visit, item)
        else:
            found[item["report_id"]] = from_item(ReportReader, item)
    return last, found


def write_visit(table: Table, member_id: str, visit: Visit) -> None:
    table.put({**keys.visit(member_id).as_item(), **to_item(visit)})


def forget_visits(table: Table, member_id: str) -> None:
    table.delete_many([keys.visit(member_id)])


def log(context: Context, reading: Reading, *, keep_days: int) -> None:
    """Keeps a reading; of a member of a company also in the sums. One call."""
    tx = Transaction()
    key = keys.reading(reading.report_id, reading.at, reading.member_id, reading.file_id)
    tx.put({**key.as_item(), **to_item(reading), "expires_at": context.expiry(days=keep_days)})
    if reading.company_id:
        names = {"report_id": reading.report_id, "member_id": reading.member_id}
        tx.update(
            keys.reader(reading.member_id, reading.report_id),
            put={
                **names,
                "company_id": reading.company_id,
                "number": reading.number,
                "last_at": reading.at,
                **keys.readers(reading.report_id, reading.at, reading.member_id).as_gsi1(),
            },
            default={"first_at": reading.at},
            add={"downloaded" if reading.file_id else "opened": 1},
        )
    context.table.commit(tx)


def readings(table: Table, report_id: str, *, limit: int, after: Position) -> Page:
    """Newest first. One call."""
    pk = keys.reading(report_id, "", "", "").pk
    return table.query(pk, starts="READ#", limit=limit, after=after, newest_first=True)


def readers(table: Table, report_id: str) -> Iterator[ReportReader]:
    """All readers of a report."""
    found = table.query_all(keys.readers(report_id, "", "").pk, index="gsi1")
    return (from_item(ReportReader, item) for item in found)
