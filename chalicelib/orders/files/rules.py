"""Kinds, types and changes of an order's files. Pure."""

from dataclasses import replace

from chalicelib.orders.files.model import OrderFile, OrderFileKind, OrderFiles, Side

# By content type: the ending of a name, and the bytes with which such a file begins. Nothing that a browser would run is among them.
TYPES: dict[str, tuple[str, bytes]] = {
    "application/pdf": (".pdf", b"%PDF-"),
    "image/jpeg": (".jpg", b"\xff\xd8\xff"),
    "image/png": (".png", b"\x89PNG\r\n\x1a\n"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx", b"PK\x03\x04"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx", b"PK\x03\x04"),
}
LONGEST_BEGINNING = max(len(begins) for _, begins in TYPES.values())
_KINDS: dict[Side, set[OrderFileKind]] = {
    "company": {OrderFileKind.SPECIFICATION},
    "distributor": {OrderFileKind.INVOICE, OrderFileKind.SHIPPING_DOCUMENT},
}


class TooManyFiles(Exception):
    """The order has the most files allowed."""


def kinds_of(side: Side) -> list[OrderFileKind]:
    """The kinds that this side attaches."""
    return sorted(_KINDS[side])


def is_what_it_says(content_type: str, beginning: bytes) -> bool:
    """Whether a file that begins so is of this type."""
    return beginning.startswith(TYPES[content_type][1])


def download_name(file: OrderFile) -> str:
    """The name with the ending of its type: `invoice.exe` that was sent as a PDF is saved as `invoice.exe.pdf`."""
    ending = TYPES[file.content_type][0]
    others = {".jpg": (".jpg", ".jpeg")}.get(ending, (ending,))
    return file.name if file.name.lower().endswith(others) else file.name + ending


def find(files: OrderFiles, file_id: str) -> OrderFile | None:
    return next((each for each in files.files if each.file_id == file_id), None)


def arrived(files: OrderFiles) -> list[OrderFile]:
    """The files that were uploaded and confirmed."""
    return [each for each in files.files if each.object]


def add(files: OrderFiles, file: OrderFile, *, abandoned_before: str, most: int) -> OrderFiles:
    """With one more file. Uploads that began before the stamp `abandoned_before` and never arrived make room."""
    kept = tuple(each for each in files.files if each.object or each.at >= abandoned_before)
    if len(kept) >= most:
        raise TooManyFiles
    return OrderFiles((*kept, file), files.version + 1)


def arrive(files: OrderFiles, file_id: str, name: str) -> OrderFiles:
    """The file lies in the bucket under this name."""
    changed = tuple(replace(each, object=name) if each.file_id == file_id else each for each in files.files)
    return OrderFiles(changed, files.version + 1)


def remove(files: OrderFiles, file_id: str) -> OrderFiles:
    return OrderFiles(tuple(each for each in files.files if each.file_id != file_id), files.version + 1)
