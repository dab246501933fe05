"""Companies and who may speak for them.

Naming a company proves nothing: a claim is answered with the claimant's own words, whatever the club knows of that company, and
after the same calls. Only a manager of the club or the company's owner turns a claim into a voice.

Each change reads what it needs, decides, and commits under the condition that nothing of it has changed; if something has, it
decides anew.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any, TypeGuard, TypeVar

from chalicelib import members
from chalicelib.companies import keys, rules, store
from chalicelib.companies.config import Fact, PrivilegeRules
from chalicelib.companies.events import (
    CHANGED,
    CLAIM_REFUSED,
    MANAGER_CHANGED,
    PERSON_CHANGED,
    PERSON_CLAIMED,
    PERSON_CONFIRMED,
    PERSON_REMOVED,
)
from chalicelib.companies.model import Claimed, Company, Person
from chalicelib.companies.schemas import (
    Claim,
    ClaimDecision,
    ClaimDecisionForm,
    ClaimForm,
    CompanyChange,
    CompanyShown,
    InvitationForm,
    PersonChange,
    PersonShown,
    Privilege,
    Privileges,
    StaffCompany,
    StaffCompanyDetail,
    StaffPerson,
    Waiting,
)
from chalicelib.members import Member, Membership
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.scopes import COMPANY_ROLES, STAFF_ROLES
from chalicelib.platform.club_config import Club
from chalicelib.platform.context import Work
from chalicelib.platform.events import EventType, record
from chalicelib.platform.http.problems import Problem
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Refused, Transaction

Result = TypeVar("Result")
Position = dict[str, str] | None

CALLER = "membership"  # label of the check that the caller still is who the token says

_MANAGING = [role for role, scopes in COMPANY_ROLES.items() if "people.write" in scopes]
_CHANGING = [role for role, scopes in COMPANY_ROLES.items() if "company.write" in scopes]
_CONFIRMING = [role for role, scopes in STAFF_ROLES.items() if "staff.companies.write" in scopes]


def company(work: Work, company_id: str) -> Company | None:
    return store.read(work.table, company_id)


def company_by_inn(work: Work, inn: str, kpp: str | None) -> Company | None:
    company_id = store.owner_by_inn(work.table, inn, kpp)
    return company(work, company_id) if company_id else None


def people(work: Work, company_id: str) -> list[Person]:
    """All who speak for the company or ask to; look at each one's `status`."""
    return list(store.people(work.table, company_id))


def every_company(work: Work) -> Iterator[str]:
    """All ids, by name, page after page: for work that a change of the club's figures brings to everybody, never for a request."""
    return store.every_company(work.table)


def some_companies(work: Work, limit: int, after: Position) -> tuple[list[Company], Position]:
    """The next so many of all companies, and where to go on, for work on everybody that is done in steps. One call.

    They come by name. Eventually consistent: one made or renamed meanwhile may be missed, or met twice.
    """
    page = store.companies_page(work.table, "", limit, after)
    return [Company.from_item(item) for item in page.items], page.last


def check_active(tx: Transaction, company_id: str, member_id: str, roles: Collection[str]) -> None:
    """The transaction is refused, with label `membership`, unless the member speaks for the company in one of the roles.

    For all that moves money, bonus or orders: a token outlives the removal of its holder by some minutes. Answer the refusal
    with `no_longer_speaks()`.
    """
    store.check_membership(tx, member_id, "company", company_id, roles, label=CALLER)


def check_staff(tx: Transaction, member_id: str, roles: Collection[str], *, label: str = CALLER) -> None:
    """The same of one of the club's staff."""
    store.check_membership(tx, member_id, "staff", members.STAFF_OWNER, roles, label=label)


def no_longer_speaks() -> Problem:
    return Problem("scope_missing", "You do not speak for this company in this role any more. Refresh your session.")


@retry("company", "inn", "person", "earlier claim", "theirs", "owner", "version", "email", "member")
def _decide_anew(work: Work, attempt: Callable[[], Result]) -> Result:
    """Reads and decides again while others change the same things."""
    try:
        return attempt()
    except Refused as refused:
        if CALLER in refused:
            raise no_longer_speaks() from None
        raise


