"""The fold of a month: by hand on a few documents, and by its promises on any."""

from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.analytics.rollups import store
from chalicelib.analytics.rollups.rules import (
    GROUPINGS,
    MOST_BYTES,
    MOST_OPEN,
    MOST_ROWS,
    MOST_RULES,
    REST,
    Purchase,
    PurchasedLine,
    distinct_orders,
    fold,
    last_day,
    months_between,
    plus,
)

MAY = date(2026, 5, 1)


def line(sku: str, amount: str, quantity: int = 1, brand: str = "Nord", **saved: str) -> PurchasedLine:
    amounts = {rule: Decimal(each) for rule, each in saved.items()}
    return PurchasedLine(sku, f"Lamp {sku}", brand, "lamps", Decimal(quantity), Decimal(amount), amounts)


def bought(day: int, *lines: PurchasedLine, **more: object) -> Purchase:
    when = MAY.replace(day=day)
    return Purchase(**{"day": when, "counts_on": when, "is_return": False, "currency": "RUB", "lines": lines, **more})  # type: ignore[arg-type]


def test_an_order_that_ships_in_two_months_is_one_order() -> None:
    def shipped(order_id: str, quantity: int, ordered: int) -> Purchase:
        return bought(30, line("A", "10.00", quantity), order_id=order_id, ordered=Decimal(ordered))

    first = fold([shipped("ord_1", 1, 3), shipped("ord_2", 1, 2), shipped("ord_2", 1, 2)]).totals["RUB"]
    second = fold([shipped("ord_1", 2, 3), shipped("ord_3", 1, 1), bought(3, line("A", "1.00"))]).totals["RUB"]
    assert (first.orders, first.open_orders) == (2, ("ord_1",))
    assert (second.orders, second.open_orders) == (3, ("ord_1",))
    assert distinct_orders([first, second]) == 4
    assert distinct_orders([second]) == 3


def test_so_many_open_orders_of_a_month_are_named() -> None:
    many = [bought(3, line("A", "1.00"), order_id=f"ord_{number:04}") for number in range(MOST_OPEN + 1)]
    totals = fold(many).totals["RUB"]
    assert (totals.orders, len(totals.open_orders)) == (MOST_OPEN + 1, MOST_OPEN)
    assert distinct_orders([totals, totals]) == MOST_OPEN + 2


def test_a_return_of_an_earlier_sale_stands_apart_from_one_of_this_month() -> None:
    rollup = fold(
        [
            bought(2, line("A", "100.00", 4, tier_discount="11.00"), line("B", "50.00", 1), order_id="ord_1"),
            bought(3, line("A", "25.00", 1), order_id="ord_1"),
            bought(9, line("A", "-25.00", -1, tier_discount="-2.75"), is_return=True),
            bought(9, line("C", "-7.00", -1), is_return=True, counts_on=date(2026, 4, 30)),
            bought(30, line("A", "3.00", 1), currency="EUR"),
        ]
    )
    totals = rollup.totals["RUB"]
    assert (totals.sold, totals.returned, totals.returned_earlier) == (Decimal(175), Decimal(-25), Decimal(-7))
    assert (totals.net, totals.units, totals.documents, totals.orders) == (Decimal(143), Decimal(4), 4, 1)
    assert list(totals.days.items()) == [
        (MAY.replace(day=day), Decimal(net)) for day, net in ((2, 150), (3, 25), (9, -32))
    ]
    assert totals.net_until(MAY.replace(day=8)) == Decimal(175)
    assert totals.saved == {"tier_discount": Decimal("8.25")}
    assert rollup.totals["EUR"].net == Decimal(3)
    assert [(row.name, row.net, row.documents) for row in rollup.rows["RUB"]["product"]] == [
        ("A", Decimal(100), 3),
        ("B", Decimal(50), 1),
        ("C", Decimal(-7), 1),
    ]


def test_the_smallest_rows_of_a_grouping_become_one_exact_rest() -> None:
    most = MOST_ROWS["distributor"]
    rollup = fold(
        bought(1, line("A", f"{number + 1}.01"), distributor=f"dst_{number:02}") for number in range(most + 3)
    )
    rows = rollup.rows["RUB"]["distributor"]
    assert len(rows) == most + 1
    assert (rows[-1].name, rows[-1].net, rows[-1].documents) == (REST, Decimal("6.03"), 3)


