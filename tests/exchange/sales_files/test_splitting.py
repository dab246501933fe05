"""From bytes to parts: encodings, delimiters, headings, and memory that stays flat."""

import random
import tracemalloc
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.columns.fields import FIELDS
from chalicelib.exchange.sales_files import splitting
from chalicelib.exchange.sales_files.model import SplitFile
from chalicelib.exchange.sales_files.splitting import ExpectedFormat, Unreadable, cut, parts_for, read_part
from tests.exchange.sales_files.steps import row, table


def chunks(content: bytes, size: int = 1000) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def cut_up(
    content: str | bytes, folder: Path, count: int = 3, size: int = 1000, **expected: Any
) -> tuple[SplitFile, list[list[Any]]]:
    """The cut, and the rows of each part as field: text, with their row numbers."""
    content = content.encode() if isinstance(content, str) else content
    made = cut(chunks(content, size), ExpectedFormat(**{"mapping": {}, **expected}), count, folder)
    found = [
        [
            (number, too_many, dict(zip(FIELDS, cells, strict=True)))
            for number, too_many, cells in read_part(file.read_bytes())
        ]
        for file in sorted(folder.iterdir())
    ]
    assert len(found) == made.parts
    return made, found


def rows_of(found: list[list[Any]]) -> list[Any]:
    return sorted((each for part in found for each in part), key=lambda each: each[0])


def why(content: str | bytes, folder: Path, **expected: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Unreadable) as unreadable:
        cut_up(content, folder, **expected)
    return unreadable.value.code, unreadable.value.facts


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    made, found = cut_up(table(row("УТ-1"), [], row("УТ-2")), tmp_path)
    assert [(number, cells["document"]) for number, _, cells in rows_of(found)] == [(2, "УТ-1"), (4, "УТ-2")]
    assert (made.rows, made.skipped, made.encoding, made.delimiter) == (3, 1, "utf-8", ";")
    assert made.columns["document"] == "Номер"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    made, found = cut_up(table(row(name="Лампа; «Свет»\t, и | ещё"), delimiter=delimiter).encode(encoding), tmp_path)
    assert made.delimiter == delimiter
    assert made.encoding == encoding.removesuffix("-sig")
    assert rows_of(found)[0][2]["name"] == "Лампа; «Свет»\t, и | ещё"


def test_a_file_that_is_ascii_for_long_may_turn_out_to_be_either(tmp_path: Path) -> None:
    heading = ["Invoice", "Date", "Customer", "SKU", "Name", "Quantity", "Price"]
    latin = [[str(n), "2026-01-12", "7", "L-1", "Lamp", "1", "5.00"] for n in range(3000)]
    last = ["9999", "2026-01-12", "7", "L-1", "Лампа", "1", "5.00"]
    for encoding in ("utf-8", "cp1251"):
        folder = tmp_path / encoding
        folder.mkdir()
        made, found = cut_up(table(*latin, last, heading=heading).encode(encoding), folder, size=10_000)
        assert made.encoding == encoding
        assert rows_of(found)[-1][2]["name"] == "Лампа"


def test_a_preamble_stands_before_the_heading(tmp_path: Path) -> None:
    text = "Ведомость по продажам\r\n\r\nПериод: Январь 2026 г.\r\nОтборы: Номер, Дата\r\n" + table(row())
    made, found = cut_up(text, tmp_path)
    assert [number for number, _, _ in rows_of(found)] == [6]
    assert made.rows == 1


def test_totals_and_empty_rows_are_skipped_and_counted(tmp_path: Path) -> None:
    total = ["Итого", *[""] * 7, "100,00"]
    made, found = cut_up(table(row(), total, [""] * 9, ["Всего:"]), tmp_path)
    assert (made.rows, made.skipped, len(rows_of(found))) == (4, 3, 1)


def test_short_rows_end_in_empty_cells_and_long_ones_are_marked(tmp_path: Path) -> None:
    _, found = cut_up(table(row()[:-1], [*row("УТ-2"), ""], [*row("УТ-3"), "", "ещё"]), tmp_path)
    assert [(too_many, cells["amount"]) for _, too_many, cells in rows_of(found)] == [
        (False, ""),
        (False, "100,00"),
        (True, "100,00"),
    ]


def test_cells_keep_quotes_and_lose_line_ends(tmp_path: Path) -> None:
    _, found = cut_up(table(row(name='Лампа "Свет"\r\nбелая\x1f')), tmp_path)
    assert rows_of(found)[0][2]["name"].split() == ["Лампа", '"Свет"', "белая"]


def test_rows_of_a_document_are_in_one_part_however_its_number_is_written(tmp_path: Path) -> None:
    numbers = [form.format(n) for n in range(40) for form in ("УТ-{}", "ут-{}", " Ут-{} ")]
    random.Random(7).shuffle(numbers)
    _, found = cut_up(table(*(row(number) for number in numbers)), tmp_path, count=7)
    where = defaultdict(set)
    for part, rows in enumerate(found):
        for _, _, cells in rows:
            where[cells["document"].strip().upper()].add(part)
    assert len(found) == 7
    assert {len(several) for several in where.values()} == {1}


def test_the_same_file_is_cut_into_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "SPILL_BYTES", 2_000)
    content = table(*(row(f"УТ-{n % 50}") for n in range(500)))
    cuts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        cut_up(content, tmp_path / name, count=4)
        cuts.append([file.read_bytes() for file in sorted((tmp_path / name).iterdir())])
    assert cuts[0] == cuts[1]


