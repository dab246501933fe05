"""`make smoke`: a deployed club used once from end to end.

    make smoke ARGS='--stack partner-club --email you@example.com'     on AWS, by the credentials and region of the shell
    make smoke ARGS='--local 4600'                                     on the local cloud of make demo at this port

You are an admin (`make staff ARGS='add-staff …'`). It tells the account's limits, joins the club as you+smoke-…@example.com, uploads a
sales file, orders, sees that the letter to the mail service's simulator came back as a bounce, and takes back what can be taken back;
what stays is named at the end. Both people sign in by the codes of their letters: on AWS you are asked to type them. May be repeated:
each run brings a company of its own.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

import boto3
import requests
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog.search.store import refresh
from chalicelib.mail import keys as mail_keys
from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from infra.demo import generator
from infra.demo.portal import Portal, Unexpected, await_
from infra.demo.seed import STAFF, upload
from infra.local.cloud import LOCAL_CREDENTIALS, STACK

SIMULATOR = "simulator.amazonses.com"
REGION = "RU-MOW"
PRICE = "100.00"
ARTICLE = "SMOKE"  # one for all runs: one that stopped half-way leaves it to the next
PATIENCE = 300  # seconds for a letter to come back from the mail service
# Fewer leave an import and the API's callers waiting for each other.
FUNCTIONS_AT_ONCE = 500

Say = Callable[[str], None]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make smoke", description="Uses a deployed club once from end to end.")
    parser.add_argument("--stack", default=STACK, help="its name in CloudFormation")
    parser.add_argument("--email", default=STAFF["admin"][1], help="an admin's address: codes for signing in go there")
    parser.add_argument("--url", help="the API's address, if not the stack's output EndpointURL")
    parser.add_argument("--local", type=int, metavar="PORT", help="the local cloud instead of AWS")
    given = parser.parse_args(arguments)
    mailbox = None
    if given.local:
        endpoint = f"http://127.0.0.1:{given.local}"
        os.environ |= {**LOCAL_CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}
        given.url, mailbox = f"{endpoint}/api", f"{endpoint}/_local/mail"
    try:
        run(Stack.read(given.stack, given.url), given.email, Codes(mailbox), print)
    except (Unexpected, ClientError, BotoCoreError, requests.RequestException, LookupError) as error:
        print(f"\nThe smoke test stopped: {error}", file=sys.stderr)
    else:
        return 0
    return 1


@dataclass(frozen=True)
class Stack:
    """A deployed club: where its API answers, and its table."""

    url: str
    table: Table

    @classmethod
    def read(cls, name: str, url: str | None) -> "Stack":
        """Raises LookupError for a stack without the outputs of a club."""
        described = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
        missing = {"TableName", *(() if url else ("EndpointURL",))} - outputs.keys()
        if missing:
            raise LookupError(f"the stack {name} has no output {', '.join(sorted(missing))}")
        return cls((url or outputs["EndpointURL"]).rstrip("/"), Table(boto3.client("dynamodb"), outputs["TableName"]))


@dataclass
class Codes:
    """The codes of sign-in letters: from the local cloud's mailbox, or typed by whoever reads the letters."""

    mailbox: str | None
    ask: Callable[[str], str] = field(default=input)

    def sign_in(self, guest: Portal, email: str, started: dict[str, Any] | None = None) -> Portal:
        if self.mailbox:
            return guest.sign_in(email, started)
        started = started or guest.post("/v1/sign-in", {"email": email}, expect=202)
        code = self.ask(f"The code of the letter to {email}: ").strip()
        answer = guest.post("/v1/sign-in/confirm", {"sign_in_id": started["sign_in_id"], "code": code})
        return Portal(guest.url, guest.mailbox_url, answer["access_token"], answer["refresh_token"])


def run(stack: Stack, email: str, codes: Codes, say: Say) -> None:
    """Raises `Unexpected` at the first answer that a sound club does not give."""
    mark = f"{time.time_ns() // 1_000_000 % 10**9:09d}"
    buyer = generator.Company(f"Smoke test {mark}", generator.inn_of(int(mark)), "770101001", REGION, 1, 1, None)
    say_limits(say)
    guest = Portal(stack.url, codes.mailbox or "")
    say(f"{stack.url} answers as «{guest.get('/v1/club')['title']}»")

    admin = codes.sign_in(guest, email)
    admin.get("/v1/staff/people")
    say(f"{email} signed in as admin")
    member = join(guest, codes, address(email, mark), buyer)
    company_id = confirm(admin, member, buyer)
    say(f"{address(email, mark)} joined and buys for {buyer.name}")

    bought(admin, member, buyer, say)
    order = ordered(admin, member, mark)
    say(f"order {order['number']} is placed: {order['total']['amount']} {order['total']['currency']}")
    returned = bounce(stack, order["distributor"]["distributor_id"])
    say(f"the distributor's letter went to the mail service's simulator and came back: {returned}")

    clean_up(admin, member, order, buyer)
    remove_article(stack.table, member)
    say("taken back: the order, the sale's sum, the distributor's region, the article")
    say(f"stays: the company {buyer.name} ({company_id}) with its member, a distributor without regions, two imports")
    say("the club works")


