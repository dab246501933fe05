"""The members' items. See `keys.py`."""

from collections.abc import Collection, Iterator
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.members import keys
from chalicelib.members.model import Leaver, Member, Membership
from chalicelib.platform import Problem
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.access.rights import acts_for
from chalicelib.platform.spelling.email_address import mailbox_of
from chalicelib.table import Item, Page, Table, Transaction, shard_of


def read(table: Table, member_id: str) -> Member | None:
    item = table.get(keys.member(member_id), consistent=True)
    return Member.from_item(item) if item else None


def read_many(table: Table, member_ids: list[str]) -> dict[str, Member]:
    found = table.get_many(keys.member(each) for each in member_ids)
    return {item["member_id"]: Member.from_item(item) for item in found.values()}


def read_with_membership(
    table: Table, member_id: str, *, consistent: bool = False
) -> tuple[Member | None, Membership | None]:
    """Both in one query: they lie side by side."""
    first, last = access_keys.membership(member_id), keys.member(member_id)
    items = {
        item["sk"]: item for item in table.query(first.pk, between=(first.sk, last.sk), consistent=consistent).items
    }
    profile, membership = items.get(last.sk), items.get(first.sk)
    return (Member.from_item(profile) if profile else None, Membership.from_item(membership) if membership else None)


def read_owner(table: Table, email: str) -> str | None:
    item = table.get(keys.email_owner(email), consistent=True)
    return str(item["member_id"]) if item else None


def create(tx: Transaction, member: Member) -> None:
    """A new member and the mark that holds the address. Refused with label `email` if it has an owner already."""
    tx.create({**keys.email_owner(member.email).as_item(), "member_id": member.member_id}, label="email")
    tx.create(item_of(member), label="member")


def item_of(member: Member) -> Item:
    listed = _listed(member.member_id, member.email)
    return {**keys.member(member.member_id).as_item(), **listed, **member.model_dump(exclude_none=True)}


def _listed(member_id: str, email: str) -> Item:
    """People of one mailbox lie in one shard, so that whoever reads shards side by side has them in one order."""
    return keys.member_list(shard_of(mailbox_of(email)), member_id).as_gsi1()


def page_of_all(table: Table, shard: int, limit: int, after: dict[str, str] | None) -> Page:
    return table.query(keys.member_list(shard, "").pk, index="gsi1", limit=limit, after=after)


def read_memberships(table: Table, member_ids: Collection[str]) -> dict[str, Membership]:
    found = table.get_many(access_keys.membership(each) for each in member_ids)
    return {
        each: Membership.from_item(item) for each in member_ids if (item := found.get(access_keys.membership(each)))
    }


def change(tx: Transaction, member_id: str, version: int, changes: dict[str, Any]) -> None:
    """Sets what is not None and removes what is. Refused with label `version` if someone else was first."""
    tx.update(
        keys.member(member_id),
        put={"version": version + 1, **{name: value for name, value in changes.items() if value is not None}},
        remove=[name for name, value in changes.items() if value is None],
        when=Attr("version").eq(version),
        label="version",
    )


def move_out(tx: Transaction, member: Member, membership: Membership | None) -> None:
    """The profile becomes that of a leaver, address and membership are free. Refused with label `version` or `theirs` if either has changed."""
    acted = membership.model_dump(include={"kind", "owner"}) if membership else {}
    tx.delete(keys.member(member.member_id), when=Attr("version").eq(member.version), label="version")
    tx.put({**keys.leaver(member.member_id).as_item(), **member.model_dump(exclude_none=True), **acted})
    if membership and membership.is_of_company:
        # For those who were confirmed before the club noted it.
        _note_spoken_for(tx, member.member_id, membership.owner)
    theirs = Attr("pk").not_exists() | Attr("member_id").eq(member.member_id)
    tx.delete(keys.email_owner(member.email), when=theirs, label="version")
    tx.delete(access_keys.membership(member.member_id), when=as_read(membership), label="theirs")


