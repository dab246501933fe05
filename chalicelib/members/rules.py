"""Checks of a person's name, telephone number and time zone."""

from zoneinfo import available_timezones

from chalicelib.platform.fields import shows, single_spaced, unlinked


def full_name(text: str) -> str:
    """The name with single spaces. Raises ValueError for one word, for control characters, without a letter, or for a link in it."""
    name = unlinked(single_spaced(text), of_a_person=True)
    if not shows(name) or not any(character.isalpha() for character in name):
        raise ValueError("a name has letters and no control characters")
    if " " not in name:
        raise ValueError("a name has a first and a last name")
    return name


def international_phone(text: str) -> str:
    """E.164: `8 (495) 123-45-67` becomes `+74951234567`; a number without a country is Russian. Raises ValueError."""
    # Its tables of all countries take time to load, and only this field needs them.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        raise ValueError("this is not a telephone number") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError("this telephone number does not exist")
    if number.extension:
        raise ValueError("only the number itself is kept: leave out the extension")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def time_zone(text: str) -> str:
    """An IANA name such as Asia/Yekaterinburg. Raises ValueError."""
    if text not in available_timezones():
        raise ValueError("not an IANA time zone, for example Europe/Moscow")
    return text
