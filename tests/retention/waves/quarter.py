"""A quarter in which every room acts: companies buy, nights pass, managers call, marketing writes, and the mail service takes letters.

The club's own code does all of it: what the table tells goes to every consumer, what is in a queue to its worker, what is scheduled runs
at its hour. What reached a company is read from what was sent and written, and never from what a rule says of it.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from random import Random
from typing import Any, Literal, NamedTuple

import pytest

from chalicelib import contacts, mail, sales
from chalicelib.contacts import CONTACT_NOTED, notes
from chalicelib.contacts import keys as contacts_keys
from chalicelib.contacts.budget import store as budgets
from chalicelib.contacts.schemas import NoteForm
from chalicelib.mail import LetterClass
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.delivery.stream import event_of
from chalicelib.platform.delivery.subscriptions import consumers_of
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.registry.functions import DECLARED, Queue, Schedule
from chalicelib.platform.registry.modules import import_modules
from chalicelib.pricing import OFFER_ISSUED, OfferForm
from chalicelib.pricing.offers import service as offers
from chalicelib.retention.lists import service as lists
from chalicelib.retention.outcomes import service as outcomes
from chalicelib.retention.outcomes.schemas import OutcomeForm
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item
from tests.campaigns.sending.steps import Post, Waiting, approved, surrounded
from tests.campaigns.series.steps import running, step
from tests.support import partners
from tests.support.crashes import watched
from tests.support.memory import MemoryDynamo, Place

MANAGERS = ("mbr_mira", "mbr_oleg")
NIGHTLY = ("tiers", "bonuses", "retention", "pricing")  # rooms whose nights are played
TICKS = range(12, 17)  # hours of the club in which there are slots, and campaigns look for letters that are due
TALKS: tuple[dict[str, Any], ...] = (
    {"reason": "price", "answer": "offer"},
    {"reason": "bad_experience", "answer": "free_delivery"},
    {"reason": "no_reason", "answer": "benefits_letter"},
    {"next": "in_one_month"},
    {},
)


class Told(MemoryDynamo):
    """The table, which notes the new items that tell of something, as its stream does."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Item] = []
        self.told = 0

    def _replace(self, place: Place, item: Item | None) -> None:
        if item is not None and "event" in item and place not in self.items:
            self.events.append(item)
        super()._replace(place, item)


class Touch(NamedTuple):
    """A contact with a company in order to win it back."""

    company_id: str
    day: date
    channel: str


