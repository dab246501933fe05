"""HTTP as this API speaks it. A room declares its routes with `Routes`; everything a route promises is written there once.

From the declaration come: the Chalice route (rooms.py), the checks before the handler (token, scope, unknown fields,
Idempotency-Key), the problem+json answers, the OpenAPI document, and the tests that walk the route table.

    routes = Routes(__name__, tag="orders")

    @routes.post("/v1/orders", scope="orders.write", body=OrderForm, answer=Order, status=201, keyed=True)
    def place_order(call: Call) -> Answer: ...
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, get_args

from chalice.app import Chalice, CognitoUserPoolAuthorizer, CORSConfig, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.auth.principal import Principal
from chalicelib.auth.scopes import BASE_SCOPE
from chalicelib.platform import aws
from chalicelib.platform.figures import Language
from chalicelib.platform.idempotency import Once, fingerprint, parse_key
from chalicelib.platform.log import log
from chalicelib.platform.model import Written
from chalicelib.platform.problems import CONTENT_TYPE, Problem, escape
from chalicelib.platform.work import Work, work_now
from chalicelib.table import Busy, Refused, Transaction
from chalicelib.table.paging import Cursors

# A report of 100,000 Cyrillic letters, each of them escaped, fits in.
MOST_BODY_BYTES = 1024 * 1024
# Names in a path are ids and words. Whatever else stands there names nothing, and never becomes a part of a key.
PATH_PARAMETER = r"^[A-Za-z0-9_-]{1,64}$"

CORS = CORSConfig(
    allow_origin="*",  # safe: the API knows bearer tokens only, no cookies
    allow_headers=["Accept-Language", "Idempotency-Key", "If-Match"],
    expose_headers=["ETag", "Idempotency-Replayed", "Location", "Retry-After"],
    max_age=3600,
)

AUTHORIZER = CognitoUserPoolAuthorizer(
    "members",
    provider_arns=[{"Fn::GetAtt": ["UserPool", "Arn"]}],  # type: ignore[list-item]
).with_scopes([BASE_SCOPE])


class Form(Written):
    """Base of every body and query."""


class Shown(BaseModel):
    """Base of what is answered. Built at first use, like a form."""

    model_config = ConfigDict(defer_build=True)


class PageQuery(Form):
    """How every list is asked for."""

    limit: int = Field(default=25, ge=1, le=100, description="How many items at most.")
    cursor: str | None = Field(
        default=None, max_length=2048, description="`next_cursor` of the page before, to go on after it."
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """A model with more than the default status or headers."""

    model: BaseModel | None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """What a route promises, and who keeps it. `scope` None: open to everybody, no token."""

    room: str
    handler: Callable[..., Any]
    method: str
    path: str
    scope: str | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    keyed: bool
    matched: bool
    problems: tuple[str, ...]
    tag: str
    name: str
    summary: str
    description: str
    content_type: str
    sends: tuple[type[BaseModel], ...] = ()


ROUTES: list[Route] = []


@dataclass(slots=True)
class Call:
    """One request, checked: what a handler may look at."""

    route: Route
    path: str
    work: Work
    language: Language
    caller_address: str
    body: Any = None
    query: Any = None
    once: Once | None = None
    if_match: str | None = None
    _principal: Principal | None = None
    _replied: tuple[object, Answer] | None = None

    @property
    def principal(self) -> Principal:
        if self._principal is None:
            raise RuntimeError(f"{self.route.path} is open to everybody: there is no principal")
        return self._principal

    def cursors(self) -> Cursors:
        """Cursors of this list for this caller and filter."""
        chosen = self.query.model_dump_json(exclude={"cursor", "limit"}) if self.query else ""
        return Cursors(aws.secret(), self.principal.subject, self.path, chosen)

    def answering(self, shown: Callable[[Any], Answer | BaseModel] = lambda model: model) -> Work:
        """The work of a keyed request: its answer is what `shown` makes of the result, and is kept in the transaction of the effect."""
        once = self.once
        if once is None:
            raise RuntimeError(f"{self.route.path} is not keyed: there is nothing to remember an answer by")

        def reply(tx: Transaction, result: Any) -> None:
            answer = _answer(shown(result))
            body = answer.model.model_dump(mode="json") if answer.model else None
            once.remember(tx, self.work, answer.status or self.route.status, body, dict(answer.headers))
            self._replied = result, answer

        return replace(self.work, reply=reply)

    def replied(self, result: object) -> Answer:
        """The answer that was kept with this result."""
        if self._replied is None or self._replied[0] is not result:
            raise RuntimeError(f"{self.route.path} promised to remember its answer and did not")
        return self._replied[1]

    def expected_version(self) -> int:
        """The version that If-Match names. Raises 428 without one, 412 for one that never was."""
        if self.if_match is None:
            raise Problem("precondition_required")
        text = self.if_match.strip().removeprefix("W/").strip('"')
        if not re.fullmatch("[0-9]{1,15}", text):
            raise Problem("precondition_failed")
        return int(text)


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}


Headers = dict[str, str | list[str]]
Handler = TypeVar("Handler", bound=Callable[..., Any])


class Routes:
    """The routes that one module declares."""

    def __init__(self, room: str, *, tag: str) -> None:
        self.room = room
        self.tag = tag

    def get(self, path: str, **promises: Any) -> Callable[[Handler], Handler]:
        return self._route("GET", path, **promises)

    def post(self, path: str, **promises: Any) -> Callable[[Handler], Handler]:
        return self._route("POST", path, **promises)

    def put(self, path: str, **promises: Any) -> Callable[[Handler], Handler]:
        return self._route("PUT", path, **promises)

    def patch(self, path: str, **promises: Any) -> Callable[[Handler], Handler]:
        return self._route("PATCH", path, **promises)

    def delete(self, path: str, **promises: Any) -> Callable[[Handler], Handler]:
        return self._route("DELETE", path, **promises)

    def _route(
        self,
        method: str,
        path: str,
        *,
        scope: str | None,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        answer: type[BaseModel] | None = None,
        status: int = 200,
        keyed: bool = False,
        matched: bool = False,
        problems: tuple[str, ...] = (),
        content_type: str = "application/json",
        sends: tuple[type[BaseModel], ...] = (),
    ) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            summary, _, description = (handler.__doc__ or "").strip().partition("\n")
            route = Route(
                room=self.room,
                handler=handler,
                method=method,
                path=path,
                scope=scope,
                body=body,
                query=query,
                answer=answer,
                status=status,
                keyed=keyed,
                matched=matched,
                problems=problems,
                tag=self.tag,
                name=handler.__name__,
                summary=summary.strip(),
                description=description.strip(),
                content_type=content_type,
                sends=sends,
            )
            ROUTES.append(route)
            return handler

        return declare


def install(app: Chalice) -> None:
    """What a view cannot do: turn the framework's own refusals into problem+json."""

    @app.middleware("http")
    def leftovers(event: Any, get_response: Callable[[Any], Response]) -> Response:
        response = get_response(event)
        code = {405: "method_not_allowed", 415: "media_type_unsupported", 400: "not_acceptable", 500: "internal"}.get(
            response.status_code
        )
        if code is None or not isinstance(response.body, dict) or "Code" not in response.body:
            return response
        made = _problem_response(
            Problem(code, headers=_plain(response.headers)), _language(event.headers), _request_id(event)
        )
        for name, value in CORS.get_access_control_headers().items():
            made.headers.setdefault(name, value)
        return made


