from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.platform import Form, Identifier, ListPage, NameOf, Region, View, WorkView, narrowed


class ClientHandOverForm(Form):
    """The companies of a manager, and who gets them."""

    from_manager: Identifier = Field(description="A manager's id; `none`: the companies without a manager.")
    region: Region | None = Field(
        default=None,
        description="Only companies of this region. A company without one counts for the region of its INN and KPP.",
    )
    to_manager_id: Identifier | None = Field(
        default=None, description="One of the staff; null: the manager of each company's region."
    )
    reason: str = Field(min_length=3, max_length=500, description="Kept with the author.")


class HandOverListView(View):
    """Each company with its new manager, or the reason why it stayed, for download as CSV. The address works until `expires_at`."""

    url: str
    expires_at: datetime


class HandOverView(WorkView):
    """A hand-over of many companies."""

    hand_over_id: str
    from_manager: str | None = Field(description="A manager's id, or `none`; null: the companies of a file.")
    from_manager_name: Annotated[str | None, NameOf("from_manager")] = None
    region: str | None
    to_manager_id: str | None = Field(description="Null: the manager of each company's region, or of its row.")
    to_manager_name: Annotated[str | None, NameOf("to_manager_id")] = None
    reason: str = Field(description="Empty for a file.")
    handed_over: int = Field(description="Companies handed over so far.")
    changed: int = Field(description="Those that kept their manager, and have another region or distributor.")
    stayed: int = Field(description="Companies that have no manager of their region, or were changed meanwhile.")
    receiver_left: int = Field(description="Those of them whose new manager had left the staff who call companies.")
    companies: HandOverListView | None = Field(description="Null until it is done, and 90 days after.")


HandOversQuery = narrowed(
    HandOverView, same=("state", "from_manager", "to_manager_id", "created_by"), day=("created_at",)
)


class HandOverPage(ListPage[HandOverView]):
    items: list[HandOverView]
