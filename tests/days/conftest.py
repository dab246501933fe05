"""A bare club on a local cloud of its own: nobody in it but the admin whom the owner's command made. It has no days off."""

from collections.abc import Iterator
from datetime import date

import pytest

from chalicelib.platform import clock
from chalicelib.platform.config import config
from chalicelib.platform.config.club_config import Club as ClubConfig
from infra.build import local_package
from infra.demo.portal import Portal
from infra.local.cloud import Cloud
from tests.days import admin
from tests.days.steps import Club, appoint_first_admin, made_machine
from tests.e2e.steps import with_figures


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud.start() as cloud:
        cloud.deploy(with_figures(local_package(), tmp_path_factory.mktemp("package")))
        cloud.wake()
        yield cloud


@pytest.fixture(scope="session")
def guest(cloud: Cloud) -> Portal:
    appoint_first_admin(cloud)
    return Portal(cloud.api_url, f"{cloud.endpoint}/_local/mail")


@pytest.fixture(scope="session")
def today() -> date:
    """The club's calendar day."""
    return clock.local_day(clock.now(), config()[ClubConfig].zone)


@pytest.fixture(scope="session")
def club(guest: Portal, today: date) -> Club:
    """After the first day of its admin."""
    return admin.first_day(guest, today)


@pytest.fixture(scope="session")
def machine(cloud: Cloud, club: Club) -> Portal:
    """The distributor's own system, with a token by client credentials."""
    distributor_id = club.distributor.get("/v1/distributor")["distributor_id"]
    return made_machine(cloud, "1C Center", ("fulfilment.read", "fulfilment.write"), "--distributor", distributor_id)


@pytest.fixture(scope="session")
def back_office(cloud: Cloud, club: Club) -> Portal:
    """The club's own system, with a token by client credentials; it comes when there is a club."""
    scopes = ("machine.catalog", "machine.payments", "staff.imports.read", "staff.imports.write", "staff.orders.read")
    return made_machine(cloud, "1C", scopes)
