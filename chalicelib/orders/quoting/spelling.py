"""Lines of orders, carts and quotes whose articles are not spelled as in the catalogue."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, Self, TypeVar

from chalicelib import catalog
from chalicelib.orders.quoting.schemas import LineForm
from chalicelib.platform import Context, Fault, Problem


class FormWithLines(Protocol):
    @property
    def lines(self) -> Sequence[LineForm]: ...
    def model_copy(self, *, update: dict[str, object]) -> Self: ...


Lines = TypeVar("Lines", bound=FormWithLines)
Result = TypeVar("Result")


def forgiving(context: Context, form: Lines, do: Callable[[Lines], Result]) -> Result:
    """The result of `do` for the form; where an article is unknown, for the articles that were meant.

    A form that is spelled as the catalogue costs nothing. Raises what `do` raises; where a line may mean several articles, it is asked back.
    """
    try:
        return do(form)
    except Problem as refused:
        unknown = [place for error in refused.errors if (place := place_of_unknown(error)) is not None]
        if not unknown:
            raise
        meant, asked_back = as_meant(context, form, unknown)
        if meant is form and not asked_back:
            raise
    try:
        return do(meant)
    except Problem as refused:
        errors = [asked_back.get(place_of_unknown(error), error) for error in refused.errors]
        raise Problem(refused.code, refused.detail, errors=errors, extra=refused.extra) from None


def as_meant(context: Context, form: Lines, unknown: Collection[int]) -> tuple[Lines, dict[int | None, Fault]]:
    """The form with the articles that were meant in these lines, and the faults of those that may mean several."""
    meant = catalog.articles_meant(context, {form.lines[place].sku for place in unknown})
    asked_back: dict[int | None, Fault] = {}
    lines = list(form.lines)
    for place in unknown:
        skus = meant[lines[place].sku]
        if len(skus) == 1:
            lines[place] = lines[place].model_copy(update={"sku": skus[0]})
        elif skus:
            asked_back[place] = catalog.article_fault(f"/lines/{place}/sku", skus)
    return (form if lines == list(form.lines) else form.model_copy(update={"lines": lines})), asked_back


def place_of_unknown(error: Fault) -> int | None:
    """The place of the line whose article is unknown; None for any other fault."""
    return int(error.pointer.split("/")[2]) if error.code == "unknown_sku" else None
