from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.money import MixedCurrencies, Money
from chalicelib.sales import rules as sales_rules
from chalicelib.sales.rules import (
    CountingDay,
    DayGain,
    DayKey,
    DocumentRef,
    Head,
    KnownDocument,
    Original,
    SaleDocument,
    SaleLine,
)
from tests.sales.steps import DAY, invoice, line, returned

money = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
texts = st.text(max_size=20)
lines = st.builds(SaleLine, texts, texts, money, st.none() | money, money)


def gain(amount: int, documents: int, returned: Mapping[date, Decimal] = MappingProxyType({})) -> DayGain:
    return DayGain(Money.of(Decimal(amount), "RUB"), documents, returned)


def head_of(document: SaleDocument, **more: object) -> Head:
    content = sales_rules.digest(document, [sales_rules.pack(each) for each in document.lines])
    own_day = CountingDay(document.business_date)
    head = Head(
        document.company_id,
        document.business_date,
        own_day,
        document.currency,
        document.total,
        1,
        content,
        "created",
        None,
        "2026-11-02",
    )
    return head._replace(**more)  # type: ignore[arg-type]


def outcome(head: Head | None, document: SaleDocument, **more: str) -> tuple[str, bool]:
    content = sales_rules.digest(document, [sales_rules.pack(each) for each in document.lines])
    return sales_rules.outcome(
        head, content, CountingDay(document.business_date), more.get("import_id"), more.get("as_of", "2026-11-03")
    )


def changes(head: Head | None, document: SaleDocument) -> sales_rules.Changes:
    return sales_rules.changes(head, document, CountingDay(document.business_date))


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3", "0.335", "1.01"),
        ("1", "0.005", "0.01"),
        ("-1", "0.005", "-0.01"),
        ("-1", "0.004", "0.00"),
        ("2", "1.5", "3.00"),
    ],
)
def test_an_amount_is_rounded_half_up_where_it_becomes_money(quantity: str, price: str, amount: str) -> None:
    assert str(SaleLine.of("L-1", "Lamp", Decimal(quantity), Decimal(price)).amount) == amount


def test_an_amount_that_was_given_counts_and_not_the_product() -> None:
    assert SaleLine.of("L-1", "Lamp", Decimal(3), Decimal(10), Decimal("27.5")).amount == Decimal("27.50")


def test_a_line_needs_a_price_or_an_amount() -> None:
    with pytest.raises(ValueError, match="price or an amount"):
        SaleLine.of("L-1", "Lamp", Decimal(3))


def test_numbers_of_two_series_never_meet() -> None:
    assert invoice("1", series="2025").ref != invoice("1", series="2026").ref
    assert invoice("1", series="2026").ref == invoice("1", series="2026", company="cmp_2").ref


def test_what_is_not_known_is_created() -> None:
    assert outcome(None, invoice()) == ("created", True)


def test_the_same_content_is_unchanged_in_whatever_order_its_lines_come() -> None:
    document = invoice("УТ-1", "1.00", "2.00")
    turned = document._replace(lines=document.lines[::-1])
    assert outcome(head_of(document), turned) == ("unchanged", False)


def test_a_quantity_is_the_same_however_it_is_written() -> None:
    one, other = (invoice()._replace(lines=[line(quantity=text)]) for text in ("2", "2.000"))
    assert outcome(head_of(one), other) == ("unchanged", False)


@pytest.mark.parametrize(
    "correction",
    [
        {"company_id": "cmp_2"},
        {"business_date": date(2026, 11, 3)},
        {"currency": "EUR"},
        {"kind": "return"},
        {"original": Original("УТ-9", ("2026",), None)},
        {"original": Original("", (), DAY)},
        {"lines": [line("100.01")]},
        {"lines": [line(), line()]},
        {"lines": []},
    ],
)
def test_other_content_is_a_change(correction: dict[str, object]) -> None:
    assert outcome(head_of(invoice()), invoice()._replace(**correction)) == ("changed", True)  # type: ignore[arg-type]


def test_an_older_state_does_not_replace_a_newer_one() -> None:
    newer = head_of(invoice(), as_of="2026-11-05")
    assert outcome(newer, invoice("УТ-1", "7.00"), as_of="2026-11-04") == ("unchanged", False)


