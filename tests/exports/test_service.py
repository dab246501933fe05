"""Whole tables as files: all rows once, the same count and total in CSV and XLSX, for nobody but who asked, wherever the work dies."""

import csv
import io
import tracemalloc
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from python_calamine import load_workbook

from chalicelib import sales
from chalicelib.campaigns.sending.model import letter_id
from chalicelib.campaigns.tracking import store as tracking
from chalicelib.campaigns.tracking.model import Readings
from chalicelib.companies.model import Company
from chalicelib.companies.store import create
from chalicelib.exports import consumers, jobs, keys, service, sources, store
from chalicelib.exports.model import ExportSource
from chalicelib.exports.schemas import ExportForm
from chalicelib.mail import Recipient
from chalicelib.mail import store as mail_store
from chalicelib.mail.notices import store as notices
from chalicelib.mail.notices.model import Notice
from chalicelib.mail.notices.rules import notification_id
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.parts import Part
from chalicelib.retention.cases import store as cases
from chalicelib.retention.cases.model import Case
from chalicelib.retention.states.rules import RhythmState
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Transaction
from tests.bonuses.steps import credit
from tests.campaigns.sending import steps as sending
from tests.conftest import NOON
from tests.mail import steps as mail_steps
from tests.platform.files.test_tables import cents
from tests.sales.steps import invoice
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, watched
from tests.support.letters import plain
from tests.support.memory import MemoryDynamo
from tests.support.spent import measures, spent
from tests.support.table import everything
from tests.tiers.simulations.test_service import Messages, Objects

URL = "/v1/staff/exports"
ADMIN = "mbr_admin"


class Bucket(Objects):
    """Takes files, too."""

    def upload_fileobj(self, file: Any, bucket: str, name: str) -> None:
        self.found[name] = file.read()

    def generate_presigned_url(self, operation: str, *, Params: Any, ExpiresIn: int) -> str:  # noqa: N803
        return f"https://files.example/{Params['Key']}?{ExpiresIn}"


