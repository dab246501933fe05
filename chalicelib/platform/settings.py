"""What the deployment tells the code, through environment variables. Read once; no secret is among them."""

import os
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Settings:
    table_name: str
    files_bucket: str
    letters_queue_url: str
    imports_queue_url: str
    tiers_queue_url: str
    simulations_queue_url: str
    bestsellers_queue_url: str
    bonuses_queue_url: str
    demands_queue_url: str
    failed_events_queue_url: str
    webhooks_queue_url: str
    user_pool_id: str
    user_pool_client_id: str
    secret_arn: str
    mail_from: str
    mail_configuration_set: str
    portal_url: str
    stage: str


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Each function gets only what it needs; what it was not given is empty here."""
    return Settings(**{name: os.environ.get(name.upper(), "") for name in Settings.__slots__})