def test_an_import_hears_again_what_it_heard_when_it_wrote() -> None:
    for heard in ("created", "changed"):
        assert outcome(head_of(invoice(), outcome=heard, import_id="imp_1"), invoice(), import_id="imp_1") == (
            heard,
            False,
        )
    assert outcome(head_of(invoice(), import_id="imp_1"), invoice(), import_id="imp_2") == ("unchanged", False)


def test_what_was_not_imported_is_unchanged_when_it_comes_again() -> None:
    assert outcome(head_of(invoice()), invoice()) == ("unchanged", False)


def test_a_new_document_is_gained_by_its_day() -> None:
    assert changes(None, invoice("УТ-1", "60.00", "40.00")) == {DayKey("cmp_1", DAY): gain(100, 1)}


def test_a_correction_moves_the_day_by_the_difference() -> None:
    assert changes(head_of(invoice()), invoice("УТ-1", "70.00")) == {DayKey("cmp_1", DAY): gain(-30, 0)}


def test_a_correction_that_moves_no_sum_changes_no_day() -> None:
    assert changes(head_of(invoice()), invoice("УТ-1", "60.00", "40.00")) == {}


def test_a_correction_of_day_and_company_takes_it_from_one_and_gives_it_to_the_other() -> None:
    moved = changes(head_of(invoice()), invoice("УТ-1", "70.00", company="cmp_2", day=date(2026, 11, 9)))
    assert moved == {
        DayKey("cmp_1", DAY): gain(-100, -1),
        DayKey("cmp_2", date(2026, 11, 9)): gain(70, 1),
    }
    assert sales_rules.of_company(moved, "cmp_1") == {"2026-11-02": Decimal(-100)}
    assert sales_rules.of_company(moved, "cmp_2") == {"2026-11-09": Decimal(70)}


# --- returns and their originals --------------------------------------------------------------------------------------

SALE_DAY = date(2026, 9, 1)
GIVEN_BACK = returned("В-1", "УТ-1", "-10.00", series=("2026", "2025"), on=None)
THIS_YEAR, LAST_YEAR = ("1c-main", "2026/УТ-1"), ("1c-main", "2025/УТ-1")


def sold(day: date = SALE_DAY, company: str = "cmp_1") -> KnownDocument:
    return KnownDocument(head_of(invoice("УТ-1", company=company, day=day)))


@pytest.mark.parametrize(
    ("known", "told", "day", "found"),
    [
        ({THIS_YEAR: sold()}, None, SALE_DAY, THIS_YEAR),
        ({LAST_YEAR: sold(date(2025, 12, 30))}, None, date(2025, 12, 30), LAST_YEAR),
        ({THIS_YEAR: sold(), LAST_YEAR: sold(date(2025, 12, 30))}, None, SALE_DAY, THIS_YEAR),
        ({THIS_YEAR: sold(DAY)}, None, DAY, THIS_YEAR),
        ({THIS_YEAR: sold(date(2026, 11, 3)), LAST_YEAR: sold(SALE_DAY)}, None, SALE_DAY, LAST_YEAR),
        ({THIS_YEAR: sold(company="cmp_2")}, None, DAY, None),
        ({THIS_YEAR: sales_rules.NOTHING}, None, DAY, None),
        ({}, None, DAY, None),
        ({}, date(2026, 8, 8), date(2026, 8, 8), None),
        ({}, date(2026, 11, 3), DAY, None),
        ({THIS_YEAR: sold()}, date(2026, 8, 8), SALE_DAY, THIS_YEAR),
    ],
    ids=[
        "the sale of this number",
        "the sale of this number of the year before",
        "the later one of two",
        "a sale of the same day",
        "not a sale of after the return",
        "not a sale to another company",
        "a sale that has not come, and no day",
        "nothing known",
        "only the day that the return tells",
        "not a day after the return",
        "the recorded day before the told one",
    ],
)
def test_a_return_counts_with(
    known: dict[DocumentRef, KnownDocument], told: date | None, day: date, found: DocumentRef | None
) -> None:
    assert GIVEN_BACK.original is not None
    document = GIVEN_BACK._replace(original=GIVEN_BACK.original._replace(day=told))
    assert sales_rules.counting(document, known) == CountingDay(day, found)


def test_a_return_that_names_nothing_counts_on_its_own_day() -> None:
    assert sales_rules.counting(invoice("В-1", "-10.00", kind="return"), {}) == CountingDay(DAY)


