"""The calls and the capacity of the keys of the plan, counted as AWS counts."""

from datetime import date

import pytest

from chalicelib.campaigns.plan import keys, service, store
from chalicelib.campaigns.plan.schemas import IssueForm
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.campaigns.plan.test_routes import form
from tests.conftest import NOON
from tests.support.partners import staff
from tests.support.spent import measures, spent


@pytest.fixture
def club(local_table: Table) -> Context:
    context = Context(table=local_table, now=NOON)
    staff(context, "mbr_marketing", "marketing")
    return context


@measures(keys.issue, keys.issue_texts)
def test_an_issue_is_one_call_and_its_clashes_another(club: Context) -> None:
    made = service.create(club, IssueForm.model_validate(form()), by="mbr_marketing")
    with spent(club.table.client) as cost:
        service.show(club, made.issue_id)
    assert cost.calls == ["BatchGetItem", "Query"]
    assert cost.read_units <= 3


@measures(keys.plan)
def test_a_page_of_the_plan_is_one_call_without_texts(club: Context) -> None:
    texts = {"en": {"subject": "A", "body": "x" * 40_000}, "ru": {"subject": "А", "body": "я" * 20_000}}
    for _ in range(10):
        body = form(accept_skips=True, texts=texts)
        service.create(club, IssueForm.model_validate(body), by="mbr_marketing")
    with spent(club.table.client) as cost:
        found = store.page(club.table, date(2026, 12, 1), date(2026, 12, 31), 25, None)
    assert (len(found.items), cost.calls) == (10, ["Query"])
    assert cost.read_units <= 1.5
