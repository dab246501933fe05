from datetime import datetime
from typing import Literal

from pydantic import Field

from chalicelib.platform.fields import shape
from chalicelib.platform.http.forms import Form, View


class ListFileForm(Form):
    """A list and the kind of file."""

    list: str = Field(
        pattern=shape(r"^/v1/[^\x00-\x20\x7f]*$", "An address of a list begins with /v1/."),
        max_length=2000,
        description="The address of the list with its filters, as one reads it by `GET`. `limit` and `cursor` do not count.",
        examples=["/v1/staff/promotions?state=draft"],
    )
    format: Literal["csv", "xlsx"] = Field(default="xlsx", description="The kind of file.")


class ListFileView(View):
    """A list as a file. The address works until `expires_at`."""

    url: str
    expires_at: datetime
    bytes: int
    row_count: int
