"""Titles that say what the rows below them are: returns, purchases, or sums in another currency. Pure."""

import re
from collections.abc import Iterator

from chalicelib.exchange.columns.headings import heading_key
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.places import Place
from chalicelib.sales import word_kind

Section = tuple[int, str] | None  # the line and the text of a title that says what its rows are
_SUPPLIERS = frozenset(("поставщик", "supplier", "vendor"))
_NO_SALES = (
    *("возврат", "поступлен", "закупк", "return", "refund", "purchase"),
    *("коммерческ", "предложени", "смет", "quot", "estimate", "proforma", "pro-forma", "credit"),
)
# Words before the one that tells: `Реестр возвратов`, `Отчёт по закупкам`, `List of returns`, `Sales returns`.
_LIST = re.compile(
    r"(?:(?:реестр|список|перечень|журнал|ведомость|отч[её]т|сводка|документы|накладные|анализ|выгрузка|list|register|report|journal|"
    r"documents?|summary|export|sales|customers?|по|о|об|of|on|the|our)\W+)+",
    re.IGNORECASE,
)
_SALES_TOO = re.compile(r"(?:\bи|\band|[,&/+])\s+(?:по |о |of )?(?:продаж|реализац|отгруз|sales|invoices)")


def titles(place: Place) -> Iterator[tuple[int, str]]:
    """The lines above the heading."""
    return enumerate(place.preamble, place.line - len(place.preamble))


def section_above(place: Place, profile: SalesProfileForm) -> Section:
    """The title above the heading, or the heading itself, if it says that the rows are no sales."""
    above = next(((line, text) for line, text in titles(place) if section_of(text, profile)), None)
    if above or profile.constants.kind:
        return above and (above[0], above[1][:100])
    columns = place.heading.columns
    heads = [place.names[columns[each]] for each in ("document", "business_date") if each in columns]
    found = [name for name in heads if word_kind(name) in ("return", "purchase")]
    if not {"customer", "customer_name", "inn"} & columns.keys():
        found += [name for name in place.names if heading_key(name) in _SUPPLIERS]
    return (place.line, found[0][:100]) if found else None


def section_of(text: str, profile: SalesProfileForm) -> bool:
    """True for a title of returns or of purchases; a profile that tells the kind of all documents goes before it."""
    if profile.constants.kind or "kind" in profile.columns:
        return False
    word = _LIST.sub("", text.strip(), count=1).casefold()
    if not word.startswith(_NO_SALES):
        return False
    return not _SALES_TOO.search(word) if len(word) < len(text.strip()) else word_kind(text) != "sale"
