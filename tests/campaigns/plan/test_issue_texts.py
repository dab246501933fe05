"""Products in letters: each at its reader's own price, and left out where there is none."""

from typing import Any

import pytest

from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan.model import IssueText
from chalicelib.catalog import keys as catalog_keys
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from tests.campaigns.plan.test_routes import form, plan
from tests.catalog.steps import row, stock
from tests.pricing.steps import Office
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.spent import spent

BODY = "# Lamps\n\n![](product:LMP-1)\n![](<product:LMP 2>)\n\nOrder them."


def texts(body: str) -> dict[str, Any]:
    return {language: {"subject": "Lamps", "preview": "", "body": body} for language in ("en", "ru")}


@pytest.fixture
def marketing(context: Context) -> Caller:
    stock(context, row("LMP-1", "120.00"), row("LMP 2", "50.00", status="overstock"))
    partners.partner(context, "cmp_1", "mbr_1")
    return partners.staff(context, "mbr_marketing", "marketing")


def preview(api: Api, caller: Caller, member_id: str = "mbr_1", body: str = BODY, language: str = "en") -> Answer:
    url = plan(api, caller, form(texts=texts(body), accept_skips=True), key=language).headers["location"]
    return api.call("POST", f"{url}/preview", caller, {"member_id": member_id, "language": language})


def test_a_product_is_shown_at_the_readers_own_price_and_the_rule_is_told(
    api: Api, context: Context, marketing: Caller
) -> None:
    Office(api, context).agree({"prices": [{"sku": "LMP-1", "price": "99.50"}]})
    letter = preview(api, marketing).json
    assert "* Lamp LMP-1 (LMP-1)\n  Your price: 99.50\xa0RUB / pcs\n  The price of contract K-7.\n" in letter["text"]
    assert "* Lamp LMP 2 (LMP 2)\n  Your price: 50.00\xa0RUB / pcs\n  The base price.\n" in letter["text"]
    assert "<b>Your price: 99.50\xa0RUB / pcs</b>" in letter["html"]
    assert letter["left_out"] == []
    assert "Ваша цена: 99,50\xa0₽ / шт." in preview(api, marketing, language="ru").json["text"]


def test_who_acts_for_no_company_has_no_price_and_sees_no_product(
    api: Api, context: Context, marketing: Caller
) -> None:
    partners.member(context, "mbr_alone")
    letter = preview(api, marketing, "mbr_alone").json
    assert letter["left_out"] == ["LMP-1", "LMP 2"]
    assert "LMP" not in letter["text"] and "LMP" not in letter["html"] and "Order them." in letter["text"]


def test_a_product_that_is_gone_is_left_out(api: Api, context: Context, marketing: Caller) -> None:
    url = plan(api, marketing, form(texts=texts(BODY))).headers["location"]
    context.table.delete_many([catalog_keys.product("LMP-1")])
    letter = api.call("POST", f"{url}/preview", marketing, {"member_id": "mbr_1", "language": "en"}).json
    assert letter["left_out"] == ["LMP-1"]
    assert "LMP-1" not in letter["text"] and "(LMP 2)" in letter["text"]


@pytest.mark.parametrize(("status", "told"), [("normal", False), ("overstock", True)])
def test_a_promotion_is_told_of_clearance_only_and_other_goods_have_the_same_price_without_its_name(
    api: Api, context: Context, marketing: Caller, status: str, told: bool
) -> None:
    stock(context, row("LMP-1", "120.00", status=status))
    Office(api, context).run((1, "10"), goods={"skus": ["LMP-1"]})
    letter = preview(api, marketing, body="![](product:LMP-1)").json
    assert "Your price: 108.00\xa0RUB / pcs" in letter["text"]
    assert ("Autumn" in letter["text"]) is told


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("![](product:LMP-9)", "unknown_sku"),
        ("\n".join(f"![](product:LMP-{number})" for number in range(13)), "too_many"),
        ("See ![](product:LMP-1) here.", "markup"),
        ("# ![](product:LMP-1)", "markup"),
        ("* ![](product:LMP-1)", "markup"),
        ("![](https://a.example/lamp.png)", "markup"),
    ],
)
def test_a_product_that_cannot_be_shown_is_refused_when_it_is_written(
    api: Api, marketing: Caller, body: str, code: str
) -> None:
    refused = plan(api, marketing, form(texts={"ru": {"subject": "Лампы", "body": body}}))
    assert refused.status == 422
    [fault] = refused.json["errors"]
    assert (fault["pointer"], fault["code"]) == ("/texts/ru/body", code)


def test_a_letter_has_a_lasting_address_of_the_picture_and_a_preview_a_passing_one(
    api: Api, context: Context, marketing: Caller
) -> None:
    picture = [{"image_id": "img_1", "content_type": "image/png"}]
    item = context.table.get(catalog_keys.product("LMP-1"))
    context.table.put({**(item or {}), "images": picture})
    shown = preview(api, marketing).json["html"]
    assert "/products/img_1?" in shown and "Signature" in shown
    text = IssueText(subject="S", body=BODY)
    member = partners.member(context, "mbr_2")
    about = issue_texts.abouts(context, [partners.member(context, "mbr_1")], [issue_texts.IssueTexts(en=text)])["mbr_1"]
    facts = issue_texts.facts_of(
        context, member, about, "en", issue_texts.Pages("https://a.example", "https://b.example")
    )
    html = issue_texts.render(text, "en", facts)[1]
    assert 'src="https://club.example/api/v1/pictures/img_1"' in html and 'alt="Lamp LMP-1"' in html


def test_a_company_is_priced_once_for_all_its_people_and_a_letter_without_products_reads_no_price(
    context: Context, marketing: Caller
) -> None:
    people = [partners.member(context, f"mbr_{number}") for number in range(50)]
    for each in people[:25]:
        partners.speaks_for(context, "cmp_1", each.member_id)
    plain, priced = issue_texts.IssueTexts(en=IssueText(subject="S", body="A")), IssueText(subject="S", body=BODY)
    with spent(aws.dynamodb()) as without:
        issue_texts.abouts(context, people, [plain])
    with spent(aws.dynamodb()) as with_products:
        found = issue_texts.abouts(context, people, [issue_texts.IssueTexts(en=priced)])
    assert len(with_products.calls) == len(without.calls) + 1
    assert found["mbr_3"].products is found["mbr_4"].products
    assert list(found["mbr_3"].products) == ["LMP 2", "LMP-1"]
    assert not found["mbr_40"].products
