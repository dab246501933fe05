"""What other rooms' forms name of the catalogue; apart from its schemas, which are many."""

from typing import Annotated, Literal

from pydantic import Field

Warehouse = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$", examples=["MSK-1"])]
ContentType = Literal["image/jpeg", "image/png", "image/webp"]
