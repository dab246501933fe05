"""`make look` as whoever prepares a file types it."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.look import main

HEADING = "Дата;Номер;Контрагент;ИНН;Номенклатура;Количество;Сумма\n"
ROWS = (
    "12.01.2026;УТ-1;ООО Ромашка;7707083893;Лампа;2;1 234,56\n13.01.2026;УТ-2;ООО Ромашка;7707083893;Лампа;1;617,28\n"
)
TOTAL = ";;;;Итого;3;1 851,84\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "sales.csv", HEADING + ROWS + TOTAL)


def written(path: Path, text: str, encoding: str = "cp1251") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def as_json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_clerk_reads_what_was_understood_in_russian(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--language", "ru"]) == 0
    told = capsys.readouterr().out
    assert "cp1251" in told
    assert "УТ-1  продажа  ООО Ромашка  строк: 1  1234.56 RUB" in told
    assert "документов 2 (возвратов 0), покупателей 1, количество 3, сумма 1851.84" in told
    assert "сумма 1851.84: равен" in told


def test_a_program_reads_the_same_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--json"]) == 0
    found = as_json(capsys)
    assert found["state"] == "understood"
    assert found["format"]["encoding"] == "cp1251"
    assert found["rows"] == {"total": 3, "skipped": 1, "wrong": 0}


def test_a_refusal_is_told_with_its_code_and_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "sales.csv", HEADING + ROWS + ";;;;Итого;3;2 000,00\n")
    whole, refused = main([str(file), "--json"]), as_json(capsys)
    assert (whole, refused["state"], refused["code"]) == (1, "refused", "total_differs")
    assert main([str(file), "--language", "ru"]) == 1
    assert capsys.readouterr().out.startswith("Не принято: Итог в строке 4")


def test_a_file_without_customers_is_of_the_customer_that_the_command_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "sales.csv", "Дата;Номер;Номенклатура;Количество;Сумма\n12.01.2026;УТ-1;Лампа;2;100,00\n")
    assert main([str(file)]) == 1
    capsys.readouterr()
    assert main([str(file), "--customer", "К-1"]) == 0
    assert "100.00 RUB" in capsys.readouterr().out


def test_two_files_are_documents_and_their_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = written(tmp_path / "orders.csv", "order_id,order_date,customer_id\n1,2026-01-12,K-1\n", "utf-8")
    lines = written(tmp_path / "lines.csv", "order_id,product_id,quantity,unit_price\n1,L-1,2,50.00\n", "utf-8")
    assert main([str(orders), str(lines)]) == 0
    assert "100.00 RUB" in capsys.readouterr().out


def test_a_profile_names_the_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "sales.csv", "D;N;Who;What;Q;S\n12.01.2026;1;K-1;L-1;2;100,00\n", "utf-8")
    mapping = {"business_date": "D", "document": "N", "customer": "Who", "sku": "What", "quantity": "Q", "amount": "S"}
    profile = written(tmp_path / "profile.json", json.dumps({"mapping": mapping}), "utf-8")
    assert main([str(file), "--profile", str(profile)]) == 0
    assert "100.00 RUB" in capsys.readouterr().out


@pytest.mark.parametrize("profile", ["{}x", '{"colour": "red"}'])
def test_a_wrong_profile_and_a_missing_file_are_status_2(
    tmp_path: Path, file: Path, profile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = written(tmp_path / "profile.json", profile)
    assert main([str(file), "--profile", str(wrong)]) == 2
    assert main([str(tmp_path / "nowhere.csv")]) == 2
    assert capsys.readouterr().err.count("\n") == 2
