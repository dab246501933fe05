"""Members, their consents and memberships; the club's staff."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.members import keys, store
from chalicelib.members.config import Consents, Welcome
from chalicelib.members.events import EMAIL_CONFIRMED, STAFF_CHANGED
from chalicelib.members.model import Consent, Member, Membership
from chalicelib.members.schemas import (
    ClubView,
    ConsentChangeForm,
    ConsentForm,
    ConsentTextView,
    MembershipView,
    ProfileChangeForm,
    ProfileView,
    StaffForm,
    StaffMemberView,
)
from chalicelib.platform import Club, Context, Fault, Language, Problem, or_not_found, record_event
from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.access.rights import STAFF_OWNER, acts_for
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.platform.config import Config
from chalicelib.table import Item, Refused, Transaction

_ADMINS = staff_roles("staff.people.write")
_IS_ADMIN = acts_for("staff", STAFF_OWNER, _ADMINS)


def member(context: Context, member_id: str) -> Member | None:
    return store.read(context.table, member_id)


def members(context: Context, member_ids: Sequence[str]) -> dict[str, Member]:
    """Those that exist, by id; one call per 100."""
    return store.read_many(context.table, list(member_ids))


def with_membership(
    context: Context, member_id: str, *, consistent: bool = False
) -> tuple[Member | None, Membership | None]:
    """The person, and whom they act for or ask to. One call."""
    return store.read_with_membership(context.table, member_id, consistent=consistent)


def some_members(
    context: Context, shard: int, limit: int, after: dict[str, str] | None
) -> tuple[list[Member], dict[str, str] | None]:
    """A page of all members of one shard, and the position of the next one. One call, eventually consistent."""
    page = store.page_of_all(context.table, shard, limit, after)
    return [Member.from_item(item) for item in page.items], page.last


def memberships(context: Context, member_ids: Sequence[str]) -> dict[str, Membership]:
    """Memberships and claims of these members; one call per 100."""
    return store.read_memberships(context.table, member_ids)


def owner_of(context: Context, email: str) -> str | None:
    """The member with this email (lower case)."""
    return store.read_owner(context.table, email)


# --- joining ----------------------------------------------------------------------------------------------------------


def consents_given(context: Context, forms: Sequence[ConsentForm], *, source: str, address: str) -> dict[str, Item]:
    """The answers as they are kept: wording, time and source of each. Raises 422 for a wording that is not in force, or when a
    required consent is missing."""
    faults = []
    given: dict[str, Item] = {}
    for number, form in enumerate(forms):
        pointer = f"/consents/{number}"
        if form.purpose in given:
            faults.append(Fault(pointer=f"{pointer}/purpose", code="repeated", detail="Each purpose is answered once."))
        elif fault := _wording_fault(context.config[Consents], form.purpose, form.version, pointer):
            faults.append(fault)
        given[form.purpose] = {
            "agreed": form.agreed,
            "version": form.version,
            "at": context.at,
            "source": source,
            "address": address,
        }
    for purpose, text in context.config[Consents].consents.items():
        if text.required and not given.get(purpose, {}).get("agreed"):
            faults.append(
                Fault(pointer="/consents", code="consent_required", detail=f"The consent {purpose} is required.")
            )
    if faults:
        raise Problem("invalid", errors=faults)
    return given


def _wording_fault(texts: Consents, purpose: str, version: str, pointer: str) -> Fault | None:
    text = texts.consents.get(purpose)
    if text is None:
        return Fault(
            pointer=f"{pointer}/purpose", code="unknown_purpose", detail=f"One of {', '.join(texts.consents)}."
        )
    if text.version != version:
        return Fault(
            pointer=f"{pointer}/version", code="not_in_force", detail=f"The version in force is {text.version}."
        )
    return None


def admit(context: Context, *, email: str, member_id: str | None, new_member_id: str, registration: Item | None) -> str:
    """Confirms the address: creates the member who registered with it, or marks the address of a known one.

    Returns the member's id. Safe to repeat: a member confirmed before is left as is.
    """
    if member_id is None:
        if registration is None:
            raise ValueError("nobody to admit")
        member_id = _create(context, new_member_id, email, registration)
    known = store.read(context.table, member_id)
    if known is None or known.email != email:  # left, or changed the address, while the code was on its way
        raise Problem("code_expired")
    if known.email_confirmed_at is None:
        _confirm_email(context, known, registration)
    return member_id


def _create(context: Context, member_id: str, email: str, registration: Item) -> str:
    tx = Transaction()
    store.create(
        tx,
        Member(
            member_id=member_id,
            name=registration["name"],
            email=email,
            language=registration["language"],
            joined_at=context.at,
            version=1,
        ),
    )
    try:
        context.table.commit(tx)
    except Refused:
        # Somebody joined with this address a moment ago: the code proves that it was the same person.
        return owner_of(context, email) or member_id
    return member_id


def _confirm_email(context: Context, known: Member, registration: Item | None) -> None:
    changes: dict[str, Any] = {"email_confirmed_at": context.at}
    tx = Transaction()
    if registration:
        consents: dict[str, Item] = registration["consents"]
        changes |= {
            "name": registration["name"],
            "consents": {purpose: _kept(said) for purpose, said in consents.items()},
        }
        for purpose, said in consents.items():
            store.log_consent(tx, known.member_id, known.version, purpose, said)
    store.change(tx, known.member_id, known.version, changes)
    record_event(tx, context, keys.member(known.member_id), EMAIL_CONFIRMED, member_id=known.member_id)
    with suppress(Refused):  # confirmed a moment ago by the same code, sent twice
        context.table.commit(tx)


def _kept(said: Item) -> Item:
    return {name: said[name] for name in Consent.model_fields}


def join_or_find(
    context: Context, tx: Transaction, *, name: str, email: str, language: Language | None, by: str | None = None
) -> Member:
    """The member with this email, or a new one added to the transaction, who confirms the address by signing in.

    Without a language the letters to a new one are in that of `by`, who names them; in the club's where nobody does.
    """
    owner = owner_of(context, email)
    if owner and (known := store.read(context.table, owner)):
        return known
    author = store.read(context.table, by) if by and not language else None
    invited = Member(
        member_id=context.new_id("mbr"),
        name=name,
        email=email,
        language=language or (author.language if author else context.config[Club].default_language),
        joined_at=context.at,
        version=1,
    )
    store.create(tx, invited)
    return invited


def appoint(
    tx: Transaction,
    member_id: str,
    *,
    kind: Literal["company", "distributor", "staff"],
    owner: str,
    role: str,
    status: Literal["pending", "active"],
    when: ConditionBase | None = None,
    label: str = "membership",
    listed: Mapping[str, str] | None = None,
) -> None:
    """From now on the member speaks (or asks to speak) for `owner`. Refused with `label` if for another already.

    `when`: another condition on the membership before, for a caller who decided by what it was.
    `listed`: attributes of an index in which this membership is to be found.
    """
    membership = {
        "kind": kind,
        "owner": owner,
        "role": role,
        "status": status,
        "member_id": member_id,
        **(listed or {}),
    }
    store.put_membership(tx, member_id, membership, when=when, label=label)


def dismiss(
    tx: Transaction, member_id: str, owner: str, *, when: ConditionBase | None = None, label: str = "membership"
) -> None:
    """The member no longer acts for `owner`. Refused with `label` if it is another by now; `when` as for `appoint`."""
    store.drop_membership(tx, member_id, owner, when=when, label=label)


# --- one's own profile ------------------------------------------------------------------------------------------------


def me(context: Context, member_id: str) -> tuple[ProfileView, int]:
    """The profile and its version. One call."""
    known, membership = store.read_with_membership(context.table, member_id)
    if known is None:
        raise Problem("not_found", "This member has left the club.")
    return _shown(known, membership), known.version


def change_me(context: Context, member_id: str, version: int, form: ProfileChangeForm) -> tuple[ProfileView, int]:
    """Raises 412 when the version is no longer that one."""
    changes = form.model_dump(exclude_unset=True)
    for name in ("name", "language", "interests"):
        if name in changes and changes[name] is None:
            raise Problem.invalid("required", f"/{name}", "This field cannot be empty.")
    if "phone" in changes:
        changes["phone_confirmed_on"] = context.today.isoformat() if changes["phone"] else None
    tx = Transaction()
    store.change(tx, member_id, version, changes)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return me(context, member_id)


def change_email(context: Context, tx: Transaction, known: Member, email: str) -> None:
    """The member has shown that the address is theirs. Refused with label `email` if it has an owner, `version` if the member has changed."""
    store.change_email(tx, known, email, context.at)


def answer_consent(context: Context, member_id: str, purpose: str, form: ConsentChangeForm, *, address: str) -> Consent:
    """Agrees or withdraws. The same answer to the same wording changes nothing; each other one is kept for ever."""
    if purpose not in context.config[Consents].consents:
        raise Problem("not_found")
    if fault := _wording_fault(context.config[Consents], purpose, form.version, ""):
        raise Problem("invalid", errors=[fault])
    known = or_not_found(store.read(context.table, member_id))
    before = known.consents.get(purpose)
    if before and (before.agreed, before.version) == (form.agreed, form.version):
        return before
    said: Item = {**form.model_dump(), "at": context.at, "source": "cabinet", "address": address}
    consents = {name: consent.model_dump() for name, consent in known.consents.items()} | {purpose: _kept(said)}
    tx = Transaction()
    store.change(tx, member_id, known.version, {"consents": consents})
    store.log_consent(tx, member_id, known.version, purpose, said)
    try:
        context.table.commit(tx)
    except Refused:
        return answer_consent(
            context, member_id, purpose, form, address=address
        )  # the profile changed meanwhile: look again
    return Consent.model_validate(_kept(said))


def change_by_letter(
    context: Context,
    tx: Transaction,
    known: Member,
    changes: Mapping[str, str | None],
    *,
    withdraw: str = "",
    address: str,
) -> None:
    """Changes by somebody who came through the link in a letter, without signing in: so no consent is given this way.

    `withdraw`: the purpose of a consent to withdraw; one that does not hold stays as it is. Refused with label `version`.
    """
    put: dict[str, Any] = {name: value for name, value in changes.items() if value != getattr(known, name)}
    consent = known.consents.get(withdraw)
    if withdraw and (consent is None or consent.agreed):
        version = consent.version if consent else context.config[Consents].consents[withdraw].version
        said: Item = {"agreed": False, "version": version, "at": context.at, "source": "letter", "address": address}
        others = {name: each.model_dump() for name, each in known.consents.items()}
        put["consents"] = others | {withdraw: _kept(said)}
        store.log_consent(tx, known.member_id, known.version, withdraw, said)
    if put:
        store.change(tx, known.member_id, known.version, put)


def agreed_in_person(known: Member) -> str:
    """The moment of the member's own consent to advertising, signed in or at registration; empty for none. An imported list does not count."""
    consent = known.consents.get("advertising")
    return consent.at if consent and consent.agreed and consent.source in ("registration", "cabinet") else ""


