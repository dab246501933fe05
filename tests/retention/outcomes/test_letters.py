from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.mail import Recipient, Unsendable
from chalicelib.platform.http.problems import Problem
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


def test_a_display_deal_is_told_of_while_its_promotion_runs(club: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    promotion = SimpleNamespace(name="Autumn panels", name_ru="Осенние панели", last=date(2027, 3, 31))
    monkeypatch.setattr("chalicelib.pricing.display_deal", lambda context, promotion_id: promotion)
    told = {"promotion_id": "prm_1"}
    english = plain(club.told("display_promised", Recipient("member", "mbr_en"), **told))
    assert "Autumn panels" in english and "up to and including 31 March 2027" in english
    assert "по 31 марта 2027" in plain(club.told("display_promised", Recipient("member", "mbr_1"), **told))

    def over(context: Any, promotion_id: str) -> Any:
        raise Problem("not_found")

    monkeypatch.setattr("chalicelib.pricing.display_deal", over)
    with pytest.raises(Unsendable, match="over"):
        club.told("display_promised", Recipient("member", "mbr_1"), **told)
