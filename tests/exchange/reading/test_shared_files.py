"""Files that other systems wrote, each with its right figures."""

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.reading.steps import read_file
from tests.exchange.sales_files.steps import data_file


@pytest.mark.parametrize(
    ("name", "profile", "documents", "customers", "quantity", "total"),
    [
        ("sales_1c/v1_flat_cp1251.csv", {}, 3, 2, "11.25", "11661.04"),
        ("sales_1c/v2_register_report.xlsx", {}, 2, 1, "9", "11111.04"),
        ("sales_1c/v3_grouped_report.xlsx", {}, 2, 2, "11", "11411.04"),
        ("sales_1c/v3_grouped_report_utf8bom.txt", {}, 2, 2, "11", "11411.04"),
        ("sales_other/sales_data_sample.csv", {}, 26, 7, "8708", "907371.55"),
        ("sales_other/superstore2.csv", {}, 5009, 793, "37873", "2297201.07"),
        ("sales_other/ru_prodazhi_sofdf.csv", {"constants": {"customer": "К-1"}}, 64, 1, "10055", "841744.00"),
    ],
)
def test_a_file_of_another_system_has_its_right_figures(
    name: str, profile: dict[str, Any], documents: int, customers: int, quantity: str, total: str
) -> None:
    read = read_file(data_file(name), profile)
    assert (len(read.documents), len(read.customers)) == (documents, customers)
    assert (read.quantity, read.total) == (Decimal(quantity), Decimal(total))
    assert not read.faults
    if name.startswith("sales_1c"):
        assert read.found.own_total is not None


@pytest.mark.parametrize(
    ("names", "documents", "total", "without_order"),
    [
        (("northwind_orders.csv", "northwind_order_details.csv"), 830, "1265793.29", 0),
        (("aw_header.csv", "aw_detail.csv"), 20, "419396.77", 204),
    ],
)
def test_documents_and_their_rows_may_be_two_files(
    tmp_path: Path, names: tuple[str, str], documents: int, total: str, without_order: int
) -> None:
    together = tmp_path / "together.zip"
    with zipfile.ZipFile(together, "w") as archive:
        for name in names:
            archive.write(data_file(f"sales_other/{name}"), name)
    read = read_file(together)
    assert (len(read.documents), read.total) == (documents, Decimal(total))
    assert [fault.code for fault in read.faults] == ["order_unknown"] * without_order