def check_consent(tx: Transaction, member_id: str, purpose: str, *, label: str = "consent") -> None:
    """The transaction is refused with `label` unless the member agrees at this moment."""
    store.check_consent(tx, member_id, purpose, label=label)


def _shown(known: Member, membership: Any) -> ProfileView:
    return ProfileView(
        **known.model_dump(include=set(ProfileView.model_fields) - {"email_confirmed", "speaks_for"}),
        email_confirmed=known.email_confirmed_at is not None,
        speaks_for=MembershipView(**membership.model_dump(include=set(MembershipView.model_fields)))
        if membership
        else None,
    )


# --- the club and its staff -------------------------------------------------------------------------------------------


def club_card(config: Config, language: str) -> ClubView:
    """The club's card in the reader's language."""
    russian = language == "ru"
    club, welcome = config[Club], config[Welcome]
    return ClubView(
        name=club.name_ru if russian else club.name,
        title=welcome.title_ru if russian else welcome.title,
        data_use=welcome.data_use_ru if russian else welcome.data_use,
        benefits=welcome.benefits_ru if russian else welcome.benefits,
        consents=[
            ConsentTextView(
                purpose=purpose,
                version=text.version,
                required=text.required,
                text=text.text_ru if russian else text.text,
            )
            for purpose, text in config[Consents].consents.items()
        ],
    )


