import pytest

from chalicelib.platform.context import Context
from tests.mail.steps import MailService, World, email_confirmed, install, member
from tests.support.crashes import watched


@pytest.fixture
def world(context: Context, monkeypatch: pytest.MonkeyPatch) -> World:
    """A member who may get letters, and everything around them."""
    made = World(context, MailService())
    install(monkeypatch, made, watched)
    member(context)
    return made


@pytest.fixture
def welcomed(world: World) -> World:
    """A member has just confirmed the address: a welcome is due."""
    world.happens(email_confirmed())
    return world
