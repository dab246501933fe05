"""From bytes to parts: encodings, delimiters, headings, and memory that stays flat."""

import random
import tracemalloc
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.reading import flat, parts
from chalicelib.exchange.reading.model import SalesProfileForm, SplitFile
from chalicelib.exchange.reading.parts import cut, parts_for, read_part
from chalicelib.exchange.reading.rules import CellFault, SaleRow
from chalicelib.exchange.tables.model import Unreadable
from tests.exchange.reading.steps import TERMS, why
from tests.exchange.sales_files.steps import row, table

AS_IT_IS = SalesProfileForm()


def cut_up(content: str | bytes, folder: Path, count: int = 3, **profile: Any) -> tuple[SplitFile, list[list[Any]]]:
    """The cut, and the rows of each part."""
    upload, made_in = folder / "upload", folder / "parts"
    upload.write_bytes(content.encode() if isinstance(content, str) else content)
    made_in.mkdir()
    made = cut(upload, SalesProfileForm.model_validate(profile), TERMS, count, made_in)
    found = [list(read_part(file.read_bytes())) for file in sorted(made_in.glob("*.gz"))]
    assert len(found) == made.parts
    return made, found


def rows_of(found: list[list[Any]]) -> list[SaleRow]:
    rows = [each for part in found for each in part if isinstance(each, SaleRow)]
    return sorted(rows, key=lambda each: each.row)


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    made, found = cut_up(table(row("УТ-1"), [], row("УТ-2")), tmp_path)
    assert [(each.row, each.number) for each in rows_of(found)] == [(2, "УТ-1"), (4, "УТ-2")]
    assert (made.rows, made.skipped, made.found.encoding, made.found.delimiter) == (3, 1, "utf-8", ";")
    assert (made.found.columns["document"], made.found.letters["document"]) == ("Номер", "B")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path: Path, encoding: str, delimiter: str) -> None:
    made, found = cut_up(table(row(name="Лампа; Свет\t, и | ещё"), delimiter=delimiter).encode(encoding), tmp_path)
    assert made.found.delimiter == delimiter
    assert made.found.encoding == encoding.removesuffix("-sig")
    assert rows_of(found)[0].name == "Лампа; Свет , и | ещё"


@pytest.mark.parametrize(
    ("encoding", "heading", "customer"),
    [
        ("cp1250", "Datum;Číslo dokladu;Zákazník;Zboží;Množství;Cena;Částka", "Žlutý kůň s.r.o."),
        ("cp1250", "Data;Numer;Kontrahent;Towar;Ilość;Cena;Wartość brutto", "Spółka Łódź"),
        ("cp1254", "Tarih;Belge No;Müşteri;Ürün;Miktar;Fiyat;Tutar", "Işık Ltd Şti"),
        ("cp1252", "Date;Numéro;Client;Désignation;Quantité;Prix;Montant TTC", "Société Générale"),
        ("gb18030", "日期;单据号;客户;商品;数量;单价;金额", "上海公司"),
    ],
)
def test_code_pages_of_other_countries_are_told_by_their_headings(
    tmp_path: Path, encoding: str, heading: str, customer: str
) -> None:
    text = f"{heading}\n12.01.2026;1;{customer};L;2;50;100\n"
    made, found = cut_up(text.encode(encoding), tmp_path)
    [read] = rows_of(found)
    assert (made.found.encoding, read.customer.name, read.amount) == (encoding, customer, 100)


@pytest.mark.parametrize(
    ("encoding", "heading"),
    [
        ("shift_jis", "日付;伝票番号;得意先;商品名;数量;単価;金額"),
        ("euc-kr", "날짜;문서번호;고객;품목;수량;단가;금액"),
        ("cp1253", "Ημερομηνία;Αριθμός;Πελάτης;Είδος;Ποσότητα;Τιμή;Ποσό"),
        ("mac-cyrillic", "Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Сумма"),
    ],
)
def test_a_text_in_an_unknown_encoding_is_refused_as_such(tmp_path: Path, encoding: str, heading: str) -> None:
    rows = "".join(f"12.01.2026;{n};{heading.replace(';', ' ')};L;2;50;100\n" for n in range(1, 4))
    with pytest.raises(Unreadable) as refused:
        cut_up(f"{heading}\n{rows}".encode(encoding), tmp_path)
    assert refused.value.code == "encoding_unknown"


