"""Archives: workbooks are ZIP files, and a ZIP file may hold one or several tables."""

import struct
import zipfile
import zlib
from os import SEEK_END
from pathlib import Path
from typing import IO

from chalicelib.exchange.tables.model import (
    MOST_ENTRIES,
    MOST_MEMBERS,
    MOST_UNPACKED,
    MOST_WORKBOOK_UNPACKED,
    Unreadable,
)

_BLOCK = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")


def kind_of_archive(path: Path) -> str:
    """`xlsx`, `xlsb`, `ods`, `zip`, or the kind of a document that holds no table. Raises Unreadable."""
    _check_entries(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower().replace("\\", "/") for name in archive.namelist()}
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise Unreadable("not_a_table", kind="protected")
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    kind = part.read(200).decode("ascii", "replace")
                if "opendocument.spreadsheet" not in kind:
                    return "document" if "opendocument" in kind else "zip"
                if _is_encrypted(archive):
                    raise Unreadable("not_a_table", kind="protected")
                return "ods"
    except _BROKEN:
        raise Unreadable("archive_broken") from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "document" if any(name.startswith(("word/", "ppt/", "index/")) for name in names) else "zip"


_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_SHORTEST_ENTRY = 46  # bytes
_MOST_COMMENT = 2**16


def _check_entries(path: Path) -> None:
    """Refuses an archive by the end of its list of files, before the list takes memory. Raises Unreadable."""
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        first = file.seek(max(0, size - _MOST_COMMENT - _END.size - _END64_PLACE.size))
        tail = file.read()
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) < at + _END.size:
            return  # the library says what is wrong
        *_, entries, length, _, _ = _END.unpack_from(tail, at)
        place = at - _END64_PLACE.size
        if place >= 0 and tail.startswith(b"PK\6\7", place) and first + place >= _END64.size:
            file.seek(first + place - _END64.size)
            *_, entries, length, _ = _END64.unpack(file.read(_END64.size))
    most = max(entries, length // (2 * _SHORTEST_ENTRY))  # the number may lie, the length cannot
    if most > MOST_ENTRIES:
        raise Unreadable("archive_members", count=most, most=MOST_ENTRIES)


def check_workbook(path: Path) -> None:
    """Unpacks every part once and keeps nothing, so that no part is larger than it says. Raises Unreadable."""
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    head = b""
                    while block := part.read(_BLOCK):
                        total += len(block)
                        if total > MOST_WORKBOOK_UNPACKED:
                            raise Unreadable("workbook_unpacked", most=MOST_WORKBOOK_UNPACKED // 2**20)
                        if not head:
                            head = block[:65536]
                            if any(mark in head for mark in _ENTITIES) and entry.filename.endswith((".xml", ".rels")):
                                raise Unreadable("entities", part=entry.filename[:100])
    except _BROKEN:
        raise Unreadable("archive_broken") from None


def unpack(path: Path, folder: Path) -> list[tuple[str, Path]]:
    """The files of an archive with their names; those that systems add for themselves are left out. Raises Unreadable."""
    found: list[tuple[str, Path]] = []
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_foreign(entry.filename)]
            if not entries:
                raise Unreadable("archive_empty")
            if len(entries) > MOST_MEMBERS:
                raise Unreadable("archive_members", count=len(entries), most=MOST_MEMBERS)
            for number, entry in enumerate(entries):
                target = folder / f"member-{number:03d}"
                with archive.open(entry) as part, target.open("wb") as out:
                    total = _copy(part, out, total)
                found.append((_name(entry), target))
    except _BROKEN:
        raise Unreadable("archive_broken") from None
    return found


def _copy(part: IO[bytes], out: IO[bytes], total: int) -> int:
    while block := part.read(_BLOCK):
        total += len(block)
        if total > MOST_UNPACKED:
            raise Unreadable("archive_unpacked", most=MOST_UNPACKED // 2**20)
        out.write(block)
    return total


def _is_foreign(name: str) -> bool:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last.startswith(("~$", ".")) or last.lower() in ("thumbs.db", "desktop.ini")


def _name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        # Windows writes names in the old Russian encoding; zipfile reads them as that of the first PC.
        name = name.encode("cp437", "replace").decode("cp866", "replace")
    return name.replace("\\", "/").rsplit("/", 1)[-1][:200]


def _is_encrypted(archive: zipfile.ZipFile) -> bool:
    if "META-INF/manifest.xml" not in archive.namelist():
        return False
    with archive.open("META-INF/manifest.xml") as part:
        return b"encryption-data" in part.read(_BLOCK)
