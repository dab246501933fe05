"""The format of a file, told by its first bytes: a name says nothing."""

import re
from collections.abc import Iterable
from typing import Literal

Format = Literal["text", "zip", "ole", "html", "xml_spreadsheet"]

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"MOXCEL", "mxl"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM\x00", "picture"),
    (b"SQLite format 3", "database"),
    (b"PAR1", "parquet"),
    (b"ID;P", "sylk"),
    (b"MIME-Version:", "mhtml"),
)
_XML = re.compile(rb"\s*(?:<\?xml|<!--|<[A-Za-z!])", re.IGNORECASE)
_HTML = re.compile(rb"<(?:html|table|meta|style|body|head)\b", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:\[\s*[\[{\"]|\{\s*\")")
_DBF = frozenset({0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5})


def format_of(head: bytes) -> Format | str:
    """A format that is read, or the kind of a file that is not: a key of the reasons in answers/reasons."""
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(b"PK"):
        return "empty_archive"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", errors="replace").encode()
    if _XML.match(text):
        return _of_markup(text)
    if _JSON.match(text):
        return "json"
    if len(head) > 32 and head[0] in _DBF and 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and b"\0" in head[:32]:
        return "dbf"
    return "text"


def _of_markup(text: bytes) -> Format | str:
    if b"microsoft-com:office:spreadsheet" in text and b"<Workbook" in text:
        return "xml_spreadsheet"
    if _HTML.search(text):
        return "html"
    if "КоммерческаяИнформация".encode() in text or "КоммерческаяИнформация".encode("cp1251") in text:
        return "commerceml"
    return "xml"


# Streams of compound files, the telling ones first.
_STREAMS = {
    name.encode("utf-16-le"): kind
    for name, kind in (
        ("EncryptedPackage", "protected"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("WordDocument", "word"),
    )
}
_LONGEST_STREAM = max(map(len, _STREAMS))


def ole_kind(blocks: Iterable[bytes]) -> str:
    """The document in a compound file, which comes in blocks: `xls`, `protected`, `word` or `binary`."""
    found: set[str] = set()
    rest = b""
    for block in blocks:
        rest += block
        found.update(kind for name, kind in _STREAMS.items() if kind not in found and name in rest)
        rest = rest[-_LONGEST_STREAM:]
    return next((kind for kind in _STREAMS.values() if kind in found), "binary")
