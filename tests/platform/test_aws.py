"""The clients, as AWS in any region takes their requests."""

import ast
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from chalicelib.platform import aws
from infra.build import ROOT


@pytest.fixture
def region(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", request.param)
    aws.forget_clients()
    yield request.param
    aws.forget_clients()


@pytest.mark.parametrize("region", ["eu-central-1", "me-central-1", "ap-southeast-7"], indirect=True)
def test_a_signed_address_names_the_bucket_in_its_own_region(region: str) -> None:
    """The global host sends a new bucket's caller elsewhere with a 307, where the signature does not match; newer regions answer 400."""
    where = {"Bucket": "club-files", "Key": "imports/1/upload"}
    download = aws.s3().generate_presigned_url("get_object", Params=where)
    upload = aws.s3().generate_presigned_post(where["Bucket"], where["Key"])
    assert {urlsplit(each).hostname for each in (download, upload["url"])} == {f"club-files.s3.{region}.amazonaws.com"}
    assert f"%2F{region}%2Fs3%2Faws4_request" in download
    assert f"/{region}/s3/aws4_request" in upload["fields"]["x-amz-credential"]


def test_every_client_is_made_in_one_place() -> None:
    """So whoever signs an address does it with the client above."""
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "chalicelib").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("boto3.client", "boto3.resource", "boto3.Session")
    }
    assert makers == {"chalicelib/platform/aws.py"}
