"""All companies of a manager go to another one, or to the managers of their regions, each once, wherever the work dies."""

from copy import deepcopy
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from chalicelib.companies import change_manager, read_company
from chalicelib.companies import keys as companies_keys
from chalicelib.companies.events import MANAGER_CHANGED
from chalicelib.companies.model import Company
from chalicelib.companies.regions import store as regions_store
from chalicelib.companies.regions.model import RegionManagers
from chalicelib.companies.store import create
from chalicelib.desk.hand_overs import consumers, jobs, keys, letters, service, store
from chalicelib.desk.hand_overs.schemas import ClientHandOverForm
from chalicelib.mail import Unsendable
from chalicelib.members import service as members
from chalicelib.members.schemas import StaffForm
from chalicelib.platform import aws
from chalicelib.platform.access.scopes import StaffRole
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.parts import Part
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Transaction
from tests.companies.steps import legal_inn
from tests.conftest import NOON
from tests.platform.files.test_tables import in_csv
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, watched
from tests.support.memory import MemoryDynamo
from tests.support.partners import dismissed, staff
from tests.support.spent import measures, spent
from tests.support.table import everything
from tests.tiers.simulations.test_service import Messages, Objects

URL = "/v1/staff/hand-overs"
LEAVING, NINA, OLEG, HEAD = "mbr_leaving", "mbr_nina", "mbr_oleg", "mbr_head"


