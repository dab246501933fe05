from pydantic import Field, model_validator

from chalicelib.platform import Section


class ResponseTimes(Section, name="orders"):
    """Working days until the distributor is reminded of an open question, and until the head of sales gets a letter."""

    remind_after: int = Field(default=1, ge=1, le=60)
    escalate_after: int = Field(default=2, ge=1, le=60)

    @model_validator(mode="after")
    def _reminds_first(self) -> "ResponseTimes":
        if self.escalate_after <= self.remind_after:
            raise ValueError("the head of sales hears of it before the distributor was reminded")
        return self
