"""A company of 10,000 documents, 5,000 orders, 300 people and 500 offers, and a catalogue of 50,000 products: the slowest answers of all routes,
and of the steps of an order of 200 lines.

On the local cloud's table, with the whole request inside one process: what a reader waits for, less the network and a cold start. Counted in
seconds of the processor, of the request and of the table's process together: the same on a machine that has other work.
"""

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, cast
from urllib.parse import quote, urlencode

import pytest

from chalicelib import sales
from chalicelib.campaigns.plan import keys as plan_keys
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.campaigns.results import series
from chalicelib.campaigns.results.jobs import count_letter_results
from chalicelib.campaigns.segments import store as audiences
from chalicelib.campaigns.segments.model import Invited
from chalicelib.campaigns.segments.store import Audience, AudiencePart
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.campaigns.tracking.rules import token_of
from chalicelib.catalog import recording
from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.schemas import ProductForm
from chalicelib.catalog.search import store as search_store
from chalicelib.contacts.preferences.service import pages_for
from chalicelib.mail import Letter, LetterClass, Recipient
from chalicelib.mail import store as mail_store
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Line, Order
from chalicelib.orders.reorder.links import usual_order_link
from chalicelib.platform import aws, clock
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.platform.http.routes import ROUTES, Route
from chalicelib.platform.registry.lookup import find_route
from chalicelib.pricing.rules import Ruling
from chalicelib.sales import SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Transaction
from chalicelib.tiers.standing import service as standing
from infra.build import ROOT, local_package
from infra.demo.portal import Portal, await_
from infra.local.cloud import Cloud
from tests.benchmarks import bench_catalogue
from tests.benchmarks.report import report
from tests.conftest import NOON
from tests.contract.test_dismissed import READS, SCENES, SERIES, WRITES, Club, kind_of, questions
from tests.e2e.test_sign_in import codes
from tests.orders.desk import Desk
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.partners import member, partner, speaks_for
from tests.support.undo import Undo

PRODUCTS, DOCUMENTS, ORDERS, PEOPLE, OFFERS = 50_000, 10_000, 5_000, 300, 500
LONG_ORDERS, LINES = 100, 200
MOST_SECONDS = 3
DAYS = 900  # over which the documents are spread
YEAR = NOON.year
# The fullest page of each list.
QUERIES = {
    "/v1/company/purchases": ["", "?limit=100&lines=true"],
    "/v1/products": ["", "?limit=100&sort=price", "?limit=100&q=серия"],
    "/v1/price-list": ["", "?category=emergency"],
    "/v1/orders": ["", "?limit=100"],
    "/v1/company/people": ["", "?limit=100"],
    "/v1/company/statement": ["", "?contract=", f"?from={NOON.date() - timedelta(365)}&to={NOON.date()}"],
    "/v1/company/analytics/documents": ["", "?by=brand&limit=100"],
}
# What reaches the whole of the company; the other writes send the example of the contract.
BODIES = {
    "/v1/list-files": {"list": "/v1/company/purchases"},
    "/v1/staff/company-joins/preview": {"company_id": "cmp_1", "into_company_id": "cmp_2"},
    "/v1/company/statement/disputes": {"line_id": f"sale#1c#{YEAR}/УТ-1", "claimed": "1.00"},
}
# They speak to the user pool, and end what a caller may do.
AT_THE_POOL = {"end_session", "start_email_change", "confirm_email_change", "erase_own_data"}
# Asked by those who act for nobody.
OF_GUESTS = {"claim_company", "accept_invitation", "decline_invitation"}
# A part of what is longer than a file, which is refused whole.
NARROWED = {
    "make_list_file": ("/v1/list-files", {"list": f"/v1/company/purchases?from={NOON.date() - timedelta(150)}"}),
    "make_price_list_file": ("/v1/price-list/file?category=emergency", None),
    "download_price_list_of_company": ("/v1/staff/companies/cmp_1/price-list?category=emergency", None),
}
# Ids of things that are there from the beginning, by the names of the parameters.
IDS = {
    "company_id": "cmp_1",
    "order_id": "ord_00000",
    "member_id": "mbr_colleague1",
    "sku": "P-00001",
    "kind": "win_back",
    "purpose": "advertising",
    "page": "place-an-order",
    "series_id": "welcome",
    "step_id": "company",
    "source": "1c",
    "number": "1",
}


