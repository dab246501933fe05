"""HTTP as this API speaks it. A room declares its routes with `Routes`; everything a route promises is written there once.

From the declaration come: the Chalice route (rooms.py), the checks before the handler (token, scope, unknown fields,
Idempotency-Key), the problem+json answers, the OpenAPI document, and the tests that walk the route table.

    routes = Routes(__name__, tag="orders")

    @routes.post("/v1/orders", scope="orders.write", answer=Order, status=201, keyed=True)
    def place_order(call: Call, form: OrderForm) -> Answer: ...
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, get_args
from unicodedata import normalize

from botocore.exceptions import ClientError
from chalice.app import Chalice, Response
from pydantic import BaseModel, ValidationError

from chalicelib.platform.access import journal
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.rights import check_reader, guard_of
from chalicelib.platform.access.store import acting_for
from chalicelib.platform.context import context_now
from chalicelib.platform.http import validation
from chalicelib.platform.http.answers import fits, rendered
from chalicelib.platform.http.forms import Form
from chalicelib.platform.http.idempotency import Once, Remembered, fingerprint, parse_key
from chalicelib.platform.http.lists import ListQuery
from chalicelib.platform.http.problems import CONTENT_TYPE, Problem, escape, thing_at
from chalicelib.platform.http.routes import CORS, Call, Route, as_answer
from chalicelib.platform.log import log
from chalicelib.platform.registry.names import named, shows_ids_of_names
from chalicelib.platform.spelling.words import composed
from chalicelib.platform.text import Language
from chalicelib.table.transactions import Busy, Refused

# A report of 100,000 Cyrillic letters, each of them escaped, fits in.
MOST_BODY_BYTES = 1024 * 1024
IS_HEAD = "isHead"  # of the context of a request for HEAD, which is answered as GET
# Names in a path are ids and words. Whatever else stands there names nothing, and never becomes a part of a key.
PATH_PARAMETER = r"^[A-Za-z0-9_-]{1,64}$"
# Article numbers come from the club's own books.
PATH_PARAMETERS = {"sku": r"^[^\x00-\x1f\x7f]{1,64}$"}
# Codes of DynamoDB, Cognito, SQS and S3 for too many requests, or for one that is still under way. The SDK has tried again by then.
THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}

Headers = dict[str, str | list[str]]


def install(app: Chalice) -> None:
    """Turns the framework's own refusals, which no view sees, into problem+json."""

    @app.middleware("http")
    def leftovers(event: Any, get_response: Callable[[Any], Response]) -> Response:
        response = get_response(event)
        code = {405: "method_not_allowed", 415: "media_type_unsupported", 400: "not_acceptable", 500: "internal"}.get(
            response.status_code
        )
        if code is None or not isinstance(response.body, dict) or "Code" not in response.body:
            return response
        headers = _plain(response.headers)
        allowed = headers.get("Allow")
        detail = f"Here go: {', '.join(sorted(allowed.split(', ')))}." if allowed else None
        return refusal(Problem(code, detail, headers=headers), event)


def refusal(problem: Problem, request: Any) -> Response:
    """The answer to a request that no route sees, readable from any page."""
    made = _problem_response(problem, _language(request.headers), _request_id(request))
    for name, value in CORS.get_access_control_headers().items():
        made.headers.setdefault(name, value)
    return made


def respond(route: Route, request: Any, path_parameters: dict[str, str]) -> Response:
    """The response of the route to this request of API Gateway, problems included. Raises nothing."""
    language = _language(request.headers)
    try:
        call = _call(route, request, language, path_parameters)
        made = _run(route, call, path_parameters)
        if str(made.headers.get("Location", "")).startswith("/"):  # of ours
            made.headers["Location"] = _prefix(request, route) + str(made.headers["Location"])
        return made
    except Problem as problem:
        if route.is_for_browsers and problem.code == "not_found" and "text/html" in request.headers.get("accept", ""):
            return _not_found_page(language)
        if problem.code == "not_found" and problem.detail is None and path_parameters:
            problem = Problem.absent(thing_at(path_parameters))
        return _problem_response(problem, language, _request_id(request))
    except Busy:
        busy = Problem("in_flight" if route.keyed else "busy", headers={"Retry-After": "1"})
        return _problem_response(busy, language, _request_id(request))
    except Exception as error:
        if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in THROTTLED:
            return _problem_response(Problem("busy", headers={"Retry-After": "1"}), language, _request_id(request))
        log.exception("request failed", extra={"route": f"{route.method} {route.path}"})
        return _problem_response(Problem("internal"), language, _request_id(request))


def _prefix(request: Any, route: Route) -> str:
    """The part of the address's path before the route's: the stage, or what a domain of the club's own maps to it."""
    return str(request.context.get("path", "")).rstrip("/").rsplit("/", route.path.count("/"))[0]


