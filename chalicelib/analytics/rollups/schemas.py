"""Views of a rebuild."""

from typing import Literal

from pydantic import Field

from chalicelib.platform.http.forms import View


class RebuildProgressView(View):
    companies_done: int
    companies_found: int = Field(description="Companies found so far; all of them once `parts_total` is known.")
    parts_done: int
    parts_total: int | None = Field(description="Null while companies are still being found.")


class RebuildView(View):
    """A rebuild of the rollups of all companies. The rollups from before answer until a company's new ones are written."""

    rebuild_id: str
    definition: int = Field(description="Number of the definition that the rollups are built by.")
    state: Literal["running", "done"]
    stalled: bool = Field(description="No progress for an hour: the operators should look.")
    created_at: str
    created_by: str
    finished_at: str | None
    progress: RebuildProgressView
