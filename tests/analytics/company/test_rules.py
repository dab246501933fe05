"""A company's figures by hand on a small history, and by their promises on any."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.company.rules import (
    BonusMovement,
    Period,
    added,
    by_name,
    by_time,
    change,
    missing,
    share,
    tier_on,
)
from chalicelib.analytics.rollups.model import AnnouncedTier, Bonuses, History, Month
from chalicelib.analytics.rollups.rules import REST, Row, Totals, plus

MAY = date(2026, 5, 1)
TODAY = date(2026, 5, 20)


def month(first: date, net: str, *, day: int = 1) -> Month:
    totals = Totals(
        sold=Decimal(net), units=Decimal(1), documents=1, orders=1, days={first.replace(day=day): Decimal(net)}
    )
    return Month("cmp_1", first, totals={"RUB": totals})


def test_a_running_month_is_compared_with_the_same_days_of_the_year_before() -> None:
    months = (month(date(2025, 5, 1), "100", day=20), month(MAY, "150"))
    (line,) = by_time(History(months=months), "RUB", Period(MAY, MAY, TODAY), "month")
    assert (line.net, line.year_before) == (Decimal(150), Decimal(100))
    (line,) = by_time(History(months=months), "RUB", Period(MAY, MAY, TODAY.replace(day=19)), "month")
    assert line.year_before == 0
    assert not Period(MAY, MAY, TODAY).is_mature


def test_29_february_is_compared_with_the_whole_of_a_shorter_february() -> None:
    months = (month(date(2027, 2, 1), "7", day=28), month(date(2028, 2, 1), "9"))
    first = date(2028, 2, 1)
    (line,) = by_time(History(months=months), "RUB", Period(first, first, date(2028, 2, 29)), "month")
    assert line.year_before == 7


def test_a_quarter_is_the_sum_of_its_months_in_the_period() -> None:
    months = tuple(month(date(2025, number, 1), "10") for number in range(1, 13))
    lines = by_time(History(months=months), "RUB", Period(date(2025, 2, 1), date(2025, 7, 1), TODAY), "quarter")
    assert [(line.name, line.net) for line in lines] == [("2025-Q1", 20), ("2025-Q2", 30), ("2025-Q3", 10)]
    assert (lines[0].first, lines[0].last) == (date(2025, 2, 1), date(2025, 3, 31))


def test_bonuses_move_from_balance_to_balance_over_months_without_a_posting() -> None:
    def balances(first: date, issued: int, redeemed: int) -> Bonuses:
        return Bonuses(
            first, "RUB", issued, Decimal(issued), Decimal(redeemed), Decimal(0), Decimal(issued - redeemed), Decimal(0)
        )

    history = History(bonuses=(balances(date(2026, 1, 1), 100, 0), balances(date(2026, 4, 1), 130, 50)))
    lines = by_time(history, "RUB", Period(date(2025, 12, 1), MAY, TODAY), "month")
    assert [line.bonuses for line in lines] == [
        None,
        BonusMovement(Decimal(100), Decimal(0), Decimal(0), Decimal(100)),
        BonusMovement(Decimal(0), Decimal(0), Decimal(0), Decimal(100)),
        BonusMovement(Decimal(0), Decimal(0), Decimal(0), Decimal(100)),
        BonusMovement(Decimal(30), Decimal(50), Decimal(0), Decimal(80)),
        BonusMovement(Decimal(0), Decimal(0), Decimal(0), Decimal(80)),
    ]


def test_the_tier_of_a_row_is_the_one_announced_last() -> None:
    def tier(day: int, at: str, code: str) -> AnnouncedTier:
        return AnnouncedTier(MAY.replace(day=day), at, code, code, code, Decimal(5))

    tiers = [tier(9, "a", "gold"), tier(4, "a", "silver"), tier(4, "b", "bronze")]
    assert [found and found.code for found in (tier_on(tiers, MAY.replace(day=day)) for day in (3, 4, 9))] == [
        None,
        "bronze",
        "gold",
    ]


def row(name: str, net: int, units: int = 1, *, day: int = 1) -> Row:
    return Row(name, f"Lamp {name}", Decimal(net), Decimal(units), 1, ((day, Decimal(net)),))


def test_rows_of_goods_stand_beside_the_year_before_and_the_rest_comes_last() -> None:
    rows = {MAY: [row("A", 10), row(REST, 99)], plus(MAY, -12): [row("A", 4), row("B", 3, day=20), row("C", 5, day=21)]}
    lines = by_name(rows, Period(MAY, MAY, TODAY))
    assert [(line.name, line.net, line.year_before) for line in lines] == [("A", 10, 4), ("B", 0, 3), (REST, 99, 0)]
    whole = by_name(rows, Period(MAY, MAY, date(2026, 6, 1)))
    assert [(line.name, line.year_before) for line in whole] == [("A", 4), ("C", 5), ("B", 3), (REST, 0)]


def test_an_article_bought_in_three_of_six_months_and_not_in_the_last_is_missing() -> None:
    rows = {plus(MAY, -back): [row("A", 10, back), row("B", 5)] for back in (1, 3, 6)}
    rows[plus(MAY, -7)] = [row("C", 5)]
    rows[MAY] = [row("B", 5)]
    (found,) = missing(rows, Period(MAY, MAY, plus(MAY, 1)))
    assert (found.sku, found.months, found.last_month, found.mean_units) == ("A", 3, plus(MAY, -1), Decimal("3.33"))


def test_a_running_month_shows_what_is_bought_and_not_what_is_missing() -> None:
    rows = {plus(MAY, -back): [row("A", 10), row("B", 5), row("C", 5)] for back in (2, 4, 6)}
    rows |= {plus(MAY, -1): [row("C", 5)], MAY: [row("B", 5)]}
    assert [each.sku for each in missing(rows, Period(MAY, MAY, TODAY))] == ["A"]
    assert missing(rows | {plus(MAY, -1): [row("A", 5), row("B", 5), row("C", 5)]}, Period(MAY, MAY, TODAY)) == []


def test_an_order_of_a_quarter_counts_once_however_many_months_it_ships_in() -> None:
    def shipping(first: date) -> Month:
        return Month("cmp_1", first, totals={"RUB": Totals(orders=2, open_orders=("ord_1",))})

    quarter = Period(date(2026, 4, 1), MAY, TODAY)
    history = History(months=(shipping(quarter.first), shipping(MAY)))
    assert [line.orders for line in by_time(history, "RUB", quarter, "quarter")] == [3]
    assert [line.orders for line in by_time(history, "RUB", quarter, "month")] == [2, 2]


def test_no_article_is_missing_where_it_may_be_among_all_others() -> None:
    rows = {plus(MAY, -back): [row("A", 10)] for back in (1, 2, 3)} | {MAY: [row("B", 5), row(REST, 1)]}
    assert missing(rows, Period(MAY, MAY, plus(MAY, 1))) == []
    rows[plus(MAY, -2)].append(row(REST, 1))
    assert [each.sku for each in missing(rows | {MAY: [row("B", 5)]}, Period(MAY, MAY, plus(MAY, 1)))] == ["A"]


def test_a_row_is_whole_unless_a_month_or_the_year_before_may_have_it_among_all_others() -> None:
    rows = {
        MAY: [row("A", 9), row("B", 8)],
        plus(MAY, -1): [row("A", 7), row("C", 6), row(REST, 1)],
        plus(MAY, -13): [row("A", 5), row("B", 4), row(REST, 1)],
    }
    lines = by_name(rows, Period(plus(MAY, -1), MAY, TODAY))
    assert {line.name: line.whole for line in lines} == {"A": True, "B": False, "C": False, REST: True}
    assert all(line.whole for line in by_name(rows, Period(MAY, MAY, TODAY)))


def test_a_share_of_nothing_and_growth_from_nothing_are_no_figures() -> None:
    assert (share(Decimal(1), Decimal(0)), change(Decimal(1), Decimal(0))) == (None, None)
    assert (share(Decimal(1), Decimal(3)), change(Decimal(1), Decimal(3))) == (Decimal("33.3"), Decimal("-66.7"))


amounts = st.decimals("-1000", "1000", places=2)
rows_of_months = st.dictionaries(
    st.sampled_from([plus(MAY, -back) for back in range(26)]),
    st.lists(
        st.builds(
            lambda name, net, units, documents, day: Row(name, "", net, units, documents, ((day, net),)),
            st.sampled_from(["", "A", "B", "C", REST]),
            amounts,
            amounts,
            st.integers(0, 5),
            st.integers(1, 31),
        ),
        max_size=5,
    ),
)


@given(rows_of_months, st.integers(0, 11))
def test_rows_add_up_to_the_purchases_of_the_period_and_of_the_year_before(
    rows: dict[date, list[Row]], back: int
) -> None:
    period = Period(plus(MAY, -back), MAY, TODAY)
    lines = by_name(rows, period)
    for each, told in (
        (period, [line.net for line in lines]),
        (period.year_before, [line.year_before for line in lines]),
    ):
        counted = (row for first, found in rows.items() if first in each.months for row in found)
        late = (row for row in rows.get(plus(MAY, -12), ()) if each is not period and row.days[0][0] > TODAY.day)
        assert sum(told) == sum(row.net for row in counted) - sum(row.net for row in late)


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b"]), amounts)))
def test_sums_by_name_add_up(several: list[dict[str, Decimal]]) -> None:
    assert sum(added(several).values()) == sum(sum(each.values()) for each in several)
