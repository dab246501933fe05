"""The analyst's command: the files it reads, what it leaves out, and what it answers."""

import csv
import gzip
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest

from infra.rhythm import main
from infra.rhythm_file import open_text, read

HEADING = ["customer", "p_no_order", "early_warning", "expected_orders", "expected_sum", "window_from", "window_to"]
AS_OF = "2010-09-01"


def sales(day: str = "{:%Y-%m-%d}") -> list[list[str]]:
    """Three customers: one of every two weeks, one of every two months, one that came once."""
    last = date(2010, 9, 1)
    rows = [["Клён", day.format(last - timedelta(14 * number)), "100", f"K{number}", "A"] for number in range(12)]
    rows += [["Дуб", day.format(last - timedelta(60 * number)), "900", f"D{number}", "B"] for number in range(4)]
    return [*rows, ["Ива", day.format(last - timedelta(100)), "50", "I1", "A"]]


def write(file: Path, heading: str, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    text = "\n".join([heading, *(delimiter.join(row) for row in rows)]) + "\n"
    file.write_bytes(text.encode(encoding))
    return file


def answer(file: Path, *more: str) -> list[dict[str, str]]:
    out = file.with_suffix(".scores")
    assert main([str(file), "--as-of", AS_OF, "--out", str(out), *more]) == 0
    return list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "sales.csv", "customer,date,sum,document,sku", sales())


def test_a_row_for_each_customer(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(file)
    assert [list(row) for row in found] == [HEADING] * 3
    by = {row["customer"]: row for row in found}
    assert float(by["Клён"]["p_no_order"]) < float(by["Дуб"]["p_no_order"]) < float(by["Ива"]["p_no_order"])
    assert by["Ива"]["early_warning"] == "1.000000"
    assert AS_OF < by["Клён"]["window_from"] <= by["Клён"]["window_to"] < "2010-12-01"
    told = capsys.readouterr().err
    assert "17 rows; 0 after 2010-09-01 left out; 0 not understood" in told
    assert "3 customers; r 0." in told and "alpha" in told


def test_what_came_later_says_nothing(file: Path, tmp_path: Path) -> None:
    later = [["Клён", "2010-09-02", "9999", "K99", "Z"], ["Ясень", "2010-12-01", "5", "X", "Z"]]
    more = write(tmp_path / "more.csv", "customer,date,sum,document,sku", [*later, *sales()])
    assert answer(more, "--suggest", "3") == answer(file, "--suggest", "3")


@pytest.mark.parametrize(
    ("heading", "delimiter", "encoding", "day"),
    [
        ("Контрагент;Дата;Сумма;Документ;Артикул", ";", "cp1251", "{:%d.%m.%Y}"),
        ("Клиент;Дата документа;Стоимость;Документ;Товар", ";", "utf-8-sig", "{:%d.%m.%Y} 0:00:00"),
        ("Customer ID\tInvoiceDate\tAmount\tInvoice\tStockCode", "\t", "utf-8-sig", "{:%Y-%m-%d} 09:30:00"),
    ],
)
def test_other_files_say_the_same(
    file: Path, tmp_path: Path, heading: str, delimiter: str, encoding: str, day: str
) -> None:
    other = write(tmp_path / "other.csv", heading, sales(day), delimiter, encoding)
    assert answer(other) == answer(file)


def test_a_packed_file_is_read(file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "sales.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert answer(packed) == answer(file)


def test_quantity_and_price_stand_for_the_sum(file: Path, tmp_path: Path) -> None:
    rows = [[customer, day, "2", str(int(amount) / 2), sku] for customer, day, amount, _, sku in sales()]
    without = write(tmp_path / "without.csv", "customer_id,date,qty,price,sku", rows)
    assert answer(without) == answer(file)


def test_sums_are_read_as_they_are_written(file: Path, tmp_path: Path) -> None:
    written = {"100": "100,00", "900": "9\N{NO-BREAK SPACE}00.00", "50": "50,0"}
    rows = [[customer, day, written[amount], sku] for customer, day, amount, _, sku in sales()]
    assert answer(write(tmp_path / "sums.csv", "client;day;сумма;sku", rows, ";")) == answer(file)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1234.56", 1234.56),
        ("1 234,56", 1234.56),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1.234.567", 1_234_567),
        ("1,234,567.5", 1_234_567.5),
        ("\N{MINUS SIGN}70,00", -70),
        ("(70.00)", -70),
        ("70,00-", -70),
        ("$1,234.50", 1234.5),
        ("1 234,50 руб.", 1234.5),
        ("1'234.50", 1234.5),
        ("1.5e3", 1500),
        ("12,345", 12_345),
        ("0,345", 0.345),
    ],
)
def test_the_last_sign_is_the_decimal_one(written: str, number: float, tmp_path: Path) -> None:
    file = write(tmp_path / "one.csv", "client;day;Сумма, руб.", [["Клён", "01.08.2010", written]], ";", "utf-16")
    with open_text(file) as text:
        [[line]] = read(text, date(2010, 9, 1).toordinal()).lines.values()
    assert line.amount == number


