"""The token of a letter's link."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contacts.preferences import rules
from chalicelib.platform.http.respond import PATH_PARAMETER
from chalicelib.platform.ids import random_id

TOKEN = rules.token_of("secret", "mbr_1")


def test_a_token_names_its_member() -> None:
    assert rules.member_of("secret", TOKEN) == "mbr_1"


def test_a_token_of_a_real_id_fits_into_a_path() -> None:
    assert re.fullmatch(PATH_PARAMETER, rules.token_of("secret", random_id("mbr")))


def test_a_token_of_another_secret_is_none() -> None:
    assert rules.member_of("another", TOKEN) is None


@given(place=st.integers(0, len(TOKEN) - 1), character=st.sampled_from("0123456789abcdefmr_-"))
def test_a_token_with_one_other_character_is_none(place: int, character: str) -> None:
    forged = TOKEN[:place] + character + TOKEN[place + 1 :]
    assert (rules.member_of("secret", forged) == "mbr_1") is (forged == TOKEN)


@pytest.mark.parametrize("token", ["", "-", "mbr_1", "mbr_1-", "mbr_1-0"])
def test_a_piece_of_a_token_is_none(token: str) -> None:
    assert rules.member_of("secret", token) is None


def test_a_topic_that_comes_later_is_on() -> None:
    assert rules.unchosen(["a", "b"], ["a"]) == ["b"]