@pytest.fixture
def context(context: Context, local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The account is in memory, the table is the local cloud's."""
    monkeypatch.setattr(bench_catalogue, "PRODUCTS", PRODUCTS)
    undo: Any = Undo(local_table.client)
    return replace(context, table=Table(undo, local_table.name))


def catalogue(context: Context) -> None:
    made = bench_catalogue.rows(Random(7))
    products = (ProductForm.model_validate(each).product() for each in made)
    bench_catalogue.fill(context.table, [catalog_store.product_item(each, context.at) for each in products])
    kinds = [{"code": code, "name": name, "name_ru": name_ru} for name, name_ru, code in bench_catalogue.KINDS]
    recording.write_categories(context, [{**each, "parent": None} for each in kinds])
    for start in range(0, len(made), 1000):
        search_store.refresh(context, [each["sku"] for each in made[start : start + 1000]])


def purchases(context: Context, company_id: str) -> None:
    documents = []
    for number in range(DOCUMENTS):
        lines = [
            SaleLine.of(
                f"P-{(number * 7 + place) % PRODUCTS if place else 3:05}",
                "Светильник потолочный",
                Decimal(2),
                Decimal("149.90"),
            )
            for place in range(8)
        ]
        day = context.today - timedelta(number % DAYS)
        documents.append(SaleDocument("1c", f"УТ-{number}", company_id, day, "RUB", lines, series=str(day.year)))
    for start in range(0, DOCUMENTS, 500):
        sales.record(context, documents[start : start + 500])
    standing.follow(context, company_id)


def orders(context: Context, company_id: str, distributor_id: str) -> str:
    """The id of one of the largest."""
    pattern = Desk().place(company_id=company_id)
    pattern = pattern._replace(distributor_id=distributor_id)
    items: list[Item] = []
    for number in range(ORDERS):
        placed = clock.stamp(context.now - timedelta(hours=number + 1))
        lines = tuple(line(place) for place in range(LINES if number < LONG_ORDERS else 5))
        items.append(order_store.order_item(order(pattern, number, placed, lines)))
    bench_catalogue.fill(context.table, items)
    return "ord_00000"


def order(pattern: Order, number: int, placed: str, lines: tuple[Line, ...]) -> Order:
    history = tuple(entry._replace(at=placed) for entry in pattern.history)
    return pattern._replace(
        order_id=f"ord_{number:05}", number=f"261120-{number}", placed_at=placed, lines=lines, history=history
    )


def line(place: int) -> Line:
    price = Decimal("149.90")
    ruling = Ruling("base_price", "listed", price)
    return Line(f"P-{place:05}", "Ceiling light", "Светильник", "pcs", 2, price, price, Decimal(20), ruling, ())


def processor_seconds(cloud: Cloud) -> float:
    """Of this process and of the cloud's, which has a session of its own: what answers for the table, and functions."""
    ticks = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            told = each.read_text().rpartition(")")[2].split()
            ticks += sum(map(int, told[11:15])) if told[3] == str(cloud.process.pid) else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def example_of(route: Route) -> Any:
    """The body of the contract's example; None for a route without a body."""
    operation = CONTRACT["paths"][route.path][route.method.lower()]
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")


CONTRACT = json.loads((ROOT / "chalicelib" / "openapi.json").read_text(encoding="utf-8"))


class Noting(Api):
    """Notes the ids that answers tell, and those of the addresses that were called."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.ids: dict[str, str] = {}

    def call(self, method: str, url: str, caller: Caller = STRANGER, body: Any = None, **more: Any) -> Answer:
        answer = super().call(method, url, caller, body, **more)
        self.ids |= self._match(url.partition("?")[0])[1]
        if answer.status < 300 and answer.text.startswith("{"):
            self.ids |= {name: value for name, value in answer.json.items() if isinstance(value, str) and _is_id(name)}
        return answer


def _is_id(name: str) -> bool:
    return name.endswith("_id") or name in ("reference", "token")


class Found(NamedTuple):
    """A call: seconds of the processor and of the clock."""

    seconds: float
    clock: float
    shown: str
    status: int
    weight: int


class Walk:
    """Calls the routes, and measures each call."""

    def __init__(self, club: Club, cloud: Cloud) -> None:
        self.club = club
        self.cloud = cloud
        self.found: list[Found] = []
        self.answered: set[str] = set()  # names of routes that were answered as they promise

    def timed(
        self,
        route: Route,
        path: str,
        body: Any = None,
        version: int = 1,
        shown: str = "",
        caller: Caller | None = None,
    ) -> Answer:
        headers = {"accept-language": "ru"} | ({"if-match": f'"{version}"'} if route.matched else {})
        key = f"walk-{len(self.found)}" if route.keyed else None
        caller = caller or (self.club.callers[kind_of(route)] if route.scope else STRANGER)
        raw = urlencode(body).encode() if route.form else None
        if route.form:
            headers["content-type"] = "application/x-www-form-urlencoded"
        self.club.context.memo.clear()
        clock_start, start = time.perf_counter(), processor_seconds(self.cloud)
        answer = self.club.api.call(route.method, path, caller, body, key=key, headers=headers, raw=raw)
        spent = processor_seconds(self.cloud) - start
        weight = len(answer.text.encode())
        told = f"{route.method} {shown or route.path}"
        self.note(route, Found(spent, time.perf_counter() - clock_start, told, answer.status, weight))
        return answer

    def note(self, route: Route, found: Found) -> None:
        self.found.append(found)
        if found.status == route.status or found.status in (302, 303):
            self.answered.add(route.name)

    def post(self, path: str, body: Any, shown: str = "") -> Answer:
        return self.timed(find("POST", path), path, body, shown=shown)

    def named(self, name: str, ids: Mapping[str, str], body: Any = None, caller: Caller | None = None) -> Answer:
        route = named(name)
        return self.timed(route, placed(route.path, ids), body, caller=caller)

    def lists(self) -> None:
        """The operations without an id in their address, each list at its fullest."""
        for route in reads():
            for query in QUERIES.get(route.path, [""]):
                if "{" not in route.path:
                    self.timed(route, route.path + query, shown=route.path + query)

    def things(self, ids: Mapping[str, str]) -> None:
        """Reads that were not answered yet, of the things with these ids."""
        for route in reads():
            if route.name not in self.answered and (place := placed(route.path, ids)):
                self.timed(route, place)

    def write(self, route: Route) -> str:
        """Plays the scene of the route, and reads what there is in it; empty, or why the scene could not be played."""
        api = cast("Noting", self.club.api)
        api.ids = dict(IDS)
        with taken_back(self.club.context):
            try:
                ask = SCENES[route.name](self.club)
            except (AssertionError, ValueError, LookupError) as error:
                return f"its scene does not play: {str(error)[:200]}"
            answer = self.timed(route, ask.path, BODIES.get(route.path) or ask.body, ask.version)
            self.things(api.ids)
            return "" if answer.status == route.status else f"{answer.status} {answer.text[:200]}"


def reads() -> list[Route]:
    return [route for route in ROUTES if route.method == "GET"]


def named(name: str) -> Route:
    return next(each for each in ROUTES if each.name == name)


def find(method: str, path: str) -> Route:
    found = find_route(method, path)
    assert found, path
    return found.route


def placed(path: str, ids: Mapping[str, str]) -> str:
    """The address with these ids; empty where one is not known."""
    for name in re.findall(r"{(\w+)}", path):
        if name not in ids:
            return ""
        path = path.replace(f"{{{name}}}", quote(ids[name], safe=""))
    return path


@pytest.mark.timeout(7200)
def test_every_route_answers_for_a_large_company(
    context: Context, bare_cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import app

    club = Club(Noting(app), context, monkeypatch)
    context = club.context
    walk = Walk(club, bare_cloud)
    partner(context, "cmp_2", "mbr_other", region="RU-MOW")
    for number in range(PEOPLE):
        speaks_for(context, "cmp_1", f"mbr_colleague{number}", "buyer")
    catalogue(context)
    purchases(context, "cmp_1")
    orders(context, "cmp_1", club.market.distributor_id)
    offered(club.api, club.callers["staff"], context, monkeypatch)
    IDS["distributor_id"] = club.market.distributor_id

    with taken_back(context):
        walk.lists()
        walk.things(IDS)
    with taken_back(context):
        order_of_200_lines(walk)
    missing = {route.name: told for route in WRITES.values() if (told := walk.write(route))}
    with taken_back(context):
        for name, ask in questions(club).items():
            walk.timed(named(name), ask.path, BODIES.get(ask.path) or ask.body)
    for route in ROUTES:
        if route.method != "GET" and route.scope and route.name not in {*WRITES, *READS, *AT_THE_POOL, *OF_GUESTS}:
            walk.timed(route, placed(route.path, IDS) or route.path, BODIES.get(route.path) or example_of(route))
    for name, (path, body) in NARROWED.items():
        walk.timed(named(name), path, body)
    for step in (links_of_letters, figures_of_a_night, report_of_the_market, guests):
        with taken_back(context):
            step(walk)
    at_the_pool(walk)
    for found in sorted(walk.found, reverse=True)[:10]:
        told = f"{found.seconds:.2f} s, {found.clock:.1f} s by the clock, {found.status}, {found.weight / 1024:.0f} KB"
        report(found.shown, told, f"{MOST_SECONDS} s")
    quiet = sorted(route.name for route in ROUTES if route.name not in walk.answered)
    report("routes that answered as they promise", f"{len(walk.answered)} of {len(ROUTES)}")
    for name in quiet:
        report("answered by a problem", f"{name} {missing.get(name, '')}")
    assert not [each for each in walk.found if each.status >= 500]
    assert not [each for each in walk.found if each.seconds > MOST_SECONDS]
    assert quiet == []


@contextmanager
def taken_back(context: Context) -> Iterator[None]:
    undo = cast("Any", context.table.client)
    undo.forget()
    yield
    undo.take_back()


def links_of_letters(walk: Walk) -> None:
    context = walk.club.context
    letter = pages_for("mbr_1").preferences.rpartition("/")[2]
    for name in ("show_letter_preferences", "show_unsubscribe_page"):
        walk.named(name, {"token": letter})
    choices = {"letters": "true", "language": "ru", "time_zone": "Europe/Moscow"}
    walk.named("choose_letter_preferences", {"token": letter}, choices)
    walk.named("unsubscribe", {"token": letter}, {"List-Unsubscribe": "One-Click"})
    usual = usual_order_link(context, "mbr_1", "cmp_1").split("/")[-2]
    walk.named("show_usual_order_page", {"token": usual})
    walk.named("put_usual_order_into_cart", {"token": usual}, {"put": "yes"})
    sent = letter_of(context, issue_of(walk).issue_id, "mbr_1")
    mail_store.create(context.table, sent)
    walk.named("follow_link", {"token": token_of(aws.secret(), sent.letter_id), "number": "0"})


def issue_of(walk: Walk) -> Issue:
    found, _ = plan_store.read(walk.club.context.table, SCENES["test_issue"](walk.club).path.split("/")[-2])
    assert found
    return found


def letter_of(context: Context, issue_id: str, member_id: str) -> Letter:
    return Letter(
        letter_id=letter_id(issue_id, member_id),
        template="campaign",
        letter_class=LetterClass.ADVERTISING,
        recipient=Recipient("member", member_id),
        cause=plan_keys.issue(issue_id),
        written_at=context.at,
        expires_at=context.expiry(days=30),
    )


def figures_of_a_night(walk: Walk) -> None:
    """Of an issue to all people of the company, of a series and of a wave."""
    context = walk.club.context
    issue = issue_of(walk)
    audience = Audience(
        audience_id="aud_all",
        conditions={"json": "{}"},
        created_by="mbr_head",
        created_at=context.at,
        issue_id=issue.issue_id,
    )
    people = [Invited(f"mbr_colleague{number}", "cmp_1", "Europe/Moscow") for number in range(PEOPLE)]
    for page in range(PEOPLE // 100):
        part = AudiencePart(shard=0, pages=page + 1)
        assert audiences.write_part(context, audience, part, people[page * 100 :][:100])
    tx = Transaction()
    plan_store.write(tx, replace(issue, state=IssueState.SENT, audience_id="aud_all"), issue)
    context.table.commit(tx)
    walk.club.done("POST", f"{SERIES}/welcome/approve", walk.club.head)
    for body in ({"issue_id": issue.issue_id}, *({"series_id": each} for each in series.due(context))):
        count_letter_results(context, {"messageId": "1", "body": json.dumps(body)})
    walk.named("show_results", {"issue_id": issue.issue_id})
    walk.named("show_series_results", IDS)
    wave_id = SCENES["cancel_wave"](walk.club).path.split("/")[-2]
    walk.timed(find("GET", "/v1/staff/retention/results"), f"/v1/staff/retention/results?wave_id={wave_id}")


def report_of_the_market(walk: Walk) -> None:
    club = walk.club
    path, _, _ = SCENES["confirm_report_file"](club)
    club.done("POST", path, club.head, version=1)
    report_id, _, file_id = path.split("/")[-4:-1]
    club.done("POST", f"/v1/staff/reports/{report_id}/publish", club.head, {}, version=1)
    walk.named("download_report_file", {"report_id": report_id, "file_id": file_id})


def guests(walk: Walk) -> None:
    """They are invited by the company, or claim another one."""
    owner = walk.club.callers["company"]
    for name in ("accept_invitation", "decline_invitation"):
        form = {"name": "Ivan Ivanov", "email": f"{name}@else.example", "role": "buyer"}
        guest_id = walk.club.done("POST", "/v1/company/people", owner, form)["member_id"]
        walk.named(name, {"company_id": "cmp_1"}, example_of(named(name)), Caller.person(guest_id))
    member(walk.club.context, "mbr_guest")
    walk.named("claim_company", {}, example_of(named("claim_company")), Caller.person("mbr_guest"))


@dataclass
class AtThePool(Portal):
    """The API over HTTP; measures each call."""

    walk: Walk | None = None
    codes: set[str] = field(default_factory=set)  # that were used

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200, **headers: str) -> Any:
        assert self.walk
        clock_start, start = time.perf_counter(), processor_seconds(self.walk.cloud)
        answer = super().call(method, path, body, expect=expect, **headers)
        spent, route = processor_seconds(self.walk.cloud) - start, find(method, path)
        told = f"{method} {route.path} of the deployed club"
        self.walk.note(route, Found(spent, time.perf_counter() - clock_start, told, expect, len(str(answer))))
        return answer


def at_the_pool(walk: Walk) -> None:
    """Somebody joins, changes the address, leaves and comes back, and is erased: of the club as it is deployed, with its pool and triggers."""
    with Cloud.start() as cloud:
        cloud.deploy(local_package())
        cloud.wake()
        walk.cloud = cloud
        email, consent = "anna@example.com", {"purpose": "personal_data", "version": "2026-1", "agreed": True}
        anna = AtThePool(cloud.api_url, f"{cloud.endpoint}/_local/mail", walk=walk)
        form = {"name": "Anna Orlova", "email": email, "consents": [consent]}
        come_in(anna, email, anna.post("/v1/registrations", form, expect=202))
        change = anna.post("/v1/me/email", {"email": f"new.{email}"}, expect=202)
        form = {"change_id": change["change_id"], "code": code_for(anna, f"new.{email}")}
        anna.post("/v1/me/email/confirm", form, expect=204)
        anna.refresh()
        anna.post("/v1/sign-out", {"refresh_token": anna.refresh_token}, expect=204)
        anna.token = None
        come_in(anna, f"new.{email}", anna.post("/v1/sign-in", {"email": f"new.{email}"}, expect=202))
        anna.post("/v1/me/erasure", {"email": f"new.{email}"}, expect=202)


def come_in(person: AtThePool, email: str, started: Any) -> None:
    form = {"sign_in_id": started["sign_in_id"], "code": code_for(person, email)}
    tokens = person.post("/v1/sign-in/confirm", form)
    person.token, person.refresh_token = tokens["access_token"], tokens["refresh_token"]


def code_for(person: AtThePool, email: str) -> str:
    """Of the newest letter with one that nobody has used."""
    seen = person.codes
    found = await_(f"a code for {email}", lambda: [each for each in codes(person, email) if each not in seen])
    seen.add(found[-1])
    return str(found[-1])


def order_of_200_lines(walk: Walk) -> None:
    """From the quote to the return of the whole."""
    lines = [{"sku": f"P-{place:05}", "quantity": 60} for place in range(LINES)]
    of_distributor = "/v1/distributor/orders"
    walk.post("/v1/quotes", {"lines": lines, "explain": True}, "/v1/quotes of 200 lines")
    walk.post("/v1/cart/lines", {"lines": lines}, "/v1/cart/lines of 200 lines")
    walk.timed(find("GET", "/v1/cart"), "/v1/cart?explain=true", shown="/v1/cart of 200 lines")
    order = walk.post("/v1/orders", {"lines": lines}, "/v1/orders of 200 lines")
    assert order.status == 201, order.text
    order_id = order.json["order_id"]
    path = f"{of_distributor}/{order_id}"
    walk.post(
        f"{path}/accept", {"lines": [{"sku": lines[0]["sku"], "quantity": 120}]}, "accept with more, of 200 lines"
    )
    walk.post(f"{path}/accept", {"lines": []}, "accept, of 200 lines")
    shipped = walk.post(f"{path}/ship", {"document": "B-1"}, "ship, of 200 lines")
    assert shipped.json["state"] == "completed", shipped.text
    back = {"reason": "Broken", "lines": [{"document": "B-1", **line} for line in lines]}
    walk.post(f"/v1/orders/{order_id}/returns", back, "returns, of 200 lines")


def offered(api: Api, manager: Caller, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty at a time. Of the last ones nineteen are still open, so that there is room for another."""
    for number in range(OFFERS):
        then = replace(context, now=context.now - timedelta(days=10 * ((OFFERS - 1 - number) // 20)))
        monkeypatch.setattr(respond, "context_now", lambda then=then: then)
        form: dict[str, Any] = {"goods": {"skus": [f"P-{number:05}"]}, "percent": "1", "floor": "1.00"}
        form["to"] = str(then.today + timedelta(days=9))
        answer = api.call("POST", "/v1/staff/companies/cmp_1/offers", manager, form, key=f"offer-{number}")
        assert answer.status == 201, answer.text
    withdrawn = f"/v1/staff/companies/cmp_1/offers/{answer.json['offer_id']}/withdraw"
    assert api.call("POST", withdrawn, manager).status == 200
    monkeypatch.setattr(respond, "context_now", lambda: context)