def appoint_staff(context: Context, form: StaffForm, *, by: str | None) -> StaffMemberView:
    """Makes a person one of the staff, or gives one another role. `by`: the admin who asks; None for the club's owner.

    Raises 403 for an admin who was dismissed, 409 for a person who acts for a company, and when no admin would be left.
    """
    tx = Transaction()
    person = join_or_find(context, tx, name=form.name, email=form.email, language=form.language, by=by)
    own = by == person.member_id
    if by and not own:
        _check_admin(tx, by, Problem.role_lost())
    elif own and form.role not in _ADMINS:
        _check_another_admin(context, tx, person.member_id)
    appoint(
        tx,
        person.member_id,
        kind="staff",
        owner=STAFF_OWNER,
        role=form.role,
        status="active",
        when=_IS_ADMIN if own else None,
        listed=keys.staff_list(person.name, person.member_id).as_gsi1(),
    )
    before = memberships(context, [person.member_id]).get(person.member_id)
    if before is None or before.role != form.role:
        _record_staff(tx, context, person.member_id, form.role, by=by)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if own:
            raise Problem.role_lost() from None
        if "membership" in refused:
            raise Problem("conflict", "This person acts for a company or a distributor.") from None
        return appoint_staff(context, form, by=by)  # the address was taken a moment ago: find its owner
    return StaffMemberView(member_id=person.member_id, name=person.name, email=person.email, role=form.role)


