"""Bonuses as they are asked for and shown: balances, postings, statements, redemptions, adjustments."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from chalicelib.bonuses.ledger.rules import Account, Balances, Book, Entry, Posting, allocation, balances
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.money import Money

MOST = Decimal("999999999999.99")

# What a posting is called, by the kind of its cause: English and Russian.
TITLES: Mapping[str, tuple[str, str]] = {
    "purchase": ("Accrual for a purchase", "Начисление за покупку"),
    "payment": ("Paid: the accrual can be spent", "Оплачено: начисление доступно"),
    "return": ("Return", "Возврат"),
    "correction": ("Document corrected", "Исправление документа"),
    "rerating": ("The tier of the day changed", "Изменение уровня на дату документа"),
    "removal": ("Document moved to another company", "Документ перенесён на другую компанию"),
    "coalition": ("Accrual of a partner programme", "Начисление от партнёра программы"),
    "coalition_reversal": ("Accrual of a partner programme taken back", "Отмена начисления от партнёра программы"),
    "redemption": ("Reserved for redemption", "Резерв под списание"),
    "redemption_completed": ("Redeemed", "Списание"),
    "redemption_reduced": (
        "Given back: the order comes to less",
        "Возврат части списания: сумма заказа уменьшилась",
    ),
    "redemption_returned": ("Given back: goods were returned", "Возврат части списания: товар возвращён"),
    "redemption_cancelled": ("Redemption cancelled", "Отмена списания"),
    "adjustment": ("Adjustment", "Корректировка"),
    "expiry": ("Expired", "Сгорание по сроку"),
    "write_off": ("Borne by the club", "Списано за счёт клуба"),
    "period": ("Volume bonus of a period", "Бонус за объём периода"),
    "goods_chosen": ("Goods chosen", "Выбор товара"),
    "goods_cancelled": ("Choice of goods cancelled", "Отмена выбора товара"),
    "goods_shipped": ("Goods shipped", "Отгрузка товара"),
    "goods_shipment_reversed": ("Shipment of goods taken back", "Отмена отгрузки товара"),
    "goods_expired": ("Goods not chosen in time", "Товар не выбран в срок"),
    "goods_reversed": ("Goods owed no more", "Отмена права на товар"),
    "gift_handed_over": ("Gift handed over", "Подарок вручён"),
    "gift_hand_over_reversed": ("Gift came back", "Возврат подарка"),
}

Amount = Annotated[Decimal, Field(gt=0, le=MOST, max_digits=14, decimal_places=2, examples=["1500.00"])]
Month = Annotated[str, Field(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", examples=["2026-11"])]


class StatementQuery(Form):
    """A page of a month's statement. Opening and closing balances are on every page."""

    month: Month | None = Field(default=None, description="Without it: the present one.")
    limit: int = Field(default=500, ge=1, le=1000, description="How many lines at most.")
    cursor: str | None = Field(
        default=None, max_length=2048, description="`next_cursor` of the page before, to go on after it."
    )


# --- what is shown ----------------------------------------------------------------------------------------------------


class LotAnswer(Shown):
    """What can be spent up to this day, and not after it."""

    expires_on: date
    amount: Money


class Standings(Shown):
    """What stands on the company's accounts."""

    pending: Money = Field(description="Earned, not to be spent yet.")
    available: Money = Field(description="Can be spent; below zero where a return took back what was spent already.")
    reserved: Money = Field(description="Held by redemptions that are not completed.")

    @classmethod
    def of(cls, found: Balances, currency: str) -> Self:
        return cls(
            pending=Money(amount=found.pending, currency=currency),
            available=Money(amount=found.available, currency=currency),
            reserved=Money(amount=found.reserved, currency=currency),
        )


class Totals(Shown):
    """What the club issued to the company ever, and what became of it: these, and the company's balances, sum up to `issued`."""

    issued: Money
    redeemed: Money
    expired: Money
    goods_owed: Money = Field(description="Volume bonuses to be paid in goods.")

    @classmethod
    def of(cls, found: Balances, currency: str) -> Self:
        return cls(
            issued=Money(amount=-found.issued, currency=currency),
            redeemed=Money(amount=found.redeemed, currency=currency),
            expired=Money(amount=found.expired, currency=currency),
            goods_owed=Money(amount=found.goods_owed, currency=currency),
        )


