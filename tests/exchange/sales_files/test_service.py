"""A file's way through the club: announced, uploaded, split, written, shown."""

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib import companies, sales
from chalicelib.exchange.imports import store as sales_files_store
from chalicelib.exchange.imports.config import Imports
from chalicelib.exchange.reading import reader
from chalicelib.exchange.runs import reports
from chalicelib.exchange.runs import service as runs
from chalicelib.exchange.sales_files import jobs, service
from chalicelib.platform.access.store import disable_client
from chalicelib.platform.context import Context
from chalicelib.tiers.config import Tiers
from tests.exchange.sales_files.steps import (
    HEADING,
    OPERATOR,
    PATH,
    bad_rows,
    bring,
    counts,
    data_file,
    messages,
    row,
    shown,
    start,
    table,
    told,
    upload,
    write_all,
)
from tests.platform.files.test_tables import in_csv
from tests.sales.steps import days, deliver, invoice, items, returned_parts
from tests.sales.steps import told as told_by_events
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, empty_account, races
from tests.support.customers import customer_companies

INN = "7707083893"


def totals(context: Context) -> dict[str, Decimal]:
    """The purchases of each customer, by the file's own code."""
    names = {
        item["company_id"]: item["pk"].split("#", 2)[2]
        for item in items(context, "OWNER")
        if item["pk"].startswith("CUSTOMER#")
    }
    sums: dict[str, Decimal] = {}
    for (company_id, _), (amount, _) in days(context).items():
        sums[names[company_id]] = sums.get(names[company_id], Decimal(0)) + amount
    return sums


def documents(context: Context) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """Series and number of each current document: its lines and its total."""
    return {
        (sale["series"], sale["document"]): (int(sale["line_count"]), sale["total"])
        for sale in items(context, "SALE#")
        if "superseded_by" not in sale
    }


WITH_ORIGINALS = [*HEADING, "Документ-основание", "Дата исходного документа"]

# --- the way of a good file -------------------------------------------------------------------------------------------


def test_a_file_becomes_documents_of_companies(api: Api, context: Context) -> None:
    content = table(
        row("УТ-1", customer="К-1", amount="100,00"),
        row("УТ-2", customer="К-2", amount="1 000,50"),
        row("УТ-1", customer="К-1", amount="20,00", sku="", name="Кисть"),
        row("ВЗ-1", customer="К-1", quantity="-1", amount="-30,00"),
        ["Итого", *[""] * 7, "1 090,50"],
    )
    done = bring(api, context, content)
    assert (done["state"], done["progress"]) == ("done", {"rows_looked_at": 2 * 5, "parts_done": 1, "parts_total": 1})
    assert counts(done) == ({"total": 5, "skipped": 1, "created": 4}, {"created": 3})
    assert (done["companies_created"], done["bad_rows"], done["reason"]) == (2, None, None)
    assert (done["encoding"], done["delimiter"], done["columns"]["document"]) == ("utf-8", ";", "Номер")
    assert totals(context) == {"К-1": Decimal(90), "К-2": Decimal("1000.50")}
    assert documents(context) == {
        ("2026", "УТ-1"): (2, Decimal(120)),
        ("2026", "УТ-2"): (1, Decimal("1000.50")),
        ("2026-returns", "ВЗ-1"): (1, Decimal(-30)),
    }
    assert {sale["kind"] for sale in items(context, "SALE#") if sale["total"] < 0} == {"return"}


def test_the_same_file_twice_changes_nothing(api: Api, context: Context) -> None:
    content = table(*(row(f"УТ-{n}", customer=f"К-{n % 3}") for n in range(8)))
    bring(api, context, content, key="first")
    before = [item for item in items(context) if not item["pk"].startswith(("IMPORT#", "ONCE#"))]
    again = bring(api, context, content, key="second")
    assert counts(again) == ({"total": 8, "unchanged": 8}, {"unchanged": 8})
    assert again["companies_created"] == 0
    assert [item for item in items(context) if not item["pk"].startswith(("IMPORT#", "ONCE#"))] == before


