"""Pictures: uploaded by the browser, shown once they are there."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

import boto3
import pytest

from chalicelib.catalog import images
from chalicelib.catalog import keys as catalog_keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.catalog.steps import row, stock
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, lost_replies, races
from tests.support.partners import OPERATIONS, partner
from tests.support.table import everything, restore

PATH = "/v1/staff/product-images"


def start(api: Api, sku: str = "ЛМП/1", **more: Any) -> Answer:
    return api.call("POST", PATH, OPERATIONS, {"sku": sku, "content_type": "image/png", **more})


def arrive(started: Answer) -> str:
    """The browser has sent the form."""
    form = started.json["upload"]["fields"]
    boto3.client("s3").put_object(Bucket="club-files", Key=form["key"], Body=b"png", ContentType=form["Content-Type"])
    return started.json["image_id"]


def confirm(api: Api, image_id: str) -> Answer:
    return api.call("POST", f"{PATH}/{image_id}/confirm", OPERATIONS)


def uploaded(api: Api) -> str:
    image_id = arrive(start(api))
    assert confirm(api, image_id).status == 200
    return image_id


def shown(api: Api, context: Context) -> list[str]:
    (product,) = api.call("GET", "/v1/staff/products", OPERATIONS).json["items"]
    return [each["image_id"] for each in product["images"]]


@pytest.fixture
def context(context: Context) -> Context:
    stock(context, row("ЛМП/1"))
    return context


def test_a_picture_is_uploaded_confirmed_and_readable(api: Api, context: Context):
    image_id = uploaded(api)
    (product,) = api.call("GET", "/v1/products", partner(context)).json["items"]
    (image,) = product["images"]
    assert (image["image_id"], image["content_type"]) == (image_id, "image/png")
    assert f"/products/{image_id}?" in image["url"]
    assert "X-Amz-Signature" in image["url"]


def test_the_form_fixes_name_kind_and_largest_size(api: Api, context: Context):
    answer = start(api)
    fields = answer.json["upload"]["fields"]
    policy = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    assert {"Content-Type": "image/png"} in policy
    assert ["content-length-range", 1, 5 * 1024 * 1024] in policy
    assert {"key": f"products/{answer.json['image_id']}"} in policy
    assert answer.json["upload"]["most_bytes"] == 5 * 1024 * 1024


def test_a_picture_that_has_not_arrived_is_not_shown(api: Api, context: Context):
    image_id = start(api).json["image_id"]
    answer = confirm(api, image_id)
    assert (answer.status, answer.json["code"]) == (409, "conflict")
    assert shown(api, context) == []


def test_confirming_again_changes_nothing(api: Api, context: Context):
    image_id = uploaded(api)
    before = everything(context)
    assert [each["image_id"] for each in confirm(api, image_id).json["images"]] == [image_id]
    assert everything(context) == before


def test_pictures_are_shown_in_the_order_of_their_confirmation(api: Api, context: Context):
    first, second = start(api), start(api)
    for each in (second, first):
        confirm(api, arrive(each))
    assert shown(api, context) == [second.json["image_id"], first.json["image_id"]]


def test_writing_a_product_keeps_its_pictures(api: Api, context: Context):
    image_id = uploaded(api)
    api.call("PUT", "/v1/staff/products", OPERATIONS, {"products": [row("ЛМП/1", "1.00")]})
    assert shown(api, context) == [image_id]


def test_a_picture_can_be_taken_away(api: Api, context: Context):
    one, other = uploaded(api), uploaded(api)
    answer = api.call("DELETE", f"{PATH}/{one}", OPERATIONS)
    assert [each["image_id"] for each in answer.json["images"]] == [other]
    assert shown(api, context) == [other]
    assert "Contents" in boto3.client("s3").list_objects_v2(Bucket="club-files", Prefix=f"products/{other}")
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket="club-files", Prefix=f"products/{one}")
    assert api.call("DELETE", f"{PATH}/{one}", OPERATIONS).status == 404


def test_a_product_has_so_many_pictures_at_most(api: Api, context: Context):
    for _ in range(10):
        uploaded(api)
    answer = confirm(api, arrive(start(api)))
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "too_many")
    assert len(shown(api, context)) == 10


def test_an_upload_that_was_never_confirmed_is_forgotten_after_a_day(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
):
    image_id = arrive(start(api))
    monkeypatch.setattr(
        respond, "context_now", lambda: replace(context, now=context.now + timedelta(days=1, seconds=1))
    )
    assert confirm(api, image_id).status == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"sku": "LMP-9"}, "/sku"), ({"content_type": "image/svg+xml"}, "/content_type"), ({"size": 1}, "/size")],
)
def test_a_wrong_announcement_is_refused_with_its_place(
    api: Api, context: Context, wrong: dict[str, Any], pointer: str
):
    answer = start(api, **wrong)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_only_those_who_keep_the_catalogue_have_pictures_uploaded(api: Api, context: Context):
    marketing = Caller.person("mbr_9", "staff", "marketing", "club")
    assert api.call("POST", PATH, marketing, {"sku": "ЛМП/1", "content_type": "image/png"}).status == 403


def test_an_address_stays_the_same_while_it_is_fresh(api: Api, context: Context):
    image_id = uploaded(api)
    item = context.table.get(catalog_keys.product("ЛМП/1"))
    assert item

    def url(minutes: int) -> str:
        (image,) = images.views_of(replace(context, now=context.now + timedelta(minutes=minutes)), item)
        assert image.image_id == image_id
        return image.url

    assert url(0) == url(44)
    assert images._links["club-files", image_id][0] == context.expiry() + 3600
    url(46)
    assert images._links["club-files", image_id][0] == context.expiry() + 46 * 60 + 3600


def test_an_interrupted_confirmation_is_finished_by_its_repeat(api: Api, context: Context):
    image_id = arrive(start(api))
    beginning = everything(context)
    wanted = None
    for interruption in chain(crashes(), lost_replies()):
        restore(context, beginning)
        with interruption:
            images.confirm(context, image_id)
        images.confirm(context, image_id)
        now = everything(context)
        wanted = wanted or now
        assert now == wanted, interruption


def test_a_picture_that_is_taken_away_meanwhile_is_not_shown(api: Api, context: Context):
    image_id = arrive(start(api))
    beginning = everything(context)
    for race in races(lambda: images.remove(context, image_id)):
        restore(context, beginning)
        boto3.client("s3").put_object(Bucket="club-files", Key=f"products/{image_id}", Body=b"png")
        with race:
            answer = confirm(api, image_id)
        if race.happened:
            assert answer.status in (404, 409), race
            assert shown(api, context) == []
            assert catalog_keys.image(image_id) not in everything(context)


def test_pictures_that_are_confirmed_at_once_are_all_shown(api: Api, context: Context):
    mine, other = arrive(start(api)), arrive(start(api))
    beginning = everything(context)
    for race in races(lambda: images.confirm(context, other)):
        restore(context, beginning)
        with race:
            images.confirm(context, mine)
        assert set(shown(api, context)) == ({mine, other} if race.happened else {mine}), race


def test_whoever_knows_a_picture_follows_its_address_as_long_as_it_is_shown(api: Api, context: Context):
    image_id = arrive(start(api))
    assert api.call("GET", f"/v1/pictures/{image_id}").status == 404
    assert confirm(api, image_id).status == 200
    answer = api.call("GET", f"/v1/pictures/{image_id}")
    assert (answer.status, answer.headers["cache-control"]) == (302, "public, max-age=600")
    assert f"/products/{image_id}?" in answer.headers["location"]
    api.call("DELETE", f"{PATH}/{image_id}", OPERATIONS)
    assert api.call("GET", f"/v1/pictures/{image_id}").status == 404
    assert api.call("GET", "/v1/pictures/img_none").status == 404
