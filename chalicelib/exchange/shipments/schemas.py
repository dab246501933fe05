from typing import Literal

from pydantic import Base64Bytes, Field

from chalicelib.exchange.shipments.model import MOST_SHIPMENTS
from chalicelib.platform import Fault, Form, View


class ShipmentFileForm(Form):
    """A file as CSV, in any encoding, or as XLSX: a row for each shipment, or for each article of one.

    Columns: `order` and `document`, and where known `day`, `carrier`, `tracking_number`, `sku`, `quantity`. Headings may be Russian. A
    shipment without articles is all that is left of its order.
    """

    content: Base64Bytes = Field(
        min_length=1,
        max_length=1_400_000,
        description=f"The file in Base64: at most 1 MB, {MOST_SHIPMENTS} shipments.",
        examples=["b3JkZXI7ZG9jdW1lbnQ7Y2FycmllcgoyNjExMjAtN0szUVg7MTAyNDtEZWxvdnllIExpbmlpCg=="],
    )


class FileShipmentView(View):
    """The result of one shipment. `unchanged`: it was recorded before, so; `tracked`: but for carrier or tracking number, which it has now. `pointer` of an error names the column, with its line where it is not the first."""

    line: int = Field(description="Of its first row in the file.")
    order: str = Field(description="Its number, as the file has it.")
    document: str
    result: Literal["shipped", "tracked", "unchanged", "failed"]
    errors: list[Fault]


class ShipmentFileView(View):
    """The shipments of a file with their results."""

    items: list[FileShipmentView]
