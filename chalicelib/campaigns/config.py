"""Configuration of campaigns."""

from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network

from pydantic import Field

from chalicelib.platform import Section


class Campaigns(Section, name="campaigns"):
    """`holdout_percent`: the share of companies that get no letters of campaigns. `holdout_salt` draws them; another one draws others."""

    holdout_percent: Decimal = Field(ge=0, le=50)
    holdout_salt: str = Field(min_length=1, max_length=40)


class Pacing(Section, name="campaigns.sending"):
    """`late_minutes`: a slot that began longer ago is missed, and its letters wait for the next one. `rate_percent`: of the mail service's rate.

    An issue pauses itself after `pause_letters` at this share of bounces, or of complaints.
    """

    late_minutes: int = Field(ge=15, le=240)
    rate_percent: int = Field(ge=1, le=100)
    pause_letters: int = Field(ge=1)
    pause_bounce_percent: Decimal = Field(gt=0, le=100)
    pause_complaint_percent: Decimal = Field(gt=0, le=100)


class Tracking(Section, name="campaigns.tracking"):
    """`scanner_networks`: those of programs that open the links of letters for their readers."""

    scanner_networks: list[IPv4Network | IPv6Network] = Field(default=[], max_length=500)


class Digests(Section, name="campaigns.digests"):
    """Questions with one tag in the last `days` are worth a letter from `least_questions` on."""

    days: int = Field(ge=1, le=90)
    least_questions: int = Field(ge=1, le=1000)


class Stages(Section, name="campaigns.stages"):
    """Life-cycle stages: see `segments.rules.stage_of`."""

    new_days: int = Field(ge=1, le=366)
    learning_purchases: int = Field(ge=1, le=50)
    at_risk_days: int = Field(ge=1, le=366)
    dormant_days: int = Field(ge=2, le=366)
