"""The catalogue on the deployed stack: what was written is found after its event, and a picture goes through a real form."""

import uuid
from typing import Any
from urllib.parse import quote

import pytest
import requests

from infra.demo import generator
from infra.demo.portal import Portal, Unexpected
from infra.demo.seed import STAFF
from infra.smoke import Codes, confirm, join
from tests.catalog.steps import IN_AN_ADDRESS, row
from tests.support.cloud import DeployedClub

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture(scope="module")
def operations(guest: Portal) -> Portal:
    return guest.sign_in(STAFF["operations"][1])


def test_what_was_written_is_found_by_its_words_once_the_event_was_told(
    operations: Portal, cloud: DeployedClub
) -> None:
    mark = f"марка{uuid.uuid4().hex[:8]}"
    products = [
        row(f"{mark}-{number}", name_ru=f"Уличный светильник {mark}", category="e2e-below") for number in range(3)
    ]
    operations.call("PUT", "/v1/staff/products", {"products": products})
    tree = [
        {"code": "e2e-below", "name": "Below", "name_ru": "Ниже", "parent": "e2e-above"},
        {"code": "e2e-above", "name": "Above", "name_ru": "Выше"},
    ]
    operations.call("PUT", "/v1/staff/categories", {"categories": tree})

    def found() -> Any:
        items = operations.get(f"/v1/staff/products?q=уличные светильники {mark}&category=e2e-above&sort=price")[
            "items"
        ]
        return [each["sku"] for each in items] if len(items) == 3 else None

    assert cloud.until(found, "the products by their words") == [f"{mark}-{number}" for number in range(3)]


def test_a_product_is_found_whatever_signs_its_article_number_has(operations: Portal, guest: Portal) -> None:
    operations.call("PUT", "/v1/staff/products", {"products": [row(sku) for sku in IN_AN_ADDRESS]})
    mark = uuid.uuid4().hex
    company = generator.Company(mark, generator.inn_of(int(mark, 16) % 10**9), "770101001", "RU-MOW", 1, 1, None)
    buyer = join(guest, Codes("mailbox"), f"{mark}@partner.example", company)
    confirm(guest.sign_in(STAFF["admin"][1]), buyer, company)
    assert [buyer.get(f"/v1/products/{quote(sku, safe='')}")["sku"] for sku in IN_AN_ADDRESS] == IN_AN_ADDRESS


@pytest.mark.parametrize("path", ["/v1/staff/imports/imp_1%2Ferrors", "/v1/staff/imports/%D1%8F%2F..%2F%25"])
def test_a_slash_with_its_escape_parts_no_path(operations: Portal, path: str) -> None:
    with pytest.raises(Unexpected, match=r"404 instead of 200.*not_found.*There is no such import"):
        operations.get(path)


def test_a_picture_is_uploaded_by_its_form_shown_and_read(operations: Portal) -> None:
    sku = f"IMG/{uuid.uuid4().hex[:8]}"
    operations.call("PUT", "/v1/staff/products", {"products": [row(sku)]})
    started = operations.post("/v1/staff/product-images", {"sku": sku, "content_type": "image/png"})
    path = f"/v1/staff/product-images/{started['image_id']}"
    operations.post(f"{path}/confirm", expect=409)
    target = started["upload"]
    wrong_kind = {**target["fields"], "Content-Type": "text/html"}
    assert requests.post(target["url"], data=wrong_kind, files={"file": PNG}, timeout=60).status_code == 403
    requests.post(target["url"], data=target["fields"], files={"file": PNG}, timeout=60).raise_for_status()
    (image,) = operations.post(f"{path}/confirm")["images"]
    answer = requests.get(image["url"], timeout=60)
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, PNG, "image/png")
    assert operations.call("DELETE", path)["images"] == []
    assert requests.get(image["url"], timeout=60).status_code in (403, 404)
