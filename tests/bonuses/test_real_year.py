"""The real year, replayed day by day with late and corrected documents, ends where a fresh build from the final facts begins.

And both say what the file says, computed here by a plain calculation with none of the club's rules. All companies with `-m slow`.
"""

import logging
import sys
import zlib
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest

from chalicelib.bonuses.config import Bonuses, BonusExpiry, BonusRate
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.platform.config import Config
from chalicelib.tiers import keys as tiers_keys
from infra.club_config import checked
from tests.bonuses.accruals.steps import granted
from tests.bonuses.real_year import LAST, Facts, Replay, built, course, facts, replayed
from tests.exchange.sales_files.steps import data_file
from tests.support.figures import with_sections

SEED = 20101130
FILE = "online_retail_2009_12_to_2010_11.csv.gz"
SAMPLE = 25

LADDER = [(10000, "platinum"), (4000, "gold"), (1500, "silver"), (500, "bronze")]
TIER_PERCENT = {"bronze": "1", "silver": "1.5", "gold": "2", "platinum": "3", "": "0"}
SKU_PERCENT = {"85123A": ("5", date.min, date.max), "22423": ("8", date(2010, 4, 1), date(2010, 9, 30))}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A club that trades in pounds, with bonuses that last to the end of the next quarter, so that some expire within the year."""
    file = tmp_path_factory.mktemp("club") / "club.toml"
    here = Path(__file__).parents[1]
    texts = [here.parent / "chalicelib" / "club.toml", here / "e2e" / "pounds.toml"]
    file.write_text("\n".join(text.read_text(encoding="utf-8") for text in texts), encoding="utf-8")
    club = checked(file)
    rows: list[dict[str, Any]] = [{"tier": tier, "percent": percent} for tier, percent in TIER_PERCENT.items() if tier]
    for sku, (percent, first, last) in SKU_PERCENT.items():
        rows.append({"sku": sku, "percent": percent, "from": first, "to": last})
    rates = [BonusRate.model_validate(row) for row in rows]
    bonuses = club[Bonuses].model_copy(update={"rates": rates, "expiry": BonusExpiry(every="quarter", count=1)})
    return with_sections(club, bonuses)


@pytest.fixture(scope="module")
def final() -> Facts:
    return facts(data_file(FILE), Random(SEED))


def sample(final: Facts, size: int) -> list[str]:
    """The largest few, and others by chance."""
    bought: dict[str, int] = defaultdict(int)
    for document in final.documents:
        bought[document.company_id] += 1
    by_size = sorted(bought, key=lambda company_id: (-bought[company_id], company_id))
    return [*by_size[3:6], *Random(SEED).sample(sorted(bought), size - 3)]


def standings(club: Replay, companies: list[str]) -> dict[str, Any]:
    """Without what tells how often it was written, and of what the company was warned on the way.

    None where nothing counts any more: who was never told of such purchases in time has no standing.
    """
    found = {}
    for company_id in companies:
        item = club.context.table.get(tiers_keys.standing(company_id))
        passing = ("version", "at", "warned", "gsi2pk", "gsi2sk")
        counts = item and (zlib.decompress(bytes(item["days"])) or any(tier for _, tier, *_ in item["timeline"]))
        found[company_id] = (
            {name: value for name, value in item.items() if name not in passing} if item and counts else None
        )
    return found


def bonuses(club: Replay, companies: list[str]) -> dict[str, Any]:
    found = {}
    for company_id in companies:
        book = ledger.book(club.context, company_id)
        left = {day: amount for day, amount in ledger_rules.allocation(book.lots).left.items() if amount}
        accrued = {ref: each for ref, each in granted(club.context, company_id).items() if each[0]}
        found[company_id] = (ledger_rules.balances(book, LAST), left, accrued)
    return found


def compare(
    final: Facts,
    companies: list[str],
    figures: Config,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One club after the other: both at once would not fit into a small machine."""
    chosen = final.of(companies)
    days, counted = course(chosen, Random(SEED))
    started = perf_counter()
    came = replayed(chosen, days, figures, Random(SEED), monkeypatch)
    replay_seconds = perf_counter() - started
    plain_says(final, companies, came)
    came.audit(came.context)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    their_standings, their_bonuses = standings(came, companies), bonuses(came, companies)
    postings = sum(1 for _, sk in came.table.items if sk.startswith("POSTING#"))
    del came
    started = perf_counter()
    fresh = built(chosen, figures, monkeypatch)
    sys.stdout.write(
        f"\n{len(companies)} companies, {len(chosen.documents)} documents, {counted}; "
        f"{postings} postings; replay {replay_seconds:.0f} s, fresh build {perf_counter() - started:.0f} s\n"
    )
    assert their_standings == standings(fresh, companies)
    ours = bonuses(fresh, companies)
    assert {each: their_bonuses[each] for each in companies if ours[each] != their_bonuses[each]} == {}


