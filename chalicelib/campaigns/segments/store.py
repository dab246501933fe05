"""Items of segments and audiences.

SEGMENT   a name and conditions
AUDIENCE  the conditions and the topic as they were when somebody asked
          and the sums of the shards that are counted, with which it stands in the list
PART      the progress and the counts of one shard of the members; only the worker of its next page writes it
PEOPLE    the people of one page, in the audience of an issue only; written with the part
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.campaigns.segments import keys
from chalicelib.campaigns.segments.events import REQUESTED, SHARD_FROZEN
from chalicelib.campaigns.segments.model import Conditions, Invited, Sampled
from chalicelib.contacts import ContactClass
from chalicelib.platform import Context, derived_id, record_event
from chalicelib.table import Item, Page, Position, Refused, Table, Transaction, at_version, from_item, shards, to_item

KEEP_DAYS = 400
_LEFT_OUT = "left_out:"  # and the reason: attributes of an audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    segment_id: str
    name: str
    conditions: dict[str, Any]
    changed_by: str
    changed_at: str
    version: int = 1

    @property
    def rules(self) -> Conditions:
        return Conditions.model_validate_json(self.conditions["json"])

    @property
    def conditions_id(self) -> str:
        """The same as long as the conditions are."""
        return derived_id("cnd", self.conditions["json"])


@dataclass(frozen=True, slots=True, kw_only=True)
class AudiencePart:
    """`members` were looked at in `pages` pages, `matched` of them belong to the segment; `left_out` of those, by reason, get no letter.

    `zones`: the others by time zone, in the audience of an issue.
    """

    shard: int
    pages: int = 0
    after: Position = None
    done: bool = False
    members: int = 0
    matched: int = 0
    left_out: dict[str, int] | None = None
    zones: dict[str, int] | None = None
    sample: tuple[Sampled, ...] = ()


class Sums(NamedTuple):
    """The counts of some shards of an audience, of which `shards` are at their end."""

    shards: int
    members: int
    matched: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    audience_id: str
    conditions: dict[str, Any]
    topic: str = ""
    issue_class: ContactClass = "content"
    created_by: str
    created_at: str
    issue_id: str = ""  # whose letters go to these people
    holdout_percent: int = 0  # of this issue

    @property
    def rules(self) -> Conditions:
        return Conditions.model_validate_json(self.conditions["json"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    shard: int
    page: int
    people: tuple[Invited, ...]


def kept(conditions: Conditions) -> dict[str, Any]:
    """Conditions as they are stored: their JSON, so that a condition which comes later needs no change of what is stored."""
    return {"json": conditions.model_dump_json(exclude_defaults=True)}


# --- segments ---------------------------------------------------------------------------------------------------------


def read(table: Table, segment_id: str) -> Segment | None:
    return table.read(Segment, keys.segment(segment_id), consistent=True)


def read_many(table: Table, segment_ids: Iterable[str]) -> dict[str, Segment]:
    """By id; one that is not there is not named. One call per 100."""
    found = table.get_many(keys.segment(each) for each in sorted(segment_ids))
    return {item["segment_id"]: from_item(Segment, item) for item in found.values()}


def page(table: Table, limit: int, after: Position) -> Page:
    return table.query(keys.segment_list("", "").pk, index="gsi1", limit=limit, after=after)


def of_item(item: Item) -> Segment:
    return from_item(Segment, item)


def write(tx: Transaction, segment: Segment, before: Segment | None) -> None:
    """Refused with label `version` where somebody changed it meanwhile."""
    listed = keys.segment_list(segment.name, segment.segment_id).as_gsi1()
    unchanged = at_version(before.version if before else 0)
    tx.put(
        {**keys.segment(segment.segment_id).as_item(), **listed, **to_item(segment)}, when=unchanged, label="version"
    )


def delete(tx: Transaction, segment: Segment) -> None:
    tx.delete(keys.segment(segment.segment_id), when=Attr("version").eq(segment.version), label="version")


# --- audiences --------------------------------------------------------------------------------------------------------


def create_audience(tx: Transaction, context: Context, audience: Audience) -> None:
    """A new audience; its event starts the count."""
    key, expires_at = keys.audience(audience.audience_id), context.expiry(days=KEEP_DAYS)
    listed = {} if audience.issue_id else keys.audience_list(audience.created_at, audience.audience_id).as_gsi1()
    tx.create({**key.as_item(), **listed, **to_item(audience), "expires_at": expires_at})
    record_event(tx, context, key, REQUESTED, audience_id=audience.audience_id)


def read_audiences(table: Table, audience_ids: Sequence[str]) -> list[tuple[Audience, list[AudiencePart]]]:
    """Those that are there, each with its parts so far; a call per 100 items."""
    parts = {each: [keys.audience_part(each, shard) for shard in shards()] for each in audience_ids}
    found = table.get_many([*map(keys.audience, audience_ids), *chain(*parts.values())], consistent=True)
    return [
        (from_item(Audience, found[keys.audience(each)]), _parts(found[key] for key in parts[each] if key in found))
        for each in audience_ids
        if keys.audience(each) in found
    ]


def audiences_page(table: Table, limit: int, after: Position) -> Page:
    """Those that somebody asked for, newest first."""
    listed = keys.audience_list("", "").pk
    return table.query(listed, index="gsi1", newest_first=True, limit=limit, after=after)


def sums_of(item: Item) -> Sums:
    """Of the shards that are counted, as the audience's item has them. An audience of before has none."""
    left = {name.removeprefix(_LEFT_OUT): int(value) for name, value in item.items() if name.startswith(_LEFT_OUT)}
    shards_done, members, matched = (int(item.get(name, 0)) for name in ("shards_done", "members", "matched"))
    return Sums(shards_done, members, matched, left)


