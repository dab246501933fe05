"""Names beside ids in a list's file: each room declares, in its module `names`, what the ids that it gives stand for.

@names("mbr")
def names_of_members(context, ids) -> Mapping[str, str]: ...
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from importlib import import_module

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
