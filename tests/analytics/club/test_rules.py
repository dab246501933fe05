"""The club's months: the six moves by hand, and sums that add up exactly on any histories."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.club import rules
from chalicelib.analytics.club.rules import (
    BACK,
    LARGEST,
    MOST_MOVED,
    MOST_ROWS,
    SPLITS,
    Bridge,
    ClubMonth,
    Cohort,
    CompanyMonth,
    CompanyMonths,
    CompanyRow,
    Fold,
    Goods,
    Ratio,
    RowAsked,
    Share,
    company_row,
    move,
)
from chalicelib.analytics.rollups.rules import REST, months_between, plus

JAN = date(2026, 1, 1)
LAST = date(2026, 6, 1)


def company(name: str, nets: dict[int, str], region: str = "RU-MOW") -> CompanyMonths:
    """With these net purchases by month, counted from January."""
    months = {plus(JAN, number): CompanyMonth(Decimal(net), Decimal(1), Decimal(2), 1) for number, net in nets.items()}
    return CompanyMonths(name, region, "mbr_1", "", months)


def fold_of(*companies: CompanyMonths, last: date = LAST) -> Fold:
    fold = Fold(last)
    for each in companies:
        fold.add(each)
    return fold


def folded(*companies: CompanyMonths) -> dict[date, ClubMonth]:
    return {each.month: each for each in fold_of(*companies).months()}


def test_six_moves_explain_a_month() -> None:
    fold = fold_of(
        company("new", {1: "10"}),
        company("kept", {0: "20", 1: "20"}),
        company("grown", {0: "20", 1: "25"}),
        company("shrunk", {0: "20", 1: "5"}),
        company("lost", {0: "30"}),
        company("won_back", {-3: "1", 1: "7"}),
    )
    club = {each.month: each for each in fold.months()}
    february = club[plus(JAN, 1)]
    assert {name: (each.companies, each.change) for name, each in february.moves.items()} == {
        "new": (1, 10),
        "kept": (1, 0),
        "grown": (1, 5),
        "shrunk": (1, -15),
        "lost": (1, -30),
        "won_back": (1, 7),
    }
    assert (february.net, february.active) == (67, 5)
    assert club[plus(JAN, 2)].moves["lost"].companies == 5
    assert fold.splits()[plus(JAN, 1)]["cohort"]["2025-Q4"].net == 7


def test_the_largest_ten_and_a_bounded_split() -> None:
    fold = fold_of(
        *(company(f"c{number}", {0: str(number + 1)}, region=f"R{number}") for number in range(MOST_ROWS + 4))
    )
    assert fold.months()[0].largest == sum(range(MOST_ROWS + 4 - LARGEST + 1, MOST_ROWS + 5))
    assert fold.splits()[JAN]["region"][REST] == (10, 4)
    found = fold.bridges()["region", plus(JAN, 1)]["month"]
    assert (len(found), found[REST]) == (MOST_ROWS + 1, (10, 0, {"lost": (4, -10)}))


def test_all_others_of_a_company_and_of_the_club_are_one_row() -> None:
    """A company's month names all its other brands `*` too: that row is not lost among those that have one."""
    goods = Goods(brand={REST: Decimal(1000), **{f"B{number}": Decimal(9) for number in range(MOST_ROWS + 2)}})
    net = sum(goods.brand.values(), Decimal(0))
    month = CompanyMonth(net, Decimal(0), Decimal(0), 1, "", goods)
    fold = fold_of(CompanyMonths("c", "", "", "", {JAN: month}))
    assert fold.splits()[JAN]["brand"][REST].net == 1018
    assert fold.bridges()["brand", JAN]["month"][REST].net == 1018