@pytest.mark.parametrize("encodings", [("cp1251", "utf-8"), ("utf-8", "cp1251")])
def test_a_file_glued_together_of_two_encodings_is_refused_as_such(tmp_path: Path, encodings: tuple[str, str]) -> None:
    first, second = (table(*(row(f"УТ-{n}") for n in range(5))).encode(encoding) for encoding in encodings)
    with pytest.raises(Unreadable) as refused:
        cut_up(first + second, tmp_path)
    assert refused.value.code == "encoding_broken"


def test_a_file_that_is_ascii_for_long_may_turn_out_to_be_either(tmp_path: Path) -> None:
    heading = ["Invoice", "Date", "Customer", "SKU", "Name", "Quantity", "Price"]
    latin = [[str(n), "2026-01-12", "7", "L-1", "Lamp", "1", "5.00"] for n in range(3000)]
    last = ["9999", "2026-01-12", "7", "L-1", "Лампа", "1", "5.00"]
    for encoding in ("utf-8", "cp1251"):
        folder = tmp_path / encoding
        folder.mkdir()
        made, found = cut_up(table(*latin, last, heading=heading).encode(encoding), folder)
        assert made.found.encoding == encoding
        assert rows_of(found)[-1].name == "Лампа"


def test_spaces_between_thousands_are_no_letters(tmp_path: Path) -> None:
    money = "1\u00a0000,00"
    rows = [[*row(f"N-{n}")[:2], "C", "C", "Lamp", "L", "1", money, money] for n in range(900)]
    made, found = cut_up(table(*rows).encode("cp1251"), tmp_path)
    assert (made.found.encoding, len(rows_of(found))) == ("cp1251", 900)


def test_a_preamble_stands_before_the_heading(tmp_path: Path) -> None:
    text = "Ведомость по продажам\r\n\r\nПериод: Январь 2026 г.\r\nОтборы: Номер, Дата\r\n" + table(row())
    made, found = cut_up(text, tmp_path)
    assert [each.row for each in rows_of(found)] == [6]
    assert (made.rows, made.found.heading_line) == (1, 5)


def test_totals_and_empty_rows_are_skipped_and_counted(tmp_path: Path) -> None:
    total = ["Итого", *[""] * 7, "100,00"]
    made, found = cut_up(table(row(), total, [""] * 9, ["Всего:"]), tmp_path)
    assert (made.rows, made.skipped, len(rows_of(found))) == (4, 3, 1)


def test_short_rows_end_in_empty_cells_and_long_ones_are_marked(tmp_path: Path) -> None:
    rows = [row()[:-1], [*row("УТ-2"), ""], [*row("УТ-4"), ""], [*row("УТ-3"), "", "ещё"]]
    _, found = cut_up(table(*rows), tmp_path, count=1)
    in_order = sorted(found[0], key=lambda each: each.row if isinstance(each, SaleRow) else each[0].row)
    assert [each if isinstance(each, SaleRow) else [fault.code for fault in each] for each in in_order] == [
        ["missing"],
        *rows_of(found),
        ["too_many_cells"],
    ]
    assert len(rows_of(found)) == 2


def test_cells_keep_quotes_and_lose_line_ends(tmp_path: Path) -> None:
    _, found = cut_up(table(row(name='Лампа "Свет"\r\nбелая\x1f')), tmp_path)
    assert rows_of(found)[0].name == 'Лампа "Свет" белая'


def test_rows_of_a_document_are_in_one_part_however_its_number_is_written(tmp_path: Path) -> None:
    numbers = [form.format(n) for n in range(40) for form in ("УТ-{}", "ут-{}", " Ут-{} ")]
    random.Random(7).shuffle(numbers)
    _, found = cut_up(table(*(row(number) for number in numbers)), tmp_path, count=7)
    where = defaultdict(set)
    for part, rows in enumerate(found):
        for each in rows:
            where[each.number].add(part)
    assert (len(found), len(where)) == (7, 40)
    assert {len(several) for several in where.values()} == {1}


def test_the_same_file_is_cut_into_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SPILL_ROWS", 10)
    content = table(*(row(f"УТ-{n % 50}") for n in range(500)))
    cuts = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        cut_up(content, tmp_path / name, count=4)
        cuts.append([file.read_bytes() for file in sorted((tmp_path / name / "parts").glob("*.gz"))])
    assert cuts[0] == cuts[1]


# Letter by letter: `st.text` draws words of our own, such as those of a total.
NAMES = st.lists(st.characters(), max_size=12).map("".join)


