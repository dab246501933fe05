"""The fate of letters, and whether companies bought more than the held-out ones: intervals that hold what they promise."""

from decimal import Decimal
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.results import rules
from chalicelib.campaigns.results.model import GroupFigures
from chalicelib.campaigns.results.rules import Outcome
from chalicelib.campaigns.tracking.model import Readings
from chalicelib.mail import Letter, LetterClass, LetterState, Recipient
from chalicelib.table.key import Key


def letter(**facts: str) -> Letter:
    return Letter(
        letter_id="ltr_1",
        template="campaign",
        letter_class=LetterClass.ADVERTISING,
        recipient=Recipient("member", "mbr_1"),
        cause=Key("ISSUE#iss_1", "ISSUE"),
        written_at="2026-11-24T09:30:00.000Z",
        expires_at=1,
        state=LetterState.SENT,
        sent_at="2026-11-24T09:30:00.000Z",
        **facts,  # type: ignore[arg-type]
    )


def group(name: str, delivered: int, clicked: int) -> GroupFigures:
    return GroupFigures(name, 1, delivered, clicked, 0, 0)


def test_each_fact_of_a_letter_counts_once_and_programs_apart() -> None:
    readings = Readings(seen=9, opens=3, clicks=2, machine_opens=0, machine_clicks=4)
    found = rules.reached(letter(delivered_at="2026-11-24T09:30:02.000Z"), readings, "")
    assert +found == {"delivered": 1, "opened": 1, "clicked": 1, "clicked_by_machines": 1}
    bounced = rules.reached(letter(bounce="Permanent/General", complained_at="x"), None, "")
    assert +bounced == {"bounced": 1, "complained": 1}


@pytest.mark.parametrize(
    ("left_at", "because"),
    [
        ("", False),
        ("2026-11-24T09:29:59.000Z", False),
        ("2026-11-24T09:31:00.000Z", True),
        ("2026-12-08T09:30:00.000Z", True),
        ("2026-12-08T09:30:01.000Z", False),
    ],
)
def test_who_leaves_within_two_weeks_leaves_because_of_the_letter(left_at: str, because: bool) -> None:
    assert bool(rules.reached(letter(), None, left_at)["unsubscribed"]) is because


def test_too_few_companies_are_told_nothing_of() -> None:
    assert rules.shares(1000, 300, 9, 3) is None
    assert rules.shares(1000, 300, 10, 3) is not None
    few = [Outcome(Decimal(1), Decimal(1))] * 9
    assert rules.money(few * 10, few, Random(1)) is None


@given(counts=st.tuples(*[st.integers(0, 60)] * 4))
def test_an_effect_lies_within_its_bounds_and_arms_that_change_places_turn_it(
    counts: tuple[int, int, int, int],
) -> None:
    invited, bought, held, held_bought = counts[0] + 70, counts[1], counts[2] + 70, counts[3]
    there, back = rules.shares(invited, bought, held, held_bought), rules.shares(held, held_bought, invited, bought)
    assert there
    assert back
    assert -1 <= there.low <= there.difference <= there.high <= 1
    assert (back.low, back.high) == (pytest.approx(-there.high), pytest.approx(-there.low))


def test_the_best_group_is_named_only_where_it_surely_is() -> None:
    assert rules.best([group("a", 1000, 100), group("b", 1000, 50)]) is not None
    assert rules.best([group("a", 1000, 60), group("b", 1000, 50)]) is None
    assert rules.best([group("a", 1000, 100), group("b", 99, 0)]) is None
    assert rules.best([]) is None
    many = [group("a", 1000, 73), *(group(str(number), 1000, 50) for number in range(12))]
    assert rules.best(many[:2]) is not None
    assert rules.best(many) is None


# --- a known effect ---------------------------------------------------------------------------------------------------

CAMPAIGNS = 1000


def test_the_interval_of_shares_covers_a_known_effect_in_95_of_100_campaigns() -> None:
    """1,000 seeded campaigns of 600 companies, 10 % of them held out; 24 of 100 buy anyway, and the letter adds 6."""
    random, covered = Random(20261124), 0
    for _ in range(CAMPAIGNS):
        invited = sum(random.random() < 0.30 for _ in range(540))
        held = sum(random.random() < 0.24 for _ in range(60))
        found = rules.shares(540, invited, 60, held)
        assert found
        covered += found.low <= 0.06 <= found.high
    assert 0.93 <= covered / CAMPAIGNS <= 0.97


@pytest.mark.parametrize(
    ("invited", "held", "size", "buying", "times"),
    [(270, 80, 0.8, 0.6, 1.5), (200, 15, 1.0, 0.4, 1.0), (200, 15, 1.0, 0.4, 1.2), (930, 70, 1.2, 0.3, 1.0)],
    ids=["many held out", "7 % held out, no effect", "7 % held out, an effect", "the largest buy much"],
)
def test_the_interval_of_money_covers_a_known_effect_in_95_of_100_campaigns(
    invited: int, held: int, size: float, buying: float, times: float
) -> None:
    """Purchases are skewed, as they are: most companies buy nothing, and few buy much; whoever buys, buys so many times more."""
    random, campaigns = Random(20261124), 1000 if held < 20 else 300
    truth = buying * exp(9 + size * size / 2 + 0.125) * (times - 1)
    too_high = too_low = 0

    def company(times: float) -> Outcome:
        usual = random.lognormvariate(9, size)
        before, after = (usual * random.lognormvariate(0, 0.5) if random.random() < buying else 0.0 for _ in range(2))
        return Outcome(Decimal(round(after * times)), Decimal(round(before)))

    for _ in range(campaigns):
        found = rules.money([company(times) for _ in range(invited)], [company(1.0) for _ in range(held)], random)
        assert found
        too_high += truth < found.low
        too_low += truth > found.high
    assert 0.03 <= (too_high + too_low) / campaigns <= 0.07
    assert too_high / campaigns <= 0.04


def test_the_interval_of_money_repeats_itself_in_whatever_order_companies_are_read() -> None:
    invited, held = ([Outcome(Decimal(each), Decimal(0)) for each in range(number)] for number in (60, 12))
    assert rules.money(invited, held, Random("iss_1")) == rules.money(invited[::-1], held[::-1], Random("iss_1"))


def test_purchases_that_are_all_the_same_have_no_effect() -> None:
    same = [Outcome(Decimal(5), Decimal(1))] * 20
    assert rules.money(same, same, Random(1)) == (Decimal(0), Decimal(0), Decimal(0))