def test_a_corrected_file_changes_what_differs_and_tells_by_how_much(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-1"), row("УТ-2"), row("УТ-3")), key="first")
    corrected = table(row("УТ-1"), row("УТ-2", amount="70,00", day="13.01.2026"), row("УТ-4", customer="К-2"))
    done = bring(api, context, corrected, key="second")
    assert counts(done) == (
        {"total": 3, "created": 1, "changed": 1, "unchanged": 1},
        {"created": 1, "changed": 1, "unchanged": 1},
    )
    assert totals(context) == {"К-1": Decimal(270), "К-2": Decimal(100)}
    assert told_by_events(context) == {day: amount for day, (amount, _) in days(context).items()}


def test_a_document_moves_to_the_customer_that_it_is_corrected_to(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-1", customer="К-1")), key="first")
    bring(api, context, table(row("УТ-1", customer="К-2")), key="second")
    assert totals(context) == {"К-2": Decimal(100)}


def test_an_import_tells_how_many_rows_were_looked_at_while_its_file_is_split(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SECONDS_BETWEEN_NEWS", 0)
    for module in (service, reader):
        monkeypatch.setattr(module, "ROWS_BETWEEN_LOOKS", 2)
    told: list[int] = []
    monkeypatch.setattr(service.store, "tell_rows", lambda context, import_id, rows: told.append(rows))
    done = bring(api, context, table(*(row(f"УТ-{at}") for at in range(5))), key="first", dry_run=True)
    assert (told, done["progress"]["rows_looked_at"]) == ([2, 4, 6, 8], 2 * 5)


def test_an_older_upload_that_is_late_does_not_bring_old_content_back(api: Api, context: Context) -> None:
    late = start(api, "late").json
    event = upload(late, table(row("УТ-1", amount="50,00")).encode())
    jobs.split_import(context, event)
    waiting = messages()
    later = replace(context, now=context.now + timedelta(minutes=5))
    newer = start(api, "newer").json
    jobs.split_import(later, upload(newer, table(row("УТ-1", amount="70,00")).encode()))
    write_all(later)
    write_all(later, waiting)
    assert counts(shown(api, late["import_id"])) == ({"total": 1, "unchanged": 1}, {"unchanged": 1})
    assert totals(context) == {"К-1": Decimal(70)}


def test_returns_count_on_the_days_of_their_sales_in_whatever_order_files_and_rows_come(
    api: Api, context: Context
) -> None:
    def given_back(number: str, *original: str) -> list[str]:
        return [*row(number, day="20.02.2026", quantity="-1", price="10,00", amount="-10,00"), *original]

    sale = [*row("УТ-1"), "Заказ клиента УТ-77 от 11.01.2026 9:00:00", ""]
    returns = [
        given_back("В-1", "Реализация товаров и услуг УТ-1 от 12.01.2026 10:00:00", ""),
        given_back("В-2", "ут-1", ""),
        given_back("В-3", "", "12.01.2026"),
        given_back("В-4", "", ""),
    ]
    for files in ([[sale, *returns]], [[sale], returns], [returns, [sale]]):
        empty_account()
        for number, rows in enumerate(files):
            done = bring(api, context, table(*rows, heading=WITH_ORIGINALS), key=f"file-{number}")
            assert done["documents"]["created"] == len(rows)
        deliver(context)
        assert {day: total for (_, day), total in days(context).items()} == {
            "2026-01-12": (Decimal(70), 4),
            "2026-02-20": (Decimal(-10), 1),
        }
        assert {effect: amount for (_, _, effect), amount in returned_parts(context).items()} == {
            "2026-02-20": Decimal(-30)
        }


def test_a_return_with_a_wrong_original_is_left_out_and_says_where(api: Api, context: Context) -> None:
    back = row("В-1", day="20.02.2026", quantity="-1", amount="-10,00")
    rows = [[*back, "УТ-1 от 21.02.2026", ""], [*row("УТ-2"), "", "вчера"], [*row("УТ-3"), "", "21.01.2026"]]
    done = bring(api, context, table(*rows, heading=WITH_ORIGINALS))
    assert done["documents"] == {"created": 1, "changed": 0, "unchanged": 0, "failed": 2}
    assert [bad[:5] for bad in bad_rows(done)] == [
        ["2", "В-1", "Дата исходного документа", "2026-02-21", "original_after_return"],
        ["3", "УТ-2", "Дата исходного документа", "вчера", "date"],
    ]
    alone = bring(api, context, table(rows[0][:-1], heading=WITH_ORIGINALS[:-1]), key="again")
    assert bad_rows(alone)[0][:4] == ["2", "В-1", "Документ-основание", "УТ-1"]


def test_a_document_of_a_thousand_lines_scattered_over_the_file(api: Api, context: Context) -> None:
    rows = [row("УТ-1000", sku=f"АРТ-{n}", quantity="1", price="0,10", amount="0,10") for n in range(1000)]
    rows += [row(f"УТ-{n}") for n in range(20)]
    random.Random(3).shuffle(rows)
    done = bring(api, context, table(*rows))
    assert counts(done) == ({"total": 1020, "created": 1020}, {"created": 21})
    assert documents(context)["2026", "УТ-1000"] == (1000, Decimal(100))


def test_a_file_of_many_parts(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.exchange.reading.parts.PART_BYTES", 1_000)
    rows = [row(f"УТ-{n % 40}", customer=f"К-{n % 8}", sku=f"L-{n}") for n in range(120)]
    rows[50][6] = "12,3a"
    done = bring(api, context, table(*rows))
    assert done["progress"]["parts_total"] > 5
    assert counts(done) == ({"total": 120, "created": 117, "failed": 3}, {"created": 39, "failed": 1})
    assert done["companies_created"] == 8
    assert [(int(each[0]), each[4]) for each in bad_rows(done)] == [
        (12, "document_left_out"),
        (52, "number"),
        (92, "document_left_out"),
    ]


def test_columns_format_and_currency_are_the_callers(api: Api, context: Context) -> None:
    heading = ["Sold", "Paper", "Who", "What", "Pieces", "Each", "Money"]
    rows = [
        ["02/01/2026", "7", "C1", "Lamp", "1,000", "0.5", "rub"],
        ["02/01/2026", "8", "C1", "Lamp", "1", "2.25", ""],
    ]
    names = {"business_date": "Sold", "document": "Paper", "customer": "Who", "name": "What", "quantity": "Pieces"}
    done = bring(
        api,
        context,
        table(*rows, heading=heading, delimiter=","),
        mapping={**names, "unit_price": "Each", "currency": "Money"},
        format={"dates": ["dd/mm/yyyy"], "delimiter": ",", "decimal": "point"},
    )
    assert counts(done)[1] == {"created": 2}
    assert days(context) == {(next(iter(days(context)))[0], "2026-01-02"): (Decimal("502.25"), 2)}


def test_a_company_is_found_by_its_inn(api: Api, context: Context) -> None:
    ref = companies.CustomerRef("X", "ООО Луч", INN, "773601001", "RUB")
    known = customer_companies(context, "shop", [ref])[ref]
    heading = ["Номер", "Дата", "Контрагент", "ИНН", "КПП", "Товар", "Количество", "Сумма"]
    done = bring(api, context, table(["1", "12.01.2026", "Луч", INN, "773601001", "Лампа", "1", "5"], heading=heading))
    assert done["companies_created"] == 0
    assert [company_id for company_id, _ in days(context)] == [known]


# --- bad rows ---------------------------------------------------------------------------------------------------------


def test_a_wrong_row_leaves_its_whole_document_out_and_says_where(api: Api, context: Context) -> None:
    content = table(row("УТ-1"), row("УТ-1", quantity="12,3a"), row("УТ-2"), row("УТ-3", day="31.02.2026", price="x"))
    done = bring(api, context, content)
    assert counts(done) == ({"total": 4, "created": 1, "failed": 3}, {"created": 1, "failed": 2})
    assert bad_rows(done) == [
        ["2", "УТ-1", "", "", "document_left_out"],
        ["3", "УТ-1", "Количество", "12,3a", "number"],
        ["5", "УТ-3", "Дата", "31.02.2026", "date"],
        ["5", "УТ-3", "Цена", "x", "number"],
    ]
    assert documents(context) == {("2026", "УТ-2"): (1, Decimal(100))}


def test_rows_that_contradict_each_other_leave_their_document_out(api: Api, context: Context) -> None:
    done = bring(
        api, context, table(row("УТ-1"), row("УТ-1", customer="К-2"), row("УТ-2"), row("УТ-2", day="13.01.2026"))
    )
    assert bad_rows(done) == [
        ["2", "УТ-1", "Код контрагента", "К-1", "customer_differs"],
        ["3", "УТ-1", "Код контрагента", "К-2", "customer_differs"],
        ["4", "УТ-2", "Дата", "2026-01-12", "date_differs"],
        ["5", "УТ-2", "Дата", "2026-01-13", "date_differs"],
    ]
    assert documents(context) == {}
    assert done["companies_created"] == 0


def test_unknown_customers_are_errors_where_the_caller_wants_it(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-1", customer="К-1")), key="first")
    done = bring(
        api,
        context,
        table(row("УТ-2", customer="К-1"), row("УТ-3", customer="К-9")),
        "second",
        unknown_customers="fail",
    )
    assert counts(done)[1] == {"created": 1, "failed": 1}
    assert bad_rows(done) == [["3", "УТ-3", "Код контрагента", "К-9", "customer_unknown"]]


def test_a_company_has_one_currency(api: Api, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    ladders = {**context.config[Tiers].ladders, "GBP": context.config[Tiers].ladders["RUB"]}
    monkeypatch.setattr(context.config[Tiers], "__dict__", {**context.config[Tiers].__dict__, "ladders": ladders})
    bring(api, context, table(row("УТ-1")), key="first")
    done = bring(api, context, table(row("УТ-2"), row("УТ-3", customer="К-2")), key="second", currency="GBP")
    assert counts(done)[1] == {"created": 1, "failed": 1}
    assert [each[4] for each in bad_rows(done)] == ["company_currency"]


def test_a_document_with_too_many_lines_or_too_much_text(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.sales.revisions.MOST_BYTES", 20_000)
    monkeypatch.setattr(
        context.config[Imports], "__dict__", {**context.config[Imports].__dict__, "most_lines_per_document": 60}
    )
    rows = [row("УТ-1") for _ in range(61)] + [row("УТ-2", name="ж" * 300) for _ in range(50)]
    rows += [row("УТ-3") for _ in range(60)]  # as many as there may be
    done = bring(api, context, table(*rows))
    assert counts(done) == ({"total": 171, "created": 60, "failed": 111}, {"created": 1, "failed": 2})
    assert [each[4] for each in bad_rows(done)] == ["too_many_lines"] * 61 + ["document_too_large"] * 50


def test_the_list_of_bad_rows_ends_somewhere_and_the_count_does_not(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_LISTED", 3)
    done = bring(api, context, table(*(row(f"УТ-{n}", quantity="x") for n in range(9))))
    assert done["rows"]["failed"] == 9
    assert done["bad_rows"]["listed"] == len(bad_rows(done)) == 3
    with pytest.raises(ClientError):  # a file of some of the rows would bring documents in part
        told(f"imports/{done['import_id']}/bad/upload")


def test_a_cell_of_the_list_is_never_a_formula() -> None:
    rows = [
        reports.BadRow(2, number, "Сумма", value, "number") for number, value in [("=1+1", "@SUM(A1)"), ("-5,5", "-x")]
    ]
    assert [line[1:4:2] for line in in_csv(reports.listing(rows, len(rows)))] == [
        ["'=1+1", "'@SUM(A1)"],
        ["-5,5", "'-x"],
    ]


# --- the sample of a 1C export ----------------------------------------------------------------------------------------


def test_an_export_of_1c_with_wrong_inns_knows_its_customers_by_name(api: Api, context: Context) -> None:
    done = bring(api, context, data_file("sales_1c/v1_flat_cp1251.csv").read_bytes())
    assert (done["encoding"], done["delimiter"]) == ("cp1251", ";")
    assert counts(done) == ({"total": 5, "skipped": 1, "created": 4}, {"created": 3})


def test_an_export_of_1c_is_read_by_its_usual_headings(api: Api, context: Context) -> None:
    content = data_file("sales_1c/v1_flat_cp1251.csv").read_bytes()
    done = bring(api, context, content, mapping={"inn": "", "kpp": ""})
    assert counts(done) == ({"total": 5, "skipped": 1, "created": 4}, {"created": 3})
    assert documents(context) == {
        ("2026", "УТ-123"): (2, Decimal("12645.60")),
        ("2026-returns", "УТ-124"): (1, Decimal("-1234.56")),
        ("2026", "УТ-125"): (1, Decimal("250.00")),
    }
    assert done["companies_created"] == 2
    assert totals(context) == {"name:тест-1, ооо": Decimal("12895.60"), "name:тестов 2, ип": Decimal("-1234.56")}


# --- a dry run --------------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.exchange.reading.parts.PART_BYTES", 500)
    bring(api, context, table(row("УТ-1"), row("УТ-2")), key="first")
    before = [item for item in items(context) if not item["pk"].startswith(("IMPORT#", "ONCE#"))]
    rows = [row("УТ-1"), row("УТ-2", amount="7,00"), row("УТ-3", quantity="x")]
    rows += [row(f"УТ-{n}", customer=f"К-{n % 3}") for n in range(10, 30)]
    done = bring(api, context, table(*rows), key="dry", dry_run=True)
    assert done["state"] == "done"
    assert done["progress"]["parts_total"] > 3
    assert counts(done)[1] == {"created": 20, "changed": 1, "unchanged": 1, "failed": 1}
    assert done["companies_created"] == 2  # К-0 and К-2; К-1 is known
    assert [each[4] for each in bad_rows(done)] == ["number"]
    assert [item for item in items(context) if not item["pk"].startswith(("IMPORT#", "ONCE#"))] == before


# --- files that cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code", "english", "russian"),
    [
        (b"", "empty_file", "empty", "пуст"),
        (b"PK\x03\x04...", "archive_broken", "damaged or cut off", "повреждены или обрезаны"),
        (b"%PDF-1.7", "not_a_table", "PDF document", "документ PDF"),
        (b'"a;b\n', "column_missing", "Columns are missing", "нет столбцов"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_reason(
    api: Api, context: Context, content: bytes, code: str, english: str, russian: str
) -> None:
    done = bring(api, context, content)
    assert (done["state"], done["reason"]["code"]) == ("failed", code)
    assert english in done["reason"]["detail"]
    assert russian in (told := shown(api, done["import_id"], "ru")["reason"]["detail"])
    assert "(" not in told, "no words of a library"
    assert messages() == []


def test_a_missing_column_is_named_by_pointer(api: Api, context: Context) -> None:
    done = bring(api, context, table(row(), heading=["Дата", "Ведомость", *HEADING[2:]]), mapping={"kpp": "КПП"})
    assert (done["state"], done["reason"]["code"]) == ("failed", "column_missing")
    assert [fault["pointer"] for fault in done["reason"]["errors"]] == ["/mapping/kpp", "/mapping/document"]
    assert "Номер документа / document" in done["reason"]["detail"]


def test_a_heading_without_rows_is_done_at_once(api: Api, context: Context) -> None:
    done = bring(api, context, table())
    assert (done["state"], done["rows"]["total"], done["progress"]["parts_total"]) == ("done", 0, 0)


# --- uploads and messages that come twice, late, or not at all --------------------------------------------------------


def test_an_upload_that_is_told_again_is_split_once(api: Api, context: Context) -> None:
    started = start(api).json
    event = upload(started, table(row("УТ-1"), row("УТ-2")).encode())
    jobs.split_import(context, event)
    jobs.split_import(context, event)
    first, again = messages()
    assert first["body"] == again["body"]
    write_all(context, [first, again, first])
    jobs.split_import(context, event)
    assert messages() == []
    assert counts(shown(api, started["import_id"]))[1] == {"created": 2}


def test_a_second_file_at_the_same_address_is_not_read(api: Api, context: Context) -> None:
    started = start(api).json
    jobs.split_import(context, upload(started, table(row("УТ-1")).encode()))
    jobs.split_import(context, upload(started, table(row("УТ-2")).encode()))
    write_all(context)
    assert documents(context) == {("2026", "УТ-1"): (1, Decimal(100))}


def test_a_file_that_is_replaced_before_it_is_read_fails_the_import(api: Api, context: Context) -> None:
    started = start(api).json
    event = upload(started, table(row("УТ-1")).encode())
    upload(started, table(row("УТ-2")).encode())
    jobs.split_import(context, event)
    assert shown(api, started["import_id"])["reason"]["code"] == "upload_replaced"


@pytest.mark.parametrize("machine", [False, True])
def test_a_file_of_somebody_dismissed_since_its_announcement_is_not_recorded(
    api: Api, context: Context, machine: bool
) -> None:
    caller = (
        Caller({"sub": "1c", "client_id": "1c", "scope": "club/api club/staff.imports.write"}) if machine else OPERATOR
    )
    form = {"source": "1c-main", "file_name": "sales.csv"}
    started = api.call("POST", PATH, caller, form, key="announced").json
    event = upload(started, table(row("УТ-1")).encode())
    if machine:
        disable_client(context, "1c")
    else:
        partners.on_staff(context, "mbr_staff", "manager")
    jobs.split_import(context, event)
    assert messages() == []
    partners.on_staff(context, "mbr_staff", "operations")
    assert shown(api, started["import_id"])["reason"]["code"] == "author_dismissed"
    assert documents(context) == {}


def test_an_object_that_no_import_waits_for_is_left_alone(api: Api, context: Context) -> None:
    boto3.client("s3").put_object(Bucket="club-files", Key="imports/imp_unknown/upload", Body=b"x")
    jobs.split_import(context, told("imports/imp_unknown/upload"))
    jobs.write_imports(context, {"body": json.dumps({"import_id": "imp_unknown", "run": 1, "part": 1})})
    assert items(context) == []


def test_messages_that_were_not_taken_are_an_error_that_comes_again(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "0"}]}

    started = start(api).json
    event = upload(started, table(row()).encode())
    with monkeypatch.context() as broken:
        broken.setattr(sales_files_store.aws, "sqs", Refusing)
        with pytest.raises(RuntimeError, match="refused 1 messages"):
            jobs.split_import(context, event)
    jobs.split_import(context, event)
    write_all(context)
    assert shown(api, started["import_id"])["state"] == "done"


# --- crashes ----------------------------------------------------------------------------------------------------------

# Two parts of at least one document each, one of them with a document that is left out.
CONTENT = table(
    *(row(f"УТ-{n % 3 + 3}", customer=f"К-{n % 3 % 2}", sku=f"L-{n}") for n in range(5)), row("УТ-9", quantity="x")
)
TWO_PARTS = len(CONTENT.encode()) // 2 + 1


def outcome(context: Context) -> tuple[Any, ...]:
    """The items and objects of an import, without names that differ from run to run."""
    everything = items(context)

    def kind(prefix: str, *without: str) -> list[dict[str, Any]]:
        found = (item for item in everything if item["sk"].startswith(prefix))
        return [{name: value for name, value in item.items() if name not in without} for item in found]

    (found,) = kind("IMPORT", "pk", "gsi1sk", "upload_until", "form")
    heads = [(head["pk"], head["revision"], head["outcome"], head["total"]) for head in kind("HEAD")]
    sums = sorted((day["sk"], day["amount"], day["documents"]) for day in kind("DAY#"))
    listed = sales_files_store.get(found.pop("import_id"), "bad-rows.csv") if found.get("bad_rows_listed") else b""
    return found, kind("PART#", "pk"), heads, sums, len(kind("SALE#")), len(kind("PROFILE")), listed


def test_a_crash_at_any_call_of_a_part_leaves_no_trace_after_its_redelivery(api: Api, context: Context) -> None:
    def prepare() -> list[dict[str, Any]]:
        empty_account()
        jobs.split_import(context, upload(start(api).json, CONTENT.encode()))
        return messages()

    write_all(context, prepare())
    undisturbed = outcome(context)
    for crash in crashes():
        several = prepare()
        with crash:
            write_all(context, several)
        write_all(context, several)
        assert outcome(context) == undisturbed, crash


def test_a_crash_at_any_call_of_the_split_leaves_no_trace_after_its_retry(api: Api, context: Context) -> None:
    def prepare() -> dict[str, Any]:
        empty_account()
        return upload(start(api).json, CONTENT.encode())

    jobs.split_import(context, prepare())
    write_all(context)
    undisturbed = outcome(context)
    for crash in crashes():
        event = prepare()
        with crash:
            jobs.split_import(context, event)
        jobs.split_import(context, event)
        write_all(context)
        assert outcome(context) == undisturbed, crash


def test_the_same_parts_in_two_workers_at_once_count_once(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.exchange.reading.parts.PART_BYTES", TWO_PARTS)

    def prepare() -> list[dict[str, Any]]:
        empty_account()
        jobs.split_import(context, upload(start(api).json, CONTENT.encode()))
        return messages()

    several = prepare()
    assert len(several) == 2
    write_all(context, several)
    undisturbed = outcome(context)
    for race in races(lambda: write_all(context, several)):
        several[:] = prepare()
        with race:
            write_all(context, several)
        assert outcome(context) == undisturbed, race


def test_the_address_of_an_import_is_in_its_answer(api: Api, context: Context) -> None:
    answer = start(api)
    assert answer.headers["location"] == f"{PATH}/{answer.json['import_id']}"


# --- one document and one customer, whichever way files name them ---------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Реализация товаров и услуг УТ-1 от 12.01.2026 10:00:00",
            "Реализация товаров и услуг УТ-1 от 12.01.2026 10:05:00",
        ),
        ("Реализация товаров и услуг УТ-1 от 12.01.2026", "Реализация (акт, накладная) УТ-1 от 12.01.2026"),
        ("Реализация товаров и услуг УТ-000001 от 12.01.2026 10:00:00", "УТ-1"),
        ("УТ-000001", "УT-1"),
    ],
    ids=["another time", "another kind of sale", "the bare number", "a Latin T"],
)
def test_a_document_is_one_whichever_way_a_file_shows_it(api: Api, context: Context, first: str, second: str) -> None:
    bring(api, context, table(row(first)), key="first")
    done = bring(api, context, table(row(second)), key="second")
    assert counts(done)[1] == {"unchanged": 1}
    assert totals(context) == {"К-1": Decimal(100)}


def test_a_return_is_told_by_its_presentation(api: Api, context: Context) -> None:
    done = bring(
        api,
        context,
        table(
            row("Реализация товаров и услуг УТ-1 от 12.01.2026", amount="200,00"),
            row("Возврат товаров от покупателя УТ-1 от 13.01.2026", day="13.01.2026", amount="100,00"),
        ),
    )
    assert counts(done)[1] == {"created": 2}
    assert totals(context) == {"К-1": Decimal(100)}


@pytest.mark.parametrize("spoilt", [{"number": "1,00E+11"}, {"customer": "#Н/Д"}, {"customer": "0"}])
def test_a_spoilt_code_is_told_and_nothing_is_merged(api: Api, context: Context, spoilt: dict[str, str]) -> None:
    done = bring(api, context, table(row(**spoilt), row(**{"number": "УТ-2", **spoilt}), row("УТ-3", customer="К-3")))
    assert {each[4] for each in bad_rows(done)} == {"spoilt"}
    assert totals(context) == {"К-3": Decimal(100)}


def identified(number: str, inn: str, kpp: str, name: str = "ООО «Ёж»") -> list[str]:
    return ["12.01.2026", number, "", name, inn, kpp, "Лампа", "L-1", "1", "100,00"]


IDENTIFIED = ["Дата", "Номер", "Код контрагента", "Контрагент", "ИНН", "КПП", "Номенклатура", "Артикул", "Количество"]
IDENTIFIED = [*IDENTIFIED, "Сумма"]


def companies_with_sales(context: Context) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for (company_id, _), (amount, _) in days(context).items():
        sums[company_id] = sums.get(company_id, Decimal(0)) + amount
    return sums


def test_a_firm_is_one_company_with_its_kpp_in_one_month_and_without_in_the_next(api: Api, context: Context) -> None:
    for number, (inn, kpp) in enumerate([(INN, "773601001"), (INN, ""), (INN, "773601001")]):
        bring(api, context, table(identified(f"УТ-{number}", inn, kpp), heading=IDENTIFIED), key=str(number))
    assert list(companies_with_sales(context).values()) == [Decimal(300)]


def test_a_name_is_one_whatever_its_quotes_form_and_letters(api: Api, context: Context) -> None:
    for number, name in enumerate(["ООО «Ёж»", "Еж ООО", "ООО ЁЖ"]):
        bring(api, context, table(identified(f"УТ-{number}", "", "", name), heading=IDENTIFIED), key=str(number))
    assert list(companies_with_sales(context).values()) == [Decimal(300)]


def test_an_inn_of_several_branches_is_asked_back(api: Api, context: Context) -> None:
    branches = [identified("УТ-1", INN, "773601001"), identified("УТ-2", INN, "540601001")]
    bring(api, context, table(*branches, heading=IDENTIFIED), key="branches")
    done = bring(api, context, table(identified("УТ-3", INN, ""), heading=IDENTIFIED), key="unclear")
    assert [each[4] for each in bad_rows(done)] == ["customer_unclear"]


def test_a_code_that_comes_with_the_inn_of_another_firm_is_told(api: Api, context: Context) -> None:
    first = identified("УТ-1", INN, "773601001")
    second = identified("УТ-2", "7736207543", "773601001")
    first[2] = second[2] = "К-1"
    bring(api, context, table(first, heading=IDENTIFIED), key="first")
    done = bring(api, context, table(second, heading=IDENTIFIED), key="second")
    assert [each[4] for each in bad_rows(done)] == ["inn_differs"]
    assert list(companies_with_sales(context).values()) == [Decimal(100)]


def test_a_document_that_may_be_any_of_several_shipments_is_left_out_and_named(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-1")), key="first")
    (company_id,) = {sale["company_id"] for sale in items(context, "SALE#")}
    for distributor, amount in (("dst_1", "70.00"), ("dst_2", "90.00")):
        document = invoice("УТ-7", amount, company=company_id, day=date(2026, 1, 12), series=f"{distributor}:ord_1")
        sales.record(context, [document._replace(source="orders")])
    done = bring(api, context, table(row("УТ-7"), row("УТ-8")), key="second")
    assert counts(done)[1] == {"created": 1, "failed": 1}
    assert bad_rows(done) == [["2", "УТ-7", "Номер", "УТ-7", "shipment_unclear"]]


MOVED = [
    pytest.param([row("УТ-5", day="30.12.2025")], [row("УТ-5", day="12.01.2026")], 100, id="across New Year"),
    pytest.param([row("УТ-5", day="12.01.2026")], [row("УТ-5", day="30.12.2025")], 100, id="back across New Year"),
    pytest.param(
        [row("К-1", amount="500"), row("К-1", quantity="-1", amount="-400")],
        [row("К-1", quantity="-1", amount="-400")],
        -400,
        id="a mixed document to its negative part",
    ),
    pytest.param(
        [row("К-1", quantity="-1", amount="-100")], [row("К-1", quantity="0", amount="0")], 0, id="a return to nothing"
    ),
]


@pytest.mark.parametrize(("first", "corrected", "total"), MOVED)
def test_a_correction_finds_its_document(
    api: Api, context: Context, first: list[list[str]], corrected: list[list[str]], total: int
) -> None:
    bring(api, context, table(*first), key="first")
    for key, outcome in (("second", "changed"), ("third", "unchanged")):
        done = bring(api, context, table(*corrected), key=key)
        assert counts(done)[1] == {outcome: 1}
        assert totals(context) == {"К-1": Decimal(total)}


UNCLEAR = [
    pytest.param(
        row("УТ-5", day="30.12.2025"), row("УТ-5", day="12.01.2026", amount="70"), id="one number in two years"
    ),
    pytest.param(row("УТ-5"), row("УТ-5", quantity="-1", amount="-100"), id="a sale and a return that is not marked"),
]


@pytest.mark.parametrize(("first", "second"), UNCLEAR)
def test_a_document_that_may_be_a_known_one_is_told(
    api: Api, context: Context, first: list[str], second: list[str]
) -> None:
    bring(api, context, table(first), key="first")
    done = bring(api, context, table(second), key="second")
    assert [each[4] for each in bad_rows(done)] == ["document_unclear"]
    assert totals(context) == {"К-1": Decimal(100)}


def test_one_number_in_two_years_is_two_documents_where_one_file_has_both(api: Api, context: Context) -> None:
    december, january = row("УТ-5", day="30.12.2025"), row("УТ-5", day="12.01.2026")
    bring(api, context, table(december), key="first")
    bring(api, context, table(december, january), key="second")
    assert totals(context) == {"К-1": Decimal(200)}


def test_a_number_of_another_day_or_another_customer_is_another_document(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-5", day="12.01.2026")), key="first")
    later = row("УТ-5", day="20.03.2026", quantity="-1", amount="-30")
    other = row("УТ-5", day="30.12.2025", customer="К-2")
    bring(api, context, table(later), key="second")
    bring(api, context, table(other), key="third")
    assert totals(context) == {"К-1": Decimal(70), "К-2": Decimal(100)}
