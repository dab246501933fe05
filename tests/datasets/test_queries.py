"""Questions over HTTP: answers that are right, in files that say how many rows they have, for nobody but who asked."""

import csv
import gzip
import io
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from python_calamine import load_workbook

from chalicelib import sales
from chalicelib.analytics.rollups.model import AnnouncedTier
from chalicelib.analytics.rollups.store import write_tier
from chalicelib.catalog.rules import Product
from chalicelib.catalog.store import write_product
from chalicelib.datasets.queries import consumers, keys, service
from chalicelib.datasets.queries import jobs as queries_jobs
from chalicelib.datasets.queries.model import AnswerColumn, QuestionName
from chalicelib.datasets.queries.questions import QUESTIONS
from chalicelib.datasets.queries.schemas import QueryForm, QueryView
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http.problems import Problem
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.analytics.raw_year import FILE, documents_of
from tests.conftest import NOON
from tests.orders.desk import Desk
from tests.sales.steps import DAY, invoice, line, returned
from tests.support.crashes import crashes, uncounted
from tests.support.lake import Lake
from tests.support.partners import company
from tests.support.public_data import data_file
from tests.support.spent import measures, spent

ADMIN = "mbr_admin"
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}


def ask(context: Context, lake: Lake, question: str, language: Any = "en", kind: str = "csv", **more: Any) -> QueryView:
    form = QueryForm.model_validate({"question": question, "format": kind, **YEAR, **more})
    asked = service.start(context, form, language, ADMIN)
    work_off(context, lake, asked.query_id)
    return service.show(context, asked.query_id, ADMIN)


def work_off(context: Context, lake: Lake, query_id: str) -> None:
    [requested] = context.table.query_all(keys.query(query_id).pk, starts="EVENT#")
    consumers.on_requested(context, Event(requested["event"], "evt_1", requested))
    while lake.queue.bodies:
        queries_jobs.answer_queries(context, {"messageId": "1", "body": lake.queue.bodies[0]})
        lake.queue.bodies.pop(0)


def rows(lake: Lake, view: QueryView) -> list[list[str]]:
    """The rows of the file in CSV; it has as many as it says, and they add up to its control totals."""
    content = lake.bucket.path(f"queries/{view.query_id}/answer.csv").read_text(encoding="utf-8-sig")
    found = list(csv.reader(io.StringIO(content), delimiter=";"))
    end = found.index([])
    assert ["Rows", str(end - 1)] in found[end:] or ["Строк", str(end - 1)] in found[end:]
    assert view.row_count == end - 1
    places = [place for column in QUESTIONS[view.question].columns for place in _places(column)]
    for control in view.control_totals:
        place = places.index(control.column)
        several = [row for row in found[1:end] if not control.currency or control.currency in row]
        assert sum(Decimal(row[place].replace(",", ".") or "0") for row in several) == control.total
        told = [
            Decimal(value.replace(",", "."))
            for label, value in found[end + 2 :]
            if label.startswith(("Control", "Контр"))
        ]
        assert control.total in told
    summed = {column.name for column in QUESTIONS[view.question].columns if column.kind == "sum"}
    assert {each.column for each in view.control_totals} == (summed if end > 1 else set())
    return found[1:end]


def _places(column: AnswerColumn) -> list[str]:
    """The columns of the file: names stand beside ids of companies."""
    return [column.name, "company"] if column.kind == "company" else [column.name]


def products(context: Context, **brands: str) -> None:
    tx = Transaction()
    for sku, brand in brands.items():
        product = Product(
            sku.replace("_", "-"), f"Lamp {sku}", "Лампа", brand, "lamps", "pcs", 1, Decimal(12), "RUB", Decimal(20)
        )
        write_product(tx, product, context.at)
    context.table.commit(tx)


def bought(number: str, company: str, day: date, **amounts: str) -> Any:
    lines = [line(amount, sku=sku.replace("_", "-")) for sku, amount in amounts.items()]
    return invoice(number, company=company, day=day)._replace(lines=lines)


def test_what_is_bought_with_a_brand_counts_documents_that_have_it(quick: Context, lake: Lake) -> None:
    products(quick, A_1="Luch", B_1="Zaria", B_2="Zaria")
    sales.record(quick, [
        bought("1", "cmp_1", DAY, A_1="10.00", B_1="5.00"),
        bought("2", "cmp_1", DAY, A_1="10.00", B_1="5.00", X_9="1.00"),
        bought("3", "cmp_2", DAY, A_1="10.00", B_2="7.00"),
        bought("4", "cmp_3", DAY, B_1="100.00"),
        bought("5", "cmp_2", date(2025, 12, 31), A_1="1.00", B_1="100.00"),
    ])  # fmt: skip
    lake.night(quick)
    assert rows(lake, ask(quick, lake, "bought_with_brand", brand="Luch")) == [
        ["B-1", "Lamp B_1", "Zaria", "RUB", "1", "50.0", "2", "10.00"],
        ["B-2", "Lamp B_2", "Zaria", "RUB", "1", "50.0", "1", "7.00"],
        ["X-9", "", "", "RUB", "1", "50.0", "1", "1.00"],
    ]