def say_limits(say: Say) -> None:
    """Limits of the account that hold up a club; neither is an error."""
    try:
        at_once = boto3.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
        mail = boto3.client("sesv2").get_account()
    except (ClientError, BotoCoreError, KeyError) as error:
        say(f"limits of the account: not told ({error})")
        return
    few = f", too few: ask for {FUNCTIONS_AT_ONCE} or more" if at_once < FUNCTIONS_AT_ONCE else ""
    sandbox = "" if mail.get("ProductionAccessEnabled") else "; mail is in the sandbox: verified addresses alone"
    say(f"functions at once: {at_once}{few}{sandbox}")


def address(email: str, mark: str) -> str:
    """A second address of the same mailbox."""
    local, domain = email.rsplit("@", 1)
    return f"{local}+smoke-{mark}@{domain}"


def join(guest: Portal, codes: Codes, email: str, buyer: generator.Company) -> Portal:
    consents = [
        {"purpose": each["purpose"], "version": each["version"], "agreed": each["required"]}
        for each in guest.get("/v1/club")["consents"]
    ]
    form = {"name": "Smoke Test", "email": email, "consents": consents}
    member = codes.sign_in(guest, email, guest.post("/v1/registrations", form, expect=202))
    member.get("/v1/me")
    member.call("PATCH", "/v1/me", {"phone": "+7 495 123-45-67"}, If_Match=member.etag)
    claim = {"name": buyer.name, "inn": buyer.inn, "kpp": buyer.kpp, "region": buyer.region}
    member.post("/v1/companies", claim, expect=202)
    return member


def confirm(admin: Portal, member: Portal, buyer: generator.Company) -> str:
    """The company's id, once its member may buy."""

    def waiting() -> Any:
        cursor = ""
        while True:
            page = admin.get(f"/v1/staff/companies?status=waiting&limit=100{cursor}")
            if found := [each for each in page["items"] if each["inn"] == buyer.inn]:
                return found[0]
            if not page["next_cursor"]:
                return None
            cursor = f"&cursor={quote(page['next_cursor'])}"

    claim = await_("the claim in the staff's list", waiting)
    path = f"/v1/staff/companies/{claim['company_id']}/confirm"
    admin.post(path, {"member_id": claim["waiting"]["member_id"], "role": "owner"})
    member.refresh()
    return str(claim["company_id"])


def bought(admin: Portal, member: Portal, buyer: generator.Company, say: Say) -> None:
    """A sales file whose one document the member then sees."""
    report = upload(admin, sales_file(buyer, PRICE), say, "smoke.csv", source="smoke")
    if report["documents"]["created"] != 1:
        raise Unexpected(f"the sales file: {report['documents']}, {report['rows']}")
    await_("the sale among the member's purchases", lambda: member.get("/v1/company/purchases")["items"])


def sales_file(buyer: generator.Company, amount: str) -> str:
    head = "document;date;customer;inn;kpp;sku;name;quantity;amount"
    row = (
        f"S-{buyer.inn};{date.today().isoformat()};{buyer.name};{buyer.inn};{buyer.kpp};{ARTICLE};Smoke test;1;{amount}"
    )
    return f"{head}\n{row}\n"


def ordered(admin: Portal, member: Portal, mark: str) -> Any:
    """An order of goods of this test, through a distributor whose address bounces."""
    goods = {
        "sku": ARTICLE,
        "name": "Smoke test",
        "name_ru": "Проверка",
        "base_price": {"amount": PRICE, "currency": "RUB"},
        "vat_percent": "20",
    }
    written = admin.call("PUT", "/v1/staff/products", {"products": [goods]})["items"][0]
    if written["errors"]:
        raise Unexpected(f"the article was not taken: {written['errors']}")
    await_("the article in the catalogue", lambda: member.get(f"/v1/products?q={goods['sku']}")["items"])
    form = {"name": f"Smoke test {mark}", "email": f"bounce+{mark}@{SIMULATOR}", "regions": [{"region": REGION}]}
    distributor = admin.post("/v1/staff/distributors", form, expect=201)
    lines = [{"sku": goods["sku"], "quantity": 1}]
    placed = {"lines": lines, "distributor_id": distributor["distributor_id"]}
    return member.order_post("/v1/orders", placed, expect=201)


def bounce(stack: Stack, distributor_id: str) -> str:
    """The reason that the club noted of the letter to this distributor."""

    def look() -> str | None:
        refused = stack.table.query_all(mail_keys.letter_list("rejected", "", "").pk, index="gsi2", newest_first=True)
        return next((str(each["reason"]) for each in refused if each["recipient"]["id"] == distributor_id), None)

    return str(await_("the report on the letter to the simulator", look, patience=PATIENCE))


def clean_up(admin: Portal, member: Portal, order: Any, buyer: generator.Company) -> None:
    member.order_post(f"/v1/orders/{order['order_id']}/cancel")
    upload(admin, sales_file(buyer, "0.00"), lambda text: None, "smoke.csv", source="smoke")
    path = f"/v1/staff/distributors/{order['distributor']['distributor_id']}"
    admin.get(path)
    admin.call("PATCH", path, {"regions": []}, If_Match=admin.etag)


def remove_article(table: Table, member: Portal) -> None:
    """Nobody may order it any more. The API removes no products, since orders and sales lead to them; to this one leads nothing that counts."""
    table.delete_many([catalog_keys.product(ARTICLE)])
    refresh(Context(table, clock.now()), [ARTICLE])
    await_("the catalogue without the article", lambda: not member.get(f"/v1/products?q={ARTICLE}")["items"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
