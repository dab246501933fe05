"""A statement of account. Pure.

    balance(day) = documents dated up to the day, returns negative  -  payments made up to it
    opening      = balance of the day before the period             closing = opening + the lines of the period

A positive balance is the company's debt (debit of the club's books), a negative one a sum in its favour (credit). The opening comes from
day totals and payments before the period, the lines from the documents and payments in it; both are counted from the same facts, so the
closing of a period is the opening of the next.

A statement of one contract has the documents that name it and the payments of these; one of no contract has the others. So those of all
contracts of a company add up to its statement, line by line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, cast

from chalicelib.analytics.settlements.model import Settlement
from chalicelib.bonuses import Balances, Posting
from chalicelib.sales import ORDERS, CurrentDocument, DayTotals, DocumentRef, order_of

ZERO = Decimal(0)
LineKind = Literal["sale", "return", "payment"]
_PLACES: Mapping[LineKind, int] = {"sale": 0, "return": 1, "payment": 2}  # of one day


class Sides(NamedTuple):
    """A sum of each side; of a balance one of the two is zero."""

    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        return self.debit - self.credit


def sides(balance: Decimal) -> Sides:
    """A balance as debit or credit."""
    return Sides(max(balance, ZERO), max(-balance, ZERO))


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A document or a payment. `document`: number for people; `order_id`, `order_number`: of a shipment; `contract`: of the document;
    `balance`: after the line."""

    day: date
    kind: LineKind
    ref: DocumentRef
    document: str
    amount: Decimal  # positive: more debt
    order_id: str = ""
    order_number: str = ""
    contract: str = ""
    balance: Decimal = ZERO

    @property
    def line_id(self) -> str:
        """A name of the line for ever; `line_parts` takes it apart."""
        return f"{self.kind}#{self.ref[0]}#{self.ref[1]}"

    @property
    def debit(self) -> Decimal:
        return max(self.amount, ZERO)

    @property
    def credit(self) -> Decimal:
        return max(-self.amount, ZERO)


def line_parts(line_id: str) -> tuple[LineKind, DocumentRef]:
    """The kind and the document of a `line_id`."""
    kind, source, document = line_id.split("#", 2)
    return cast(LineKind, kind), (source, document)


class BonusAccount(NamedTuple):
    """The company's bonuses before and after a period, pending and reserved ones as well, and what moved them in between.

    closing = opening + credited - redeemed - expired - goods, exactly. `credited`: less what returns took back; `goods`: owed in goods.
    """

    currency: str
    opening: Decimal
    credited: Decimal
    redeemed: Decimal
    expired: Decimal
    goods: Decimal
    closing: Decimal


def bonus_account(before: Posting | None, after: Posting | None) -> BonusAccount | None:
    """The account between the last postings before and of a period; None before the first posting ever."""
    if after is None:
        return None
    opening, closing = before.balances if before else _NO_BONUSES, after.balances
    return BonusAccount(
        after.currency,
        opening=_held(opening),
        credited=opening.issued - closing.issued,
        redeemed=closing.redeemed - opening.redeemed,
        expired=closing.expired - opening.expired,
        goods=closing.goods_owed - opening.goods_owed,
        closing=_held(closing),
    )


_NO_BONUSES = Balances(*[ZERO] * len(Balances._fields))


def _held(balances: Balances) -> Decimal:
    return balances.pending + balances.available + balances.reserved


@dataclass(frozen=True, slots=True)
class Statement:
    """The balances before and after a period, and its lines by day. `left_out`: documents in another currency than the company's.

    `bonuses`: beside the balances, in none of them. `contract`: the only one, empty for documents of none; None: of all contracts.
    """

    company_id: str
    currency: str
    first: date
    last: date
    opening: Decimal
    lines: tuple[StatementLine, ...]
    left_out: int = 0
    bonuses: BonusAccount | None = None
    contract: str | None = None

    @property
    def turnover(self) -> Sides:
        """The sums of the lines on each side."""
        return Sides(sum((line.debit for line in self.lines), ZERO), sum((line.credit for line in self.lines), ZERO))

    @property
    def closing(self) -> Decimal:
        return self.opening + self.turnover.balance


def opening(totals: DayTotals, paid: Iterable[Settlement], first: date) -> Decimal:
    """The balance before this day. `totals`: of all days before it; `paid`: all payments before it.

    Day totals count a return on the day of its sale; what took effect on this day or later is taken out.
    """
    documents = sum((amount for day, amount in totals.net.items() if day < first), ZERO)
    later = sum((amount for (day, effect), amount in totals.returned.items() if day < first <= effect), ZERO)
    return documents - later - sum((each.amount for each in paid if each.day < first), ZERO)


def statement(
    company_id: str,
    currency: str,
    first: date,
    last: date,
    opening: Decimal,
    documents: Sequence[CurrentDocument],
    paid: Sequence[Settlement],
    orders: Mapping[str, str],
) -> Statement:
    """The statement of these documents and payments. `orders`: number by id."""
    counting = [each.document for each in documents if not each.document.other_currency]
    lines: list[StatementLine] = []
    for document in counting:
        order_id = order_of(document.ref)[1] if document.ref[0] == ORDERS else ""
        lines.append(
            StatementLine(
                day=document.business_date,
                kind=document.kind,
                ref=document.ref,
                document=document.title or document.number,
                amount=document.total,
                order_id=order_id,
                order_number=orders.get(order_id, ""),
                contract=document.contract,
            )
        )
    for each in paid:
        lines.append(StatementLine(each.day, "payment", each.ref, each.document.partition("/")[2], -each.amount))
    lines.sort(key=lambda line: (line.day, _PLACES[line.kind], line.ref))
    balanced, balance = [], opening
    for line in lines:
        balance += line.amount
        balanced.append(replace(line, balance=balance))
    return Statement(company_id, currency, first, last, opening, tuple(balanced), len(documents) - len(counting))
