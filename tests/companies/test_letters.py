"""Letters on who speaks for a company."""

from typing import Any

from tests.support.letters import BUYER, plain


def test_a_confirmed_person_hears_of_company_and_manager(club: Any) -> None:
    text = plain(club.told("person_confirmed", BUYER))
    assert "от имени компании Луч." in text
    assert "Мария Ведущая, mbr_m@partner.example" in text
    club.company.manager_id = None
    assert "менеджер" not in plain(club.told("person_confirmed", BUYER))


def test_an_owner_hears_who_wants_to_speak_for_the_company(club: Any) -> None:
    text = plain(club.told("person_claimed", BUYER, member_id="mbr_en"))
    assert "Имя: Ann Light" in text
    assert "Почта: mbr_en@partner.example" in text
