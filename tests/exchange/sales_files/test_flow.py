"""A file that is checked, confirmed, replaces a period, and is taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from chalicelib.exchange.sales_files import consumers, jobs
from chalicelib.platform.context import Context
from tests.exchange.sales_files.steps import (
    HEADING,
    OPERATOR,
    PATH,
    bad_file,
    bad_rows,
    bring,
    row,
    shown,
    start,
    table,
    upload,
    write_all,
)
from tests.platform.files.test_tables import in_csv
from tests.sales.steps import current, days, items
from tests.support import partners
from tests.support.api import Answer, Api

JANUARY = {"from": "2026-01-01", "to": "2026-01-31"}


@pytest.fixture(autouse=True)
def operator(context: Context) -> None:
    partners.staff(context, "mbr_staff", "operations")


def post(api: Api, path: str, body: Any = None, key: str = "k") -> Answer:
    return api.call("POST", path, OPERATOR, body, key=key)


def confirm(api: Api, context: Context, checked: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The import after it was confirmed and recorded."""
    import_id = checked["import_id"]
    answer = post(api, f"{PATH}/{import_id}/confirm", {"sha256": checked["sha256"], **more}, key=f"c-{import_id}")
    assert answer.status == 200, answer.text
    run(context)
    return shown(api, import_id)


def run(context: Context) -> None:
    """Delivers the events of runs, then works off their messages, until nothing is left."""
    heard: set[str] = set()
    while new := [item for item in items(context, "EVENT#") if item["event"] == "import.run_began"]:
        new = [item for item in new if item["sk"] not in heard]
        if not new:
            return
        for item in new:
            heard.add(item["sk"])
            consumers.on_run_began(context, event(item))
        write_all(context)


def event(item: dict[str, Any]) -> Any:
    from chalicelib.platform.events import Event

    return Event("import.run_began", item["sk"], item)


def sums(context: Context) -> Decimal:
    return sum((amount for amount, _ in days(context).values()), Decimal(0))


# --- dry run and confirmation -----------------------------------------------------------------------------------------


def test_a_dry_run_tells_what_was_understood_and_a_confirmation_records_the_same_bytes(
    api: Api, context: Context
) -> None:
    bring(api, context, table(row("УТ-1", amount="70,00"), row("УТ-9", customer="К-9")), key="before")
    content = table(row("УТ-1"), row("УТ-2", customer="К-2", quantity="3"), ["Итого", *[""] * 5, "5", "", "200,00"])
    checked = bring(api, context, content, key="dry", dry_run=True)
    assert (checked["state"], checked["dry_run"], checked["heading_row"]) == ("done", True, 1)
    rouble = {"currency": "RUB"}
    assert checked["totals"] == {
        "documents": 2,
        "customers": 2,
        "quantity": "5",
        "amounts": [{"amount": "200.00", **rouble}],
        "first": "2026-01-12",
        "last": "2026-01-12",
    }
    assert (checked["file_total"]["line"], checked["file_total"]["equal"]) == (4, True)
    assert Decimal(checked["file_total"]["amount"]) == 200
    assert [each["document"] for each in checked["first_documents"]] == ["УТ-1", "УТ-2"]
    assert [each["customer"] for each in checked["new_customers"]] == ["К-2"]
    [changed] = checked["changed_documents"]
    assert (changed["document"], changed["before"]["amount"], changed["after"]["amount"]) == ("УТ-1", "70.00", "100.00")
    assert sums(context) == Decimal(170)
    done = confirm(api, context, checked)
    assert (done["state"], done["dry_run"], done["confirmed_by"]) == ("done", False, "mbr_staff")
    assert (done["documents"]["created"], done["documents"]["changed"]) == (1, 1)
    assert sums(context) == Decimal(300)