# --- claims -----------------------------------------------------------------------------------------------------------


def claim(work: Work, member_id: str, form: ClaimForm) -> Claim:
    """The member asks to speak for a company, instead of the one they asked for before. Raises 409 once they speak for one.

    May be repeated: the same claim again keeps its place among those who wait, and tells nobody a second time.
    """
    claimed = Claimed(name=form.name, inn=form.inn, kpp=form.kpp, region=form.region)

    def attempt() -> None:
        membership, known = store.read_claim(work.table, member_id, form.inn, form.kpp)
        if membership and membership.status == "active":
            raise Problem("already_exists", "You speak for somebody already.")
        tx = Transaction()
        if known:
            company_id = known
            store.check_known(tx, form.inn, form.kpp, company_id)
        else:
            company_id = work.new_id("com")
            store.create(tx, _named_by_member(work, company_id, claimed))
        store.put_claim(tx, company_id, member_id, claimed, work.at)
        _appoint(tx, membership, company_id, member_id, role="", status="pending")
        _leave_earlier_claim(tx, membership, company_id, member_id)
        if not _of_company(membership, company_id):
            _record(tx, work, company_id, PERSON_CLAIMED, member_id=member_id)
        work.table.commit(tx)

    _decide_anew(work, attempt)
    return Claim(**claimed.model_dump())


def _named_by_member(work: Work, company_id: str, claimed: Claimed) -> Company:
    return Company(
        **claimed.model_dump(),
        company_id=company_id,
        currency=work.config[Club].currency,
        origin="member",
        created_at=work.at,
        version=1,
    )


def _leave_earlier_claim(tx: Transaction, membership: Membership | None, company_id: str, member_id: str) -> None:
    if membership and membership.kind == "company" and membership.owner != company_id:
        store.drop_claim(tx, membership.owner, member_id)


def decide_claim(work: Work, staff_id: str, company_id: str, form: ClaimDecisionForm) -> ClaimDecision:
    """A manager confirms that the person speaks for the company, or refuses the claim. The same word twice is one.

    The first confirmation also gives the company its personal manager.
    """

    def attempt() -> ClaimDecision:
        scene = store.read_scene(work.table, company_id, staff_id, form.member_id)
        if staff_id == form.member_id or not _is_staff(scene.caller, _CONFIRMING):
            raise Problem("scope_missing", "You are no manager of the club any more. Refresh your session.")
        if scene.company is None:
            raise Problem("not_found")
        if form.decision == "refuse":
            return _refuse(work, staff_id, scene.company, scene, form.member_id)
        return _confirm(work, staff_id, scene.company, scene, form)

    return _decide_anew(work, attempt)


def _refuse(work: Work, staff_id: str, company: Company, scene: store.Scene, member_id: str) -> ClaimDecision:
    refused = ClaimDecision(
        company_id=company.company_id, member_id=member_id, status="refused", role=None, manager_id=company.manager_id
    )
    if scene.person is None:
        if members.member(work, member_id) is None:
            raise Problem("not_found")
        return refused
    if scene.person.status == "active":
        raise Problem("wrong_state", "This person is confirmed already.")
    tx = Transaction()
    check_staff(tx, staff_id, _CONFIRMING)
    _remove(tx, scene.person, scene.membership)
    _record(tx, work, company.company_id, CLAIM_REFUSED, member_id=member_id, by=staff_id)
    work.table.commit(tx)
    return refused


