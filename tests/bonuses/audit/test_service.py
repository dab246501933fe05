"""The audit of the books: it finds what does not balance, names company and account, and counts nothing twice."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.bonuses import jobs as bonuses_jobs
from chalicelib.bonuses.audit import keys as audit_keys
from chalicelib.bonuses.audit import service as audit
from chalicelib.bonuses.audit import store as audit_store
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger.rules import Balances, Cause
from chalicelib.platform import jobs
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Item, to_wire
from tests.bonuses.jobs import book_item, company, days_later, queued, run_audit
from tests.bonuses.steps import credit, reverse
from tests.support.crashes import crashes, lost_replies, races, watched
from tests.support.memory import MemoryDynamo

NEW_YEAR = date(2026, 12, 31)


@pytest.fixture
def context(context: Context) -> Context:
    """On a table in a dictionary: an audit reads a lot of it."""
    return replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))


def lively(context: Context, name: str = "Luch") -> str:
    """A company whose book has seen a credit, a reversal, something pending, and a lot that expired."""
    company_id = company(context, name)
    credit(context, company_id, "100.50", date(2026, 11, 21))
    reverse(context, company_id, credit(context, company_id, "30", NEW_YEAR))
    credit(context, company_id, "70", NEW_YEAR)
    ledger.change(
        context, company_id, "RUB", Cause("accrual", ("pends",)), lambda book: ledger_rules.pend(book, Decimal(40))
    )
    credit(days_later(context, 2), company_id, "5", NEW_YEAR)
    return company_id


def listed(context: Context) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Mismatches: owner and account → fault and place."""
    return {
        (item["owner"], item["account"]): [(each["fault"], each["where"]) for each in item["faults"]]
        for item in audit_store.every_open_mismatch(context.table)
    }


def totals(context: Context) -> Balances:
    """Of the whole club, in one currency."""
    found = [audit_store.balances_of(item) for item in audit_store.totals(context.table).values()]
    return Balances(*(sum(each) for each in zip(*found, strict=True)))


def posting_items(context: Context, company_id: str) -> list[Item]:
    return list(context.table.query_all(f"LEDGER#{company_id}", starts="POSTING#"))


def after(context: Context, days: int = 3) -> Context:
    return days_later(context, days)


# --- what balances ------------------------------------------------------------------------------------------------------


def test_books_that_balance_are_proved_and_summed_for_the_club(context: Context) -> None:
    ids = [lively(context, name) for name in ("Luch", "Svet")]
    counts = run_audit(after(context))
    assert (counts["companies"], counts["totals_wrong"]) == (2, 0)
    assert listed(context) == {}
    assert totals(context) == Balances(80, 150, 0, 0, 201, 0, -431)
    assert sum(totals(context)) == 0
    assert sum(item["companies"] for item in audit_store.totals(context.table).values()) == len(ids)
    kept = audit_store.checkpoint_of(context.table.get(audit_keys.checkpoint(ids[0])) or {})
    assert kept.sequence == book_item(context, ids[0])["sequence"]


def test_only_what_moved_since_is_read(context: Context) -> None:
    moved, silent = lively(context, "Luch"), lively(context, "Svet")
    run_audit(after(context))
    later = after(context, 10)
    credit(later, moved, "1", NEW_YEAR)
    counts = run_audit(later)
    assert counts["companies"] == 1
    assert totals(context).available == 151
    assert book_item(context, silent)["gsi1pk"] != book_item(context, moved)["gsi1pk"]


