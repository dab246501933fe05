"""A statement ties to documents and payments, and its closing balance is the opening of the next, whatever was bought, returned and paid."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib import sales
from chalicelib.analytics.settlements.model import Settlement
from chalicelib.analytics.statements.rules import Statement, bonus_account, opening, sides, statement
from chalicelib.bonuses import Balances, Posting
from chalicelib.bonuses.ledger.rules import Cause
from chalicelib.sales import CurrentDocument, RecordedRevision, SaleDocument, SaleLine

FIRST = date(2026, 1, 1)


def document(number: int, day: date, amount: Decimal, counts_on: date | None = None) -> CurrentDocument:
    kind = "return" if counts_on else "sale"
    line = SaleLine("L", "Lamp", Decimal(1), None, amount)
    return CurrentDocument(SaleDocument("1c", f"A-{number}", "cmp_1", day, "RUB", [line], kind=kind), counts_on or day)  # type: ignore[arg-type]


def of(documents: list[CurrentDocument], paid: list[Settlement], first: date, last: date) -> Statement:
    """The statement of a period, of these facts of all time."""
    known = [
        RecordedRevision(each.ref, each.kind, each.business_date, counts_on, each.currency, each.total, 1, "", None)
        for each, counts_on in documents
    ]
    totals = sales.totals(known)
    return statement(
        "cmp_1",
        "RUB",
        first,
        last,
        opening(totals, paid, first),
        [each for each in documents if first <= each.document.business_date <= last],
        [each for each in paid if first <= each.day <= last],
        {},
    )


def test_the_lines_of_a_day_are_invoices_returns_and_payments_and_the_balance_runs() -> None:
    documents = [
        document(1, FIRST, Decimal("100.00")),
        document(2, FIRST, Decimal("-20.00"), counts_on=FIRST),
        document(3, FIRST + timedelta(1), Decimal("7.00")),
    ]
    paid = [Settlement("cmp_1", FIRST, "1c", "/A-1", Decimal("100.00"))]
    found = of(documents, paid, FIRST, FIRST + timedelta(1))
    assert [(line.kind, line.document, line.debit, line.credit, line.balance) for line in found.lines] == [
        ("sale", "A-1", 100, 0, 100),
        ("return", "A-2", 0, 20, 80),
        ("payment", "A-1", 0, 100, -20),
        ("sale", "A-3", 7, 0, -13),
    ]
    assert (found.opening, found.turnover, found.closing) == (0, (107, 120), -13)
    assert sides(found.closing) == (0, 13)


def test_a_return_is_in_the_balance_from_its_own_day_though_it_counts_on_the_day_of_its_sale() -> None:
    documents = [
        document(1, FIRST, Decimal("100.00")),
        document(2, FIRST + timedelta(40), Decimal("-30.00"), counts_on=FIRST),
    ]
    assert of(documents, [], FIRST + timedelta(40), FIRST + timedelta(60)).opening == 100
    assert of(documents, [], FIRST + timedelta(41), FIRST + timedelta(60)).opening == 70


days = st.integers(0, 90).map(lambda number: FIRST + timedelta(days=number))
amounts = st.decimals("0.01", "9999.99", places=2)


@st.composite
def facts(draw: st.DrawFn) -> tuple[list[CurrentDocument], list[Settlement]]:
    documents, paid = [], []
    for number in range(draw(st.integers(0, 12))):
        day, amount = draw(days), draw(amounts)
        if draw(st.booleans()):
            documents.append(document(number, day, amount))
            if draw(st.booleans()):
                paid.append(Settlement("cmp_1", draw(days), "1c", f"/A-{number}", amount))
        else:
            documents.append(document(number, day, -amount, counts_on=min(day, draw(days))))
    return documents, paid


@given(facts(), days, days, days)
def test_the_closing_of_a_period_is_the_opening_of_the_next(
    found: tuple[list[CurrentDocument], list[Settlement]], a: date, b: date, c: date
) -> None:
    documents, paid = found
    first, middle, last = sorted((a, b, c))
    before, after = of(documents, paid, first, middle), of(documents, paid, middle + timedelta(1), last + timedelta(1))
    assert before.closing == after.opening
    whole = of(documents, paid, first, last + timedelta(1))
    assert (whole.opening, whole.closing) == (before.opening, after.closing)
    assert before.lines + after.lines == whole.lines
    everything = sum((each.document.total for each in documents), Decimal(0)) - sum(each.amount for each in paid)
    assert of(documents, paid, FIRST, date(2027, 1, 1)).closing == everything


@given(facts(), days)
def test_the_last_line_s_balance_is_the_closing(
    found: tuple[list[CurrentDocument], list[Settlement]], day: date
) -> None:
    told = of(*found, FIRST, day)
    assert (told.lines[-1].balance if told.lines else told.opening) == told.closing


amounts = st.decimals("0", "1000", places=2)
accounts = st.lists(amounts, min_size=6, max_size=6).map(
    lambda found: Balances._make([*found, -sum(found, Decimal(0))])
)


def posting(balances: Balances) -> Posting:
    return Posting("pst_1", "cmp_1", "RUB", "", FIRST, 1, Cause("accrual", ()), (), balances)


@given(accounts, accounts)
def test_the_closing_bonuses_are_the_opening_ones_and_what_moved_them(before: Balances, after: Balances) -> None:
    """Whatever is credited and spent: all accounts of a book sum to zero."""
    found = bonus_account(posting(before), posting(after))
    assert found
    assert found.closing == found.opening + found.credited - found.redeemed - found.expired - found.goods
    following = bonus_account(posting(after), posting(before))
    assert following
    assert following.opening == found.closing


def test_a_company_without_bonuses_has_no_account() -> None:
    assert bonus_account(None, None) is None
