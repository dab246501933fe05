"""The articles that a company buys regularly, with their usual quantities. Pure.

An article is regular if it was bought on several days, the last of them not long ago. A return counts on the day of its purchase, so a day
on which everything came back is no purchase day. The usual quantity is the median of the purchase days, the usual interval the median of
the days between them: one large order, or one long pause, moves neither.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from chalicelib.orders.order.rules import MOST_UNITS
from chalicelib.sales import DocumentLines

ZERO = Decimal(0)


class Habit(NamedTuple):
    """A regular article. `quantity`: median units of a purchase day; `every_days`: median interval; `amount`: total of all days."""

    sku: str
    name: str
    days: int
    quantity: Decimal
    every_days: int
    last: date
    amount: Decimal


def habits(documents: Iterable[DocumentLines], *, today: date, least_days: int, silent_days: int) -> list[Habit]:
    """The regular articles, the most often bought first, independent of the order of the documents."""
    quantities: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    names: dict[str, tuple[date, str]] = {}
    for document in documents:
        for line in document.lines:
            quantities[line.sku][document.day] += line.quantity
            amounts[line.sku] += ZERO if document.other_currency else line.amount
            names[line.sku] = max(names.get(line.sku, (date.min, "")), (document.day, line.name))
    found = []
    for sku, by_day in quantities.items():
        days = sorted(day for day, quantity in by_day.items() if quantity > ZERO)
        if len(days) < least_days or days[-1] < today - timedelta(days=silent_days):
            continue
        found.append(
            Habit(
                sku=sku,
                name=names[sku][1],
                days=len(days),
                quantity=median(by_day[day] for day in days),
                every_days=_rounded(Decimal(median((later - day).days for day, later in pairwise(days)))),
                last=days[-1],
                amount=amounts[sku],
            )
        )
    return sorted(found, key=lambda habit: (-habit.days, -habit.amount, habit.sku))


def in_packs(quantity: Decimal, pack_multiple: int) -> int:
    """The quantity rounded half up to whole packs: at least one pack, at most what a line can hold."""
    packs = _rounded(quantity / pack_multiple)
    return min(max(packs, 1), MOST_UNITS // pack_multiple) * pack_multiple


def _rounded(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


# --- the link of a letter -----------------------------------------------------------------------------------------------

_HASH_LENGTH = 20  # hex digits: 80 bits, and the whole fits where the API takes an id


class LinkParts(NamedTuple):
    """The member of a link, and the last day on which it holds."""

    member_id: str
    last: date


def token_of(secret: str, member_id: str, company_id: str, last: date) -> str:
    named = f"{member_id}-{last:%y%m%d}"
    digest = hmac.new(secret.encode(), f"usual order\x1f{named}\x1f{company_id}".encode(), sha256).hexdigest()
    return f"{named}-{digest[:_HASH_LENGTH]}"


def parts_of(token: str) -> LinkParts | None:
    """None for a text that is no token; the signature is not looked at."""
    member_id, _, rest = token.partition("-")
    try:
        return LinkParts(member_id, datetime.strptime(rest.partition("-")[0], "%y%m%d").date())
    except ValueError:
        return None


def is_signed(secret: str, token: str, company_id: str) -> bool:
    """True for a token that the club signed for this company."""
    parts = parts_of(token)
    if parts is None:
        return False
    signed = token_of(secret, parts.member_id, company_id, parts.last)
    return hmac.compare_digest(signed.encode(), token.encode())