def _confirm(work: Work, staff_id: str, company: Company, scene: store.Scene, form: ClaimDecisionForm) -> ClaimDecision:
    if scene.person is None:
        raise Problem("not_found", "This person does not ask to speak for this company.")
    if scene.person.status == "active":
        if scene.person.role != form.role:
            raise Problem("wrong_state", f"This person is confirmed already, as {scene.person.role}.")
        return _decision(company, scene.person)
    manager_id = form.manager_id or company.manager_id or staff_id
    confirmed = scene.person.model_copy(
        update={"role": form.role, "status": "active", "version": scene.person.version + 1}
    )
    tx = Transaction()
    check_staff(tx, staff_id, _CONFIRMING)
    if form.manager_id and form.manager_id != staff_id:
        if form.manager_id == form.member_id:
            raise _no_manager()
        check_staff(tx, form.manager_id, list(STAFF_ROLES), label="manager")
    if manager_id != company.manager_id:
        store.change(tx, company, {"manager_id": manager_id})
        handed = {"from_manager": company.manager_id, "to_manager": manager_id, "by": staff_id}
        _record(tx, work, company.company_id, MANAGER_CHANGED, **handed)
    if form.role != "owner" and not _check_another_owner(work, tx, company.company_id, form.member_id):
        raise Problem.invalid("owner_first", "/role", "The first person of a company is its owner.")
    _activate(tx, confirmed, scene)
    _record_confirmed(tx, work, confirmed, by=staff_id)
    try:
        work.table.commit(tx)
    except Refused as refused:
        if "manager" in refused:
            raise _no_manager() from None
        raise
    return _decision(company.model_copy(update={"manager_id": manager_id}), confirmed)


def _no_manager() -> Problem:
    return Problem.invalid("not_staff", "/manager_id", "This is nobody of the club's staff.")


def _decision(company: Company, person: Person) -> ClaimDecision:
    return ClaimDecision(
        company_id=company.company_id,
        member_id=person.member_id,
        status="active",
        role=person.role,
        manager_id=company.manager_id,
    )


# --- the company ------------------------------------------------------------------------------------------------------


def show(work: Work, company_id: str, member_id: str) -> tuple[CompanyShown, int]:
    """The profile and its version. One call; it also tells whether the caller was removed since the token was made."""
    found, membership = store.read_for(work.table, company_id, member_id)
    if found is None or not _speaks(membership, company_id):
        raise no_longer_speaks()
    return _shown(found), found.version


def change(work: Work, company_id: str, member_id: str, version: int, form: CompanyChange) -> tuple[CompanyShown, int]:
    """Raises 412 when the version is no longer that one."""
    changes = form.model_dump(exclude_unset=True)
    if "name" in changes and changes["name"] is None:
        raise Problem.invalid("required", "/name", "A company has a name.")
    found, membership = store.read_for(work.table, company_id, member_id, consistent=True)
    if found is None or not _speaks(membership, company_id, _CHANGING):
        raise no_longer_speaks()
    if found.version != version:
        raise Problem("precondition_failed")
    changed = found.model_copy(update=changes)
    if changed == found:
        return _shown(found), found.version
    tx = Transaction()
    check_active(tx, company_id, member_id, _CHANGING)
    store.change(tx, found, changes)
    if changed.distributor_id and changed.distributor_id != found.distributor_id:
        store.check_distributor(tx, changed.distributor_id)
    _record(tx, work, company_id, CHANGED, changes=changes, by=member_id)
    try:
        work.table.commit(tx)
    except Refused as refused:
        raise _why_unchanged(refused) from None
    return _shown(changed), found.version + 1


def _why_unchanged(refused: Refused) -> Problem:
    if CALLER in refused:
        return no_longer_speaks()
    if "distributor" in refused:
        return Problem.invalid("unknown_distributor", "/distributor_id", "There is no such distributor.")
    return Problem("precondition_failed")


def _shown(found: Company) -> CompanyShown:
    return CompanyShown(**found.model_dump(include=set(CompanyShown.model_fields)))


# --- its people -------------------------------------------------------------------------------------------------------


def list_people(
    work: Work, company_id: str, caller_id: str, limit: int, after: Position
) -> tuple[list[PersonShown], Position]:
    _, membership = store.read_for(work.table, company_id, caller_id)
    if not _speaks(membership, company_id):
        raise no_longer_speaks()
    page = store.people_page(work.table, company_id, limit, after)
    found = [Person.from_item(item) for item in page.items]
    named = members.members(work, [person.member_id for person in found])
    return [_person_shown(person, named.get(person.member_id)) for person in found], page.last


