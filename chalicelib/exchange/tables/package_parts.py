"""Parts of a workbook that is a ZIP package."""

import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

_BLOCK = 1024 * 1024
_OVERLAP = 4096
_MOST_PART = 16 * 1024 * 1024


def blocks(archive: zipfile.ZipFile, name: str, before: bytes) -> Iterator[bytes]:
    """The bytes of a part in blocks, each of which ends before such a tag."""
    rest = b""
    with archive.open(name) as part:
        while block := part.read(_BLOCK):
            block = rest + block
            end = block.rfind(before) if len(block) > _OVERLAP else -1
            if end > 0:
                yield block[:end]
                rest = block[end:]
            else:
                yield block
                rest = b""
    yield rest


def small_part(archive: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    """None where it is missing, too large or broken."""
    try:
        with archive.open(name) as part:
            content = part.read(_MOST_PART + 1)
        # Declarations of entities were refused before, and the process that reads workbooks has bounds of its own.
        return ElementTree.fromstring(content) if len(content) <= _MOST_PART else None  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return None


def linked_parts(archive: zipfile.ZipFile, book: str) -> dict[str, str]:
    """The names of parts by the ids under which the book links them. `book`: the end of its name in `xl`."""
    links = small_part(archive, f"xl/_rels/{book}.rels")
    targets = {each.get("Id", ""): each.get("Target", "") for each in links} if links is not None else {}
    parts = {key: text.lstrip("/") if text.startswith("/") else f"xl/{text}" for key, text in targets.items()}
    present = set(archive.namelist())
    return {key: part for key, part in parts.items() if part in present}
