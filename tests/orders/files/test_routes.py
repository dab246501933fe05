"""A buyer attaches a specification, a distributor an invoice and a shipping document; nobody else reads them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.mail.declarations import asked_by, declaration
from chalicelib.orders.files import service
from chalicelib.orders.files.config import OrderFileLimits
from chalicelib.orders.order import service as order_service
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from tests.orders.steps import Market
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, uncounted
from tests.support.partners import distributor, partner
from tests.support.table import everything, restore

PDF = b"%PDF-1.7 a specification"


@pytest.fixture
def market(api: Api, context: Context) -> Market:
    return Market(api, context)


def post_to_bucket(upload: Any, content: bytes) -> None:
    """Posts the signed form, as a browser does."""
    fields = upload["upload"]["fields"]
    boto3.client("s3").put_object(Bucket="club-files", Key=fields["key"], Body=content)


class Files:
    """The files of one order, as one side sees them."""

    def __init__(self, api: Api, order_id: str, caller: Caller, side: str = "") -> None:
        self.api, self.caller = api, caller
        self.url = f"/v1{side}/orders/{order_id}/files"

    def start(self, **form: Any) -> Answer:
        known = {"name": "spec.pdf", "content_type": "application/pdf"}
        return self.api.call("POST", self.url, self.caller, known | form)

    def confirm(self, file_id: str) -> Answer:
        return self.api.call("POST", f"{self.url}/{file_id}/confirm", self.caller)

    def attached(self, content: bytes = PDF, **form: Any) -> str:
        upload = self.start(**form).json
        post_to_bucket(upload, content)
        answer = self.confirm(upload["file_id"])
        assert answer.status == 200, answer.text
        return str(upload["file_id"])

    def names(self) -> list[tuple[str, str]]:
        items = self.api.call("GET", self.url, self.caller).json["items"]
        return [(each["kind"], each["name"]) for each in items]

    def show(self, file_id: str) -> Answer:
        return self.api.call("GET", f"{self.url}/{file_id}", self.caller)

    def remove(self, file_id: str) -> Answer:
        return self.api.call("DELETE", f"{self.url}/{file_id}", self.caller)


@pytest.fixture
def buyers(market: Market) -> Files:
    return Files(market.api, market.placed(), market.buyer)


@pytest.fixture
def distributors(market: Market, buyers: Files) -> Files:
    return Files(market.api, buyers.url.split("/")[3], market.operator, "/distributor")


def test_both_sides_attach_and_read_each_others_files(buyers: Files, distributors: Files) -> None:
    specification = buyers.attached()
    invoice = distributors.attached(kind="invoice", name="Счёт 17.pdf")
    distributors.attached(b"PK\x03\x04 rows", kind="shipping_document", name="goods", content_type=XLSX)
    told = [("specification", "spec.pdf"), ("invoice", "Счёт 17.pdf"), ("shipping_document", "goods")]
    assert buyers.names() == distributors.names() == told
    for side, file_id in ((buyers, invoice), (distributors, specification)):
        assert side.show(file_id).status == 200


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_each_side_gets_a_letter_about_the_other_s_file(buyers: Files, distributors: Files, context: Context) -> None:
    buyers.attached(name="spec.pdf")
    distributors.attached(kind="invoice", name="7.pdf")
    events = [item for item in everything(context).values() if item.get("event") == "order.file_attached"]
    letters = [
        (name, declaration(name).facts, event, recipient)
        for event in events
        for name, to in asked_by(event["event"]).items()
        for recipient in to(context, event)
    ]
    told = {(name, facts(context, to, event)[1]["file"]) for name, facts, event, to in letters if facts}
    assert told == {("order_file_attached", "spec.pdf"), ("order_document_attached", "7.pdf")}


def test_a_download_ends_soon_and_is_saved_not_opened(buyers: Files, context: Context) -> None:
    shown = buyers.show(buyers.attached(name="мой счёт.pdf")).json
    asked = parse_qs(urlsplit(shown["url"]).query)
    assert asked["response-content-disposition"][0].startswith("attachment; filename*=UTF-8''%D0%BC")
    assert asked["response-content-type"] == ["application/pdf"]
    assert shown["expires_at"] == "2026-11-20T09:05:00.000Z"


def test_the_staff_read_the_files_of_an_order(market: Market, buyers: Files) -> None:
    file_id = buyers.attached()
    manager = Caller.person("mbr_manager", "staff", "manager", "club")
    staffs = Files(market.api, buyers.url.split("/")[3], manager, "/staff/companies/cmp_1")
    assert staffs.names() == [("specification", "spec.pdf")] and staffs.show(file_id).status == 200


def test_nobody_else_finds_them(market: Market, buyers: Files, distributors: Files, context: Context) -> None:
    file_id = buyers.attached()
    order_id = buyers.url.split("/")[3]
    other = Files(market.api, order_id, partner(context, "cmp_2", "mbr_2", inn="7710140679"))
    _, operator = distributor(context, "RU-SPE", name="Neva")
    for files in (other, Files(market.api, order_id, operator, "/distributor")):
        kind = {} if files is other else {"kind": "invoice"}
        answers = [files.start(**kind), files.confirm(file_id), files.show(file_id), files.remove(file_id)]
        assert {answer.status for answer in answers} == {404}


def test_neither_side_removes_or_confirms_what_the_other_attached(buyers: Files, distributors: Files) -> None:
    specification, invoice = buyers.attached(), distributors.attached(kind="invoice")
    assert buyers.remove(invoice).status == distributors.remove(specification).status == 404
    assert buyers.remove(specification).status == 204
    assert buyers.remove(specification).status == 404
    assert buyers.names() == [("invoice", "spec.pdf")]


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/x-msdownload", "text/csv"])
def test_a_type_that_a_browser_or_a_machine_would_run_is_refused(buyers: Files, content_type: str) -> None:
    answer = buyers.start(content_type=content_type)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/content_type")


@pytest.mark.parametrize("name", ['a"b.pdf', "a/b.pdf", "a\\b.pdf", "a\nb.pdf", ""])
def test_a_name_that_could_break_out_is_refused(buyers: Files, name: str) -> None:
    answer = buyers.start(name=name)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/name")


def test_a_file_in_disguise_is_refused_and_never_shown(buyers: Files) -> None:
    upload = buyers.start().json
    post_to_bucket(upload, b"<html><script>alert(1)</script>")
    refused = buyers.confirm(upload["file_id"])
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "wrong_content")
    assert buyers.names() == [] and buyers.show(upload["file_id"]).status == 404


def test_what_has_not_arrived_is_not_there(buyers: Files) -> None:
    file_id = buyers.start().json["file_id"]
    assert buyers.confirm(file_id).status == 409
    assert buyers.names() == [] and buyers.show(file_id).status == 404


def test_what_is_posted_after_the_confirmation_changes_nothing(buyers: Files) -> None:
    upload = buyers.start().json
    post_to_bucket(upload, PDF)
    assert buyers.confirm(upload["file_id"]).status == 200
    post_to_bucket(upload, b"%PDF- another one")
    assert buyers.confirm(upload["file_id"]).status == 200
    address = urlsplit(buyers.show(upload["file_id"]).json["url"]).path
    key = address.removeprefix("/club-files/").lstrip("/")
    assert boto3.client("s3").get_object(Bucket="club-files", Key=key)["Body"].read() == PDF


def test_an_order_has_a_bound_and_abandoned_uploads_make_room(market: Market, buyers: Files, context: Context) -> None:
    order = order_service.load_order(context, "cmp_1", buyers.url.split("/")[3])
    assert order
    most = context.config[OrderFileLimits].per_order

    def start(at: Context) -> None:
        service.start(at, order, "mbr_1", service.OrderFileKind.SPECIFICATION, "a.pdf", "application/pdf")

    for _ in range(most):
        start(context)
    with pytest.raises(Problem) as full:
        start(context)
    assert full.value.errors[0].code == "too_many_files"
    start(replace(context, now=context.now + timedelta(days=2)))


def test_a_confirmation_that_dies_is_done_by_the_next_one(market: Market, buyers: Files, context: Context) -> None:
    upload = buyers.start().json
    post_to_bucket(upload, PDF)
    order = order_service.load_order(context, "cmp_1", buyers.url.split("/")[3])
    assert order
    before = everything(context)
    for crash in crashes():
        with uncounted():
            restore(context, before)
        for attempt in (crash, uncounted()):
            with attempt:
                service.confirm(context, order, "company", "mbr_1", upload["file_id"])
        with uncounted():
            attached = [each for each in everything(context).values() if each.get("event") == "order.file_attached"]
            assert len(attached) == 1 and len(service.list_files(context, order).items) == 1, crash
