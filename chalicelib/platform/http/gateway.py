"""The way from a request of API Gateway to its route.

The gateway takes 300 resources an API, and every part of every path is one. So the template gives it one greedy resource for all that
lies below `/v1/staff` and the like, where all ask for a token (infra/build.py), and here such a request finds its route.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import unquote

from chalice.app import Chalice, Request

from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.respond import IS_HEAD, refusal

GREEDY = "{below+}"  # the rest of a path, as the gateway writes it
METHODS = ("get", "head", "post", "put", "patch", "delete")


class Match(NamedTuple):
    """The path of a route, and what stands in an address for its parameters, with the escapes of the address."""

    path: str
    parameters: dict[str, str]


class Paths:
    """The paths of all routes, by their parts."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._parts: dict[str, Any] = {}
        self._every = [*paths]
        for path in self._every:
            at = self._parts
            for part in path.split("/"):
                at = at.setdefault(part, {})
            at[""] = path

    def near(self, path: str) -> str | None:
        """The known path that is most like one that is not known; None where none is much like it."""
        # Imported with the first unknown path, not with every function.
        from difflib import get_close_matches

        asked = path.split("/")
        known = {"/".join(_filled(each.split("/"), asked)): each for each in self._every}
        return next((known[each] for each in get_close_matches(path, known, n=1, cutoff=0.8)), None)

    def find(self, path: str) -> Match | None:
        """The route of a path without a slash at its end: where a word and a parameter fit, the word."""
        return self._find(self._parts, path.split("/"), {})

    def _find(self, at: dict[str, Any], parts: list[str], found: dict[str, str]) -> Match | None:
        if not parts:
            return Match(at[""], found) if isinstance(at.get(""), str) else None
        part, rest = parts[0], parts[1:]
        if part in at and isinstance(at[part], dict) and (match := self._find(at[part], rest, found)):
            return match
        for name, below in at.items():
            if part and name[:1] == "{" and (match := self._find(below, rest, {**found, name[1:-1]: part})):
                return match
        return None


def _filled(parts: list[str], asked: list[str]) -> list[str]:
    """The parts of a path, with what was asked for in place of its parameters."""
    return [asked[place] if part[:1] == "{" and place < len(asked) else part for place, part in enumerate(parts)]


class ClubApi(Chalice):
    """The app, for greedy resources and for HEAD, which Chalice does not know."""

    _paths: Paths | None = None

    def __call__(self, event: Any, context: Any) -> Any:
        """The gateway's answer to its event. HEAD is GET without a body: its headers are those of GET.

        The gateway hands parameters of a path over as they were sent, so `%2F` parts no path. They lose their escapes here, once.
        """
        asked = event.get("requestContext", {})
        if str(asked.get("resourcePath", "")).endswith(GREEDY):
            match = self._match(asked["resourcePath"], event["pathParameters"])
            if match is None:
                return refusal(Problem("not_found", self._unknown(asked, event)), Request(event, context)).to_dict()
            asked = {**asked, "resourcePath": match.path}
            event = {**event, "resource": match.path, "pathParameters": match.parameters, "requestContext": asked}
        if given := event.get("pathParameters"):
            event = {**event, "pathParameters": {name: unquote(value) for name, value in given.items()}}
        if asked.get("httpMethod") != "HEAD":
            return super().__call__(event, context)
        as_get = {**event, "httpMethod": "GET", "requestContext": {**asked, "httpMethod": "GET", IS_HEAD: True}}
        return {**super().__call__(as_get, context), "body": ""}

    def _match(self, resource: str, parameters: dict[str, str]) -> Match | None:
        return self._known().find(_path(resource, parameters))

    def _unknown(self, asked: Any, event: Any) -> str:
        near = self._known().near(_path(asked["resourcePath"], event["pathParameters"]))
        if near is None:
            return "There is no such address: /docs lists them all."
        return (
            f"There is no such address: /docs lists them all. Near it: {', '.join(sorted(self.routes[near]))} {near}."
        )

    def _known(self) -> Paths:
        if self._paths is None:
            self._paths = Paths(self.routes)
        return self._paths


def _path(resource: str, parameters: dict[str, str]) -> str:
    return resource.removesuffix(GREEDY) + parameters[GREEDY[1:-2]]
