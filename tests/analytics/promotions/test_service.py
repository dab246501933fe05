"""The effect of promotions: against the weeks before, the year before, and companies that letters do not tell of them."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import campaigns
from chalicelib.analytics.promotions import keys, rules, service
from chalicelib.analytics.promotions.rules import BEFORE, DAY, Measured, Sold, Span
from chalicelib.catalog.rules import Product
from chalicelib.platform.context import Context
from chalicelib.pricing.promotions import store as promotions
from chalicelib.pricing.promotions.model import PromotionForm
from chalicelib.pricing.promotions.store import StoredPromotion
from chalicelib.pricing.rules import Bracket, Promotion, Selection
from chalicelib.sales.service import record
from chalicelib.table.client import Table
from chalicelib.table.records import to_item
from chalicelib.table.transactions import Transaction
from tests.analytics.club.test_service import HEAD, a_club, fold
from tests.conftest import NOON
from tests.sales.steps import invoice, returned
from tests.support import partners
from tests.support.api import Api
from tests.support.spent import measures, spent

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 30)
PANELS = Promotion(
    "prm_1", "Panels", "Панели", Selection(skus=frozenset({"L-0"})), (Bracket(1, Decimal(10)),), FIRST, LAST
)
NOW = Measured(PANELS, date(2026, 11, 19))


@pytest.fixture
def goods(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue that has every article."""

    def products(table: Table, skus: Iterable[str]) -> dict[str, Any]:
        return {sku: product(sku) for sku in skus}

    monkeypatch.setattr(service.catalog, "read_products", products)


def product(sku: str) -> Product:
    return Product(
        sku=sku,
        name=sku,
        name_ru=sku,
        brand="b",
        category="c",
        unit="pcs",
        pack_multiple=1,
        base_price=Decimal(10),
        currency="RUB",
        vat_percent=Decimal(20),
    )


def told(api: Api, asked: str = "") -> Any:
    answer = api.call("GET", f"/v1/staff/analytics/promotions{asked}", HEAD)
    assert answer.status == 200, answer.text
    return answer.json


def test_it_stands_beside_the_weeks_before_and_the_same_dates_of_the_year_before(
    api: Api, context: Context, goods: None
) -> None:
    record(
        context,
        [
            invoice("A-1", "300.00", "500.00", day=FIRST),  # the second article is not promoted
            invoice("A-2", "80.00", day=date(2026, 11, 19)),
            invoice("A-3", "999.00", day=date(2026, 11, 20)),  # today is not over
            invoice("A-5", "70.00", day=FIRST - DAY),
            invoice("A-6", "70.00", day=FIRST - BEFORE),
            invoice("A-7", "999.00", day=FIRST - BEFORE - DAY),
            invoice("A-8", "90.00", day=date(2025, 9, 1)),
            returned("R-1", "A-1", "-30.00", day=date(2026, 9, 9)),
        ],
    )
    service.write(context, [NOW], service.rows_of(context, "cmp_1", [NOW]), context.at)
    [row] = told(api)["rows"]
    assert (row["net"], row["expected"], row["year_before"]) == ("350", "200", "90")  # 140 in 56 days, and 80 days
    assert (row["change_percent"], row["days"], row["mature"]) == ("75", 80, False)
    assert (row["basis"], row["difference"], row["told"] + row["held_out"]) == ("earlier_periods", None, 1)


def test_companies_that_letters_do_not_tell_of_it_are_the_basis_where_there_are_enough(
    api: Api, context: Context
) -> None:
    def rows(held: bool, during: int) -> list[service.Row]:
        return [["prm_1", held, f"{during + number % 5}", f"{number % 7}", "0"] for number in range(40)]

    service.write(context, [NOW], [*rows(False, 150), *rows(True, 100)], context.at)
    [row] = told(api)["rows"]
    assert (row["basis"], row["told"], row["held_out"]) == ("hold_out", 40, 40)
    assert float(row["low"]) < 50 < float(row["high"])
    assert float(row["difference"]) == pytest.approx(50, abs=0.01)
    service.write(context, [NOW], [*rows(False, 150), *rows(True, 100)[:9]], context.at)
    assert told(api)["rows"][0]["basis"] == "earlier_periods"