def test_a_dry_run_tells_why_the_heading_is_one_and_what_forbids_its_confirmation(api: Api, context: Context) -> None:
    preamble = [["Продажи"], HEADING, row(quantity="x")]
    content = table(*preamble[1:], heading=preamble[0])
    checked = bring(api, context, content, dry_run=True, replace_period=JANUARY)
    [heading] = [note["detail"] for note in checked["notes"] if note["code"] == "heading"]
    assert heading.startswith("Line 2 was taken for the heading") and "Количество" in heading
    assert [each["code"] for each in checked["blockers"]] == ["nothing_to_record"]
    bring(api, context, table(*january(3)), key="before")
    gone = bring(api, context, table(row("УТ-0", customer="К-0")), key="gone", dry_run=True, replace_period=JANUARY)
    [consent] = shown(api, gone["import_id"], "ru")["blockers"]
    assert consent["code"] == "needs_consent" and "(2)" in consent["detail"]
    refused = bring(api, context, "Письмо", key="letter", dry_run=True)
    assert [each["code"] for each in refused["blockers"]] == ["failed"]


def test_the_file_of_an_import_can_be_downloaded_while_it_is_kept(api: Api, context: Context) -> None:
    content = table(row())
    done = bring(api, context, content)
    [file] = done["files"]
    assert (file["name"], requests.get(file["url"], timeout=10).content) == ("sales.csv", content.encode())
    from chalicelib.exchange.sales_files import views

    late = replace(context, now=context.now + timedelta(days=30, seconds=1))
    assert views.show(late, done["import_id"], "en").files == []


def test_a_dry_run_names_rows_that_stand_twice(api: Api, context: Context) -> None:
    checked = bring(api, context, table(row("УТ-1"), row("УТ-1"), row("УТ-2")), dry_run=True)
    [note] = [each["detail"] for each in checked["notes"] if each["code"] == "repeated"]
    assert "(1; lines 3)" in note


