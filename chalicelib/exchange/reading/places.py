"""The place of the table in a file: the row of headings, the columns, and a second row of headings below. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice

from chalicelib.exchange.columns.cells import is_total, named
from chalicelib.exchange.columns.fields import FieldName, headings_of
from chalicelib.exchange.columns.headings import Heading, field_of, heading_key, letter_of, read_heading
from chalicelib.exchange.columns.model import TypedNumber, words
from chalicelib.exchange.reading.model import REASON_HEADINGS, SalesProfileForm
from chalicelib.exchange.tables.model import Row, Table, Unreadable

PREAMBLE_ROWS = 60
_COUNTING = ("sale", "return", "correction")
_REASONS = set(map(heading_key, REASON_HEADINGS))
_DEEPEST = 4  # rows of headings that a grouped report stacks


@dataclass(frozen=True, slots=True)
class Place:
    """The table within its file. `last`: the last line of headings. `names`: one heading for each column.

    `levels`: the fields of the groups that share one column, outermost first, None for a group of another kind; `label` is that column.
    """

    table: Table
    line: int
    last: int
    names: list[str]
    heading: Heading
    preamble: list[str]
    levels: tuple[FieldName | None, ...] = ()
    level_names: tuple[str, ...] = ()
    label: int = 0

    @property
    def width(self) -> int:
        return len(self.names)

    @property
    def fingerprint(self) -> str:
        """The same for files with the same headings, in any order, and for the bad rows of such a file."""
        keys = sorted(filter(None, {*map(heading_key, self.names)} - _REASONS))
        return sha256("\n".join(keys).encode()).hexdigest()[:32]

    def column_names(self) -> dict[FieldName, str]:
        named = {wanted: self.shown(place) for wanted, place in self.heading.columns.items()}
        return named | {wanted: self.level_names[n] for n, wanted in enumerate(self.levels) if wanted}

    def shown(self, place: int) -> str:
        return " ".join(self.names[place].split())[:200] or letter_of(place)


def best_place(ways: Iterable[Table], profile: SalesProfileForm) -> Place | None:
    """The likeliest row of headings among the first rows, over all ways to read the table: fewest missing fields, then most columns."""
    several = list(ways)
    found = _best_place(several, profile, known_only=True) if not profile.columns else None
    return found or _best_place(several, profile, known_only=False)


def _best_place(ways: Iterable[Table], profile: SalesProfileForm, *, known_only: bool) -> Place | None:
    """`known_only`: rows without a known heading are left, as nearly all are."""
    found: list[tuple[tuple[float, ...], Place]] = []
    for table in ways:
        rows = _first_rows(table)
        known = [not known_only or any(map(field_of, _texts(row))) for row in rows] + [False]
        for number, row in enumerate(rows):
            if profile.heading_row and row.line != profile.heading_row:
                continue
            if not (known[number] or known[number + 1]):
                continue
            for place in _candidates(table, rows, number, profile):
                worth = (
                    -len(place.heading.missing) - len(place.heading.doubles) * 0.1,
                    len(place.heading.columns) + len(place.levels),
                    -number,
                    -(place.last - place.line),
                )
                found.append((worth, place))
    return max(found, key=lambda each: each[0])[1] if found else None


def _first_rows(table: Table) -> list[Row]:
    return list(islice(table.rows(), PREAMBLE_ROWS))


def _candidates(table: Table, rows: Sequence[Row], number: int, profile: SalesProfileForm) -> Iterable[Place]:
    """The row by itself, together with the next one, and with the levels stacked below it."""
    row = rows[number]
    names = _texts(row)
    if not any(names):
        return
    mapping, constants = profile.columns, profile.constant_fields
    preamble = [" ".join(filter(None, map(str.strip, each.cells)))[:200] for each in rows[:number]]
    alone = read_heading(names, mapping, constants)
    if alone.missing and (more := _shown_by_rows(names, alone, rows[number + 1 :])):
        alone = read_heading(names, {**more, **mapping}, constants)
    yield Place(table, row.line, row.line, names, alone, preamble)
    if number + 1 < len(rows) and (both := _two_rows(names, _texts(rows[number + 1]))):
        heading = read_heading(both, mapping, constants)
        below = read_heading(_texts(rows[number + 1]), mapping, constants)
        if _known(heading) > max(_known(alone), _known(below)):
            yield Place(table, row.line, rows[number + 1].line, both, heading, preamble)
    if alone.missing and {"quantity", "amount", "net_amount"} & alone.columns.keys():
        yield from _grouped(table, rows, number, names, alone, preamble, constants)


def _known(heading: Heading) -> int:
    """The fields with a column, or with several that must be chosen from."""
    return len(heading.columns) + len(heading.doubles)


def _texts(row: Row) -> list[str]:
    return ["" if isinstance(cell, TypedNumber) else cell for cell in row.cells]


def _shown_by_rows(names: Sequence[str], heading: Heading, rows: Sequence[Row]) -> dict[FieldName, str]:
    """Columns that only their cells tell: `№` over numbers that do not count rows, documents as 1C shows them, and customers in rows of their own
    without a heading.
    """
    found: dict[FieldName, str] = {}
    if ("document",) in heading.missing:
        at = next((place for place, name in enumerate(names) if heading_key(name) == "№"), -1)
        cells = [text for row in rows if (text := _cell(row, at))] if at >= 0 else []
        if cells and cells != [str(n) for n in range(1, len(cells) + 1)]:
            found["document"] = letter_of(at)
        else:
            shown = [at for at, name in enumerate(names) if field_of(name) is None and _shows_documents(at, rows)]
            if len(shown) == 1:
                found["document"] = letter_of(shown[0])
    document = heading.columns.get("document", -1)
    if any("customer_name" in several for several in heading.missing) and document >= 0:
        for at, name in enumerate(names[:document]):
            if not name.strip() and _names_groups(at, document, rows):
                found["customer_name"] = letter_of(at)
                break
    return found


def _shows_documents(at: int, rows: Sequence[Row]) -> bool:
    """True where each cell of the column shows a sale or a return with its day: `Реализация УТ-1 от 12.01.2026`."""
    cells = [text for row in rows if (text := _cell(row, at)) and not is_total([text])]
    return bool(cells) and all(named(text).day and named(text).kind in _COUNTING for text in cells)


def _names_groups(at: int, document: int, rows: Sequence[Row]) -> bool:
    """True where the column is filled in rows that hold nothing else, and never beside a document."""
    labels = [row for row in rows if _cell(row, at)]
    alone = [row for row in labels if sum(1 for cell in row.cells if cell.strip()) == 1]
    return bool(alone) and not any(_cell(row, document) for row in labels)


def _cell(row: Row, at: int) -> str:
    return row.cells[at].strip() if at < len(row.cells) else ""


def _two_rows(upper: list[str], lower: list[str]) -> list[str]:
    """The headings of two rows as one: a lower one completes or replaces the upper one over it, which may span several columns."""
    if not any(cell.strip() for cell in lower):
        return []
    width = max(len(upper), len(lower))
    over = upper + [""] * (width - len(upper))
    under = lower + [""] * (width - len(lower))
    names: list[str] = []
    spanning = ""
    for above, below in zip(over, under, strict=True):
        spanning = above.strip() or (spanning if below.strip() else "")
        if not below.strip():
            names.append(above)
        elif not spanning or (field_of(below) and not field_of(f"{spanning} {below}")):
            names.append(below)
        else:
            names.append(f"{spanning} {below}")
    return names


def _grouped(
    table: Table,
    rows: Sequence[Row],
    number: int,
    names: list[str],
    heading: Heading,
    preamble: list[str],
    constants: Mapping[FieldName, str],
) -> Iterable[Place]:
    """Reports whose groups share a column: their names stand below one another in it, or in one cell."""
    numbers = {
        heading.columns[each] for each in ("quantity", "amount", "net_amount", "unit_price") if each in heading.columns
    }
    for column, name in enumerate(names):
        if not name.strip() or column in numbers:
            continue
        stacked = [name]
        last = number
        for below in rows[number + 1 : number + _DEEPEST + 1]:
            filled = [place for place, cell in enumerate(below.cells) if cell and cell.strip()]
            if filled != [column] or (
                level_of(below.cells[column]) is None and not _looks_like_heading(below.cells[column])
            ):
                break
            stacked.append(below.cells[column])
            last += 1
        if len(stacked) == 1:
            stacked = (
                _in_one_cell(name) or _told_above(name, preamble) or _shown_below(column, name, rows[number + 1 :])
            )
        if len(stacked) < 2:
            continue
        levels = tuple(level_of(each) for each in stacked)
        if "document" in levels:  # it tells its day; a month above it is a group of another kind
            levels = tuple(None if level == "business_date" else level for level in levels)
        place = _levelled(
            Place(table, rows[number].line, rows[last].line, names, heading, preamble), column, levels, stacked
        )
        if place is not None:
            missing = [
                several for several in place.heading.missing if not set(several) & {*filter(None, levels), *constants}
            ]
            dated = "document" in levels
            missing = [several for several in missing if not (dated and several == ("business_date",))]
            yield replace(place, heading=replace(place.heading, missing=missing))


def _levelled(place: Place, column: int, levels: tuple[FieldName | None, ...], names: Sequence[str]) -> Place | None:
    if "document" not in levels and not ({"name", "sku"} & set(levels)):
        return None
    if sum(1 for level in levels if level == "document") > 1:
        return None
    columns = {wanted: at for wanted, at in place.heading.columns.items() if at != column}
    heading = replace(place.heading, columns=columns, key=())
    shown = tuple(" ".join(name.split())[:200] for name in names)
    return replace(place, heading=heading, levels=levels, level_names=shown, label=column)


def level_of(name: str) -> FieldName | None:
    """The field of a group by its name: `Номенклатура, Базовая единица измерения` is the goods."""
    for text in (name, name.split(",")[0], name.split(" (")[0]):
        found = field_of(text)
        if found in ("document", "customer_name", "name", "business_date", "inn", "contract"):
            return found
        if found in ("customer", "sku"):
            return "customer_name" if found == "customer" else "name"
    return None


def _looks_like_heading(text: str) -> bool:
    """Groups of a kind that no field holds, as the reports of 1C name them."""
    return heading_key(text) in _OTHER_GROUPS


_OTHER_GROUPS = frozenset(
    map(
        heading_key,
        words(
            "менеджер; регион; склад; организация; подразделение; номенклатурная группа; основной менеджер; ответственный; бизнес-регион; "
            "сегмент; группа; вид номенклатуры; сделка; партнер"
        ),
    )
)


def _in_one_cell(name: str) -> list[str]:
    """`Контрагент / Документ / Номенклатура` in one cell."""
    if field_of(name):
        return []
    for mark in ("\n", " / ", "/", " - ", ";", ", "):
        parts = [part.strip() for part in name.split(mark)]
        if len(parts) > 1 and all(level_of(part) or _looks_like_heading(part) for part in parts):
            return parts
    return []


_GROUPS_TOLD = re.compile(r"(?:группировк[аи](?: строк)?|row groups):\s*(?P<groups>.+)", re.IGNORECASE)
_ELEMENTS = re.compile(r"\s*\((?:элементы|иерархия|elements|hierarchy)\)", re.IGNORECASE)


def _told_above(name: str, preamble: Sequence[str]) -> list[str]:
    """The groups that the report tells above its heading: `Группировки строк: Контрагент (Элементы); Документ; Номенклатура`."""
    for text in preamble:
        if found := _GROUPS_TOLD.search(text):
            groups = [_ELEMENTS.sub("", part).strip() for part in found["groups"].split(";")]
            groups = [part for part in groups if part]
            if groups and heading_key(groups[0]) == heading_key(name):
                return groups
    return []


def _shown_below(column: int, name: str, rows: Sequence[Row]) -> list[str]:
    """The groups that the first rows show: what stands above the first document, the document, and what stands below it."""
    labels = [row.cells[column].strip() if column < len(row.cells) else "" for row in rows]
    labels = [label for label in labels if label and not is_total([label])]  # the total may stand above
    first = next((at for at, label in enumerate(labels) if named(label).day), None)
    if first is None or first > _DEEPEST or first + 1 >= len(labels):
        return []
    known = level_of(name) or _looks_like_heading(name)
    above = [*[""] * (first - 1), name if known and first == 1 else "Контрагент"] if first else []
    goods = not named(labels[first + 1]).day
    return [*above, "Документ", "Номенклатура"] if goods else []


_MONEY = r"(?:руб|р\b|₽|тенге|тг\b|бел|долл|евро|rub|rur|kzt|byn|usd|eur|\$|€)"
# Not `sum above 100 тыс. руб.`, which filters.
_THOUSANDS = re.compile(
    rf"(?<!\d)(?<!\d\s)\b(?:(?:тыс|млн)\b\.?\s*{_MONEY}|т\.\s?р\b|в (?:тыс|млн)\b|тысячах|миллионах|in (?:thousands|millions)\b|"
    rf"(?:thousands|millions) of\b|{_MONEY}\.?\s*(?:thousand|million)s?\b|единиц\w*(?: измерения)?:?\s*(?:тыс|млн)\w*|(?:тысяч|миллион)\w*\s+{_MONEY})|"
    r"\((?:тыс|млн)\.?\)|(?<!\d)'000\b",
    re.IGNORECASE,
)


def refuse_thousands(place: Place) -> None:
    """Raises Unreadable where sums are written in thousands: the unit stands above the table, or over the only sums."""
    texts = list(place.preamble)
    if any("amount" in several for several in place.heading.missing):
        texts += place.names
    for text in texts:
        refuse_thousands_told(text)


def refuse_thousands_told(text: str) -> None:
    """Raises Unreadable where a text beside the table says that its sums are in thousands."""
    if _THOUSANDS.search(text):
        raise Unreadable("thousands", text=" ".join(text.split())[:100])


def refuse_missing(place: Place, profile: SalesProfileForm) -> None:
    """Raises Unreadable where a needed column is missing, or stands twice."""
    heading = place.heading
    if heading.doubles:
        wanted, places = next(iter(heading.doubles.items()))
        raise Unreadable(
            "column_twice",
            row=place.line,
            field=wanted,
            heading=place.shown(places[0]),
            columns=[letter_of(each) for each in places],
        )
    if heading.missing:
        mapping = profile.columns
        raise Unreadable(
            "column_missing",
            row=place.line,
            found=[name for name in (" ".join(name.split())[:100] for name in place.names) if name][:50],
            missing=[{"field": several[0], "names": headings_of(several, mapping)} for several in heading.missing],
        )
