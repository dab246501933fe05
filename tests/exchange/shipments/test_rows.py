"""The rows of a file of shipments."""

from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.columns.model import CellError, TypedMoment, TypedNumber
from chalicelib.exchange.shipments.rows import columns_of, day_of, shipments_of, units_of


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        (
            ["Номер заказа", "Накладная", "ТК", "Трек-номер"],
            {"order": 0, "document": 1, "carrier": 2, "tracking_number": 3},
        ),
        (["order", "note", "Document", "SKU", "Qty", "quantity"], {"order": 0, "document": 2, "sku": 3, "quantity": 5}),
        (["Заказ", "Заказ", "УПД"], {"order": 0, "document": 2}),
        (
            ["Код", "Артикул", "Номер заказа покупателя", "Расходная накладная", "Кол-во, шт."],
            {"sku": 1, "order": 2, "document": 3, "quantity": 4},
        ),
        (["Заказ", "Дата"], {}),
        (["261120-7K3QX", "УТ-1"], {}),
    ],
)
def test_the_heading_names_the_columns(heading: list[str], columns: dict[str, int]) -> None:
    assert columns_of(heading) == columns


COLUMNS = {"order": 0, "document": 1, "carrier": 2, "sku": 3, "quantity": 4}
cells = st.tuples(
    st.sampled_from(["261120-AAAAA", "261120-aaaaa", "261120-BBBBB", ""]),
    st.sampled_from(["УТ-1", "УТ-2", ""]),
    st.sampled_from(["", "ТК"]),
    st.sampled_from(["", "LMP-1"]),
    st.sampled_from(["", "5"]),
)


@given(st.lists(cells, max_size=20))
def test_no_row_is_lost_and_none_counts_twice(rows: list[tuple[str, ...]]) -> None:
    found = shipments_of(enumerate(rows, start=2), COLUMNS)
    # A row that only names goods belongs to the shipment above it.
    for place, (order, document, *rest) in enumerate(rows):
        if place and not order and not document and rest[1]:
            rows[place] = (*rows[place - 1][:2], *rest)
    named = {(order.upper(), document) for order, document, *rest in rows if any((order, document, *rest))}
    assert [(each.order.upper(), each.document) for each in found] == sorted(
        named, key=lambda key: next(each.line for each in found if (each.order.upper(), each.document) == key)
    )
    goods = [line for each in found for line, _, _ in each.goods]
    assert sorted(goods) == [line for line, row in enumerate(rows, start=2) if row[3] or row[4]]
    assert all(
        ("carrier" in each.cells)
        == any(r[2] for r in rows if (r[0].upper(), r[1]) == (each.order.upper(), each.document))
        for each in found
    )


def test_days_and_units_are_read_as_people_and_workbooks_write_them() -> None:
    assert day_of("20.11.2026", UTC) == day_of(TypedMoment("2026-11-20T00:00:00"), UTC) == date(2026, 11, 20)
    assert (units_of("5"), units_of("1 200"), units_of("5,0")) == (5, 1200, 5)
    [shipment] = shipments_of([(2, [TypedNumber("123.0"), TypedNumber("45.0")])], {"order": 0, "document": 1})
    assert (shipment.order, shipment.document) == ("123", "45")
    for wrong in ("", "пять", "1.5", "nan", "1e30"):
        with pytest.raises(CellError):
            units_of(wrong)
