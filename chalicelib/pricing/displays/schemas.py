from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.catalog import ContentType
from chalicelib.platform import CursorPage, Form, ListPage, NameOf, View, narrowed
from chalicelib.platform.files.uploads import Upload

DisplayState = Literal["uploading", "waiting", "approved", "rejected"]


class DisplayProofForm(Form):
    """The shop that displays the goods, and the file type of the photo."""

    shop_address: str = Field(min_length=5, max_length=500, examples=["Moscow, Lesnaya 7, shop “Luch”"])
    content_type: ContentType


class DisplayUploadView(View):
    """The address for the photo. Post a form with these fields and the file in the field `file`, then confirm the proof."""

    proof_id: str
    upload: Upload


class DisplayRejectionForm(Form):
    reason: str = Field(min_length=1, max_length=1000, description="The reason, which the company reads.")


class DisplayedPromotionView(View):
    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str = Field(description="In the reader's language.")
    last: date = Field(serialization_alias="to", description="Its last day.")


class DisplayProofView(View):
    """A photo of displayed goods with its state."""

    proof_id: str
    promotion: DisplayedPromotionView
    shop_address: str
    state: DisplayState = Field(
        description="uploading, until the photo is confirmed; waiting, for a manager's decision; approved; rejected."
    )
    reason: str | None = Field(description="The reason of a rejection.")
    sent_at: str | None
    decided_at: str | None


class DisplayProofPage(CursorPage[DisplayProofView]):
    """Newest first."""


class DisplayPhotoView(View):
    """An address of the photo that works until `expires_at`."""

    url: str
    expires_at: datetime


class StaffDisplayProofView(DisplayProofView):
    """A photo of displayed goods as a manager sees it."""

    company_id: str
    company_name: str
    inn: str = Field(
        description="The INN whose companies all have the deal once it is approved; empty for this company only."
    )
    sent_by: str
    sent_by_name: Annotated[str | None, NameOf("sent_by")] = None
    decided_by: str | None
    decided_by_name: Annotated[str | None, NameOf("decided_by")] = None
    photo: DisplayPhotoView | None = Field(description="Null until the photo is confirmed.")


DisplayProofsQuery = narrowed(StaffDisplayProofView, same=("state", "company_id"), day=("sent_at",))


class StaffDisplayProofPage(ListPage[StaffDisplayProofView]):
    """Waiting photos oldest first; a company's photos newest first."""