def test_customers_that_may_be_known_ones_are_proposed(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-1", customer="К-1")), key="before")
    near = row("УТ-2", customer="К-7")
    near[3] = "К-1, ООО"
    checked = bring(api, context, table(near), key="dry", dry_run=True)
    [customer] = checked["new_customers"]
    assert [each["name"] for each in customer["similar"]] == ["ООО К-1"]


def test_an_inn_that_is_known_with_another_kpp_is_told(api: Api, context: Context) -> None:
    heading = "Дата;Номер;Контрагент;ИНН;КПП;Номенклатура;Количество;Сумма\n"
    sale = "12.01.2026;{};ООО Ромашка;7707083893;{};Лампа;1;100\n"
    bring(api, context, heading + sale.format("УТ-1", "770701001"), key="before")
    checked = bring(api, context, heading + sale.format("УТ-2", "772501001"), key="dry", dry_run=True)
    [told] = [each["detail"] for each in checked["notes"] if each["code"] == "other_branch"]
    assert "ООО Ромашка (7707083893: 772501001 ≠ 770701001)" in told
    again = bring(api, context, heading + sale.format("УТ-3", "770701001"), key="again", dry_run=True)
    assert "other_branch" not in {each["code"] for each in again["notes"]}


@pytest.mark.parametrize("name", ["Ромашка ООО, ИНН 7707083893", "ООО «Ромашка» (ИНН: 7707083893/770701001)"])
def test_an_inn_behind_a_name_is_that_of_the_customer(api: Api, context: Context, name: str) -> None:
    heading = "Дата;Номер;Контрагент;ИНН;Номенклатура;Количество;Сумма\n"
    bring(api, context, f"{heading}12.01.2026;УТ-1;ООО Ромашка;7707083893;Лампа;1;100\n", key="before")
    checked = bring(
        api, context, f"{heading.replace('ИНН;', '')}12.01.2026;УТ-2;{name};Лампа;1;100\n", key="dry", dry_run=True
    )
    assert (checked["companies_created"], checked["documents"]["created"]) == (0, 1)


@pytest.mark.parametrize(
    ("alter", "status", "code"),
    [
        pytest.param(lambda sha: {"sha256": "0" * 64}, 422, "invalid", id="other bytes"),
        pytest.param(lambda sha: {"sha256": sha, "void_documents": 3}, 422, "invalid", id="another number of voids"),
        pytest.param(lambda sha: {"sha256": "x"}, 422, "invalid", id="no digest"),
        pytest.param(lambda sha: {"sha256": sha, "force": True}, 422, "invalid", id="an unknown field"),
    ],
)
def test_a_confirmation_names_what_was_checked(
    api: Api, context: Context, alter: Callable[[str], dict[str, Any]], status: int, code: str
) -> None:
    checked = bring(api, context, table(row()), dry_run=True)
    answer = post(api, f"{PATH}/{checked['import_id']}/confirm", alter(checked["sha256"]))
    assert (answer.status, answer.json["code"]) == (status, code)
    assert current(context) == []


def test_only_a_dry_run_that_has_ended_is_confirmed_and_only_once(api: Api, context: Context) -> None:
    started = start(api, dry_run=True).json
    unread = post(api, f"{PATH}/{started['import_id']}/confirm", {"sha256": "0" * 64}, key="early")
    assert (unread.status, unread.json["code"]) == (409, "wrong_state")
    checked = bring(api, context, table(row()), key="dry", dry_run=True)
    confirm(api, context, checked)
    path = f"{PATH}/{checked['import_id']}/confirm"
    assert post(api, path, {"sha256": checked["sha256"]}, key="again").json["code"] == "wrong_state"
    assert post(api, f"{PATH}/imp_nobody/confirm", {"sha256": checked["sha256"]}).status == 404


def test_a_file_that_is_no_longer_kept_is_not_confirmed(api: Api, context: Context) -> None:
    from chalicelib.exchange.sales_files import service
    from chalicelib.exchange.sales_files.schemas import ImportConfirmForm
    from chalicelib.platform.http.problems import Problem

    checked = bring(api, context, table(row()), dry_run=True)
    late = replace(context, now=context.now + timedelta(days=30, seconds=1))
    with pytest.raises(Problem, match="no longer kept"):
        service.confirm(late, checked["import_id"], ImportConfirmForm(sha256=checked["sha256"]), "mbr_staff", "en")


# --- profiles ---------------------------------------------------------------------------------------------------------

ODD = ["Когда", "Бумага", "Код контрагента", "Контрагент", "Номенклатура", "Артикул", "Количество", "Цена", "Сумма"]


def test_a_mapping_that_worked_is_kept_for_files_of_the_source_with_the_same_headings(
    api: Api, context: Context
) -> None:
    mapping = {"business_date": "Когда", "document": "Бумага"}
    unread = bring(api, context, table(row(), heading=ODD), key="without")
    assert unread["reason"]["code"] == "column_missing"
    bring(api, context, table(row(), heading=ODD), key="first", mapping=mapping)
    again = bring(api, context, table(row("УТ-2"), heading=ODD), key="second")
    assert (again["state"], again["profile_kept"], again["documents"]["created"]) == ("done", True, 1)
    usual = bring(api, context, table(row("УТ-3")), key="usual")
    assert (usual["state"], usual["profile_kept"]) == ("done", False)
    other = bring(api, context, table(row("УТ-4"), heading=ODD), key="other", source="shop")
    assert other["state"] == "failed"


# --- bad rows ---------------------------------------------------------------------------------------------------------


def test_bad_rows_come_back_as_a_file_to_mend_and_to_bring_again(api: Api, context: Context) -> None:
    mapping = {"business_date": "Когда", "document": "Бумага"}
    rows = [row("УТ-1"), row("УТ-2", quantity="две"), row("УТ-2", name="Кисть", amount="7,50"), row("УТ-3")]
    done = bring(api, context, table(*rows, heading=ODD).encode("cp1251"), key="first", mapping=mapping)
    assert (done["documents"]["created"], done["bad_rows"]["file_url"]) == (2, None)
    content = bad_file(api, context, done).decode("cp1251")
    assert [line.split(";")[1] for line in content.splitlines()] == ["Бумага", "УТ-2", "УТ-2"]
    again = bring(api, context, content.replace("две", "2").encode("cp1251"), key="mended")
    assert (again["profile_kept"], again["documents"]["created"], again["rows"]["created"]) == (True, 1, 2)
    assert sums(context) == Decimal("307.50")


# --- documents and their rows in two files ----------------------------------------------------------------------------

ORDERS = "Номер заказа;Дата заказа;Код клиента\n1;12.01.2026;К-1\n2;13.01.2026;К-2\n"
LINES = "Номер заказа;Артикул;Количество;Цена\n1;L-1;2;50\n2;L-2;1;70\n1;L-3;1;30\n"


@pytest.mark.parametrize("first", ["upload", "second_upload"])
def test_documents_and_their_rows_are_two_uploads_in_any_order(api: Api, context: Context, first: str) -> None:
    started = start(api, second_file_name="rows.csv", dry_run=True).json
    files = {"upload": ORDERS, "second_upload": LINES}
    second = next(name for name in files if name != first)
    jobs.split_import(context, upload(started, files[first].encode(), first))
    assert shown(api, started["import_id"])["state"] == "waiting_for_upload"
    jobs.split_import(context, upload(started, files[second].encode(), second))
    write_all(context)
    checked = shown(api, started["import_id"])
    assert (checked["state"], checked["totals"]["documents"]) == ("done", 2)
    done = confirm(api, context, checked)
    assert (done["documents"]["created"], sums(context)) == (2, Decimal(200))


# --- cancelled documents ----------------------------------------------------------------------------------------------

WITH_STATUS = [*HEADING, "Статус"]


def test_a_document_that_is_cancelled_since_is_voided_and_comes_back(api: Api, context: Context) -> None:
    live, off = [*row("УТ-1"), "Отгружен"], [*row("УТ-1"), "Отменён"]
    unknown = [*row("УТ-7"), "Отменён"]
    bring(api, context, table(live, heading=WITH_STATUS), key="before")
    checked = bring(api, context, table(off, unknown, heading=WITH_STATUS), key="dry", dry_run=True)
    [changed] = checked["changed_documents"]
    assert (changed["document"], changed["after"]["amount"], checked["totals"]["documents"]) == ("УТ-1", "0.00", 0)
    assert sums(context) == Decimal(100)
    done = confirm(api, context, checked)
    assert (done["documents"]["changed"], done["rows"]["failed"], sums(context)) == (1, 0, Decimal(0))
    again = bring(api, context, table(off, heading=WITH_STATUS), key="again")
    assert again["documents"]["changed"] == 0
    bring(api, context, table(live, heading=WITH_STATUS), key="back")
    assert sums(context) == Decimal(100)


def test_the_void_of_a_cancelled_document_is_taken_back_with_its_import(api: Api, context: Context) -> None:
    bring(api, context, table([*row("УТ-1"), "Отгружен"], heading=WITH_STATUS), key="before")
    done = bring(api, context, table([*row("УТ-1"), "Отменён"], heading=WITH_STATUS), key="off")
    assert sums(context) == Decimal(0)
    assert post(api, f"{PATH}/{done['import_id']}/take-back", key="take").status == 200
    run(context)
    assert sums(context) == Decimal(100)


# --- a period that is replaced ----------------------------------------------------------------------------------------


def january(count: int) -> list[list[str]]:
    return [row(f"УТ-{n}", customer=f"К-{n % 3}") for n in range(count)]


def test_what_a_period_no_longer_says_is_voided_when_that_is_confirmed(api: Api, context: Context) -> None:
    february = row("УТ-99", day="02.02.2026")
    bring(api, context, table(*january(40), february), key="before")
    checked = bring(api, context, table(*january(39)), key="dry", dry_run=True, replace_period=JANUARY)
    proposal = checked["replacement"]
    assert (proposal["documents"], proposal["known_documents"], proposal["needs_consent"]) == (1, 40, False)
    assert [each["document"] for each in proposal["beginning"]] == ["УТ-39"]
    assert sums(context) == Decimal(4100)
    done = confirm(api, context, checked)
    assert (done["replacement"]["voided"], done["state"]) == (1, "done")
    assert sums(context) == Decimal(4000)
    [voided] = [sale for sale in current(context) if "voided" in sale]
    assert (voided["document"], voided["voided"]["by"]) == ("УТ-39", "mbr_staff")
    bring(api, context, table(row("УТ-39")), key="back")
    assert sums(context) == Decimal(4100)


def test_more_than_a_twentieth_needs_the_number(api: Api, context: Context) -> None:
    bring(api, context, table(*january(10)), key="before")
    checked = bring(api, context, table(*january(8)), key="dry", dry_run=True, replace_period=JANUARY)
    assert checked["replacement"]["needs_consent"]
    refused = post(api, f"{PATH}/{checked['import_id']}/confirm", {"sha256": checked["sha256"]})
    assert refused.json["errors"][0]["pointer"] == "/void_documents"
    confirm(api, context, checked, void_documents=2)
    assert sums(context) == Decimal(800)


def test_a_document_with_a_wrong_row_is_named_by_the_file(api: Api, context: Context) -> None:
    bring(api, context, table(*january(2)), key="before")
    broken = row("УТ-1", quantity="x")
    checked = bring(
        api, context, table(row("УТ-0", customer="К-0"), broken), key="d", dry_run=True, replace_period=JANUARY
    )
    assert checked["replacement"]["documents"] == 0


def test_nothing_is_replaced_where_a_row_names_no_document(api: Api, context: Context) -> None:
    bring(api, context, table(*january(2)), key="before")
    checked = bring(api, context, table(row("УТ-0"), row("#Н/Д")), key="dry", dry_run=True, replace_period=JANUARY)
    assert checked["replacement"]["unreadable_rows"] == 1
    refused = post(api, f"{PATH}/{checked['import_id']}/confirm", {"sha256": checked["sha256"]})
    assert refused.json["code"] == "wrong_state"


def test_a_document_that_changed_since_the_dry_run_is_not_voided(api: Api, context: Context) -> None:
    bring(api, context, table(*january(2)), key="before")
    checked = bring(api, context, table(row("УТ-0")), key="dry", dry_run=True, replace_period=JANUARY)
    bring(api, context, table(row("УТ-1", customer="К-1", amount="55,00")), key="meanwhile")
    done = confirm(api, context, checked, void_documents=1)
    assert done["replacement"]["voided"] == 0
    assert sums(context) == Decimal(155)


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({"replace_period": JANUARY}, ""),
        ({"dry_run": True, "replace_period": {"from": "2026-02-01", "to": "2026-01-01"}}, "/replace_period"),
        ({"dry_run": True, "replace_period": {"from": "2024-01-01", "to": "2026-01-01"}}, "/replace_period"),
        ({"dry_run": True, "replace_period": {"from": "2026-01-01"}}, "/replace_period/to"),
    ],
)
def test_a_period_is_asked_for_by_its_days_in_a_dry_run(api: Api, form: dict[str, Any], pointer: str) -> None:
    answer = start(api, **form)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)


