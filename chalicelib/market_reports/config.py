from pydantic import Field

from chalicelib.platform import Section


class MarketReports(Section, name="market_reports"):
    """The size and the number of a report's files, and the minutes in which an upload, and a download, begin.

    `visit_minutes`: a reader who comes back after so long visits again. `log_days`: how long each reading is kept.
    """

    most_bytes: int = Field(default=20_971_520, ge=1, le=52_428_800)  # a file is checked in the memory of one function
    files_per_report: int = Field(default=20, ge=1, le=50)
    upload_minutes: int = Field(default=15, ge=1, le=60)
    link_minutes: int = Field(default=5, ge=1, le=15)
    downloads_per_member_per_day: int = Field(default=200, ge=1)
    visit_minutes: int = Field(default=30, ge=1, le=1440)
    log_days: int = Field(default=1095, ge=30, le=3650)