class BonusesAnswer(Shown):
    """A company's bonuses on this day."""

    company_id: str
    as_of: date
    balances: Standings
    totals: Totals
    lots: list[LotAnswer] = Field(description="What can be spent, oldest expiry first: the order in which it is spent.")
    next_expiry: LotAnswer | None
    debt: Money = Field(description="What was spent and taken back by a return; what is earned next pays it.")
    redemption_minimum: Money

    @classmethod
    def of(cls, book: Book, day: date, redemption_minimum: Decimal) -> Self:
        found, currency = allocation(book.lots), book.currency
        lots = [
            LotAnswer(expires_on=expires_on, amount=Money(amount=amount, currency=currency))
            for expires_on, amount in found.left.items()
            if expires_on >= day and amount
        ]
        sums = balances(book, day)
        return cls(
            company_id=book.company_id,
            as_of=day,
            balances=Standings.of(sums, currency),
            totals=Totals.of(sums, currency),
            lots=lots,
            next_expiry=lots[0] if lots else None,
            debt=Money(amount=found.debt, currency=currency),
            redemption_minimum=Money(amount=redemption_minimum, currency=currency),
        )


class EntryAnswer(Shown):
    """One side of a posting. `expires_on`: of the lot that it moves."""

    account: Account
    amount: Money
    expires_on: date | None

    @classmethod
    def of(cls, entry: Entry, currency: str) -> Self:
        return cls(account=entry.account, amount=Money(amount=entry.amount, currency=currency), expires_on=entry.lot)


class PostingAnswer(Shown):
    """Entries that belong together and sum to zero. Never changed: what was wrong is reversed by another posting."""

    posting_id: str
    at: str
    day: date
    kind: str
    title: str = Field(description="The kind in the reader's language.")
    document: dict[str, str] = Field(description="What it rests on: the numbers of a sale, a redemption, a period …")
    reason: str
    reverses: str | None = Field(description="The posting that this one takes back, whole or in part.")
    entries: list[EntryAnswer]
    balances: Standings = Field(description="After it.")

    @classmethod
    def of(cls, posting: Posting, language: str) -> Self:
        return cls(
            posting_id=posting.posting_id,
            at=posting.at,
            day=posting.day,
            kind=posting.cause.kind,
            title=title(posting.cause.kind, language),
            document=dict(posting.cause.document),
            reason=posting.cause.reason,
            reverses=posting.cause.reverses or None,
            entries=[EntryAnswer.of(entry, posting.currency) for entry in posting.entries],
            balances=Standings.of(posting.balances, posting.currency),
        )


class PostingPage(Shown):
    """Newest first."""

    items: list[PostingAnswer]
    next_cursor: str | None


class StatementLine(Shown):
    """A posting as a line: what it moved on each of the company's accounts, and the document it rests on."""

    posting_id: str
    at: str
    day: date
    kind: str
    title: str
    document: dict[str, str]
    reason: str
    pending: Money
    available: Money
    reserved: Money

    @classmethod
    def of(cls, posting: Posting, language: str) -> Self:
        moved = {
            account: Money(
                amount=sum((entry.amount for entry in posting.entries if entry.account == account), Decimal(0)),
                currency=posting.currency,
            )
            for account in ("pending", "available", "reserved")
        }
        return cls(
            posting_id=posting.posting_id,
            at=posting.at,
            day=posting.day,
            kind=posting.cause.kind,
            title=title(posting.cause.kind, language),
            document=dict(posting.cause.document),
            reason=posting.cause.reason,
            **moved,
        )


class StatementAnswer(Shown):
    """A month by the day of recording: opening plus all lines is closing. A month that is over never changes."""

    company_id: str
    month: str
    complete: bool = Field(description="Whether the month is over.")
    opening: Standings
    closing: Standings
    lines: list[StatementLine] = Field(description="Oldest first.")
    next_cursor: str | None


def title(kind: str, language: str) -> str:
    english, russian = TITLES.get(kind, (kind, kind))
    return russian if language == "ru" else english
