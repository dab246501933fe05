"""Links that lead through the club, and readings by people and by programs."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import mail
from chalicelib.campaigns.tracking import rules
from chalicelib.campaigns.tracking.model import Machine, Reading
from chalicelib.campaigns.tracking.service import addresses
from chalicelib.platform.clock import stamp

PORTAL = "https://portal.example"
DELIVERED = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PERSON = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def click(seconds: float, link: int = 1, agent: str = PERSON) -> Reading:
    return Reading("click", stamp(DELIVERED + timedelta(seconds=seconds)), link, agent)


def opened(seconds: float, agent: str = PERSON) -> Reading:
    return Reading("open", stamp(DELIVERED + timedelta(seconds=seconds)), rules.NO_LINK, agent)


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "among"),
    [("192.0.2.9", True), ("192.0.3.9", False), ("2001:db8::7", True), ("", False), ("no address", False)],
)
def test_an_address_is_one_of_a_network_s_or_not(address: str, among: bool) -> None:
    networks = [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]
    assert rules.is_among(networks, address) is among


def test_addresses_are_those_of_the_texts_each_once_without_any_of_a_reader() -> None:
    bodies = [
        "[See]({{ portal_url }}/lamps)\n\n[Read](https://a.example/1?x=1&y=2) and [this](https://b.example/{{ name }}).",
        "[Смотреть]({{portal_url}}/lamps)\n\n[Дом](https://дом.example)",
    ]
    assert addresses(bodies, PORTAL) == [
        PORTAL,
        f"{PORTAL}/lamps",
        "https://a.example/1?x=1&y=2",
        "https://дом.example",
    ]


def test_links_with_escapes_and_brackets_lead_through_the_club_too() -> None:
    portal, one, two = PORTAL, "https://a.example/LED_(x)", "https://a.example/LED_(x)?q=%26b"
    words = f"[Go]({one})\n\nSee [all]({two}) and <{two}>."
    assert addresses([words], portal) == [portal, one, two]
    facts = {"club_name": "Club", "portal_url": portal, "pages": None}
    _, html, text = mail.render_written("S", "P", words, "W", "en", facts)
    links = {one: "https://club/1", two: "https://club/2"}
    made, plain = rules.tracked(html, text, links, "https://club/0")
    assert [made.count(f'"{each}"') for each in ("https://club/1", "https://club/2")] == [1, 2]
    assert plain.startswith("Go: https://club/1\n\nSee all (https://club/2) and https://club/2.")


def test_a_link_leads_through_the_club_and_the_page_of_leaving_does_not() -> None:
    html = '<a href="https://a.example/?x=1&amp;y=2">A</a><a href="https://club/v1/letters/t/unsubscribe">B</a></body>'
    text = "See: https://a.example/?x=1&y=2\nAlso A (https://a.example/?x=1&y=2), B (https://b.example).\nLeave: https://club/v1/letters/t/unsubscribe\n"
    links = {"https://a.example/?x=1&y=2": "https://club/v1/links/t/1"}
    made, plain = rules.tracked(html, text, links, "https://club/v1/links/t/0")
    assert 'href="https://club/v1/links/t/1"' in made
    assert 'href="https://club/v1/letters/t/unsubscribe"' in made
    assert made.index("links/t/0") < made.index("</body>")
    assert plain == (
        "See: https://club/v1/links/t/1\nAlso A (https://club/v1/links/t/1), B (https://b.example).\n"
        "Leave: https://club/v1/letters/t/unsubscribe\n"
    )


@given(
    letter=st.from_regex(r"\Altr_[0-9a-f]{32}\Z"), other=st.from_regex(r"\Altr_[0-9a-f]{32}\Z"), cut=st.integers(0, 60)
)
def test_a_token_names_its_letter_and_a_forged_one_names_none(letter: str, other: str, cut: int) -> None:
    token = rules.token_of("a secret", letter)
    assert rules.letter_of("a secret", token) == letter
    assert rules.letter_of("another secret", token) is None
    forged = token.replace(letter, other)
    assert rules.letter_of("a secret", forged) == (letter if letter == other else None)
    assert rules.letter_of("a secret", token[:cut]) is None
    assert rules.letter_of("a secret", "ж-ж") is None


# --- readings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "verdicts"),
    [
        ([click(60)], [None]),
        ([click(9)], ["too_soon"]),
        ([click(10)], [None]),
        ([opened(3), opened(90)], ["too_soon", None]),
        ([click(60, 0)], ["hidden_link"]),
        ([click(60, 0), click(65, 1), click(120, 1)], ["hidden_link", "hidden_link", None]),
        ([click(60, 1), click(61, 2), click(62, 3)], ["burst", "burst", "burst"]),
        ([click(60, 1), click(61, 2), click(63, 3)], [None, None, None]),
        ([click(60, 1), click(61, 1), click(62, 1)], [None, None, None]),
        ([click(60, agent="python-requests/2.32")], ["program"]),
        ([click(60, agent="Java/17.0.2")], ["program"]),
        ([click(60, agent="Go-http-client/2.0")], ["program"]),
        ([click(60, agent="")], ["program"]),
        ([click(60)._replace(is_head=True), click(61)], ["head", None]),
        ([opened(600, agent="Mozilla/5.0")], ["program"]),
    ],
)
def test_programs_are_told_from_people(readings: list[Reading], verdicts: list[Machine | None]) -> None:
    assert [machine for _, machine in rules.judged(readings, stamp(DELIVERED))] == verdicts


readings = st.lists(
    st.builds(click, st.floats(0, 30), st.integers(0, 4)) | st.builds(opened, st.floats(0, 30)), max_size=12
)


@given(readings=readings, seed=st.integers())
def test_the_order_of_readings_does_not_matter_and_none_is_lost(readings: list[Reading], seed: int) -> None:
    shuffled = list(readings)
    Random(seed).shuffle(shuffled)
    found = rules.together(readings, stamp(DELIVERED))
    assert rules.together(shuffled, stamp(DELIVERED)) == found
    assert found.opens + found.machine_opens + found.clicks + found.machine_clicks == found.seen == len(readings)
    assert bool(found.clicked_at) == bool(found.clicks) == bool(found.links)
    assert rules.HIDDEN not in found.links
