"""A letter that fails holds up no other: it ends in a state with a name, and many of them pause their issue."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan.model import IssueState
from chalicelib.campaigns.segments import facts
from chalicelib.campaigns.sending import delivery, recipients, service
from chalicelib.campaigns.sending.schemas import IssueReasonForm
from chalicelib.mail import LetterState
from chalicelib.platform.context import Context
from tests.campaigns.sending.steps import Post, approved, post, reader

CAUSES = ["tracked", "facts_of", "send_now", "members", "abouts"]  # the last two are read for many people together
PEOPLE = [f"mbr_{number}" for number in range(8)]


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    made = post(context, monkeypatch)
    for member_id in PEOPLE:
        reader(made, member_id)
    return made


def poisoned(monkeypatch: pytest.MonkeyPatch, cause: str, *member_ids: str, error: Exception | None = None) -> None:
    """From now on this step raises for the letters of these members."""
    places = {"facts_of": issue_texts, "abouts": issue_texts, "send_now": delivery.mail, "members": delivery.members}
    place: Any = {**places, "tracked": delivery.tracking, "candidates": facts}[cause]
    works = getattr(place, cause)

    def raises(*given: Any, **more: Any) -> Any:
        told = repr(given)
        if any(f"{member_id}@" in told or f"'{member_id}'" in told for member_id in member_ids):
            raise error or ValueError("a bad letter")
        return works(*given, **more)

    monkeypatch.setattr(place, cause, raises)


@pytest.mark.parametrize("cause", CAUSES)
def test_one_bad_letter_ends_with_its_reason_and_all_others_go(
    club: Post, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    issue = approved(club)
    club.at("2026-11-24T09:00")
    poisoned(monkeypatch, cause, "mbr_3")
    club.at("2026-11-25T00:00")
    letter = club.letter(issue, "mbr_3")
    assert letter and letter.state is LetterState.SKIPPED
    assert letter.reason == "failed"
    assert club.sending(issue).states == {"sent": 7}
    assert club.sending(issue).issue.state is IssueState.SENT


def test_one_person_whose_facts_cannot_be_read_is_named_and_the_audience_goes_on(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned(monkeypatch, "candidates", "mbr_3")
    issue = approved(club)
    club.at("2026-11-25T00:00")
    [left] = [each for each in recipients.page(club.context, issue.issue_id, 25, None)[0] if each.left_out]
    assert (left.member_id, left.left_out) == ("mbr_3", "failed")
    assert club.sending(issue).states == {"sent": 7}


def test_a_letter_that_fails_after_its_claim_is_settled_and_never_tried_again(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = approved(club)
    club.at("2026-11-24T09:00")
    works = delivery.mail.service.transport.send

    def send(mail: Any, letter_id: str) -> Any:
        if mail.address.startswith("mbr_3@"):
            raise ValueError("after the claim")
        return works(mail, letter_id)

    monkeypatch.setattr(delivery.mail.service.transport, "send", send)
    club.at("2026-11-26T00:00")
    letter = club.letter(issue, "mbr_3")
    assert letter and (letter.state, letter.reason) == (LetterState.UNKNOWN, "no_answer")
    assert club.sending(issue).issue.state is IssueState.SENT
    assert set(club.copies().values()) == {1} and len(club.copies()) == 7


def test_many_bad_letters_pause_the_issue_until_somebody_has_looked(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = approved(club)
    club.at("2026-11-24T09:00")
    poisoned(monkeypatch, "tracked", *PEOPLE)
    club.at("2026-11-24T09:45")
    found = club.sending(issue)
    assert found.issue.pause and found.issue.pause.reason == "failures"
    assert found.skipped.total() < len(PEOPLE)
    service.resume(club.context, issue.issue_id, IssueReasonForm(reason="Known"), by="mbr_head")
    club.at("2026-11-25T00:00")
    assert club.sending(issue).skipped == {"failed": 8}


@pytest.mark.parametrize(
    "error",
    [
        ConnectionClosedError(endpoint_url="https://dynamodb.example"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "GetItem"),
    ],
)
def test_an_outage_skips_nobody(club: Post, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    issue = approved(club)
    club.at("2026-11-24T09:00")
    with monkeypatch.context() as outage:
        poisoned(outage, "tracked", "mbr_3", error=error)
        with pytest.raises(type(error)):
            club.at("2026-11-24T09:31")
        assert not club.sending(issue).skipped
    club.at("2026-11-25T00:00")
    assert club.sending(issue).states == {"sent": 8}


def test_a_letter_that_fails_before_the_slot_is_told_by_the_rehearsal(
    club: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned(monkeypatch, "tracked", "mbr_3")
    issue = approved(club)
    club.at("2026-11-23T13:00")
    found = club.sending(issue)
    assert (found.composed, found.failures) == (7, [("failed", 1, "mbr_3")])
    assert found.issue.pause and found.issue.pause.reason == "rehearsal"
