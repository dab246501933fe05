"""Events of the sending of an issue: `issue_id`."""

from chalicelib.platform import EventType

TEST_REQUESTED = EventType("issue.test_requested")  # `member_id`: one of the staff wants its letter
PAUSED_ITSELF = EventType(
    "issue.paused_itself"
)  # `reason`: bounces, complaints, rehearsal or failures; `people`: who wrote, approved and owns it
