"""The audit of the books, company by company: of movements since the last audit, or in full.

    the nightly audit ──▶ due               companies that moved, and those that did not balance
                      ──▶ audit_totals      the club's totals
    the bonuses queue ──▶ audit_companies   reads new postings, checks them, moves checkpoints and totals in one transaction

A checkpoint moves under its version, together with the club's totals: so a repeated, concurrent or crashed audit counts nothing twice. A
company that does not balance keeps its checkpoint, is listed, is logged as `bonus mismatch` (an alarm counts that line), and is audited
again every night until it balances.

A book and its postings are read one after the other. So a mismatch is recorded only if the book has not changed meanwhile.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from chalicelib import companies
from chalicelib.bonuses.audit import keys, rules, store
from chalicelib.bonuses.audit.rules import LEDGER, AuditedPosting, Checkpoint, Mismatch
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger import store as ledger_store
from chalicelib.bonuses.ledger.rules import ZERO, Balances, Book, Posting
from chalicelib.platform import Context, jobs
from chalicelib.platform.log import log
from chalicelib.table import Item, Key, Overtaken, Page, Refused, Transaction, retry, shards

JOB = "bonus-audit"

NOTHING = Balances(*(ZERO,) * len(Balances._fields))

Faults = dict[str, list[Mismatch]]  # by account


@dataclass(frozen=True, slots=True)
class _CompanyBooks:
    """The book and the postings of a company. `known`: the checkpoint from which the audit starts.

    `postings`: from the checkpoint's posting on; None if nothing was posted since, and none was read.
    """

    kept: Checkpoint
    known: Checkpoint
    book: Book
    postings: list[Posting] | None

    def causes(self) -> Iterator[Key]:
        """Keys of the marks of the causes."""
        return (ledger_keys.posting_cause(self.kept.company_id, posting.posting_id) for posting in self.postings or ())


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The result of a company's audit. `kept`: its stored checkpoint."""

    kept: Checkpoint
    next: Checkpoint
    faults: Faults
    book_version: int

    @property
    def company_id(self) -> str:
        return self.kept.company_id


# --- selection --------------------------------------------------------------------------------------------------------


def due(context: Context, first: date, *, full: bool) -> Iterator[str]:
    """Companies whose books moved on this day or later, and those that did not balance; `full`: all companies."""
    if full:
        yield from companies.every_company(context)
        return
    named = {item["company_id"] for item in store.every_open_mismatch(context.table) if "company_id" in item}
    yield from sorted(named)
    for offset in range((context.today - first).days + 1):
        for company_id in ledger_store.moved_on(context.table, first + timedelta(days=offset)):
            if company_id not in named:
                yield company_id


# --- reading ----------------------------------------------------------------------------------------------------------


class ClubAudit(NamedTuple):
    """`totals`: currency, companies and balances of each currency."""

    last_run: Item | None
    totals: list[tuple[str, int, Balances]]
    mismatches: Page


def club_audit(context: Context, limit: int, after: dict[str, str] | None) -> ClubAudit:
    """The last run, the club's totals, and a page of accounts that do not balance. Three calls."""
    totals: dict[str, tuple[int, Balances]] = {}
    for (currency, _), item in sorted(store.totals(context.table).items()):
        count, balances = totals.get(currency, (0, NOTHING))
        count += int(item.get("companies", 0))
        totals[currency] = (count, rules.added(balances, store.balances_of(item)))
    return ClubAudit(
        jobs.last_run(context, JOB),
        [(currency, count, balances) for currency, (count, balances) in totals.items()],
        store.open_mismatches(context.table, limit, after),
    )


# --- companies --------------------------------------------------------------------------------------------------------


def audit_companies(context: Context, company_ids: Sequence[str], *, full: bool = False) -> None:
    """Audits each company; `full`: from its first posting on. Raises `Busy` under constant concurrent changes."""
    left = list(company_ids)

    @retry()
    def attempt(context: Context) -> None:
        nonlocal left
        if left := _audit(context, left, full):
            raise Overtaken

    attempt(context)


def _audit(context: Context, company_ids: Sequence[str], full: bool) -> list[str]:
    """Ids of the companies to audit again. Those that balance are written together."""
    right, again = [], []
    for verdict in _verdicts(context, company_ids, full):
        if not verdict.faults and not verdict.kept.wrong:
            right.append(verdict)
        elif (verdict.faults and _book_version(context, verdict.company_id) != verdict.book_version) or not _save(
            context, [verdict]
        ):
            again.append(verdict.company_id)
    return again if _save(context, right) else again + [verdict.company_id for verdict in right]


def _verdicts(context: Context, company_ids: Sequence[str], full: bool) -> list[_Verdict]:
    wanted = [key(company_id) for company_id in company_ids for key in (ledger_keys.bonuses, keys.checkpoint)]
    found = context.table.get_many(wanted, consistent=True)
    readings, verdicts = [], []
    for company_id in company_ids:
        book, kept = found.get(ledger_keys.bonuses(company_id)), found.get(keys.checkpoint(company_id))
        known = store.checkpoint_of(kept) if kept else Checkpoint(company_id, book["currency"] if book else "")
        try:
            reading = _read_books(
                context, known, ledger_store.book_of(book) if book else Book(company_id, known.currency), full
            )
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            verdicts.append(_unreadable(known, error, _version(book)))
            continue
        if book or reading.postings or kept:
            readings.append(reading)
    marks = context.table.get_many((cause for reading in readings for cause in reading.causes()), consistent=True)
    return verdicts + [_judge(reading, marks) for reading in readings]