# --- one document -----------------------------------------------------------------------------------------------------


def void(api: Api, key: str = "v", **more: Any) -> Answer:
    form = {"source": "1c-main", "document": "УТ-1", "business_date": "2026-01-12", "reason": "Deleted", **more}
    return post(api, "/v1/staff/documents/void", form, key=key)


def test_one_document_is_voided_with_a_reason(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-000001"), row("УТ-2")))
    answer = void(api, document="Реализация товаров и услуг УТ-000001 от 12.01.2026")
    assert (answer.status, answer.json["document"]) == (200, "УТ-1"), answer.text
    assert void(api, document="Реализация товаров и услуг УТ-000001 от 12.01.2026").status == 200
    assert sums(context) == Decimal(100)


@pytest.mark.parametrize(
    "other", [{"document": "УТ-7"}, {"source": "shop"}, {"business_date": "2026-01-13"}, {"kind": "return"}]
)
def test_an_unknown_document_is_not_voided(api: Api, context: Context, other: dict[str, str]) -> None:
    bring(api, context, table(row("УТ-1")))
    assert void(api, **other).status == 404
    assert sums(context) == Decimal(100)


# --- taken back -------------------------------------------------------------------------------------------------------


def take_back(api: Api, context: Context, import_id: str) -> dict[str, Any]:
    answer = post(api, f"{PATH}/{import_id}/take-back", key=f"b-{import_id}")
    assert answer.status == 200, answer.text
    run(context)
    return shown(api, import_id)


def test_an_import_is_taken_back_as_a_whole(api: Api, context: Context) -> None:
    bring(api, context, table(*january(3), row("УТ-50", customer="К-1")), key="before")
    before = days(context)
    changed = [row("УТ-0", customer="К-0", amount="70,00"), row("УТ-1", customer="К-2"), row("УТ-7", customer="К-8")]
    checked = bring(api, context, table(*changed), key="dry", dry_run=True, replace_period=JANUARY)
    done = confirm(api, context, checked, void_documents=2)
    assert days(context) != before
    back = take_back(api, context, done["import_id"])
    assert (back["state"], back["taken_back_by"]) == ("taken_back", "mbr_staff")
    assert days(context) == before
    refused = post(api, f"{PATH}/{done['import_id']}/take-back", key="again")
    assert refused.json["code"] == "wrong_state"


def test_nothing_is_taken_back_where_something_rests_on_it(api: Api, context: Context) -> None:
    first = bring(api, context, table(*january(3)), key="first")
    bring(api, context, table(row("УТ-1", customer="К-1", amount="55,00")), key="later")
    kept = take_back(api, context, first["import_id"])
    assert (kept["state"], kept["documents_in_the_way"], kept["taken_back_at"]) == ("done", 1, None)
    assert sums(context) == Decimal(255)


# --- what it changed --------------------------------------------------------------------------------------------------


def test_what_an_import_changed_is_told_company_by_company(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-1", amount="70,00")), key="first")
    done = bring(api, context, table(row("УТ-1"), row("УТ-2", customer="К-2", amount="500,00")), key="second")
    answer = api.call("GET", f"{PATH}/{done['import_id']}/effects", OPERATOR)
    assert [(each["name"], each["purchases"]["amount"]) for each in answer.json["items"]] == [
        ("ООО К-2", "500.00"),
        ("ООО К-1", "30.00"),
    ]
    assert answer.json["items"][1]["before"]["bonuses"]["amount"] == "0.00"
    page = api.call("GET", f"{PATH}/{done['import_id']}/effects?limit=1", OPERATOR)
    more = api.call("GET", f"{PATH}/{done['import_id']}/effects?limit=1&cursor={page.json['next_cursor']}", OPERATOR)
    assert [each["name"] for each in more.json["items"]] == ["ООО К-1"]
    assert more.json["next_cursor"] is None


def test_known_documents_that_change_are_listed_for_download(api: Api, context: Context) -> None:
    bring(api, context, table(row("УТ-1", amount="70,00")), key="first")
    done = bring(api, context, table(row("УТ-1"), row("УТ-2")), key="second")
    content = requests.get(done["changes"]["url"], timeout=10).content
    assert in_csv(content) == [["УТ-1", "2026-01-12", "2026-01-12", "70.00", "100.00", "RUB"]]


# --- repeats ----------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_file_are_split_once_whatever_the_uploads(api: Api, context: Context) -> None:
    started = start(api, dry_run=True).json
    told = upload(started, table(row()).encode())
    jobs.split_import(context, told)
    jobs.split_import(context, told)
    write_all(context)
    checked = shown(api, started["import_id"])
    assert (checked["state"], checked["documents"]["created"], checked["bad_rows"]) == ("done", 1, None)
    assert HEADING[0] in checked["columns"].values()
    assert bad_rows(bring(api, context, table(row(quantity="x")), key="bad", dry_run=True))


def test_who_is_of_the_staff_no_more_changes_nothing(api: Api, context: Context) -> None:
    done = bring(api, context, table(row("УТ-1")), key="done")
    checked = bring(api, context, table(row("УТ-2")), key="dry", dry_run=True)
    partners.staff(context, "mbr_staff", "marketing")
    answers = [
        post(api, f"{PATH}/{checked['import_id']}/confirm", {"sha256": checked["sha256"]}),
        post(api, f"{PATH}/{done['import_id']}/take-back"),
        void(api),
    ]
    assert [(answer.status, answer.json["code"]) for answer in answers] == [(403, "session_stale")] * 3
    assert [sale["document"] for sale in current(context) if "voided" not in sale] == ["УТ-1"]
    partners.staff(context, "mbr_staff", "operations")
    assert shown(api, checked["import_id"])["dry_run"]
