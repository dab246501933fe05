from pydantic import BaseModel, ConfigDict, Field

from chalicelib.platform.model import Written


class Form(Written):
    """Base of every body and query."""


class Shown(BaseModel):
    """Base of what is answered. Built at first use, like a form."""

    model_config = ConfigDict(defer_build=True)


class PageQuery(Form):
    """How every list is asked for."""

    limit: int = Field(default=25, ge=1, le=100, description="How many items at most.")
    cursor: str | None = Field(
        default=None, max_length=2048, description="`next_cursor` of the page before, to go on after it."
    )


class Text(Shown):
    """A page that is not JSON."""

    content: str