@pytest.mark.parametrize(
    ("heading", "day", "delimiter"),
    [
        ("CustomerID,InvoiceDate,Amount,Invoice,StockCode", "{0:%-m/%-d/%Y} 7:45", ","),
        ("customer,date,sum,document,sku", "{:%Y/%m/%d}", ","),
        ("customer,date,sum,document,sku", "{:%Y%m%d}", ","),
        ("customer,date,sum,document,sku", "{0:%-d/%-m/%Y}", ","),
        ("Контрагент;Дата документа;Сумма с НДС;Номер документа;Артикул", "{:%d.%m.%y}", ";"),
        ("Контрагент;Дата отгрузки;Сумма с НДС;Документ;Номенклатура", "{:%d.%m.%Y}", ";"),
        ("Customer ID;Invoice Date;Total Amount;Invoice;Stock Code", "{:%d.%m.%Y %H:%M}", ";"),
        ("CustomerID,TransactionDate,SalesAmount,TransactionID,ItemID", "{:%Y-%m-%d}", ","),
        ("client_id,order_date,line_total,order_id,product_id", "{:%Y-%m-%dT%H:%M:%SZ}", ","),
        ("user,timestamp,revenue,order,product", "{:%Y-%m-%d}", ","),
        ("client_ref,order_ts,net_value,order,product", "{:%Y-%m-%dT%H:%M:%S.123+03:00}", ","),
        ("customer,iso_week,sum,document,sku", "{:%G-W%V-%u}", ","),
        ("customer,date,order_total,order,product", "{:%d %b %Y}", ","),
        ("customer,date,sum,order,product", "{:%m-%d-%Y}", ","),
        ("shop_id,order_time,order_value,order,product", "{0:%-m/%-d/%Y} 1:05 PM", ","),
        ("customer,date,sum,order,product", "{0:%Y/%-m/%-d}", ","),
        ("Клиент;Дата;Сумма заказа;Заказ;Артикул", "{:%d-%b-%y}", ";"),
        ("Kundennummer;Rechnungsdatum;Gesamtbetrag;Rechnung;Artikelnummer", "{:%d.%m.%Y}", ";"),
        ("Клиент;Дата, день;Сумма, руб.;Документ;Артикул", "{:%d.%m.%Y}", ";"),
        ("sep=;\ncustomer;date;sum;document;sku", "{:%Y-%m-%d}", ";"),
        ("Продажи за период;;;;\n;;;;\nКлиент;Дата;Сумма;Документ;Артикул", "{:%d.%m.%Y 0:00:00}", ";"),
    ],
)
def test_headings_and_dates_of_other_programs_say_the_same(
    file: Path, tmp_path: Path, heading: str, day: str, delimiter: str
) -> None:
    assert answer(write(tmp_path / "other.csv", heading, sales(day), delimiter)) == answer(file)


def test_a_column_that_is_called_sum_is_the_sum(file: Path, tmp_path: Path) -> None:
    rows = [[customer, day, "3", "7", amount, sku] for customer, day, amount, _, sku in sales()]
    assert answer(write(tmp_path / "sum.csv", "customer,date,amount,price,sum,sku", rows)) == answer(file)


def test_a_lone_quotation_mark_takes_no_other_row_with_it(file: Path, tmp_path: Path) -> None:
    rows = [['"Клён', *rest] if customer == "Клён" else [customer, *rest] for customer, *rest in sales()]
    more = write(tmp_path / "quotes.csv", "customer,date,sum,document,sku", rows)
    assert [each["customer"] for each in answer(more)] == ["Дуб", "Ива", "Клён"]
    [clen] = [each for each in answer(more) if each["customer"] == "Клён"]
    assert float(clen["expected_orders"]) > 0
    text = 'customer,date,sum,note\nA,2010-01-01,5,"two\nlines"\n"A,2010-02-01,5,\n\nB,2010-03-01,5,\n'
    found = read(StringIO(text), date(2010, 9, 1).toordinal())
    assert {customer: len(list(lines)) for customer, lines in found.lines.items()} == {"A": 2, "B": 1}


def test_names_in_an_old_encoding_stay_apart_however_late_they_come(tmp_path: Path) -> None:
    rows = [[f"A{number}", "2010-08-01", "5"] for number in range(6000)]
    rows += [[f"ООО {name}", "2010-08-01", "5"] for name in ("Ромашка", "Калинка", "Березка")]
    late = write(tmp_path / "late.csv", "customer,date,sum", rows, encoding="cp1251")
    assert {each["customer"] for each in answer(late)} >= {"ООО Ромашка", "ООО Калинка", "ООО Березка"}


