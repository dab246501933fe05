from chalicelib import members
from chalicelib.companies import rules, store
from chalicelib.companies.config import CompanyLimits
from chalicelib.companies.events import CLAIM_REFUSED, PERSON_CLAIMED
from chalicelib.companies.model import ClaimedCompany, Company, FirmMember, Person
from chalicelib.companies.people.membership import (
    HANDING,
    activate,
    appoint,
    check_another_owner,
    check_manager,
    check_staff,
    decide_anew,
    end_membership,
    is_staff,
    leave_earlier_claim,
    no_manager,
    of_company,
    record_confirmed,
    record_handed_over,
    record_of_company,
)
from chalicelib.companies.regions.rules import region_of
from chalicelib.companies.schemas import ClaimDecisionForm, ClaimDecisionView, ClaimForm, ClaimView
from chalicelib.platform import Club, Context, Problem
from chalicelib.platform.http.throttle import DAY, network_of, throttle, throttle_key
from chalicelib.table import Transaction

MOST_BRANCHES = 1_000  # of an INN, that members name: its item holds five times as many, for those of files

# --- claims -----------------------------------------------------------------------------------------------------------

_NO_CLAIM = "This person has no claim to this company."
_ACTS_ALREADY = "You already act for a company, a distributor or the club. To leave a company, call DELETE /v1/company/people/{member_id} with your own id."


def claim(context: Context, member_id: str, form: ClaimForm, *, address: str) -> ClaimView:
    """The member asks to act for a company, instead of the one they asked for before. `address`: the caller's.

    May be repeated: the same claim keeps its place among the pending ones and makes no second event.
    Raises 409 once they act for a company, 422 for one more branch than `MOST_BRANCHES`, 429 for too many claims of the day.
    """
    limits = context.config[CompanyLimits]
    counted = False
    # By the INN alone: a company may be known without a KPP, and then any KPP names it.
    told = throttle_key(context, "claim-letters", form.inn, DAY)
    claimed = ClaimedCompany(name=form.name, inn=form.inn, kpp=form.kpp, region=form.region)

    def attempt() -> None:
        nonlocal counted
        membership, firm, written = store.read_claim(context.table, member_id, form.inn, told)
        if membership and membership.status == "active":
            raise Problem("already_exists", _ACTS_ALREADY)
        if not counted:
            throttle(context, "claims-by-caller", network_of(address), limits.claims_per_caller_per_day, DAY)
            throttle(context, "claims", member_id, limits.claims_per_member_per_day, DAY)
            counted = True
        tx = Transaction()
        known = rules.match_firm(firm, form.kpp or "")
        if known:
            company_id = known[0].company_id
            store.check_known(tx, form.inn, known[0])
        else:
            if len(firm) >= MOST_BRANCHES:
                raise Problem.invalid("limit_exceeded", "/kpp", "The club knows too many branches of this INN: ask it.")
            company_id = context.new_id("com")
            store.create(tx, _named_by_member(context, company_id, claimed), firm)
        store.put_claim(tx, company_id, member_id, claimed, context.at)
        appoint(tx, membership, company_id, member_id, role="", status="pending")
        leave_earlier_claim(tx, membership, company_id, member_id)
        if not of_company(membership, company_id):
            quiet = member_id in written or len(written) >= limits.claim_letters_per_company_per_day
            if not quiet:
                most = limits.claim_letters_per_company_per_day
                store.put_told(tx, told, written, member_id, context.expiry(days=2), most)
            facts = {"quiet": True} if quiet else {}
            record_of_company(tx, context, company_id, PERSON_CLAIMED, member_id=member_id, **facts)
        context.table.commit(tx)

    decide_anew(context, attempt)
    return ClaimView(**claimed.model_dump())


def _named_by_member(context: Context, company_id: str, claimed: ClaimedCompany) -> Company:
    return Company(
        **claimed.model_dump(exclude={"region"}),
        region=claimed.region or region_of(claimed.inn, claimed.kpp),
        company_id=company_id,
        currency=context.config[Club].currency,
        origin="member",
        created_at=context.at,
        version=1,
    )