def test_a_sample_ends_as_a_fresh_build_and_as_the_file_says(
    account: None, final: Facts, figures: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    compare(final, sample(final, SAMPLE), figures, monkeypatch, caplog)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_all_companies_end_as_a_fresh_build_and_as_the_file_says(
    account: None, final: Facts, figures: Config, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    compare(final, final.companies, figures, monkeypatch, caplog)


# --- the plain calculation --------------------------------------------------------------------------------------------


def plain_says(final: Facts, companies: list[str], club: Replay) -> None:
    by_company = defaultdict(list)
    for document in final.documents:
        by_company[document.company_id].append(document)
    for company_id in companies:
        documents = by_company[company_id]
        counted = plain_counted(documents)
        item = club.context.table.get(tiers_keys.standing(company_id))
        spells = item["timeline"] if item else []
        in_force = [spell for spell in spells if spell[0] <= LAST.isoformat()]
        assert (in_force[-1][1] if in_force else "") == plain_tier(counted, LAST), company_id
        pending, lots, available = plain_bonuses(documents, counted, final.paid)
        book = ledger.book(club.context, company_id)
        balances = ledger_rules.balances(book, LAST)
        assert (balances.pending, balances.available) == (pending, available), company_id
        assert {day: lot.credited for day, lot in book.lots.items() if lot.credited} == lots, company_id


def plain_counted(documents: list[Any]) -> list[tuple[date, date, Decimal]]:
    """Of each document: the day it counts on, the day from which it does, its amount."""
    sold = {document.number: document.business_date for document in documents if document.kind == "sale"}
    found = []
    for document in documents:
        counts_on = sold[document.original.number] if document.original else document.business_date
        # What comes back within two weeks was never bought.
        undone = (document.business_date - counts_on).days <= 14
        found.append((counts_on, counts_on if undone else document.business_date, plain_total(document)))
    return found


def plain_total(document: Any) -> Decimal:
    return sum((money(line.quantity * line.unit_price) for line in document.lines), Decimal(0))


def money(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def plain_tier(counted: list[tuple[date, date, Decimal]], day: date) -> str:
    """The best that the window of any of the last 30 days, or of this day, reached."""
    best = Decimal(-1)
    for back in range(31):
        then = day - timedelta(days=back)
        first = then - timedelta(days=89)
        best = max(
            best, sum((each for on, since, each in counted if first <= on <= then and since <= then), Decimal(0))
        )
    return next((tier for reached, tier in LADDER if best >= reached), "")


def plain_bonuses(
    documents: list[Any], counted: list[tuple[date, date, Decimal]], paid: dict[Any, date]
) -> tuple[Decimal, dict[date, Decimal], Decimal]:
    """Pending, what was credited by expiry day, and what can be spent on the last day."""
    bases: dict[str, list[tuple[Any, Decimal]]] = defaultdict(list)
    for document, (counts_on, _, _) in zip(documents, counted, strict=True):
        tier = TIER_PERCENT[plain_tier(counted, counts_on)]
        for line in document.lines:
            own, first, last = SKU_PERCENT.get(line.sku, ("0", date.min, date.max))
            better = first <= counts_on <= last and Decimal(own) > Decimal(tier)
            group = (line.sku, own) if better else ("", tier)
            bases[document.number].append((group, money(line.quantity * line.unit_price)))

    def earned(*numbers: str) -> Decimal:
        """Of a sale with its returns together."""
        groups: dict[Any, Decimal] = defaultdict(Decimal)
        for number in numbers:
            for group, amount in bases[number]:
                groups[group] += amount
        return sum((money(each * Decimal(rate) / 100) for (_, rate), each in groups.items()), Decimal(0))

    pending, lots, opened = Decimal(0), defaultdict(Decimal), {}

    def credit(since: date, amount: Decimal) -> None:
        month = (since.month - 1) // 3 * 3 + 7  # the first one after the next quarter
        ends = date(since.year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(days=1)
        lots[ends] += amount
        opened[ends] = min(opened.get(ends, since), since)

    for document in documents:
        if document.kind == "return" and not document.original:
            credit(document.business_date, min(earned(document.number), Decimal(0)))
        if document.kind == "sale":
            returns = [each for each in documents if each.original and each.original.number == document.number]
            left = max(earned(document.number, *(each.number for each in returns)), Decimal(0))
            if document.ref in paid:
                credit(max(document.business_date, paid[document.ref]), left)
            else:
                pending += left
    left_in = {ends: max(amount, Decimal(0)) for ends, amount in sorted(lots.items())}
    debt = Decimal(0)
    for ends in sorted((ends for ends, amount in lots.items() if amount < 0), key=lambda ends: (opened[ends], ends)):
        short = -lots[ends]
        for other in left_in:
            if other >= opened[ends]:
                covered = min(short, left_in[other])
                left_in[other] -= covered
                short -= covered
        debt += short
    available = sum((amount for ends, amount in left_in.items() if ends >= LAST), Decimal(0)) - debt
    return pending, {ends: amount for ends, amount in lots.items() if amount}, available
