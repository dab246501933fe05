import pytest

from chalicelib.platform.context import Context
from tests.catalog.steps import row, stock
from tests.pricing.steps import Office
from tests.support.api import Api


@pytest.fixture
def office(api: Api, context: Context) -> Office:
    """A club with three products."""
    stock(
        context,
        row("LMP-1", "100.00", brand="Lumera", category="lamps", prices=[{"type": "silver", "amount": "91.00"}]),
        row("LMP-2", "200.00", brand="Lumera", category="lamps", status="overstock"),
        row("SWT-1", "10.00", brand="Volten", category="switches", own_brand=True),
    )
    return Office(api, context)
