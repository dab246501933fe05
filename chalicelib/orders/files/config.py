from pydantic import Field

from chalicelib.platform import Section


class OrderFileLimits(Section, name="order_files"):
    """The size of a file, the files of an order, and the minutes in which an upload, and a download, begin."""

    most_bytes: int = Field(default=10_485_760, ge=1)
    per_order: int = Field(default=30, ge=1, le=100)
    upload_minutes: int = Field(default=15, ge=1, le=60)
    link_minutes: int = Field(default=5, ge=1, le=60)
    starts_per_order_per_day: int = Field(default=60, ge=1)