@dataclass
class Quarter(Post):
    """`touches`: so far. `service`: other letters, by company and day. `refused`: what somebody tried, and may not do."""

    table: Told = field(default_factory=Told)
    random: Random = field(default_factory=lambda: Random(13))
    touches: list[Touch] = field(default_factory=list)
    service: Counter[tuple[str, date]] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    # --- the club's own machinery -------------------------------------------------------------------------------------

    def deliver(self, first: Waiting) -> None:
        if first.queue == "campaigns":
            self.deliver_campaign({"messageId": "1", "body": first.body})
        else:
            _worker(first.queue)(self.work(), {"messageId": "1", "body": first.body})
        self.waiting.remove(first)
        self._tell()

    def _tell(self) -> None:
        while self.table.told < len(self.table.events):
            item = self.table.events[self.table.told]
            self.table.told += 1
            self.read_event(item)
            for consume in consumers_of(item["event"]):
                consume(self.work(), event_of(item))

    def work(self) -> Context:
        """Work that begins now."""
        return replace(self.context)

    def tick(self) -> None:
        if self.context.now.astimezone(self.context.config[Club].zone).hour in TICKS:
            self.context.memo.clear()
            super().tick()

    def hour(self, at: time) -> None:
        """Until this time of the club's day."""
        self.until(datetime.combine(self.context.today, at, self.context.config[Club].zone))

    def night(self) -> None:
        """What is scheduled until the morning, each at its hour."""
        for at, job in _nights():
            self.hour(at)
            job(self.work(), {})
            self._tell()
        self.hour(time(8))

    # --- what people do -----------------------------------------------------------------------------------------------

    def buy(self, company_id: str, ago: int = 0) -> None:
        amount = Decimal(20_000 + self.random.randrange(80_000))
        document = sales.SaleDocument(
            source="1c",
            number=self.context.new_id("doc"),
            company_id=company_id,
            business_date=self.context.today - timedelta(days=ago),
            currency="RUB",
            lines=[sales.SaleLine.of("SKU-1", "Lamp", Decimal(1), amount=amount)],
        )
        sales.record(self.work(), [document])
        self._tell()

    def write(self, issue_class: str) -> None:
        """Marketing writes to everybody in today's slot."""
        self.context.memo.clear()
        approved(self, f"{self.context.today}T12:30", issue_class)
        self._tell()

    def call(self, manager_id: str) -> None:
        """The manager works the list of the day off, and answers whatever the company says."""
        for call in lists.today(self.work(), manager_id, "en").calls:
            self.touched(call.company_id, f"listed: {call.kind}")
            form: dict[str, Any] = {"result": "not_reached"}
            if self.random.random() < 0.6:
                form = {"result": "reached", "person_id": member_of(call.company_id), **self.random.choice(TALKS)}
                self.touched(call.company_id, f"called: {call.kind}")
            if form.get("answer") in ("offer", "free_delivery"):
                form["offer"] = self.terms(form["answer"] == "free_delivery")
            outcomes.record_outcome(self.work(), call.case_id, OutcomeForm.model_validate(form), by=manager_id)
            self._tell()

    def terms(self, free_delivery: bool) -> dict[str, Any]:
        """Of an offer that ends soon."""
        last = str(self.context.today + timedelta(days=10))
        return {"free_delivery": True, "to": last} if free_delivery else {"percent": "5", "floor": "1.00", "to": last}

    def offer(self, company_id: str) -> None:
        """Somebody gives the company an offer without any list."""
        try:
            offers.issue(self.work(), company_id, OfferForm.model_validate(self.terms(False)), author=MANAGERS[0])
        except Problem:
            self.refused["offer"] += 1
        self._tell()

    def message(self, company_id: str, channel: Literal["sms", "telephone"]) -> None:
        """Somebody sends an SMS or rings up where the club says that they may, and notes it."""
        member_id = member_of(company_id)
        asked = contacts.may_contact(self.work(), member_id, channel, "advertising", self.context.today)
        if not asked.allowed:
            held = contacts.held_out(self.context, [company_id])
            self.refused[f"{channel} to {'the held out' if held else 'others'}"] += 1
            return
        form = NoteForm.model_validate({"channel": channel, "contact_class": "advertising", "text": "Hello"})
        notes.note(self.work(), member_id, form, by=MANAGERS[1])
        self._tell()

    # --- what reached whom --------------------------------------------------------------------------------------------

    def touched(self, company_id: str, channel: str) -> None:
        self.touches.append(Touch(company_id, self.context.today, channel))

    def read_event(self, item: Item) -> None:
        if item["event"] == OFFER_ISSUED:
            self.touched(item["company_id"], "offer")
        if item["event"] == CONTACT_NOTED:
            self.touched(company_of(item["member_id"]), f"noted: {item['channel']}")

    def _take_reports(self) -> None:
        """Each letter that the mail service took went to somebody."""
        for sent in self.ses.accepted[self.handled :]:
            letter_id = sent["EmailTags"][0]["Value"]
            letter = mail.letters(self.context.table, [letter_id])[letter_id]
            [address] = sent["Destination"]["ToAddresses"]
            company_id = company_of(address.partition("@")[0])
            if not company_id:
                continue  # one of the staff
            if letter.letter_class is LetterClass.SERVICE:
                self.service[company_id, self.context.today] += 1
            else:
                self.touched(company_id, f"letter: {letter.template}")
        super()._take_reports()

    def midnight(self) -> None:
        """The rest of the day."""
        self.until(datetime.combine(self.context.today + timedelta(days=1), time(0), self.context.config[Club].zone))

    def last_touch(self, company_id: str) -> date | None:
        """The last day on which any budget of the company's person was spent, whoever spent it."""
        item = self.context.table.get(contacts_keys.person(member_of(company_id)))
        return max(budgets.last_days(item).values(), default=None)


def quarter(context: Context, monkeypatch: pytest.MonkeyPatch) -> Quarter:
    """An empty club with its managers, and series for whoever goes quiet or was promised something."""
    told = Told()
    table = Table(watched(told, "dynamodb"), "club", sleep=lambda seconds: None)
    played = surrounded(Quarter(replace(context, table=table), table=told), monkeypatch)
    for manager_id in MANAGERS:
        partners.staff(played.context, manager_id, "manager")
    for start in ("quiet", "benefits_promised"):
        running(played.context, step("first"), step("second", 10), starts=[start])
    played._tell()
    return played


def member_of(company_id: str) -> str:
    return f"mbr_of_{company_id}"


def company_of(member_id: str) -> str:
    """Empty for one of the staff."""
    return member_id.removeprefix("mbr_of_") if member_id.startswith("mbr_of_") else ""


@cache
def _worker(queue: str) -> Callable[[Context, dict[str, Any]], Any]:
    import_modules("jobs")
    [found] = [each for each in DECLARED.values() if isinstance(each.starts, Queue) and each.starts.name == queue]
    return _function(found.job)


@cache
def _nights() -> list[tuple[time, Callable[[Context, dict[str, Any]], Any]]]:
    """The hour and the work of what is scheduled once a night, in order."""
    import_modules("jobs")
    found = []
    for each in DECLARED.values():
        if isinstance(each.starts, Schedule) and each.job.startswith(NIGHTLY):
            [(minute, hour)] = re.findall(r"^cron\((\d+) (\d+) ", each.starts.expression)
            found.append((time(int(hour), int(minute)), _function(each.job)))
    return sorted(found, key=lambda each: each[0])


def _function(job: str) -> Callable[[Context, dict[str, Any]], Any]:
    module, _, name = job.partition(":")
    found: Callable[[Context, dict[str, Any]], Any] = getattr(import_module(f"chalicelib.{module}"), name)
    return found
