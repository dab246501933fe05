"""The API without a gateway: builds the event that API Gateway would send, with the claims it would have verified."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalicelib.platform.access.scopes import BASE_SCOPE, scopes_of
from tests.support import documented
from tests.support.rights import running


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Caller:
    """Claims of a verified token."""

    claims: Mapping[str, str]

    @classmethod
    def person(cls, member_id: str, kind: str = "", role: str = "", owner: str = "") -> "Caller":
        scopes = " ".join([BASE_SCOPE, *sorted(f"club/{scope}" for scope in scopes_of(kind, role))])
        claims = {"sub": member_id, "club_member": member_id, "club_kind": kind, "club_role": role, "club_owner": owner}
        return cls({**claims, "scope": scopes})


STRANGER = Caller({})


def gateway_event(
    method: str,
    resource: str,
    caller: Caller = STRANGER,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    path: str | None = None,
    query: Mapping[str, list[str]] | None = None,
    path_parameters: Mapping[str, str] | None = None,
    stage: str = "",
) -> dict[str, Any]:
    """An event of API Gateway. `resource` is the path with its parameters' names, `stage` the part of the address before it."""
    given = {"content-type": "application/json", **(headers or {})}
    return {
        "resource": resource,
        "path": path or resource,
        "httpMethod": method,
        "headers": given,
        "multiValueHeaders": {name: [value] for name, value in given.items()},
        "multiValueQueryStringParameters": dict(query) if query else None,
        "pathParameters": dict(path_parameters or {}),
        "stageVariables": None,
        "isBase64Encoded": True,
        "body": base64.b64encode(content).decode(),
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"{stage}{path or resource}",
            "requestId": "request-of-the-test",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {"claims": dict(caller.claims)} if caller.claims else {},
        },
    }


class Api:
    """Calls the one Chalice app of the process, and fails where an answer is not the one that its route promises."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def call(
        self,
        method: str,
        url: str,
        caller: Caller = STRANGER,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        stage: str = "",
    ) -> Answer:
        parts = urlsplit(url)
        resource, path_parameters = self._match(parts.path)
        content = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        given = {"content-type": "application/json", **({"idempotency-key": key} if key else {}), **(headers or {})}
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        event = gateway_event(
            method,
            resource,
            caller,
            content,
            given,
            path=parts.path,
            query=query,
            path_parameters=path_parameters,
            stage=stage,
        )
        with running("api_handler"):
            answer = self._app(event, None)
        found = {name.lower(): value for name, value in answer["headers"].items()}
        for name, values in answer.get("multiValueHeaders", {}).items():
            found.setdefault(name.lower(), values[0])
        documented.check(method, resource, answer["statusCode"], found, answer["body"])
        return Answer(status=answer["statusCode"], headers=found, text=answer["body"])

    def approve(self, url: str, caller: Caller) -> Answer:
        """Approves what the caller reads at this moment."""
        seen = self.call("GET", url, caller).headers["etag"]
        return self.call("POST", f"{url}/approve", caller, headers={"if-match": seen})

    def _match(self, path: str) -> tuple[str, dict[str, str]]:
        given = path.split("/")
        for pattern in sorted(self._app.routes, key=lambda each: each.count("{")):
            wanted = pattern.split("/")
            if len(wanted) == len(given) and all(
                part == value or part.startswith("{") for part, value in zip(wanted, given, strict=True)
            ):
                return pattern, {
                    part[1:-1]: value for part, value in zip(wanted, given, strict=True) if part.startswith("{")
                }
        raise LookupError(f"no route for {path}")
