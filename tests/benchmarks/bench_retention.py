"""Accuracy of the rhythm's forecasts on a public year of a wholesaler's sales: asked on two later days, beside plain rules.

The area under the ROC curve is the chance that of two companies, one of either outcome, the score ranks them rightly; .5 is a coin. The
figures are for orders as they were placed, later cancellations included: the future is judged by the file, not by the method.
"""

import tracemalloc
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from time import process_time

import pytest

from chalicelib.retention.rhythm.orders.rules import Line, OrderDay, order_days, popularity
from chalicelib.retention.rhythm.rules import ClubRhythm, figures, learn_club
from chalicelib.retention.rhythm.season.rules import season_time
from chalicelib.retention.states.rules import Limits, standing_on
from chalicelib.retention.suggestions.rules import Assortment, baskets, suggest
from infra.rhythm_file import open_text, read
from tests.benchmarks.report import report
from tests.support.public_data import data_file

DAYS = (date(2010, 7, 1).toordinal(), date(2010, 9, 1).toordinal())
HORIZON = 90
SPEND = 400  # in 90 days, the lowest step of this wholesaler: a company below it that returns above it came back
END = date(2010, 11, 30).toordinal()


@pytest.fixture(scope="module")
def sales() -> dict[str, list[Line]]:
    with open_text(data_file("online_retail_2009_12_to_2010_11.csv.gz")) as text:
        return read(text, END).lines


def test_what_the_rhythm_foresees(sales: dict[str, list[Line]]) -> None:
    found: dict[str, list[float]] = defaultdict(list)
    for day in DAYS:
        for name, value in foreseen(sales, day).items():
            found[name].append(value)
    for name, values in found.items():
        report(name, f"{values[0]:.3f}, {values[1]:.3f}", "on 2010-07-01 and on 2010-09-01")
    for question in (
        "no order in 90 days, all",
        "no order in 90 days, active",
        "this silence passes 90 days",
        "who returns",
    ):
        best = max(
            sum(values) for name, values in found.items() if name.startswith(f"{question}: ") and "rhythm" not in name
        )
        assert sum(found[f"{question}: rhythm"]) >= best, question


def foreseen(sales: dict[str, list[Line]], day: int) -> dict[str, float]:
    """The figures of one day, by question and method."""
    known = {customer: [line for line in lines if line.day <= day] for customer, lines in sales.items()}
    popular = popularity(known.values(), day)
    histories = {customer: orders for customer, lines in known.items() if (orders := order_days(lines, popular))}
    customers = list(histories)
    start = process_time()
    club = learn_club(list(histories.values()), day, HORIZON)
    learned = process_time() - start
    plain = ClubRhythm(season_time({day - 300: 1}, day), mean_order=club.mean_order)
    by = {
        name: {each: figures(of, histories[each], day) for each in customers}
        for name, of in (("rhythm", club), ("plain", plain))
    }
    after = {each: [line for line in sales[each] if line.day > day and line.amount > 0] for each in customers}
    spent = {each: sum(line.amount for line in after[each] if line.day <= day + HORIZON) for each in customers}
    following = {each: min((line.day for line in after[each]), default=END + HORIZON) for each in customers}
    lately = {each: sum(order.amount for order in histories[each] if order.day > day - HORIZON) for each in customers}
    silent = {each: day - histories[each][-1].day for each in customers}
    regular = [each for each in customers if len(histories[each]) >= 3]
    active = [each for each in regular if silent[each] < HORIZON]
    below = [each for each in regular if lately[each] < SPEND]
    rules = {
        "90-day rule": {each: float(silent[each] >= HORIZON) for each in customers},
        "days silent": {each: float(silent[each]) for each in customers},
        "silence over mean gap": {each: silent[each] / mean_gap(histories[each], silent[each]) for each in customers},
    }
    answers: dict[str, float] = {}
    for question, asked in (("all", customers), ("active", active)):
        for name, scores in (
            *rules.items(),
            ("MBG/NBD, defaults", {each: by["plain"][each].no_order for each in customers}),
            ("rhythm", {each: by["rhythm"][each].no_order for each in customers}),
        ):
            answers[f"no order in 90 days, {question}: {name}"] = auc(
                [(scores[each], not spent[each]) for each in asked]
            )
    for name, scores in (
        *rules.items(),
        ("MBG/NBD, defaults", {each: by["plain"][each].early_warning for each in customers}),
        ("rhythm", {each: by["rhythm"][each].early_warning for each in customers}),
    ):
        passed = [(scores[each], following[each] - histories[each][-1].day > HORIZON) for each in active]
        answers[f"this silence passes 90 days: {name}"] = auc(passed)
    for name, scores in (
        *((name, {each: -score for each, score in of.items()}) for name, of in rules.items()),
        ("spent in the last 90 days", lately),
        ("MBG/NBD, defaults", {each: by["plain"][each].expected_sum for each in customers}),
        ("rhythm", {each: by["rhythm"][each].expected_sum for each in customers}),
    ):
        answers[f"who returns: {name}"] = auc([(scores[each], spent[each] >= SPEND) for each in below])
    answers["companies, all"], answers["companies, active"] = len(customers), len(active)
    answers["mean of P(no order): rhythm"] = sum(by["rhythm"][each].no_order for each in customers) / len(customers)
    answers["share without an order"] = sum(not spent[each] for each in customers) / len(customers)
    answers["seconds to learn"] = learned
    return answers


