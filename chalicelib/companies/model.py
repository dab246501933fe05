"""A company, the people who act for it, and how a sales file names it."""

from typing import Literal, NamedTuple

from chalicelib.platform import Record

MOST_CONTACTS = 10  # of a company

Role = Literal["owner", "buyer", "accountant", "engineer"]


class PastManager(Record):
    """Someone who managed a company until this moment."""

    member_id: str
    until: str


class FormerInn(Record):
    """INN and KPP that a company had until this moment, and who of the staff corrected them."""

    inn: str | None = None
    kpp: str | None = None
    until: str
    by: str


class Contact(Record):
    """A person of the company who is no member: whom managers write to and call."""

    name: str
    position: str = ""
    phone: str | None = None
    email: str | None = None


class Company(Record):
    """The partner. `managers_before`, `inns_before`: newest first. `yearly_total`: its purchases of a year from all its suppliers, as it told them. `origin`: named first by a member, or by a sales file. `joined_into`: the company that it turned out to be; `joined_from`: those that turned out to be this one. `drawn_as`: by what a lasting hold-out draws it, the INN with which it came or itself. `hand_over_id`: of the last hand-over of many companies with it."""

    company_id: str
    name: str
    inn: str | None = None
    kpp: str | None = None
    region: str | None = None
    currency: str
    inns_before: tuple[FormerInn, ...] | None = None
    manager_id: str | None = None
    managers_before: tuple[PastManager, ...] | None = None
    distributor_id: str | None = None
    yearly_total: int | None = None
    contacts: tuple[Contact, ...] | None = None
    hand_over_id: str | None = None
    joined_into: str | None = None
    joined_from: tuple[str, ...] | None = None
    drawn_as: str | None = None
    origin: Literal["member", "import"]
    created_at: str
    version: int


class ClaimedCompany(Record):
    """A company as a claimant named it."""

    name: str
    inn: str
    kpp: str | None = None
    region: str | None = None


class Invitation(Record):
    """The words of an invitation: name and address as the inviting person `by` typed them. `expires_at` in epoch seconds."""

    name: str
    email: str
    by: str
    expires_at: int


class Person(Record):
    """A person who acts for a company, has claimed to, or is invited to. `at` is when that began; a pending person has no role yet."""

    company_id: str
    member_id: str
    role: Role | None = None
    influence: int | None = None
    status: Literal["pending", "invited", "active"]
    claimed: ClaimedCompany | None = None
    invitation: Invitation | None = None
    at: str
    version: int


class FirmMember(NamedTuple):
    """A company with a certain INN, and the currency that it buys in. `kpp` is empty for a sole trader, and while nobody told it."""

    kpp: str
    company_id: str
    currency: str


class CustomerRef(NamedTuple):
    """A customer as a sales file names it: `customer` is the file's own key; the rest are its other columns."""

    customer: str
    name: str
    inn: str | None
    kpp: str | None
    currency: str
