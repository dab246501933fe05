import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar, get_args, get_origin

from chalice.app import CognitoUserPoolAuthorizer, CORSConfig
from pydantic import BaseModel

from chalicelib.platform import aws
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.rights import refusal_of
from chalicelib.platform.access.scopes import BASE_SCOPE, is_current
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.http.answers import rendered
from chalicelib.platform.http.idempotency import Once
from chalicelib.platform.http.lists import CountView, ListQuery, count_of, page_of, sorted_page_of
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.model import Written
from chalicelib.platform.text import Language
from chalicelib.table.records import from_item
from chalicelib.table.transactions import Transaction

if TYPE_CHECKING:
    from chalicelib.platform.http.cursors import Cursors

Handler = TypeVar("Handler", bound=Callable[..., Any])
PageView = TypeVar("PageView", bound=BaseModel)
Model = TypeVar("Model", bound=BaseModel | None)
Rows = tuple[Iterable[Any], dict[str, str] | None]

CORS = CORSConfig(
    allow_origin="*",  # safe: the API knows bearer tokens only, no cookies
    allow_headers=["Accept-Language", "Idempotency-Key", "If-Match", "traceparent", "tracestate"],
    expose_headers=["Content-Disposition", "ETag", "Idempotency-Replayed", "Location", "Retry-After"],
    max_age=3600,
)

JSON_TYPES = ("application/json",)
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")

AUTHORIZER = CognitoUserPoolAuthorizer(
    "members",
    provider_arns=[{"Fn::GetAtt": ["UserPool", "Arn"]}],  # type: ignore[list-item]
).with_scopes([BASE_SCOPE])


class Answer(NamedTuple, Generic[Model]):
    """A response with a status or headers of its own."""

    model: Model
    status: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def at(cls, model: Model, version: int) -> Self:
        """With the ETag of this version."""
        return cls(model, headers=etag(version))


class Route(NamedTuple):
    """A route: its handler, and the promises of its declaration. `scope` None: open to everybody, without a token.

    `writes`: every method but GET, and a GET that says so; its writes are guarded by the caller's right, and journaled. `by_token`: a
    reading that has a budget of one read, so the token alone says who may ask, or that reads the membership itself. `located`: the answer has
    the Location of the thing that was made, or is being made.
    """

    room: str
    handler: Callable[..., Any]
    method: str
    path: str
    scope: str | None
    body: type[Written] | None
    query: type[Written] | None
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
    form: bool = False
    writes: bool = False
    by_token: bool = False
    located: bool = False

    @property
    def current(self) -> bool:
        """A caller who lost the scope since the token was made gets 404, for one more read."""
        return self.method == "GET" and not self.by_token and is_current(self.scope or "")

    @property
    def content_types(self) -> tuple[str, ...]:
        """Of the body: JSON, or what the forms of a page and mail programs send."""
        return FORM_TYPES if self.form else JSON_TYPES

    @property
    def is_for_browsers(self) -> bool:
        """Whether people open its address themselves, as a page or a link."""
        return self.scope is None and self.content_type.startswith("text/")


ROUTES: list[Route] = []