def test_a_return_is_not_its_own_original() -> None:
    assert returned("В-1", "В-1").candidates == []


def test_a_return_takes_from_the_day_of_its_sale_and_tells_when() -> None:
    moved = sales_rules.changes(None, GIVEN_BACK, CountingDay(SALE_DAY, THIS_YEAR))
    assert moved == {DayKey("cmp_1", SALE_DAY): gain(-10, 1, {DAY: Decimal(-10)})}


def test_what_comes_back_on_the_day_of_its_sale_is_not_told_apart() -> None:
    assert changes(None, GIVEN_BACK) == {DayKey("cmp_1", DAY): gain(-10, 1)}


def test_a_return_follows_its_original_without_a_change_of_content() -> None:
    before = head_of(GIVEN_BACK)
    assert sales_rules.outcome(before, before.digest, CountingDay(SALE_DAY, THIS_YEAR), None, "") == ("unchanged", True)
    assert sales_rules.changes(before, GIVEN_BACK, CountingDay(SALE_DAY, THIS_YEAR)) == {
        DayKey("cmp_1", DAY): gain(10, -1),
        DayKey("cmp_1", SALE_DAY): gain(-10, 1, {DAY: Decimal(-10)}),
    }


def test_a_return_that_is_itself_redated_moves_its_effect_only() -> None:
    counting = CountingDay(SALE_DAY, THIS_YEAR)
    before = head_of(GIVEN_BACK)._replace(counting=counting)
    later = GIVEN_BACK._replace(business_date=date(2026, 11, 9))
    moved = sales_rules.changes(before, later, counting)
    effects = {DAY: Decimal(10), date(2026, 11, 9): Decimal(-10)}
    assert moved == {DayKey("cmp_1", SALE_DAY): gain(0, 0, effects)}
    assert sales_rules.of_company(moved, "cmp_1") == {"2026-09-01": Decimal(0)}


def test_a_day_of_a_company_takes_no_sums_in_two_currencies() -> None:
    euros = invoice("УТ-2")._replace(currency="EUR")
    moved = changes(None, invoice())
    with pytest.raises(MixedCurrencies):
        sales_rules.merge(moved, changes(None, euros))
    with pytest.raises(MixedCurrencies):
        changes(
            head_of(invoice("УТ-2")), euros
        )  # the source corrected the currency, and nothing said that it is another


def test_a_document_in_another_currency_moves_a_day_of_its_own_and_no_delta() -> None:
    euros = invoice("УТ-2")._replace(currency="EUR", other_currency=True)
    moved = changes(head_of(invoice("УТ-2")), euros)
    assert moved == {
        DayKey("cmp_1", DAY): gain(-100, -1),
        DayKey("cmp_1", DAY, "EUR"): sales_rules.DayGain(Money.of(Decimal(100), "EUR"), 1),
    }
    assert sales_rules.of_company(moved, "cmp_1") == {"2026-11-02": Decimal(-100)}


def test_totals_are_compared_with_sums_in_their_own_currency() -> None:
    found = sales_rules.DayTotals({DAY: Decimal(100)}, {}, "RUB")
    assert found.within("RUB") is found
    with pytest.raises(MixedCurrencies):
        found.within("EUR")
    nothing = sales_rules.DayTotals({}, {})
    assert nothing.within("EUR") is nothing


@given(st.lists(lines, max_size=30), st.integers(min_value=50, max_value=2000))
def test_lines_come_back_from_their_chunks_as_they_were(several: list[SaleLine], most_bytes: int) -> None:
    packed = [sales_rules.pack(each) for each in several]
    texts = sales_rules.chunks(packed, most_bytes)
    assert sales_rules.unpack(texts) == several
    longest = max((len(each.encode()) for each in packed), default=0)
    assert all(len(text.encode()) <= max(most_bytes, longest + 1) + 1 for text in texts)


@given(st.lists(lines, max_size=10), st.randoms())
def test_the_digest_knows_content_and_not_order(several: list[SaleLine], shuffled: object) -> None:
    packed = [sales_rules.pack(each) for each in several]
    mixed = list(packed)
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]
    assert sales_rules.digest(invoice(), packed) == sales_rules.digest(invoice(), mixed)
    assert sales_rules.digest(invoice(), packed) != sales_rules.digest(invoice(), [*packed, "[]"])
