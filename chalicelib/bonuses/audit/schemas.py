"""Views of the audit: its last run, the club's totals, accounts that do not balance."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.bonuses.audit.rules import Fault
from chalicelib.bonuses.ledger.rules import Balances
from chalicelib.platform import Money, NameOf, View


class AuditRunView(View):
    """The last run of the audit."""

    at: str
    day: date
    full: bool = Field(description="Whether it covered every company from its first posting on.")
    companies: int = Field(description="Companies whose bonuses moved since the previous run, or that did not balance.")


class ClubTotalView(View):
    """All companies' accounts in one currency, as far as they are audited. They sum to zero."""

    currency: str
    companies: int
    pending: Money
    available: Money
    reserved: Money
    redeemed: Money
    expired: Money
    goods_owed: Money
    issued: Money = Field(description="Negative: the source of all other accounts.")
    sum: Money = Field(description="Sum of all accounts.")

    @classmethod
    def of(cls, currency: str, companies: int, found: Balances) -> Self:
        total = Money(amount=sum(found, Decimal(0)), currency=currency)
        return cls.from_record(found, currency, currency=currency, companies=companies, sum=total)


class MismatchFaultView(View):
    fault: Fault
    where: str = Field(description="The posting's id or number, or the lot's expiry day; empty for the whole account.")
    expected: str | None = Field(default=None, description="Amount by the entries.")
    found: str | None = Field(default=None, description="Amount in the book, or in the posting's own balances.")


class MismatchView(View):
    """An account that does not balance: of a company, or else of the club's total of a currency and shard."""

    company_id: str | None
    company_name: Annotated[str | None, NameOf("company_id")] = None
    currency: str
    shard: int | None
    account: str = Field(description="The account; `ledger` where a posting itself is wrong.")
    since: str
    seen_at: str
    faults: list[MismatchFaultView]

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Self:
        return cls(
            company_id=item.get("company_id"),
            currency=item["currency"],
            shard=int(item["shard"]) if "shard" in item else None,
            account=item["account"],
            since=item["since"],
            seen_at=item["seen_at"],
            faults=[
                MismatchFaultView(
                    fault=each["fault"],
                    where=each["where"],
                    expected=f"{each['expected']:.2f}" if "expected" in each else None,
                    found=f"{each['found']:.2f}" if "found" in each else None,
                )
                for each in item["faults"]
            ],
        )


class BonusAuditView(View):
    last_run: AuditRunView | None = Field(description="Null before the first run.")
    totals: list[ClubTotalView] = Field(description="By currency.")
    mismatches: list[MismatchView] = Field(description="Accounts that do not balance, oldest first.")
    next_cursor: str | None
