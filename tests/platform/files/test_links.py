"""A link to a file is good for its seconds and for its file, and for nothing else."""

import time
import uuid
from types import SimpleNamespace

import pytest
import requests

from chalicelib.platform import aws
from chalicelib.platform.files import uploads
from infra.local.cloud import Cloud


@pytest.fixture
def link_for(bare_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a file in the bucket of a local cloud, which enforces what a link says as S3 does."""
    client = bare_cloud.client("s3")
    monkeypatch.setattr(aws, "s3", lambda: client)
    bucket = f"files-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=bucket)
    monkeypatch.setattr(uploads, "settings", lambda: SimpleNamespace(files_bucket=bucket))
    name = "statements/cmp_1/1.csv"
    uploads.put(name, b"A-1;100.00", "text/csv; charset=utf-8")
    return name


def test_a_link_opens_the_file_and_is_refused_after_its_seconds(link_for: str) -> None:
    link = uploads.link(link_for, saved_as="акт.csv", content_type="text/csv", seconds=20)
    found = requests.get(link, timeout=10)
    assert (found.status_code, found.content) == (200, b"A-1;100.00")
    assert found.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%B0")
    short = uploads.link(link_for, seconds=1)
    time.sleep(2.1)
    assert requests.get(short, timeout=10).status_code == 403
    assert "expired" in requests.get(short, timeout=10).text


def test_a_link_cannot_be_made_to_last_or_to_open_another_file(link_for: str) -> None:
    link = uploads.link(link_for, seconds=20)
    assert requests.get(link.replace("Expires=20", "Expires=9999"), timeout=10).status_code == 403
    uploads.put(f"{link_for}2", b"another company's", "text/csv")
    assert requests.get(link.replace(link_for, f"{link_for}2"), timeout=10).status_code == 403
