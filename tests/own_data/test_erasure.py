"""Nothing of a person is left once they have left: not in the table, the bucket, the queues or the logs."""

import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import boto3
import pytest

from chalicelib import distributors, members
from chalicelib.auth import service as auth
from chalicelib.auth.schemas import RegistrationForm
from chalicelib.bonuses.goods import store as goods
from chalicelib.bonuses.goods.rules import Choice, ChoiceEvent, ChoiceState
from chalicelib.bonuses.redemptions import store as redemptions
from chalicelib.bonuses.redemptions.model import Redemption
from chalicelib.campaigns.questions import service as questions
from chalicelib.campaigns.questions.schemas import QuestionForm
from chalicelib.contacts import keys as contacts_keys
from chalicelib.contacts import notes
from chalicelib.contacts import service as contacts
from chalicelib.contacts.budget.rules import address_id
from chalicelib.contacts.preferences import service as preferences
from chalicelib.contacts.preferences.schemas import PreferencesForm
from chalicelib.contacts.schemas import NoteForm
from chalicelib.mail import store as mail_store
from chalicelib.members import keys as members_keys
from chalicelib.own_data import service
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.retention.cases import store as cases
from chalicelib.retention.cases.model import CallKind, Case, Entry, NewContact
from chalicelib.retention.states.rules import RhythmState
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.catalog.steps import row, stock
from tests.support import partners
from tests.support.account import queues
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, uncounted, watched
from tests.support.memory import MemoryDynamo
from tests.support.table import everything, restore

NAME, EMAIL, PHONE, NETWORK = (
    "Vera Pavlovna Sergeyeva",
    "vera.sergeyeva@partner.example",
    "+79167778899",
    "203.0.113.77",
)
WRITTEN = "916 777-88-99"  # as people write the telephone number
TRACES = (NAME, "Sergeyeva", EMAIL, PHONE, WRITTEN, NETWORK, "speaks softly", "kitchen at noon")


def traces(text: str) -> list[str]:
    return [each for each in TRACES if each.casefold() in text.casefold()]


def readable(value: Any) -> str:
    """An item with its packed attributes open."""
    if isinstance(value, dict):
        return " ".join(f"{name} {readable(each)}" for name, each in value.items())
    if isinstance(value, list | tuple | set):
        return " ".join(map(readable, value))
    if hasattr(value, "value") and isinstance(value.value, bytes):
        return zlib.decompress(value.value).decode()
    return str(value)


def left_in_the_table(context: Context) -> dict[str, list[str]]:
    texts = {f"{key.pk} {key.sk}": readable(item) for key, item in everything(context).items()}
    return {key: found for key, text in texts.items() if (found := traces(f"{key} {text}"))}


def messages() -> Iterator[str]:
    sqs = boto3.client("sqs")
    for name in queues():
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            yield from (message["Body"] for message in found)


def objects() -> Iterator[str]:
    s3 = boto3.client("s3")
    for found in s3.list_objects_v2(Bucket="club-files").get("Contents", []):
        body = s3.get_object(Bucket="club-files", Key=found["Key"])["Body"].read()
        yield f"{found['Key']} {body.decode(errors='replace')}"


