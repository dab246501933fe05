"""Lists that can be narrowed and counted. One declaration a list, by fields of its rows:

    PromotionsQuery = narrowed(PromotionView, same=("state",), words=("name", "name_ru"), day=("first", "last"))

A row is compared when it is ready to be shown, so a list needs no index and no code of its own for it. In turn a page looks at a bounded
number of rows, and may hold fewer of them than asked for. A list is sorted by the same fields: it is read as a whole, and a page is cut
from that.

Weakest point: a filter that few rows pass reads the others, too, and each page of a sorted list reads all of it; a row that comes meanwhile
moves the others. A list that is long and searched every day gets an index, as orders have.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, TypeVar, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, create_model
from pydantic_core import PydanticKnownError

from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.platform.http.forms import PageQuery, PeriodQuery, View
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.money import Money

Position = dict[str, str] | None
Known = Callable[[Context], Collection[str]]
Row = TypeVar("Row", bound=BaseModel)
Read = Callable[[int, Position], tuple[list[Any], Position]]  # rows from a position on, and the position after them

MOST_READS = 10  # for a page of a narrowed list
COUNTED = 1000  # rows that are counted at most
SORTED = 2000  # rows of a list that is sorted
_CHUNK = 100  # rows of a read that counts


class Narrowing(NamedTuple):
    """Fields of a list's rows by which it can be narrowed; `company.name` is a field of a field.

    same    the field is what the query says; of a list in the row, one of it
    words   one of these texts, or of the texts of a mapping, contains `q`
    day     `from` and `to` compare with this day or moment; of two fields, with the period from one to the other
    amount  `min_…` and `max_…` compare with this sum, in its own currency
    sorts   paths by the name under which `sort` has them: those of the others that have one value in a row
    known   by the name of a filter, what reads the values that the club has for it now: any other is refused
    """

    same: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    day: tuple[str, ...] = ()
    amount: str = ""
    sorts: Mapping[str, str] = {}
    known: Mapping[str, Known] = {}

    @property
    def names(self) -> set[str]:
        """Names of the query's fields that are compared with rows."""
        bounds = [f"{bound}_{_last(self.amount)}" for bound in ("min", "max")] if self.amount else []
        return {*map(_last, self.same), *["q"][: len(self.words)], *["first", "last"][: 2 * len(self.day)], *bounds}

    def holds(self, query: Any, row: Any, zone: ZoneInfo) -> bool:
        """Whether the row has all that the query asks for. `zone`: of the calendar in which a moment has its day."""
        return (
            all(_is_same(getattr(query, _last(path)), row, path) for path in self.same)
            and (not self.words or _has_words(query.q, row, self.words))
            and (not self.day or _is_within(query, row, self.day, zone))
            and (not self.amount or _is_between(query, row, self.amount))
        )


class CountView(View):
    """The number of items of the whole list, where `count=true` asks for it."""

    value: int
    more: bool = Field(description="Counting ended before the end of the list: there may be more than `value`.")


class CursorPage(View, Generic[Row]):
    """A page of a list. The contract names it after its rows: of `NoteView` it is `CursorPage[NoteView]`."""

    items: list[Row]
    next_cursor: str | None


class ListPage(View, Generic[Row]):
    """A page of a list that can be counted, named like any page."""

    next_cursor: str | None
    count: CountView | None = None
    items: list[Row]


class ListQuery(PageQuery):
    """Base of the queries of lists that can be counted, and narrowed where `narrowing` names fields."""

    count: bool = Field(default=False, description=f"Whether to count the items, up to {COUNTED}.")

    narrowing: ClassVar[Narrowing] = Narrowing()

    @property
    def is_narrow(self) -> bool:
        """Whether rows are compared: then a page reads on until it is full."""
        return bool(self.model_fields_set & self.narrowing.names)

    def check(self, context: Context, place: str) -> None:
        """Raises 422 for a filter by a name that the club does not have, or by a range that holds nothing. `place` stands before each pointer."""
        for name, known in self.narrowing.known.items():
            wanted = getattr(self, name)
            if wanted is not None and wanted not in (allowed := known(context)):
                raise Problem.unknown(name, f"{place}/{name}", allowed)
        for name in [each for each in type(self).model_fields if each.startswith("max_")]:
            most, least = getattr(self, name), getattr(self, f"min_{name.removeprefix('max_')}", None)
            if most is not None and least is not None and most < least:
                raise Problem.invalid("range", f"{place}/{name}", "This is below the lower bound.")

    @property
    def order(self) -> str:
        """The field to sort by, with `-` before it for the largest first; empty for the list's own order."""
        return (getattr(self, "sort", None) or "") if self.narrowing.sorts else ""