def _call(route: Route, request: Any, language: Language, path_parameters: dict[str, str]) -> Call:
    call = Call(
        route=route,
        path=route.path.format(**path_parameters),
        context=context_now(),
        language=language,
        caller_address=request.context.get("identity", {}).get("sourceIp", ""),
        agent=request.headers.get("user-agent") or "",
        is_head=bool(request.context.get(IS_HEAD)),
        if_match=request.headers.get("if-match"),
    )
    if route.scope is not None:
        claims = (request.context.get("authorizer") or {}).get("claims")
        if not claims:
            raise Problem("unauthorized")
        call._principal = Principal.from_claims(claims)
        call.require(route.scope)
        call._principal = acting_for(call.context, call.principal, route.scope)
        if route.writes:
            entry = journal.entry(call.context, call.principal, route.name, call.path, _request_id(request))
            if guard := guard_of(call.principal, route.scope, entry):
                call.context = replace(call.context, table=call.context.table.guarded_by(guard))
    for name, value in path_parameters.items():
        if not re.fullmatch(PATH_PARAMETERS.get(name, PATH_PARAMETER), value):
            raise Problem("not_found")
    call.query = _query(route, request.query_params)
    if isinstance(call.query, ListQuery):
        call.query.check(call.context, "/query")
    raw = request.raw_body
    if len(raw) > MOST_BODY_BYTES:
        raise Problem("body_too_large", f"At most {MOST_BODY_BYTES} bytes.")
    call.body = _body(route, raw, request.headers.get("content-type") or "")
    if route.scope and route.current:
        check_reader(call.context, call.principal, route.scope)
    if route.keyed:
        call.once = Once(
            caller=call.principal.acting,
            key=parse_key(request.headers.get("idempotency-key")),
            fingerprint=fingerprint(route.method, call.path, raw),
        )
    if route.matched:
        call.expected_version()
    return call


def _run(route: Route, call: Call, path_parameters: dict[str, str]) -> Response:
    if call.once and (first := call.once.recall(call.context, consistent=False)):
        return _replay(call, first)
    try:
        returned = route.handler(call, **({"form": call.body} if route.body else {}), **path_parameters)
    except (Problem, Refused):
        # Its twin may have won meanwhile: then what looks like a refusal is this request, done already.
        if call.once and (first := call.once.recall(call.context, consistent=True)):
            return _replay(call, first)
        raise
    answer, body = call.replied(returned) if call.once else (as_answer(returned), None)
    model: BaseModel | None = answer.model
    if model and (body is None or shows_ids_of_names(type(model))):
        model, body = named(call.context, model), None
    headers: Headers = {"Content-Type": route.content_type, "Cache-Control": "no-store", **answer.headers}
    body = rendered(model, call.language) if body is None else body
    if not fits(body):
        raise Problem.invalid("answer_too_large", "", "This does not fit into one answer: ask for a part of it.")
    return Response(body=body, status_code=answer.status or route.status, headers=headers)


def _replay(call: Call, first: Remembered) -> Response:
    body, view = first.body, call.route.answer
    if body and view and shows_ids_of_names(view):
        with suppress(ValidationError):  # of a version that had other fields: as it was
            body = named(
                call.context, view.model_validate_json(body)
            ).model_dump_json()  # its faults are sentences already
    return Response(
        body=body,
        status_code=first.status,
        headers={
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **first.headers,
            "Idempotency-Replayed": "true",
        },
    )


def _query(route: Route, given: Any) -> Any:
    form = route.query or _NoQuery
    # Mail programs and other sites add words of their own to the address of a page.
    names = form.model_fields.keys() & given.keys() if given and route.is_for_browsers else given or {}
    flat: dict[str, Any] = {}
    for name in names:
        values = given.getlist(name)
        if len(values) > 1:
            raise Problem.invalid("repeated", f"/query/{escape(name)}", "This parameter may be given only once.")
        flat[name] = normalize("NFC", values[0])
    try:
        return form.from_texts(flat)
    except ValidationError as error:
        raise validation.problem(error, place="/query") from None


class _NoQuery(Form):
    pass


def _body(route: Route, raw: bytes, content_type: str) -> Any:
    if route.body is None:
        # `{}` is what careful clients send with a POST that needs nothing.
        if raw.strip() not in (b"", b"{}"):
            raise Problem.invalid("body_not_expected", "", "This request has no body.")
        return None
    try:
        if route.form:
            # Few routes take forms, and the parser of mail is long in loading.
            from chalicelib.platform.http.page_forms import form_fields

            return route.body.from_texts(form_fields(content_type, raw))
        return route.body.model_validate_json(composed(raw) or b"{}")
    except ValidationError as error:
        raise validation.problem(error) from None


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


def _not_found_page(language: Language) -> Response:
    # Few requests are answered with pages, and their engine is long in loading.
    from chalicelib.platform.http.pages import PAGE, not_found_page

    made = not_found_page(context_now(), language)
    headers: Headers = {"Content-Type": PAGE, "Content-Language": language, "Cache-Control": "no-store", **made.headers}
    return Response(body=rendered(made.model, language), status_code=404, headers=headers)


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
