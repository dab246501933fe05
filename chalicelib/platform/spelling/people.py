"""Names and telephone numbers of people as others write them: with initials, in another order, in a case of Russian grammar, with spaces."""

import re
from functools import cache

GONE = "…"  # in the place of what is taken out
_SHORTEST = 3  # letters of a word of a name that is looked for in a text by itself
_NUMBER_DIGITS = 10  # by which numbers are compared: 8 and +7 stand before the same number
_ENDINGS = "а|у|ом|е|ы|и|я|ю|ем|ём|ой|ою|ей|ею|ым|им|ого|его|ому|ему|ая|яя|ую|юю|ий|ый|ых|их|ь|й|ью"
_DIGITS_AS_WRITTEN = re.compile(r"\+?\d(?:[\s().\-\u2010-\u2015]{0,3}\d){9,14}")


def same_phone(one: str | None, other: str | None) -> bool:
    number = _number(one or "")
    return len(number) == _NUMBER_DIGITS and number == _number(other or "")


def same_name(one: str, other: str) -> bool:
    """True for names of which each word of the shorter one stands in the other, or its initial does. One word is the same name only alone."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    if len(shorter) < 2:
        return shorter == longer and bool(shorter)
    left = list(longer)
    for word in sorted(shorter, key=len, reverse=True):
        found = next((each for each in left if each == word), None) or next(
            (each for each in left if min(len(each), len(word)) == 1 and each[0] == word[0]), None
        )
        if found is None:
            return False
        left.remove(found)
    return any(len(word) > 1 and word in longer for word in shorter)


def without(text: str, name: str, email: str, phone: str | None) -> str:
    """The text with an ellipsis for the address, the number however it is written, and each word of the name in any case."""
    if not text:
        return text
    text = re.sub(re.escape(email), GONE, text, flags=re.IGNORECASE)
    text = _DIGITS_AS_WRITTEN.sub(lambda found: GONE if same_phone(phone, found.group()) else found.group(), text)
    pattern = _name_pattern(name)
    return re.sub(pattern, GONE, text, flags=re.IGNORECASE) if pattern else text


@cache
def _name_pattern(name: str) -> str:
    """One match takes words of the name that follow each other, with initials between them."""
    words = [re.sub("[её]", "[её]", _inflected(each)) for each in _words(name) if len(each) >= _SHORTEST]
    if not words:
        return ""
    word = rf"\b(?:{'|'.join(words)})\b"
    return rf"{word}(?:\s+{word}|(?:\s*\b\w\.)+)*"


def _inflected(word: str) -> str:
    if not re.fullmatch("[а-яе]+", word):
        return re.escape(word)
    stem = re.sub("(?:[иы]й|[ао]я|ая|[аеиоуыэюяйь])$", "", word)
    return f"{stem}(?:{_ENDINGS})?" if len(stem) >= _SHORTEST else word


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold().replace("ё", "е"))


def _number(text: str) -> str:
    return re.sub(r"\D", "", text)[-_NUMBER_DIGITS:]
