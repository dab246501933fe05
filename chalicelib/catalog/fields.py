"""Field types of the catalogue for the forms of other rooms, apart from its schemas, which are many."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.platform import ONE_LINE

Warehouse = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$", examples=["MSK-1"])]
ContentType = Literal["image/jpeg", "image/png", "image/webp"]
Sku = Annotated[str, Field(min_length=1, max_length=64, pattern=ONE_LINE, examples=["PN-P"])]