def respond(route: Route, request: Any, path_parameters: dict[str, str]) -> Response:
    """What the route answers to this request of API Gateway: whatever happens, as it promises."""
    language = _language(request.headers)
    try:
        call = _call(route, request, language, path_parameters)
        return _run(route, call, path_parameters)
    except Problem as problem:
        return _problem_response(problem, language, _request_id(request))
    except Busy:
        busy = Problem("in_flight" if route.keyed else "busy", headers={"Retry-After": "1"})
        return _problem_response(busy, language, _request_id(request))
    except Exception:
        log.exception("request failed", extra={"route": f"{route.method} {route.path}"})
        return _problem_response(Problem("internal"), language, _request_id(request))


def _call(route: Route, request: Any, language: Language, path_parameters: dict[str, str]) -> Call:
    call = Call(
        route=route,
        path=route.path.format(**path_parameters),
        work=work_now(),
        language=language,
        caller_address=request.context.get("identity", {}).get("sourceIp", ""),
        if_match=request.headers.get("if-match"),
    )
    if route.scope is not None:
        claims = (request.context.get("authorizer") or {}).get("claims")
        if not claims:
            raise Problem("unauthorized")
        call._principal = Principal.from_claims(claims)
        call.principal.require(route.scope)
    if not all(re.fullmatch(PATH_PARAMETER, value) for value in path_parameters.values()):
        raise Problem("not_found")
    call.query = _query(route, request.query_params)
    raw = request.raw_body
    if len(raw) > MOST_BODY_BYTES:
        raise Problem("body_too_large", f"At most {MOST_BODY_BYTES} bytes.")
    call.body = _body(route, raw)
    if route.keyed:
        call.once = Once(
            caller=call.principal.subject,
            key=parse_key(request.headers.get("idempotency-key")),
            fingerprint=fingerprint(route.method, call.path, raw),
        )
    if route.matched:
        call.expected_version()
    return call