def staff(
    context: Context, limit: int, after: dict[str, str] | None
) -> tuple[list[StaffMemberView], dict[str, str] | None]:
    """One page by name. Two calls: memberships and profiles."""
    page = store.list_staff(context.table, limit, after)
    people = members(context, [item["member_id"] for item in page.items])
    shown = [
        StaffMemberView(member_id=person.member_id, name=person.name, email=person.email, role=item["role"])
        for item in page.items
        if (person := people.get(item["member_id"]))
    ]
    return shown, page.last


def staff_in(context: Context, role: str) -> list[str]:
    """The member ids of the staff in this role."""
    return store.staff_in(context.table, role)


def dismiss_staff(context: Context, member_id: str, *, by: str) -> None:
    """Takes a person from the staff. `by`: the admin who asks.

    Raises 403 for an admin who was dismissed, 404 for anybody but the staff (so a second time too), 409 when no admin would be left.
    """
    own = by == member_id
    tx = Transaction()
    if own:
        _check_another_admin(context, tx, member_id)
    else:
        _check_admin(tx, by, Problem.role_lost())
    tx.delete(access_keys.membership(member_id), when=_IS_ADMIN if own else Attr("kind").eq("staff"), label="staff")
    _record_staff(tx, context, member_id, "", by=by)
    context.table.commit(tx, refusal=Problem.role_lost() if own else Problem("not_found"))


def _record_staff(tx: Transaction, context: Context, member_id: str, role: str, *, by: str | None) -> None:
    record_event(tx, context, keys.member(member_id), STAFF_CHANGED, member_id=member_id, role=role, by=by)


def _check_admin(tx: Transaction, member_id: str, refusal: Problem) -> None:
    store.check_membership(tx, member_id, "staff", STAFF_OWNER, _ADMINS, refusal)


def _check_another_admin(context: Context, tx: Transaction, member_id: str) -> None:
    """Raises 409 for the last admin. An admin who changes another person is the admin who stays, and is checked."""
    last = Problem("conflict", "The club has at least one admin: make someone else an admin first.")
    other = next((each for each in staff_in(context, "admin") if each != member_id), None)
    if other is None:
        raise last
    _check_admin(tx, other, last)
