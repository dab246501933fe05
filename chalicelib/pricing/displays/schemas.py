"""Proofs of a display deal, as they are sent, checked and shown."""

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.catalog import ContentType
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.uploads import Upload

DisplayState = Literal["uploading", "waiting", "approved", "rejected"]


class DisplayForm(Form):
    """Where the goods are displayed, and what kind of file the photo is."""

    shop_address: str = Field(min_length=5, max_length=500, examples=["Moscow, Lesnaya 7, shop “Luch”"])
    content_type: ContentType


class DisplayUpload(Shown):
    """Where to send the photo: a form post with these fields, and the file in the field `file`. Then confirm it."""

    proof_id: str
    upload: Upload


class RejectDisplayForm(Form):
    reason: str = Field(min_length=1, max_length=1000, description="What the company reads.")


class DisplayedPromotion(Shown):
    model_config = ConfigDict(serialize_by_alias=True)

    promotion_id: str
    name: str = Field(description="In the reader's language.")
    last: date = Field(serialization_alias="to", description="Its last day.")


class DisplayProof(Shown):
    """A photo of goods on display, and what was said of it."""

    proof_id: str
    promotion: DisplayedPromotion
    shop_address: str
    state: DisplayState = Field(
        description="uploading: the photo has not been confirmed; waiting: for a manager's word."
    )
    reason: str | None = Field(description="Why it was rejected.")
    sent_at: str | None
    decided_at: str | None


class DisplayProofPage(Shown):
    """Newest first."""

    items: list[DisplayProof]
    next_cursor: str | None


class Photo(Shown):
    """An address that shows the photo for a while."""

    url: str
    expires_at: datetime


class StaffDisplayProof(DisplayProof):
    """The same as a manager sees it."""

    company_id: str
    company_name: str
    inn: str = Field(
        description="Approved, the deal holds for all companies of this INN. Empty: for this company only."
    )
    sent_by: str
    decided_by: str | None
    photo: Photo | None = Field(description="Null while it has not been confirmed.")


class StaffDisplayProofPage(Shown):
    """Who waits longest comes first; of one company, newest first."""

    items: list[StaffDisplayProof]
    next_cursor: str | None
