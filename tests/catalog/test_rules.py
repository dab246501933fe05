"""What becomes of a row that is offered for a product."""

from dataclasses import replace
from decimal import Decimal

from chalicelib.catalog.rules import Change, Product, change

LAMP = Product("LMP-1", "Lamp", "Лампа", "", "", "pcs", 1, Decimal("120.00"), "RUB", Decimal(20))


def test_a_row_for_a_new_sku_creates_the_product():
    assert change(None, LAMP) is Change.CREATED


def test_the_same_row_again_changes_nothing_however_its_numbers_are_written():
    assert change(LAMP, replace(LAMP, base_price=Decimal("120"))) is Change.UNCHANGED


def test_any_other_figure_updates_the_product():
    assert change(LAMP, replace(LAMP, base_price=Decimal("120.01"))) is Change.UPDATED
    assert change(LAMP, replace(LAMP, pack_multiple=6)) is Change.UPDATED
