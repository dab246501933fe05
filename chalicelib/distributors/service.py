"""Distributors, their regions and their people."""

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib import catalog, members
from chalicelib.distributors import store
from chalicelib.distributors.model import DeliveryStock, Distributor, ServedRegion
from chalicelib.distributors.schemas import (
    DeliveryStockForm,
    DistributorChangeForm,
    DistributorForm,
    DistributorPersonForm,
    DistributorPersonView,
    OwnDistributorForm,
    RegionForm,
)
from chalicelib.platform import DAY, Club, Context, Fault, Problem, or_not_found, throttle
from chalicelib.table import Position, Refused, Transaction

ROLE = "operator"  # all people of a distributor may do the same
MOST_READERS = 50  # people of a distributor who get one letter
_PAGE = 100
MOST_ADDED_A_DAY = 30  # people, by their colleagues


def distributor(context: Context, distributor_id: str) -> Distributor | None:
    return store.read_distributor(context.table, distributor_id)


def people_of(context: Context, distributor_id: str) -> list[DistributorPersonView]:
    """The people of the distributor, at most MOST_READERS."""
    found = store.list_people(context.table, distributor_id, MOST_READERS, None)
    profiles = members.members(context, [item["member_id"] for item in found.items])
    return [_person_view(profiles[item["member_id"]]) for item in found.items if item["member_id"] in profiles]


def has_people(context: Context, distributor_id: str) -> bool:
    return bool(store.list_people(context.table, distributor_id, 1, None).items)


def every(context: Context) -> Iterator[Distributor]:
    """All distributors by name, page after page."""
    after: Position = None
    while True:
        found, after = page(context, _PAGE, after)
        yield from found
        if after is None:
            return


def page(context: Context, limit: int, after: Position) -> tuple[list[Distributor], Position]:
    """Distributors by name."""
    found = store.list_distributors(context.table, limit, after)
    return [Distributor.from_item(item) for item in found.items], found.last


def of_region(context: Context, region: str, limit: int, after: Position) -> tuple[list[Distributor], Position]:
    """The distributors that serve a region, by priority. Two calls."""
    found = store.distributors_of_region(context.table, region, limit, after)
    ids = [item["distributor_id"] for item in found.items]
    known = store.read_distributors(context.table, ids)
    return [known[each] for each in ids if each in known], found.last


def create(context: Context, form: DistributorForm) -> Distributor:
    made = Distributor(
        distributor_id=context.new_id("dst"),
        name=form.name,
        email=form.email,
        language=form.language or context.config[Club].default_language,
        phone=form.phone or "",
        hours=form.hours,
        regions=_served(form.regions),
        stock=_stock(form.stock),
        created_at=context.at,
        version=1,
    )
    tx = Transaction()
    store.create_distributor(tx, made)
    try:
        context.table.commit(tx)
    except Refused as refused:
        raise _taken_problem(refused, made) or refused from None
    return made


def change(context: Context, distributor_id: str, version: int, form: DistributorChangeForm) -> Distributor:
    """Fields that are not given stay, null empties those that may be empty. Raises 404 for an unknown distributor, 412 for an old version."""
    before = existing(context, distributor_id)
    if before.version != version:
        raise Problem("precondition_failed")
    given = form.model_dump(exclude_unset=True)
    for name in given:
        if given[name] is None and name not in ("phone", "hours"):
            raise Problem.invalid("required", f"/{name}", "This field cannot be empty.")
    texts = {name: value or "" for name, value in given.items() if name not in ("regions", "stock")}
    regions = before.regions if form.regions is None else _served(form.regions)
    stock = before.stock if form.stock is None else _stock(form.stock)
    after = before.model_copy(update={**texts, "regions": regions, "stock": stock, "version": version + 1})
    tx = Transaction()
    store.replace_distributor(tx, before, after)
    try:
        context.table.commit(tx)
    except Refused as refused:
        raise _taken_problem(refused, after) or Problem("precondition_failed") from None
    return after


def change_own(context: Context, distributor_id: str, version: int, form: OwnDistributorForm) -> Distributor:
    """Raises 412 for an old version."""
    return change(
        context, distributor_id, version, DistributorChangeForm.model_validate(form.model_dump(exclude_unset=True))
    )


