"""The people of an issue, as its audience keeps them, with the fate of their letters; and the letters that a member may have got."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from chalicelib import mail
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.model import Invited
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.campaigns.sending.schemas import RecipientView
from chalicelib.campaigns.series import store as series_store
from chalicelib.platform import Context, Problem
from chalicelib.table import SHARDS, Position


class PossibleLetter(NamedTuple):
    """A letter that a member may have got. `title`: of its issue, or the id of its series."""

    letter_id: str
    member_id: str
    title: str


def possible_letters(context: Context, member_ids: Sequence[str]) -> Iterator[PossibleLetter]:
    """Letters of all issues with kept letters, for any audience, and of the members' present series.

    One query for each MB of issues, and one for each member.
    """
    issues = plan_store.between(context.table, context.today - timedelta(days=mail.KEEP_DAYS), context.today)
    planned = [each for each in issues if each.audience_id]
    for member_id in member_ids:
        for issue in planned:
            yield PossibleLetter(letter_id(issue.issue_id, member_id), member_id, issue.title)
        for enrolment in series_store.enrolments_of(context.table, member_id):
            for passage in enrolment.passed:
                if passage.letter_id:
                    yield PossibleLetter(passage.letter_id, member_id, enrolment.series_id)


def page(context: Context, issue_id: str, limit: int, after: Position) -> tuple[list[RecipientView], Position]:
    """By shard of the audience. A call for each page of the audience that is touched, a few at most. Raises 404."""
    issue, _ = plan_store.read(context.table, issue_id)
    if issue is None:
        raise Problem("not_found")
    place = (int(after["shard"]), int(after["page"]), int(after["person"])) if after else (0, 1, 0)
    people, last = _people(context, issue.audience_id, limit, place) if issue.audience_id else ([], None)
    ids = {each.member_id: letter_id(issue_id, each.member_id) for each in people}
    letters = mail.letters(context.table, list(ids.values()))
    return [RecipientView.of(each, letters.get(ids[each.member_id])) for each in people], last


def _people(
    context: Context, audience_id: str, limit: int, place: tuple[int, int, int]
) -> tuple[list[Invited], Position]:
    shard, page, person = place
    people: list[Invited] = []
    while shard < SHARDS:
        found = segments_store.next_people(context.table, audience_id, shard, page)
        if found is None:
            shard, page, person = shard + 1, 1, 0
            continue
        start = person if found.page == page else 0
        taken = list(islice(found.people, start, start + limit - len(people)))
        people += taken
        page, person = found.page, start + len(taken)
        if len(people) == limit:
            return people, {"shard": str(shard), "page": str(page), "person": str(person)}
        page, person = page + 1, 0
    return people, None
