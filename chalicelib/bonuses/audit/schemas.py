"""The proof as the staff see it: the last run, the club's totals, what does not balance."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Self

from pydantic import Field

from chalicelib.bonuses.audit.rules import Fault
from chalicelib.bonuses.ledger.rules import Balances
from chalicelib.platform.http.forms import Shown
from chalicelib.platform.money import Money


class ProofRun(Shown):
    """When the proof began last, and what it named for its workers."""

    at: str
    day: date
    full: bool = Field(description="Whether it began with every company's first posting.")
    companies: int = Field(description="Companies that moved since the run before, or did not balance.")


class ClubTotal(Shown):
    """All companies' accounts in one currency, as far as they are proved. The sum of all of them is zero."""

    currency: str
    companies: int
    pending: Money
    available: Money
    reserved: Money
    redeemed: Money
    expired: Money
    goods_owed: Money
    issued: Money = Field(description="Below zero: where all other accounts come from.")
    sum: Money = Field(description="Of all accounts.")

    @classmethod
    def of(cls, currency: str, companies: int, found: Balances) -> Self:
        accounts = {account: Money(amount=amount, currency=currency) for account, amount in found._asdict().items()}
        total = Money(amount=sum(found, Decimal(0)), currency=currency)
        return cls(currency=currency, companies=companies, **accounts, sum=total)


class MismatchFault(Shown):
    """What is wrong."""

    fault: Fault
    where: str = Field(
        description="The posting by its id or number, or the lot by its expiry day; empty: the account as a whole."
    )
    expected: str | None = Field(default=None, description="By the entries.")
    found: str | None = Field(default=None, description="In the book, or in the posting's own balances.")


class ProofMismatch(Shown):
    """An account that does not balance. Without a company: the club's total of this currency and shard."""

    company_id: str | None
    currency: str
    shard: int | None
    account: str = Field(description="An account; `ledger` where a posting itself is wrong.")
    since: str
    seen_at: str
    faults: list[MismatchFault]

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
                MismatchFault(
                    fault=each["fault"],
                    where=each["where"],
                    expected=f"{each['expected']:.2f}" if "expected" in each else None,
                    found=f"{each['found']:.2f}" if "found" in each else None,
                )
                for each in item["faults"]
            ],
        )


class BonusProof(Shown):
    last_run: ProofRun | None = Field(description="None before the first one.")
    totals: list[ClubTotal] = Field(description="By currency.")
    mismatches: list[ProofMismatch] = Field(description="A page of them, oldest first.")
    next_cursor: str | None
