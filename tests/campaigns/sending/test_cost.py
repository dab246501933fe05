"""The cost of a letter that shows products at its reader's own price: calls and capacity, counted as AWS counts."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.campaigns.sending.steps import approved, post, reader
from tests.catalog.steps import row, stock
from tests.support import partners
from tests.support.metered import MeteredDynamo, metered
from tests.support.spent import READS, Spent

READERS, COMPANIES = 120, 60
BODY = "# {{ name }}\n\n![](product:LMP-1)\n![](product:LMP-2)\n![](product:LMP-3)"


def test_a_reader_costs_two_reads_and_three_writes_at_most(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    club = post(context, monkeypatch)
    client: Any = MeteredDynamo()
    club.context = replace(club.context, table=Table(client, "club", sleep=lambda seconds: None))
    stock(club.context, *(row(f"LMP-{number}") for number in (1, 2, 3)))
    for number in range(COMPANIES):
        partners.company(club.context, f"cmp_{number}", inn=None)
    for number in range(READERS):
        reader(club, f"mbr_{number}")
        partners.speaks_for(club.context, f"cmp_{number % COMPANIES}", f"mbr_{number}", role="buyer")
    issue = approved(club, texts={each: {"subject": "Lamps", "body": BODY} for each in ("en", "ru")})
    club.at("2026-11-24T09:29")
    spent_by_worker, works = Spent(), club.deliver_campaign

    def deliver(message: dict[str, Any]) -> None:
        with metered(client) as cost:
            works(message)
        spent_by_worker.calls.extend(cost.calls)
        spent_by_worker.read_units += cost.read_units

    monkeypatch.setattr(club, "deliver_campaign", deliver)
    club.at("2026-11-24T10:00")
    assert club.sending(issue).states == {"sent": READERS}
    calls = Counter("read" if each in READS else "write" for each in spent_by_worker.calls)
    assert calls["read"] <= 2 * READERS
    assert calls["write"] <= 3 * READERS
    assert spent_by_worker.read_units <= 7 * READERS  # 4 of them without products