def test_rules_that_saved_least_become_one_exact_rest() -> None:
    saved = {f"rule_{number:02}": f"{number + 1}.00" for number in range(MOST_RULES + 2)}
    totals = fold([bought(1, line("A", "1.00", **saved))]).totals["RUB"]
    assert totals.saved[REST] == Decimal(3)
    assert sum(totals.saved.values()) == sum(range(1, MOST_RULES + 3))


def test_months_follow_each_other_over_the_new_year() -> None:
    assert list(months_between(date(2026, 11, 30), date(2027, 1, 1))) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
    ]
    assert (plus(date(2026, 1, 1), -1), last_day(date(2028, 2, 1))) == (date(2025, 12, 1), date(2028, 2, 29))


names = st.sampled_from(["", *(f"n{number}" for number in range(25))])
amounts = st.decimals("-1000", "1000", places=2)
lines = st.builds(
    PurchasedLine,
    st.sampled_from([f"S{number}" for number in range(230)]),
    st.sampled_from(["Lamp", "Лампа"]),
    names,
    names,
    st.integers(-9, 9).map(Decimal),
    amounts,
    st.dictionaries(st.sampled_from(["tier_discount", "promotion"]), amounts, max_size=2),
)
purchases = st.builds(
    Purchase,
    st.dates(MAY, last_day(MAY)),
    st.dates(date(2026, 4, 1), last_day(MAY)),
    st.booleans(),
    st.sampled_from(["RUB", "EUR"]),
    st.lists(lines, max_size=6).map(tuple),
    names,
    names,
    names,
    names,
    names,
    names,
    st.just(Decimal(5)),
)


@given(st.lists(purchases, max_size=40), st.randoms(use_true_random=False))
def test_rows_days_and_kinds_add_up_to_the_documents_in_any_order(found: list[Purchase], random: object) -> None:
    rollup = fold(found)
    for currency, totals in rollup.totals.items():
        mine = [each for each in found if each.currency == currency]
        net = sum((line.amount for each in mine for line in each.lines), Decimal(0))
        units = sum((line.quantity for each in mine for line in each.lines), Decimal(0))
        assert (totals.net, totals.units, totals.documents) == (net, units, len(mine))
        assert sum(totals.days.values(), Decimal(0)) == net
        saved = sum((sum(line.saved.values(), Decimal(0)) for each in mine for line in each.lines), Decimal(0))
        assert sum(totals.saved.values(), Decimal(0)) == saved
        for grouping in GROUPINGS:
            rows = rollup.rows[currency][grouping]
            assert sum((row.net for row in rows), Decimal(0)) == net
            assert sum((row.units for row in rows), Decimal(0)) == units
            assert len(rows) <= MOST_ROWS[grouping] + 1
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == rollup


def test_a_month_with_all_its_rows_of_the_longest_names_fits_into_an_item() -> None:
    """Names of random letters, which pack badly, as long as a file may bring them; and in three currencies."""
    letters = Random(7)

    def name(length: int) -> str:
        return "".join(chr(letters.randrange(0x410, 0x450)) for _ in range(length))

    purchases = [
        Purchase(
            day=MAY,
            counts_on=MAY,
            is_return=False,
            currency=currency,
            lines=(
                PurchasedLine(name(100), name(300), name(100), name(64), Decimal("1.5"), Decimal("9999999.99"), {}),
            ),
            order_id=f"ord_{number}",
            distributor=name(36),
            distributor_title=name(200),
            shop=name(36),
            shop_title=name(100),
            person=name(36),
        )
        for currency in ("RUB", "KZT", "BYN")
        for number in range(MOST_ROWS["product"] + 1)
    ]
    rows = fold(purchases).rows
    for found in rows.values():
        *own, rest = found["product"]
        assert (rest.name, rest.documents) == (REST, MOST_ROWS["product"] + 1 - len(own))
        assert 0.9 * MOST_BYTES < 3 * sum(len(f"{row.name}{row.title}".encode()) for row in own) <= MOST_BYTES
    assert len(store.pack(rows)) < 390_000
    of_one = [
        each._replace(lines=tuple(line._replace(sku=f"LMP-{number}", title=name(80)) for line in each.lines))
        for number, each in enumerate(each for each in purchases if each.currency == "RUB")
    ]
    assert len(fold(of_one).rows["RUB"]["product"]) == MOST_ROWS["product"] + 1
