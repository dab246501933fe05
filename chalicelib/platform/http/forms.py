from pydantic import BaseModel, ConfigDict, Field

from chalicelib.platform.model import Written


class Form(Written):
    """Base of every body and query."""


class Shown(BaseModel):
    """Base of views. Built at first use, like a form."""

    model_config = ConfigDict(defer_build=True)


class PageQuery(Form):
    """The query of every list."""

    limit: int = Field(default=25, ge=1, le=100, description="The largest number of items on the page.")
    cursor: str | None = Field(default=None, max_length=2048, description="`next_cursor` of the previous page.")


class Text(Shown):
    """A page that is not JSON."""

    content: str
