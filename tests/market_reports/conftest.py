import pytest

from chalicelib.platform.context import Context
from tests.market_reports.steps import Marketing
from tests.support import partners
from tests.support.api import Api, Caller


@pytest.fixture
def marketing(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> Marketing:
    return Marketing(api, context, monkeypatch)


@pytest.fixture
def anna(context: Context) -> Caller:
    """Her cabinet is open."""
    return partners.partner(context, "cmp_1", "mbr_anna")


@pytest.fixture
def locked(context: Context) -> Caller:
    """Confirmed for a company, and without a telephone."""
    partners.company(context, "cmp_2", inn="7743013902")
    partners.member(context, "mbr_locked", phone=None)
    return partners.speaks_for(context, "cmp_2", "mbr_locked")
