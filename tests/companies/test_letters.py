"""Letters on who speaks for a company."""

from typing import Any

import pytest

from chalicelib.mail import Recipient, Unsendable
from chalicelib.mail.declarations import asked_by
from chalicelib.platform.context import Context
from tests.support.letters import BUYER, plain
from tests.support.partners import dismissed, on_staff, speaks_for


def test_a_confirmed_person_hears_of_company_and_manager(club: Any, context: Context) -> None:
    on_staff(context, "mbr_m", "manager")
    text = plain(club.told("person_confirmed", BUYER))
    assert "от имени компании Луч." in text
    assert "Мария Ведущая, mbr_m@partner.example" in text
    club.company.manager_id = None
    assert "менеджер" not in plain(club.told("person_confirmed", BUYER))


def test_a_confirmed_person_is_not_sent_to_a_manager_who_was_dismissed(club: Any, context: Context) -> None:
    on_staff(context, "mbr_m", "manager")
    dismissed(context, "club", "mbr_m")
    assert "Мария Ведущая" not in plain(club.told("person_confirmed", BUYER))


def test_an_owner_hears_who_wants_to_speak_for_the_company(club: Any) -> None:
    text = plain(club.told("person_claimed", BUYER, member_id="mbr_en"))
    assert "Имя: Ann Light" in text
    assert "Почта: mbr_en@partner.example" in text


def test_the_buyers_hear_of_their_new_manager(club: Any) -> None:
    text = plain(club.told("manager_changed", BUYER, from_manager="mbr_old", to_manager="mbr_m", by="mbr_head"))
    assert "у компании Луч новый персональный менеджер" in text
    assert "Имя: Мария Ведущая" in text and "Почта: mbr_m@partner.example" in text and "Телефон" not in text


def test_the_owner_hears_what_the_inn_was_and_is(club: Any) -> None:
    text = plain(club.told("inn_corrected", BUYER, changes={"inn": "7707083893"}, before={"inn": "7707083895"}))
    assert "ИНН: 7707083895 → 7707083893" in text and "КПП" not in text.split("ИНН и КПП")[-1]


def test_the_new_manager_hears_of_the_company_and_of_its_former_manager(club: Any, context: Context) -> None:
    on_staff(context, "mbr_m", "manager")
    facts = {"from_manager": "mbr_en", "to_manager": "mbr_m", "by": "mbr_head"}
    text = plain(club.told("company_assigned", Recipient("member", "mbr_m"), **facts))
    assert "Раньше её вёл менеджер Ann Light, mbr_en@partner.example." in text and "Компания: Луч" in text
    text = plain(club.told("company_assigned", Recipient("member", "mbr_m"), **{**facts, "from_manager": None}))
    assert "Раньше" not in text


def test_no_letter_names_a_manager_who_has_given_the_company_away(club: Any, context: Context) -> None:
    on_staff(context, "mbr_old", "manager")
    facts = {"from_manager": None, "to_manager": "mbr_old", "by": "mbr_head"}
    for name, reader in (("manager_changed", BUYER), ("company_assigned", Recipient("member", "mbr_old"))):
        with pytest.raises(Unsendable, match="manager_gone"):
            club.told(name, reader, **facts)


def test_nobody_hears_twice_of_a_manager(context: Context) -> None:
    speaks_for(context, "cmp_1", "mbr_1")
    speaks_for(context, "cmp_1", "mbr_2", role="buyer")
    speaks_for(context, "cmp_1", "mbr_3", role="engineer")

    def told(name: str, **facts: Any) -> list[str]:
        event = {"company_id": "cmp_1", "from_manager": None, "to_manager": "mbr_m", "by": "mbr_head", **facts}
        return [reader.id for reader in asked_by("company.manager_changed")[name](context, event)]

    assert told("manager_changed") == ["mbr_1", "mbr_2"]
    # The letter of a confirmation names the manager; a manager knows what they did in person.
    assert told("manager_changed", confirmed="mbr_1") == ["mbr_2"] and told("manager_changed", to_manager=None) == []
    assert told("company_assigned") == ["mbr_m"] and told("company_assigned", by="mbr_m") == []
    assert told("company_assigned", to_manager=None) == []