def test_under_a_name_a_company_counts_with_what_it_bought_under_it() -> None:
    def of(net: str, tier: str, **brands: str) -> CompanyMonth:
        bought = {name: Decimal(each) for name, each in brands.items()}
        return CompanyMonth(Decimal(net), Decimal(0), Decimal(0), 1, tier, Goods(brand=bought))

    bridges = fold_of(
        CompanyMonths(
            "c", "RU-MOW", "", "", {JAN: of("10", "silver", luch="10"), plus(JAN, 1): of("30", "gold", svet="30")}
        ),
        company("d", {0: "5", 1: "4"}),
    ).bridges()
    february = {split: bridges[split, plus(JAN, 1)]["month"] for split in ("region", "tier", "brand")}
    assert february["region"] == {"RU-MOW": (15, 34, {"grown": (1, 20), "shrunk": (1, -1)})}
    assert february["tier"]["silver"] == (10, 0, {"lost": (1, -10)})
    assert february["tier"]["gold"] == (0, 30, {"new": (1, 30)})
    assert february["brand"] == {"luch": (10, 0, {"lost": (1, -10)}), "svet": (0, 30, {"new": (1, 30)})}


def test_the_companies_of_a_move_are_those_with_the_largest_changes() -> None:
    fold = fold_of(*(company(f"c{number:03}", {0: str(number + 1)}) for number in range(MOST_MOVED + 5)))
    lost = fold.moved()[plus(JAN, 1)]["month"]["lost"]
    assert lost[0] == ("c104", 105, 0)
    assert [-each.change for each in lost] == list(range(MOST_MOVED + 5, 5, -1))


def test_a_company_comes_again_with_a_second_order_within_three_months() -> None:
    club = folded(company("again", {0: "10", 2: "5"}), company("once", {0: "10"}))
    assert [club[plus(JAN, number)].repeat for number in range(6)] == [
        (0, 2),
        (0, 2),
        (1, 2),
        (0, 1),
        (0, 1),
        (0, 0),
    ]
    assert [club[plus(JAN, number)].known for number in range(3)] == [0, 2, 2]


def test_an_order_that_ships_in_two_months_is_not_a_second_order() -> None:
    def shipping(*orders: str) -> CompanyMonths:
        month = CompanyMonth(Decimal(9), Decimal(0), Decimal(0), 1)
        months = {plus(JAN, number): month._replace(open_orders=(order,)) for number, order in enumerate(orders)}
        return CompanyMonths("once", "", "", "", months)

    assert folded(shipping("ord_1", "ord_1"))[plus(JAN, 1)].repeat == (0, 1)
    assert folded(shipping("ord_1", "ord_2"))[plus(JAN, 1)].repeat == (1, 1)
    row = company_row(shipping("ord_1", "ord_1"), RowAsked(JAN, plus(JAN, 1)), idle=False)
    assert row
    assert (row.orders, row.recent_orders) == (1, 1)


def test_a_cross_sale_is_a_second_known_category_within_three_months() -> None:
    def of(**categories: str) -> CompanyMonth:
        nets = {name: Decimal(net) for name, net in categories.items()}
        return CompanyMonth(Decimal(9), Decimal(0), Decimal(0), 1, "", Goods(category=nets))

    lamps, cables = of(lamps="9"), of(cables="12", returned="-3")
    unknown = CompanyMonth(Decimal(9), Decimal(0), Decimal(0), 1, "", Goods(category={"": Decimal(9)}))
    club = folded(
        CompanyMonths("two", "", "", "", {JAN: lamps, plus(JAN, 1): cables}),
        CompanyMonths("one", "", "", "", {JAN: lamps}),
        CompanyMonths("unknown", "", "", "", {JAN: unknown}),
    )
    assert [club[plus(JAN, number)].cross for number in range(4)] == [(0, 2), (1, 2), (1, 2), (0, 1)]
    # The goods of two months before the first shown one are read, and tell nothing of their own months.
    first = plus(LAST, 1 - rules.MONTHS_OF_GOODS)
    club = folded(CompanyMonths("two", "", "", "", {plus(first, -2): lamps, first: cables}))
    assert [club[plus(first, number)].cross for number in range(-2, 2)] == [(0, 0), (0, 0), (1, 1), (0, 1)]


