"""The routes of the rooms and the functions that Lambda calls, gathered for app.py.

Importing every room costs more than all that they stand on, and a function that wakes for one request or message needs one or two of
them. So a package registers each route as a view that imports its module at the first call (modules.py), and a function's line in app.py
names its module, which is imported with the first event. In a source tree every module that declares something is imported, so what
walks the declarations (OpenAPI, the template, tests) finds them all.

Weakest point: a room that cannot be imported fails at its first call, not at the start. A test imports every room from the package.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from chalice.app import Chalice, Response

from chalicelib.platform.context import context_now
from chalicelib.platform.delivery.long_runs import held
from chalicelib.platform.delivery.stream import deliver, each_message
from chalicelib.platform.delivery.subscriptions import subscriptions
from chalicelib.platform.events import Lane
from chalicelib.platform.http import respond
from chalicelib.platform.http import routes as http_routes
from chalicelib.platform.http.routes import AUTHORIZER, CORS, Route
from chalicelib.platform.registry.functions import DECLARED, Function, Right, declare
from chalicelib.platform.registry.lookup import declared_route
from chalicelib.platform.registry.modules import function_named, import_modules, package_registry

Handler = Callable[[dict[str, Any], Any], Any]

# Method, path, module of the room's routes, whether the gateway asks for a token, media types of the body.
Row = tuple[str, str, str, bool, Sequence[str]]


def register(app: Chalice, rooms: Sequence[str]) -> None:
    """Puts the routes of these rooms, packages of `chalicelib`, on the app."""
    if not package_registry():
        for room in rooms:
            import_modules("routes", "consumers", "jobs", room=room)
    for method, path, module, guarded, content_types in package_registry().get("routes") or rows(http_routes.ROUTES):
        app.route(
            path,
            methods=[method],
            cors=CORS,
            content_types=list(content_types),
            authorizer=AUTHORIZER if guarded else None,
        )(_view(app, method, path, module))


def rows(routes: Iterable[Route]) -> list[Row]:
    """In order, so that equal declarations make equal packages."""
    return sorted(
        (route.method, route.path, route.room, route.scope is not None, route.content_types) for route in routes
    )


class Functions:
    """The functions of app.py. Each is one line there, `name = functions.queue("module:name")`: Lambda calls `app.name`.

    The app must bind the function to its own name, since Chalice takes the handler's name from the function.
    """

    def __init__(self, app: Chalice) -> None:
        self._app = app
        self.lines: dict[str, tuple[str, str]] = {}  # how each function starts, and its job
        self.readers: dict[str, Lane] = {}  # of the table's stream

    def queue(self, job: str) -> Handler:
        """Hands the messages of a batch to the job, one by one."""

        def handle(message: dict[str, Any]) -> None:
            act = function_named(job)  # with its declaration
            with held(DECLARED[_name(job)], message):
                act(context_now(), message)

        return self._handler("queue", job, lambda batch: each_message(batch, handle))

    def schedule(self, job: str) -> Handler:
        """Hands the schedule's event to the job."""
        return self._handler("schedule", job, lambda event: function_named(job)(context_now(), event))

    def event(self, job: str) -> Handler:
        """Hands the event of another service to the job."""
        return self._handler("event", job, lambda event: function_named(job)(context_now(), event))

    def http(self, *, may: tuple[Right, ...], memory: int, timeout: int) -> None:
        """Declares the handler of all routes, which Chalice makes."""
        declare(Function("api_handler", "app", "http", memory, timeout, may))

    def stream(self, name: str, lane: Lane, *, may: tuple[Right, ...], memory: int = 512, timeout: int = 60) -> Handler:
        """Hands the table's events to the consumers of this lane."""
        declare(Function(name, name, "stream", memory, timeout, may))
        self.readers[name] = lane
        return self._handler(
            "stream", name, lambda batch: deliver(batch, subscriptions(lane), context_now(), bulk_waits=lane == "facts")
        )

    def _handler(self, starts: str, job: str, run: Callable[[dict[str, Any]], Any]) -> Handler:
        def handler(event: dict[str, Any], context: Any) -> Any:
            return run(event)

        handler.__name__ = _name(job)
        self.lines[handler.__name__] = (starts, job)
        registered: Handler = self._app.lambda_function(name=handler.__name__)(handler)
        return registered


def _name(job: str) -> str:
    return job.rpartition(":")[2]


def _view(app: Chalice, method: str, path: str, module: str) -> Callable[..., Response]:
    declared = cache(declared_route)

    def view(**path_parameters: str) -> Response:
        request: Any = app.current_request
        return respond.respond(declared(method, path, module), request, path_parameters)

    return view
