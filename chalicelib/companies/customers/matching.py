"""Customers of sales files become companies: found by the file's own word for them, then by INN and KPP, else made.

Thousands at a time: markers are read a hundred a call, and as many companies are made in one transaction as it holds. A company and
the markers that name it are written together, so a crash leaves whole companies only, and a repeat finds them. If another worker
was faster, the transaction is refused whole; the next round reads what is there by now.

A firm is one company whichever way files name it: an INN alone is the one company that has it, and a KPP that comes later is that
company's. If an INN without a KPP may mean several companies, none is taken: the customer stays without a company, and is listed.

INN and KPP also tell the region of a new company, and the region its manager.

Weakest point: a KPP that changed looks like a new branch where the file gives no code for the customer.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.companies import keys, rules, store
from chalicelib.companies.events import CHANGED
from chalicelib.companies.model import Company, CustomerRef, FirmMember
from chalicelib.companies.people.membership import record_of_company
from chalicelib.companies.regions.rules import region_of
from chalicelib.companies.regions.service import managers_of_regions
from chalicelib.platform import Context
from chalicelib.table import MOST_OPERATIONS, Busy, Item, Overtaken, Refused, Transaction, retry

ROUNDS = 8  # without a single customer settled
_NAME_CHARACTERS = 200


@dataclass(slots=True)
class _Company:
    """One company of the file, with the customers that are it.

    `inn`: its sure INN, or None. `firm`: the companies that are known by this INN. `company_id`: the one that it is, or None for a new one.
    """

    first: CustomerRef
    inn: str | None
    kpp: str
    currency: str
    firm: Sequence[FirmMember] = ()
    company_id: str | None = None
    customers: list[str] = field(default_factory=list)

    @property
    def takes_kpp(self) -> bool:
        """A known company without a KPP, which the file tells."""
        return bool(self.company_id and self.kpp) and all(member.kpp != self.kpp for member in self.firm)

    @property
    def operations(self) -> int:
        """Of the transaction, beside one for each customer."""
        if self.company_id is None:
            return 1 if self.inn is None else 2
        return 3 if self.takes_kpp else 0


class KnownCustomer(NamedTuple):
    """Its company, the currency that this company buys in, the INN that came with it, and who made the company.

    The maker is kept with the one customer that the company was made for.
    """

    company_id: str
    currency: str
    inn: str | None
    made_by: str | None


class NewCompanies(NamedTuple):
    """`made`: one key for each company that would be made. `unclear`: customers whose INN several companies have."""

    made: set[str]
    unclear: set[str]


def match_customers(
    context: Context, source: str, refs: Iterable[CustomerRef], *, maker: str | None = None
) -> dict[str, KnownCustomer]:
    """The company of each customer of this source, made where there was none. Raises `Busy` while others make the same ones.

    A customer whose INN several companies have is left out. A customer that the file describes in two ways is one customer; the first
    description makes the company. `maker` is kept with the companies that are made here, so that they can be counted after a crash too.
    """
    described: dict[str, CustomerRef] = {}
    for ref in refs:
        described.setdefault(ref.customer, ref)
    found: dict[str, KnownCustomer | None] = {}
    while unsettled := [ref for customer, ref in described.items() if customer not in found]:
        found |= _settled(context, source, unsettled, maker)
    return {customer: each for customer, each in found.items() if each}


@retry(most=ROUNDS)
def _settled(
    context: Context, source: str, refs: Sequence[CustomerRef], maker: str | None
) -> dict[str, KnownCustomer | None]:
    """Some of these customers at least, None without a company; overtaken where others are making the companies of them all."""
    known = known_customers(context, source, [ref.customer for ref in refs])
    found: dict[str, KnownCustomer | None] = dict(known)
    companies, unclear = _companies(context, [ref for ref in refs if ref.customer not in found])
    found |= dict.fromkeys(unclear)
    for tx, made in _transactions(context, source, companies, maker):
        with suppress(Refused, Busy):
            context.table.commit(tx)
            found |= made
    if not found:
        raise Overtaken
    return found


def known_customers(context: Context, source: str, customers: Iterable[str]) -> dict[str, KnownCustomer]:
    """Those that have a company."""
    markers = {keys.customer_owner(source, customer): customer for customer in customers}
    return {
        markers[key]: KnownCustomer(marker["company_id"], marker["currency"], marker.get("inn"), marker.get("made_by"))
        for key, marker in store.markers(context.table, markers).items()
    }


def relink_customer(
    tx: Transaction, context: Context, source: str, customer: str, company_id: str, to: Company, *, is_new: bool
) -> None:
    """Gives the customer to another company, which is made first if it `is_new`. Refused with label `customer`."""
    if is_new:
        store.create(tx, to)
    store.relink_customer(tx, source, customer, company_id, to)


def new_companies(context: Context, source: str, refs: Iterable[CustomerRef]) -> NewCompanies:
    """The companies that `customers` would create: one key each, the same in every part of a file."""
    companies, unclear = _companies(context, refs)
    made = {
        f"{each.inn}/{each.kpp}" if each.inn else keys.customer_owner(source, each.first.customer).pk
        for each in companies
        if each.company_id is None
    }
    return NewCompanies(made, unclear)


def name_customers(context: Context, source: str, refs: Iterable[CustomerRef]) -> None:
    """Keeps the INN that comes with a customer whose company is known without one. Safe to repeat.

    If another company has that INN, nothing is joined: the customer's marker names that company as `other`, for the staff to decide.
    """
    told = {ref.customer: ref for ref in refs if _sure_inn(ref)}
    markers = store.markers(context.table, (keys.customer_owner(source, customer) for customer in told))
    firms = store.firms(context.table, {ref.inn or "" for ref in told.values()})
    for customer, ref in told.items():
        marker = markers.get(keys.customer_owner(source, customer))
        if marker and "inn" not in marker:
            _name_customer(context, source, ref, marker, firms.get(ref.inn or "", []))


def _name_customer(context: Context, source: str, ref: CustomerRef, marker: Item, firm: Sequence[FirmMember]) -> None:
    company_id, inn, kpp = str(marker["company_id"]), ref.inn or "", _sure_kpp(ref)
    matched = rules.match_firm(firm, kpp)
    tx = Transaction()
    if any(member.company_id != company_id for member in matched):
        store.ask_about_customer(tx, context.at, source, ref.customer, company_id, inn, matched[0].company_id)
    else:
        store.name_customer(tx, source, ref.customer, company_id, inn)
        if not matched or (kpp and not matched[0].kpp):
            store.take_inn(tx, company_id, inn, kpp)
            store.join_firm(tx, inn, FirmMember(kpp, company_id, marker["currency"]), firm)
            record_of_company(tx, context, company_id, CHANGED, changes={"inn": inn, "kpp": kpp or None}, by=source)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "company" in refused:  # it has another INN
            tx = Transaction()
            store.ask_about_customer(tx, context.at, source, ref.customer, company_id, inn, None)
            with suppress(Refused):
                context.table.commit(tx)


def _transactions(
    context: Context, source: str, companies: Iterable[_Company], maker: str | None
) -> Iterator[tuple[Transaction, dict[str, KnownCustomer]]]:
    """Transactions that make these companies, each with the customers that it settles."""
    tx, made = Transaction(), dict[str, KnownCustomer]()
    fresh: dict[str, FirmMember] = {}
    for company in companies:
        company_id = company.company_id or context.new_id("com")
        # More customers of one company than a transaction holds: the next round finds the company by its INN.
        customers = company.customers[: MOST_OPERATIONS - company.operations]
        full = len(tx) + company.operations + len(customers) > MOST_OPERATIONS
        if full or (company.operations and company.inn and keys.firm(company.inn) in tx):
            yield tx, made
            tx, made = Transaction(), {}
        if company.company_id is None:
            branches = [fresh[company.inn]] if company.inn in fresh else []
            store.create(tx, _named_by_file(context, company_id, company), [*company.firm, *branches])
            if company.inn:
                fresh[company.inn] = FirmMember(company.kpp, company_id, company.currency)
        elif company.takes_kpp and company.inn:
            store.take_inn(tx, company_id, company.inn, company.kpp)
            store.join_firm(tx, company.inn, FirmMember(company.kpp, company_id, company.currency), company.firm)
            record_of_company(tx, context, company_id, CHANGED, changes={"kpp": company.kpp}, by=source)
        made_by = maker if company.company_id is None else None
        for customer in customers:
            store.mark_customer(tx, source, customer, company_id, company.currency, company.inn, made_by)
            made[customer] = KnownCustomer(company_id, company.currency, company.inn, made_by)
            made_by = None
    if made:
        yield tx, made


def _companies(context: Context, refs: Iterable[CustomerRef]) -> tuple[list[_Company], set[str]]:
    """The refs by company, and the customers whose INN may mean several: those with the same INN and KPP are one."""
    identified: dict[tuple[str, str], _Company] = {}
    companies = []
    unclear: set[str] = set()
    for ref in refs:
        if inn := _sure_inn(ref):
            kpp = _sure_kpp(ref)
            identified.setdefault((inn, kpp), _Company(ref, inn, kpp, ref.currency)).customers.append(ref.customer)
        else:
            companies.append(_Company(ref, None, "", ref.currency, customers=[ref.customer]))
    firms = store.firms(context.table, {inn for inn, _ in identified})
    for (inn, kpp), each in sorted(identified.items(), key=lambda named: not named[0][1]):
        each.firm = firms.get(inn, [])
        # Branches that this file names first may be meant by an INN alone as well.
        fresh = [other for (same, name), other in identified.items() if same == inn and name and not other.company_id]
        found = rules.match_firm(each.firm, kpp)
        if kpp or not fresh:
            _identify(each, found, companies, unclear)
        elif len(fresh) == 1 and not found:
            fresh[0].customers += each.customers
        else:
            unclear.update(each.customers)
    return companies, unclear


def _identify(each: _Company, found: Sequence[FirmMember], companies: list[_Company], unclear: set[str]) -> None:
    if len(found) > 1:
        unclear.update(each.customers)
        return
    if found:
        each.company_id, each.currency = found[0].company_id, found[0].currency
    companies.append(each)


def _sure_inn(ref: CustomerRef) -> str | None:
    return ref.inn if ref.inn and rules.inn_is_valid(ref.inn) else None


def _sure_kpp(ref: CustomerRef) -> str:
    return ref.kpp or "" if ref.inn and rules.needs_kpp(ref.inn) else ""


def _named_by_file(context: Context, company_id: str, company: _Company) -> Company:
    ref, region = company.first, region_of(company.inn, company.kpp)
    return Company(
        company_id=company_id,
        name=" ".join(ref.name.split())[:_NAME_CHARACTERS] or ref.customer,
        inn=company.inn,
        kpp=company.kpp or None,
        region=region,
        manager_id=managers_of_regions(context).get(region) if region else None,
        currency=company.currency,
        origin="import",
        created_at=context.at,
        version=1,
    )
