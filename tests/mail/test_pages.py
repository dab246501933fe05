"""Buttons lead to the thing that a letter tells of: a page of the portal, by the pattern of the club's config."""

import re
from html import unescape
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.mail import PortalPages
from chalicelib.mail.declarations import declaration
from chalicelib.platform.config import config
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language
from tests.mail.test_rendering import FACTS, LETTERS, VARIANTS, render
from tests.support.letters import BUYER, DISTRIBUTOR, ORDERER, plain

# About nothing that has a page of its own: codes, an address, the club as a whole, a call that nobody answered.
OF_NOTHING = {"club_benefits", "email_change_code", "email_changed", "not_reached", "sign_in_code", "welcome"}
BUTTON = re.compile(r'<a href="([^"]*)" style="display:inline-block')
PORTAL = "https://portal.example"


def buttons(html: str) -> set[str]:
    return {unescape(each) for each in BUTTON.findall(html)}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("template", LETTERS)
def test_every_letter_about_a_thing_has_a_button_that_leads_to_it(template: str, language: Language) -> None:
    pages = declaration(template).page
    names = {pages} - {""} if isinstance(pages, str) else set(pages.values())
    assert bool(names) is (template not in OF_NOTHING)
    assert names <= PortalPages.model_fields.keys()
    wanted = FACTS["page_url"] if names else FACTS["portal_url"]
    for variant in VARIANTS.values():
        for facts in (FACTS | variant, FACTS | variant | {"lines": []}):
            _, html, text = render(template, language, facts)
            found = buttons(html)
            if template in ("sign_in_code", "email_change_code", "email_changed"):
                assert not found
                continue
            # The reminder of an order has one that fills the cart, where the usual order is known.
            fills = template == "order_expected" and facts["lines"]
            assert found == {FACTS["cart_url"] if fills else wanted}
            assert found <= set(re.findall(r": (https://\S+)$", text, re.MULTILINE))


def test_the_club_s_file_names_every_page() -> None:
    assert config()[PortalPages].model_fields_set == PortalPages.model_fields.keys()


def test_the_letter_and_its_notification_lead_to_one_address(club: Any) -> None:
    told = club.told("order_accepted", ORDERER)
    assert buttons(told.html) == {f"{settings().portal_url}/orders/ord_1"}
    assert told.page_url == f"{settings().portal_url}/orders/ord_1"
    assert told.page_url in plain(told)


def test_a_letter_to_two_kinds_of_readers_leads_each_to_their_own_page() -> None:
    granted = declaration("goods_on_top_granted")
    assert [granted.page_of(each) for each in (BUYER, DISTRIBUTOR)] == ["order", "distributor_order"]


def test_a_page_lies_below_the_portal_or_anywhere() -> None:
    about = {"order_id": "ord 1/2"}
    own = PortalPages(order="/o?id={order_id}", tier="https://tiers.example/mine", cart="")
    assert own.address(f"{PORTAL}/", "order", about) == f"{PORTAL}/o?id=ord%201%2F2"
    assert own.address(PORTAL, "tier") == "https://tiers.example/mine"
    assert own.address(PORTAL, "cart") == own.address(PORTAL, "") == PORTAL


def test_an_event_that_does_not_tell_the_id_leads_to_the_portal() -> None:
    assert PortalPages().address(PORTAL, "order", {"company_id": "cmp_1"}) == PORTAL


@pytest.mark.parametrize(
    "pattern", ["orders", "/orders/{id}", "/orders/{order_id.real}", "/orders/{", "/orders/{}", "javascript:x"]
)
def test_a_pattern_that_leads_nowhere_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        PortalPages(order=pattern)
