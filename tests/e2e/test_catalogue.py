"""The catalogue on the deployed stack: what was written is found after its event, and a picture goes through a real form."""

import uuid
from typing import Any

import pytest
import requests

from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from tests.catalog.steps import row
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
