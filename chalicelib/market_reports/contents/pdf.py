"""Judgement of a PDF by the names in it: a script, an action or an attachment does nothing without its name.

Names are looked for in the file as it is, and in its object streams, unpacked; `#4a` in a name is the letter J. What cannot be unpacked is refused.
A PDF library that follows each object would add a tenth to the package of every function.

The source of the names is ISO 32000-1: 7.3.5 (escapes), 7.5.7 (object streams), 12.6.4 (actions), 12.5.6 (annotations), 7.11.4 (embedded
files), 12.7.8 (XFA forms).

Weakest point: a file that is made to be read in two ways, with objects inside the data of its pictures, is judged by one of them.
"""

import re
import zlib
from collections.abc import Iterator

from chalicelib.market_reports.contents.model import Unfit

MOST_UNPACKED = 100_000_000  # bytes of all object streams
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_OUTSIDE = re.compile(rb"%[^\r\n]*|\(")  # a comment, or the beginning of a text
_INSIDE = re.compile(rb"\\.|[()]", re.DOTALL)  # of a text; a backslash takes a bracket's meaning
_NAME = re.compile(rb"/([^\s/<>()\[\]{}%]*)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_ENDS_WITHIN = 2048  # bytes before the end

_SCRIPTS = {
    *(b"JavaScript", b"JS", b"Launch", b"GoToE", b"GoToR", b"GoTo3DView", b"ImportData", b"SubmitForm"),
    *(b"Rendition", b"RichMediaExecute"),
}
_OTHERS = {b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment", b"RichMedia", b"Movie", b"Sound", b"Screen", b"3D"}
_PACKERS = {b"LZWDecode", b"RunLengthDecode", b"ASCIIHexDecode", b"ASCII85Decode", b"Crypt", b"Predictor"}
# So long that they do not come about by chance in the data of a picture.
_ANYWHERE = re.compile(
    rb"/(JavaScript|SubmitForm|ImportData|Rendition|EmbeddedFile|RichMedia|FileAttachment)|/S\s*/(Launch)(?!\w)"
)


def check_pdf(content: bytes) -> None:
    """Raises Unfit."""
    if not content.startswith(b"%PDF-"):
        raise Unfit("The content of this file is not of its type.")
    names = {name for part in _parts(content) for name in _names(part)}
    if b"Encrypt" in names:
        raise Unfit("The PDF has a password: save it without one.")
    if b"Page" not in names or b"%%EOF" not in content[-_ENDS_WITHIN:]:
        raise Unfit("The PDF is damaged: save it again.")
    names |= {name for found in _ANYWHERE.findall(_unescaped(content)) for name in found}
    if names & _SCRIPTS:
        raise Unfit("The PDF contains a script or starts a program.")
    if names & _OTHERS:
        raise Unfit("The PDF contains another file or a film.")
    if b"XFA" in names:
        raise Unfit("The PDF is a form with scripts: print it to a new PDF.")


def _parts(content: bytes) -> Iterator[bytes]:
    """The file without the data of its streams, and the objects in its object streams."""
    yield _STREAM.sub(b" ", content)
    room = MOST_UNPACKED
    for stream in _STREAM.finditer(content):
        described = content[content.rfind(b"obj", 0, stream.start()) : stream.start()]
        names = set(_names(described))
        if b"ObjStm" in names or {b"N", b"First"} <= names:
            objects = _unpacked(stream[1], names, room)
            room -= len(objects)
            yield objects


def _unpacked(data: bytes, names: set[bytes], room: int) -> bytes:
    if names & _PACKERS:
        raise Unfit("The PDF is packed in an unusual way: print it to a new PDF.")
    if b"FlateDecode" not in names and b"Fl" not in names:
        return data
    packed = zlib.decompressobj()
    try:
        objects = packed.decompress(data, max(room, 1))
    except zlib.error:
        raise Unfit("The PDF is damaged: save it again.") from None
    if packed.unconsumed_tail:
        raise Unfit("The PDF has too many parts to be checked.")
    if not packed.eof:
        raise Unfit("The PDF is damaged: save it again.")
    return objects


def _names(part: bytes) -> Iterator[bytes]:
    """The names, without those that only stand in a text, such as a link to `https://club.example/JS`."""
    for name in _NAME.findall(_without_texts(part)):
        yield _unescaped(name)


def _unescaped(part: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)


def _without_texts(part: bytes) -> bytes:
    """In one pass. A part with a text that does not end is judged with its texts. A bracket in a comment begins no text."""
    kept, start = [], 0
    while begin := _OUTSIDE.search(part, start):
        kept.append(part[start : begin.start()])
        end = _end_of_text(part, begin.end()) if begin[0] == b"(" else begin.end()
        if end is None:
            return part
        start = end
    return b" ".join([*kept, part[start:]])


def _end_of_text(part: bytes, start: int) -> int | None:
    depth = 1
    for bracket in _INSIDE.finditer(part, start):
        depth += {b"(": 1, b")": -1}.get(bracket[0], 0)
        if depth == 0:
            return bracket.end()
    return None
