"""Readings and visits as records. Moments are stamps."""

from typing import NamedTuple


class Reading(NamedTuple):
    """An opening of a report, or with a file a download of it. `company_id`: empty for the staff."""

    report_id: str
    number: int
    member_id: str
    at: str
    company_id: str = ""
    file_id: str = ""


class ReportReader(NamedTuple):
    """A member as a reader of one report: how often they opened it and downloaded files, and the version they saw last."""

    report_id: str
    member_id: str
    number: int
    first_at: str
    last_at: str
    company_id: str = ""
    opened: int = 0
    downloaded: int = 0


class Visit(NamedTuple):
    """The beginning of a member's last visit, and of the one before; empty for the first."""

    began: str
    before: str = ""
