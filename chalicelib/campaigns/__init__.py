"""Campaigns: letters that the club decides to send, to whom and when.

Vocabulary. A *segment* is a set of conditions on members and their companies, saved under a name. An *audience* is the count of a segment
at one moment: who matches, and who of them gets no letter and why. The *hold-out* is a lasting share of companies that get no letters of
campaigns, so that their purchases can be compared. An *issue* is a planned letter to a segment; its *slot* is a day and an hour in each
member's own time zone. The *plan* is all issues, by slot. A *run* is the letters of an issue in one time zone. A
*series* is letters that follow each other after something happened to a member or their company; an *enrolment* is one member in one series.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("segments", "plan", "questions", "tracking", "series", "sending", "reader", "results")

with opened_when_asked(__name__):
    from chalicelib.campaigns.plan.model import IssueText, IssueTexts
    from chalicelib.campaigns.plan.schemas import IssueForm, SlotText
    from chalicelib.campaigns.plan.service import cancel_unsent as cancel_unsent_issue
    from chalicelib.campaigns.plan.service import check as check_issue
    from chalicelib.campaigns.plan.service import create as create_issue
    from chalicelib.campaigns.plan.service import first_moment, has_issue, slot_to_come
    from chalicelib.campaigns.results.rules import Outcome
    from chalicelib.campaigns.results.rules import money as money_effect
    from chalicelib.campaigns.segments.facts import candidates
    from chalicelib.campaigns.segments.model import Conditions
    from chalicelib.campaigns.segments.rules import matches
    from chalicelib.campaigns.segments.schemas import SegmentForm
    from chalicelib.campaigns.segments.service import check as check_conditions
    from chalicelib.campaigns.segments.service import check_topic, has_segment, is_held_out
    from chalicelib.campaigns.segments.service import create as create_segment
    from chalicelib.campaigns.segments.service import read as read_segment
    from chalicelib.campaigns.sending.recipients import possible_letters
    from chalicelib.campaigns.tracking.store import together_of as readings_of
