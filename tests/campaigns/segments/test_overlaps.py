"""People of two segments at once, counted for whoever waits."""

import pytest

from chalicelib.campaigns.segments import facts, overlaps, service
from chalicelib.campaigns.segments.model import Conditions
from chalicelib.campaigns.segments.schemas import SegmentForm
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import SHARDS
from tests.campaigns.segments.steps import AGREED
from tests.conftest import NOON
from tests.support.partners import company, member, speaks_for, staff
from tests.support.spent import spent


@pytest.fixture
def club(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    context = Context(table=local_table, now=NOON)
    staff(context, "mbr_marketing", "marketing")
    for number in range(20):
        member(context, f"mbr_{number}", consents=AGREED, language=("en", "ru")[number % 2])
    return context


def segment(club: Context, **conditions: object) -> str:
    form = SegmentForm.model_validate({"name": "A", "conditions": conditions})
    return service.create(club, form, by="mbr_marketing").segment_id


def test_a_small_club_is_counted_whole_in_few_calls(club: Context) -> None:
    every, english = segment(club), segment(club, languages=["en"])
    with spent(club.table.client) as cost:
        found, none = overlaps.overlaps(club, [(every, english), (every, "seg_gone")])
    assert found and found.is_whole and found.looked_at == 21
    # The hold-out takes a few of the ten.
    assert 7 <= found.people <= 10 and len(found.sample) == 5
    assert none is None
    # The segments, the shards of the members, whom they act for, and what keeps them from letters.
    assert cost.calls == ["BatchGetItem", *["Query"] * SHARDS, *["BatchGetItem"] * 2]


def test_of_a_large_club_some_members_stand_for_the_others(club: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "LOOKED_AT", 4)
    every = segment(club)
    [found] = overlaps.overlaps(club, [(every, every)])
    assert found and (found.looked_at, found.is_whole) == (4, False)
    assert found.people <= 4


def test_fewer_members_are_looked_at_where_each_company_is_read(club: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "LOOKED_AT_WITH_COMPANIES", 3)
    every, new = segment(club), segment(club, stages=["new"])
    [found] = overlaps.overlaps(club, [(every, new)])
    assert found and (found.looked_at, found.people) == (3, 0)


def test_issues_without_segments_cost_nothing(club: Context) -> None:
    with spent(club.table.client) as cost:
        assert overlaps.overlaps(club, [("", "")]) == [None]
        assert overlaps.overlaps(club, []) == []
    assert cost.calls == []


def test_a_company_has_one_stage_whoever_of_its_people_is_asked_about(context: Context) -> None:
    company(context)
    people = [
        member(context, member_id, joined_at=joined)
        for member_id, joined in (("mbr_old", "2025-01-01T09:00:00.000Z"), ("mbr_new", context.at))
    ]
    for each in people:
        speaks_for(context, "cmp_1", each.member_id)
    asked = Conditions(stages=["new"])
    together = facts.candidates(context, people, asked)
    apart = [facts.candidates(context, [each], asked)[each.member_id] for each in people]
    assert [each.stage for each in apart] == [each.stage for each in together.values()] == ["dormant", "dormant"]