def _run(route: Route, call: Call, path_parameters: dict[str, str]) -> Response:
    if call.once and (first := call.once.recall(call.work)):
        return _replay(first.status, first.body, first.headers)
    try:
        returned = route.handler(call, **path_parameters)
    except (Problem, Refused):
        # Its twin may have won meanwhile: then what looks like a refusal is this request, done already.
        if call.once and (first := call.once.recall(call.work)):
            return _replay(first.status, first.body, first.headers)
        raise
    answer = call.replied(returned) if call.once else _answer(returned)
    headers: Headers = {"Content-Type": route.content_type, "Cache-Control": "no-store", **answer.headers}
    return Response(body=rendered(answer.model), status_code=answer.status or route.status, headers=headers)


def _answer(returned: Answer | BaseModel) -> Answer:
    return returned if isinstance(returned, Answer) else Answer(returned)


def rendered(model: BaseModel | None) -> str:
    """The body as it goes out: a text page as it is, a model as JSON values, nothing as an empty body."""
    if model is None:
        return ""
    if isinstance(model, Text):
        return model.content
    return model.model_dump_json()


class Text(Shown):
    """A page that is not JSON."""

    content: str


def _replay(status: int, body: str, headers: dict[str, str]) -> Response:
    return Response(
        body=body if body != "null" else "",
        status_code=status,
        headers={
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **headers,
            "Idempotency-Replayed": "true",
        },
    )


def _query(route: Route, given: Any) -> Any:
    flat: dict[str, Any] = {}
    for name in given or {}:
        values = given.getlist(name)
        if len(values) > 1:
            raise Problem.invalid("repeated", f"/query/{escape(name)}", "Give it once.")
        flat[name] = values[0]
    try:
        return (route.query or _NoQuery).model_validate(flat)
    except ValidationError as error:
        raise Problem.from_validation(error, place="/query") from None


class _NoQuery(Form):
    pass


def _body(route: Route, raw: bytes) -> Any:
    if route.body is None:
        # `{}` is what careful clients send with a POST that needs nothing.
        if raw.strip() not in (b"", b"{}"):
            raise Problem.invalid("extra_forbidden", "", "This request takes no body.")
        return None
    try:
        return route.body.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise Problem.from_validation(error) from None


def _language(headers: Mapping[str, str]) -> Language:
    """ru or en, whichever the reader prefers; English when neither is asked for."""
    best: Language = "en"
    weight = 0.0
    for part in (headers.get("accept-language") or "").split(","):
        name, _, parameters = part.strip().partition(";")
        try:
            quality = float(parameters.replace("q=", "").strip() or 1)
        except ValueError:
            continue
        for language in get_args(Language):
            if language == name.split("-")[0].lower() and quality > weight:
                best, weight = language, quality
    return best


def _request_id(request: Any) -> str:
    return str(request.context.get("requestId", ""))


def _plain(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in headers.items() if name.lower() == "allow"}


def _problem_response(problem: Problem, language: str, request_id: str) -> Response:
    return Response(
        body=problem.body(language, request_id),
        status_code=problem.status,
        headers={
            "Content-Type": CONTENT_TYPE,
            "Content-Language": language,
            "Cache-Control": "no-store",
            **problem.headers,
        },
    )
