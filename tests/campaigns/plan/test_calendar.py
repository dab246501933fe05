"""The plan as iCalendar, read by a reader written from RFC 5545."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.campaigns.plan.calendar import icalendar
from chalicelib.campaigns.plan.model import IssueState
from tests.campaigns.plan.test_rules import issue

TEXT = {"SUMMARY", "X-WR-CALNAME", "CATEGORIES"}
UNESCAPED = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n", "\\N": "\n"}


def read(content: str) -> list[tuple[str, str]]:
    """Names and values of the unfolded lines (sections 3.1, 3.3.11 and 3.4)."""
    assert content.endswith("\r\n")
    lines = content.split("\r\n")[:-1]
    assert all(len(line.encode()) <= 75 for line in lines)
    # Of the control characters a line may have the tab alone (CONTROL).
    assert not re.search("[\x00-\x08\x0a-\x1f\x7f]", "".join(lines))
    unfolded = re.sub("\r\n[ \t]", "", content).split("\r\n")[:-1]
    pairs = [line.partition(":")[::2] for line in unfolded]
    assert all(re.fullmatch("[A-Z0-9-]+", name) for name, _ in pairs)
    return [(name, text(value) if name in TEXT else value) for name, value in pairs]


def text(value: str) -> str:
    """A semicolon or a backslash stands for itself only after a backslash; commas part the values of CATEGORIES."""
    found = re.fullmatch(r"(?:[^\\;]|\\[\\;,nN])*", value)
    assert found, value
    return re.sub(r"\\[\\;,nN]", lambda escape: UNESCAPED[escape[0]], value)


def test_an_issue_is_an_event_at_its_hour_in_every_zone() -> None:
    lines = read(icalendar([issue("2026-12-01T16:30", title="New lamps", state=IssueState.APPROVED)], "Club"))
    assert lines[0] == ("BEGIN", "VCALENDAR")
    assert lines[-1] == ("END", "VCALENDAR")
    facts = dict(lines)
    assert (facts["DTSTART"], facts["DTEND"]) == ("20261201T163000", "20261201T170000")
    assert (facts["UID"], facts["STATUS"], facts["SUMMARY"]) == ("a@partner-club", "CONFIRMED", "New lamps")
    assert facts["DTSTAMP"] == "20261120T090000Z"


@given(title=st.text(max_size=200), name=st.text(max_size=80))
@example(
    title="Лампы; панели, драйверы \\ и прожекторы для больших складов и маленьких магазинов\nв декабре",
    name="Клуб; №1",
)
@example(title="a\r\nEND:VEVENT\rX-A:1\x00", name="\\n")
def test_any_title_comes_through_whole(title: str, name: str) -> None:
    facts = dict(read(icalendar([issue("2026-12-01T16:30", title=title)], name)))
    assert (facts["SUMMARY"], facts["X-WR-CALNAME"]) == (shown(title), shown(name))


def shown(value: str) -> str:
    """Line ends of any kind are line ends; other control characters, which nobody sees, are left out."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", lines)