def test_the_list_is_of_the_months_asked_for(api: Api, context: Context) -> None:
    for number, first in enumerate([date(2025, 11, 30), date(2025, 12, 1), date(2026, 11, 1)]):
        each = Measured(PANELS._replace(promotion_id=f"prm_{number}", first=first), NOW.until)
        service.write(context, [each], [], context.at)
    assert [row["promotion_id"] for row in told(api)["rows"]] == ["prm_1", "prm_2"]
    assert [row["promotion_id"] for row in told(api, "?from=2025-11&to=2025-12")["rows"]] == ["prm_0", "prm_1"]
    answer = api.call("GET", "/v1/staff/analytics/promotions?from=2027-01&to=2026-01", HEAD)
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [("/query/from", "range")]


def test_a_season_counts_the_days_of_its_months() -> None:
    season = Measured(PANELS._replace(months=frozenset({9, 11})), NOW.until)
    assert season.days == 30 + 19
    assert season.sold(product("L-0"), date(2026, 10, 5), Decimal(7)) == Sold()
    assert season.sold(product("L-0"), date(2025, 11, 5), Decimal(7)) == Sold(year_before=Decimal(7))
    assert season.sold(product("L-0"), date(2026, 8, 5), Decimal(7)) == Sold(before=Decimal(7))


def test_who_is_held_out_of_letters_is_held_out_here(context: Context, goods: None) -> None:
    companies = [
        partners.company(context, f"cmp_{number}", inn=f"77070{number % 40:05}").company_id for number in range(60)
    ]
    found = {each: next(service.rows_of(context, each, [NOW]))[1] for each in companies}
    assert found == {each: campaigns.is_held_out(context, each) for each in companies}
    assert len(set(found.values())) == 2
    assert all(found[f"cmp_{number}"] == found[f"cmp_{number + 40}"] for number in range(20)), "of one INN"


@given(st.lists(st.tuples(st.dates(date(2024, 3, 1), date(2026, 11, 18)), st.integers(0, 400)), max_size=8))
def test_the_spans_that_are_read_cover_each_needed_day_once(promotions: list[tuple[date, int]]) -> None:
    several = [
        Measured(PANELS._replace(first=first, last=first + timedelta(days=days)), NOW.until)
        for first, days in promotions
    ]

    def days_of(span: Span) -> set[date]:
        return {span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1)}

    found = [days_of(span) for span in rules.spans(several)]
    needed = [days_of(span) for each in several for span in (each.before, each.during, each.year_before)]
    assert sum(map(len, found)) == len(set().union(*found)) == len(set().union(*needed))
    assert set().union(*found) == set().union(*needed)


def test_the_nightly_fold_measures_the_approved_ones_that_have_begun(api: Api, context: Context) -> None:
    def stored(promotion_id: str, first: date, last: date, approved_at: str | None) -> None:
        fields = {"name": "Panels", "name_ru": "Панели", "from": first, "to": last}
        form = PromotionForm.model_validate({**fields, "brackets": [{"percent": "10"}]})
        state: Any = "approved" if approved_at else "draft"
        made = StoredPromotion(promotion_id, form, state, context.at, approved_at, None, 1)
        tx = Transaction()
        promotions.put_promotion(tx, made, author="mbr_1", at=context.at)
        context.table.commit(tx)

    stored("prm_running", FIRST, LAST, "2026-08-01T09:00:00.000Z")
    stored("prm_draft", FIRST, LAST, None)
    stored("prm_later", date(2026, 12, 1), date(2027, 3, 1), "2026-08-01T09:00:00.000Z")
    stored("prm_long_over", date(2026, 6, 1), date(2026, 10, 14), "2026-05-01T09:00:00.000Z")
    stored("prm_just_over", date(2026, 6, 1), date(2026, 10, 15), "2026-05-01T09:00:00.000Z")
    a_club(context)
    fold(context)
    rows = told(api)["rows"]
    assert [(row["promotion_id"], row["mature"]) for row in rows] == [("prm_just_over", True), ("prm_running", False)]
    assert {row["told"] + row["held_out"] for row in rows} == {3}


@measures(keys.promotion_effect)
def test_the_effects_of_three_years_are_one_query(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    for number in range(36):
        each = Measured(PANELS._replace(promotion_id=f"prm_{number}"), NOW.until)
        found = rules.effect(each, {}, "RUB", context.at)
        context.table.put({**keys.promotion_effect(found.first, found.promotion_id).as_item(), **to_item(found)})
    with spent(context.table.client) as cost:
        view = service.show(context, service.PromotionEffectsQuery(), "en")
    assert (cost.calls, view.row_count) == (["Query"], 36)
