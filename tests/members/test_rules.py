import pytest

from chalicelib.members.rules import full_name, international_phone, time_zone


def test_spaces_in_a_name_are_tidied() -> None:
    assert full_name("  Анна   Петровна Орлова ") == "Анна Петровна Орлова"


@pytest.mark.parametrize("text", ["Anna", "123 456", "", "- -", "Anna\x00 Orlova"])
def test_what_is_no_full_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="name"):
        full_name(text)


@pytest.mark.parametrize(
    "text", ["И. И. Иванов", "Орлова А.П.", "Anna St. John", "Анна Орлова-О'Нил", "Али Рза оглы/кызы"]
)
def test_initials_are_no_link(text: str) -> None:
    assert full_name(text) == text


@pytest.mark.parametrize("text", ["Buy spam.example", "Купи на спам.рф", "Buy spam。example"])
def test_a_site_is_no_name_of_a_person(text: str) -> None:
    with pytest.raises(ValueError, match="no link"):
        full_name(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8 (495) 123-45-67", "+74951234567"),
        ("+7 495 123 45 67", "+74951234567"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_phone_is_kept_in_its_international_form(text: str, number: str) -> None:
    assert international_phone(text) == number


@pytest.mark.parametrize("text", ["12", "phone", "+7 495 123 45 6", "+999 12345678"])
def test_what_is_no_phone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="telephone"):
        international_phone(text)


def test_an_extension_is_not_dropped_in_silence() -> None:
    with pytest.raises(ValueError, match="extension"):
        international_phone("+7 495 123-45-67 доб. 12")


def test_time_zones_have_iana_names() -> None:
    assert time_zone("Asia/Yekaterinburg") == "Asia/Yekaterinburg"
    with pytest.raises(ValueError, match="IANA"):
        time_zone("MSK")
