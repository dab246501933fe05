"""Items of reports.

REPORT (in the list of all reports): versions, authors, the latest title; its revision guards every change
VERSION, one for each version (listed from its publication until another takes its place): what lists show, and the files
TEXT, one for each version and language: so lists stay small, and a reader gets one language
CHARTS, one for each version, in both languages
DRAFTFILES: the files of a draft, with a revision of their own, so that an upload changes no draft under its writer's hands
"""

from collections.abc import Iterable
from functools import cache

from boto3.dynamodb.conditions import Attr
from pydantic import TypeAdapter

from chalicelib.market_reports.publication import keys
from chalicelib.market_reports.publication.model import Body, Content, DraftFiles, Report, ReportChart, Version
from chalicelib.platform import Language
from chalicelib.table import Item, Page, Position, Table, Transaction, at_version, from_item, to_item


def read(table: Table, report_id: str) -> Report | None:
    return table.read(Report, keys.report(report_id), consistent=True)


def read_content(
    table: Table, report_id: str, number: int, languages: Iterable[Language]
) -> tuple[Content | None, Body]:
    """A version with its texts in these languages and its charts. One call."""
    key, charts = keys.content(report_id, number), keys.charts(report_id, number)
    texts = {each: keys.text(report_id, number, each) for each in languages}
    found = table.get_many([key, charts, *texts.values()], consistent=True)
    content = from_item(Content, found[key]) if key in found else None
    bodies = {language: str(found[each]["body"]) for language, each in texts.items() if each in found}
    return content, Body(bodies, _charts().validate_json(found[charts]["json"]) if charts in found else [])


def read_files(table: Table, report_id: str, number: int) -> DraftFiles:
    item = table.get(keys.draft_files(report_id, number), consistent=True)
    return from_item(DraftFiles, item) if item else DraftFiles()


def all_reports(table: Table, *, limit: int, after: Position) -> Page:
    """Newest first."""
    return table.query(keys.report_list("", "").pk, index="gsi1", limit=limit, after=after, newest_first=True)


def write(tx: Transaction, report: Report, before: Report | None) -> None:
    """Refused with label `revision` where somebody changed it meanwhile."""
    unchanged = at_version(before.revision if before else 0, "revision")
    listed = keys.report_list(report.created_at, report.report_id).as_gsi1()
    item = {**keys.report(report.report_id).as_item(), **listed, **to_item(report)}
    tx.put(item, when=unchanged, label="revision")


def delete(tx: Transaction, report: Report) -> None:
    """A report that was never published. Refused with label `revision` where somebody changed it meanwhile."""
    tx.delete(keys.report(report.report_id), when=at_version(report.revision, "revision"), label="revision")


def delete_draft(tx: Transaction, report: Report) -> None:
    """The content and the files' item of the draft, with the report, whose revision guards them. Objects of its files stay, as of a removed file."""
    report_id, number = report.report_id, report.draft
    for key in (
        keys.content(report_id, number),
        keys.charts(report_id, number),
        keys.draft_files(report_id, number),
        *(keys.text(report_id, number, each) for each in ("en", "ru")),
    ):
        tx.delete(key)


def write_content(tx: Transaction, content: Content, body: Body) -> None:
    """With the report, whose revision guards them."""
    report_id, number = content.report_id, content.number
    write_card(tx, content)
    for language, text in body.texts.items():
        tx.put({**keys.text(report_id, number, language).as_item(), "body": text})
    drawn = _charts().dump_json(body.charts, exclude_defaults=True).decode()
    tx.put({**keys.charts(report_id, number).as_item(), "json": drawn})


def write_card(tx: Transaction, content: Content) -> None:
    """A version without its texts."""
    key = keys.content(content.report_id, content.number)
    tx.put({**key.as_item(), **_listed(content.visible_from, content.report_id), **to_item(content)})


def end(tx: Transaction, report_id: str, version: Version, now: str) -> None:
    """The end of a version. One that nobody will see any more leaves the list of readers."""
    over = version.visible_until <= now or version.visible_until <= version.visible_from
    tx.update(
        keys.content(report_id, version.number),
        put={"visible_until": version.visible_until},
        remove=("gsi1pk", "gsi1sk") if over else (),
    )


def begin_files(tx: Transaction, report_id: str, number: int, files: DraftFiles) -> None:
    """The files with which a draft begins. The revision of the report guards them."""
    tx.put({**keys.draft_files(report_id, number).as_item(), **to_item(DraftFiles(files.files, 1))})


def replace_files(tx: Transaction, report_id: str, number: int, before: DraftFiles, after: DraftFiles) -> None:
    """Refused with label `files` where they changed meanwhile, `revision` where the draft was published."""
    unchanged = at_version(before.revision, "revision")
    tx.put({**keys.draft_files(report_id, number).as_item(), **to_item(after)}, when=unchanged, label="files")
    tx.check(keys.report(report_id), Attr("draft").eq(number), label="revision")


def check_files(tx: Transaction, report_id: str, number: int, files: DraftFiles) -> None:
    """Refused with label `files` where they changed since they were read."""
    unchanged = at_version(files.revision, "revision")
    tx.check(keys.draft_files(report_id, number), unchanged, label="files")


def _listed(visible_from: str, report_id: str) -> Item:
    return dict(keys.published(visible_from, report_id).as_gsi1()) if visible_from else {}


@cache
def _charts() -> TypeAdapter[list[ReportChart]]:
    return TypeAdapter(list[ReportChart])
