"""The people of an issue, as its audience keeps them, with what became of their letters."""

from itertools import islice

from chalicelib import mail
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.campaigns.segments.model import Invited
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.campaigns.sending.schemas import RecipientView
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.client import Position
from chalicelib.table.key import SHARDS


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