@given(st.lists(NAMES, min_size=1, max_size=30), st.sampled_from([";", "\t"]))
def test_whatever_cells_hold_they_come_through(tmp_path_factory: Any, names: list[str], delimiter: str) -> None:
    names = [_storable(name) if _storable(name).strip() else "x" for name in names]
    kept = [" ".join(name.split()) for name in names]
    made, found = cut_up(
        table(*(row(name=name, amount=str(n)) for n, name in enumerate(names)), delimiter=delimiter),
        tmp_path_factory.mktemp("parts"),
        format={"encoding": "utf-8"},
    )
    assert made.rows == len(names)
    assert [" ".join(each.name.split()) for each in rows_of(found)] == kept


def _storable(cell: str) -> str:
    text = cell.encode("utf-8", "ignore").decode()
    return "".join(letter for letter in text if letter.isprintable())


def test_a_fault_keeps_its_cell(tmp_path: Path) -> None:
    _, found = cut_up(table(row(quantity="много"), row("УТ-2")), tmp_path, count=1)
    assert found[0][0] == [CellFault(2, "УТ-1", "quantity", "много", "number")]


# --- size -------------------------------------------------------------------------------------------------------------


def test_files_are_cut_into_parts_by_their_size() -> None:
    megabyte = 2**20
    sizes = (0, 1, megabyte, megabyte + 1, 100 * megabyte, 1024 * megabyte)
    assert [parts_for(size) for size in sizes] == [1, 1, 1, 2, 100, 512]


def long_file(rows: int, path: Path, *, documents: int = 1000) -> Path:
    """A file that nobody holds: the same thousand rows again and again."""
    lines = (";".join(row(f"УТ-{n * 7919 % documents}", sku=f"АРТ-{n:06}")) for n in range(1000))
    thousand = ("\r\n".join(lines) + "\r\n").encode()
    with path.open("wb") as file:
        file.write(table().encode())
        for _ in range(rows // 1000):
            file.write(thousand)
    return path


def test_memory_is_flat_however_long_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SPILL_ROWS", 500)
    monkeypatch.setattr(flat, "MOST_KEPT", 100_000)  # both files are longer
    peaks = []
    for rows in (4_000, 20_000):  # the first reading keeps 3,000 rows
        folder = tmp_path / str(rows)
        folder.mkdir()
        upload = long_file(rows, tmp_path / "upload")
        tracemalloc.start()
        made = cut(upload, AS_IT_IS, TERMS, parts_for(rows * 120), folder)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert made.rows == rows
    assert peaks[1] < peaks[0] * 1.3, peaks


def test_no_part_of_a_long_file_is_much_longer_than_the_others(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    made = cut(long_file(20_000, tmp_path / "upload"), AS_IT_IS, TERMS, 9, tmp_path / "parts")
    sizes = [sum(1 for _ in read_part(file.read_bytes())) for file in (tmp_path / "parts").glob("*.gz")]
    assert made.parts == len(sizes) == 9
    assert max(sizes) < 2 * min(sizes)


# --- files that cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf\r\n  "])
def test_an_empty_file(content: bytes) -> None:
    assert why(content) == ("empty_file", {})


def test_missing_columns_are_named_and_what_is_there_is_shown(tmp_path: Path) -> None:
    heading = [
        "Дата",
        "Ведомость",
        "Код контрагента",
        "Контрагент",
        "Номенклатура",
        "Артикул",
        "Количество",
        "Цена",
        "Сумма",
    ]
    code, facts = why(table(row(), heading=heading))
    assert code == "column_missing"
    assert facts["missing"] == [{"field": "document", "names": ["Номер документа / document"]}]
    assert facts["found"] == heading
    cut_up(table(row(), heading=heading), tmp_path, mapping={"document": "Ведомость"})


def test_a_good_file_with_unknown_headings_is_told_which_are_missing() -> None:
    code, facts = why("a,b,c\n1,2,3\n4,5,6\n")
    assert (code, facts["found"]) == ("column_missing", ["a", "b", "c"])


def test_a_file_that_changes_its_encoding_on_the_way() -> None:
    content = table(*(row(f"УТ-{n}") for n in range(2000))).encode() + "13.01.2026;УТ-9;К-1".encode("cp1251")
    code, facts = why(content)
    assert (code, facts) == ("encoding_broken", {"encoding": "UTF-8", "line": 2002})
