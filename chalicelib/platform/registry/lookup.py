"""The route of an address, whatever room declares it."""

import re
from typing import NamedTuple

from chalicelib.platform.http import routes as http_routes
from chalicelib.platform.http.routes import Route
from chalicelib.platform.registry.modules import import_named, package_registry


class FoundRoute(NamedTuple):
    """`parameters`: the values that stand in the address for the names in the route's path."""

    route: Route
    parameters: dict[str, str]


def declared_route(method: str, path: str, module: str) -> Route:
    """The route of this path. Imports the module that declares it."""
    import_named([module])
    return next(route for route in http_routes.ROUTES if (route.method, route.path) == (method, path))


def find_route(method: str, address: str) -> FoundRoute | None:
    """A path without names goes before one with them."""
    known = package_registry().get("routes") or [(route.method, route.path, route.room) for route in http_routes.ROUTES]
    for its_method, path, module, *_ in sorted(known, key=lambda row: row[1].count("{")):
        found = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[A-Za-z0-9_-]{1,64})", path), address)
        if found and its_method == method:
            return FoundRoute(declared_route(method, path, module), found.groupdict())
    return None
