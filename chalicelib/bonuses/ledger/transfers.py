"""Bonuses that go from a company to another that it turned out to be. Each lot keeps its expiry.

Only what no document explains is left to go: accruals follow their documents by themselves. A debt goes as a negative amount.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce

from chalicelib.bonuses.ledger import rules, service
from chalicelib.bonuses.ledger.rules import ZERO, Book, Cause
from chalicelib.platform import Context


def transferable(book: Book, day: date) -> dict[date, Decimal]:
    """By lot: what can be spent on this day, less what was spent and is covered by nothing."""
    found = rules.allocation(book.lots)
    left = {expires_on: amount for expires_on, amount in found.left.items() if expires_on >= day}
    amounts = {lot: left.get(lot, ZERO) - found.short.get(lot, ZERO) for lot in {*left, *found.short}}
    return {lot: amount for lot, amount in sorted(amounts.items()) if amount}


def transfer(
    context: Context,
    company_id: str,
    to: str,
    currency: str,
    amounts: Mapping[date, Decimal],
    key: tuple[str, ...],
    reason: str,
    author: str,
) -> None:
    """Takes these amounts of lots from one book and adds them to the other. `key` names the transfer for ever: a repeat moves nothing more."""
    document = {"company": to}
    out = Cause("transfer", (*key, "out"), document, reason, author)
    service.change(context, company_id, currency, out, lambda book: _with(book, amounts, -1, context.today))
    into = Cause("transfer", (*key, "in"), {"company": company_id}, reason, author)
    service.change(context, to, currency, into, lambda book: _with(book, amounts, 1, context.today))


def _with(book: Book, amounts: Mapping[date, Decimal], sign: int, day: date) -> Book:
    return reduce(lambda made, lot: rules.credit(made, lot, sign * amounts[lot], day), amounts, book)
