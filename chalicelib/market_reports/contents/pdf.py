"""Judgement of a PDF by the names in its objects: a script, an action or an attachment does nothing without its name.

A reader's program finds an object by its place in the file, and that may lie within a text, a comment or the data of a picture. So each
place where an object can begin is read from there to the end of the object; those of object streams, too, unpacked. `#4a` in a name is the
letter J. An object that cannot be unpacked, or does not end, is refused. A PDF library that follows each object would add a tenth to the
package of every function.

The source of the names is ISO 32000-1: 7.2.2 (characters), 7.3.4 (texts), 7.3.5 (escapes), 7.5.7 (object streams), 7.11 (files outside and
embedded), 12.6.4 (actions), 12.5.6 (annotations), 12.7.8 (XFA forms).

Weakest point: a file that is torn is mended by each reader's program in its own way.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from chalicelib.market_reports.contents.model import LINK, Unfit

MOST_UNPACKED = 100_000_000  # bytes of all object streams
MOST_WORK = 150_000_000  # bytes that are read, those of a place that is read twice counted twice
_BEGINS = re.compile(rb"(?:(\d+)[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]*)?(?<=[\0\t\n\f\r \d])obj|trailer")
_TOKEN = re.compile(
    rb"%[^\r\n]*|<<|>>|[\[\]]|<[^>]*>|\((?:[^()\\]|\\.)*\)|\(|/[^\0\t\n\f\r /<>()\[\]{}%]*|[^\0\t\n\f\r /<>()\[\]%]+",
    re.DOTALL,
)
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)  # of a text; a backslash takes a bracket's meaning
_BLANK = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*")
_STREAM = re.compile(rb"stream[ \t]*(?:\r\n|\n|\r)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OF_TEXT = re.compile(rb"\\(?:([0-7]{1,3})|\r\n|(.))", re.DOTALL)
_SPELT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b""}
_CLOSES = {b"<<": b">>", b"[": b"]"}
_ENDS_WITHIN = 2048  # bytes before the end

_SCRIPTS = {
    *(b"JavaScript", b"JS", b"Launch", b"GoToE", b"GoToR", b"GoTo3DView", b"ImportData", b"SubmitForm", b"AA"),
    *(b"Rendition", b"RichMediaExecute"),
}
_OTHERS = {
    *(b"EmbeddedFile", b"EmbeddedFiles", b"EF", b"FileAttachment", b"RichMedia", b"Movie", b"Sound", b"Screen", b"3D"),
    b"Collection",
}
_OUTSIDE = {b"Filespec", b"UF", b"FFilter"}  # names of a file elsewhere; that of a stream's data, too
# Of what opening the file does: a jump has none.
_BY_ITSELF = {b"URI", b"Next", b"Named", b"Hide", b"Thread", b"ResetForm", b"SetOCGState", b"Trans"}
_PACKERS = {
    b"LZWDecode",
    b"RunLengthDecode",
    b"ASCIIHexDecode",
    b"ASCII85Decode",
    b"Crypt",
    b"DecodeParms",
    b"DP",
    b"F",
}
# So long that they do not come about by chance in the data of a picture.
_ANYWHERE = re.compile(
    rb"/S\s*/(JavaScript|SubmitForm|ImportData|Rendition|Launch)(?!\w)|/(EmbeddedFile|RichMedia|FileAttachment)"
)


_WITH_VALUES = (b"First", b"OpenAction", b"F", b"URI", b"Base")


class _Object(NamedTuple):
    """An object's number (empty if it is not told), its names and how often it has each, and where it ends.

    `values`: the two tokens that follow each name of `_WITH_VALUES`.
    """

    number: bytes
    names: Counter[bytes]
    values: dict[bytes, list[tuple[bytes, ...]]]
    end: int


def check_pdf(content: bytes) -> None:
    """Raises Unfit."""
    if not content.startswith(b"%PDF-"):
        raise Unfit("The content of this file is not of its type.")
    objects = [*_Reader().objects(content)]
    names = {name for each in objects for name in each.names}
    if b"Encrypt" in names:
        raise Unfit("The PDF has a password: save it without one.")
    if b"Page" not in names or b"%%EOF" not in content[-_ENDS_WITHIN:]:
        raise _damaged()
    names |= {name for found in _ANYWHERE.findall(_unescaped(content)) for name in found}
    if names & _SCRIPTS or _opens_something(objects):
        raise Unfit("The PDF contains a script or starts a program.")
    if names & _OTHERS:
        raise Unfit("The PDF contains another file or a film.")
    if b"XFA" in names:
        raise Unfit("The PDF is a form with scripts: print it to a new PDF.")
    if names & _OUTSIDE or any(value.startswith((b"(", b"<")) for value, *_ in _values(objects, b"F")):
        raise Unfit("The PDF asks for another file: print it to a new PDF.")
    _check_links(value for value, *_ in [*_values(objects, b"URI"), *_values(objects, b"Base")])


def _values(objects: list[_Object], name: bytes) -> Iterator[tuple[bytes, ...]]:
    return (value for each in objects for value in each.values[name] if value)


def _check_links(values: Iterable[bytes]) -> None:
    """`values`: what follows `URI`: a text, or in another place the name itself, or what all links begin with. Raises Unfit."""
    for value in values:
        if value[:1].isdigit():  # the text is an object of its own
            raise _unusual()
        if value.startswith((b"(", b"<")) and value != b"<<" and not LINK.match(_text(value)):
            raise Unfit("A link of the PDF leads to a file or a program, not to the web or a mailbox.")


def _text(token: bytes) -> str:
    """A text as a reader's program takes it for an address: without blanks and what cannot be seen."""
    if token.startswith(b"<"):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", token)
        plain = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        plain = _OF_TEXT.sub(_spelt, token[1:-1])
    wide = plain.startswith((b"\xfe\xff", b"\xff\xfe"))
    text = plain.decode("utf-16" if wide else "latin-1", "replace").removeprefix("\xef\xbb\xbf")
    return re.sub(r"[\0-\x20\x7f-\xa0]", "", text)


