"""Steps of marketing and of readers, over HTTP."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest

from chalicelib.market_reports.contents.model import FileType
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.market_reports.contents.samples import PDF, pdf
from tests.support import partners
from tests.support.api import Answer, Api, Caller

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")
REPORTS = "/v1/staff/reports"
FORM = {
    "title": "Street lighting",
    "title_ru": "Уличное освещение",
    "segment": "street lighting",
    "summary": "Prices fell.",
    "summary_ru": "Цены упали.",
    "body": "# Prices",
    "body_ru": "# Цены",
}
_keys = count()


class Marketing:
    """Marketing at work on reports, and the clock of the API."""

    def __init__(self, api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        self.api, self.context, self._monkeypatch = api, context, monkeypatch
        partners.staff(context, "mbr_marketing", "marketing")

    def later(self, **delta: float) -> Context:
        """The API's moment from now on."""
        self.context = replace(self.context, now=self.context.now + timedelta(**delta))
        self._monkeypatch.setattr(respond, "context_now", lambda: replace(self.context))
        return self.context

    def moment(self, **delta: float) -> str:
        return (self.context.now + timedelta(**delta)).isoformat()

    def call(self, method: str, path: str = "", body: Any = None, revision: int = 0) -> Answer:
        headers = {"if-match": f'"{revision}"'} if method == "PUT" else {}
        key = f"key-{next(_keys)}" if (method, path) == ("POST", "") else None
        return self.api.call(method, f"{REPORTS}{path}", MARKETING, body, key=key, headers=headers)

    def done(self, method: str, path: str = "", body: Any = None, revision: int = 0) -> Any:
        answer = self.call(method, path, body, revision)
        assert answer.status < 300, answer.text
        return answer.json if answer.text else None

    def drafted(self, **changes: Any) -> str:
        return str(self.done("POST", "", FORM | changes)["report_id"])

    def published(self, **changes: Any) -> str:
        report_id = self.drafted(**changes)
        self.publish(report_id)
        return report_id

    def publish(self, report_id: str, **form: Any) -> Any:
        return self.done("POST", f"/{report_id}/publish", form)

    def corrected(self, report_id: str, **changes: Any) -> Any:
        """A draft of the next version, or the draft as it is now."""
        answer = self.call("GET", f"/{report_id}")
        return self.done("PUT", f"/{report_id}", FORM | changes, int(answer.headers["etag"].strip('"')))

    def started(self, report_id: str, **form: Any) -> Any:
        known = {"name": "prices.pdf", "content_type": PDF}
        return self.done("POST", f"/{report_id}/files", known | form)

    def uploaded(
        self, report_id: str, content: bytes, content_type: FileType = PDF, name: str = "prices.pdf"
    ) -> Answer:
        """The answer to the confirmation of an upload."""
        made = self.started(report_id, name=name, content_type=content_type)
        boto3.client("s3").put_object(Bucket="club-files", Key=made["upload"]["fields"]["key"], Body=content)
        return self.call("POST", f"/{report_id}/files/{made['file_id']}/confirm")

    def with_file(self, report_id: str, content: bytes | None = None, **form: Any) -> str:
        answer = self.uploaded(report_id, content or pdf(), **form)
        assert answer.status == 200, answer.text
        return str(answer.json["file_id"])
