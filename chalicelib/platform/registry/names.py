"""Names beside ids. Each room declares, in its module `names`, what the ids that it gives stand for:

    @names("mbr")
    def names_of_members(context, ids) -> Mapping[str, str]: ...

A view declares which of its ids it names, and the routes fill that in, for a page with one read of each kind:

    author_name: Annotated[str | None, NameOf("author")] = None

Weakest point: the answer of a keyed write has no names. It is kept for its repeats, and a name in it would outlive the person.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from chalicelib.platform.context import Context
from chalicelib.platform.registry.modules import import_modules, package_registry

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


def named(context: Context, views: Sequence[View]) -> list[View]:
    """The views, of one class, with the names that they declare: null for who left the club. One read for each hundred ids of a kind."""
    fields = name_fields(type(views[0])) if views else {}
    if not fields:
        return [*views]
    ids = {each for view in views for field in fields.values() if (each := getattr(view, field))}
    known = names_of(context, ids)
    return [
        view.model_copy(update={name: known.get(getattr(view, field) or "") for name, field in fields.items()})
        for view in views
    ]


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
    for module in package_registry().get("names") or declaring_modules():
        import_module(module)
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