class Life:
    """A person who has used all that the club has."""

    def __init__(self, api: Api, context: Context, *, role: str = "owner") -> None:
        self.api, self.context = api, context
        stock(context, row("LMP-1", "120.00"))
        _, self.distributor = partners.distributor(context, "RU-MOW", name="Moscow light")
        self.manager = partners.staff(context, "mbr_manager", "manager")
        partners.company(context, "cmp_1", region="RU-MOW", manager_id="mbr_manager", joined_from=("cmp_before",))
        self.before = partners.partner(context, "cmp_before", "mbr_before", inn="7736050003", joined_into="cmp_1")
        self.member_id = self._joined()
        reached = {"phone": PHONE, "region": "RU-MOW", "time_zone": "Europe/Moscow", "interests": ["lighting"]}
        self.done("PATCH", "/v1/me", Caller.person(self.member_id), reached, version=2)
        self._worked_elsewhere(role)
        self.vera = partners.speaks_for(context, "cmp_1", self.member_id, role)
        self._contacts()
        self._orders()
        self._calls()
        self._bonuses()
        self._noted()
        invited = partners.partner(context, "cmp_2", "mbr_2", inn="7710140679")
        self.done("POST", "/v1/company/people", invited, {"name": NAME, "email": EMAIL, "role": "buyer"})

    def done(self, method: str, path: str, caller: Caller, body: Any = None, version: int = 0) -> Any:
        headers = {"if-match": f'"{version}"'}
        key = f"{len(everything(self.context))}-of-the-table"
        answer = self.api.call(method, path, caller, body, key=key, headers=headers)
        assert answer.status < 300, answer.text
        return answer.json if answer.text else None

    def _joined(self) -> str:
        consents = [{"purpose": each, "version": "2026-1", "agreed": True} for each in ("personal_data", "advertising")]
        form = RegistrationForm.model_validate({"name": NAME, "email": EMAIL, "consents": consents})
        started = auth.register(self.context, form, language="en", address=NETWORK)
        registration = next(
            item for key, item in everything(self.context).items() if key.pk == f"SIGNIN#{started.sign_in_id}"
        )["registration"]
        member_id = members.admit(
            self.context, email=EMAIL, member_id=None, new_member_id="mbr_vera", registration=registration
        )
        auth.sign_in(self.context, EMAIL, language="en", address=NETWORK)
        return member_id

    def _worked_elsewhere(self, role: str) -> None:
        """In another company, whose gate and orders still name her when she has left it."""
        partners.partner(self.context, "cmp_former", "mbr_former", inn="7728168971", region="RU-MOW")
        there = partners.speaks_for(self.context, "cmp_former", self.member_id, role)
        gate = {
            "name": "Old gate",
            "address": "Tula, Lenina 1",
            "contact_name": "Sergeyeva V. P.",
            "contact_phone": "+74950000000",
        }
        address = self.done("POST", "/v1/company/addresses", there, gate)
        delivery = {"method": "carrier", "address_id": address["address_id"]}
        self.done("POST", "/v1/orders", there, {"lines": [{"sku": "LMP-1", "quantity": 1}], "delivery": delivery})
        self.done("POST", "/v1/cart/lines", there, {"lines": [{"sku": "LMP-1", "quantity": 1}]})
        self.done("POST", "/v1/demands", there, {"text": f"A red lamp for {NAME}"})
        self._calls("cmp_former")
        partners.dismissed(self.context, "cmp_former", self.member_id)

    def _contacts(self) -> None:
        called = NoteForm(
            channel="telephone", contact_class="advertising", text="She speaks softly, call the kitchen at noon"
        )
        notes.note(self.context, self.member_id, called, by="mbr_manager")
        asked = QuestionForm(text="Is the kitchen at noon open?", tags=["hours"], member_id=self.member_id)
        questions.note(self.context, asked, by="mbr_manager")
        token = preferences.pages_for(self.member_id).preferences.rsplit("/", 1)[1]
        chosen = PreferencesForm.model_validate({"letters": True, "language": "en", "time_zone": "Europe/Moscow"})
        preferences.choose(self.context, token, chosen, caller_address=NETWORK)
        mail_store.suppress(self.context.table, EMAIL, reason="complaint", at=self.context.at, letter_id="ltr_1")

    def _orders(self) -> None:
        """She is the one at the gate of her company, and of the one that was joined into it."""
        gate = {"name": "Gate", "address": "Moscow, Tverskaya 1", "contact_name": NAME, "contact_phone": PHONE}
        gate["note"] = f"Ring Sergeyeva at 8 ({WRITTEN[:3]}) {WRITTEN[4:]}"
        address = self.done("POST", "/v1/company/addresses", self.vera, gate)
        self.done("POST", "/v1/company/addresses", self.before, gate)
        delivery = {"method": "carrier", "address_id": address["address_id"]}
        lines = [{"sku": "LMP-1", "quantity": 2}]
        told = {"comment": f"Ask for Vera Sergeyeva, {WRITTEN}, {EMAIL}"}
        form = {"lines": lines, "delivery": delivery, **told}
        self.order_id = self.done("POST", "/v1/orders", self.vera, form)["order_id"]
        rejected = self.done("POST", "/v1/orders", self.vera, {"lines": [{"sku": "LMP-1", "quantity": 3}]})["order_id"]
        reason = {"reason": "Sergeyeva called it off"}
        self.done("POST", f"/v1/distributor/orders/{rejected}/reject", self.distributor, reason)
        self.done("POST", "/v1/cart/lines", self.vera, {"lines": lines})
        self.done("POST", "/v1/demands", self.vera, {"text": "A violet lamp", "note": f"soon, {PHONE}"})

    def _calls(self, company_id: str = "cmp_1") -> None:
        """She was named as the one to call; a later entry remembers that."""
        named = NewContact(NAME, PHONE, EMAIL)
        day, case_id = self.context.today, cases.case_id_of(company_id)
        about: dict[str, Any] = {"case_id": case_id, "company_id": company_id}
        tx = Transaction()
        cases.put(
            tx, Case(**about, company_state=RhythmState.ACTIVE, due=day, opened_on=day, contact=named, version=1), None
        )
        said: dict[str, Any] = {"kind": CallKind.CHECK_IN, "result": "not_reached", "person_before": named}
        said["note"] = f"Sergeyeva answers at {WRITTEN} only"
        cases.add_entry(tx, Entry(**about, **said, entry_id="ent_1", by="mbr_manager", at=self.context.at, day=day))
        self.context.table.commit(tx)

    def _bonuses(self) -> None:
        """The notes on a redemption and on goods that she chose."""
        note, day = f"Hand it to Vera Sergeyeva, {WRITTEN}", self.context.today
        about: dict[str, Any] = {"company_id": "cmp_1", "currency": "RUB", "at": self.context.at}
        redemption = Redemption(
            **about,
            redemption_id="red_1",
            amount=Decimal(5),
            parts={day: Decimal(5)},
            held_on=day,
            member_id=self.member_id,
            posting_id="pst_1",
            note=note,
        )
        chosen = ChoiceEvent(self.context.at, ChoiceState.RESERVED, self.member_id, note)
        named: dict[str, Any] = {"choice_id": "cho_1", "entitlement_id": "ent_1", "state": ChoiceState.RESERVED}
        tx = Transaction()
        redemptions.create_redemption(tx, redemption)
        goods.write_choice(tx, Choice(**about, **named, lines=(), history=(chosen,)))
        self.context.table.commit(tx)

    def _noted(self) -> None:
        """Her manager wrote her down as a contact of both companies before she joined, beside a colleague."""
        for company_id in ("cmp_1", "cmp_before"):
            path = f"/v1/staff/companies/{company_id}"
            version = self.api.call("GET", path, self.manager).headers["etag"]
            contacts = [{"name": NAME, "phone": PHONE, "email": EMAIL}, {"name": "Boris Novikov"}]
            noted = self.api.call("PATCH", path, self.manager, {"contacts": contacts}, headers={"if-match": version})
            assert [each["name"] for each in noted.json["contacts"]] == [NAME, "Boris Novikov"]

    def leave(self) -> None:
        members.leave(self.context, self.member_id, EMAIL)


