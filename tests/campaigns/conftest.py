"""The two marketers whom a plan needs: one writes, the other approves."""

import pytest

from chalicelib.platform.context import Context
from tests.support import partners
from tests.support.api import Caller


@pytest.fixture
def marketing(context: Context) -> Caller:
    return partners.staff(context, "mbr_marketing", "marketing")


@pytest.fixture
def head(context: Context) -> Caller:
    return partners.staff(context, "mbr_head_of_marketing", "marketing")
