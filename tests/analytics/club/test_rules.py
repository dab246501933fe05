"""The club's months: the six moves by hand, and sums that add up exactly on any histories."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.club.rules import LARGEST, MOST_ROWS, ClubMonth, CompanyMonth, CompanyMonths, Fold, move
from chalicelib.analytics.rollups.rules import REST, plus

JAN = date(2026, 1, 1)
LAST = date(2026, 6, 1)


def company(name: str, nets: dict[int, str], region: str = "RU-MOW") -> CompanyMonths:
    """With these net purchases by month, counted from January."""
    months = {plus(JAN, number): CompanyMonth(Decimal(net), Decimal(1), Decimal(2), 1) for number, net in nets.items()}
    return CompanyMonths(name, region, "mbr_1", "", months)


def folded(*companies: CompanyMonths, last: date = LAST) -> dict[date, ClubMonth]:
    fold = Fold(last)
    for each in companies:
        fold.add(each)
    return {each.month: each for each in fold.months()}


def test_six_moves_explain_a_month() -> None:
    club = folded(
        company("new", {1: "10"}),
        company("kept", {0: "20", 1: "20"}),
        company("grown", {0: "20", 1: "25"}),
        company("shrunk", {0: "20", 1: "5"}),
        company("lost", {0: "30"}),
        company("won_back", {-3: "1", 1: "7"}),
    )
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
    assert february.splits["cohort"]["2025-Q4"].net == 7


def test_the_largest_ten_and_a_bounded_split() -> None:
    club = folded(
        *(company(f"c{number}", {0: str(number + 1)}, region=f"R{number}") for number in range(MOST_ROWS + 4))
    )
    assert club[JAN].largest == sum(range(MOST_ROWS + 4 - LARGEST + 1, MOST_ROWS + 5))
    assert club[JAN].splits["region"][REST] == (10, 4)


def test_a_month_of_returns_only_has_moves_too() -> None:
    assert move(Decimal(0), Decimal(-5), bought_earlier=True) == "shrunk"
    assert move(Decimal(-5), Decimal(0), bought_earlier=True) == "grown"
    assert move(Decimal(5), Decimal(-5), bought_earlier=True) == "lost"


nets = st.one_of(st.just(Decimal(0)), st.decimals("-50", "100", places=2))
histories = st.lists(
    st.builds(
        CompanyMonths,
        st.uuids().map(str),
        st.sampled_from(["", "RU-MOW", "RU-SPE"]),
        st.sampled_from(["", "mbr_1"]),
        st.just(""),
        st.dictionaries(
            st.integers(-15, 5).map(lambda number: plus(JAN, number)),
            st.builds(CompanyMonth, nets, nets, nets, st.integers(0, 3)),
            max_size=8,
        ),
    ),
    max_size=14,
)


@given(histories, st.randoms(use_true_random=False))
def test_moves_splits_and_sums_add_up_to_the_turnover(companies: list[CompanyMonths], random: object) -> None:
    club = folded(*companies)
    for month in (plus(JAN, number) for number in range(-15, 6)):
        found = club.get(month, ClubMonth(month))
        net = sum((each.months[month].net for each in companies if month in each.months), Decimal(0))
        assert found.net == net
        for moves, back in ((found.moves, 1), (found.moves_of_year, 12)):
            before = club.get(plus(month, -back), ClubMonth(month)).net
            assert sum((each.change for each in moves.values()), Decimal(0)) == net - before
        for parts in found.splits.values():
            assert sum((each.net for each in parts.values()), Decimal(0)) == net
        bought = [each.months[month].net for each in companies if month in each.months and each.months[month].net > 0]
        assert found.active == len(bought)
        assert found.largest == sum(sorted(bought)[-LARGEST:], Decimal(0))
    shuffled = list(companies)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert folded(*shuffled) == club