def test_a_price_stands_at_the_tier_of_the_day_of_its_order(quick: Context, lake: Lake) -> None:
    desk = Desk()
    desk.context = quick
    desk.place("ord_1")
    for ahead, code in ((-20, "silver"), (-5, "gold"), (3, "platinum")):
        write_tier(
            quick.table,
            "cmp_1",
            AnnouncedTier(quick.today + timedelta(days=ahead), quick.at, code, code, code, Decimal(3)),
        )
    lake.night(quick)
    assert rows(lake, ask(quick, lake, "price_by_tier")) == [
        ["LMP-1", "", "", "gold", "RUB", "1", "5.000", "10.0", "10.0", "0.0"]
    ]


def test_who_lost_a_brand_bought_it_before_and_buys_other_goods_since(quick: Context, lake: Lake) -> None:
    products(quick, A_1="Luch", B_1="Zaria")
    company(quick, "cmp_lost", name="Северный свет")
    before = date(2025, 11, 20)
    sales.record(quick, [
        bought("1", "cmp_lost", before, A_1="10.00", B_1="2.00"), bought("2", "cmp_lost", DAY, B_1="5.00"),
        bought("3", "cmp_kept", before, A_1="10.00"), bought("4", "cmp_kept", DAY, A_1="5.00"),
        bought("5", "cmp_gone", before, A_1="10.00"),
        bought("6", "cmp_other", before, B_1="10.00"), bought("7", "cmp_other", DAY, B_1="10.00"),
    ])  # fmt: skip
    lake.night(quick)
    assert rows(lake, ask(quick, lake, "brand_lost", brand="Luch")) == [
        ["cmp_lost", "Северный свет", "RUB", "2025-11-20", "10.00", "12.00", "5.00"]
    ]


def test_an_article_that_comes_back_is_counted_against_its_sales(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice("УТ-1", "100.00", "20.00"), returned("В-1", "УТ-1", "-25.00")])
    lake.night(quick)
    [found] = rows(lake, ask(quick, lake, "returned_articles", language="ru"))
    assert found == ["L-0", "", "", "RUB", "1", "1,000", "-1,000", "-100,0", "25,00"]


def test_every_question_has_the_columns_that_it_says_and_takes_a_quote(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice()])
    lake.night(quick)
    for name, question in QUESTIONS.items():
        brand = {"brand": "O'Neill {first}'; --"} if question.asks_brand else {}
        view = ask(quick, lake, name, **brand)
        assert view.state == "done", name
        (execution,) = [
            each
            for each in lake.executions.values()
            if each["sql"].lstrip() == question.statement(view.first, view.last, view.brand).lstrip()
        ]
        assert execution["rows"][0] == [each.name for each in question.columns]


def test_both_formats_have_the_same_rows_and_a_cell_of_a_workbook_is_a_number(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice("УТ-1"), invoice("УТ-2", day=DAY + timedelta(days=9))])
    lake.night(quick)
    told = ask(quick, lake, "second_purchase")
    assert rows(lake, told) == [["2026-10-01", "1", "1", "1", "1", "9.0"]]
    book = ask(quick, lake, "second_purchase", language="ru", kind="xlsx")
    file = lake.bucket.path(f"queries/{book.query_id}/answer.xlsx")
    cells = load_workbook(str(file)).get_sheet_by_index(0).to_python()
    assert cells[2][:2] == ["Строк", "1"] or ["Строк", "1"] in [row[:2] for row in cells]
    assert [date(2026, 10, 1), 1, 1, 1, 1, 9] in cells
    assert book.url
    assert "answer.xlsx" in book.url


