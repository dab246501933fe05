"""Judgement of a PDF, object by object: compressed objects and escaped names are read as a reader's program reads them.

The source of the names is ISO 32000-1: 12.6.4 (action types), 12.5.6 (annotation types), 7.11.4 (embedded files), 12.7.8 (XFA forms).
"""

import io
from collections.abc import Iterator
from typing import Any

from chalicelib.market_reports.contents.model import Unfit

MOST_OBJECTS = 100_000
MOST_DEPTH = 100  # of values within one object
# A reader's program may look for objects that the file's own table does not name.
_ANYWHERE = (b"/JavaScript", b"/Launch")
_SCRIPTS = {"/JS", "/JavaScript"}
_ACTIONS = {
    "/GoToE",
    "/GoToR",
    "/ImportData",
    "/JavaScript",
    "/Launch",
    "/Movie",
    "/Rendition",
    "/Sound",
    "/SubmitForm",
    "/GoTo3DView",
    "/RichMediaExecute",
}
_PARTS = {"/3D", "/EmbeddedFile", "/FileAttachment", "/Movie", "/RichMedia", "/Screen", "/Sound"}


def check_pdf(content: bytes) -> None:
    """Raises Unfit."""
    if not content.startswith(b"%PDF-"):
        raise Unfit("The content of this file is not of its type.")
    if any(name in content for name in _ANYWHERE):
        raise Unfit("The PDF contains a script or starts a program.")
    try:
        _check_objects(content)
    except Unfit:
        raise
    except Exception:  # whatever pypdf finds wrong: a damaged file raises errors of many kinds
        raise Unfit("The PDF is damaged: save it again.") from None


def _check_objects(content: bytes) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Unfit("The PDF has a password: save it without one.")
    if not reader.pages:
        raise Unfit("The PDF has no pages.")
    for value in _values(reader):
        _check_value(value)


def _values(reader: Any) -> Iterator[Any]:
    """Every value of every object, those within others too. A reference leads to another object of the same file, so it is not followed."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise Unfit("The PDF has too many parts to be checked.")
    waiting = [(reader.trailer, 0)]
    waiting += [(reader.get_object(IndirectObject(*number, reader)), 0) for number in sorted(numbers) if number[0]]
    while waiting:
        value, depth = waiting.pop()
        if depth > MOST_DEPTH:
            raise Unfit("The PDF has too many parts to be checked.")
        yield value
        if isinstance(value, DictionaryObject):
            waiting += [(each, depth + 1) for each in value.values()]
        elif isinstance(value, ArrayObject):
            waiting += [(each, depth + 1) for each in value]


def _check_value(value: Any) -> None:
    from pypdf.generic import DictionaryObject, IndirectObject

    if not isinstance(value, DictionaryObject):
        return

    def named(key: str) -> Any:
        found = value.raw_get(key) if key in value else None
        return found.get_object() if isinstance(found, IndirectObject) else found

    if _SCRIPTS & value.keys() or named("/S") in _ACTIONS:
        raise Unfit("The PDF contains a script or starts a program.")
    if _PARTS & {named("/Type"), named("/Subtype")} or "/EmbeddedFiles" in value:
        raise Unfit("The PDF contains another file or a film.")
    if "/XFA" in value:
        raise Unfit("The PDF is a form with scripts: print it to a new PDF.")
