"""The packaged club on a local cloud, once for all end-to-end tests that leave each other alone."""

from collections.abc import Iterator
from datetime import date

import pytest

from chalicelib.platform import clock
from chalicelib.platform.config import config
from chalicelib.platform.config.club_config import Club
from infra.demo.portal import Portal
from tests.e2e.steps import deployed, guest_of
from tests.support.cloud import DeployedClub


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedClub]:
    with deployed(tmp_path_factory.mktemp("package")) as club:
        yield club


@pytest.fixture(scope="session")
def guest(cloud: DeployedClub) -> Portal:
    return guest_of(cloud)


@pytest.fixture(scope="session")
def today() -> date:
    """The club's calendar day."""
    return clock.local_day(clock.now(), config()[Club].zone)
