"""Which room answers which route; and that a room is imported when a route of it is first called.

Importing every room costs more than all that they stand on, and a function that wakes for one request needs one or two of them. So the
package carries a table of routes (method, path, room), which `infra.build` writes from what the rooms declare; with it each route is
registered as a view that imports its room at the first call. A source tree has no such table: there all rooms are imported, so what
walks the routes (OpenAPI, the template, tests) finds them all, and nothing can be out of date.

Weakest point: a room that cannot be imported fails at its first call, not at the start. A test imports every room from the package.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.app import Chalice, Response

from chalicelib.platform import http
from chalicelib.platform.http import AUTHORIZER, CORS, Route

TABLE = Path(__file__).parent.parent / "routes.json"

Row = tuple[str, str, str, bool]  # method, path, module of the room's routes, whether the gateway asks for a token


def register(app: Chalice, rooms: Sequence[str]) -> None:
    """Puts the routes of these modules, named below `chalicelib`, on the app."""
    for method, path, room, guarded in _table(rooms):
        app.route(
            path,
            methods=[method],
            cors=CORS,
            content_types=["application/json"],
            authorizer=AUTHORIZER if guarded else None,
        )(_view(app, method, path, room))


def written(routes: Iterable[Route]) -> str:
    """The table of these routes, as the package carries it: in order, so that equal routes make equal bytes."""
    rows: list[Row] = sorted((route.method, route.path, route.room, route.scope is not None) for route in routes)
    return json.dumps(rows)


def _table(rooms: Sequence[str]) -> list[Row]:
    if not TABLE.exists():
        for room in rooms:
            import_module(f"chalicelib.{room}")
        return json.loads(written(http.ROUTES))  # type: ignore[no-any-return]
    return json.loads(TABLE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _view(app: Chalice, method: str, path: str, room: str) -> Callable[..., Response]:
    declared: list[Route] = []

    def view(**path_parameters: str) -> Response:
        if not declared:
            import_module(room)
            declared.extend(route for route in http.ROUTES if (route.method, route.path) == (method, path))
        request: Any = app.current_request
        return http.respond(declared[0], request, path_parameters)

    return view
