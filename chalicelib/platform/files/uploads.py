"""Files that a browser posts to the bucket, with a signed form that fixes name, content type and largest size, or gets from it by a signed address."""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http.forms import View
from chalicelib.platform.settings import settings


class Upload(View):
    """Address and fields of a form post (multipart/form-data); `file` is its last field."""

    method: Literal["POST"] = "POST"
    url: str
    fields: dict[str, str]
    expires_at: datetime
    most_bytes: int


def start(context: Context, name: str, content_type: str, *, most_bytes: int, minutes: int) -> Upload:
    """The form for a file that will have this name in the bucket. No call."""
    made = aws.s3().generate_presigned_post(
        settings().files_bucket,
        name,
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, most_bytes]],
        ExpiresIn=minutes * 60,
    )
    expires_at = context.now + timedelta(minutes=minutes)
    return Upload(url=made["url"], fields=made["fields"], expires_at=expires_at, most_bytes=most_bytes)


def keep(name: str, place: str) -> str | None:
    """Copies a file that has arrived out of reach of its signed form, which takes other files until it expires.

    Returns the copy's name: `place`, and a mark of what is in the file. None if nothing has arrived. Two calls.
    """
    bucket = settings().files_bucket
    if (found := mark(name)) is None:
        return None
    copy = f"{place}/{found}"
    try:
        aws.s3().copy_object(
            Bucket=bucket, Key=copy, CopySource={"Bucket": bucket, "Key": name}, CopySourceIfMatch=found
        )
    except ClientError as error:
        if is_missing(error, 412):  # another file came this very moment
            return None
        raise
    return copy


def beginning(name: str, most: int) -> bytes:
    """The first bytes of a file. One call."""
    answer = aws.s3().get_object(Bucket=settings().files_bucket, Key=name, Range=f"bytes=0-{most - 1}")
    return answer["Body"].read()


def content(name: str, most: int) -> bytes | None:
    """The whole file; of one that is longer than `most`, a byte more than that. None if nothing has arrived. One call."""
    try:
        answer = aws.s3().get_object(Bucket=settings().files_bucket, Key=name, Range=f"bytes=0-{most}")
    except ClientError as error:
        if is_missing(error):
            return None
        if is_missing(error, 416):  # an empty file has no bytes to ask for
            return b""
        raise
    return answer["Body"].read()


def put(name: str, content: bytes, content_type: str) -> None:
    """Writes a file under this name. One call."""
    aws.s3().put_object(Bucket=settings().files_bucket, Key=name, Body=content, ContentType=content_type)


def link(name: str, *, seconds: int, saved_as: str = "", content_type: str = "") -> str:
    """An address that is good for so many seconds, without a token. No call.

    `saved_as`: the browser saves the file under this name and shows nothing of it. `content_type`: as the file has it by default.
    """
    where = {"Bucket": settings().files_bucket, "Key": name}
    if saved_as:
        where["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(saved_as, safe='')}"
    if content_type:
        where["ResponseContentType"] = content_type
    return aws.s3().generate_presigned_url("get_object", Params=where, ExpiresIn=seconds)


def mark(name: str) -> str | None:
    """A mark of what is in the file. None while nothing has arrived. One call."""
    try:
        return aws.s3().head_object(Bucket=settings().files_bucket, Key=name)["ETag"].strip('"')
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def is_missing(error: ClientError, *others: int) -> bool:
    """Whether the file is not there, or the status is one of the others. Without the right to list the bucket, what is not there is forbidden."""
    return error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404, *others)
