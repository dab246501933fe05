"""Files that the API makes for one reader, behind an address that works for some minutes."""

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.files.tables import CONTENT_TYPES, Format
from chalicelib.platform.settings import settings

LINK_SECONDS = 300


class Link(NamedTuple):
    url: str
    expires_at: datetime


def put(name: str, content: bytes, kind: Format) -> None:
    """One call."""
    aws.s3().put_object(Bucket=settings().files_bucket, Key=name, Body=content, ContentType=CONTENT_TYPES[kind])


def link(context: Context, name: str, shown: str) -> Link:
    """No call. `shown`: the name under which the reader keeps the file."""
    where = {
        "Bucket": settings().files_bucket,
        "Key": name,
        "ResponseContentDisposition": f'attachment; filename="{shown}"',
    }
    url = aws.s3().generate_presigned_url("get_object", Params=where, ExpiresIn=LINK_SECONDS)
    return Link(url, context.now + timedelta(seconds=LINK_SECONDS))
