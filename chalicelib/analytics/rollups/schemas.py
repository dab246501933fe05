from pydantic import Field

from chalicelib.platform import WorkView, narrowed


class RebuildView(WorkView):
    """A rebuild of the rollups of all companies. The rollups from before answer until a company's new ones are written."""

    rebuild_id: str
    definition: int = Field(description="Number of the definition that the rollups are built by.")


RebuildsQuery = narrowed(RebuildView, same=("state", "created_by"), day=("created_at",))