def _read_books(context: Context, kept: Checkpoint, book: Book, full: bool) -> _CompanyBooks:
    known = Checkpoint(kept.company_id, kept.currency, version=kept.version) if full else kept
    if not full and not kept.wrong and kept.sequence == book.sequence:
        return _CompanyBooks(kept, known, book, None)
    return _CompanyBooks(
        kept, known, book, list(ledger_store.postings_from(context.table, kept.company_id, known.at, known.sequence))
    )


def _judge(reading: _CompanyBooks, marks: dict[Key, Item]) -> _Verdict:
    known, book = reading.known, reading.book
    postings = [
        AuditedPosting(posting, ledger.posting_id(known.company_id, posting.cause), _marked(marks.get(cause)))
        for posting, cause in zip(reading.postings or (), reading.causes(), strict=True)
    ]
    found: list[Mismatch] = []
    if reading.postings is not None:
        last = (
            postings.pop(0).posting
            if known.sequence and postings and postings[0].posting.sequence == known.sequence
            else None
        )
        found += rules.check_postings(known, last, postings, book.sequence)
    found += rules.check_book(rules.places_after(known, postings), book)
    if not found:
        return _Verdict(reading.kept, rules.checkpoint(known, postings, book), {}, book.version)
    faults = _by_account(found)
    return _Verdict(reading.kept, replace(reading.kept, wrong=tuple(sorted(faults))), faults, book.version)


def _unreadable(kept: Checkpoint, error: Exception, book_version: int) -> _Verdict:
    fault = Mismatch(LEDGER, "unreadable", f"{type(error).__name__}: {error}")
    return _Verdict(kept, replace(kept, wrong=(LEDGER,)), {LEDGER: [fault]}, book_version)


def _marked(mark: Item | None) -> int | None:
    return int(mark["sequence"]) if mark and "sequence" in mark else None


def _book_version(context: Context, company_id: str) -> int:
    return _version(context.table.get(ledger_keys.bonuses(company_id), consistent=True))


def _version(book: Item | None) -> int:
    return int(book["version"]) if book else 0


def _save(context: Context, verdicts: Sequence[_Verdict]) -> bool:
    """Writes the verdicts in one transaction. False, with nothing written, if another audit was faster."""
    tx = Transaction()
    moving = [verdict for verdict in verdicts if verdict.next != verdict.kept]
    for verdict in moving:
        store.write_checkpoint(tx, context, verdict.kept, verdict.next)
    store.add_to_totals(tx, context, ((verdict.kept, verdict.next) for verdict in moving))
    for verdict in verdicts:
        whose = {"company_id": verdict.company_id, "currency": verdict.next.currency}
        store.write_mismatches(tx, context, verdict.company_id, verdict.kept.wrong, verdict.faults, **whose)
    try:
        context.table.commit(tx)
    except Refused:
        return False
    for verdict in verdicts:
        _log(verdict.faults, company_id=verdict.company_id)
    return True


def _by_account(found: Iterable[Mismatch]) -> Faults:
    faults: Faults = {}
    for mismatch in found:
        faults.setdefault(mismatch.account, []).append(mismatch)
    return faults


def _log(faults: Faults, **whose: Any) -> None:
    for account, found in faults.items():
        lines = [f"{each.fault} {each.where}: {each.found}, expected {each.expected}" for each in found]
        log.error("bonus mismatch", extra={**whose, "account": account, "faults": lines[: store.MOST_FAULTS]})


# --- the club ---------------------------------------------------------------------------------------------------------


def audit_totals(context: Context, *, full: bool) -> int:
    """Checks that each of the club's totals sums to zero; returns the number of accounts that do not balance.

    `full`: checks also that it is the sum of its companies' checkpoints, which are all read. Raises `Busy` if audits keep moving them.
    """
    listed: dict[str, set[str]] = {}
    for item in store.every_open_mismatch(context.table):
        if "shard" in item:
            listed.setdefault(item["owner"], set()).add(item["account"])
    totals, sums = _totals_and_sums(context) if full else (store.totals(context.table), None)
    wrong = 0
    for currency, shard in sorted(totals.keys() | (sums or {}).keys()):
        total = store.balances_of(totals.get((currency, shard), {}))
        expected = sums.get((currency, shard), NOTHING) if sums is not None else None
        faults = _by_account(rules.check_total(total, expected))
        wrong += len(faults)
        owner = store.total_owner(currency, shard)
        tx = Transaction()
        whose = {"currency": currency, "shard": shard}
        store.write_mismatches(tx, context, owner, listed.get(owner, ()), faults, **whose)
        context.table.commit(tx)
        _log(faults, **whose)
    return wrong


Sums = dict[tuple[str, int], Balances]


@retry()
def _totals_and_sums(context: Context) -> tuple[dict[tuple[str, int], Item], Sums]:
    """The stored and the expected totals. The expected ones are summed between two equal reads of the stored ones."""
    totals = store.totals(context.table)
    sums: Sums = {}
    for shard in shards():
        for checkpoint in store.checkpoints(context.table, shard):
            if checkpoint.sequence:
                place = (checkpoint.currency, shard)
                sums[place] = rules.added(sums.get(place, NOTHING), checkpoint.balances)
    if store.totals(context.table) != totals:
        raise Overtaken
    return totals, sums