def audience_of(item: Item) -> Audience:
    return from_item(Audience, item)


def read_part(table: Table, audience_id: str, shard: int) -> tuple[Audience | None, AudiencePart]:
    """The audience, and the part of this shard, which may not have begun."""
    key, part = keys.audience(audience_id), keys.audience_part(audience_id, shard)
    found = table.get_many([key, part], consistent=True)
    whole = found.get(key)
    begun = from_item(AudiencePart, found[part]) if part in found else AudiencePart(shard=shard)
    return from_item(Audience, whole) if whole else None, begun


def write_part(context: Context, audience: Audience, part: AudiencePart, people: Sequence[Invited]) -> bool:
    """Whether this was the first to write this page of the part. The audience of an issue keeps the people."""
    key = keys.audience_part(audience.audience_id, part.shard)
    before = Attr("pages").eq(part.pages - 1) if part.pages > 1 else Attr("pk").not_exists()
    expires_at = context.expiry(days=KEEP_DAYS)
    item = {**key.as_item(), **to_item(part), "expires_at": expires_at}
    try:
        if audience.issue_id:
            context.table.commit(_frozen(context, audience, part, people, item, before, expires_at))
        elif part.done:
            context.table.commit(_summed(audience, part, item, before))
        else:
            context.table.put(item, when=before)
    except Refused:
        return False
    return True


def _summed(audience: Audience, part: AudiencePart, item: Item, before: ConditionBase) -> Transaction:
    tx = Transaction()
    tx.put(item, when=before, label="part")
    left = {f"{_LEFT_OUT}{reason}": number for reason, number in (part.left_out or {}).items()}
    counts = {"shards_done": 1, "members": part.members, "matched": part.matched, **left}
    tx.update(keys.audience(audience.audience_id), add=counts)
    return tx


def _frozen(
    context: Context,
    audience: Audience,
    part: AudiencePart,
    people: Sequence[Invited],
    item: Item,
    before: ConditionBase,
    expires_at: int,
) -> Transaction:
    tx = Transaction()
    tx.put(item, when=before, label="part")
    if people:
        page = PeoplePage(shard=part.shard, page=part.pages, people=tuple(people))
        key = keys.audience_people(audience.audience_id, part.shard, part.pages)
        tx.put({**key.as_item(), **to_item(page), "expires_at": expires_at})
    if part.done:
        owner = keys.audience(audience.audience_id)
        record_event(tx, context, owner, SHARD_FROZEN, audience_id=audience.audience_id, issue_id=audience.issue_id)
    return tx


def next_people(table: Table, audience_id: str, shard: int, page: int) -> PeoplePage | None:
    """The first page of people of this shard from this number on. One call."""
    first, last = (keys.audience_people(audience_id, shard, number) for number in (page, 999_999))
    found = table.query(first.pk, between=(first.sk, last.sk), limit=1, consistent=True).items
    return from_item(PeoplePage, found[0]) if found else None


def _parts(items: Iterable[Item]) -> list[AudiencePart]:
    parts = (from_item(AudiencePart, item) for item in items)
    return sorted((replace(part, left_out=part.left_out or {}) for part in parts), key=lambda part: part.shard)
