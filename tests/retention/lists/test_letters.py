from datetime import timedelta
from typing import Any

import pytest

from chalicelib.mail import Recipient, Unsendable
from chalicelib.platform.context import Context
from chalicelib.retention.lists import service
from chalicelib.retention.lists.letters import the_manager
from tests.retention.cases.steps import IVAN, known
from tests.support import partners
from tests.support.letters import plain


def test_a_manager_gets_the_list_in_the_morning(club: Any, context: Context) -> None:
    partners.staff(context, IVAN, "manager")
    known(context, "cmp_first", usual=900_000)
    known(context, "cmp_second")
    service.make(context, IVAN)
    event = {"manager_id": IVAN, "day": context.today.isoformat()}
    assert the_manager(context, event) == [Recipient("member", IVAN)]
    told = plain(club.told("calls_listed", Recipient("member", IVAN), **event))
    assert "2 calls for 20 November 2026" in told
    assert told.index("cmp_first") < told.index("cmp_second")


def test_yesterdays_list_is_not_sent(club: Any, context: Context) -> None:
    partners.staff(context, IVAN, "manager")
    day = (context.today - timedelta(days=1)).isoformat()
    with pytest.raises(Unsendable):
        club.told("calls_listed", Recipient("member", IVAN), manager_id=IVAN, day=day)