def test_an_empty_date_is_none(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["Клён", day, "100", "", "A"] for day in ("01.01.0001", "1899-12-30")]
    assert answer(write(tmp_path / "empty.csv", "customer,date,sum,document,sku", [*sales(), *rows])) == answer(file)
    assert "2 not understood" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--as-of", "1st of May"], "argument --as-of: no date"),
        (["--as-of", "9999-12-31"], "argument --as-of: no date"),
        (["--out", "/nonexistent/x.csv"], "no such folder"),
    ],
)
def test_a_wrong_argument_is_told_before_anything_is_read(
    file: Path, more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([str(file), "--as-of", AS_OF, *more])
    assert words in capsys.readouterr().err
    assert main([str(file), "--as-of", "01.09.2010", "--out", str(file.with_suffix(".scores"))]) == 0


def test_a_day_of_a_spreadsheet_is_read(file: Path, tmp_path: Path) -> None:
    serial = [[row[0], str((date.fromisoformat(row[1]) - date(1899, 12, 30)).days), *row[2:]] for row in sales()]
    assert answer(write(tmp_path / "serial.csv", "customer,date,sum,document,sku", serial)) == answer(file)


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        (["1,234", "987", "12,345"], [1234, 987, 12_345]),
        (["1,234", "1234", "2,500"], [1.234, 1234, 2.5]),
        (["1.234", "987"], [1234, 987]),
        (["1.234", "1.5"], [1.234, 1.5]),
        (["1,234", "1,5"], [1.234, 1.5]),
        (["1,234", "1,234.50"], [1234, 1234.5]),
    ],
)
def test_the_whole_column_tells_whether_a_sign_groups_thousands(
    written: list[str], numbers: list[float], tmp_path: Path
) -> None:
    rows = [["Клён", "2010-08-01", each] for each in written]
    with open_text(write(tmp_path / "sums.csv", "client;day;sum", rows, ";")) as text:
        [lines] = read(text, date(2010, 9, 1).toordinal()).lines.values()
    assert [line.amount for line in lines] == numbers


def test_a_file_without_any_row_that_is_understood_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "dates.csv", "customer,date,sum", [["a", "in May", "5"]])
    with pytest.raises(SystemExit):
        main([str(file), "--as-of", AS_OF])
    told = capsys.readouterr().err
    assert "row 2: no date: 'in May'" in told and "no row is understood" in told


def test_who_never_bought_is_told(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = [["Клиника", "2010-08-20", "-5", "", ""], ["Склад", "2010-08-21", "0", "", ""]]
    found = answer(write(tmp_path / "more.csv", "customer,date,sum,document,sku", [*sales(), *more]))
    assert found == answer(file)
    assert "2 customers without a purchase left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 and more", "save it as CSV"),
        (b"customer,date,sum\n" + b"A" * 200_000 + b",2010-08-01,5\n", "field larger than field limit"),
        (gzip.compress(b"customer,date,sum\nA,2010-08-01,5\n", mtime=0)[:-9], "ended before"),
        (b"", "no column for customer"),
    ],
)
def test_what_is_no_sales_file_is_refused(
    content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.csv"
    file.write_bytes(content)
    with pytest.raises(SystemExit):
        main([str(file), "--as-of", AS_OF])
    assert words in capsys.readouterr().err


def test_a_cancelled_order_is_no_order(file: Path, tmp_path: Path) -> None:
    more = [["Дуб", "2010-08-20", "70", "D9", "C"], ["Дуб", "2010-08-21", "-70", "D10", "C"]]
    cancelled = write(tmp_path / "cancelled.csv", "customer,date,sum,document,sku", [*sales(), *more])
    assert answer(cancelled) == answer(file)


def test_a_bad_row_is_told_and_left_out(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [["Клён", "2010-13-01", "5", "", ""], ["Клён", "2010-01-01", "much", "", ""], ["", "2010-01-01", "5", "", ""]]
    bad += [["Клён"], ["Клён", "2010-01-01", "nan", "", ""]]
    bad += [["Клён", "2010-01-01", nothing, "", ""] for nothing in ("", "-", " ")]
    found = answer(write(tmp_path / "bad.csv", "customer,date,sum,document,sku", [*bad, *sales()]))
    assert found == answer(file)
    told = capsys.readouterr().err
    assert "8 not understood" in told and "row 3: " in told and "row 5: it has too few columns" in told


def test_suggestions_stand_in_two_columns(file: Path) -> None:
    by = {row["customer"]: row for row in answer(file, "--suggest", "2")}
    assert (by["Клён"]["usual"], by["Клён"]["new"]) == ("A", "B")


def test_a_file_without_the_columns_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "wrong.csv", "who,when", [["a", "b"]])
    with pytest.raises(SystemExit):
        main([str(file), "--as-of", AS_OF])
    assert "no column for customer, date, sum (or quantity and price) among: who, when" in capsys.readouterr().err


def test_a_file_without_purchases_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "empty.csv", "customer,date,sum", [["a", "2010-10-01", "5"]])
    with pytest.raises(SystemExit):
        main([str(file), "--as-of", AS_OF])
    assert "no purchase up to 2010-09-01" in capsys.readouterr().err


@pytest.mark.parametrize("written", ["1280620800", "1280620800123", "1280620800.5", "2010-W30-7", "2010W307"])
def test_seconds_since_1970_and_days_of_weeks_are_days(written: str, tmp_path: Path) -> None:
    plain = write(tmp_path / "plain.csv", "customer,date,sum", [["a", "2010-08-01", "5"]])
    assert answer(write(tmp_path / "other.csv", "customer,date,sum", [["a", written, "5"]])) == answer(plain)