class Cloud:
    """Queue and bucket in memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.queue, self.bucket = Messages(), Objects()
        monkeypatch.setattr(aws, "sqs", lambda: watched(self.queue, "sqs"))
        monkeypatch.setattr(aws, "s3", lambda: watched(self.bucket, "s3"))

    def run(self, context: Context, began: Item) -> None:
        """All that a hand-over brings about; a message leaves the queue when it is handled."""
        consumers.on_began(context, Event(began["event"], "evt_1", began))
        while self.queue.bodies:
            jobs.hand_over_companies(replace(context), {"messageId": "1", "body": self.queue.bodies[0]})
            self.queue.bodies.pop(0)

    def rows(self, hand_over_id: str) -> list[list[str]]:
        return in_csv(self.bucket.found[f"hand-overs/{hand_over_id}/companies.csv"])


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    return Cloud(monkeypatch)


def memory_context(memory: MemoryDynamo) -> Context:
    numbers = count(1)
    table = Table(watched(memory, "dynamodb"), "club", sleep=lambda seconds: None)
    return Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


def company(context: Context, number: int, manager: str | None, region: str | None = None) -> str:
    tx, company_id = Transaction(), f"cmp_{number}"
    known = Company(
        company_id=company_id,
        name=f"Luch {number}",
        inn=legal_inn(number),
        region=region,
        currency="RUB",
        manager_id=manager,
        origin="import",
        created_at=context.at,
        version=1,
    )
    create(tx, known)
    context.table.commit(tx)
    return company_id


def office(context: Context) -> None:
    """Three people, and five companies: three of who leaves, one of them in Petersburg, one of Oleg, one of nobody."""
    for member_id, role in ((LEAVING, "manager"), (NINA, "manager"), (OLEG, "manager"), (HEAD, "head_of_sales")):
        staff(context, member_id, role)
    for number, manager, region in (
        (1, LEAVING, None),
        (2, LEAVING, "RU-SPE"),
        (3, LEAVING, "RU-MOW"),
        (4, OLEG, None),
    ):
        company(context, number, manager, region)
    company(context, 5, None)


def began(context: Context) -> Item:
    [event] = [each for each in everything(context).values() if each.get("event") == "portfolio.hand_over_began"]
    return event


def managers(context: Context) -> dict[str, str | None]:
    found = context.table.get_many(companies_keys.company(f"cmp_{number}") for number in range(1, 6))
    return {item["company_id"]: item.get("manager_id") for item in found.values()}


def regions_of(context: Context, **managers: str) -> None:
    tx = Transaction()
    listed = {f"RU-{region}": each for region, each in managers.items()}
    regions_store.replace(tx, RegionManagers({}), RegionManagers(listed, HEAD, 1))
    context.table.commit(tx)


def events(context: Context, name: str) -> list[Item]:
    found = [each for each in everything(context).values() if each.get("event") == name]
    return sorted(found, key=lambda each: (each["pk"], each["sk"]))


def start(context: Context, **form: Any) -> str:
    asked = ClientHandOverForm(
        **{"from_manager": LEAVING, "to_manager_id": NINA, "reason": "She moves to Kazan", **form}
    )
    return service.start(context, asked, HEAD).hand_over_id


def test_all_companies_of_a_manager_go_to_another_one(cloud: Cloud) -> None:
    context = memory_context(MemoryDynamo())
    office(context)
    hand_over_id = start(context)
    assert service.show(context, hand_over_id).state == "running"
    cloud.run(context, began(context))
    assert managers(context) == {"cmp_1": NINA, "cmp_2": NINA, "cmp_3": NINA, "cmp_4": OLEG, "cmp_5": None}
    found = store.WORK.load(context, hand_over_id)
    assert found is not None
    assert (found.done, found.count("handed_over"), found.count("stayed")) == (True, 3, 0)
    assert [row[0] for row in cloud.rows(hand_over_id)] == ["cmp_1", "cmp_2", "cmp_3"]
    changed = events(context, MANAGER_CHANGED)
    assert [(each["company_id"], each["from_manager"], each["to_manager"], each["by"]) for each in changed] == [
        (f"cmp_{number}", LEAVING, NINA, HEAD) for number in (1, 2, 3)
    ]


def test_a_region_of_the_companies_goes_to_its_manager_and_the_others_stay(cloud: Cloud) -> None:
    context = memory_context(MemoryDynamo())
    office(context)
    regions_of(context, SPE=OLEG)
    hand_over_id = start(context, to_manager_id=None)
    cloud.run(context, began(context))
    assert managers(context) == {"cmp_1": LEAVING, "cmp_2": OLEG, "cmp_3": LEAVING, "cmp_4": OLEG, "cmp_5": None}
    outcomes = {row[0]: row[5] for row in cloud.rows(hand_over_id)}
    assert outcomes == {"cmp_1": "no_manager_of_region", "cmp_2": "handed_over", "cmp_3": "no_manager_of_region"}


def test_companies_without_a_manager_get_the_one_of_the_region_that_their_inn_tells(cloud: Cloud) -> None:
    context = memory_context(MemoryDynamo())
    office(context)
    regions_of(context, MOW=NINA)
    start(context, from_manager="none", to_manager_id=None)
    cloud.run(context, began(context))
    assert managers(context)["cmp_5"] == NINA
    kept = context.table.get(companies_keys.company("cmp_5"))
    assert kept is not None
    assert kept["region"] == "RU-MOW"


def test_only_a_region_is_handed_over_where_one_is_named(cloud: Cloud) -> None:
    context = memory_context(MemoryDynamo())
    office(context)
    start(context, region="RU-MOW")
    cloud.run(context, began(context))
    assert managers(context) == {"cmp_1": NINA, "cmp_2": LEAVING, "cmp_3": NINA, "cmp_4": OLEG, "cmp_5": None}


def test_a_company_that_got_another_manager_meanwhile_stays_theirs(cloud: Cloud) -> None:
    context = memory_context(MemoryDynamo())
    office(context)
    hand_over_id = start(context)
    found = store.WORK.load(context, hand_over_id)
    assert found is not None
    members = [["cmp_1", "Luch 1", "", "", NINA, ""], ["cmp_4", "Luch 4", "", "", NINA, ""]]
    assert store.WORK.create_part(context, hand_over_id, Part(1, members, None))
    cloud.run(context, began(context))
    assert managers(context)["cmp_4"] == OLEG
    assert {row[0]: row[5] for row in cloud.rows(hand_over_id)} == {
        "cmp_1": "handed_over",
        "cmp_4": "has_another_manager",
    }


def test_companies_stay_and_are_counted_where_who_gets_them_left_meanwhile(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_list", lambda context, found: None)  # the bucket in memory signs no addresses
    context = memory_context(MemoryDynamo())
    office(context)
    hand_over_id = start(context)
    dismissed(context, "club", NINA)
    cloud.run(context, began(context))
    assert {managers(context)[f"cmp_{number}"] for number in (1, 2, 3)} == {LEAVING}
    shown = service.show(context, hand_over_id)
    assert (shown.state, shown.handed_over, shown.stayed, shown.receiver_left) == ("done", 0, 3, 3)
    assert {row[5] for row in cloud.rows(hand_over_id)} == {"receiver_left"}
    assert events(context, "portfolio.handed_over") == []


def test_each_receiver_gets_one_letter_with_their_companies(cloud: Cloud) -> None:
    context = memory_context(MemoryDynamo())
    office(context)
    regions_of(context, SPE=OLEG, MOW=NINA)
    start(context, to_manager_id=None)
    cloud.run(context, began(context))
    told = events(context, "portfolio.handed_over")
    facts = {each["manager_id"]: (int(each["companies"]), each["names"]) for each in told}
    assert facts == {NINA: (2, ["Luch 1", "Luch 3"]), OLEG: (1, ["Luch 2"])}
    [to_nina] = [each for each in told if each["manager_id"] == NINA]
    [recipient] = letters._receiver(context, to_nina)
    reader, shown = letters.companies_assigned(context, recipient, to_nina)
    assert (reader.name, shown) == ("Anna mbr_nina", {"companies": 2, "names": ["Luch 1", "Luch 3"], "more": 0})
    assert letters._receiver(context, {**to_nina, "by": NINA}) == []
    dismissed(context, "club", NINA)
    with pytest.raises(Unsendable):
        letters.companies_assigned(context, recipient, to_nina)


def appointed(context: Context, role: StaffRole, email: str = "leaving@club.example") -> str:
    form = StaffForm(name="Anna Leaving", email=email, role=role)
    return members.appoint_staff(context, form, by=None).member_id


@pytest.mark.parametrize("goes", ["dismissed", "marketing"])
def test_the_head_of_sales_hears_at_once_whose_companies_nobody_calls_any_more(cloud: Cloud, goes: str) -> None:
    context = memory_context(MemoryDynamo())
    office(context)
    staff(context, "mbr_admin", "admin")
    leaving, head = appointed(context, "manager"), appointed(context, "head_of_sales", "head@club.example")
    company(context, 6, leaving)
    if goes == "dismissed":
        members.dismiss_staff(context, leaving, by="mbr_admin")
    else:
        appointed(context, "marketing")
    told = events(context, "member.staff_changed")
    [gone] = [each for each in told if each["member_id"] == leaving and each["role"] != "manager"]
    assert letters._who_hands_over(context, {**gone, "role": "admin"}) == []  # an admin calls companies, too
    [recipient] = letters._who_hands_over(context, gone)
    reader, shown = letters.companies_left(context, recipient, gone)
    assert (reader.member_id, shown) == (head, {"manager_name": "Anna Leaving", "companies": 1})
    tx = Transaction()
    change_manager(context, tx, read_company(context, "cmp_6"), NINA, by=HEAD)
    context.table.commit(tx)
    assert letters._who_hands_over(context, gone) == []
    with pytest.raises(Unsendable):
        letters.companies_left(context, recipient, gone)


def test_wherever_it_dies_each_company_changes_hands_once(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "COMPANIES", 2)
    memory = MemoryDynamo()
    context = memory_context(memory)
    office(context)
    hand_over_id = start(context)
    event = began(context)

    def afresh() -> Context:
        cloud.queue.bodies.clear()
        cloud.bucket.found.clear()
        return memory_context(deepcopy(memory))

    def outcome(context: Context) -> tuple[Any, ...]:
        found = store.WORK.load(context, hand_over_id)
        assert found is not None
        changed = [(each["company_id"], each["to_manager"]) for each in events(context, MANAGER_CHANGED)]
        told = [(each["sk"], each["names"]) for each in events(context, "portfolio.handed_over")]
        return found.item, cloud.rows(hand_over_id), changed, told, managers(context)

    whole = afresh()
    cloud.run(whole, event)
    undisturbed = outcome(whole)
    assert (len(undisturbed[2]), len(undisturbed[3])) == (3, 1)
    for crash in crashes():
        broken = afresh()
        with crash:
            cloud.run(broken, event)
        cloud.run(broken, event)
        assert outcome(broken) == undisturbed, crash


# --- over HTTP ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def head(context: Context) -> Caller:
    office(context)
    return Caller.person(HEAD, "staff", "head_of_sales", "club")


def order(api: Api, caller: Caller, **form: Any) -> Answer:
    body = {"from_manager": LEAVING, "to_manager_id": NINA, "reason": "She moves to Kazan", **form}
    return api.call("POST", URL, caller, body, key="hand-over")


def test_a_hand_over_is_ordered_shown_and_listed(api: Api, head: Caller) -> None:
    answer = order(api, head)
    assert answer.status == 202, answer.text
    assert answer.headers["location"] == f"{URL}/{answer.json['hand_over_id']}"
    assert (answer.json["created_by"], answer.json["reason"]) == (HEAD, "She moves to Kazan")
    names = zip(("created_by_name", "from_manager_name", "to_manager_name"), (HEAD, LEAVING, NINA), strict=True)
    shown = {**answer.json, **{field: f"Anna {each}" for field, each in names}}
    assert api.call("GET", answer.headers["location"], head).json == shown
    assert order(api, head).json == answer.json
    assert api.call("GET", URL, head).json["items"] == [shown]
    assert api.call("GET", f"{URL}/hov_none", head).status == 404


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"to_manager_id": LEAVING}, "same_manager"),
        ({"to_manager_id": "mbr_stranger"}, "not_staff"),
        ({"to_manager_id": "mbr_marketing"}, "not_staff"),
        ({"to_manager_id": None}, "no_managers_of_regions"),
    ],
)
def test_a_hand_over_to_nobody_is_refused(api: Api, head: Caller, form: dict[str, Any], code: str) -> None:
    answer = order(api, head, **form)
    assert (answer.status, [each["code"] for each in answer.json["errors"]]) == (422, [code])


@measures(keys.hand_over, keys.hand_over_part, keys.hand_over_list)
def test_a_part_of_a_hand_over_is_one_call_and_so_is_a_page(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    for _ in range(3):
        tx = Transaction()
        made = store.create(tx, context, context.new_id("hov"), HEAD, {"from_manager": LEAVING, "reason": "Kazan"})
        context.table.commit(tx)
    assert store.WORK.create_part(context, made.work_id, Part(1, [["cmp_1"]], None))
    with spent(context.table.client) as cost:
        store.WORK.load_with_part(context, made.work_id, 1)
        assert len(store.WORK.page(context.table, 25, None)[0]) == 3
    assert (cost.calls, cost.read_units) == (["BatchGetItem", "Query"], 2.5)