@dataclass(slots=True)
class Call:
    """A checked request, as handlers see it."""

    route: Route
    path: str
    context: Context
    language: Language
    caller_address: str
    agent: str = ""  # what the caller's program calls itself
    is_head: bool = False  # only the headers were asked for
    body: Any = None
    query: Any = None
    once: Once | None = None
    if_match: str | None = None
    _principal: Principal | None = None
    _replied: tuple[object, Answer[Any], str] | None = None

    @property
    def principal(self) -> Principal:
        if self._principal is None:
            raise RuntimeError(f"{self.route.path} is open to everybody: there is no principal")
        return self._principal

    def require(self, scope: str) -> None:
        """Raises 403 for a caller whose token lacks the scope, with what they can do about it."""
        if scope not in self.principal.scopes:
            raise refusal_of(self.context, self.principal, scope)

    def cursors(self) -> "Cursors":
        """Cursors of this list for this caller and filter."""
        # Only lists need them, and their library.
        from chalicelib.platform.http.cursors import Cursors

        chosen = self.query.model_dump_json(exclude={"cursor", "limit", "count"}) if self.query else ""
        return Cursors(aws.secret(), self.principal.acting, self.path, chosen)

    def page(
        self,
        view: type[PageView],
        read: Callable[..., Rows],
        *asked: Any,
        of: Callable[..., Any] | None = None,
        show: Callable[[Any], Any] | None = None,
        **filters: Any,
    ) -> PageView:
        """The page of a list that the query asks for.

        `read(*asked, limit=…, after=…, **filters)` gives its rows and the position of the next page. `of`: the kind of record, where the
        rows are items of the table. `show`: makes the view of a row, where the rows are no views. The query of a `ListPage` is a `ListQuery`.
        """

        def rows_from(limit: int, after: dict[str, str] | None) -> tuple[list[Any], dict[str, str] | None]:
            rows, last = read(*asked, limit=limit, after=after, **filters)
            if of:
                rows = [from_item(of, row) for row in rows]
            return [show(row) for row in rows] if show else list(rows), last

        cursors, query = self.cursors(), self.query
        after = cursors.open(query.cursor)
        if not isinstance(query, ListQuery):
            items, last = rows_from(query.limit, after)
            return view(items=items, next_cursor=cursors.close(last))
        zone = self.context.config[Club].zone
        if query.order:
            items, last, total = sorted_page_of(rows_from, query, after, zone)
            count = CountView(value=total, more=False) if query.count else None
        else:
            items, last = page_of(rows_from, query, after, zone)
            count = count_of(rows_from, query, zone) if query.count else None
        return view(items=items, next_cursor=cursors.close(last), count=count)

    def answering(self, shown: Callable[[Any], Answer[Any] | BaseModel] = lambda model: model) -> Context:
        """The context of a keyed request. Its response is `shown(result)`, kept in the transaction of the effect."""
        once = self.once
        if once is None:
            raise RuntimeError(f"{self.route.path} is not keyed: there is nothing to remember an answer by")

        def reply(tx: Transaction, result: Any) -> None:
            answer = as_answer(shown(result))
            body = rendered(answer.model, self.language)
            once.remember(tx, self.context, answer.status or self.route.status, body, dict(answer.headers))
            self._replied = result, answer, body

        return replace(self.context, reply=reply)

    def replied(self, result: object) -> tuple[Answer[Any], str]:
        """The answer that was kept with this result, and its body."""
        if self._replied is None or self._replied[0] is not result:
            raise RuntimeError(f"{self.route.path} promised to remember its answer and did not")
        return self._replied[1:]

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


class Routes:
    """The routes that one module declares.

    The body is the parameter `form` of the handler, of its type. `answer`: the model of the response, where the handler does not return it
    itself. `problems`: the codes beyond those that every route has and those of its parameters, such as `not_found` of an id in the path.
    """

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
        query: type[Written] | None = None,
        answer: type[BaseModel] | None = None,
        status: int = 200,
        keyed: bool = False,
        matched: bool = False,
        problems: tuple[str, ...] = (),
        content_type: str = "application/json",
        sends: tuple[type[BaseModel], ...] = (),
        form: bool = False,
        writes: bool = False,
        by_token: bool = False,
        located: bool = False,
    ) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            summary, _, description = (handler.__doc__ or "").strip().partition("\n")
            route = Route(
                room=self.room,
                handler=handler,
                method=method,
                path=path,
                scope=scope,
                body=handler.__annotations__.get("form"),
                query=query,
                answer=answer or _model_of(handler),
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
                form=form,
                writes=writes or method != "GET",
                by_token=by_token,
                located=located or status == 201,
            )
            ROUTES.append(route)
            return handler

        return declare


def _model_of(handler: Callable[..., Any]) -> type[BaseModel] | None:
    returned = handler.__annotations__.get("return")
    if get_origin(returned) is Answer:
        [returned] = get_args(returned)
    return returned if isinstance(returned, type) and issubclass(returned, BaseModel) else None


def as_answer(returned: Answer[Any] | BaseModel) -> Answer[Any]:
    return returned if isinstance(returned, Answer) else Answer(returned)
