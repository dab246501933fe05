"""Hand-overs of many companies, from the order to the letters: work in parts, company by company.

start          stores the hand-over with its event; start_rows that of a file, whose rows lie in the bucket
on_began       sends the first part to the queue
hand_over_part hands the companies of a part over, each in a transaction of its own; the last part writes the list, and an event for each
               receiving manager

A company changes hands only while it has the manager whose companies are handed over, and keeps the id of the hand-over. So a part that is
done again finds its companies done, and counts them the same.

Weakest point: a company that is renamed meanwhile may be missed, since companies come by name. It stays with its manager, whose list shows it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any

from chalicelib import companies
from chalicelib.companies import Company, HandOver
from chalicelib.desk.hand_overs import keys, store
from chalicelib.desk.hand_overs.events import HANDED_OVER
from chalicelib.desk.hand_overs.rules import Outcome, Row, received
from chalicelib.desk.hand_overs.schemas import ClientHandOverForm, HandOverListView, HandOverView
from chalicelib.platform import Context, Problem, derived_id, moment, or_not_found, record_event
from chalicelib.platform.files.csv import harmless, listing
from chalicelib.platform.jobs import each_company
from chalicelib.platform.parts import LINK_SECONDS, Progress
from chalicelib.table import Item, Position, Transaction

COMPANIES = 100  # that a part looks at
NOBODY = "none"
HEADING = Row._fields[:-1]
LIST_KEPT = timedelta(days=90)  # in the bucket


def start(context: Context, form: ClientHandOverForm, by: str) -> HandOverView:
    """Raises 422 for a receiver who is not on the staff or has the companies already, and where no region has a manager."""
    tx = Transaction()
    if form.to_manager_id == form.from_manager:
        raise Problem.invalid("same_manager", "/to_manager_id", "These companies are theirs already.")
    if form.to_manager_id is None and not companies.managers_of_regions(context):
        raise Problem.invalid("no_managers_of_regions", "/to_manager_id", "No region has a manager yet.")
    if form.to_manager_id and form.to_manager_id != by:
        companies.check_manager(tx, form.to_manager_id)
    made = store.create(tx, context, context.new_id("hov"), by, form.model_dump(exclude_none=True))
    return context.commit(tx, _view(context, made))


def start_rows(context: Context, rows: Sequence[Row], by: str) -> str:
    """A hand-over that gives each company what its row names. The id of the hand-over."""
    hand_over_id = context.new_id("hov")
    store.WORK.put_object(hand_over_id, store.FILE, json.dumps(rows, ensure_ascii=False).encode())
    tx = Transaction()
    store.create(tx, context, hand_over_id, by, {})
    context.table.commit(tx)
    return hand_over_id


def show(context: Context, hand_over_id: str) -> HandOverView:
    found = or_not_found(store.WORK.load(context, hand_over_id))
    return _view(context, found)


def page(context: Context, limit: int, after: Position) -> tuple[list[HandOverView], Position]:
    """Newest first. One call."""
    items, last = store.WORK.page(context.table, limit, after)
    return [_view(context, Progress(item["hand_over_id"], item)) for item in items], last


def hand_over_part(context: Context, message: dict[str, Any]) -> None:
    """Hands the companies of the part in the message over. Safe to repeat."""

    def some_companies(found: Progress, after: Position) -> tuple[list[list[Any]], Position]:
        if "from_manager" not in found.item:
            return _of_file(found, after)
        several, following = companies.some_companies(context, COMPANIES, after)
        return [list(_plan(context, found, each)) for each in several if _is_meant(found, each)], following

    def do(found: Progress, members: list[list[Any]]) -> tuple[list[list[Any]], Mapping[str, Any]]:
        rows = {member[0]: Row(*member) for member in members}
        order = HandOver(found.work_id, found.item["created_by"])

        def hand_over(company_id: str) -> None:
            rows[company_id] = _hand_over(context, found, rows[company_id], order)

        each_company(list(rows), hand_over, "company not handed over")
        ends = Counter(row.outcome for row in rows.values())
        handed, changed = ends[Outcome.HANDED_OVER], ends[Outcome.CHANGED]
        counts = {"handed_over": handed, "changed": changed, "stayed": len(rows) - handed - changed}
        counts["receiver_left"] = ends[Outcome.RECEIVER_LEFT]
        return [list(row) for row in rows.values()], counts

    def finish(found: Progress, parts: Iterator[list[list[Any]]]) -> Item:
        rows = [Row(*row) for row in chain.from_iterable(parts)]
        content = listing(HEADING, ([harmless(str(cell)) for cell in row[: len(HEADING)]] for row in rows))
        store.WORK.put_object(found.work_id, store.LIST, content)
        _tell_receivers(context, found, rows)
        return {}

    store.WORK.run(context, message, companies=some_companies, do=do, finish=finish)


def _of_file(found: Progress, after: Position) -> tuple[list[list[Any]], Position]:
    rows = json.loads(store.WORK.object(found.work_id, store.FILE))
    first = int(after["row"]) if after else 0
    following = first + COMPANIES
    return rows[first:following], {"row": str(following)} if following < len(rows) else None


def _is_meant(found: Progress, company: Company) -> bool:
    return (company.manager_id or NOBODY) == found.item["from_manager"] and found.item.get("region") in (
        None,
        _region(company),
    )


def _region(company: Company) -> str | None:
    return company.region or companies.region_of(company.inn, company.kpp)


def _plan(context: Context, found: Progress, company: Company) -> Row:
    region = _region(company) or ""
    receiver = found.item.get("to_manager_id") or companies.managers_of_regions(context).get(region, "")
    outcome = "" if receiver else Outcome.NO_MANAGER_OF_REGION.value
    return Row(company.company_id, company.name, company.inn or "", region, receiver, outcome)


def _hand_over(context: Context, found: Progress, row: Row, order: HandOver) -> Row:
    if row.outcome == Outcome.NO_MANAGER_OF_REGION:
        return row
    was, stays = row.was, Outcome.CHANGED_MEANWHILE
    if was is None:
        from_manager = found.item["from_manager"]
        was, stays = {"manager_id": None if from_manager == NOBODY else from_manager}, Outcome.HAS_ANOTHER_MANAGER
    changed = Outcome.HANDED_OVER if row.to_manager else Outcome.CHANGED
    try:
        done = companies.hand_over(context, row.company_id, was, row.changes, order)
    except Problem as problem:
        if problem.status != 422:
            raise
        return row._replace(outcome=Outcome.RECEIVER_LEFT.value)
    return row._replace(outcome=(changed if done else stays).value)


def _tell_receivers(context: Context, found: Progress, rows: Iterable[Row]) -> None:
    """An event for each receiving manager, at one address however often it is written."""
    for manager_id, each in received(rows).items():
        same_id = partial(_event_id, found.work_id, manager_id)
        again = replace(context, now=moment(found.item["created_at"]), new_id=same_id)
        tx = Transaction()
        facts = {"manager_id": manager_id, "companies": each.companies, "names": each.names}
        owner = keys.hand_over(found.work_id)
        record_event(tx, again, owner, HANDED_OVER, hand_over_id=found.work_id, by=found.item["created_by"], **facts)
        context.table.commit(tx)


def _event_id(hand_over_id: str, manager_id: str, prefix: str) -> str:
    return derived_id(prefix, hand_over_id, manager_id)


def _view(context: Context, found: Progress) -> HandOverView:
    kept = found.done and context.now < moment(found.item["finished_at"]) + LIST_KEPT
    return HandOverView(
        **found.facts(context),
        hand_over_id=found.work_id,
        from_manager=found.item.get("from_manager"),
        region=found.item.get("region"),
        to_manager_id=found.item.get("to_manager_id"),
        reason=found.item.get("reason", ""),
        handed_over=found.count("handed_over"),
        changed=found.count("changed"),
        stayed=found.count("stayed"),
        receiver_left=found.count("receiver_left"),
        companies=_list(context, found) if kept else None,
    )


def _list(context: Context, found: Progress) -> HandOverListView:
    expires_at = context.now + timedelta(seconds=LINK_SECONDS)
    return HandOverListView(url=store.WORK.link(found.work_id, store.LIST), expires_at=expires_at)