def _spelt(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 0xFF])
    return _SPELT.get(found[2], found[2]) if found[2] else b""


def _opens_something(objects: list[_Object]) -> bool:
    """Whether opening the file does more than jump to a page."""
    opened = {number for number, *_ in _values(objects, b"OpenAction")}
    does = (each for each in objects if each.number in opened | {b""} or each.values[b"OpenAction"])
    return bool(opened) and any(_BY_ITSELF & each.names.keys() for each in does)


class _Reader:
    """Reads every object of a file. Raises Unfit for one that cannot be read, and for more than can be read in a request."""

    def __init__(self) -> None:
        self._room, self._work = MOST_UNPACKED, MOST_WORK

    def objects(self, content: bytes) -> Iterator[_Object]:
        for begin in _BEGINS.finditer(content):
            found = self._object(content, begin.end(), begin[1] or b"")
            yield found
            names, start = found.names, _after_blanks(content, found.end)
            if (b"ObjStm" in names or {b"N", b"First"} <= names.keys()) and content.startswith(b"stream", start):
                yield from self._of_stream(content, found, start)

    def _of_stream(self, content: bytes, stream: _Object, start: int) -> Iterator[_Object]:
        """The objects in an object stream: it begins with the number and the place of each."""
        objects = self._unpacked(content, stream, start)
        firsts = stream.values[b"First"]
        if len(firsts) != 1 or not re.match(rb"\d+ (/|>>)", b" ".join(firsts[0])):
            raise _unusual()
        first = int(firsts[0][0])
        numbers = re.findall(rb"\d+", objects[:first])
        for number, place in zip(numbers[::2], numbers[1::2], strict=False):
            yield self._object(objects, first + int(place), number)

    def _unpacked(self, content: bytes, stream: _Object, start: int) -> bytes:
        filters = stream.names[b"FlateDecode"] + stream.names[b"Fl"]
        if _PACKERS & stream.names.keys() or filters != stream.names[b"Filter"] or filters > 1:
            raise _unusual()
        begin, end = _STREAM.match(content, start), content.find(b"endstream", start)
        if begin is None or end < 0:
            raise _damaged()
        objects = _inflated(content[begin.end() : end], max(self._room, 1)) if filters else content[begin.end() : end]
        self._room -= len(objects)
        return objects

    def _object(self, content: bytes, start: int, number: bytes) -> _Object:
        """The object that begins here, read to its end."""
        names: Counter[bytes] = Counter()
        values: dict[bytes, list[tuple[bytes, ...]]] = {name: [] for name in _WITH_VALUES}
        closing: list[bytes] = []
        end = start
        for token, place in _tokens(content, start):
            end = place
            self._work -= len(token) + 50  # so much a token costs beside its bytes
            if self._work < 0:
                raise _too_long()
            if token.startswith(b"/"):
                name = _unescaped(token[1:])
                names[name] += 1
                if name in values:
                    values[name].append(tuple(value for value, _ in islice(_tokens(content, end), 2)))
            elif token in _CLOSES:
                closing.append(_CLOSES[token])
            elif closing and token == closing[-1]:
                closing.pop()
            if not closing:
                break
        if closing:
            raise _damaged()
        return _Object(number, names, values, end)


def _tokens(content: bytes, start: int) -> Iterator[tuple[bytes, int]]:
    """The tokens from here on, without comments, each with its end. A text is one token. Raises Unfit for one that does not end."""
    while found := _TOKEN.search(content, start):
        start = found.end()
        if found[0] == b"(":  # a text with brackets in it
            start = _end_of_text(content, start)
        if not found[0].startswith(b"%"):
            yield content[found.start() : start], start


def _end_of_text(content: bytes, start: int) -> int:
    depth = 1
    for bracket in _BRACKET.finditer(content, start):
        depth += {b"(": 1, b")": -1}.get(bracket[0], 0)
        if depth == 0:
            return bracket.end()
    raise _damaged()


def _after_blanks(content: bytes, start: int) -> int:
    found = _BLANK.match(content, start)
    return found.end() if found else start


def _inflated(data: bytes, most: int) -> bytes:
    packed = zlib.decompressobj()
    try:
        objects = packed.decompress(data, most)
    except zlib.error:
        raise _damaged() from None
    if packed.unconsumed_tail:
        raise _too_long()
    if not packed.eof:
        raise _damaged()
    return objects


def _unescaped(part: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)


def _damaged() -> Unfit:
    return Unfit("The PDF is damaged: save it again.")


def _unusual() -> Unfit:
    return Unfit("The PDF is packed in an unusual way: print it to a new PDF.")


def _too_long() -> Unfit:
    return Unfit("The PDF has too many parts to be checked.")