def record_own_stock(context: Context, distributor_id: str, rows: Sequence[Any]) -> catalog.StockResultsView:
    """Figures of the distributor's own warehouses; of another warehouse a row is refused."""
    return catalog.write_stock(context, rows, of=existing(context, distributor_id).stock.warehouses)


def people(
    context: Context, distributor_id: str, limit: int, after: Position
) -> tuple[list[DistributorPersonView], Position]:
    """One page of people. Raises 404 for an unknown distributor."""
    existing(context, distributor_id)
    found = store.list_people(context.table, distributor_id, limit, after)
    profiles = members.members(context, [item["member_id"] for item in found.items])
    return [
        _person_view(profiles[item["member_id"]]) for item in found.items if item["member_id"] in profiles
    ], found.last


def add_own_person(context: Context, distributor_id: str, form: DistributorPersonForm) -> DistributorPersonView:
    """As `add_person`, for the distributor's own people. Raises 409 for every member of the club, 429 for too many of the day.

    So an address tells them neither whose it is nor whether that member acts for somebody, and takes nobody over.
    """
    throttle(context, "distributor-people", distributor_id, MOST_ADDED_A_DAY, DAY)
    return add_person(context, distributor_id, form, members_too=False)


def add_person(
    context: Context, distributor_id: str, form: DistributorPersonForm, *, members_too: bool = True
) -> DistributorPersonView:
    """Lets the person work on the distributor's orders. Safe to repeat.

    Raises 404 for an unknown distributor, 409 for a person of a company, the club or another distributor; without `members_too` also for
    one who does not work here.
    """
    known = existing(context, distributor_id)
    tx = Transaction()
    language = form.language or known.language
    person = members.join_or_find(context, tx, name=form.name, email=form.email, language=language)
    if not members_too and _is_elsewhere(context, distributor_id, person.member_id):
        raise Problem("conflict", "The club knows this person already, and adds them itself: ask your manager.")
    members.appoint(
        tx, person.member_id, kind="distributor", owner=distributor_id, role=ROLE, status="active", label="membership"
    )
    store.put_person(tx, distributor_id, person.member_id, context.at)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "membership" in refused:
            raise Problem("conflict", "This person speaks for somebody else already.") from None
        # The address was taken a moment ago: find its owner.
        return add_person(context, distributor_id, form, members_too=members_too)
    return _person_view(person)


def _is_elsewhere(context: Context, distributor_id: str, member_id: str) -> bool:
    """True for a member of the club who does not work here."""
    known, acts = members.with_membership(context, member_id, consistent=True)
    return known is not None and (acts is None or acts.owner != distributor_id)


def remove_person(context: Context, distributor_id: str, member_id: str) -> None:
    """Refuses the person from now on, even with a valid token. Raises 404 for a person who does not work there."""
    tx = Transaction()
    store.drop_person(tx, distributor_id, member_id)
    members.dismiss(tx, member_id, distributor_id)
    context.table.commit(tx, refusal=Problem("not_found"))


def existing(context: Context, distributor_id: str) -> Distributor:
    """Raises 404 for an unknown distributor."""
    return or_not_found(store.read_distributor(context.table, distributor_id, consistent=True))


def _served(forms: Sequence[RegionForm]) -> list[ServedRegion]:
    """Raises 422 for a region named twice."""
    first: dict[str, int] = {}
    faults = [
        Fault(pointer=f"/regions/{place}/region", code="repeated", detail=f"Region {first[form.region]} is the same.")
        for place, form in enumerate(forms)
        if first.setdefault(form.region, place) != place
    ]
    if faults:
        raise Problem("invalid", errors=faults)
    return [ServedRegion(region=form.region, priority=form.priority) for form in forms]


def _stock(form: DeliveryStockForm) -> DeliveryStock:
    return DeliveryStock(**form.model_dump())


def _taken_problem(refused: Refused, asked: Distributor) -> Problem | None:
    """Faults of warehouses with binding stock of another distributor; None without any."""
    taken = store.warehouses_of_others(refused, asked.distributor_id)
    faults = [
        Fault(pointer=f"/stock/warehouses/{place}", code="taken", detail="Its stock binds another distributor.")
        for place, name in enumerate(asked.stock.warehouses)
        if name in taken
    ]
    return Problem("invalid", errors=faults) if faults else None


def _person_view(person: members.Member) -> DistributorPersonView:
    return DistributorPersonView(member_id=person.member_id, name=person.name, email=person.email)
