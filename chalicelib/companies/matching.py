"""Customers of sales files become companies: found by the file's own word for them, then by INN and KPP, else made.

Thousands at a time: markers are read a hundred a call, and as many companies are made in one transaction as it holds. A company and
the markers that name it are written together, so a crash leaves whole companies only, and a repeat finds them. Where another worker
was faster the transaction is refused whole; the next round reads what is there by now. Weakest point: a file that gives an INN
without KPP cannot be matched with a company that is known by both.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib.companies import keys, rules, store
from chalicelib.companies.model import Company, CustomerRef
from chalicelib.platform.context import Context
from chalicelib.table.key import Key
from chalicelib.table.retries import Overtaken, retry
from chalicelib.table.transactions import MOST_OPERATIONS, Busy, Refused, Transaction

ROUNDS = 8  # without a single customer settled
_NAME_CHARACTERS = 200


@dataclass(slots=True)
class _Company:
    """One company of the file, with the customers that are it. `owner`: its marker by INN, if it has one sure INN."""

    first: CustomerRef
    owner: Key | None
    currency: str
    company_id: str | None = None
    customers: list[str] = field(default_factory=list)


class KnownCustomer(NamedTuple):
    """Its company, the currency that this company buys in, and who made it: that is kept with the one customer it was made for."""

    company_id: str
    currency: str
    made_by: str | None


def customers(
    context: Context, source: str, refs: Iterable[CustomerRef], *, maker: str | None = None
) -> dict[CustomerRef, str]:
    """The company of each customer of this source, made where there was none. Raises `Busy` while others make the same ones.

    A customer that the file describes in two ways is one customer; the first description makes the company. `maker` is kept with
    the companies that are made here, so that they can be counted after a crash too.
    """
    wanted = list(dict.fromkeys(refs))
    described: dict[str, CustomerRef] = {}
    for ref in wanted:
        described.setdefault(ref.customer, ref)
    found: dict[str, str] = {}
    while unsettled := [ref for customer, ref in described.items() if customer not in found]:
        found |= _settled(context, source, unsettled, maker)
    return {ref: found[ref.customer] for ref in wanted}


@retry(most=ROUNDS)
def _settled(context: Context, source: str, refs: Sequence[CustomerRef], maker: str | None) -> dict[str, str]:
    """Some of these customers at least, with their companies; overtaken where others are making the companies of them all."""
    known = known_customers(context, source, [ref.customer for ref in refs])
    found = {customer: each.company_id for customer, each in known.items()}
    for tx, made in _transactions(context, source, [ref for ref in refs if ref.customer not in found], maker):
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
        markers[key]: KnownCustomer(marker["company_id"], marker["currency"], marker.get("made_by"))
        for key, marker in store.markers(context.table, markers).items()
    }


def new_companies(context: Context, source: str, refs: Iterable[CustomerRef]) -> set[str]:
    """The companies that `customers` would create: one key each, the same in every part of a file."""
    made = (each for each in _companies(context, refs) if each.company_id is None)
    return {(each.owner or keys.customer_owner(source, each.first.customer)).pk for each in made}


def _transactions(
    context: Context, source: str, refs: Iterable[CustomerRef], maker: str | None
) -> Iterator[tuple[Transaction, dict[str, str]]]:
    """Transactions that make these customers' companies, each with the customers that it settles."""
    tx, made = Transaction(), dict[str, str]()
    for company in _companies(context, refs):
        company_id = company.company_id or context.new_id("com")
        itself = 0 if company.company_id else 1 if company.owner is None else 2
        # More customers of one company than a transaction holds: the next round finds the company by its INN.
        customers = company.customers[: MOST_OPERATIONS - itself]
        if len(tx) + itself + len(customers) > MOST_OPERATIONS:
            yield tx, made
            tx, made = Transaction(), {}
        if itself:
            store.create(tx, _named_by_file(context, company_id, company))
        made_by = maker if itself else None
        for customer in customers:
            store.mark_customer(tx, source, customer, company_id, company.currency, made_by)
            made[customer], made_by = company_id, None
    if made:
        yield tx, made


def _companies(context: Context, refs: Iterable[CustomerRef]) -> Iterator[_Company]:
    """The refs by company: those with the same INN and KPP are one."""
    identified: dict[Key, _Company] = {}
    nameless = []
    for ref in refs:
        if owner := _inn_owner(ref):
            identified.setdefault(owner, _Company(ref, owner, ref.currency)).customers.append(ref.customer)
        else:
            nameless.append(_Company(ref, None, ref.currency, customers=[ref.customer]))
    for owner, marker in store.markers(context.table, identified).items():
        identified[owner].company_id = marker["company_id"]
        identified[owner].currency = marker["currency"]
    yield from identified.values()
    yield from nameless


def _inn_owner(ref: CustomerRef) -> Key | None:
    """A customer with a wrong INN, or without its KPP, is a company of its own."""
    if ref.inn is None or not rules.inn_is_valid(ref.inn) or rules.needs_kpp(ref.inn) != bool(ref.kpp):
        return None
    return keys.inn_owner(ref.inn, ref.kpp or "")


def _named_by_file(context: Context, company_id: str, company: _Company) -> Company:
    ref = company.first
    return Company(
        company_id=company_id,
        name=" ".join(ref.name.split())[:_NAME_CHARACTERS] or ref.customer,
        inn=ref.inn if company.owner else None,
        kpp=(ref.kpp or None) if company.owner else None,
        currency=company.currency,
        origin="import",
        created_at=context.at,
        version=1,
    )