@given(
    st.lists(st.lists(st.text(max_size=12), min_size=9, max_size=9), max_size=30),
    st.integers(1, 300),
    st.sampled_from([";", "\t"]),
)
def test_whatever_cells_hold_they_come_through(
    tmp_path_factory: Any, rows: list[list[str]], size: int, delimiter: str
) -> None:
    rows = [[_storable(cell) for cell in each] for each in rows]
    made, found = cut_up(
        table(*rows, delimiter=delimiter),
        tmp_path_factory.mktemp("parts"),
        size=size,
        encoding="utf-8",
        delimiter=delimiter,
    )
    assert made.rows == len(rows)
    for number, _, cells in rows_of(found):
        assert cells["name"].split() == rows[number - 2][4].split()


def _storable(cell: str) -> str:
    text = cell.encode("utf-8", "ignore").decode()
    return text.replace("\0", "").replace("\x1f", "")


# --- files that cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf\r\n  "])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert why(content, tmp_path) == ("empty_file", {})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 rest", "xlsx"),
        (b"\xd0\xcf\x11\xe0 rest", "xls"),
        (b"%PDF-1.7", "pdf"),
        ("Номер;Дата".encode("utf-16"), "utf16"),
        (b"{\\rtf1", "rtf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "unknown"),
        ("Просто письмо.\nБез таблицы.\n".encode(), "unknown"),
        (b"x" * 200_000, "unknown"),
    ],
)
def test_what_is_no_csv_is_named_for_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    assert why(content, tmp_path) == ("not_csv", {"kind": kind})


def test_missing_columns_are_named_and_what_is_there_is_shown(tmp_path: Path) -> None:
    heading = [
        "Дата",
        "Накладная",
        "Код контрагента",
        "Контрагент",
        "Номенклатура",
        "Артикул",
        "Количество",
        "Цена",
        "Сумма",
    ]
    code, facts = why(table(row(), heading=heading), tmp_path)
    assert code == "column_missing"
    assert facts["missing"] == [{"field": "document", "names": ["Номер / document"]}]
    assert facts["found"] == heading
    cut_up(table(row(), heading=heading), tmp_path, mapping={"document": "Накладная"})


def test_a_file_in_an_old_encoding_is_recognised_by_its_heading(tmp_path: Path) -> None:
    for encoding in ("cp866", "koi8-r"):
        code, facts = why(table(row()).encode(encoding), tmp_path)
        assert (code, facts["meant"]) == ("encoding", encoding)


def test_a_file_in_another_encoding_than_was_said(tmp_path: Path) -> None:
    code, facts = why(table(row()).encode("cp1251"), tmp_path, encoding="utf-8")
    assert (code, facts["encoding"]) == ("encoding", "utf-8")
    code, facts = why(table(row()), tmp_path, encoding="cp1251")
    assert (code, facts.get("meant")) == ("encoding", "utf-8")


def test_a_file_that_changes_its_encoding_on_the_way(tmp_path: Path) -> None:
    content = table(*(row(f"УТ-{n}") for n in range(2000))).encode() + "13.01.2026;УТ-9;К-1".encode("cp1251")
    code, facts = why(content, tmp_path, size=50_000)
    assert (code, facts["encoding"]) == ("encoding", "utf-8")
    assert facts["sample"].startswith("13.01.2026;")


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    rows = [row(f"УТ-{n}") for n in range(5000)]
    content = table(*rows).replace("\r\n12.01.2026;УТ-7;", '\r\n12.01.2026;УТ-7;"', 1)
    code, facts = why(content, tmp_path)
    assert (code, facts["row"]) == ("row_broken", 9)


# --- size -------------------------------------------------------------------------------------------------------------


def test_files_are_cut_into_parts_by_their_size() -> None:
    megabyte = 2**20
    sizes = (0, 1, megabyte, megabyte + 1, 100 * megabyte, 1024 * megabyte)
    assert [parts_for(size) for size in sizes] == [1, 1, 1, 2, 100, 512]


def long_file(rows: int, *, documents: int = 1000) -> Iterator[bytes]:
    """A file that nobody holds: the same thousand rows again and again."""
    yield table().encode()
    lines = (";".join(row(f"УТ-{n * 7919 % documents}", sku=f"АРТ-{n:06}")) for n in range(1000))
    thousand = ("\r\n".join(lines) + "\r\n").encode()
    for _ in range(rows // 1000):
        yield thousand


def test_memory_is_flat_however_long_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "SPILL_BYTES", 256 * 1024)
    peaks = []
    for rows in (5_000, 60_000):
        folder = tmp_path / str(rows)
        folder.mkdir()
        tracemalloc.start()
        made = cut(long_file(rows), ExpectedFormat({}), parts_for(rows * 120), folder)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert made.rows == rows
    assert peaks[1] < peaks[0] * 1.3, peaks


def test_no_part_of_a_long_file_is_much_longer_than_the_others(tmp_path: Path) -> None:
    made = cut(long_file(50_000), ExpectedFormat({}), 9, tmp_path)
    sizes = [sum(1 for _ in read_part(file.read_bytes())) for file in tmp_path.iterdir()]
    assert made.parts == len(sizes) == 9
    assert max(sizes) < 2 * min(sizes)
