"""Rules of a reader: what is new, which reports a filter has, and the figures of all readers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from chalicelib.market_reports.publication.model import Content
from chalicelib.market_reports.reading.model import ReportReader, Visit
from chalicelib.platform import Language


@dataclass(frozen=True, slots=True)
class ReportSearch:
    """The reports that are looked for; None and empty: any. A report without a period is of no period."""

    segment: str = ""
    topic: str = ""
    language: Language | None = None
    first: date | None = None
    last: date | None = None

    def holds(self, content: Content) -> bool:
        return (
            self.segment.casefold() in ("", content.segment.casefold())
            and self.topic in ("", content.topic)
            and self.language in (None, *content.languages)
            and self._overlaps(content.period_from, content.period_to)
        )

    def _overlaps(self, first: date | None, last: date | None) -> bool:
        if self.first is None and self.last is None:
            return True
        if first is None and last is None:
            return False
        begins, ends = first or date.min, last or date.max
        return begins <= (self.last or date.max) and ends >= (self.first or date.min)


def visit(last: Visit | None, at: str, *, over_before: str) -> Visit:
    """The visit to which a moment belongs. `over_before`: a visit that began before this is over."""
    if last is None:
        return Visit(at)
    return Visit(at, last.began) if last.began < over_before else last


def is_new(content: Content, visited: Visit, reader: ReportReader | None) -> bool:
    """Whether the version came after the visit before, and was not read yet."""
    return content.visible_from > visited.before and (reader is None or reader.number < content.number)


@dataclass(slots=True)
class Figures:
    """Sums over the readers of a report. `by_version`: readers by the version that they saw last."""

    readers: int = 0
    opened: int = 0
    downloaded: int = 0
    companies: set[str] = field(default_factory=set)
    by_version: Counter[int] = field(default_factory=Counter)


def figures(readers: Iterable[ReportReader]) -> Figures:
    found = Figures()
    for each in readers:
        found.readers += 1
        found.opened += each.opened
        found.downloaded += each.downloaded
        found.companies.add(each.company_id)
        found.by_version[each.number] += 1
    return found
