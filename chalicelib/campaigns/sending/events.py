"""Events of the sending of an issue."""

from chalicelib.platform.events import EventType

TEST_REQUESTED = EventType("issue.test_requested")  # `issue_id`, `member_id`: one of the staff wants its letter