def spoken_for(table: Table, member_id: str) -> list[str]:
    """The companies that the member acts for, or has acted for: what a pending claim names is none of them."""
    found = table.query_all(keys.spoken_for(member_id, ""), consistent=True)
    return [item["company_id"] for item in found]


def read_leaver(table: Table, member_id: str) -> Leaver | None:
    item = table.get(keys.leaver(member_id), consistent=True)
    return Leaver.from_item(item) if item else None


def change_email(tx: Transaction, member: Member, email: str, at: str) -> None:
    """Refused with label `email` if it has an owner already, `version` if the member has changed."""
    tx.create({**keys.email_owner(email).as_item(), "member_id": member.member_id}, label="email")
    tx.delete(keys.email_owner(member.email), when=Attr("member_id").eq(member.member_id), label="version")
    changes = {"email": email, "email_confirmed_at": at, **_listed(member.member_id, email)}
    change(tx, member.member_id, member.version, changes)


def consent_log(table: Table, member_id: str) -> Iterator[Item]:
    """The answers of a member, the oldest first."""
    return table.query_all(keys.member(member_id).pk, starts="CONSENTLOG#")


def log_consent(tx: Transaction, member_id: str, version: int, purpose: str, consent: Item) -> None:
    """`version`: the member's version before the change."""
    tx.put({**keys.consent_log(member_id, version + 1, purpose).as_item(), "purpose": purpose, **consent})


def check_consent(tx: Transaction, member_id: str, purpose: str, *, label: str) -> None:
    tx.check(keys.member(member_id), Attr(f"consents.{purpose}.agreed").eq(True), label=label)


def put_membership(
    tx: Transaction, member_id: str, membership: Item, *, when: ConditionBase | None, label: str
) -> None:
    """Refused with `label` if the member already acts for somebody else; a pending word gives way."""
    free = (
        Attr("pk").not_exists()
        | Attr("status").eq("pending")
        | (Attr("kind").eq(membership["kind"]) & Attr("owner").eq(membership["owner"]))
    )
    tx.put({**access_keys.membership(member_id).as_item(), **membership}, when=when or free, label=label)
    if (membership["kind"], membership["status"]) == ("company", "active"):
        _note_spoken_for(tx, member_id, membership["owner"])


def _note_spoken_for(tx: Transaction, member_id: str, company_id: str) -> None:
    tx.put({**keys.spoken_for(member_id, company_id).as_item(), "company_id": company_id})


def drop_membership(tx: Transaction, member_id: str, owner: str, *, when: ConditionBase | None, label: str) -> None:
    theirs = Attr("pk").not_exists() | Attr("owner").eq(owner)
    tx.delete(access_keys.membership(member_id), when=when or theirs, label=label)


def as_read(membership: Membership | None) -> ConditionBase:
    """The condition that the membership is as it was read."""
    if membership is None:
        return Attr("pk").not_exists()
    return (
        Attr("kind").eq(membership.kind)
        & Attr("owner").eq(membership.owner)
        & Attr("role").eq(membership.role)
        & Attr("status").eq(membership.status)
    )


def check_membership(
    tx: Transaction, member_id: str, kind: str, owner: str, roles: Collection[str], refusal: Problem
) -> None:
    """Raises `refusal` at the commit unless the member acts for the owner in one of the roles."""
    acts = acts_for(kind, owner, roles)
    tx.check(access_keys.membership(member_id), acts, label=f"membership of {member_id}", instead=refusal)


def list_staff(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    return table.query(keys.STAFF, index="gsi1", limit=limit, after=after)


def staff_in(table: Table, role: str) -> list[str]:
    """Member ids. The whole staff is read, page by page: they are few."""
    return [item["member_id"] for item in table.query_all(keys.STAFF, index="gsi1", where=Attr("role").eq(role))]
