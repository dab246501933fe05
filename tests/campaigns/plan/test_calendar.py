"""The plan as iCalendar, read by a reader written from RFC 5545."""

import re

from chalicelib.campaigns.plan.calendar import icalendar
from chalicelib.campaigns.plan.model import IssueState
from tests.campaigns.plan.test_rules import issue


def read(content: str) -> list[tuple[str, str]]:
    """Names and values of the unfolded lines (sections 3.1 and 3.3.11)."""
    assert content.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    lines = re.sub("\r\n[ \t]", "", content).split("\r\n")[:-1]
    unescape = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n"}
    pairs = [line.partition(":")[::2] for line in lines]
    return [(name, re.sub(r"\\[\\;,n]", lambda found: unescape[found[0]], value)) for name, value in pairs]


def test_an_issue_is_an_event_at_its_hour_in_every_zone() -> None:
    lines = read(icalendar([issue("2026-12-01T16:30", title="New lamps", state=IssueState.APPROVED)], "Club"))
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    facts = dict(lines)
    assert (facts["DTSTART"], facts["DTEND"]) == ("20261201T163000", "20261201T170000")
    assert (facts["UID"], facts["STATUS"], facts["SUMMARY"]) == ("a@partner-club", "CONFIRMED", "New lamps")
    assert facts["DTSTAMP"] == "20261120T090000Z"


def test_any_title_comes_through_whole() -> None:
    title = "Лампы; панели, драйверы \\ и прожекторы для больших складов и маленьких магазинов\nв декабре"
    assert ("SUMMARY", title) in read(icalendar([issue("2026-12-01T16:30", title=title)], "Клуб; партнёров"))
