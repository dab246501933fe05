"""Files of an order as records."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Side = Literal["company", "distributor"]  # whose people may attach and remove a file


class OrderFileKind(StrEnum):
    SPECIFICATION = "specification"  # of the buyer
    INVOICE = "invoice"  # of the distributor, as the next one
    SHIPPING_DOCUMENT = "shipping_document"


@dataclass(frozen=True, slots=True)
class OrderFile:
    """A file of an order. `object`: its name in the bucket; empty until the upload is confirmed. `member_id`: who attached it."""

    file_id: str
    kind: OrderFileKind
    name: str
    content_type: str
    member_id: str
    at: str
    object: str = ""


@dataclass(frozen=True, slots=True)
class OrderFiles:
    """The files of an order, the oldest first. Version 0: there were none so far."""

    files: tuple[OrderFile, ...] = ()
    version: int = 0
