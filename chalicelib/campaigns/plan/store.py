"""Items of the content plan. An issue is written whole, on condition that nobody changed it since it was read."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from chalicelib.campaigns.plan import keys, rules
from chalicelib.campaigns.plan.model import Issue, IssueState, IssueTexts
from chalicelib.contacts import Slot
from chalicelib.platform import clock
from chalicelib.table import Key, Page, Position, Table, Transaction, at_version, from_item, to_item


def read(table: Table, issue_id: str) -> tuple[Issue | None, IssueTexts]:
    """The issue and its texts: one call."""
    key, texts = keys.issue(issue_id), keys.issue_texts(issue_id)
    found = table.get_many([key, texts], consistent=True)
    if key not in found:
        return None, IssueTexts()
    return from_item(Issue, found[key]), IssueTexts.model_validate_json(found[texts]["json"])


def read_many(table: Table, issue_ids: Collection[str]) -> list[Issue]:
    """Those that there are, without their texts: one call per 100."""
    found = table.get_many([keys.issue(each) for each in issue_ids], consistent=True)
    return [from_item(Issue, item) for item in found.values()]


def read_texts(table: Table, issue_id: str) -> IssueTexts:
    cause = keys.issue(issue_id)
    return texts_of(table, [cause])[cause]


def texts_of(table: Table, causes: Sequence[Key]) -> dict[Key, IssueTexts]:
    """The texts of letters by their causes: an issue has them beside it, and a step of a series is told by them. One call per 100."""
    kept = {
        cause: keys.issue_texts(cause.pk.removeprefix("ISSUE#")) if cause.sk == keys.issue("").sk else cause
        for cause in causes
    }
    found = table.get_many(kept.values(), consistent=True)
    return {
        cause: IssueTexts.model_validate_json(found[key]["json"]) if key in found else IssueTexts()
        for cause, key in kept.items()
    }


def write(tx: Transaction, issue: Issue, before: Issue | None) -> None:
    """Refused with label `version` where somebody changed it meanwhile."""
    unchanged = at_version(before.version if before else 0)
    listed = keys.plan(issue.slot, issue.issue_id).as_gsi1()
    if issue.state is IssueState.APPROVED:
        due = clock.stamp(rules.audience_at(Slot.of(issue.slot)))
        listed |= keys.campaign_work(due, "AUDIENCE", issue.issue_id).as_gsi2()
    tx.put({**keys.issue(issue.issue_id).as_item(), **listed, **to_item(issue)}, when=unchanged, label="version")


def write_texts(tx: Transaction, issue_id: str, texts: IssueTexts) -> None:
    """With the issue, whose version guards them."""
    tx.put({**keys.issue_texts(issue_id).as_item(), "json": texts.model_dump_json()})


def page(table: Table, first: date, last: date, limit: int, after: Position) -> Page:
    return table.query(keys.plan("", "").pk, index="gsi1", between=_between(first, last), limit=limit, after=after)


def between(table: Table, first: date, last: date) -> list[Issue]:
    """All issues of these days, by slot; read page by page: a slot has few, and a club some hundreds a year."""
    found = table.query_all(keys.plan("", "").pk, index="gsi1", between=_between(first, last))
    return [from_item(Issue, item) for item in found]


def _between(first: date, last: date) -> tuple[str, str]:
    return first.isoformat(), (last + timedelta(days=1)).isoformat()
