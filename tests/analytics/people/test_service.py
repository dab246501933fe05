"""The club's people by quarter: who joined, whose profile is complete, and who used the club."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Literal

import duckdb
import pytest

from chalicelib import members
from chalicelib.analytics.people import jobs, keys, service
from chalicelib.analytics.people.model import PeopleQuarter
from chalicelib.analytics.people.schemas import PeopleQuery
from chalicelib.auth import store as auth_store
from chalicelib.members import member_key
from chalicelib.platform import clock
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.records import to_item
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.spent import measures, spent

HEAD = Caller.person("mbr_admin", "staff", "admin", "club")
SUMMER = "2026-07-10T09:00:00Z"


def visit(context: Context, member_id: str, *days: datetime) -> None:
    for day in days:
        auth_store.note_visit(context.table, member_id, day)


def told(api: Api, path: str = "people") -> Any:
    return api.call("GET", f"/v1/staff/analytics/{path}", HEAD).json


@pytest.fixture
def people(context: Context) -> Context:
    """One who speaks for a company, one who has only joined, one who joins today, and a distributor's person."""
    partners.partner(context, "cmp_1", "mbr_1")
    partners.member(context, "mbr_1", joined_at=SUMMER)
    partners.member(context, "mbr_2", joined_at="2026-10-01T09:00:00Z")
    partners.member(context, "mbr_3")
    partners.distributor(context, "RU-MOW")
    return context


def test_a_quarter_counts_up_to_yesterday_and_grows_against_the_one_before(api: Api, people: Context) -> None:
    visit(people, "mbr_1", NOON - timedelta(days=1), NOON - timedelta(days=2), NOON - timedelta(days=2, hours=1), NOON)
    visit(people, "mbr_3", NOON)
    visit(people, "mbr_admin", NOON - timedelta(days=1))
    partners.member(people, "mbr_admin")
    assert told(api)["rows"] == []
    autumn = replace(people, now=datetime(2026, 9, 30, 9, tzinfo=UTC))
    visit(autumn, "mbr_1", datetime(2026, 9, 1, 9, tzinfo=UTC))
    jobs.nightly_people(autumn, {})
    for _ in range(2):
        jobs.nightly_people(people, {})
    summer, now = told(api)["rows"]
    assert [(summer[name], now[name]) for name in ("quarter", "joined", "members", "active", "visits")] == [
        ("2026-Q3", "2026-Q4"),
        (1, 1),
        (1, 2),
        (1, 1),
        (1, 2),
    ]
    assert (summer["as_of"], now["as_of"]) == (autumn.at, people.at)
    assert (now["until"], now["mature"], summer["mature"]) == ("2026-11-19", False, True)
    assert (now["complete"], now["complete_percent"], now["visits_growth_percent"]) == (1, "50", "100")
    assert summer["visits_growth_percent"] is None
    chart = told(api, "people?chart=true")["chart"]
    assert [row["value"] for row in chart["vega_lite"]["data"]["values"]] == [1, 2, 1, 1, 1, 1]


def test_a_leaver_stays_in_the_quarter_that_is_over(api: Api, people: Context) -> None:
    jobs.nightly_people(replace(people, now=datetime(2026, 10, 1, 9, tzinfo=UTC)), {})
    people.table.delete_many([member_key("mbr_1")])
    jobs.nightly_people(people, {})
    assert [row["members"] for row in told(api)["rows"]] == [1, 1]


def test_a_quarter_grows_against_its_neighbour_alone(api: Api, people: Context) -> None:
    for day in ((2026, 10, 1), (2027, 4, 1), (2027, 5, 1)):
        jobs.nightly_people(replace(people, now=datetime(*day, 9, tzinfo=UTC)), {})
    growth = {row["quarter"]: row["members_growth_percent"] for row in told(api)["rows"]}
    assert growth == {"2026-Q3": None, "2027-Q1": None, "2027-Q2": "0"}


def test_three_quarters_are_what_the_raw_list_of_people_says(
    quick: Context,
) -> None:
    """Two hundred people of every kind, who join and come on days by chance, in DuckDB and in the club."""
    kinds: list[Literal["staff", "distributor", "company"] | None] = [
        "staff",
        "distributor",
        "company",
        "company",
        None,
    ]
    chance, raw = Random(14), duckdb.connect()
    raw.sql("CREATE TABLE people (id VARCHAR, kind VARCHAR, joined TIMESTAMP, phone BOOLEAN)")
    raw.sql("CREATE TABLE days (id VARCHAR, day DATE)")
    for number in range(200):
        member_id, kind = f"mbr_{number}", chance.choice(kinds)
        joined = datetime(2026, 1, 15, tzinfo=UTC) + timedelta(minutes=chance.randrange(60 * 24 * 330))
        phone = chance.random() < 0.6
        raw.execute(
            "INSERT INTO people VALUES (?, ?, ?, ?)", [member_id, kind or "alone", joined.replace(tzinfo=None), phone]
        )
        told = {} if phone else {"phone": None, "phone_confirmed_on": None}
        partners.member(quick, member_id, joined_at=clock.stamp(joined), **told)
        if kind == "company":
            partners.company(quick, f"cmp_{number}")
            partners.speaks_for(quick, f"cmp_{number}", member_id)
        elif kind:
            tx = Transaction()
            owner = "club" if kind == "staff" else "dst_1"
            members.appoint(tx, member_id, kind=kind, owner=owner, role="admin", status="active")
            quick.table.commit(tx)
        for _ in range(chance.randrange(12)):
            day = joined + timedelta(days=chance.randrange(1, 200))
            raw.execute("INSERT INTO days VALUES (?, ?)", [member_id, day.date()])
            visit(quick, member_id, day)
    nights = [date(2026, 7, 1), date(2026, 10, 1), date(2026, 11, 20)]
    for night in nights:
        service.count(replace(quick, now=datetime.combine(night, time(2), UTC)))
    rows = service.show(quick, PeopleQuery(), "en").rows
    names = ("until", "joined", "members", "complete", "active", "visits")
    assert [tuple(getattr(row, name) for name in names) for row in rows] == [
        raw.execute(
            """
            WITH partners AS (
                SELECT *, (joined + INTERVAL 3 HOUR)::DATE AS day FROM people WHERE kind NOT IN ('staff', 'distributor')
            ), known AS (SELECT * FROM partners WHERE day < $night), visits AS (
                SELECT DISTINCT id, day FROM days WHERE id IN (SELECT id FROM partners) AND day >= date_trunc('quarter', $night - 1) AND day < $night
            )
            SELECT ($night - 1)::VARCHAR, count(*) FILTER (day >= date_trunc('quarter', $night - 1)), count(*),
                count(*) FILTER (kind = 'company' AND phone), (SELECT count(DISTINCT id) FROM visits), (SELECT count(*) FROM visits)
            FROM known
            """,
            {"night": night},
        ).fetchone()
        for night in nights
    ]
    assert rows[-1].visits and rows[-1].joined and rows[-1].complete


@measures(keys.people_quarter)
def test_the_figures_of_ten_years_are_one_query(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    for number in range(40):
        quarter = f"{2017 + number // 4}-Q{number % 4 + 1}"
        found = PeopleQuarter(quarter, "2026-11-19", 10, 6000, 3000, 2000, 90_000)
        local_table.put({**keys.people_quarter(quarter).as_item(), **to_item(found)})
    with spent(local_table.client) as cost:
        assert service.show(context, PeopleQuery(), "ru").row_count == 40
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1.5
