"""Files of the set-up as people save them."""

from base64 import b64encode, encodebytes

import pytest

from chalicelib.platform import Problem
from chalicelib.platform.access.scopes import STAFF_ROLES
from chalicelib.platform.text import Language
from chalicelib.platform.words.codes import word
from chalicelib.setup.files.reader import Row, file_of
from chalicelib.setup.files.rules import Kind

MARIA = {"name": "Maria", "email": "maria@club.example", "role": "manager"}


def rows_of(content: str, kind: Kind) -> list[Row]:
    return file_of(content, kind).rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(end: str) -> None:
    content = end.join(["name;email;role", "Maria;maria@club.example;manager", ""])
    assert rows_of(content, "staff") == [Row(2, MARIA)]


def test_blank_lines_above_the_heading_and_between_the_rows_are_left_out() -> None:
    content = "\ufeff\n;;\nname;email;role\n\nMaria;maria@club.example;manager\n"
    assert rows_of(content, "staff") == [Row(5, MARIA)]


def test_a_column_of_another_kind_is_notfile_of() -> None:
    content = "ФИО;Почта;Роль;Телефон\nMaria;maria@club.example;менеджер;+7 495 123-45-67\n"
    assert rows_of(content, "staff") == [Row(2, MARIA)]
    content = "Название;Почта;Регионы;Менеджер;Телефон\nЦентр;center@club.example;RU-MOW;Maria;123\n"
    cells = {"name": "Центр", "email": "center@club.example", "regions": "RU-MOW", "phone": "123"}
    assert rows_of(content, "distributors") == [Row(2, cells)]


@pytest.mark.parametrize("role", STAFF_ROLES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_role_is_read_as_a_list_in_a_file_writes_it(role: str, language: Language) -> None:
    content = f"Имя;Почта;Роль\nMaria;maria@club.example;{word('role', role, language)}\n"
    assert rows_of(content, "staff") == [Row(2, MARIA | {"role": role})]


def test_columns_that_are_not_read_are_told() -> None:
    assert file_of("Имя;Почта; Роль;Должность;;Телефон\n", "staff").ignored == ["Должность", "Телефон"]
    assert file_of("Название;Почта;Регионы;Склады\n", "distributors").ignored == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_file_in_base64_is_read_as_the_file_itself(encoding: str) -> None:
    content = "ФИО;Почта;Роль\nMaria;maria@club.example;менеджер\n".encode(encoding)
    assert rows_of(b64encode(content).decode(), "staff") == [Row(2, MARIA)]
    assert rows_of(encodebytes(content).decode(), "staff") == [Row(2, MARIA)]


def test_a_quotation_mark_without_its_pair_spoils_its_own_line_only() -> None:
    content = 'name;email;role\n"Anna;anna@club.example;manager\nMaria;maria@club.example;manager\n'
    assert [row.line for row in rows_of(content, "staff")] == [2, 3]
    assert rows_of(content, "staff")[1].cells == MARIA


def test_a_cell_that_no_workbook_holds_is_no_table() -> None:
    assert len(rows_of("name;email;role\n" + "x" * 32_000 + ";maria@club.example;manager\n", "staff")) == 1
    with pytest.raises(Problem):
        rows_of("name;email;role\n" + "x" * 33_000 + ";maria@club.example;manager\n", "staff")