def invite(work: Work, company_id: str, caller_id: str, form: InvitationForm) -> PersonShown:
    """The owner lets a person speak for the company, at once: a new member, or one who speaks for nobody yet.

    Raises 409 for one who speaks for somebody, without telling for whom.
    """

    def attempt() -> PersonShown:
        tx = Transaction()
        invited = members.join_or_find(
            work, tx, name=form.name, email=form.email, language=form.language or work.config[Club].default_language
        )
        scene = store.read_scene(work.table, company_id, caller_id, invited.member_id)
        if not _speaks(scene.caller, company_id, _MANAGING):
            raise no_longer_speaks()
        if _of_company(scene.membership, company_id) and scene.membership.status == "active":
            raise Problem("already_exists", "This person speaks for your company already.")
        if scene.membership and scene.membership.status == "active":
            raise Problem("conflict", "This person cannot be invited: they speak for somebody already.")
        person = Person(
            company_id=company_id,
            member_id=invited.member_id,
            role=form.role,
            influence=form.influence,
            status="active",
            at=work.at,
            version=scene.person.version + 1 if scene.person else 1,
        )
        check_active(tx, company_id, caller_id, _MANAGING)
        store.put_person(tx, person, scene.person)
        _appoint(tx, scene.membership, company_id, invited.member_id, role=form.role, status="active")
        _leave_earlier_claim(tx, scene.membership, company_id, invited.member_id)
        _record_confirmed(tx, work, person, by=caller_id)
        work.table.commit(tx)
        return _person_shown(person, invited)

    return _decide_anew(work, attempt)


def change_person(
    work: Work, company_id: str, caller_id: str, member_id: str, version: int, form: PersonChange
) -> PersonShown:
    """The owner confirms one who waits, or changes a role or an influence. The last active owner stays one: 409."""
    changes = form.model_dump(exclude_unset=True)
    for name in ("role", "status"):
        if name in changes and changes[name] is None:
            raise Problem.invalid("required", f"/{name}", "This cannot be empty.")

    def attempt() -> Person:
        scene = store.read_scene(work.table, company_id, caller_id, member_id)
        if not _speaks(scene.caller, company_id, _MANAGING):
            raise no_longer_speaks()
        if scene.person is None:
            raise Problem("not_found")
        if scene.person.version != version:
            raise Problem("precondition_failed")
        before, after = scene.person, scene.person.model_copy(update=changes)
        if after == before:
            return before
        if after.status == "pending":
            raise Problem("wrong_state", "This person waits: confirm them first, with status active and a role.")
        if after.role is None:
            raise Problem.invalid("required", "/role", "In which role does this person speak for the company?")
        after = after.model_copy(update={"version": before.version + 1})
        tx = Transaction()
        if rules.is_owner(before) and not rules.is_owner(after):
            _check_owner_stays(work, tx, company_id, caller_id, member_id)
        if caller_id != member_id or after.role == before.role:
            check_active(tx, company_id, caller_id, _MANAGING)
        if after.role == before.role:
            store.put_person(tx, after, before)
        else:
            _activate(tx, after, scene)
        if before.status == "pending":
            _record_confirmed(tx, work, after, by=caller_id)
        else:
            _record(tx, work, company_id, PERSON_CHANGED, member_id=member_id, changes=changes, by=caller_id)
        work.table.commit(tx)
        return after

    changed = _decide_anew(work, attempt)
    return _person_shown(changed, members.member(work, member_id))


def remove_person(work: Work, company_id: str, caller_id: str, member_id: str) -> None:
    """The owner removes a person or refuses a claim; anybody may leave. The last active owner stays: 409."""
    allowed = COMPANY_ROLES if caller_id == member_id else _MANAGING

    def attempt() -> None:
        scene = store.read_scene(work.table, company_id, caller_id, member_id)
        if not _speaks(scene.caller, company_id, allowed):
            raise no_longer_speaks()
        if scene.person is None:
            raise Problem("not_found")
        tx = Transaction()
        if caller_id != member_id:
            check_active(tx, company_id, caller_id, allowed)
        if rules.is_owner(scene.person):
            _check_owner_stays(work, tx, company_id, caller_id, member_id)
        _remove(tx, scene.person, scene.membership)
        happened = CLAIM_REFUSED if scene.person.status == "pending" else PERSON_REMOVED
        _record(tx, work, company_id, happened, member_id=member_id, by=caller_id)
        work.table.commit(tx)

    _decide_anew(work, attempt)