def test_the_share_of_wallet_is_that_of_the_companies_that_told_their_total() -> None:
    told = replace(company("told", {-1: "60", 0: "40"}), yearly_total=1000)
    club = folded(
        told, company("untold", {0: "500"}), replace(company("other", {-12: "70", 0: "30"}), yearly_total=200)
    )
    assert club[JAN].wallet == (2, 130, 1200)  # of a year: the 70 lie before it


def test_a_cohort_is_followed_by_quarter() -> None:
    fold = fold_of(
        company("stays", {0: "10", 1: "5", 4: "7"}), company("leaves", {2: "3"}), company("later", {3: "1", 4: "-4"})
    )
    assert fold.cohorts() == [
        Cohort("2026-Q1", 2, {"2026-Q1": Share(Decimal(18), 2), "2026-Q2": Share(Decimal(7), 1)}),
        Cohort("2026-Q2", 1, {"2026-Q2": Share(Decimal(-3), 0)}),
    ]


def test_a_month_of_returns_only_has_moves_too() -> None:
    assert move(Decimal(0), Decimal(-5), bought_earlier=True) == "shrunk"
    assert move(Decimal(-5), Decimal(0), bought_earlier=True) == "grown"
    assert move(Decimal(5), Decimal(-5), bought_earlier=True) == "lost"


nets = st.one_of(st.just(Decimal(0)), st.decimals("-50", "100", places=2))
names = st.sampled_from(["", "A", "B"])


@st.composite
def drawn_months(draw: st.DrawFn) -> CompanyMonth:
    """A month whose brands and categories add up to its net purchases."""
    goods = [draw(st.dictionaries(names, nets, max_size=3)) for _ in Goods._fields]
    net = sum(goods[0].values(), Decimal(0))
    goods[1]["C"] = net - sum(goods[1].values(), Decimal(0))
    return CompanyMonth(net, draw(nets), draw(nets), draw(st.integers(0, 3)), draw(names), Goods(*goods))


months = drawn_months()
histories = st.lists(
    st.builds(
        CompanyMonths,
        st.uuids().map(str),
        st.sampled_from(["", "RU-MOW", "RU-SPE"]),
        st.sampled_from(["", "mbr_1"]),
        st.just(""),
        st.dictionaries(
            st.integers(-15, 5).map(lambda number: plus(JAN, number)),
            months,
            max_size=8,
        ),
    ),
    max_size=14,
)


def check_bridge(names: Mapping[str, Bridge], before: Decimal, net: Decimal) -> None:
    """The moves under each name make its change, and the changes of all names that of the turnover."""
    for each in names.values():
        assert sum((moved.change for moved in each.moves.values()), Decimal(0)) == each.net - each.before
    assert sum((each.net - each.before for each in names.values()), Decimal(0)) == net - before


@given(histories, st.randoms(use_true_random=False))
def test_moves_splits_and_sums_add_up_to_the_turnover(companies: list[CompanyMonths], random: object) -> None:
    fold = fold_of(*companies)
    splits, club = fold.splits(), {each.month: each for each in fold.months()}
    for month in (plus(JAN, number) for number in range(-15, 6)):
        found = club.get(month, ClubMonth(month))
        net = sum((each.months[month].net for each in companies if month in each.months), Decimal(0))
        assert found.net == net
        for moves, back in ((found.moves, 1), (found.moves_of_year, 12)):
            before = club.get(plus(month, -back), ClubMonth(month)).net
            assert sum((each.change for each in moves.values()), Decimal(0)) == net - before
        for split in SPLITS:
            bridges = fold.bridges().get((split, month), {})
            for against, back in BACK.items():
                before = club.get(plus(month, -back), ClubMonth(month)).net
                check_bridge(bridges.get(against, {}), before if month >= plus(LAST, -12) else net, net)
        for parts in splits.get(month, {}).values():
            assert sum((each.net for each in parts.values()), Decimal(0)) == net
        bought = [each.months[month].net for each in companies if month in each.months and each.months[month].net > 0]
        assert found.active == len(bought)
        assert found.largest == sum(sorted(bought)[-LARGEST:], Decimal(0))
        year = [
            sum(
                (each.months[plus(month, -back)].net for back in range(12) if plus(month, -back) in each.months),
                Decimal(0),
            )
            for each in companies
        ]
        assert found.net_of_year == sum(year)
        assert [each.net for each in found.largest_of_year] == sorted((net for net in year if net > 0), reverse=True)[
            :LARGEST
        ]
        assert found.known == sum(
            any(each.months[early].net > 0 for early in each.months if early < month) for each in companies
        )
    of_cohorts = sum((part.net for each in fold.cohorts() for part in each.quarters.values()), Decimal(0))
    never = [each for each in companies if all(month.net <= 0 for month in each.months.values())]
    assert of_cohorts == sum(
        (each.months[month].net for each in companies if each not in never for month in each.months), Decimal(0)
    )
    assert sum(each.companies for each in fold.cohorts()) == len(companies) - len(never)
    shuffled = list(companies)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = fold_of(*shuffled)
    assert (again.months(), again.splits(), again.cohorts()) == (list(club.values()), splits, fold.cohorts())
    assert (again.bridges(), again.moved()) == (fold.bridges(), fold.moved())


