"""People who belong to two segments at once, counted while somebody waits for the answer.

A count of all members would grow with the club, so some of them are looked at: all of a small club, and the first ones of a shard of a large
one. Ids are random, and so is a shard: what holds for these members holds for the others as nearly as a sample of this size can say.
"""

from collections.abc import Sequence

from chalicelib import members
from chalicelib.campaigns.segments import audience, facts, rules, store
from chalicelib.campaigns.segments.model import Overlap, Sampled
from chalicelib.members import Member
from chalicelib.platform import Context
from chalicelib.table import shards

LOOKED_AT = 400  # members
LOOKED_AT_WITH_COMPANIES = 100  # where each one's company is read
SAMPLE = 5  # members of each overlap


def overlaps(context: Context, pairs: Sequence[tuple[str, str]]) -> list[Overlap | None]:
    """For each pair of segments, by their ids, the people of both who may get letters; None where a segment is not there.

    A call for the segments, one for each shard of a small club, six per 100 members and up to three more for their activity, and a few for each company where conditions ask for purchases.
    """
    segments = store.read_many(context.table, {each for pair in pairs for each in pair if each})
    conditions = {segment_id: segment.rules for segment_id, segment in segments.items()}
    known_pairs = [pair for pair in pairs if set(pair) <= conditions.keys()]
    if not known_pairs:
        return [None for _ in pairs]
    of_companies = any(each.stages or each.purchases for each in conditions.values())
    people, is_whole = _first_members(context, LOOKED_AT_WITH_COMPANIES if of_companies else LOOKED_AT)
    known, _ = facts.candidates_apart(context, people, *conditions.values())
    of_segment = {
        segment_id: {member_id for member_id, each in known.items() if rules.matches(asked, each, context.today)}
        for segment_id, asked in conditions.items()
    }
    both = {pair: of_segment[pair[0]] & of_segment[pair[1]] for pair in known_pairs}
    wanted = [each for each in people if any(each.member_id in ids for ids in both.values())]
    refused = audience.left_out(context, wanted, known, "", {})
    reached = [each for each in wanted if each.member_id not in refused]

    def overlap(ids: set[str]) -> Overlap:
        found = [each for each in reached if each.member_id in ids]
        sample = tuple(
            Sampled(member_id=each.member_id, name=each.name, company_id=known[each.member_id].company_id)
            for each in found[:SAMPLE]
        )
        return Overlap(len(found), len(people), is_whole, sample)

    return [overlap(both[pair]) if pair in both else None for pair in pairs]


def _first_members(context: Context, most: int) -> tuple[list[Member], bool]:
    """The first members, shard by shard, and whether these are all."""
    people: list[Member] = []
    for shard in shards():
        if len(people) == most:
            return people, False
        some, after = members.some_members(context, shard, most - len(people), None)
        people += some
        if after:
            return people, False
    return people, True
