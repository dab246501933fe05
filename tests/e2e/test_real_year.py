"""A year of a real wholesaler through the real import, and every customer's tier held against the file itself.

Online Retail II (D. Chen, UCI Machine Learning Repository, 2019, CC BY 4.0): 402,731 lines of 22,686 invoices and cancellations of
4,336 customers, in pounds. What the API must say of them is computed here from the file alone, with none of the club's code.

It takes some five minutes on two cores: `make test ARGS="-m slow"`.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.build import local_package
from infra.demo.__main__ import appoint
from infra.demo.portal import Portal
from infra.demo.seed import STAFF, upload
from infra.local.cloud import Cloud
from tests.exchange.sales_files.steps import data_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

FILE = "online_retail_2009_12_to_2010_11.csv.gz"
AS_OF = date(2010, 11, 30)
SOURCE = "uk-shop"
HOLD_DAYS = 30
LADDER = [(Decimal(10000), "platinum"), (Decimal(4000), "gold"), (Decimal(1500), "silver"), (Decimal(500), "bronze")]


@dataclass
class Year:
    """The file, and what it says by itself. `held_sums`: the highest window sum of the days from which a step is still held."""

    text: str
    lines: int
    invoices: set[str]
    window_sums: dict[str, Decimal]
    held_sums: dict[str, Decimal]


@pytest.fixture(scope="module")
def year() -> Year:
    text = gzip.decompress(data_file(FILE).read_bytes()).decode()
    days: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    invoices = set()
    lines = 0
    for line in csv.DictReader(text.splitlines()):
        lines += 1
        invoices.add(line["invoice"])
        amount = Decimal(line["qty"]) * Decimal(line["price"])
        day = date.fromisoformat(line["date"])
        days[line["customer_id"]][day] += amount.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def window_sum(customer: str, back: int) -> Decimal:
        last = AS_OF - timedelta(days=back)
        first = last - timedelta(days=89)
        return sum((amount for day, amount in days[customer].items() if first <= day <= last), Decimal(0))

    window_sums = {customer: window_sum(customer, 0) for customer in days}
    held_sums = {customer: max(window_sum(customer, back) for back in range(HOLD_DAYS + 1)) for customer in days}
    return Year(text, lines, invoices, window_sums, held_sums)


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The back office of a club that also trades in pounds."""
    figures = tmp_path_factory.mktemp("club") / "club.toml"
    own = Path(__file__).with_name("pounds.toml")
    default = Path(__file__).parents[2] / "chalicelib" / "club.toml"
    figures.write_text(default.read_text(encoding="utf-8") + "\n" + own.read_text(encoding="utf-8"), encoding="utf-8")
    with Cloud.start() as running:
        # A part takes longer here than in Lambda; it need not be tried again meanwhile.
        running.deploy(local_package(figures), {"RetrySeconds": "300"})
        running.wake()
        appoint(running)
        yield Portal(running.api_url, f"{running.endpoint}/_local/mail").sign_in(STAFF["admin"][1])


@pytest.fixture(scope="module")
def report(staff: Portal, year: Year) -> dict[str, Any]:
    return upload(staff, year.text, print, FILE.removesuffix(".gz"), source=SOURCE, currency="GBP")


def test_the_file_is_the_year_that_is_meant(year: Year) -> None:
    assert (year.lines, len(year.invoices), len(year.window_sums)) == (402_731, 22_686, 4_336)


def test_every_line_and_every_customer_arrives(report: dict[str, Any], year: Year) -> None:
    assert (report["state"], report["bad_rows"]) == ("done", None)
    assert report["rows"] == {**dict.fromkeys(report["rows"], 0), "total": year.lines, "created": year.lines}
    assert report["documents"] == {**dict.fromkeys(report["documents"], 0), "created": len(year.invoices)}
    assert report["companies_created"] == len(year.window_sums)


def test_every_customers_window_sum_and_tier_are_those_of_the_file(
    staff: Portal, report: dict[str, Any], year: Year
) -> None:
    customers = list(year.window_sums)
    told: dict[str, tuple[Decimal, str]] = {}

    def standing(customer: str) -> tuple[Decimal, str]:
        mine = Portal(staff.url, staff.mailbox_url, staff.token)
        (company,) = mine.get(f"/v1/staff/companies?source={SOURCE}&customer={customer}")["items"]
        found = mine.get(f"/v1/staff/companies/{company['company_id']}/tier?as_of={AS_OF}")
        assert found["window"]["sum"]["currency"] == "GBP"
        return Decimal(found["window"]["sum"]["amount"]), found["tier"]["code"]

    def wanted(customer: str) -> tuple[Decimal, str]:
        held = year.held_sums[customer]
        return year.window_sums[customer], next((tier for step, tier in LADDER if held >= step), "")

    with ThreadPoolExecutor(4) as pool:
        for start in range(0, len(customers), 1500):
            staff.refresh()  # a token lives for a quarter of an hour
            some = customers[start : start + 1500]
            told |= zip(some, pool.map(standing, some), strict=True)
    differ = {
        customer: (told[customer], wanted(customer))
        for customer in year.window_sums
        if told[customer] != wanted(customer)
    }
    assert differ == {}
    assert {tier for _, tier in told.values()} == {"", "bronze", "silver", "gold", "platinum"}


def test_the_same_year_again_changes_nothing(staff: Portal, report: dict[str, Any], year: Year) -> None:
    staff.refresh()
    again = upload(staff, year.text, print, FILE.removesuffix(".gz"), source=SOURCE, currency="GBP")
    assert again["rows"] == {**dict.fromkeys(again["rows"], 0), "total": year.lines, "unchanged": year.lines}
    assert again["documents"] == {**dict.fromkeys(again["documents"], 0), "unchanged": len(year.invoices)}
    assert again["companies_created"] == 0