def test_an_answer_of_too_many_rows_fails_and_leaves_no_file(
    quick: Context, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_ROWS", 1)
    products(quick, A_1="Luch")
    sales.record(quick, [bought("1", "cmp_1", DAY, A_1="1.00", B_1="1.00", B_2="1.00")])
    lake.night(quick)
    view = ask(quick, lake, "bought_with_brand", brand="Luch")
    assert (view.state, view.failure, view.row_count, view.url) == ("failed", "too_many_rows", None, None)
    assert not lake.bucket.path(f"queries/{view.query_id}/answer.csv").exists()


def test_a_question_that_the_engine_stopped_has_failed(quick: Context, lake: Lake) -> None:
    lake.night(quick)
    lake.failing = ["row_number"]
    view = ask(quick, lake, "second_purchase")
    assert (view.state, view.failure, view.url) == ("failed", "engine", None)


def test_a_query_belongs_to_who_asked(quick: Context, lake: Lake) -> None:
    lake.night(quick)
    view = ask(quick, lake, "second_purchase")
    with pytest.raises(Problem, match="not_found"):
        service.show(quick, view.query_id, "mbr_other")
    assert service.page(quick, "mbr_other", limit=25, after=None) == ([], None)
    assert [each.query_id for each in service.page(quick, ADMIN, limit=25, after=None)[0]] == [view.query_id]
    assert service.show(replace(quick, now=NOON + timedelta(days=8)), view.query_id, ADMIN).url is None


@pytest.mark.parametrize(
    ("question", "more", "code"),
    [("brand_lost", {}, "brand_missing"), ("second_purchase", {"brand": "Luch"}, "brand_unexpected")],
)
def test_a_brand_is_named_where_the_question_is_about_one(
    quick: Context, lake: Lake, question: str, more: Any, code: str
) -> None:
    lake.night(quick)
    with pytest.raises(Problem) as refused:
        ask(quick, lake, question, **more)
    assert [(each.code, each.pointer) for each in refused.value.errors] == [(code, "/brand")]


def test_a_person_asks_so_often_in_a_day(quick: Context, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PER_DAY", 1)
    lake.night(quick)
    ask(quick, lake, "second_purchase")
    with pytest.raises(Problem, match="too_many_requests"):
        ask(quick, lake, "second_purchase")


def test_a_period_that_ends_before_it_begins_and_a_lake_that_is_empty_are_refused(quick: Context, lake: Lake) -> None:
    with pytest.raises(ValidationError, match="before the first day"):
        QueryForm.model_validate(
            {"question": "second_purchase", "format": "csv", "from": "2026-02-01", "to": "2026-01-01"}
        )
    with pytest.raises(Problem, match="wrong_state"):
        ask(quick, lake, "second_purchase")


def test_wherever_it_dies_the_answer_is_written_once(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice("УТ-1"), invoice("УТ-2", day=DAY + timedelta(days=9))])
    lake.night(quick)
    rounds = 0
    form = QueryForm.model_validate({"question": "second_purchase", "format": "csv", **YEAR})
    for crash in crashes():
        with uncounted():
            asked = service.start(replace(quick, now=NOON + timedelta(days=rounds)), form, "en", ADMIN).query_id
        lake.queue.bodies.clear()
        with crash:
            work_off(quick, lake, asked)
        with uncounted():
            work_off(quick, lake, asked)
            assert rows(lake, service.show(quick, asked, ADMIN)) == [["2026-10-01", "1", "1", "1", "1", "9.0"]], crash
        rounds += 1
    assert rounds > 10


def test_answers_about_a_real_year_are_those_of_the_raw_file(quick: Context, lake: Lake, tmp_path: Path) -> None:
    """Counted anew in plain Python from the file's own lines."""
    documents = documents_of(gzip.decompress(data_file(FILE).read_bytes()).decode(), 100)
    sales.record(quick, documents)
    lake.night(quick)
    year = {"from": "2009-12-01", "to": "2010-11-30"}

    days: dict[str, set[date]] = defaultdict(set)
    for each in documents:
        if each.kind == "sale":
            days[each.company_id].add(each.business_date)
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for found in map(sorted, days.values()):
        quarter = expected[f"{found[0].year}-{(found[0].month - 1) // 3 * 3 + 1:02d}-01"]
        waited = (found[1] - found[0]).days if len(found) > 1 else None
        counted = (True, waited is not None, waited is not None and waited <= 30, waited is not None and waited <= 90)
        for place, holds in enumerate(counted):
            quarter[place] += holds
    told = rows(lake, ask(quick, lake, "second_purchase", **year))
    assert {row[0]: [int(each) for each in row[1:5]] for row in told} == expected

    back: dict[str, Decimal] = defaultdict(Decimal)
    for each in documents:
        for found_line in each.lines if each.kind == "return" else ():
            back[found_line.sku] -= found_line.amount
    told = rows(lake, ask(quick, lake, "returned_articles", **year))
    assert {row[0]: Decimal(row[8]) for row in told} == back


@measures(keys.query, keys.query_list)
def test_a_query_is_read_in_one_call(local_table: Table, lake: Lake) -> None:
    context = Context(table=local_table, now=NOON)
    lake.night(context)
    form = QueryForm.model_validate({"question": "second_purchase", "format": "csv", **YEAR})
    query_id = service.start(context, form, "en", ADMIN).query_id
    with spent(context.table.client) as cost:
        assert service.show(context, query_id, ADMIN).state == "running"
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(context.table.client) as cost:
        assert len(service.page(context, ADMIN, limit=25, after=None)[0]) == 1
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


def test_names_of_questions_are_those_of_the_form() -> None:
    assert set(QUESTIONS) == set(QuestionName)