def test_an_audit_reads_the_new_postings_and_no_old_ones(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    company_id = lively(context)
    run_audit(after(context))
    credit(after(context), company_id, "1", NEW_YEAR)
    read: list[int] = []
    postings_from = audit.ledger_store.postings_from

    def counted(*question: Any) -> list[Any]:
        found = list(postings_from(*question))
        read.append(len(found))
        return found

    monkeypatch.setattr(audit.ledger_store, "postings_from", counted)
    audit.audit_companies(after(context), [company_id])
    audit.audit_companies(after(context), [company_id])
    assert read == [2], "the one that was audited last and the new one; then nothing"


def test_a_full_audit_begins_with_the_first_posting_and_counts_nothing_twice(context: Context) -> None:
    company_id = lively(context)
    for event in ({}, {"full": True}, {"full": True}):
        run_audit(after(context), event)
        assert totals(context).available == 75
        assert listed(context) == {}
    run = jobs.last_run(context, bonuses_jobs.AUDIT)
    assert run
    assert run["full"] is True
    assert context.table.get(audit_keys.checkpoint(company_id))


def test_a_company_without_bonuses_is_nothing_to_prove(context: Context) -> None:
    company_id = company(context)
    run_audit(context, {"full": True})
    assert context.table.get(audit_keys.checkpoint(company_id)) is None
    assert audit_store.totals(context.table) == {}


# --- what does not ------------------------------------------------------------------------------------------------------


def forge(context: Context, item: Item) -> None:
    """Past the table's own guard, as somebody with the console might."""
    context.table.client.put_item(TableName=context.table.name, Item=to_wire(item))


def changed(context: Context, key: Key, **values: Any) -> None:
    """As somebody with access to the table might."""
    item = context.table.get(key)
    assert item
    forge(context, {**item, **values})


def gone(context: Context, key: Key) -> None:
    context.table.client.delete_item(TableName=context.table.name, Key=to_wire(key.as_item()))


def change_book(context: Context, company_id: str) -> None:
    changed(context, ledger_keys.bonuses(company_id), pending=Decimal(41))


def change_lot(context: Context, company_id: str) -> None:
    """So much from one lot to another: the balance stays."""
    lots = book_item(context, company_id)["lots"]
    lots["2026-12-31"][1] -= 3
    lots["2027-12-31"] = ["2026-11-20", Decimal(3), {}]
    changed(context, ledger_keys.bonuses(company_id), lots=lots)


def change_spending(context: Context, company_id: str) -> None:
    """Something spent in one month and given back in another: the balance stays, and no such thing ever happens."""
    lots = book_item(context, company_id)["lots"]
    lots["2026-12-31"][2] = {"2026-11": Decimal(-5), "2026-12": Decimal(5)}
    changed(context, ledger_keys.bonuses(company_id), lots=lots)


def change_entry(context: Context, company_id: str) -> None:
    item = posting_items(context, company_id)[3]
    first, *others = item["entries"]
    forge(context, {**item, "entries": [{**first, "amount": first["amount"] + 1}, *others]})


def change_balances(context: Context, company_id: str) -> None:
    item = posting_items(context, company_id)[3]
    forge(context, {**item, "balances": {**item["balances"], "reserved": Decimal(1)}})


def lose_posting(context: Context, company_id: str) -> None:
    item = posting_items(context, company_id)[4]
    gone(context, Key(item["pk"], item["sk"]))


def lose_newest_posting(context: Context, company_id: str) -> None:
    item = posting_items(context, company_id)[-1]
    gone(context, Key(item["pk"], item["sk"]))


def double_posting(context: Context, company_id: str) -> None:
    """The same again, in its place."""
    item = posting_items(context, company_id)[4]
    forge(context, {**item, **ledger_keys.posting(company_id, item["at"], int(item["sequence"]) + 50).as_item()})


def post_cause_twice(context: Context, company_id: str) -> None:
    """The same cause in a new posting, with a book that agrees: only the mark of the cause knows."""
    item = posting_items(context, company_id)[-1]
    number = int(item["sequence"]) + 1
    balances = Balances(**item["balances"])
    twice = balances._replace(available=balances.available + 5, issued=balances.issued - 5)
    key = ledger_keys.posting(company_id, item["at"], number)
    entries = [each for each in item["entries"] if each["account"] in ("available", "issued")]
    forge(context, {**item, **key.as_item(), "sequence": number, "balances": twice._asdict(), "entries": entries})
    lots = book_item(context, company_id)["lots"]
    lots["2026-12-31"][1] += 5
    changed(context, ledger_keys.bonuses(company_id), lots=lots, sequence=number)


def forge_cause(context: Context, company_id: str) -> None:
    item = posting_items(context, company_id)[2]
    forge(context, {**item, "cause": {**item["cause"], "kind": "gift"}})


def break_posting(context: Context, company_id: str) -> None:
    item = posting_items(context, company_id)[2]
    forge(context, {**item, "entries": [{"account": "available"}]})


def lose_book(context: Context, company_id: str) -> None:
    gone(context, ledger_keys.bonuses(company_id))


EVERY_ACCOUNT = {"available", "expired", "issued", "pending"}
TAMPERED: dict[Callable[[Context, str], None], tuple[set[str], set[str]]] = {
    # what is done → accounts and faults that are named
    change_book: ({"pending", "issued"}, {"book_differs"}),
    change_lot: ({"available"}, {"lot_differs"}),
    change_spending: ({"available"}, {"lot_differs"}),
    change_entry: (
        {"available", "ledger"},
        {"entries_not_zero", "balances_do_not_follow", "book_differs", "lot_differs"},
    ),
    change_balances: ({"reserved"}, {"balances_do_not_follow"}),
    lose_posting: ({"ledger", "pending", "issued"}, {"posting_missing", "book_differs"}),
    lose_newest_posting: ({"ledger", "available", "issued"}, {"posting_missing", "book_differs", "lot_differs"}),
    double_posting: ({"ledger", "pending", "issued"}, {"posting_doubled", "book_differs"}),
    post_cause_twice: ({"ledger"}, {"cause_doubled"}),
    forge_cause: ({"ledger"}, {"cause_doubled"}),
    break_posting: ({"ledger"}, {"unreadable"}),
    lose_book: (EVERY_ACCOUNT | {"ledger"}, {"book_differs", "lot_differs", "posting_doubled"}),
}
each_tampering = pytest.mark.parametrize("tamper", TAMPERED, ids=lambda tamper: tamper.__name__)


@each_tampering
@pytest.mark.parametrize("proved_before", [False, True])
def test_whatever_is_tampered_with_is_found_and_named(
    context: Context, caplog: pytest.LogCaptureFixture, tamper: Any, proved_before: bool
) -> None:
    company_id, other = lively(context), lively(context, "Svet")
    if proved_before:
        run_audit(after(context))
    tamper(context, company_id)
    run_audit(after(context), {"full": True})
    accounts, faults = TAMPERED[tamper]
    found = listed(context)
    assert {owner for owner, _ in found} == {company_id}, "nobody else is named"
    assert {account for _, account in found} == accounts
    assert {fault for each in found.values() for fault, _ in each} == faults
    logged = [record for record in caplog.records if record.message == "bonus mismatch"]
    assert {(record.company_id, record.account) for record in logged} == {  # type: ignore[attr-defined]
        (company_id, account) for account in accounts
    }
    assert {record.levelno for record in logged} == {logging.ERROR}
    assert other


@pytest.mark.parametrize(
    "tamper", [each for each in TAMPERED if each is not lose_book], ids=lambda tamper: tamper.__name__
)
def test_what_is_tampered_with_before_its_first_audit_is_found_by_the_next_one(context: Context, tamper: Any) -> None:
    """But for a book that is lost: nobody knows then that it moved, so the full audit finds it."""
    company_id = lively(context)
    tamper(context, company_id)
    run_audit(after(context))
    assert {account for _, account in listed(context)} == TAMPERED[tamper][0]


@pytest.mark.parametrize("tamper", [change_book, change_lot])
def test_a_book_that_changed_without_a_posting_is_found_when_its_company_moves(context: Context, tamper: Any) -> None:
    company_id = lively(context)
    run_audit(after(context))
    tamper(context, company_id)
    credit(after(context), company_id, "1", NEW_YEAR)
    run_audit(after(context))
    assert {account for _, account in listed(context)} == TAMPERED[tamper][0]


def test_an_audited_posting_that_changed_is_missed_by_the_next_audit(context: Context) -> None:
    company_id = lively(context)
    run_audit(after(context))
    lose_newest_posting(context, company_id)
    credit(after(context), company_id, "1", NEW_YEAR)
    run_audit(after(context))
    assert [fault for faults in listed(context).values() for fault, _ in faults] == ["posting_missing"]


def test_what_does_not_balance_is_no_part_of_the_clubs_totals_until_it_does(context: Context) -> None:
    company_id, other = lively(context), lively(context, "Svet")
    run_audit(after(context))
    credit(after(context), company_id, "1000", NEW_YEAR)
    changed(context, ledger_keys.bonuses(company_id), pending=Decimal(41))
    run_audit(after(context))
    assert totals(context).available == 150
    changed(context, ledger_keys.bonuses(company_id), pending=Decimal(40))
    run_audit(after(context, 20))
    assert totals(context).available == 1150
    assert listed(context) == {}
    assert other


def test_what_does_not_balance_is_looked_at_every_night_and_kept_when_it_does(context: Context) -> None:
    company_id = lively(context)
    change_book(context, company_id)
    run_audit(after(context))
    since = context.table.get(audit_keys.mismatch(company_id, "pending"))
    assert run_audit(after(context, 30))["companies"] == 1
    again = context.table.get(audit_keys.mismatch(company_id, "pending"))
    assert since and again
    assert (since["since"], since["seen_at"]) == (again["since"], after(context).at)
    assert again["seen_at"] == after(context, 30).at
    changed(context, ledger_keys.bonuses(company_id), pending=Decimal(40))
    run_audit(after(context, 31))
    resolved = context.table.get(audit_keys.mismatch(company_id, "pending"))
    assert resolved
    assert resolved["resolved_at"] == after(context, 31).at
    assert run_audit(after(context, 60))["companies"] == 0


# --- the club -----------------------------------------------------------------------------------------------------------


def the_total(context: Context) -> tuple[str, int, Item]:
    (((currency, shard), item),) = audit_store.totals(context.table).items()
    return currency, shard, item


def test_a_club_total_that_does_not_sum_to_zero_is_found_by_every_audit(
    context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    lively(context)
    run_audit(after(context))
    currency, shard, item = the_total(context)
    context.table.put({**item, "available": item["available"] + 1})
    assert run_audit(after(context))["totals_wrong"] == 1
    assert listed(context) == {(f"club#{currency}#{shard}", "ledger"): [("entries_not_zero", "")]}
    (logged,) = [record for record in caplog.records if record.message == "bonus mismatch"]
    assert (logged.currency, logged.shard, logged.account) == (currency, shard, "ledger")  # type: ignore[attr-defined]
    context.table.put(item)
    run_audit(after(context))
    assert listed(context) == {}


def test_a_club_total_that_is_not_the_sum_of_its_companies_is_found_by_the_full_audit(context: Context) -> None:
    lively(context)
    run_audit(after(context))
    currency, shard, item = the_total(context)
    context.table.put({**item, "available": item["available"] + 1, "redeemed": Decimal(-1)})
    assert run_audit(after(context))["totals_wrong"] == 0
    assert run_audit(after(context), {"full": True})["totals_wrong"] == 2
    assert {account for _, account in listed(context)} == {"available", "redeemed"}
    assert {owner for owner, _ in listed(context)} == {f"club#{currency}#{shard}"}


def test_a_club_total_that_is_lost_is_found_by_the_full_audit(context: Context) -> None:
    lively(context)
    run_audit(after(context))
    _, _, item = the_total(context)
    gone(context, Key(item["pk"], item["sk"]))
    assert run_audit(after(context), {"full": True})["totals_wrong"] == 4


# --- interrupted ----------------------------------------------------------------------------------------------------------


def everything(context: Context) -> list[Any]:
    found: list[Any] = context.table.client.scan(TableName="club")["Items"]
    return found


def put_back(context: Context, items: list[Any]) -> None:
    """A table with these items and no others."""
    fresh = MemoryDynamo()
    for item in items:
        fresh.put_item(Item=item)
    context.table.client = watched(fresh, "dynamodb")


def outcome(context: Context, company_ids: list[str]) -> Any:
    """The items after an audit, without the counters of writes."""
    checkpoints = [context.table.get(audit_keys.checkpoint(company_id)) for company_id in company_ids]
    sums = {place: audit_store.balances_of(item) for place, item in audit_store.totals(context.table).items()}
    counted = {place: item["companies"] for place, item in audit_store.totals(context.table).items()}
    kept = [{name: item[name] for name in item if name != "version"} if item else None for item in checkpoints]
    return kept, sums, counted, listed(context)


@pytest.fixture
def scene(context: Context) -> tuple[Context, list[str]]:
    """Two companies that were audited and moved, one that is new, one that does not balance."""
    ids = [lively(context, name) for name in ("Luch", "Svet")]
    run_audit(after(context))
    ids += [lively(context, "Iskra"), lively(context, "Zarya")]
    for company_id in ids[:2]:
        credit(after(context), company_id, "7", NEW_YEAR)
    change_book(context, ids[3])
    return after(context), ids


@pytest.mark.parametrize("rounds", [crashes, lost_replies])
def test_an_audit_that_dies_at_any_call_counts_once_when_it_is_done_again(
    scene: tuple[Context, list[str]], rounds: Any
) -> None:
    context, ids = scene
    before = everything(context)
    audit.audit_companies(context, ids)
    undisturbed = outcome(context, ids)
    assert undisturbed[1]
    count = 0
    for interruption in rounds():
        count += 1
        put_back(context, before)
        try:
            with interruption:
                audit.audit_companies(context, ids)
        except Exception:  # a lost reply that nobody expects: the message comes again
            assert rounds is lost_replies
        audit.audit_companies(context, ids)
        assert outcome(context, ids) == undisturbed, interruption
    assert count > 8


def test_two_audits_at_once_count_once(scene: tuple[Context, list[str]]) -> None:
    context, ids = scene
    before = everything(context)
    audit.audit_companies(context, ids)
    undisturbed = outcome(context, ids)
    for race in races(lambda: audit.audit_companies(context, ids)):
        put_back(context, before)
        with race:
            audit.audit_companies(context, ids)
        assert outcome(context, ids) == undisturbed, race


def test_a_book_that_moves_while_it_is_proved_is_never_called_wrong(scene: tuple[Context, list[str]]) -> None:
    context, ids = scene
    before = everything(context)
    for race in races(lambda: [credit(context, company_id, "1", NEW_YEAR) for company_id in ids[:3]]):  # type: ignore[arg-type]
        put_back(context, before)
        with race:
            audit.audit_companies(context, ids)
        assert {owner for owner, _ in listed(context)} == {ids[3]}, (race, listed(context))
        audit.audit_companies(context, ids)
        assert totals(context).available == 75 * 3 + 7 * 2 + 3 * race.happened, race


def test_a_naming_that_dies_at_any_call_names_everybody_when_it_runs_again(scene: tuple[Context, list[str]]) -> None:
    context, ids = scene
    for crash in crashes():
        with crash:
            bonuses_jobs.audit_bonuses(context, {})
        queued()
        bonuses_jobs.audit_bonuses(context, {})
        named = {company_id for message in queued() for company_id in json.loads(message["body"])["companies"]}
        assert named == set(ids), crash


# --- what it costs ----------------------------------------------------------------------------------------------------------


class Counted:
    """A client that notes its calls."""

    def __init__(self, client: Any, calls: list[str]) -> None:
        self._client = client
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        if name != "exceptions":
            self._calls.append(name)
        return getattr(self._client, name)


def test_a_message_of_companies_that_moved_is_proved_in_a_read_for_each_and_three_calls_more(context: Context) -> None:
    ids = [lively(context, f"Luch {number}") for number in range(5)]
    calls: list[str] = []
    counted = replace(after(context), table=Table(Counted(context.table.client, calls), "club"))  # type: ignore[arg-type]
    audit.audit_companies(counted, ids)
    assert sorted(calls) == sorted(["batch_get_item"] * 2 + ["query"] * 5 + ["transact_write_items"])
    calls.clear()
    audit.audit_companies(counted, ids)
    assert calls == ["batch_get_item"], "nothing moved since"