@pytest.fixture
def context(context: Context) -> Context:
    """The table in a dictionary: a sweep of crashes makes many calls."""
    memory: Any = watched(MemoryDynamo(), "dynamodb")
    return replace(context, table=Table(memory, "club", sleep=lambda seconds: None))


@pytest.fixture
def life(api: Api, context: Context) -> Life:
    return Life(api, context)


def test_whoever_leaves_is_gone_from_table_bucket_queues_and_logs(
    life: Life, context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    assert {key.split("#")[0] for key in left_in_the_table(context)} >= {
        *("MEMBER", "EMAIL", "SIGNIN", "CONTACTS", "COMPANY", "CASE", "ONCE")
    }, "the search finds what it is to find"
    caplog.set_level(logging.DEBUG, logger="club")
    life.leave()
    service.erase(context, life.member_id)
    # Answers that a repeated request gets again: they are gone after 7 days.
    kept = {key: found for key, found in left_in_the_table(context).items() if not key.startswith("ONCE#")}
    assert kept == {}
    assert [found for text in [*messages(), *objects()] if (found := traces(text))] == []
    assert traces(" ".join(json.dumps(vars(record), default=str) for record in caplog.records)) == []


def test_the_companys_facts_stay_without_the_person(life: Life, context: Context) -> None:
    life.leave()
    service.erase(context, life.member_id)
    other = partners.speaks_for(context, "cmp_1", "mbr_successor")
    order = life.api.call("GET", f"/v1/orders/{life.order_id}", other).json
    assert order["total"]["amount"] == "240.00" and order["delivery"]["address"]["address"] == "Moscow, Tverskaya 1"
    assert order["delivery"]["address"]["contact_name"] == "" == order["delivery"]["address"]["contact_phone"]
    assert order["comment"] == "Ask for …, …, …"
    choice = goods.read_choice(context.table, "cmp_1", "ent_1", "cho_1")
    assert choice and choice.history[0].note == "Hand it to …, …"
    card = life.api.call("GET", "/v1/staff/companies/cmp_1", life.manager).json
    assert [each["name"] for each in card["contacts"]] == ["Boris Novikov"]
    log = context.table.query("MEMBER#mbr_vera", starts="CONSENTLOG#").items
    assert [(each["purpose"], each["agreed"]) for each in log] == [("advertising", True), ("personal_data", True)]


def test_the_address_stays_unsubscribed_and_may_join_anew(life: Life, context: Context) -> None:
    life.leave()
    service.erase(context, life.member_id)
    marked = context.table.get(contacts_keys.address(address_id(aws.secret(), "email", EMAIL)))
    assert marked and marked["unsubscribed_at"] == context.at
    assert members.owner_of(context, EMAIL) is None
    partners.member(context, "mbr_anew", email=EMAIL)
    verdict = contacts.may_contact(context, "mbr_anew", "email", "advertising", context.today)
    assert verdict.reason == "unsubscribed"


def test_the_manager_hears_of_a_company_that_has_lost_its_last_owner(life: Life, context: Context) -> None:
    life.leave()
    service.erase(context, life.member_id)
    told = [
        item["event"] for key, item in everything(context).items() if key.sk.startswith("EVENT#") and "cmp_1" in key.pk
    ]
    assert told.count("company.person_removed") == 1 and told.count("company.owner_left") == 1


def test_an_owner_beside_another_leaves_without_a_word(life: Life, context: Context) -> None:
    partners.speaks_for(context, "cmp_1", "mbr_second")
    life.leave()
    service.erase(context, life.member_id)
    assert "company.owner_left" not in {item.get("event") for item in everything(context).values()}


def test_the_staff_make_a_buyer_owner_of_a_company_without_one(life: Life, context: Context) -> None:
    partners.member(context, "mbr_buyer")
    partners.speaks_for(context, "cmp_1", "mbr_buyer", "buyer")
    owner = {"member_id": "mbr_buyer", "role": "owner"}
    before = life.api.call("POST", "/v1/staff/companies/cmp_1/confirm", life.manager, owner)
    assert (before.status, before.json["code"]) == (409, "wrong_state")
    life.leave()
    service.erase(context, life.member_id)
    after = life.api.call("POST", "/v1/staff/companies/cmp_1/confirm", life.manager, owner)
    assert (after.status, after.json["role"]) == (200, "owner")


def test_a_person_who_has_left_is_nobody_at_once(life: Life, context: Context) -> None:
    life.leave()
    assert members.member(context, life.member_id) is None
    for method, path, body in (("GET", "/v1/me", None), ("GET", "/v1/me/data", None)):
        assert life.api.call(method, path, life.vera, body).status == 404
    again = {"lines": [{"sku": "LMP-1", "quantity": 2}]}
    assert life.api.call("POST", "/v1/orders", life.vera, again, key="again").status == 403
    life.leave()


def test_who_only_claims_a_company_is_none_of_its_contacts(life: Life, context: Context) -> None:
    """Whatever name they take: else anybody would read a person's telephone number, and erase the person from orders."""
    partners.member(context, "mbr_stranger")
    stranger = Caller.person("mbr_stranger")
    partners.company(context, "cmp_claimed", inn="7707083893", manager_id="mbr_manager")
    path = "/v1/staff/companies/cmp_claimed"
    version = life.api.call("GET", path, life.manager).headers["etag"]
    noted = {"contacts": [{"name": "Boris Novikov", "phone": "+79160000001"}]}
    life.api.call("PATCH", path, life.manager, noted, headers={"if-match": version})
    life.done("POST", "/v1/companies", stranger, {"name": "Claimed", "inn": "7707083893", "kpp": "770701001"})
    life.done("PATCH", "/v1/me", stranger, {"name": "Boris Novikov"}, version=1)
    shown = life.api.call("GET", "/v1/me/data", stranger)
    assert shown.status == 200 and "79160000001" not in shown.text
    members.leave(context, "mbr_stranger", "mbr_stranger@partner.example")
    service.erase(context, "mbr_stranger")
    kept = life.api.call("GET", path, life.manager).json
    assert [each["name"] for each in kept["contacts"]] == ["Boris Novikov"]


def test_who_was_confirmed_before_companies_were_noted_is_found_in_theirs(life: Life, context: Context) -> None:
    context.table.delete_many([members_keys.spoken_for(life.member_id, "cmp_1")])
    shown = life.api.call("GET", "/v1/me/data?section=delivery_contacts", life.vera).json["sections"][0]["rows"]
    assert NAME in {each["contact_name"] for each in shown}
    life.leave()
    service.erase(context, life.member_id)
    assert [key for key in left_in_the_table(context) if not key.startswith("ONCE#")] == []


def test_another_address_erases_nobody(life: Life, context: Context) -> None:
    with pytest.raises(Problem) as refused:
        members.leave(context, life.member_id, "somebody@partner.example")
    assert refused.value.errors[0].pointer == "/email"
    assert members.member(context, life.member_id) is not None


def test_the_staff_hand_over_first(life: Life, context: Context) -> None:
    with pytest.raises(Problem) as refused:
        members.leave(context, "mbr_manager", "mbr_manager@partner.example")
    assert refused.value.code == "wrong_state"


def test_an_erasure_that_dies_is_finished_by_the_next_one(life: Life, context: Context) -> None:
    life.leave()
    left = everything(context)
    service.erase(context, life.member_id)
    gone = everything(context).keys()
    events = [item["event"] for item in everything(context).values() if "event" in item]
    for crash in crashes():
        with uncounted():
            restore(context, left)
        fresh = replace(context)
        with crash:
            service.erase(fresh, life.member_id)
        with uncounted():
            service.erase(fresh, life.member_id)
            after = everything(context)
            assert [key for key in left_in_the_table(context) if not key.startswith("ONCE#")] == [], crash
            assert sorted(item["event"] for item in after.values() if "event" in item) == sorted(events), crash
            assert len(after) == len(gone), crash


def test_a_person_of_a_distributor_leaves_it(context: Context) -> None:
    distributor_id, operator = partners.distributor(context, "RU-MOW")
    member_id = str(operator.claims["club_member"])
    members.leave(context, member_id, f"{distributor_id}@distributor.example")
    service.erase(context, member_id)
    assert distributors.people_of(context, distributor_id) == []
