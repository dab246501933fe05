from pydantic import Field

from chalicelib.platform import Section


class Retention(Section, name="retention"):
    horizon_days: int = Field(default=90, ge=14, le=365)
    at_risk_percent: int = Field(default=72, ge=1, le=99)
    lost_days: int = Field(default=365, ge=30, le=3650)
    big_client_percent: int = Field(default=10, ge=1, le=100)
    remind_days_before: int = Field(default=3, ge=0, le=30)
    remind_least_gap_days: int = Field(default=14, ge=7, le=365)
    hold_out_percent: int = Field(default=25, ge=5, le=50)
