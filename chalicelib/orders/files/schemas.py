from typing import Literal

from pydantic import Field

from chalicelib.orders.files.model import OrderFileKind
from chalicelib.platform import Form, View
from chalicelib.platform.fields import FileName
from chalicelib.platform.files.uploads import Upload

FileType = Literal[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
]


class SpecificationForm(Form):
    """A file of the buyer."""

    name: FileName
    content_type: FileType = Field(description="The media type of the file.", examples=["application/pdf"])


class DistributorFileForm(SpecificationForm):
    """A document of the distributor."""

    kind: Literal["invoice", "shipping_document"] = Field(description="The kind of the document.")


class OrderFileView(View):
    """A file of an order."""

    file_id: str = Field(description="The id of the file.")
    kind: OrderFileKind = Field(description="`specification`: of the buyer. The others: of the distributor.")
    name: str = Field(description="The name under which the file is saved.")
    content_type: FileType
    at: str = Field(description="The moment at which the upload began.")


class OrderFilesView(View):
    """The files of an order, the oldest first."""

    items: list[OrderFileView]


class OrderFileLinkView(OrderFileView):
    """A file with an address to download it from."""

    url: str = Field(description="Good for some minutes, without a token, as an attachment.")
    expires_at: str = Field(description="The end of the address.")


class OrderFileUploadView(View):
    """An upload to make. The file is shown after its confirmation."""

    file_id: str = Field(description="The id of the file.")
    upload: Upload
