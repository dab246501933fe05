"""Article numbers as people type them: case, letters that look alike in both alphabets, and spaces beside a dash do not count."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from chalicelib.catalog import store
from chalicelib.catalog.search import keys as search_keys
from chalicelib.catalog.search import store as search_store
from chalicelib.platform import Context, Written
from chalicelib.platform.http import validation
from chalicelib.platform.http.problems import Fault, Problem, ValueFault
from chalicelib.table import Item

UNKNOWN, AMBIGUOUS = "unknown_sku", "ambiguous_sku"

WrittenForm = TypeVar("WrittenForm", bound=Written)


def articles_meant(context: Context, typed: Iterable[str]) -> dict[str, list[str]]:
    """The articles of the catalogue that are spelled like each of these; several where the catalogue has such twins.

    One read, and one for each part of the search index that has changed. An article of the last seconds may be missing.
    """
    index = search_store.current_index(context.table, context.table.get(search_keys.catalogue_index()))
    return {each: index.spelled_like(each) for each in typed}


def article_fault(pointer: str, meant: Sequence[str], detail: str = "There is no such product.") -> Fault:
    """The fault of a text that means no article, or more than one; `allowed` names them. `detail`: of the first."""
    if len(meant) < 2:
        return Fault(pointer=pointer, code=UNKNOWN, detail=detail)
    several = f"Several articles are spelled like this, choose one of them: {', '.join(meant)}."
    return ValueFault(pointer=pointer, code=AMBIGUOUS, detail=several, allowed=list(meant))


def articles_of(context: Context, typed: Mapping[str, str]) -> tuple[dict[str, Item], list[Fault]]:
    """The products that these texts mean, by text, and the faults of the others. `typed`: the texts by their pointer.

    Reads the index only where one is not spelled as in the catalogue.
    """
    found = store.read_items(context.table, typed.values())
    unknown = {text for text in typed.values() if text not in found}
    if not unknown:
        return found, []
    meant = articles_meant(context, unknown)
    single = {text: skus[0] for text, skus in meant.items() if len(skus) == 1}
    items = store.read_items(context.table, single.values())
    found |= {text: items[sku] for text, sku in single.items() if sku in items}
    return found, [article_fault(where, meant[text]) for where, text in typed.items() if text not in found]


def with_articles_meant(context: Context, form: WrittenForm, place: str = "") -> WrittenForm:
    """The form with the articles that its fields `sku` and `skus` mean, spelled as in the catalogue.

    `place`: the pointer of the form. One read, and that of the index where one is spelled otherwise. Raises 422 for a text that means no
    article or several, and for an article that is named twice then.
    """
    named = form.model_dump(mode="json", by_alias=True, exclude_unset=True)
    typed = {place + pointer: text for pointer, text in _articles_in(named)}
    if not typed:
        return form
    found, faults = articles_of(context, typed)
    if faults:
        raise Problem("invalid", errors=faults)
    if all(found[text]["sku"] == text for text in typed.values()):
        return form
    for pointer, text in typed.items():
        _set(named, pointer.removeprefix(place), found[text]["sku"])
    try:
        return type(form).model_validate(named)
    except ValidationError as error:
        raise validation.problem(error, place=place) from None


def _articles_in(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Pointer and text of each article."""
    if isinstance(value, str):
        if place.endswith("/sku") or place.rpartition("/")[0].endswith("/skus"):
            yield place, value
        return
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in inside:
        yield from _articles_in(child, f"{place}/{name}")


def _set(value: Any, pointer: str, sku: str) -> None:
    *above, last = pointer[1:].split("/")
    for name in above:
        value = value[int(name) if isinstance(value, list) else name]
    value[int(last) if isinstance(value, list) else last] = sku
