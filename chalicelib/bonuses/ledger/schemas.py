from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.bonuses.ledger.rules import Account, Balances, Book, Entry, LotParts, Posting, allocation, balances
from chalicelib.platform import Form, ListPage, Money, Month, View, narrowed

# Titles of postings by the kind of their cause: English and Russian.
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
    "redemption_reduced": ("Given back: the order comes to less", "Возврат части списания: сумма заказа уменьшилась"),
    "redemption_returned": ("Given back: goods were returned", "Возврат части списания: товар возвращён"),
    "redemption_cancelled": ("Redemption cancelled", "Отмена списания"),
    "adjustment": ("Adjustment", "Корректировка"),
    "transfer": ("Transfer: two companies were joined", "Перенос: две компании объединены"),
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

BonusAmount = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2, examples=["1500.00"])]


class StatementQuery(Form):
    """A page of a month's statement. Opening and closing balances are on every page."""

    month: Month | None = Field(default=None, description="The current month if omitted.")
    limit: int = Field(default=500, ge=1, le=1000, description="Most lines of a page.")
    cursor: str | None = Field(
        default=None, max_length=2048, description="`next_cursor` of the page before, to go on after it."
    )


class LotView(View):
    """An amount that can be spent up to and including `expires_on`."""

    expires_on: date
    amount: Money


class BalancesView(View):
    """The company's balances."""

    pending: Money = Field(description="Earned, not spendable yet.")
    available: Money = Field(
        description="Spendable; negative where a return took back bonuses that were already spent."
    )
    reserved: Money = Field(description="Held by redemptions that are not completed.")


class BonusTotalsView(View):
    """All-time totals: issued = redeemed + expired + goods_owed + the three balances."""

    issued: Money
    redeemed: Money
    expired: Money
    goods_owed: Money = Field(description="Volume bonuses to be paid in goods.")

    @classmethod
    def of(cls, found: Balances, currency: str) -> Self:
        return cls.from_record(found, currency, issued=Money(amount=-found.issued, currency=currency))


class BonusesView(View):
    """A company's bonuses as of a day."""

    company_id: str
    as_of: date
    balances: BalancesView
    totals: BonusTotalsView
    lots: list[LotView] = Field(description="Spendable lots, oldest expiry first: the order in which they are spent.")
    next_expiry: LotView | None = Field(description="The lot that expires first; null if nothing can be spent.")
    debt: Money = Field(
        description="Bonuses that were spent and then taken back by a return; the next accruals pay it."
    )
    redemption_minimum: Money

    @classmethod
    def of(cls, book: Book, day: date, redemption_minimum: Decimal) -> Self:
        found, currency = allocation(book.lots), book.currency
        left = {expires_on: amount for expires_on, amount in found.left.items() if expires_on >= day and amount}
        lots = lot_views(left, currency)
        sums = balances(book, day)
        return cls(
            company_id=book.company_id,
            as_of=day,
            balances=BalancesView.from_record(sums, currency),
            totals=BonusTotalsView.of(sums, currency),
            lots=lots,
            next_expiry=lots[0] if lots else None,
            debt=Money(amount=found.debt, currency=currency),
            redemption_minimum=Money(amount=redemption_minimum, currency=currency),
        )


class PostingEntryView(View):
    """One side of a posting. `expires_on`: the expiry day of its lot."""

    account: Account = Field(description="The account that the amount moves into, or out of if negative.")
    amount: Money
    expires_on: date | None

    @classmethod
    def of(cls, entry: Entry, currency: str) -> Self:
        return cls.from_record(entry, currency, expires_on=entry.lot)


class PostingView(View):
    """Entries that sum to zero. A posting never changes; an error is reversed by another posting."""

    posting_id: str
    at: str
    day: date
    kind: str = Field(description="The occasion, such as accrual or redemption.")
    title: str = Field(description="The kind in the reader's language.")
    document: dict[str, str] = Field(
        description="The document behind it: the numbers of a sale, a redemption, a period …"
    )
    reason: str
    reverses: str | None = Field(description="The posting that this one reverses, whole or in part.")
    entries: list[PostingEntryView] = Field(description="Its entries: their sum is zero.")
    balances: BalancesView = Field(description="Balances after the posting.")

    @classmethod
    def of(cls, posting: Posting, language: str) -> Self:
        return cls.from_record(
            posting,
            **_cause(posting, language),
            reverses=posting.cause.reverses or None,
            entries=[PostingEntryView.of(entry, posting.currency) for entry in posting.entries],
        )


PostingsQuery = narrowed(PostingView, same=("kind",), words=("document", "reason"), day=("day",))


class PostingPage(ListPage[PostingView]):
    """Newest first."""


class StatementLineView(View):
    """A posting as one line: its amount on each of the company's accounts, and its document."""

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
        return cls.from_record(posting, **_cause(posting, language), **moved)


class StatementView(View):
    """A month by the day of recording: opening + lines = closing. A past month never changes."""

    company_id: str
    month: str
    complete: bool = Field(description="Whether the month is over.")
    opening: BalancesView
    closing: BalancesView
    lines: list[StatementLineView] = Field(description="Oldest first.")
    next_cursor: str | None


def lot_views(parts: LotParts, currency: str) -> list[LotView]:
    return [
        LotView(expires_on=expires_on, amount=Money(amount=amount, currency=currency))
        for expires_on, amount in parts.items()
    ]


def _cause(posting: Posting, language: str) -> dict[str, Any]:
    cause = posting.cause
    return {
        "kind": cause.kind,
        "title": title(cause.kind, language),
        "document": dict(cause.document),
        "reason": cause.reason,
    }


def title(kind: str, language: str) -> str:
    english, russian = TITLES.get(kind, (kind, kind))
    return russian if language == "ru" else english
