"""Scheduled jobs that send the companies with something due to a queue, whose workers do the work.

    due_between ──▶ the companies that are due, by day      it looks back, so a failed night is made up for
    send_companies ──▶ messages to the queue                a few companies each
    each_company ──▶ what is due, company by company        one that fails holds up no other
    last_run, record_run                                    when the job ran, and what it counted

Naming a company twice does no harm: a company that is done is due no more.
"""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.platform import aws, keys
from chalicelib.platform.context import Context
from chalicelib.platform.log import log
from chalicelib.table.key import shards
from chalicelib.table.retries import TRIES, tries
from chalicelib.table.transactions import Item

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

T = TypeVar("T")

COMPANIES_PER_MESSAGE = 25
MESSAGES_PER_CALL = 10  # of one SendMessageBatch
RUN_KEEP_DAYS = 400


def first_day(context: Context, event: dict[str, Any], last_run: Item | None, *, look_back_days: int) -> date:
    """The first due day of a run: `look_back_days` ago, the day of the last run or the `day` of the event, whichever is earliest.

    Raises ValueError for a `day` that is still to come.
    """
    days = [context.today - timedelta(days=look_back_days)]
    if last_run:
        days.append(date.fromisoformat(last_run["day"]))
    if "day" in event:
        asked = date.fromisoformat(event["day"])
        if asked > context.today:
            raise ValueError(f"{asked} is in the future")
        days.append(asked)
    return min(days)


def due_between(context: Context, what: str, first: date, last: date) -> Iterator[str]:
    """Company ids by day, oldest first; once a day, however many things are due.

    Eventually consistent: a company that is missed or seen twice is due again tomorrow.
    """
    for offset in range((last - first).days + 1):
        for shard in shards():
            partition = keys.due_shard(what, first + timedelta(days=offset), shard)
            items = context.table.query_all(partition, index="gsi2")
            yield from (company_id for company_id, _ in groupby(item["company_id"] for item in items))


def each_company(company_ids: Iterable[str], act: Callable[[str], object], undone: str) -> None:
    """Acts for every company, whatever happens to the others.

    Raises RuntimeError at the end for those that failed, so that the message comes again. `undone`: what the log says of one.
    """
    failed = []
    for company_id in company_ids:
        try:
            act(company_id)
        except Exception:
            log.exception(undone, extra={"company_id": company_id})
            failed.append(company_id)
    if failed:
        raise RuntimeError(f"{undone}: {', '.join(failed)}")


def send_companies(
    queue_url: str, company_ids: Iterable[str], *, in_each: int = COMPANIES_PER_MESSAGE, **about: Any
) -> tuple[int, int]:
    """Sends the ids as they come, none held longer than its call; counts companies and messages.

    A message is `{"companies": […]}`, `in_each` at most, and the members of `about`.
    """
    counted = 0

    def bodies() -> Iterator[dict[str, Any]]:
        nonlocal counted
        for ids in chunks(company_ids, in_each):
            counted += len(ids)
            yield {"companies": ids, **about}

    messages = send_bodies(queue_url, bodies())
    return counted, messages


def send_bodies(queue_url: str, bodies: Iterable[Any], *, delay: int = 0) -> int:
    """Sends a message for each, to be delivered after `delay` seconds (900 at most); counts them."""
    messages = 0
    for batch in chunks(bodies, MESSAGES_PER_CALL):
        _send_batch(queue_url, [json.dumps(body) for body in batch], delay)
        messages += len(batch)
    return messages


def _send_batch(queue_url: str, bodies: list[str], delay: int) -> None:
    """Sends again what the queue did not take. Raises RuntimeError after the last try."""
    entries: list[SendMessageBatchRequestEntryTypeDef] = [
        {"Id": str(number), "MessageBody": body, "DelaySeconds": delay} for number, body in enumerate(bodies)
    ]
    for _ in tries(TRIES, time.sleep, random.random):
        answer = aws.sqs().send_message_batch(QueueUrl=queue_url, Entries=entries)
        refused = {failure["Id"] for failure in answer.get("Failed", [])}
        entries = [entry for entry in entries if entry["Id"] in refused]
        if not entries:
            return
    raise RuntimeError(f"the queue refused {len(entries)} messages")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    items = iter(items)
    while chunk := list(islice(items, size)):
        yield chunk


def last_run(context: Context, job: str) -> Item | None:
    found = context.table.query(keys.run(job).pk, newest_first=True, limit=1, consistent=True).items
    return found[0] if found else None


def record_run(context: Context, job: str, facts: dict[str, Any]) -> None:
    context.table.put(
        {
            **keys.run(job, context.at).as_item(),
            **facts,
            "at": context.at,
            "expires_at": context.expiry(days=RUN_KEEP_DAYS),
        }
    )