def test_what_the_suggestions_foresee(sales: dict[str, list[Line]]) -> None:
    """Of the articles of the next order of companies with three orders: the share among ten suggested ones."""
    for day in DAYS:
        known = {customer: [line for line in lines if line.day <= day] for customer, lines in sales.items()}
        start = process_time()
        assortment = Assortment(known.values(), day)
        shares: dict[str, list[float]] = defaultdict(list)
        for customer, lines in known.items():
            orders, later = baskets(lines), baskets(line for line in sales[customer] if line.day > day)
            if len(orders) < 3 or not later:
                continue
            wanted, own = later[min(later)], {sku for skus in orders.values() for sku in skus}
            usual, new = suggest(assortment, lines, day, 10)
            shares["usual order"].append(recall(usual, wanted))
            shares["usual order, popular articles"].append(recall(assortment.popular[:10], wanted))
            if wanted - own:
                shares["new for you"].append(recall(new, wanted - own))
                popular = [sku for sku in assortment.popular if sku not in own][:10]
                shares["new for you, popular articles"].append(recall(popular, wanted - own))
        for name, found in shares.items():
            report(
                f"recall@10, {name}",
                f"{sum(found) / len(found):.3f}",
                f"{len(found)} orders after {date.fromordinal(day)}",
            )
        report("suggestions", f"{process_time() - start:.1f} s", f"{len(shares['usual order'])} companies")
        for name in ("usual order", "new for you"):
            assert sum(shares[name]) > sum(shares[f"{name}, popular articles"])


def test_what_a_club_of_5000_companies_costs(sales: dict[str, list[Line]]) -> None:
    histories = [orders for lines in sales.values() if (orders := order_days(lines))]
    histories = (histories * 2)[:5000]
    tracemalloc.start()
    learn_club(histories, END, HORIZON)
    report("learning from 5,000 companies, most memory", f"{tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB", "of 512")
    tracemalloc.stop()
    start = process_time()
    club = learn_club(histories, END, HORIZON)
    report("learning from 5,000 companies", f"{process_time() - start:.1f} s", "of 900")
    for name, work in (
        ("figures", lambda orders: figures(club, orders, END)),
        ("state, since when, until when", lambda orders: standing_on(club, orders, END, Limits(0.72, 365))),
    ):
        start = process_time()
        for orders in histories[:1000]:
            work(orders)
        report(f"{name} of a company", f"{1000 * (process_time() - start):.0f} µs")


def recall(suggested: Sequence[str], wanted: set[str]) -> float:
    return len(wanted.intersection(suggested)) / len(wanted)


def mean_gap(orders: Sequence[OrderDay], silent: int) -> float:
    """The mean gap in days; with one order the silence stands for it."""
    return (orders[-1].day - orders[0].day) / (len(orders) - 1) if len(orders) > 1 else max(silent, 1)


def auc(scores: Sequence[tuple[float, bool]]) -> float:
    """The area under the ROC curve, ties counted half."""
    ordered = sorted(scores)
    rank = place = 0.0
    while place < len(ordered):
        last = place = int(place)
        while last + 1 < len(ordered) and ordered[last + 1][0] == ordered[place][0]:
            last += 1
        rank += sum(true for _, true in ordered[place : last + 1]) * ((place + last) / 2 + 1)
        place = last + 1
    yes = sum(true for _, true in ordered)
    return (rank - yes * (yes + 1) / 2) / (yes * (len(ordered) - yes))
