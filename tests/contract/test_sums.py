"""Sums of money are added by the money type, which refuses two currencies, or stand in a module that is named here with the reason why there is only one."""

import pytest

from infra.build import ROOT
from tests.contract.sums import sums_below, sums_in

MONEY = "platform.money"
ONE_CURRENCY = {
    "the lines of one order, document, cart or choice of goods, which has a currency": """
        bonuses.goods.letters bonuses.goods.rules exchange.documents.rules orders.holds.credit orders.order.carts orders.order.model
        orders.order.rules recommendations.rules
    """,
    "the purchases of one company by day: `sales` raises MixedCurrencies where another one would enter": """
        bonuses.volume.rules desk.joins.service exchange.customers.service retention.outcomes.service retention.results.service
        retention.rhythm.orders.rules sales.rules tiers.standing.rules tiers.standing.service
    """,
    "documents in another currency are left out, one by one": """
        analytics.statements.rules exchange.runs.effects orders.reorder.rules pricing.best_sellers.service recommendations.service
    """,
    "the book of one company's bonuses: `ledger.service` raises MixedCurrencies for a change in another one": """
        bonuses.accruals.rules bonuses.accruals.service bonuses.audit.rules bonuses.coalition.model bonuses.ledger.rules
        bonuses.ledger.schemas bonuses.ledger.transfers bonuses.redemptions.service club_rules.rules
    """,
    "the key of the sum, or of its row, names the currency": """
        analytics.club.figures analytics.club.rules analytics.club.service analytics.company.charts analytics.company.rules
        analytics.company.service analytics.rollups.purchases analytics.rollups.rules bonuses.audit.schemas bonuses.audit.store
        datasets.queries.model exchange.documents.summary
    """,
    "only companies and orders in the club's currency, or the ladder's, are added": """
        campaigns.results.purchases retention.learning.service retention.overview.model retention.results.rules
        retention.rhythm.correction.rules retention.rhythm.rules retention.waves.rules tiers.simulations.rules
    """,
    "a file is compared with its own totals, which its system added as numbers": """
        exchange.reading.grouped exchange.reading.reader exchange.sales_files.views
    """,
    "no money": """
        catalog.search.rules exchange.imports.rules exchange.tables.archives exchange.tables.encodings platform.charts
        retention.rhythm.model
    """,
}


def test_every_sum_of_money_is_of_one_currency() -> None:
    named = {each for names in ONE_CURRENCY.values() for each in names.split()}
    found = sums_below(ROOT / "chalicelib")
    modules = found.keys() - {MONEY}
    assert not modules - named, f"{found}: take Money, `totals_of`, or say here why the currency is one"
    assert not named - modules, "no sums any more"


@pytest.mark.parametrize(
    "source",
    [
        "def f(rows, place):\n    return sum((amount for row in rows if (amount := row[place])), ZERO)",
        "def f(priced):\n    return sum((price.unit_price for _, price in priced), Decimal(0))",
        "def f(priced):\n    return {'RUB': sum(price.unit_price for price in priced)}",
        "def f(rows, control):\n    for row in rows:\n        total += Decimal(row[control])",
        "def f(orders):\n    return Decimal(sum(each.amount for each in orders))",
        "def f(lines):\n    for line in lines:\n        found[line.sku] += line.amount",
        "def f(sums, name, more):\n    sums[name] = sums.get(name, Decimal(0)) + more",
        "def f(one, other):\n    return one.net + other.net",
    ],
)
def test_amounts_that_are_added_as_numbers_are_found(source: str) -> None:
    assert sums_in(source) == {"f"}


@pytest.mark.parametrize(
    "source",
    [
        "def f(lines):\n    return sum((line.quantity for line in lines), Decimal(0))",
        "def f(parts):\n    return sum(part.done for part in parts)",
        "def f(rows):\n    count += 1",
        "def f(sums):\n    return Money.total('RUB', sums)",
    ],
)
def test_other_sums_are_not(source: str) -> None:
    assert sums_in(source) == set()