def decide_claim(context: Context, staff_id: str, company_id: str, form: ClaimDecisionForm) -> ClaimDecisionView:
    """A manager confirms that the person acts for the company, or refuses the claim. The same word twice is one.

    The first confirmation also gives the company its personal manager.
    """

    def attempt() -> ClaimDecisionView:
        scene = store.read_scene(context.table, company_id, staff_id, form.member_id)
        if staff_id == form.member_id or not is_staff(scene.caller, HANDING):
            raise Problem.role_lost()
        if scene.company is None:
            raise Problem("not_found")
        if form.decision == "refuse":
            _check_refusal(form)
            return _refuse(context, staff_id, scene.company, scene, form.member_id)
        return _confirm(context, staff_id, scene.company, scene, form)

    return decide_anew(context, attempt)


def _check_refusal(form: ClaimDecisionForm) -> None:
    """Raises 422 for what a refusal would leave undone."""
    for name in ("role", "manager_id"):
        if name in form.model_fields_set:
            raise Problem.invalid("not_expected", f"/{name}", "A refusal gives neither role nor manager.")


def _refuse(context: Context, staff_id: str, company: Company, scene: store.Scene, member_id: str) -> ClaimDecisionView:
    refused = ClaimDecisionView(
        company_id=company.company_id, member_id=member_id, status="refused", role=None, manager_id=company.manager_id
    )
    if scene.person is None or scene.person.status == "invited":
        if members.member(context, member_id) is None:
            raise Problem("not_found", _NO_CLAIM)
        return refused
    if scene.person.status == "active":
        raise Problem("wrong_state", "This person is already confirmed.")
    tx = Transaction()
    check_staff(tx, staff_id, HANDING)
    end_membership(tx, scene.person, scene.membership)
    record_of_company(tx, context, company.company_id, CLAIM_REFUSED, member_id=member_id, by=staff_id)
    context.table.commit(tx)
    return refused


def _confirm(
    context: Context, staff_id: str, company: Company, scene: store.Scene, form: ClaimDecisionForm
) -> ClaimDecisionView:
    if scene.person is None or scene.person.status == "invited":
        raise Problem("not_found", _NO_CLAIM)
    active = scene.person.status == "active"
    if active and not (form.role == "owner" and _has_no_owner(context, company)):
        if scene.person.role != form.role:
            raise Problem("wrong_state", f"This person is already confirmed as {scene.person.role}.")
        if form.manager_id not in (None, company.manager_id):
            raise Problem(
                "wrong_state", "This person is already confirmed. Change the company to give it another manager."
            )
        return _decision(company, scene.person)
    manager_id = form.manager_id or company.manager_id or staff_id
    confirmed = scene.person.model_copy(
        update={"role": form.role, "status": "active", "version": scene.person.version + 1}
    )
    tx = Transaction()
    check_staff(tx, staff_id, HANDING)
    if form.manager_id and form.manager_id != staff_id:
        if form.manager_id == form.member_id:
            raise no_manager()
        check_manager(tx, form.manager_id)
    changes = _kpp_of_claim(context, tx, company, scene.person)
    if manager_id != company.manager_id:
        changes["manager_id"] = manager_id
        record_handed_over(tx, context, company, manager_id, by=staff_id, confirmed=form.member_id)
    if changes:
        store.change(tx, company, changes, context.at)
    if form.role != "owner" and not check_another_owner(context, tx, company.company_id, form.member_id):
        raise Problem.invalid("owner_first", "/role", "The first person of a company must be its owner.")
    activate(tx, confirmed, scene)
    record_confirmed(tx, context, confirmed, by=staff_id)
    context.table.commit(tx)
    return _decision(company.model_copy(update={"manager_id": manager_id}), confirmed)


def _has_no_owner(context: Context, company: Company) -> bool:
    """The last owner has left the club."""
    return not any(map(rules.is_owner, store.people(context.table, company.company_id, consistent=True)))


def _kpp_of_claim(context: Context, tx: Transaction, company: Company, person: Person) -> dict[str, str]:
    """The KPP of the claim, for a company that is known by its INN alone and for which no other company stands."""
    claimed = person.claimed
    if claimed is None or claimed.kpp is None or company.kpp is not None or company.inn != claimed.inn:
        return {}
    firm = store.firms(context.table, [claimed.inn]).get(claimed.inn, [])
    if [member.company_id for member in rules.match_firm(firm, claimed.kpp)] != [company.company_id]:
        return {}
    store.join_firm(tx, claimed.inn, FirmMember(claimed.kpp, company.company_id, company.currency), firm)
    return {"kpp": claimed.kpp}


def _decision(company: Company, person: Person) -> ClaimDecisionView:
    return ClaimDecisionView(
        company_id=company.company_id,
        member_id=person.member_id,
        status="active",
        role=person.role,
        manager_id=company.manager_id,
    )