_SORT = (
    "A field that a filter compares, `-` before it for the largest first; any other is refused with those that fit. "
    f"A sorted list has {SORTED:,} rows at most."
)


def narrowed(
    row: type[BaseModel],
    *,
    same: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    day: tuple[str, ...] = (),
    amount: str = "",
    base: type[ListQuery] = ListQuery,
    known: Mapping[str, Known] | None = None,
    types: Mapping[str, Any] | None = None,
) -> type[ListQuery]:
    """The query of a list with these rows. `base`: one with filters of the list's own, which its handler reads. `known`: see `Narrowing`.
    `types`: those of filters that take less than the field's own, such as a region for a text.

    Raises TypeError for a field that cannot be compared so.
    """
    comparable = {**dict.fromkeys(words, (str, dict)), **dict.fromkeys(day, (str, date)), amount: (Decimal, Money, int)}
    for path, kinds in comparable.items():
        if path and not issubclass(_plain(_asked(row, path)), kinds):
            raise TypeError(f"{row.__name__}.{path} is not {' or '.join(kind.__name__ for kind in kinds)}")
    fields: dict[str, Any] = {}
    for path in same:
        kind = (types or {}).get(_last(path)) or _asked(row, path)
        most = 200 if kind is str else None
        fields[_last(path)] = (kind | None, Field(default=None, max_length=most))
    if words:
        part = Field(default=None, max_length=200, description="A part of the name, number or text, in any case.")
        fields["q"] = (str | None, part)
    for bound, sign in (("min", "or more"), ("max", "or less")) if amount else ():
        sums = Field(default=None, ge=0, max_digits=14, decimal_places=2, description=f"Only sums of this {sign}.")
        fields[f"{bound}_{_last(amount)}"] = (Decimal | None, sums)
    sorts = {name: path for path in (*same, *words, *day, amount) if path and (name := _sort_name(row, path))}
    if sorts:
        sort: Any = Annotated[str, Field(max_length=64), AfterValidator(_one_of(sorts))]
        fields["sort"] = (sort | None, Field(default=None, description=_SORT))
    bases: Any = (base, PeriodQuery) if day else (base,)
    made: type[ListQuery] = create_model(f"{row.__name__}Query", __base__=bases, **fields)
    made.narrowing = Narrowing(same, words, day, amount, sorts, known or {})
    return made


# --- pages ------------------------------------------------------------------------------------------------------------


def page_of(read: Read, query: ListQuery, after: Position, zone: ZoneInfo) -> tuple[list[Any], Position]:
    """The rows of a page that the query asks for, and the position of the next page."""
    kept: list[Any] = []
    for _ in range(MOST_READS if query.is_narrow else 1):
        rows, after = read(query.limit - len(kept), after)
        kept += [row for row in rows if query.narrowing.holds(query, row, zone)]
        if after is None or len(kept) == query.limit:
            break
    return kept, after


def sorted_page_of(read: Read, query: ListQuery, after: Position, zone: ZoneInfo) -> tuple[list[Any], Position, int]:
    """The rows of a page of the sorted list, the position of the next page, and the number of all rows that the query asks for.

    Rows without a value come last. Raises 422 for a list of more than `SORTED` rows.
    """
    path = query.narrowing.sorts[query.order.removeprefix("-")]
    found = [(next(_values(row, path), None), row) for row in _whole(read) if query.narrowing.holds(query, row, zone)]
    valued = sorted(
        (each for each in found if each[0] is not None),
        key=lambda each: _order(each[0]),
        reverse=query.order.startswith("-"),
    )
    ordered = [row for _, row in (*valued, *(each for each in found if each[0] is None))]
    first = int(after["place"]) if after else 0
    last = first + query.limit
    return ordered[first:last], {"place": str(last)} if last < len(ordered) else None, len(ordered)