def _check_owner_stays(work: Work, tx: Transaction, company_id: str, caller_id: str, leaving: str) -> None:
    """Raises 409 for the last owner. Where an owner changes another one, the caller is the owner who stays, and is checked."""
    if caller_id == leaving and not _check_another_owner(work, tx, company_id, leaving):
        raise Problem("conflict", "A company keeps at least one owner: make somebody else an owner first.")


def _check_another_owner(work: Work, tx: Transaction, company_id: str, member_id: str) -> bool:
    """Whether the company has another active owner than this person; the transaction makes sure that it still has."""
    other = rules.another_owner(store.people(work.table, company_id, consistent=True), member_id)
    if other is not None:
        store.check_owner(tx, company_id, other)
    return other is not None


def _activate(tx: Transaction, person: Person, scene: store.Scene) -> None:
    """The person speaks for the company in this role: both sides. Raises 409 if they ask for another company by now."""
    if not _of_company(scene.membership, person.company_id):
        raise Problem("conflict", "This person speaks for somebody else, or asks to, by now.")
    store.put_person(tx, person, scene.person)
    _appoint(tx, scene.membership, person.company_id, person.member_id, role=person.role or "", status="active")


def _remove(tx: Transaction, person: Person, membership: Membership | None) -> None:
    """Both sides; only one where the member speaks for somebody else by now."""
    store.delete_person(tx, person)
    if _of_company(membership, person.company_id):
        members.dismiss(tx, person.member_id, person.company_id, when=store.as_read(membership), label="theirs")


def _appoint(
    tx: Transaction, before: Membership | None, company_id: str, member_id: str, *, role: str, status: Any
) -> None:
    members.appoint(
        tx,
        member_id,
        kind="company",
        owner=company_id,
        role=role,
        status=status,
        when=store.as_read(before),
        label="theirs",
    )


def _of_company(membership: Membership | None, company_id: str) -> TypeGuard[Membership]:
    return membership is not None and membership.kind == "company" and membership.owner == company_id


def _speaks(membership: Membership | None, company_id: str, roles: Collection[str] = tuple(COMPANY_ROLES)) -> bool:
    return _of_company(membership, company_id) and membership.status == "active" and membership.role in roles


def _is_staff(membership: Membership | None, roles: Collection[str]) -> bool:
    return (
        membership is not None
        and membership.kind == "staff"
        and membership.status == "active"
        and membership.role in roles
    )


def _record(tx: Transaction, work: Work, company_id: str, name: EventType, **facts: Any) -> None:
    record(tx, work, keys.company(company_id), name, company_id=company_id, **facts)


def _record_confirmed(tx: Transaction, work: Work, person: Person, *, by: str) -> None:
    _record(tx, work, person.company_id, PERSON_CONFIRMED, member_id=person.member_id, role=person.role, by=by)


def _person_shown(person: Person, member: Member | None) -> PersonShown:
    return PersonShown(**_person_fields(person, member))


def _person_fields(person: Person, member: Member | None) -> dict[str, Any]:
    return {
        **person.model_dump(include={"member_id", "role", "influence", "status", "version"}),
        "name": member.name if member else None,
        "email": member.email if member else None,
        "since": person.at,
    }


# --- what the staff see -----------------------------------------------------------------------------------------------


def list_companies(work: Work, begins: str, limit: int, after: Position) -> tuple[list[StaffCompany], Position]:
    page = store.companies_page(work.table, begins, limit, after)
    return [_for_staff(Company.from_item(item)) for item in page.items], page.last


def list_waiting(work: Work, limit: int, after: Position) -> tuple[list[StaffCompany], Position]:
    """Those who ask to speak for a company, the longest first: what each said of it, beside what it is."""
    page = store.claims_page(work.table, limit, after)
    waiting = [Person.from_item(item) for item in page.items]
    companies = store.read_many(work.table, [person.company_id for person in waiting])
    named = members.members(work, [person.member_id for person in waiting])
    return [
        _for_staff(companies[person.company_id], _waiting(person, named.get(person.member_id)))
        for person in waiting
        if person.company_id in companies
    ], page.last


