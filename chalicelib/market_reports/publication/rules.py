"""Rules of versions and files. Moments are texts that sort as time."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from chalicelib.market_reports.publication.model import DraftFiles, Report, ReportFile, Version

MOST_VERSIONS = 50


class ReportState(StrEnum):
    """draft ──publish──▶ scheduled ──its moment──▶ published ──withdraw──▶ withdrawn ──publish──▶ …"""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class TooManyFiles(Exception):
    """The report has the most files allowed."""


# --- versions ---------------------------------------------------------------------------------------------------------


def visible(versions: Sequence[Version], at: str) -> Version | None:
    """The version that readers see at this moment. At most one."""
    return next((each for each in versions if is_visible(each.visible_from, each.visible_until, at)), None)


def is_visible(first: str, until: str, at: str) -> bool:
    return bool(first) and first <= at and (not until or at < until)


def publish(versions: Sequence[Version], new: Version) -> tuple[Version, ...]:
    """With the new version, which takes the place of every other one from its moment on."""
    return (*_ended(versions, new.visible_from), new)


def withdraw(versions: Sequence[Version], at: str) -> tuple[Version, ...]:
    """Nothing is shown from this moment on, not even what was to come."""
    return _ended(versions, at)


def _ended(versions: Sequence[Version], at: str) -> tuple[Version, ...]:
    return tuple(
        each if each.visible_until and each.visible_until <= at else each._replace(visible_until=at)
        for each in versions
    )


def next_number(report: Report) -> int:
    return max((each.number for each in report.versions), default=0) + 1


def state(report: Report, at: str) -> ReportState:
    if visible(report.versions, at):
        return ReportState.PUBLISHED
    if any(each.visible_from > at and each.visible_from < (each.visible_until or "~") for each in report.versions):
        return ReportState.SCHEDULED
    return ReportState.WITHDRAWN if report.versions else ReportState.DRAFT


# --- files ------------------------------------------------------------------------------------------------------------


def find(files: Sequence[ReportFile], file_id: str) -> ReportFile | None:
    return next((each for each in files if each.file_id == file_id), None)


def arrived(files: Sequence[ReportFile]) -> tuple[ReportFile, ...]:
    """The files that were uploaded and passed the check."""
    return tuple(each for each in files if each.object)


def add(files: DraftFiles, file: ReportFile, *, abandoned_before: str, most: int) -> DraftFiles:
    """With one more file. Uploads that began before `abandoned_before` and never arrived make room. Raises TooManyFiles."""
    kept = [each for each in files.files if each.object or each.at >= abandoned_before]
    if len(kept) >= most:
        raise TooManyFiles
    return _changed(files, [*kept, file])


def arrive(files: DraftFiles, file: ReportFile) -> DraftFiles:
    """With this file in the place of its upload."""
    return _changed(files, [file if each.file_id == file.file_id else each for each in files.files])


def remove(files: DraftFiles, file_id: str) -> DraftFiles:
    return _changed(files, [each for each in files.files if each.file_id != file_id])


def _changed(files: DraftFiles, after: Sequence[ReportFile]) -> DraftFiles:
    return replace(files, files=tuple(after), revision=files.revision + 1)