def _whole(read: Read) -> list[Any]:
    found: list[Any] = []
    after: Position = None
    for _ in range(2 * SORTED // _CHUNK):  # a read may give fewer rows than it is asked for
        rows, after = read(_CHUNK, after)
        found += rows
        if len(found) > SORTED:
            break
        if after is None:
            return found
    detail = f"A list of more than {SORTED} rows is not sorted. Leave out `sort`, or make a file of the list."
    raise Problem.invalid("too_many", "/query/sort", detail)


def _order(value: Any) -> Any:
    """The place of a value among its like: money by currency first, texts in any case."""
    if isinstance(value, Money):
        return value.currency, value.amount
    return _folded(value) if isinstance(value, str) else value


def count_of(read: Read, query: ListQuery, zone: ZoneInfo) -> CountView:
    """The number of the list's rows that the query asks for, among the first `COUNTED`."""
    found, after = 0, None
    for _ in range(COUNTED // _CHUNK):
        rows, after = read(_CHUNK, after)
        found += sum(query.narrowing.holds(query, row, zone) for row in rows)
        if after is None:
            break
    return CountView(value=found, more=after is not None)


# --- rows -------------------------------------------------------------------------------------------------------------


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _asked(row: Any, path: str) -> Any:
    """The type of a field of the row: a code or a word for what is shown, of a list that of its members."""
    for name in path.split("."):
        row = row.model_fields[name].annotation
        kinds = [each for each in get_args(row) if each is not NoneType]
        if NoneType in get_args(row) or get_origin(row) is list:
            [row] = kinds
    return row


def _one_of(sorts: Iterable[str]) -> Callable[[str], str]:
    """The check of a `sort`: one of these names, with `-` before it or without."""
    names = sorted(sorts)

    def checked(sort: str) -> str:
        if sort.removeprefix("-") not in names:
            raise PydanticKnownError("literal_error", {"expected": ", ".join(f"'{name}'" for name in names)})
        return sort

    return checked


def _sort_name(row: type[BaseModel], path: str) -> str:
    """The field's name as rows show it; empty where a row may have several values at the path, or values without an order."""
    kind: Any = row
    shown = ""
    for name in path.split("."):
        if not hasattr(kind, "model_fields"):
            return ""  # a list on the way
        field = kind.model_fields[name]
        shown = field.serialization_alias or field.alias or name
        kind = field.annotation
        [kind] = [each for each in get_args(kind) if each is not NoneType] if NoneType in get_args(kind) else [kind]
    return shown if issubclass(_plain(kind), (str, date, Decimal, Money, int)) or get_origin(kind) is Literal else ""


def _plain(kind: Any) -> type:
    """The class of an annotated type."""
    found = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    found = get_origin(found) or found
    return found if isinstance(found, type) else object


def _values(row: Any, path: str) -> Iterator[Any]:
    """The values at the path; of a list or a mapping, each of it. Nothing where something on the way is null."""
    name, _, rest = path.partition(".")
    found = getattr(row, name)
    if isinstance(found, Mapping):
        found = list(found.values())
    for each in found if isinstance(found, Sequence) and not isinstance(found, str) else [found]:
        if each is not None:
            yield from _values(each, rest) if rest else [each]


def _is_same(wanted: Any, row: Any, path: str) -> bool:
    return wanted is None or wanted in _values(row, path)


def _has_words(wanted: str | None, row: Any, paths: tuple[str, ...]) -> bool:
    return not wanted or any(_folded(wanted) in _folded(text) for path in paths for text in _values(row, path))


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _is_within(query: Any, row: Any, paths: tuple[str, ...], zone: ZoneInfo) -> bool:
    if query.first is None and query.last is None:
        return True
    first, last = (next(_values(row, path), None) for path in (paths[0], paths[-1]))
    begins = date.min if first is None else _day(first, zone)
    ends = date.max if last is None else _day(last, zone)
    if len(paths) == 1 and first is None:
        return False
    return (query.last is None or begins <= query.last) and (query.first is None or ends >= query.first)


def _day(found: Any, zone: ZoneInfo) -> date:
    if isinstance(found, str):
        found = datetime.fromisoformat(found)
    if not isinstance(found, datetime):
        day: date = found
        return day
    return clock.local_day(found, zone) if found.tzinfo else found.date()


def _is_between(query: Any, row: Any, path: str) -> bool:
    least, most = (getattr(query, f"{bound}_{_last(path)}") for bound in ("min", "max"))
    if least is None and most is None:
        return True
    amounts = [each.amount if isinstance(each, Money) else each for each in _values(row, path)]
    return any((least is None or each >= least) and (most is None or each <= most) for each in amounts)
