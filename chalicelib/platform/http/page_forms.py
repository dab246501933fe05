"""Bodies that the form of a page, or a mail program, sends."""

from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl


def form_fields(content_type: str, raw: bytes) -> dict[str, Any]:
    """The fields of a page's form: a text each, a list where a name comes more than once. Files are not taken."""
    found: dict[str, Any] = {}
    for name, value in _pairs(content_type, raw):
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found


def _pairs(content_type: str, raw: bytes) -> list[tuple[str, str]]:
    if not content_type.lower().startswith("multipart/"):
        return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw, policy=HTTP)
    fields = []
    for part in message.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields.append((name, content.decode("utf-8", "replace")))
    return fields
