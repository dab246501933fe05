"""The calls and the capacity of the keys of segments and members' lists, counted as AWS counts."""

import pytest

from chalicelib import members
from chalicelib.campaigns.segments import audience, jobs, keys, service
from chalicelib.campaigns.segments.schemas import AudienceForm, SegmentForm
from chalicelib.members import keys as members_keys
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import shard_of
from tests.campaigns.segments.steps import AGREED, Counting
from tests.conftest import NOON
from tests.support.partners import member, staff
from tests.support.spent import measures, spent


@pytest.fixture
def club(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(aws, "secret", lambda: "a secret")
    context = Context(table=local_table, now=NOON)
    staff(context, "mbr_marketing", "marketing")
    return context


@measures(keys.segment, keys.segment_list)
def test_a_segment_is_one_read_and_a_page_of_segments_one_call(club: Context) -> None:
    form = SegmentForm.model_validate({"name": "All", "conditions": {}})
    made = [service.create(club, form, by="mbr_marketing") for _ in range(30)]
    with spent(club.table.client) as cost:
        service.read(club, made[0].segment_id)
    assert (cost.calls, cost.read_units <= 1) == (["GetItem"], True)
    with spent(club.table.client) as cost:
        found, _ = service.page(club, 25, None)
    assert (cost.calls, len(found), cost.read_units <= 2) == (["Query"], 25, True)


@measures(members_keys.member_list)
def test_a_page_of_all_members_is_one_call(club: Context) -> None:
    mine = [f"mbr_{number}" for number in range(40) if shard_of(f"mbr_{number}@partner.example") == 1]
    for each in mine:
        member(club, each)
    with spent(club.table.client) as cost:
        found, _ = members.some_members(club, 1, 100, None)
    assert {each.member_id for each in found} >= set(mine)
    assert (cost.calls, cost.read_units <= 2) == (["Query"], True)


@measures(keys.audience_list)
def test_a_page_of_counted_audiences_is_one_call_and_of_others_their_parts_too(
    club: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(club, monkeypatch)
    for number in range(20):
        member(club, f"mbr_{number}", consents=AGREED)
    form = AudienceForm.model_validate({"conditions": {}})
    for _ in range(4):
        audience.start(club, form, by="mbr_marketing")
    counting.run()
    with spent(club.table.client) as cost:
        found, _ = audience.page(club, 3, None)
    assert (cost.calls, len(found), cost.read_units) == (["Query"], 3, 0.5)
    with spent(club.table.client) as cost:
        shown = audience.show(club, found[0].audience_id)
    assert (shown.model_copy(update={"sample": None}), cost.read_units) == (found[0], 9.0)
    audience.start(club, form, by="mbr_marketing")
    with spent(club.table.client) as cost:
        found, _ = audience.page(club, 12, None)
    assert (cost.calls, {each.state for each in found}) == (["Query", "BatchGetItem"], {"running", "done"})


@measures(keys.audience, keys.audience_part)
def test_a_page_of_an_audience_is_its_part_the_members_and_one_write(
    club: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(club, monkeypatch)
    for number in range(20):
        member(club, f"mbr_{number}", consents=AGREED)
    started = audience.start(club, AudienceForm.model_validate({"conditions": {}}), by="mbr_marketing")
    counting.ask(started.audience_id)
    with spent(club.table.client) as cost:
        jobs.count_audience(club, {"messageId": "1", "body": counting.messages[0]})
    # The part, the members, whom they act for, their addresses; the part as it is then, with the sums of a shard at its end.
    assert cost.calls == ["BatchGetItem", "Query", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    with spent(club.table.client) as cost:
        audience.show(club, started.audience_id)
    assert cost.calls == ["BatchGetItem"]
