"""The staff hear of an issue that paused itself."""

from dataclasses import replace

import pytest

from chalicelib import members
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.sending import service
from chalicelib.campaigns.sending.events import PAUSED_ITSELF
from chalicelib.campaigns.sending.schemas import IssueReasonForm
from chalicelib.mail import Recipient, Unsendable
from chalicelib.mail import service as mail
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import event_of
from chalicelib.table.transactions import Transaction
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.support.letters import plain


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    return post(context, monkeypatch)


def staff(club: Post, member_id: str) -> None:
    reader(club, member_id)
    tx = Transaction()
    members.appoint(tx, member_id, kind="staff", owner=members.STAFF_OWNER, role="marketing", status="active")
    club.context.table.commit(tx)


def test_its_people_hear_why_an_issue_paused_itself_while_it_is_paused(club: Post) -> None:
    staff(club, "mbr_author")
    reader(club, "mbr_head")  # approved it, and is no longer of the staff
    issue = approved(club)
    club.at("2026-11-23T12:40")
    service.pause_itself(club.context, issue.issue_id, "complaints")
    service.pause_itself(club.context, issue.issue_id, "complaints")
    items = club.context.table.client.items.values()  # type: ignore[attr-defined]
    [event] = [event_of(item) for item in items if item.get("event") == PAUSED_ITSELF]
    letters = mail.letters_of(club.context, event)
    assert [each.recipient for each in letters] == [Recipient("member", each) for each in ("mbr_author", "mbr_head")]
    told = mail.compose(club.context, letters[0], "")
    assert told.subject == "The issue “Lamps” paused itself"
    assert "called it spam" in plain(told)
    with pytest.raises(Unsendable, match="no_longer_speaks"):
        mail.compose(club.context, letters[1], "")
    service.resume(club.context, issue.issue_id, IssueReasonForm(reason="Looked at it"), by="mbr_head")
    with pytest.raises(Unsendable, match="issue_resumed"):
        mail.compose(club.context, letters[0], "")


def test_the_owner_hears_of_it_too_and_each_person_once(club: Post) -> None:
    issue = approved(club)
    tx = Transaction()
    owned = replace(issue, owner="mbr_owner", approved_by="mbr_author", version=issue.version + 1)
    plan_store.write(tx, owned, issue)
    club.context.table.commit(tx)
    service.pause_itself(club.context, issue.issue_id, "rehearsal")
    items = club.context.table.client.items.values()  # type: ignore[attr-defined]
    [event] = [event_of(item) for item in items if item.get("event") == PAUSED_ITSELF]
    assert [each.recipient.id for each in mail.letters_of(club.context, event)] == ["mbr_author", "mbr_owner"]
