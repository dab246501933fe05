"""Judgement of a workbook, by the types and relationships that its parts declare (ECMA-376, part 2), not by the parts' names, and by its formulas.

A formula that asks another program or a web address is refused: the reader's program may ask without a click.
"""

import io
import re
import struct
import zipfile
import zlib
from html import unescape
from xml.etree import ElementTree

from chalicelib.market_reports.contents.model import LINK, Unfit

MOST_PARTS = 5_000
MOST_UNPACKED = 300_000_000  # bytes, by the archive's own list
MOST_DECLARED = 5_000_000  # bytes of one list of types or relationships
_ACTIVE = (
    "macro",
    "vba",
    "activex",
    "control",
    "customui",
    "oleobject",
    "externallink",
    "connections",
    "webextension",
    "querytable",
    "dialogsheet",
    "webimage",
    "attachedtoolbars",
    "embeddings/",
)
_NEVER = (b"<!DOCTYPE", b"<!ENTITY", b"\0")  # the last one: in UTF-16 the others would look different
# By what part of it is torn: the archive's list, a packed part, or a text.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, RuntimeError, LookupError, ValueError, OSError, EOFError),
    *(struct.error, OverflowError),
)
_CHUNK, _OVERLAP = 1_000_000, 20_000  # bytes of a part that are looked at together; a formula has 8,192 characters
_FORMULA = re.compile(
    rb"<(?:\w+:)?(?:f|formula[12]?|definedName|calculatedColumnFormula)(?:\s[^>]*)?>([^<]*)(<!)?"
)  # and what hides its rest
_TEXTS = re.compile(r"\"[^\"]*\"|'[^']*'")  # in a formula: texts, and names of sheets
_ASKS = re.compile(
    r"(?<![A-Z0-9_])(WEBSERVICE|IMAGE|RTD|DDE|CALL|REGISTER|REGISTER\.ID|EXEC|SQL\.REQUEST|PY|COPILOT|STOCKHISTORY|TRANSLATE|DETECTLANGUAGE"
    r"|IMPORT(?:XML|DATA|HTML|FEED|RANGE))\s*\(|\|",
    re.I,
)
_LINKS = re.compile(r"\bHYPERLINK\s*\(\s*\"([^\"]+)\"", re.I)
_TYPES, _WORKBOOK = "[Content_Types].xml", "spreadsheetml.sheet.main+xml"


def check_workbook(content: bytes) -> None:
    """Raises Unfit."""
    if not content.startswith(b"PK\x03\x04"):
        raise Unfit("The content of this file is not of its type.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    except _DAMAGE:
        raise _damaged() from None


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unfit("The workbook is too large when it is unpacked.")
    if len({part.filename.lower() for part in parts}) < len(parts):  # programs read one or the other
        raise _damaged()
    if any(_is_active(part.filename) for part in parts):
        raise Unfit("The workbook contains macros, controls or objects of other programs.")
    declared = [each.get("ContentType", "") for each in _read(archive, _TYPES)]
    if not any(each.endswith(_WORKBOOK) or "macro" in each.lower() for each in declared):
        raise Unfit("The content of this file is not of its type.")
    for part in parts:
        if part.filename.lower().endswith(".rels"):
            declared += [_relation(each) for each in _read(archive, part.filename)]
    if any(_is_active(each) for each in declared):
        raise Unfit("The workbook contains macros, controls or objects of other programs.")
    for part in parts:
        _check_formulas(archive, part.filename)


def _check_formulas(archive: zipfile.ZipFile, name: str) -> None:
    """Raises Unfit for a formula that asks outside the workbook. Parts that are no XML have none."""
    with archive.open(name) as part:
        text = part.read(_CHUNK)
        if not text.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            if text.startswith((b"\xff\xfe", b"\xfe\xff")):  # XML in UTF-16
                raise _damaged()
            return
        while text:
            if any(each in text for each in _NEVER):
                raise _damaged()
            for formula, hides in _FORMULA.findall(text):
                plain = unescape(formula.decode("utf-8", "replace"))
                if hides or _ASKS.search(_TEXTS.sub("", plain)) or not all(map(LINK.match, _LINKS.findall(plain))):
                    raise Unfit("A formula of the workbook asks another program or a web address.")
            more = part.read(_CHUNK)
            text = text[-_OVERLAP:] + more if more else b""


def _relation(each: ElementTree.Element) -> str:
    """The kind of a relationship. One that leads out of the workbook is a link to click, or a link that the program follows by itself.

    A package is a document of another program in the workbook.
    """
    kind = each.get("Type", "").rpartition("/")[2]
    if kind == "package":
        return "oleObject"
    leads_out = each.get("TargetMode") == "External"
    return "externalLink" if leads_out and not (kind == "hyperlink" and LINK.match(each.get("Target", ""))) else kind


def _is_active(name: str) -> bool:
    return any(each in name.lower() for each in _ACTIVE)


def _read(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A list of types or relationships."""
    with archive.open(name) as part:
        content = part.read(MOST_DECLARED + 1)
    if len(content) > MOST_DECLARED or any(each in content for each in _NEVER):
        raise _damaged()
    return ElementTree.fromstring(content)  # noqa: S314  # without a document type there are no entities


def _damaged() -> Unfit:
    return Unfit("The workbook is damaged: save it again.")
