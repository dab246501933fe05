"""Words of the days: what each person does over HTTP, and no other way into the club."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import requests

from infra.build import ROOT
from infra.demo import generator
from infra.demo.portal import Portal, await_
from infra.demo.seed import upload
from infra.local.cloud import LOCAL_CREDENTIALS, Cloud
from tests.support.cloud import machine

ADMIN = "admin@club.example"
SALES_YEARS = 1
COMPANIES = 12


@dataclass(frozen=True)
class Club:
    """A club at the end of its admin's first day: its staff and a distributor's person signed in, each with a day of their own to come."""

    guest: Portal
    today: date
    admin: Portal
    operations: Portal
    head: Portal
    manager: Portal
    marketing: Portal
    distributor: Portal

    def buyers(self) -> list[generator.Company]:
        """The companies of the one file that the club has read."""
        return buyers_in(sales_file(self.today), self.today)


def appoint_first_admin(cloud: Cloud) -> None:
    """By the owner's command, as nobody can sign in before."""
    _command(cloud, "add-staff", "--name", "Alla Adminova", "--email", ADMIN)


def made_machine(cloud: Cloud, name: str, scopes: Sequence[str], *more: str) -> Portal:
    """A client for somebody's own system, by the owner's command, and the API with its token."""
    asked = [word for scope in scopes for word in ("--scope", scope)]
    pool = ["--pool", cloud.outputs["UserPoolId"], "--token-url", cloud.outputs["TokenUrl"]]
    made = _command(cloud, "add-machine", "--name", name, *asked, *more, *pool)
    _, token = machine(cloud, made)
    return Portal(cloud.api_url, "", token)


def _command(cloud: Cloud, *words: str) -> str:
    """The output of the owner's command."""
    environment = {**os.environ, **LOCAL_CREDENTIALS, "AWS_ENDPOINT_URL": cloud.endpoint}
    command = [sys.executable, "-m", "infra.admin", words[0], "--table", cloud.outputs["TableName"], *words[1:]]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60, capture_output=True, text=True)
    return done.stdout


def sales_file(today: date) -> str:
    buyers = generator.companies(COMPANIES, today)
    first = today - timedelta(days=365 * SALES_YEARS)
    return "".join(generator.sales_file(buyers, generator.products(), first, today - timedelta(days=1)))


def buyers_in(file: str, today: date) -> list[generator.Company]:
    """The companies that bought in the year of the file: which of them did depends on the day."""
    return [buyer for buyer in generator.companies(COMPANIES, today) if buyer.inn in file]


def read_file(operations: Portal, text: str, **form: Any) -> Any:
    return upload(operations, text, lambda told: None, **form)


def problem(portal: Portal, method: str, path: str, body: Any = None, *, status: int, **headers: str) -> Any:
    """The refusal, which says in Russian what to do."""
    told = portal.call(method, path, body, expect=status, Accept_Language="ru", **headers)
    said = [told.get("detail") or told["title"], *(error["detail"] for error in told.get("errors", []))]
    assert all(any("а" <= letter <= "я" for letter in sentence.casefold()) for sentence in said), said
    return told


def downloaded(portal: Portal, address: str, language: str = "en") -> list[dict[str, str]]:
    """The rows of a list, from the file that the club makes of it."""
    made = portal.post("/v1/list-files", {"list": address, "format": "csv"}, Accept_Language=language)
    answer = requests.get(made["url"], timeout=60)
    answer.raise_for_status()
    content = io.StringIO(answer.content.decode("utf-8-sig"))
    rows = list(csv.DictReader(content, delimiter=";"))[: made["row_count"]]
    assert len(rows) == made["row_count"]
    return rows


def changed(portal: Portal, path: str, form: dict[str, Any]) -> Any:
    """The thing, read and then changed by who has read it."""
    portal.get(path)
    return portal.call("PATCH", path, form, If_Match=portal.etag)


def done(portal: Portal, path: str) -> Any:
    """The work at this address, once it is done."""

    def look() -> Any:
        shown = portal.get(path)
        return shown if shown["state"] == "done" else None

    return await_(f"the end of {path}", look)


def joined(guest: Portal, name: str, email: str) -> Portal:
    """A member who has registered, confirmed her address and given her phone."""
    consents = [
        {"purpose": each["purpose"], "version": each["version"], "agreed": True}
        for each in guest.get("/v1/club")["consents"]
    ]
    form = {"name": name, "email": email, "language": "ru", "consents": consents}
    member = guest.sign_in(email, guest.post("/v1/registrations", form, expect=202))
    changed(member, "/v1/me", {"phone": "8 (916) 123-45-67"})
    return member


def confirmed(member: Portal, manager: Portal, company: generator.Company) -> str:
    """The id of the company for which a manager has let the member in."""
    claim = {"name": company.name, "inn": company.inn, "kpp": company.kpp}
    member.post("/v1/companies", claim, expect=202)
    me = member.get("/v1/me")["member_id"]
    waiting = manager.get("/v1/staff/companies?status=waiting")["items"]
    [found] = [each for each in waiting if each["waiting"]["member_id"] == me]
    manager.post(f"/v1/staff/companies/{found['company_id']}/confirm", {"member_id": me, "role": "owner"})
    member.refresh()
    return str(found["company_id"])
