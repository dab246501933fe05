"""Names beside ids. Each room declares, in its module `names`, what the ids that it gives stand for:

    @names("mbr")
    def names_of_members(context, ids) -> Mapping[str, str]: ...

A view declares which of its ids it names, and the routes fill that in, for a page with one read of each kind:

    author_name: Annotated[str | None, NameOf("author")] = None

The answer of a keyed write is kept without its names, since a name in it would outlive the person, and each repeat is given them again.

Weakest point: so an answer that does not show the id of a name has none when it is that of a keyed write. Those are steps of orders.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel

from chalicelib.platform.context import Context
from chalicelib.platform.registry.modules import import_modules, import_named, package_registry

Read = Callable[[Context, Collection[str]], Mapping[str, str]]

_READERS: dict[str, Read] = {}


def names(prefix: str) -> Callable[[Read], Read]:
    """Declares a function that reads the names of ids with this prefix. It leaves out those that name nothing any more."""

    def declare(read: Read) -> Read:
        _READERS[prefix] = read
        return read

    return declare


class NameOf(NamedTuple):
    """Metadata of a view's field: it is the name of what this other field's id stands for."""

    field: str


View = TypeVar("View", bound=BaseModel)


def named(context: Context, view: View) -> View:
    """The view with the names that it and the views within it declare: null for who left the club. One read for each hundred ids of a kind."""
    ids = {*_ids(view)}
    return _filled(view, names_of(context, ids)) if ids else view


@cache
def shows_ids_of_names(view: type[BaseModel]) -> bool:
    """Whether the view, or a view within it, declares names, and the answer shows the id of each."""
    fields = [view.model_fields[field] for field in name_fields(view).values()]
    inner = [
        each
        for name in _fields_with_names(view)
        for each in models_in(view.model_fields[name].annotation)
        if name_fields(each) or _fields_with_names(each)
    ]
    return bool(fields or inner) and not any(each.exclude for each in fields) and all(map(shows_ids_of_names, inner))


def _ids(view: BaseModel) -> Iterator[str]:
    for name in name_fields(type(view)).values():
        if each := getattr(view, name):
            yield each
    for name in _fields_with_names(type(view)):
        for inner in _views(getattr(view, name)):
            yield from _ids(inner)


def _filled(view: View, known: Mapping[str, str]) -> View:
    filled: dict[str, Any] = {
        name: known.get(getattr(view, field) or "") for name, field in name_fields(type(view)).items()
    }
    for name in _fields_with_names(type(view)):
        value = getattr(view, name)
        inner = [_filled(each, known) for each in _views(value)]
        filled[name] = inner if isinstance(value, list) else next(iter(inner), None)
    return view.model_copy(update=filled) if filled else view


def _views(value: BaseModel | list[BaseModel] | None) -> list[BaseModel]:
    """A field's views: it holds one, a list of them, or none."""
    return value if isinstance(value, list) else [value] if value else []


@cache
def _fields_with_names(view: type[BaseModel]) -> list[str]:
    """The fields whose views have names, or views with names within them."""
    return [
        name
        for name, field in view.model_fields.items()
        for each in models_in(field.annotation)
        if name_fields(each) or _fields_with_names(each)
    ]


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models of an annotation: of `V`, `V | None`, `list[V]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for each in get_args(annotation) for model in models_in(each)]


@cache
def name_fields(view: type[BaseModel]) -> dict[str, str]:
    """By each field that is a name, the field of its id."""
    return {
        name: each.field
        for name, field in view.model_fields.items()
        for each in field.metadata
        if isinstance(each, NameOf)
    }


def names_of(context: Context, texts: Iterable[str]) -> dict[str, str]:
    """The names of those texts that are ids."""
    import_named(package_registry().get("names") or declaring_modules())
    ids = defaultdict[str, set[str]](set)
    for text in texts:
        prefix = text.partition("_")[0]
        if prefix in _READERS:
            ids[prefix].add(text)
    return {each: name for prefix in sorted(ids) for each, name in _READERS[prefix](context, ids[prefix]).items()}


def declaring_modules() -> list[str]:
    """The modules that declare what ids stand for."""
    import_modules("names")
    return sorted({read.__module__ for read in _READERS.values()})
