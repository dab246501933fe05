"""The encoding of a text, told by its bytes alone."""

import codecs
from itertools import islice
from pathlib import Path
from unicodedata import category

from chalicelib.exchange.tables.model import Encoding, Unreadable

_BLOCK = 256 * 1024
_SAMPLE = 64 * 1024
_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SINGLE_BYTES: tuple[Encoding, ...] = ("cp1251", "cp866", "koi8-r", "cp1252")
_RARE: tuple[Encoding, ...] = ("cp1250", "cp1254", "gb18030")
_DOUBTFUL = 0.3  # mean worth of a letter, below which further encodings are tried
_GARBLED = -0.2
_WORD_BYTES = 6  # beyond ASCII, which no line of another encoding has as sound UTF-8 by chance
_USUAL = 3.0
_FREQUENT = frozenset("оеаинтсрвлкмдпу")
_USUAL_SIGNS = frozenset("№«»–—…“”„’‘\u00a0°²³§€₽")


def encodings_of(path: Path) -> list[Encoding]:
    """The likeliest first; several only where each byte is a letter, so that the heading decides. Reads the whole file.

    A text that is nearly UTF-8 is damaged UTF-8, not another encoding. Raises Unreadable.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if encoding == "utf-8":
                _check_utf8(path)
            return [encoding]
    if wide := _without_mark(head):
        return [wide]
    damaged, sound, sample = _survey(path)
    if not damaged:
        return ["utf-8"]
    if sound > 20 * damaged.count or _is_glued(sample):
        raise Unreadable("encoding_broken", encoding="UTF-8", line=damaged.line)
    worth = {each: _likeness(sample.decode(each)) for each in _SINGLE_BYTES if _decodes(sample, each)}
    if max(worth.values(), default=0) < _DOUBTFUL:
        worth |= {each: _likeness(sample.decode(each)) for each in _RARE if _decodes(sample, each)}
    if _SINGLE_BYTES[0] in worth:
        # Of few letters, which any encoding may have, the usual one is likelier.
        worth[_SINGLE_BYTES[0]] += _USUAL / sum(byte > 0x7F for byte in sample)
    return sorted(worth, key=worth.__getitem__, reverse=True)


def is_garbled(text: str, encoding: str) -> bool:
    """True where a text was read in another encoding than its own: its letters make no words."""
    return encoding in _SINGLE_BYTES and _likeness(text) < _GARBLED


def is_guessed(encoding: str) -> bool:
    """True for an encoding in which nearly all bytes mean something, so that nothing proves it."""
    return encoding in _SINGLE_BYTES or encoding in _RARE


def _is_glued(sample: bytes) -> bool:
    """True where lines are sound UTF-8 beside others that are not."""
    lines = [line for line in sample.splitlines() if len(line.decode("ascii", "ignore")) + _WORD_BYTES <= len(line)]
    return sum(_decodes(line, "utf-8") for line in lines) * 5 > len(lines)


class _Damage:
    """Bytes that are no UTF-8: how many, and on which line the first stands."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.count = 1


def _check_utf8(path: Path) -> None:
    damaged, _, _ = _survey(path)
    if damaged:
        raise Unreadable("encoding_broken", encoding="UTF-8", line=damaged.line)


def _survey(path: Path) -> tuple[_Damage | None, int, bytes]:
    """Damage as UTF-8, the number of letters that are sound UTF-8, and the first lines with letters beyond ASCII."""
    damage: _Damage | None = None
    sound, lines, sample, rest = 0, 0, b"", b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if b"\0" in block:
                raise Unreadable("not_a_table", kind="binary")
            if not block.isascii() and len(sample) < _SAMPLE:
                beyond = (line for line in block.splitlines() if not line.isascii())
                sample += b"\n".join(islice(beyond, 500))[:_SAMPLE]
            text, rest = rest + block, b""
            try:
                sound += 0 if text.isascii() else len(text) - len(text.decode())
            except UnicodeDecodeError as error:
                if error.end == len(text) and error.reason == "unexpected end of data" and len(block) == _BLOCK:
                    rest = text[error.start :]
                    sound += error.start - len(text[: error.start].decode())
                else:
                    if damage is None:
                        damage = _Damage(lines + _line_ends(text[: error.start]) + 1)
                    wrong = text.decode(errors="replace").count("\ufffd")
                    damage.count += wrong
                    sound += sum(1 for byte in text if byte & 0xC0 == 0x80) - wrong
            lines += _line_ends(block)
    return damage, sound, sample


def _line_ends(block: bytes) -> int:
    return block.count(b"\n") or block.count(b"\r")


def _without_mark(head: bytes) -> Encoding | None:
    """UTF-16 without its mark: every other byte of a delimiter, a digit or a line end is zero."""
    if len(head) < 8:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 20 * max(1, even) or (odd and not even and odd * 10 > len(head)):
        return "utf-16-le"
    if even > 20 * max(1, odd) or (even and not odd and even * 10 > len(head)):
        return "utf-16-be"
    return None


def _decodes(sample: bytes, encoding: Encoding) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likeness(text: str) -> float:
    """The mean worth of the letters beyond ASCII: those of words are worth more than signs and than letters in odd company. 0 without such letters."""
    worth, count, before = 0.0, 0, " "
    for letter in text:
        if letter == "\u00a0" and before.isdigit():
            pass  # between the thousands of a number
        elif letter > "\x7f":
            count += 1
            worth += _worth(letter, before)
        elif letter.isalpha() and before > "\x7f" and before.isalpha() and "а" <= before.lower() <= "ё":
            worth -= 2  # Cyrillic and Latin in one word
        before = letter
    return worth / max(1, count)


def _worth(letter: str, before: str) -> float:
    if not letter.isalpha():
        return 0.2 if letter in _USUAL_SIGNS else -2.0 if category(letter)[0] in "SCZ" or letter == "\ufffd" else -1.0
    cyrillic = "а" <= letter.lower() <= "ё"
    if before.isdigit():
        return -2.0
    if before.isalpha() and before.islower() and letter.isupper():
        return -2.0
    if not cyrillic:
        return 0.6 if before.isalpha() and before <= "\x7f" else -0.5
    if before.isalpha() and before <= "\x7f":
        return -2.0
    return 1.0 + (0.5 if letter in _FREQUENT else 0.0)
