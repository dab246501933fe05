"""Sums of money are added by the money type, which refuses two currencies, or stand here with the reason why there is only one."""

import pytest

from infra.build import ROOT
from tests.contract.sums import sums_below, sums_in

MONEY = "platform.money."
ONE_CURRENCY = {
    "the lines of one order, document, cart or choice of goods, which has a currency": """
        bonuses.goods.letters.goods_shipped  bonuses.goods.rules.Choice.total  bonuses.goods.rules.Choice.waiting  bonuses.goods.rules.ship
        exchange.documents.rules.DocumentDraft.total  orders.holds.credit._net  orders.holds.credit._open  orders.order.carts.PricedCart.promoted
        orders.order.model.Return.total  orders.order.rules.Order.net  orders.order.rules.Order.proposed_total  orders.order.rules.Order.total
        orders.order.rules.Shipment.total  recommendations.rules.largest  sales.rules.SaleDocument.total
    """,
    "the purchases of one company by day: `sales` raises MixedCurrencies where another one would enter": """
        analytics.statements.rules.opening  bonuses.volume.rules.close  desk.joins.service._documents  desk.joins.service.preview
        exchange.customers.service.preview  retention.learning.service.of_a_year  retention.outcomes.service._offer
        retention.results.service._result  retention.rhythm.orders.rules.days_of_totals  retention.rhythm.orders.rules.order_days
        sales.rules.merge  sales.rules.totals  tiers.simulations.rules.simulate  tiers.standing.rules.Facts.net  tiers.standing.rules.known_on
        tiers.standing.service.tier_with
    """,
    "documents in another currency are left out, one by one": """
        analytics.statements.rules.Sides.balance  analytics.statements.rules.Statement.turnover  analytics.statements.rules.statement
        exchange.runs.effects.gather  orders.reorder.rules.habits  pricing.best_sellers.service.added
        recommendations.service._amounts_bought
    """,
    "the book of one company's bonuses: `ledger.service` raises MixedCurrencies for a change in another one": """
        bonuses.accruals.rules._bonuses  bonuses.accruals.rules.after_step  bonuses.accruals.rules.basis  bonuses.accruals.rules.earned
        bonuses.accruals.rules.target_accruals  bonuses.accruals.service.accrued_for  bonuses.audit.rules._by_account
        bonuses.audit.rules._entries  bonuses.audit.rules._summed  bonuses.coalition.model.CoalitionGrant.reversed
        bonuses.ledger.rules.Allocation.debt  bonuses.ledger.rules._spend  bonuses.ledger.rules.allocation  bonuses.ledger.rules.balances
        bonuses.ledger.rules.credit  bonuses.ledger.rules.difference  bonuses.ledger.rules.give_back  bonuses.ledger.rules.hold
        bonuses.ledger.rules.oldest_first  bonuses.ledger.rules.split  bonuses.ledger.rules.take_back
        bonuses.ledger.schemas.StatementLineView.of  bonuses.ledger.transfers.transferable  bonuses.redemptions.service._reduce
        club_rules.rules.bonus
    """,
    "the key of the sum, or of its row, names the currency": """
        analytics.club.figures._turnover_row  analytics.club.figures.concentration  analytics.club.figures.split  analytics.club.figures.turnover
        analytics.club.rules._CohortSums.add  analytics.club.rules._add  analytics.club.rules._add_recent  analytics.club.rules._bounded
        analytics.club.rules._month  analytics.club.service._plain  analytics.company.charts.by_name  analytics.company.rules._by_name
        analytics.company.rules._mean  analytics.company.rules._time_line  analytics.company.rules.added  analytics.company.service.analytics
        analytics.rollups.purchases._saved  analytics.rollups.rules.Totals.net_until  analytics.rollups.rules._bounded
        analytics.rollups.rules._largest  analytics.rollups.rules._rows  analytics.rollups.rules._totals  analytics.rollups.rules.parts_under
        bonuses.audit.rules.check_total  bonuses.audit.schemas.ClubTotalView.of  bonuses.audit.store.add_to_totals
        exchange.documents.summary.merged  exchange.documents.summary.summarised
    """,
    "only companies and orders in the club's currency, or the ladder's, are added": """
        campaigns.results.purchases.purchases_of  retention.learning.service.learn_part.learn  retention.overview.model._with
        retention.results.rules.offer_sums  retention.results.rules.offer_sums_of  tiers.simulations.rules.counts_of
    """,
    "a file is compared with its own totals, which its system added as numbers": """
        exchange.reading.grouped._document  exchange.reading.grouped._makes  exchange.reading.grouped._refuse
        exchange.reading.grouped.check_total  exchange.reading.reader.SalesFile.rows
    """,
    "no money": """
        catalog.search.rules.Index.facets  exchange.imports.rules.Weight.add  exchange.tables.archives._copy
        exchange.tables.archives.check_workbook  exchange.tables.encodings._likeness  platform.charts._range
        retention.rhythm.model.expected_orders  retention.rhythm.model.log_likelihood
    """,
}


def test_every_sum_of_money_is_of_one_currency() -> None:
    named = {each for names in ONE_CURRENCY.values() for each in names.split()}
    found = {each for each in sums_below(ROOT / "chalicelib") if not each.startswith(MONEY)}
    assert not found - named, "added as bare numbers: take Money, `totals_of`, or say here why the currency is one"
    assert not named - found, "no sums any more"


@pytest.mark.parametrize(
    "source",
    [
        "def f(rows, place):\n    return sum((amount for row in rows if (amount := row[place])), ZERO)",
        "def f(priced):\n    return sum((price.unit_price for _, price in priced), Decimal(0))",
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