class Cloud:
    """Queue and bucket in memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.queue, self.bucket = Messages(), Bucket()
        monkeypatch.setattr(aws, "sqs", lambda: watched(self.queue, "sqs"))
        monkeypatch.setattr(aws, "s3", lambda: watched(self.bucket, "s3"))

    def run(self, context: Context, requested: Item) -> None:
        """All that an export brings about; a message leaves the queue when it is handled."""
        consumers.on_requested(context, Event(requested["event"], "evt_1", requested))
        while self.queue.bodies:
            jobs.export_tables(replace(context), {"messageId": "1", "body": self.queue.bodies[0]})
            self.queue.bodies.pop(0)

    def file(self, export_id: str, ending: str) -> bytes:
        return self.bucket.found[f"exports/{export_id}/table.{ending}"]


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    return Cloud(monkeypatch)


@pytest.fixture
def memory() -> MemoryDynamo:
    return MemoryDynamo()


@pytest.fixture
def club_context(memory: MemoryDynamo) -> Context:
    numbers = count(1)
    table = Table(watched(memory, "dynamodb"), "club", sleep=lambda seconds: None)
    return Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


def company(context: Context, number: int, name: str = "") -> str:
    company_id = f"cmp_{number:03}"
    facts = {"company_id": company_id, "name": name or f"Company {number:03}", "currency": "RUB", "origin": "import"}
    tx = Transaction()
    create(tx, Company.model_validate({**facts, "created_at": context.at, "version": 1}))
    context.table.commit(tx)
    return company_id


def exported(
    cloud: Cloud, context: Context, source: str, ending: str, language: Any = "en", *, read: bool = True
) -> tuple[str, list[list[Any]], dict[str, Any]]:
    """The id, the rows, and the notes of a made export; without `read` its id alone."""
    form = ExportForm.model_validate({"source": source, "format": ending})
    export_id = service.start(context, form, language, ADMIN).export_id
    [requested] = context.table.query_all(keys.export(export_id).pk, starts="EVENT#")
    cloud.run(context, requested)
    if not read:
        return export_id, [], {}
    content = cloud.file(export_id, ending)
    if ending == "csv":
        rows: list[list[Any]] = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        end = rows.index([])
        return export_id, rows[1:end], {row[0]: row[1] for row in rows[end + 2 :]}
    cells: list[list[Any]] = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()  # type: ignore[assignment]
    heading = next(number for number, row in enumerate(cells) if row[0] in ("company_id", "Код компании"))
    return export_id, cells[heading + 1 :], {row[0]: row[1] for row in cells[1 : heading - 1]}


def test_documents_come_with_the_same_count_and_total_in_both_formats(cloud: Cloud, context: Context) -> None:
    for number in range(3):
        company(context, 100 + number)
    documents = [invoice(f"A-{each}", f"{each}.55", day=date(2026, 11, 2), company="cmp_100") for each in range(1, 8)]
    sales.record(context, documents)
    total = sum((Decimal(f"{each}.55") for each in range(1, 8)), Decimal(0))
    _, in_csv, told = exported(cloud, context, "documents", "csv")
    _, in_xlsx, told_too = exported(cloud, context, "documents", "xlsx")
    assert len(in_csv) == len(in_xlsx) == 7
    assert sum(Decimal(row[-1]) for row in in_csv) == total
    assert sum(Decimal(str(row[-1])) for row in in_xlsx) == total
    assert (told["Rows"], told["Control total, RUB"]) == ("7", f"{total}")
    assert (told_too["Rows"], Decimal(str(told_too["Control total, RUB"]))) == (7, total)
    assert {row[5] for row in in_xlsx} == {date(2026, 11, 2)}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_company_of_however_many_rows_takes_the_same_memory(
    cloud: Cloud, club_context: Context, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, peaks = club_context, []
    company(context, 1)
    for rows in (500, 10_000):

        def documents(context: Context, company: Company, rows: int = rows) -> Iterator[Sequence[Any]]:
            for number in range(rows):
                yield "1c", f"A-{number}", "sale", date(2026, 1, 1), date(2026, 1, 1), 18, "RUB", Decimal(number) / 100

        monkeypatch.setitem(sources._ROWS, ExportSource.DOCUMENTS, documents)
        tracemalloc.start()
        export_id, _, _ = exported(cloud, context, "documents", ending, read=False)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        totals = service.show(context, export_id, ADMIN)
        assert (totals.row_count, totals.control_totals[0].amount) == (rows, Decimal(rows * (rows - 1)) / 200)
    assert peaks[1] < peaks[0] + 2_000_000  # the rows of the larger one are twenty megabytes


def test_sums_in_two_currencies_have_a_total_each(cloud: Cloud, context: Context) -> None:
    company(context, 100)
    euros = invoice("A-2", "1000000.00", company="cmp_100")._replace(currency="EUR", other_currency=True)
    sales.record(context, [invoice("A-1", "7.55", company="cmp_100"), euros])
    for ending in ("csv", "xlsx"):
        export_id, _, told = exported(cloud, context, "documents", ending)
        assert cents(told["Control total, EUR"]) == Decimal("1000000.00")
        assert cents(told["Control total, RUB"]) == Decimal("7.55")
    totals = service.show(context, export_id, ADMIN).control_totals
    assert [(each.currency, each.amount) for each in totals] == [
        ("EUR", Decimal("1000000.00")),
        ("RUB", Decimal("7.55")),
    ]


def test_bonus_entries_sum_to_zero(cloud: Cloud, context: Context) -> None:
    company_id = company(context, 1)
    credit(context, company_id, "500.25")
    _, rows, told = exported(cloud, context, "entries", "csv", "ru")
    assert len(rows) >= 2
    assert {row[0] for row in rows} == {company_id}
    assert (told["Строк"], told["Контрольная сумма, RUB"]) == (str(len(rows)), "0,00")


def test_each_company_is_there_once_with_its_case(cloud: Cloud, club_context: Context) -> None:
    context = club_context
    ids = [company(context, number) for number in range(60)]
    due = Case(
        case_id=cases.case_id_of(ids[7]),
        company_id=ids[7],
        company_state=RhythmState.DORMANT,
        due=date(2026, 12, 1),
        opened_on=context.today,
    )
    cases.save(context, due, None)
    export_id, rows, told = exported(cloud, context, "companies", "csv")
    assert [row[0] for row in rows] == ids
    assert told["Rows"] == "60"
    view = service.show(context, export_id, ADMIN)
    assert (view.state, view.row_count, view.control_totals) == ("done", 60, [])
    assert view.progress.parts_done == view.progress.parts_total == 3
    _, [case], _ = exported(cloud, context, "cases", "xlsx")
    assert (case[0], case[3], case[5]) == (ids[7], "dormant", date(2026, 12, 1))


def test_letters_are_those_of_campaigns_and_of_notifications_of_every_member(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = sending.post(context, monkeypatch)
    for number in range(30):
        sending.reader(post, f"mbr_{number:02}")
    partners.partner(post.context, "cmp_1", "mbr_99", name="Luch")
    issue = sending.approved(post)
    post.at("2026-11-25T00:00")
    at = post.context.at
    mail_store.create(post.context.table, mail_steps.letter(post.context, recipient=Recipient("member", "mbr_99")))
    notice = Notice(notification_id(at, "ltr_1"), "welcome", "Welcome", "Your club", at)
    notices.write(post.context, "mbr_99", notice)
    opened = Readings(seen=1, opens=1, clicks=0, machine_opens=0, machine_clicks=0, opened_at=at)
    tracking.keep_together(post.context, letter_id(issue.issue_id, "mbr_07"), opened)

    found: list[Any] = []
    seen: list[str] = []
    after = None
    while True:
        ids, after = sources.some_of(post.context, ExportSource.LETTERS, 4, after)
        assert len(ids) <= 4
        seen += ids
        found += sources.rows_of(post.context, ExportSource.LETTERS, ids)
        if after is None:
            break
    names = [each.name for each in sources.DESCRIPTIONS[ExportSource.LETTERS].columns]
    rows = [dict(zip(names, row, strict=True)) for row in found]
    assert sorted(seen) == [*(f"mbr_{number:02}" for number in range(30)), "mbr_99"]
    issued = [each for each in rows if each["letter"] == "campaign"]
    assert {each["member_id"] for each in issued} == {f"mbr_{number:02}" for number in range(30)}
    assert {(each["title"], each["state"], bool(each["delivered_at"])) for each in issued} == {("Lamps", "sent", True)}
    assert [each["member_id"] for each in rows if each["opened_at"]] == ["mbr_07"]
    [service_letter] = [each for each in rows if each["letter"] != "campaign"]
    assert (service_letter["company"], service_letter["title"]) == ("Luch", "Welcome")
    assert len({each["letter_id"] for each in rows}) == len(rows) == 31


def test_no_name_becomes_a_formula(cloud: Cloud, club_context: Context) -> None:
    company(club_context, 1, "=cmd|' /C calc'!A0")
    _, [row], _ = exported(cloud, club_context, "companies", "csv")
    assert row[1] == "'=cmd|' /C calc'!A0"
    export_id, [row], _ = exported(cloud, club_context, "companies", "xlsx")
    assert row[1] == "=cmd|' /C calc'!A0"
    assert b"<f>" not in cloud.file(export_id, "xlsx")


def test_an_export_has_an_address_that_ends_and_a_week(cloud: Cloud, club_context: Context) -> None:
    company(club_context, 1)
    export_id, _, _ = exported(cloud, club_context, "companies", "csv")
    view = service.show(club_context, export_id, ADMIN)
    assert view.url == f"https://files.example/exports/{export_id}/table.csv?900"
    assert view.expires_at and (view.expires_at - club_context.now).seconds == 900
    later = replace(club_context, now=club_context.now.replace(day=28))
    assert service.show(later, export_id, ADMIN).url is None


def test_wherever_it_dies_the_same_file_comes_out_and_one_letter(
    cloud: Cloud, club_context: Context, memory: MemoryDynamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TOGETHER", 2)
    for number in range(5):
        company(club_context, number)
    service.start(club_context, ExportForm(source=ExportSource.COMPANIES, format="csv"), "en", ADMIN)
    [requested] = [item for item in everything(club_context).values() if item.get("event") == "export.requested"]
    before = deepcopy(memory)

    def afresh() -> Context:
        cloud.bucket.found.clear()
        cloud.queue.bodies.clear()
        return replace(club_context, table=Table(watched(deepcopy(before), "dynamodb"), "club"))

    context = afresh()
    cloud.run(context, requested)
    undisturbed = cloud.file(requested["export_id"], "csv")
    for crash in crashes():
        context = afresh()
        with crash:
            cloud.run(context, requested)
        cloud.run(context, requested)
        assert cloud.file(requested["export_id"], "csv") == undisturbed, crash
        found = [item for item in everything(context).values() if item.get("event") == "export.ready"]
        assert len(found) == 1, crash


def test_a_file_with_other_rows_than_were_counted_is_not_kept(
    cloud: Cloud, club_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(club_context, 1)
    honest = store.WORK.complete_part

    def miscounted(context: Context, work_id: str, part: Part, name: str, counts: Any) -> None:
        honest(context, work_id, part, name, {**counts, "rows": counts["rows"] + 1})

    monkeypatch.setattr(type(store.WORK), "complete_part", lambda self, *given: miscounted(*given))
    with pytest.raises(RuntimeError, match="has 1 rows, and its parts counted 2"):
        exported(cloud, club_context, "companies", "csv")
    assert not any(name.endswith("table.csv") for name in cloud.bucket.found)


# --- over HTTP --------------------------------------------------------------------------------------------------------


def asked(api: Api, caller: Caller, source: str, key: str = "k1") -> Any:
    return api.call("POST", URL, caller, {"source": source, "format": "csv"}, key=key)


@pytest.fixture
def admin(context: Context) -> Caller:
    return partners.staff(context, ADMIN, "admin")


def test_an_export_belongs_to_who_asked_for_it(api: Api, context: Context, admin: Caller) -> None:
    other = partners.staff(context, "mbr_other", "admin")
    made = asked(api, admin, "orders")
    assert (made.status, made.json["state"], made.json["url"]) == (202, "running", None)
    address = made.headers["location"]
    assert asked(api, admin, "orders").json == made.json
    assert api.call("GET", address, admin).status == 200
    assert [each["export_id"] for each in api.call("GET", URL, admin).json["items"]] == [made.json["export_id"]]
    assert api.call("GET", address, other).status == 404
    assert api.call("GET", URL, other).json["items"] == []


def test_who_is_no_longer_on_the_staff_finds_no_export(api: Api, context: Context, admin: Caller) -> None:
    address = asked(api, admin, "companies").headers["location"]
    context.table.delete_many([partners.members.membership_key(ADMIN)])
    assert {api.call("GET", each, admin).json["code"] for each in (address, URL)} == {"not_found"}


@pytest.mark.parametrize(("token", "code"), [("of before", "session_stale"), ("of now", "scope_missing")])
def test_an_export_does_not_outlive_the_right_to_its_table(api: Api, context: Context, token: str, code: str) -> None:
    """Neither for the token of the role before nor for that of the role after."""
    head = partners.staff(context, "mbr_head", "head_of_sales")
    cases = asked(api, head, "cases", "key-of-the-cases").json["export_id"]
    companies = asked(api, head, "companies", "key-of-the-companies").json["export_id"]
    assert api.call("GET", f"{URL}/{cases}", head).status == 200
    partners.on_staff(context, "mbr_head", "operations")
    caller = head if token == "of before" else Caller.person("mbr_head", "staff", "operations", "club")
    assert api.call("GET", f"{URL}/{cases}", caller).json["code"] == code
    assert api.call("GET", f"{URL}/{companies}", caller).status == 200
    assert [each["export_id"] for each in api.call("GET", URL, caller).json["items"]] == [companies]


def test_a_table_asks_for_the_right_to_read_it(api: Api, context: Context) -> None:
    marketing = partners.staff(context, "mbr_marketing", "marketing")
    assert asked(api, marketing, "companies", "k1").status == 202
    for number, source in enumerate(("orders", "entries", "cases"), 2):
        assert asked(api, marketing, source, f"k{number}").json["code"] == "scope_missing"
    assert asked(api, marketing, "everything", "k9").json["errors"][0]["pointer"] == "/source"


def test_exports_of_a_day_have_a_bound(api: Api, admin: Caller) -> None:
    answers = [asked(api, admin, "companies", f"k{number}").status for number in range(21)]
    assert answers == [202] * 20 + [429]


def test_a_letter_tells_who_asked(club: Any, context: Context) -> None:
    partners.staff(context, ADMIN, "admin")
    told = plain(club.told("export_ready", Recipient("member", ADMIN), source="orders", rows=41))
    assert "Orders" in told
    assert "41 rows" in told


def test_every_source_has_rows_for_its_columns() -> None:
    assert set(sources.DESCRIPTIONS) == {*sources._ROWS, ExportSource.LETTERS} == set(ExportSource)


def test_another_persons_export_and_none_at_all_look_alike(club_context: Context) -> None:
    with pytest.raises(Problem, match="not_found"):
        service.show(club_context, "exp_nobody", ADMIN)


# --- keys -------------------------------------------------------------------------------------------------------------


@measures(keys.export, keys.export_part, keys.export_list)
def test_an_export_is_read_in_one_call(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    form = ExportForm(source=ExportSource.COMPANIES, format="csv")
    export_id = service.start(context, form, "en", ADMIN).export_id
    with spent(context.table.client) as cost:
        assert service.show(context, export_id, ADMIN).state == "running"
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(context.table.client) as cost:
        assert len(service.page(context, ADMIN, limit=25, after=None)[0]) == 1
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
    store.WORK.create_part(context, export_id, Part(1, ["cmp_1"], None))
    with spent(context.table.client) as cost:
        assert store.WORK.load_with_part(context, export_id, 1)[1]
    assert cost.calls == ["BatchGetItem"]
