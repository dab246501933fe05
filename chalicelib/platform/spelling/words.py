"""One spelling for words that people type and systems export: spaces, dashes, composed letters, and one alphabet in a code."""

import re
from unicodedata import normalize

_SAME = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | dict.fromkeys("\u200b\ufeff\u00ad", "")
)
# Capitals that look the same in both alphabets.
_LATIN, _CYRILLIC = "ABCEHKMOPTXY", "АВСЕНКМОРТХУ"
_TO_LATIN, _TO_CYRILLIC = str.maketrans(_CYRILLIC, _LATIN), str.maketrans(_LATIN, _CYRILLIC)
_BESIDE_DASH = re.compile(r" *([-/]) *")


def spelled(text: str) -> str:
    """The text with composed letters, one kind of dash and single spaces."""
    return " ".join(normalize("NFC", text).translate(_SAME).split())


# Escapes that stand for a letter beyond ASCII; a pair of surrogates has nothing to compose with.
_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?!00[0-7])(?!d[89a-f])([0-9a-f]{4})", re.IGNORECASE)


def composed(json: bytes) -> bytes:
    """JSON in which each letter with its mark is one character (NFC), written as itself or escaped. Bytes that are not UTF-8 stay as they are."""
    if json.isascii() and b"\\u03" not in json:
        return json
    try:
        text = json.decode()
    except UnicodeDecodeError:
        return json
    if "\\u03" in text:  # the marks
        text = _ESCAPED.sub(lambda found: found[1] + chr(int(found[2], 16)), text)
    return normalize("NFC", text).encode()


def one_alphabet(text: str) -> str:
    """Capitals in which letters that look alike are the same, also in a part of a code: `р-1` is `P-1`."""
    return text.upper().translate(_TO_LATIN)


def code_key(code: str) -> str:
    """A code in its form for comparison: in capitals of one alphabet, without spaces beside a dash.

    `УT-1` with a Latin T is `УТ-1`. The alphabet is that of the letters which only one alphabet has; without such a letter it is Cyrillic.
    """
    text = _BESIDE_DASH.sub(r"\1", spelled(code).upper())
    in_latin = one_alphabet(text)
    only_latin = in_latin.isascii() and any(letter.isalpha() and letter not in _LATIN for letter in in_latin)
    return in_latin if only_latin else text.translate(_TO_CYRILLIC)


_SPOILT = re.compile(
    r"#.*[!?/].*"  # an error of a spreadsheet: #Н/Д, #REF!, #ИМЯ?
    r"|\d(?:[.,]\d+)?[EЕ](?:\+\d+|\d{2,})"  # a long number as a spreadsheet shows it
    r"|0+(?:[.,]0+)?"
    r"|[\W_]*"
    r"|N/?A|Н/?Д|NULL|NONE|NAN|UNDEFINED|<.*>"
)


def is_spoilt(key: str) -> bool:
    """True for what stands in a cell instead of a code: `#Н/Д`, `1,00E+11`, `0`, `—`, `<не указан>`. Many rows would share it."""
    return bool(_SPOILT.fullmatch(key.upper()))
