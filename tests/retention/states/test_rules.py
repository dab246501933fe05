from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.rhythm.model import Parameters
from chalicelib.retention.rhythm.orders.rules import OrderDay
from chalicelib.retention.rhythm.rules import ClubRhythm
from chalicelib.retention.rhythm.season.rules import season_time
from chalicelib.retention.states.rules import LOOK_AHEAD, Limits, RhythmState, sentence, standing_on, state_on

TODAY = 738_000
CLUB = ClubRhythm(season_time({TODAY - 900: 1}, TODAY), model=Parameters(0.8, 30.0, 0.6, 2.0), mean_order=100.0)
LIMITS = Limits(at_risk=0.72, lost=365)


def ordered(*ago: int) -> list[OrderDay]:
    return [OrderDay(TODAY - days, 100.0, 1) for days in sorted(ago, reverse=True)]


def state(*ago: int) -> RhythmState:
    return standing_on(CLUB, ordered(*ago), TODAY, LIMITS).state


def test_each_state_by_its_orders() -> None:
    assert state() is RhythmState.NO_ORDERS
    assert state(-1) is RhythmState.NO_ORDERS  # ordered tomorrow
    assert state(0) is state(50, 3) is state(89) is RhythmState.NEW
    assert state(*range(5, 300, 20)) is RhythmState.ACTIVE
    assert state(*range(75, 300, 20)) is RhythmState.AT_RISK
    assert state(90) is state(*range(364, 600, 20)) is RhythmState.DORMANT
    assert state(365) is RhythmState.LOST
    assert state(300, 280, 20, 10, 2) is RhythmState.WON_BACK
    assert state(*range(2, 90, 8), 190, 300) is RhythmState.WON_BACK
    assert state(*range(2, 100, 8), 190, 300) is RhythmState.ACTIVE


def test_a_state_begins_with_its_first_day() -> None:
    assert standing_on(CLUB, ordered(100), TODAY, LIMITS).since == TODAY - 10
    assert standing_on(CLUB, ordered(400), TODAY, LIMITS).since == TODAY - 35
    at_risk = ordered(*range(75, 300, 20))
    since = standing_on(CLUB, at_risk, TODAY, LIMITS).since
    assert state_on(CLUB, at_risk, since, LIMITS) is RhythmState.AT_RISK
    assert state_on(CLUB, at_risk, since - 1, LIMITS) is RhythmState.ACTIVE


def test_a_lost_company_is_not_looked_at_again() -> None:
    assert standing_on(CLUB, ordered(400), TODAY, LIMITS).look_again is None


@given(st.sets(st.integers(0, 400), min_size=1, max_size=12))
def test_no_state_changes_before_the_next_look(ago: set[int]) -> None:
    orders = ordered(*ago)
    found = standing_on(CLUB, orders, TODAY, LIMITS)
    assert found.since <= TODAY
    if found.look_again is not None:
        assert TODAY < found.look_again <= TODAY + LOOK_AHEAD
        between = {state_on(CLUB, orders, day, LIMITS) for day in range(TODAY, found.look_again)}
        assert between == {found.state}


def test_words_can_be_read_aloud() -> None:
    quiet = standing_on(CLUB, ordered(*range(49, 300, 21)), TODAY, LIMITS)
    assert quiet.figures is not None
    chance = round(100 * quiet.figures.early_warning)
    said = sentence(quiet, TODAY, 90, "en").replace("\N{NO-BREAK SPACE}", " ")
    assert said == f"Buys every 3 weeks, silent for 7 weeks; {chance} of 100 such silences pass 90 days."
    said = sentence(quiet, TODAY, 90, "ru").replace("\N{NO-BREAK SPACE}", " ")
    assert said == f"Покупает раз в 3 недели, молчит 7 недель; из 100 таких пауз {chance} длятся дольше 90 дней."
    daily = standing_on(CLUB, ordered(*range(1, 20)), TODAY, LIMITS)
    assert sentence(daily, TODAY, 90, "ru").startswith("Покупает раз в день, ")
    assert sentence(daily, TODAY, 90, "en").startswith("Buys every day, ")


def test_words_for_who_bought_once_and_who_never_did() -> None:
    once = standing_on(CLUB, ordered(200), TODAY, LIMITS)
    assert sentence(once, TODAY, 90, "en").replace("\N{NO-BREAK SPACE}", " ") == "Bought once, silent for 7 months."
    assert sentence(once, TODAY, 90, "ru").replace("\N{NO-BREAK SPACE}", " ") == "Заказ был один, молчит 7 месяцев."
    never = standing_on(CLUB, [], TODAY, LIMITS)
    assert (sentence(never, TODAY, 90, "ru"), sentence(never, TODAY, 90, "en")) == ("Заказов нет.", "No orders.")
