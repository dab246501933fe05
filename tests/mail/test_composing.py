"""A letter of which something is gone."""

from typing import Any

import pytest

from chalicelib.mail.model import Recipient, Unsendable
from chalicelib.mail.service import compose
from chalicelib.platform.context import Context
from tests.mail.steps import letter
from tests.support.letters import BUYER, DISTRIBUTOR, ORDERER
from tests.tiers.test_letters import CHANGED


@pytest.mark.parametrize(
    ("gone", "template", "recipient", "reason"),
    [
        ({}, "welcome", Recipient("member", "mbr_erased"), "recipient_gone"),
        ({"distributor": None}, "order_placed", DISTRIBUTOR, "recipient_gone"),
        ({"order": None}, "order_accepted", ORDERER, "order_gone"),
        ({"company": None}, "tier_changed", BUYER, "company_gone"),
    ],
)
def test_what_is_gone_cannot_be_told_of(
    club: Any, gone: dict[str, None], template: str, recipient: Recipient, reason: str
) -> None:
    vars(club).update(gone)
    with pytest.raises(Unsendable, match=reason):
        club.told(template, recipient, **CHANGED)


def test_a_letter_whose_event_is_gone_cannot_be_told(context: Context) -> None:
    with pytest.raises(Unsendable, match="cause_gone"):
        compose(context, letter(context), "")
