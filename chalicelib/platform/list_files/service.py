"""Makes a file of a list: its pages one after another, as the caller reads them, with the caller's rights and filters.

Weakest point: the list is read within one request, so a long one is refused rather than cut.
"""

from dataclasses import replace
from hashlib import sha256
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ValidationError

from chalicelib.platform import clock
from chalicelib.platform.access.rights import check_reader
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.files import downloads
from chalicelib.platform.files.tables import Cell, Column, Table, written
from chalicelib.platform.http import validation
from chalicelib.platform.http.lists import ListQuery
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.routes import Call, as_answer
from chalicelib.platform.list_files import rules
from chalicelib.platform.list_files.headings import WORDS, heading
from chalicelib.platform.list_files.schemas import ListFileForm, ListFileView
from chalicelib.platform.registry.lookup import find_route
from chalicelib.platform.registry.names import named, names_of

PAGE = 100  # rows that are read at a time
MOST_ROWS = 2500
MOST_PAGES = 100
_OF_THE_PAGE = {"limit", "cursor", "count"}
_STAFF = "staff.companies.read"  # of everybody on the staff, as that of exports
_EXPORT_INSTEAD = (
    "A file has at most {count} rows: narrow the list. POST /v1/staff/exports gives whole tables: companies, orders, sales documents, bonus entries, "
    "letters, cases."
)


def make(call: Call, form: ListFileForm) -> ListFileView:
    """Raises 422 for an address that is no list, a wrong filter, and a list that is too long for a file; 403 as the list does."""
    inner, parameters = _list_call(call, form)
    rows = [rules.flat(row, call.language) for row in _rows(inner, parameters)]
    [row] = get_args(inner.route.answer.model_fields["items"].annotation)  # type: ignore[union-attr]  # it is a list
    content = written(_table(call, form.list, row, rows, _names(call, rows)), form.format)
    name = f"lists/{call.principal.for_member()}/{sha256(content).hexdigest()[:32]}.{form.format}"
    saved_as = f"{inner.route.name.removeprefix('list_')}.{form.format}"
    link = downloads.publish(call.context, name, content, form.format, saved_as=saved_as)
    return ListFileView(url=link.url, expires_at=link.expires_at, bytes=len(content), row_count=len(rows))


def _list_call(call: Call, form: ListFileForm) -> tuple[Call, dict[str, str]]:
    """The call that reads the first page of the list, and the parameters of its path."""
    parts = urlsplit(form.list)
    found = find_route("GET", parts.path)
    if found is None or found.route.query is None or "cursor" not in found.route.query.model_fields:
        raise Problem.invalid("not_a_list", "/list", "This is no address of a list.")
    route = found.route
    scope = route.scope or ""
    call.require(scope)
    if route.current:
        check_reader(call.context, call.principal, scope)
    given = {name: value for name, value in parse_qsl(parts.query) if name not in _OF_THE_PAGE}
    try:
        query = found.route.query.from_texts({**given, "limit": str(PAGE)})
    except ValidationError as error:
        raise validation.problem(error, place="/list") from None
    if isinstance(query, ListQuery):
        query.check(call.context, "/list")
    return replace(call, route=route, path=parts.path, body=None, query=query), found.parameters


def _rows(inner: Call, parameters: dict[str, str]) -> list[BaseModel]:
    rows: list[BaseModel] = []
    for _ in range(MOST_PAGES):
        page: Any = as_answer(inner.route.handler(inner, **parameters)).model
        rows += named(inner.context, page).items
        if page.next_cursor is None:
            return rows
        if len(rows) >= MOST_ROWS:
            break
        inner.query = inner.query.model_copy(update={"cursor": page.next_cursor})
    if _STAFF in inner.principal.scopes:
        raise Problem.invalid("too_many", "/list", _EXPORT_INSTEAD.format(count=MOST_ROWS))
    raise Problem.invalid("too_many", "/list", f"A file has at most {MOST_ROWS} rows: narrow the list.")


def _names(call: Call, rows: list[dict[rules.Path, Cell]]) -> dict[str, str]:
    """The names of the ids in the rows, for those who may look up each of them anyway."""
    if _STAFF not in call.principal.scopes:
        return {}
    return names_of(call.context, {cell for row in rows for cell in row.values() if isinstance(cell, str)})


def _table(
    call: Call, address: str, row: type[BaseModel], rows: list[dict[rules.Path, Cell]], names: dict[str, str]
) -> Table:
    language, club = call.language, call.context.config[Club]
    rows = rules.named(rows, names)
    shown = rules.columns(rows) or [*rules.columns_of(row)]
    said = WORDS[language]
    totals = [
        (f"{said['sum']}: {heading(path, language)}, {currency}", total)
        for (path, currency), total in rules.sums(rows).items()
    ]
    return Table(
        title=said["list"],
        notes=[
            (said["address"], address),
            (said["made"], clock.wall_time(call.context.now, club.zone)),
            (said["rows"], len(rows)),
            *totals,
        ],
        columns=[Column(heading(path, language, shown), 16) for path in shown],
        rows=([rules.on_the_clock(row.get(path), club.zone) for path in shown] for row in rows),
        sums=[],
        sender=club.name_ru if language == "ru" else club.name,
        language=language,
    )
