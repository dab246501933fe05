"""Purchases of the companies of both arms, in the days after each company's own first day."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from chalicelib import companies, sales
from chalicelib.campaigns.results import rules
from chalicelib.campaigns.results.model import Purchases
from chalicelib.campaigns.results.rules import Outcome
from chalicelib.platform import Club, Context, chunks


def purchases_of(
    context: Context, invited: Mapping[str, date], held: Mapping[str, date], days: int, name: str
) -> Purchases:
    """Both arms by company: the first day of each. A call for each company. The `name` of what is counted makes each count alike."""
    currency = context.config[Club].currency
    arms: dict[bool, list[Outcome]] = {True: [], False: []}
    bought: Counter[bool] = Counter()
    others = 0
    for is_invited, firsts in ((True, invited), (False, held)):
        for chunk in chunks(sorted(firsts), 100):
            for company in companies.read_companies(context, chunk).values():
                first = firsts[company.company_id]
                last = first + timedelta(days=days - 1)
                net = sales.day_totals(
                    context, company.company_id, first - timedelta(days=rules.BEFORE_DAYS), max(first, last)
                ).net
                after = sum((total for day, total in net.items() if first <= day <= last), Decimal(0))
                before = sum((total for day, total in net.items() if day < first), Decimal(0))
                bought[is_invited] += after > 0
                if company.currency == currency:
                    arms[is_invited].append(Outcome(after, before))
                else:
                    others += 1
    return Purchases(
        invited=len(invited),
        invited_bought=bought[True],
        held=len(held),
        held_bought=bought[False],
        currency=currency,
        other_currencies=others,
        money=rules.money(arms[True], arms[False], Random(name)),  # noqa: S311 - no secret
    )
