"""The plan as iCalendar (RFC 5545), to be shown beside other calendars.

Times float: a slot is the same hour in every time zone, which is what a time without a zone means there (section 3.3.5).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.contacts import Slot

_STATUS = {
    IssueState.IDEA: "TENTATIVE",
    IssueState.DRAFT: "TENTATIVE",
    IssueState.APPROVED: "CONFIRMED",
    IssueState.QUEUED: "CONFIRMED",
    IssueState.SENDING: "CONFIRMED",
    IssueState.SENT: "CONFIRMED",
    IssueState.CANCELLED: "CANCELLED",
}
_LONGEST = 75  # octets of a line
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def icalendar(issues: Iterable[Issue], name: str) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Partner club//Content plan//EN",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for issue in issues:
        lines += _event(issue)
    return "".join(f"{folded}\r\n" for line in (*lines, "END:VCALENDAR") for folded in _folded(line))


def _event(issue: Issue) -> list[str]:
    slot = Slot.of(issue.slot)
    start = datetime.combine(slot.day, slot.hour)
    changed = datetime.fromisoformat(issue.changed_at)
    return [
        "BEGIN:VEVENT",
        f"UID:{issue.issue_id}@partner-club",
        f"DTSTAMP:{changed:%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{issue.version}",
        f"DTSTART:{start:%Y%m%dT%H%M%S}",
        f"DTEND:{start + timedelta(minutes=30):%Y%m%dT%H%M%S}",
        f"SUMMARY:{_text(issue.title)}",
        f"CATEGORIES:{_text(issue.topic)},{issue.issue_class}",
        f"STATUS:{_STATUS[issue.state]}",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """A value of type TEXT (section 3.3.11), which has no other control character than a line end and a tab."""
    value = _INVISIBLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        value = value.replace(plain, escaped)
    return value


def _folded(line: str) -> Iterator[str]:
    """A long line goes on in the next one, after a space; no character is cut."""
    part = ""
    for character in line:
        if len((part + character).encode()) > _LONGEST:
            yield part
            part = " "
        part += character
    yield part
