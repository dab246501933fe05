"""Configuration of webhooks."""

from typing import Annotated

from pydantic import Field

from chalicelib.platform import Section


class Webhooks(Section, name="webhooks"):
    """Messages to distributors' systems. `pauses_seconds`: after each try that failed, until the next; after the last one it is given up.

    `private_networks`: whether an endpoint may lie in a private network, and be called without encryption.
    """

    private_networks: bool = False
    connect_seconds: int = Field(default=5, ge=1, le=10)
    answer_seconds: int = Field(default=15, ge=1, le=20)  # with the rest of an attempt below the function's time limit
    pauses_seconds: list[Annotated[int, Field(ge=1, le=86400)]] = Field(
        default=[5, 300, 1800, 7200, 18000, 36000, 36000], min_length=1, max_length=20
    )
    secret_overlap_hours: int = Field(default=24, ge=0, le=168)
    keep_days: int = Field(default=30, ge=7, le=366)
