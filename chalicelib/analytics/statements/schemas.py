"""The query and the views of a statement."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.analytics.statements.model import Dispute
from chalicelib.analytics.statements.rules import Sides, Statement, StatementLine, sides
from chalicelib.companies import Company
from chalicelib.platform import Form, Money, View
from chalicelib.platform.fields import NO_ID, ONE_LINE_OR_NONE, Day, shape


class StatementQuery(Form):
    first: Day | None = Field(
        default=None, alias="from", description="First day; by default, of the month of the last."
    )
    last: Day | None = Field(default=None, alias="to", description="Last day, YYYY-MM-DD; by default, today.")
    contract: str | None = Field(
        default=None,
        max_length=100,
        pattern=ONE_LINE_OR_NONE,
        description="Only the documents of this contract and their payments; empty: of those that name none. By default all.",
    )


class SidesView(View):
    debit: Money = Field(description="Owed by the company.")
    credit: Money = Field(description="In the company's favour.")

    @classmethod
    def of(cls, both: Sides, currency: str) -> "SidesView":
        return cls(debit=Money.of(both.debit, currency), credit=Money.of(both.credit, currency))


LineId = Annotated[
    str,
    Field(
        pattern=shape(r"^(sale|return|payment)#[^#]{1,64}#.{1,200}$", NO_ID),
        description="Name of a line.",
        examples=["sale#1c-main#2026/УТ-000123"],
    ),
]


class DisputeForm(Form):
    """Another sum that the company has in its books for a line of its statement."""

    line_id: LineId
    claimed: Decimal = Field(
        ge=0,
        max_digits=15,
        decimal_places=2,
        description="The sum in the company's books, without a sign; 0: no such document.",
    )
    note: str = Field(default="", max_length=500, description="For the manager.")


class DisputeView(View):
    """The company's newest word on a line. It changes no balance."""

    line_id: LineId
    claimed: Money
    note: str
    at: str


class AccountStatementLineView(View):
    """An invoice (debit), a return (credit) or a payment (credit)."""

    line_id: LineId
    day: date
    kind: Literal["sale", "return", "payment"]
    source: str = Field(description="The system of the document; `orders`: a shipment of an order of this club.")
    document: str = Field(description="Number of the document; of a payment, of the document that it pays.")
    order_id: str | None
    order_number: str | None
    contract: str | None = Field(description="Of the document; null if unknown, and for a payment.")
    debit: Money
    credit: Money
    balance: Money = Field(description="After this line; positive: owed by the company.")
    dispute: DisputeView | None = Field(description="The other sum that the company has, if it said so.")

    @classmethod
    def of(cls, line: StatementLine, currency: str, dispute: Dispute | None) -> "AccountStatementLineView":
        return cls(
            line_id=line.line_id,
            dispute=DisputeView.from_record(dispute, currency) if dispute else None,
            day=line.day,
            kind=line.kind,
            source=line.ref[0],
            document=line.document,
            order_id=line.order_id or None,
            order_number=line.order_number or None,
            contract=line.contract or None,
            debit=Money.of(line.debit, currency),
            credit=Money.of(line.credit, currency),
            balance=Money.of(line.balance, currency),
        )


class BonusAccountView(View):
    """Bonuses outside the balances. closing = opening + credited - redeemed - expired - goods."""

    opening: Money
    credited: Money = Field(description="Less what returns took back.")
    redeemed: Money
    expired: Money
    goods: Money = Field(description="Owed in goods.")
    closing: Money


class AccountStatementView(View):
    """A draft for reconciliation: what the club's books say. It is no primary document, and signing it is up to both sides."""

    model_config = ConfigDict(serialize_by_alias=True)

    company_id: str
    company: str
    inn: str | None
    contract: str | None = Field(description="The only one; empty: documents that name none; null: all contracts.")
    currency: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    as_of: str
    formula: str = Field(description="The formula of the balances, in the reader's language.")
    opening: SidesView
    turnover: SidesView = Field(description="Sums of the lines.")
    closing: SidesView = Field(description="The opening of the next period.")
    row_count: int
    control_total: Money = Field(description="Debit less credit of all lines: closing less opening.")
    documents_left_out: int = Field(
        description="Documents in another currency than the company's: they are in no balance."
    )
    lines: list[AccountStatementLineView]
    bonuses: BonusAccountView | None = Field(description="Null without bonuses, and for one contract.")

    @classmethod
    def of(
        cls, found: Statement, company: Company, as_of: str, formula: str, disputes: Mapping[str, Dispute]
    ) -> "AccountStatementView":
        currency = found.currency
        return cls(
            company_id=company.company_id,
            company=company.name,
            inn=company.inn,
            contract=found.contract,
            currency=currency,
            first=found.first,
            last=found.last,
            as_of=as_of,
            formula=formula,
            opening=SidesView.of(sides(found.opening), currency),
            turnover=SidesView.of(found.turnover, currency),
            closing=SidesView.of(sides(found.closing), currency),
            row_count=len(found.lines),
            control_total=Money.of(found.turnover.balance, currency),
            documents_left_out=found.left_out,
            lines=[AccountStatementLineView.of(line, currency, disputes.get(line.line_id)) for line in found.lines],
            bonuses=BonusAccountView.from_record(found.bonuses, found.bonuses.currency) if found.bonuses else None,
        )


class StatementFileQuery(StatementQuery):
    format: Literal["csv", "xlsx", "pdf"] = Field(default="pdf", description="The kind of file.")


class StatementFileView(View):
    """A file of the statement. The address works until `expires_at`."""

    url: str
    expires_at: datetime
    bytes: int
    row_count: int = Field(description="Lines in the file, which has all of them.")
    control_total: Money = Field(description="Debit less credit of all lines, as the file's turnover says.")
