"""The companies' items. See `keys.py`.

A person of a company is written twice, always in one transaction: PERSON beside the company (who acts for it) and MEMBERSHIP
beside the member (for whom they speak). A change of one changes both, on condition that the membership is still as it was read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.companies import keys
from chalicelib.companies.events import REGISTERED
from chalicelib.companies.model import MOST_CONTACTS, ClaimedCompany, Company, FirmMember, PastManager, Person
from chalicelib.companies.rules import listed_as
from chalicelib.distributors import distributor_key
from chalicelib.members import Membership, membership_key
from chalicelib.table import Item, Joining, Key, Page, Table, Transaction, at_version

_KPP = "kpp:"  # and the KPP: attributes of a firm
_EMPTIED = "emptied"  # a firm without companies: all of them were corrected to another INN
_QUESTION = ("asked_at", "other", "gsi2pk", "gsi2sk")  # of a customer, that waits for the staff
AMONG = 1000  # companies that one page of a filtered list looks at
MOST_MANAGERS = 20  # former ones that a company keeps
MOST_INNS = 20  # former ones that a company keeps
MOST_WAITING = 100  # pending claims that a list of companies looks at

Told = frozenset[str]

# --- reads ------------------------------------------------------------------------------------------------------------


def read(table: Table, company_id: str, *, consistent: bool = False) -> Company | None:
    item = table.get(keys.company(company_id), consistent=consistent)
    return Company.from_item(item) if item else None


def read_many(table: Table, company_ids: Iterable[str]) -> dict[str, Company]:
    found = table.get_many(keys.company(each) for each in company_ids)
    return {item["company_id"]: Company.from_item(item) for item in found.values()}


def read_for(
    table: Table, company_id: str, member_id: str, *, consistent: bool = False
) -> tuple[Company | None, Membership | None]:
    """The company, and whom this member acts for by now: one call."""
    company, membership = keys.company(company_id), membership_key(member_id)
    found = table.get_many([company, membership], consistent=consistent)
    return _company(found.get(company)), _membership(found.get(membership))


def read_claim(table: Table, member_id: str, inn: str, told: Key) -> tuple[Membership | None, list[FirmMember], Told]:
    """The member's membership, the companies with this INN, and the letters of the day. One call in every case."""
    membership, firm = membership_key(member_id), keys.firm(inn)
    found = table.get_many([membership, firm, told], consistent=True)
    return _membership(found.get(membership)), _firm(found.get(firm, {})), _told(found.get(told))


def read_told(table: Table, told: Key) -> Told:
    """Of whom letters were written in the window of this key."""
    return _told(table.get(told, consistent=True))


def _told(item: Item | None) -> Told:
    return frozenset(item["about"]) if item else frozenset()


