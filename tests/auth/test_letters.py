"""The letter with a sign-in code."""

from typing import Any

import pytest

from chalicelib.mail.model import Recipient
from chalicelib.mail.service import compose
from chalicelib.platform.context import Context
from chalicelib.table.key import Key
from tests.mail.steps import letter, sign_in_requested
from tests.support.letters import plain


@pytest.mark.parametrize(("seconds", "words"), [(600, "10 минут"), (61, "1 минуту"), (30, "1 минуту")])
def test_a_code_letter_says_how_long_the_code_is_good(club: Any, context: Context, seconds: int, words: str) -> None:
    asked = sign_in_requested(context, code_expires_at=context.expiry() + seconds)
    context.table.put(asked)
    cause = Key(asked["pk"], asked["sk"])
    mail = compose(
        context,
        letter(context, template="sign_in_code", recipient=Recipient("sign_in", "sin_1"), cause=cause),
        "031337",
    )
    assert mail.address == "anna@partner.example"
    assert "031337" in mail.text
    assert "031337" not in mail.subject  # subjects are shown on locked screens
    assert words in plain(mail)
