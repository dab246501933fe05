from typing import Any

import pytest

from chalicelib.mail import Recipient
from tests.support.letters import plain


@pytest.mark.parametrize(
    ("name", "english", "russian"),
    [
        ("club_benefits", "What the club gives Луч", "Что клуб даёт компании «Луч»"),
        ("not_reached", "your manager tried to call Луч", "ваш менеджер несколько раз звонил"),
    ],
)
def test_the_letters_name_the_company(club: Any, name: str, english: str, russian: str) -> None:
    assert english in plain(club.told(name, Recipient("member", "mbr_en")))
    assert russian in plain(club.told(name, Recipient("member", "mbr_1")))
