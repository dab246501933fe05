"""Settings of the deployment, from environment variables. No secret is among them."""

import os
from functools import lru_cache
from typing import NamedTuple


class Settings(NamedTuple):
    table_name: str
    table_arn: str
    files_bucket: str
    datasets_database: str
    datasets_workgroup: str
    user_pool_id: str
    user_pool_client_id: str
    token_url: str
    secret_arn: str
    mail_from: str
    mail_configuration_set: str
    portal_url: str
    letters_url: str
    stage: str


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read once. A variable that the function does not get is empty."""
    return Settings(**{name: os.environ.get(name.upper(), "") for name in Settings._fields})


def queue_variable(queue: str) -> str:
    """The variable that holds a queue's address, in the functions that fill the queue."""
    return f"{queue.upper().replace('-', '_')}_QUEUE_URL"


def queue_url(queue: str) -> str:
    """Empty, and so refused by SQS, in a function that the queue's worker does not name in `filled_by`."""
    return os.environ.get(queue_variable(queue), "")
