"""The packaged club on a local cloud of its own, once for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from infra.build import THIS_MACHINE, build
from infra.local.cloud import Cloud
from tests.support.cloud import DeployedClub


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedClub]:
    package = build(tmp_path_factory.mktemp("package"), arch=THIS_MACHINE)
    with Cloud.start() as running:
        running.deploy(package)
        yield DeployedClub(running)