def find_by_inn(work: Work, inn: str, kpp: str | None) -> list[StaffCompany]:
    return _found(work, store.owner_by_inn(work.table, inn, kpp))


def find_by_customer(work: Work, source: str, customer: str) -> list[StaffCompany]:
    return _found(work, store.owner_by_customer(work.table, source, customer))


def _found(work: Work, company_id: str | None) -> list[StaffCompany]:
    found = store.read(work.table, company_id) if company_id else None
    return [_for_staff(found)] if found else []


def show_to_staff(work: Work, company_id: str) -> StaffCompanyDetail:
    """The company with its people."""
    found = store.read(work.table, company_id)
    if found is None:
        raise Problem("not_found")
    speaking = people(work, company_id)
    named = members.members(work, [person.member_id for person in speaking])
    shown = [
        StaffPerson(**_person_fields(person, named.get(person.member_id)), claimed=person.claimed)
        for person in speaking
    ]
    return StaffCompanyDetail(**_for_staff(found).model_dump(), people=shown)


def _for_staff(found: Company, waiting: Waiting | None = None) -> StaffCompany:
    return StaffCompany(**found.model_dump(include=set(StaffCompany.model_fields)), waiting=waiting)


def _waiting(person: Person, member: Member | None) -> Waiting:
    return Waiting(
        member_id=person.member_id,
        name=member.name if member else None,
        email=member.email if member else None,
        phone=member.phone if member else None,
        claimed=person.claimed,
        since=person.at,
    )


# --- what opens the cabinet -------------------------------------------------------------------------------------------


def privileges(work: Work, principal: Principal) -> Privileges:
    """What is open to the caller and what is missing. One call."""
    member, membership = members.with_membership(work, principal.for_member())
    rule = work.config[PrivilegeRules]
    missing = {name: _missing(work, wanted, member, membership) for name, wanted in rule.unlocks.items()}
    return Privileges(
        version=rule.version,
        privileges=[Privilege(name=name, unlocked=not facts, missing=facts) for name, facts in missing.items()],
        stale=_stale(work, member),
        session_is_current=_says_the_same(principal, membership),
    )


def missing_for(work: Work, member_id: str, privilege: str) -> list[Fact]:
    """The facts that still keep this part of the cabinet closed to the member; none: it is open. One call."""
    return missing_facts(work, privilege, *members.with_membership(work, member_id))


def missing_facts(work: Work, privilege: str, member: Member | None, membership: Membership | None) -> list[Fact]:
    """The same for one who has been read already. No call."""
    return _missing(work, work.config[PrivilegeRules].unlocks[privilege], member, membership)


def _missing(work: Work, wanted: Sequence[Fact], member: Member | None, membership: Membership | None) -> list[Fact]:
    if member is None:
        return list(wanted)
    word = membership.status if membership and membership.kind == "company" else None
    facts = rules.facts_of(
        name=member.name,
        email_confirmed=member.email_confirmed_at is not None,
        phone=member.phone,
        company_named=word is not None,
        company_confirmed=word == "active",
    )
    return rules.missing(wanted, facts, _stale(work, member))


def _stale(work: Work, member: Member | None) -> list[Fact]:
    confirmed = member.phone_confirmed_on if member and member.phone else None
    confirmed_on: dict[Fact, date | None] = {"phone": date.fromisoformat(confirmed) if confirmed else None}
    return rules.stale(confirmed_on, work.today, work.config[PrivilegeRules].fresh_days)


def _says_the_same(principal: Principal, membership: Membership | None) -> bool:
    """The token's role is the one that the member has by now."""
    if membership is None or membership.status == "pending":
        return principal.kind == ""
    owner = membership.owner if membership.kind in ("company", "distributor") else None
    return (principal.kind, principal.role, principal.company_id or principal.distributor_id) == (
        membership.kind,
        membership.role,
        owner,
    )
