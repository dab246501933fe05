"""Who reads a letter: the address, the language, and the name that it is written to."""

from dataclasses import dataclass
from typing import Any

from chalicelib import members, orders
from chalicelib.platform.figures import Language
from chalicelib.platform.work import Work

Facts = dict[str, Any]


class Unsendable(Exception):
    """There is nobody to send it to, or nothing to tell any more. The message is the reason, as the letter keeps it."""


@dataclass(frozen=True, slots=True)
class Reader:
    address: str
    language: Language
    name: str


def member_reader(work: Work, member_id: str) -> Reader:
    member = members.member(work, member_id)
    if member is None:
        raise Unsendable("recipient_gone")
    return Reader(member.email, member.language, member.name)


def speaking_reader(work: Work, member_id: str, company_id: str) -> Reader:
    """For what only the company's people may read: whoever left it may work for another one by now."""
    member, membership = members.with_membership(work, member_id)
    if member is None:
        raise Unsendable("recipient_gone")
    if membership is None or (membership.owner, membership.status) != (company_id, "active"):
        raise Unsendable("no_longer_speaks")
    return Reader(member.email, member.language, member.name)


def distributor_reader(work: Work, distributor_id: str) -> Reader:
    distributor = orders.distributor(work, distributor_id)
    if distributor is None:
        raise Unsendable("recipient_gone")
    return Reader(distributor.email, distributor.language, distributor.name)