def invitations_page(table: Table, member_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Oldest first."""
    return table.query(keys.invitation_list(member_id, "", "").pk, index="gsi1", limit=limit, after=after)


class Scene(NamedTuple):
    """The items on which a change of a company's person depends."""

    company: Company | None
    caller: Membership | None
    person: Person | None
    membership: Membership | None


def read_scene(table: Table, company_id: str, caller_id: str, member_id: str) -> Scene:
    company, person = keys.company(company_id), keys.person(company_id, member_id)
    caller, membership = membership_key(caller_id), membership_key(member_id)
    found = table.get_many([company, caller, person, membership], consistent=True)
    return Scene(
        _company(found.get(company)),
        _membership(found.get(caller)),
        Person.from_item(found[person]) if person in found else None,
        _membership(found.get(membership)),
    )


def people(table: Table, company_id: str, *, consistent: bool = False) -> Iterator[Person]:
    for item in table.query_all(keys.person(company_id, ""), consistent=consistent):
        yield Person.from_item(item)


def people_page(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    return table.query(keys.person(company_id, ""), limit=limit, after=after)


def read_person(table: Table, company_id: str, member_id: str) -> Person | None:
    item = table.get(keys.person(company_id, member_id), consistent=True)
    return Person.from_item(item) if item else None


def invitations(table: Table, member_id: str) -> list[Person]:
    """The invitations of a member that are not accepted, expired ones too. Eventually consistent."""
    return [
        Person.from_item(item) for item in table.query_all(keys.invitation_list(member_id, "", "").pk, index="gsi1")
    ]


def every_company(table: Table) -> Iterator[str]:
    for item in table.query_all(keys.company_list("", "").pk, index="gsi1"):
        yield item["company_id"]


def companies_page(
    table: Table, begins: str, limit: int, after: dict[str, str] | None, where: ConditionBase | None = None
) -> Page:
    """By name. `begins` as people type it. With `where` a page may hold fewer than `limit`, or none, and still have a `last`."""
    listed, starts = keys.company_list("", "").pk, listed_as(begins)
    if where is None:
        return table.query(listed, index="gsi1", starts=starts, limit=limit, after=after)
    return table.query_some(listed, index="gsi1", starts=starts, where=where, limit=limit, among=AMONG, after=after)


def listed_with(region: str | None, manager_id: str | None) -> ConditionBase | None:
    """The condition that a company has this region and this manager; None: any. An empty manager: it has none."""
    wanted: list[ConditionBase] = [Attr("region").eq(region)] if region else []
    if manager_id is not None:
        wanted.append(Attr("manager_id").eq(manager_id) if manager_id else Attr("manager_id").not_exists())
    return reduce(and_, wanted) if wanted else None


def claims_page(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Pending claims, the oldest first."""
    return table.query(keys.claim_list("", "", "").pk, index="gsi2", limit=limit, after=after)


def firms(table: Table, inns: Iterable[str]) -> dict[str, list[FirmMember]]:
    """The companies of each INN, by INN; those that have any."""
    wanted = {keys.firm(inn): inn for inn in inns}
    return {wanted[key]: _firm(item) for key, item in table.get_many(wanted, consistent=True).items()}


def customer_questions_page(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Customers of files whose INN is that of another company, the oldest question first."""
    return table.query(keys.customer_question_list("", "", "").pk, index="gsi2", limit=limit, after=after)


def customers_page(table: Table, company_id: str, limit: int) -> Page:
    """The markers of the customers that are this company."""
    return table.query(keys.customers_of(company_id, "", "").pk, index="gsi1", limit=limit)


def customer_of(marker: Item) -> tuple[str, str]:
    """Source and key of the customer of this marker."""
    _, source, customer = str(marker["pk"]).split("#", 2)
    return source, customer


def owner_by_customer(table: Table, source: str, customer: str) -> str | None:
    item = table.get(keys.customer_owner(source, customer), consistent=True)
    return str(item["company_id"]) if item else None


def markers(table: Table, wanted: Iterable[Key]) -> dict[Key, Item]:
    """Those that exist; each names its `company_id`, the `currency` that this company buys in, and the `inn` that came with the customer."""
    return table.get_many(wanted, consistent=True)


# --- changes ----------------------------------------------------------------------------------------------------------


def create(tx: Transaction, company: Company, others: Sequence[FirmMember] = ()) -> None:
    """A new company beside `others` of its INN. Refused with label `inn` if another one has its INN and KPP."""
    tx.create(
        {
            **keys.company(company.company_id).as_item(),
            **_listed(company.name, company.company_id),
            **company.model_dump(exclude_none=True),
            "drawn_as": company.inn or company.company_id,
            "event": REGISTERED,
        },
        label="company",
    )
    if company.inn:
        member = FirmMember(company.kpp or "", company.company_id, company.currency)
        join_firm(tx, company.inn, member, others)


def join_firm(tx: Transaction, inn: str, member: FirmMember, others: Sequence[FirmMember]) -> None:
    """Adds the company to those of its INN, in place of its own entry without a KPP. Refused with label `inn` if that KPP is taken.

    The first company of an INN is refused beside any other: one may be known by its INN alone.
    """
    name, unnamed = f"{_KPP}{member.kpp}", FirmMember("", member.company_id, member.currency)
    tx.update(
        keys.firm(inn),
        put={name: {"company_id": member.company_id, "currency": member.currency}},
        remove=[_EMPTIED, *([_KPP] if member.kpp and unnamed in others else [])],
        when=Attr(name).not_exists() if others else Attr("pk").not_exists() | Attr(_EMPTIED).exists(),
        label="inn",
    )


def correct_firm(
    tx: Transaction, company: Company, inn: str, kpp: str, known: Mapping[str, Sequence[FirmMember]]
) -> None:
    """Takes the company from under its INN and KPP and puts it under these. `known`: the companies of both INNs, as read. Refused with label `inn`.

    An INN that nobody has any more stays as an empty item, which only the next first company of it takes.
    """
    member = FirmMember(kpp, company.company_id, company.currency)
    before, same = known.get(company.inn or "", ()), company.inn == inn
    theirs = [each for each in before if each.company_id == company.company_id]
    gone = [f"{_KPP}{each.kpp}" for each in theirs if not same or each.kpp == (company.kpp or "")]
    # It has the entry already where a company with these was joined into it.
    has = any(each.kpp == kpp and each.company_id == company.company_id for each in known.get(inn, ()))
    if gone:
        still: ConditionBase = reduce(and_, (Attr(f"{name}.company_id").eq(company.company_id) for name in gone))
        rest = [name for each in before if (name := f"{_KPP}{each.kpp}") not in gone]
        put: dict[str, Any] = {} if rest else {_EMPTIED: True}
        if rest:  # is still there: else nobody would say that the firm is empty
            still &= Attr(rest[0]).exists()
        if same:
            put = {f"{_KPP}{kpp}": {"company_id": member.company_id, "currency": member.currency}}
            still &= (
                Attr(f"{_KPP}{kpp}.company_id").eq(company.company_id) if has else Attr(f"{_KPP}{kpp}").not_exists()
            )
        tx.update(keys.firm(str(company.inn)), put=put, remove=gone, when=still, label="inn")
    if not has and not (same and gone):
        join_firm(tx, inn, member, known.get(inn, ()))


def answer_customer(tx: Transaction, marker: Item) -> None:
    """The question about this customer is answered: its company has the INN that came with it. Refused with label `customer`."""
    tx.update(
        keys.customer_owner(*customer_of(marker)),
        remove=_QUESTION,
        when=Attr("company_id").eq(marker["company_id"]),
        label="customer",
    )


def take_inn(tx: Transaction, company_id: str, inn: str, kpp: str) -> None:
    """Gives an INN, or a KPP to its INN, to a company that has none. Refused with label `company` if it has one."""
    free = Attr("inn").not_exists() | (Attr("inn").eq(inn) & Attr("kpp").not_exists())
    facts = {"inn": inn, "kpp": kpp} if kpp else {"inn": inn}
    tx.update(keys.company(company_id), put=facts, add={"version": 1}, when=free, label="company")


def mark_customer(
    tx: Transaction, source: str, customer: str, company_id: str, currency: str, inn: str | None, made_by: str | None
) -> None:
    """`inn`: the one that came with the customer. `made_by` is kept where the company was made for this customer."""
    listed = keys.customers_of(company_id, source, customer).as_gsi1()
    marker = {
        **keys.customer_owner(source, customer).as_item(),
        **listed,
        "company_id": company_id,
        "currency": currency,
    }
    optional = {"inn": inn, "made_by": made_by}
    tx.create({**marker, **{name: value for name, value in optional.items() if value}}, label="customer")


def name_customer(tx: Transaction, source: str, customer: str, company_id: str, inn: str) -> None:
    """Keeps the INN that came with a customer later."""
    tx.update(
        keys.customer_owner(source, customer),
        put={"inn": inn},
        when=Attr("company_id").eq(company_id) & Attr("inn").not_exists(),
        label="customer",
    )


def relink_customer(tx: Transaction, source: str, customer: str, company_id: str, to: Company) -> None:
    """Gives the customer to another company, and answers the question about it. Refused with label `customer` if it is not of `company_id`."""
    tx.update(
        keys.customer_owner(source, customer),
        put={
            "company_id": to.company_id,
            "currency": to.currency,
            **keys.customers_of(to.company_id, source, customer).as_gsi1(),
        },
        remove=_QUESTION,
        when=Attr("company_id").eq(company_id),
        label="customer",
    )


def ask_about_customer(
    tx: Transaction, at: str, source: str, customer: str, company_id: str, inn: str, other: str | None
) -> None:
    """Puts before the staff that a customer of this company has an INN of another one. Asked once; `other` may be unknown."""
    tx.update(
        keys.customer_owner(source, customer),
        put={"inn": inn, "asked_at": at, **({"other": other} if other else {})}
        | keys.customer_question_list(at, source, customer).as_gsi2(),
        when=Attr("company_id").eq(company_id) & Attr("inn").not_exists(),
        label="customer",
    )


def check_known(tx: Transaction, inn: str, member: FirmMember) -> None:
    """As many operations as `create` makes, so that a claim costs the same whether the company was known or not."""
    tx.check(keys.firm(inn), Attr(f"{_KPP}{member.kpp}.company_id").eq(member.company_id), label="inn")
    tx.check(keys.company(member.company_id), Attr("pk").exists(), label="company")


def change(tx: Transaction, company: Company, changes: dict[str, Any], at: str) -> Company:
    """Sets what is not None and removes what is. Refused with label `version` if someone else was first.

    The company keeps the `MOST_MANAGERS` last ones who managed it before.
    """
    put = {name: value for name, value in changes.items() if value is not None}
    before = company.managers_before
    if "manager_id" in changes and company.manager_id:
        before = (PastManager(member_id=company.manager_id, until=at), *(before or ()))[:MOST_MANAGERS]
        put["managers_before"] = [each.model_dump() for each in before]
    if "name" in put:
        put |= _listed(put["name"], company.company_id)
    for name in {"contacts", "inns_before"} & put.keys():
        put[name] = [each.model_dump(exclude_none=True) for each in put[name]]
    tx.update(
        keys.company(company.company_id),
        put={"version": company.version + 1, **put},
        remove=[name for name, value in changes.items() if value is None],
        when=at_version(company.version),
        label="version",
    )
    return company.model_copy(update={**changes, "managers_before": before, "version": company.version + 1})


def join(tx: Transaction, company: Company, into: Company) -> None:
    """Takes the company off the lists; the other one gets its contacts, and its INN if that has none. Refused with label `company` or `into`."""
    tx.update(
        keys.company(company.company_id),
        put={"joined_into": into.company_id, "version": company.version + 1},
        remove=("gsi1pk", "gsi1sk"),
        when=at_version(company.version) & Attr("joined_into").not_exists(),
        label="company",
    )
    free = at_version(into.version) & Attr("joined_into").not_exists()
    given = {name: value for name in ("inn", "kpp") if (value := getattr(company, name)) and not into.inn}
    given["joined_from"] = [*(into.joined_from or ()), company.company_id]
    if known := list(dict.fromkeys((*(into.contacts or ()), *(company.contacts or ()))))[:MOST_CONTACTS]:
        given["contacts"] = [each.model_dump(exclude_none=True) for each in known]
    tx.update(keys.company(into.company_id), put=given, add={"version": 1}, when=free, label="into")


def part(tx: Transaction, company: Company, into: Company, *, took_inn: bool) -> None:
    """Undoes `join`. `took_inn`: the other company has its INN from this one. Refused with label `company` or `into`."""
    tx.update(
        keys.company(company.company_id),
        put={"version": company.version + 1, **_listed(company.name, company.company_id)},
        remove=("joined_into",),
        when=at_version(company.version) & Attr("joined_into").eq(into.company_id),
        label="company",
    )
    others = [each for each in into.joined_from or () if each != company.company_id]
    contacts = [each for each in into.contacts or () if each not in (company.contacts or ())]
    put = {"joined_from": others, "contacts": [each.model_dump(exclude_none=True) for each in contacts]}
    gone = [*(("inn", "kpp") if took_inn else ()), *(name for name, value in put.items() if not value)]
    tx.update(
        keys.company(into.company_id),
        put={name: value for name, value in put.items() if value},
        add={"version": 1},
        remove=gone,
        when=at_version(into.version),
        label="into",
    )


def give_firm(
    tx: Transaction, inn: str, members: Sequence[FirmMember], company_id: str, to: str, gone: Sequence[FirmMember] = ()
) -> None:
    """Gives the entries of this company under the INN to the other one, and those that are there no more. Refused with label `inn`."""
    theirs = [member for member in members if member.company_id == company_id]
    given = [*theirs, *gone]
    if given:
        same = [Attr(f"{_KPP}{each.kpp}.company_id").eq(company_id) for each in theirs]
        tx.update(
            keys.firm(inn),
            put={f"{_KPP}{each.kpp}": {"company_id": to, "currency": each.currency} for each in given},
            remove=(_EMPTIED,) if gone else (),
            when=reduce(and_, [*same, *(Attr(f"{_KPP}{each.kpp}").not_exists() for each in gone)]),
            label="inn",
        )


def read_person_of_both(
    table: Table, company_id: str, other_id: str, member_id: str
) -> tuple[Item | None, Item | None, Membership | None]:
    """The person of each of two companies, as stored, and whom they act for. One call."""
    own, other = keys.person(company_id, member_id), keys.person(other_id, member_id)
    found = table.get_many([own, other, membership_key(member_id)], consistent=True)
    return found.get(own), found.get(other), _membership(found.get(membership_key(member_id)))


def move_person(tx: Transaction, item: Item, to: str, over: Item | None) -> None:
    """Moves the stored person to another company, in place of `over`, their stored record there. Refused with label `person` or `old person`."""
    member_id, at = item["member_id"], item["at"]
    drop_person(tx, item)
    moved = {**item, **keys.person(to, member_id).as_item(), "company_id": to}
    if "gsi1pk" in item:
        moved |= keys.invitation_list(member_id, at, to).as_gsi1()
    if "gsi2pk" in item:
        moved |= keys.claim_list(at, to, member_id).as_gsi2()
    tx.put(moved, when=at_version(over["version"] if over else 0), label="person")


def drop_person(tx: Transaction, item: Item) -> None:
    """Refused with label `old person` after a change of the stored person."""
    old = keys.person(item["company_id"], item["member_id"])
    tx.delete(old, when=at_version(item["version"]), label="old person")


def check_distributor(tx: Transaction, distributor_id: str) -> None:
    tx.check(distributor_key(distributor_id), Attr("pk").exists(), label="distributor")


def put_told(tx: Transaction, told: Key, known: Told, about: str, expires_at: int, most: int) -> None:
    """At most so many letters about a day. Refused with label `told` if another letter was written meanwhile."""
    tx.update(
        told,
        join={"about": Joining({about}, most)},
        put={"expires_at": expires_at},
        when=Attr("about").size().eq(len(known)) if known else Attr("about").not_exists(),
        label="told",
    )


def put_claim(tx: Transaction, company_id: str, member_id: str, claimed: ClaimedCompany, at: str) -> None:
    """The person asks to act for the company. A repeated claim keeps its place in the line; an invitation gives way to the claim."""
    tx.update(
        keys.person(company_id, member_id),
        put={
            "company_id": company_id,
            "member_id": member_id,
            "status": "pending",
            "claimed": claimed.model_dump(exclude_none=True),
        },
        default={"at": at, **keys.claim_list(at, company_id, member_id).as_gsi2()},
        add={"version": 1},
        remove=("role", "influence", "invitation", "gsi1pk", "gsi1sk", "expires_at"),
        when=Attr("pk").not_exists() | Attr("status").is_in(["pending", "invited"]),
        label="person",
    )


def drop_claim(tx: Transaction, company_id: str, member_id: str) -> None:
    tx.delete(
        keys.person(company_id, member_id),
        when=Attr("pk").not_exists() | Attr("status").eq("pending"),
        label="earlier claim",
    )


def put_person(tx: Transaction, person: Person, before: Person | None) -> None:
    """An active or invited person, in place of what was there. Refused with label `person` if that has changed."""
    tx.put(
        {
            **keys.person(person.company_id, person.member_id).as_item(),
            **_invited(person),
            **person.model_dump(exclude_none=True),
        },
        when=at_version(before.version if before else 0),
        label="person",
    )


def _invited(person: Person) -> Item:
    if person.invitation is None:
        return {}
    listed = keys.invitation_list(person.member_id, person.at, person.company_id)
    return {**listed.as_gsi1(), "expires_at": person.invitation.expires_at}


def delete_person(tx: Transaction, person: Person) -> None:
    tx.delete(keys.person(person.company_id, person.member_id), when=at_version(person.version), label="person")


def check_owner(tx: Transaction, company_id: str, member_id: str) -> None:
    still_owner = Attr("status").eq("active") & Attr("role").eq("owner")
    tx.check(keys.person(company_id, member_id), still_owner, label="owner")


def _firm(item: Item) -> list[FirmMember]:
    named = {name.removeprefix(_KPP): value for name, value in item.items() if name.startswith(_KPP)}
    return [FirmMember(kpp, value["company_id"], value["currency"]) for kpp, value in sorted(named.items())]


def _listed(name: str, company_id: str) -> dict[str, str]:
    return keys.company_list(listed_as(name), company_id).as_gsi1()


def _company(item: Item | None) -> Company | None:
    return Company.from_item(item) if item else None


def _membership(item: Item | None) -> Membership | None:
    return Membership.from_item(item) if item else None
