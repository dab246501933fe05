"""Files that the API makes for one reader, behind an address that works for some minutes."""

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.platform.context import Context
from chalicelib.platform.files import uploads
from chalicelib.platform.files.tables import CONTENT_TYPES, Format

LINK_SECONDS = 300


class Link(NamedTuple):
    url: str
    expires_at: datetime


def publish(context: Context, name: str, content: bytes, kind: Format, *, saved_as: str) -> Link:
    """Writes the file under the name. `saved_as`: the name under which the reader keeps it. One call."""
    uploads.put(name, content, CONTENT_TYPES[kind])
    url = uploads.link(name, saved_as=saved_as, content_type=CONTENT_TYPES[kind], seconds=LINK_SECONDS)
    return Link(url, context.now + timedelta(seconds=LINK_SECONDS))
