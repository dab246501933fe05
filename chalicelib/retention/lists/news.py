"""News of the club that managers tell by telephone: to companies that bought of its brand or category within a year, with the next planned call.

Nobody is called for news alone: it takes the place of a check-in that is due anyway.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from chalicelib import catalog, sales
from chalicelib.catalog import Traits
from chalicelib.platform import Context, Language, Problem
from chalicelib.retention.lists import keys
from chalicelib.retention.lists.schemas import CallNewsForm, CallNewsItemForm, CallNewsView
from chalicelib.table import Item, Refused, at_version

YEAR = timedelta(days=365)
MOST_DOCUMENTS = 100  # the newest ones, of which a company's articles are looked at


def show(context: Context) -> tuple[CallNewsView, int]:
    return _view(context.table.get(keys.news(), consistent=True))


def change(context: Context, version: int, form: CallNewsForm, *, by: str) -> tuple[CallNewsView, int]:
    """The whole list. Raises 412 for another version."""
    item: Item = {
        **keys.news().as_item(),
        "items": form.model_dump(mode="json")["items"],
        "changed_by": by,
        "changed_at": context.at,
        "version": version + 1,
    }
    try:
        context.table.put(item, when=at_version(version))
    except Refused:
        raise Problem("precondition_failed") from None
    return _view(item)


def for_company(context: Context, company_id: str) -> Mapping[Language, str] | None:
    """The first news that concerns the company. One read for a piece of work; where there is news, three more for each company."""
    if "call_news" not in context.memo:
        context.memo["call_news"] = _view(context.table.get(keys.news()))[0].items
    current = [each for each in context.memo["call_news"] if context.today <= each.last]
    if not current:
        return None
    bought = sales.newest_documents(context, company_id, since=context.today - YEAR, most=MOST_DOCUMENTS)
    goods = catalog.read_traits(context.table, {line.sku for document in bought for line in document.lines})
    below = catalog.below(context.table.get(catalog.categories_key()))
    concerned = (each for each in current if any(_concerns(each, one, below) for one in goods.values()))
    found = next(concerned, None)
    return {"en": found.en, "ru": found.ru} if found else None


def _concerns(told: CallNewsItemForm, goods: Traits, below: Callable[[str], set[str]]) -> bool:
    """True for an article of the brand, in the category or below it."""
    return told.brand in (None, goods.brand) and (told.category is None or goods.category in below(told.category))


def _view(item: Item | None) -> tuple[CallNewsView, int]:
    form = CallNewsForm.model_validate({"items": item["items"] if item else []})
    view = CallNewsView(
        items=form.items,
        changed_by=item["changed_by"] if item else None,
        changed_at=item["changed_at"] if item else None,
    )
    return view, int(item["version"]) if item else 0