@given(histories, st.integers(0, 2), st.integers(0, 3), st.integers(0, 2))
def test_the_parts_of_companies_add_up_to_each_row_and_to_that_of_all_others(
    companies: list[CompanyMonths], most_rows: int, back: int, length: int
) -> None:
    last = plus(LAST, -back)
    first = plus(last, -length)

    def behind(**row: Any) -> list[CompanyRow]:
        asked = RowAsked(**{"first": first, "last": last, **row})
        return [found for each in companies if (found := company_row(each, asked, idle=False))]

    def added(rows: Iterable[CompanyRow]) -> Decimal:
        return sum((row.net for row in rows), Decimal(0))

    with mock.patch.object(rules, "MOST_ROWS", most_rows):
        fold = fold_of(*companies)
        splits, bridges, club = fold.splits(), fold.bridges(), {each.month: each for each in fold.months()}
    period = [month for month in months_between(first, last) if month in club]
    whole = behind()
    assert added(whole) == sum((club[month].net for month in period), Decimal(0))
    for name in ("saved", "credited", "orders"):
        assert sum(getattr(row, name) for row in whole) == sum(getattr(club[month], name) for month in period)
    for move_, moved in club.get(last, ClubMonth(last)).moves.items():
        found = behind(first=last, move=move_)
        assert (len(found), added(found) - sum(row.before for row in found)) == moved
    for split in SPLITS:
        own = {month: splits[month][split].keys() - {REST} for month in period}
        for name in {name for month in period for name in splits[month][split]}:
            nets = [splits[month][split][name].net for month in period if name in splits[month][split]]
            assert added(behind(split=split, name=name, own_names=own)) == sum(nets), (split, name)
        for against in BACK:
            by_name = bridges.get((split, last), {}).get(against, {})
            own = {last: by_name.keys() - {REST}}
            for name, bridge in by_name.items():
                for move_, moved in bridge.moves.items():
                    found = behind(first=last, split=split, name=name, move=move_, against=against, own_names=own)
                    assert added(found) - sum(row.before for row in found) == moved.change
    month = club.get(last, ClubMonth(last))
    for row in (found for each in companies if (found := company_row(each, RowAsked(last, last), idle=True))):
        month = replace(
            month,
            known=month.known - (row.first_month is not None and row.first_month < last),
            repeat=Ratio(
                month.repeat.of_these - (row.recent_orders > 1), month.repeat.companies - (row.recent_orders > 0)
            ),
            cross=Ratio(
                month.cross.of_these - (row.recent_categories > 1), month.cross.companies - (row.recent_categories > 0)
            ),
            net_of_year=month.net_of_year - row.net_of_year,
        )
    assert (month.known, month.repeat, month.cross, month.net_of_year) == (0, Ratio(), Ratio(), 0)
