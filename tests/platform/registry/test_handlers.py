"""Routes by the table that a package carries: a room is imported when a route of it is first called, and not before."""

import sys
from pathlib import Path

import pytest
from chalice.app import Chalice

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond, routes
from chalicelib.platform.http.routes import AUTHORIZER, CORS
from chalicelib.platform.registry import handlers
from tests.support import documented
from tests.support.api import Api, Caller

ANNA = Caller.person("mbr_anna", "company", "owner", "cmp_1")
ROOM = """
from chalicelib.platform.http.forms import View
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="service")


class Told(View):
    word: str


@routes.get("/words/{word}", scope="orders.read", answer=Told)
def say(call: Call, word: str) -> Told:
    \"\"\"Say it.\"\"\"
    return Told(word=word)


@routes.get("/words", scope=None, answer=Told)
def greet(call: Call) -> Told:
    \"\"\"Greet.\"\"\"
    return Told(word="hello")
"""


@pytest.fixture
def app(tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch) -> Chalice:
    """An app whose package knows two routes of a room, and one of a room that cannot be imported."""
    (tmp_path / "words.py").write_text(ROOM, encoding="utf-8")
    (tmp_path / "spoiled.py").write_text("raise ValueError('spoiled')\n", encoding="utf-8")
    table = [
        ("GET", "/words", "words", False, ["application/json"]),
        ("GET", "/words/{word}", "words", True, ["application/json"]),
        ("GET", "/spoiled", "spoiled", False, ["application/json"]),
    ]
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(handlers, "package_registry", lambda: {"routes": table})
    monkeypatch.setattr(routes, "ROUTES", [])
    monkeypatch.setattr(respond, "context_now", lambda: context)
    monkeypatch.delitem(sys.modules, "words", raising=False)
    app = Chalice("house")
    respond.install(app)
    handlers.register(app, ["words", "spoiled"])
    return app


def test_a_route_is_known_before_its_room(app: Chalice) -> None:
    assert "words" not in sys.modules
    (entry,) = app.routes["/words/{word}"].values()
    assert (entry.cors, entry.authorizer, entry.view_args) == (CORS, AUTHORIZER, ["word"])
    assert app.routes["/words"]["GET"].authorizer is None


def test_the_first_call_imports_the_room_and_is_answered_as_all_others(app: Chalice) -> None:
    api = Api(app)
    for _ in range(2):
        answer = api.call("GET", "/words/hello", ANNA)
        assert (answer.status, answer.json) == (200, {"word": "hello"})
    assert api.call("GET", "/words/hello").status == 401
    assert api.call("GET", "/words").json == {"word": "hello"}
    assert api.call("POST", "/words").json["code"] == "method_not_allowed"


def test_a_room_that_cannot_be_imported_is_a_500_as_specified_and_spoils_no_other(
    app: Chalice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documented, "check", lambda *_: None)  # nobody can know what that room promised
    api = Api(app)
    for _ in range(2):
        answer = api.call("GET", "/spoiled")
        assert (answer.status, answer.json["code"]) == (500, "internal")
        assert "spoiled" not in answer.text
    assert api.call("GET", "/words").status == 200


def test_the_table_says_the_same_in_whatever_order_rooms_were_imported(app: Chalice) -> None:
    Api(app).call("GET", "/words")
    rows = handlers.rows(routes.ROUTES)
    assert rows == handlers.rows(reversed(routes.ROUTES))
    json = ("application/json",)
    assert rows == [("GET", "/words", "words", False, json), ("GET", "/words/{word}", "words", True, json)]
