"""What an import changed in tiers and bonuses is told by the facts of its time, whatever comes later."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from chalicelib import companies
from chalicelib.exchange.sales_files import views
from chalicelib.exchange.sales_files.schemas import EffectView
from chalicelib.exchange.sales_files.views import list_effects
from chalicelib.platform import aws
from chalicelib.platform.config import Config
from tests.bonuses.real_year import SOURCE
from tests.bonuses.test_real_year import figures  # noqa: F401
from tests.exchange.runs.books import Books, Files

HEADING = "Дата;Номер;Код контрагента;Товар;Количество;Сумма;Дата оплаты\n"
Told = dict[str, tuple[Decimal, str | None, str | None, Decimal, Decimal]]


@pytest.fixture
def club(figures: Config, account: None, monkeypatch: pytest.MonkeyPatch) -> Books:  # noqa: F811
    made = Books(figures, again=0)
    monkeypatch.setattr(aws, "sqs", lambda: made)
    monkeypatch.setattr(aws, "s3", lambda: made.bucket)
    return made


def file(*rows: str) -> Files:
    return ((HEADING + "".join(f"{row}\n" for row in rows)).encode(),)


def told(club: Books, import_id: str) -> Told:
    """Of each customer the change of its purchases, and its tiers and its bonuses before and after the import."""
    rows, _ = list_effects(club.context, import_id, 50, None)
    names = {
        each.company_id: code for code, each in companies.known_customers(club.context, SOURCE, ["А", "Б"]).items()
    }
    return {names[row.company_id]: _told(row) for row in rows}


def _told(row: EffectView) -> tuple[Decimal, str | None, str | None, Decimal, Decimal]:
    before, after = row.before, row.after
    assert before and after
    return row.purchases.amount, before.tier, after.tier, before.bonuses.amount, after.bonuses.amount


def bought(club: Books) -> tuple[str, Told]:
    import_id = club.bring(file("01.11.2010;1;А;Лампа;1;1500;20.11.2010", "02.11.2010;2;Б;Лампа;1;10;20.11.2010"))
    return import_id, told(club, import_id)


def test_an_import_tells_tiers_and_bonuses_before_and_after_it(club: Books) -> None:
    _, effects = bought(club)
    assert effects == {
        "А": (Decimal(1500), None, "silver", Decimal(0), Decimal("22.50")),
        "Б": (Decimal(10), None, None, Decimal(0), Decimal(0)),
    }


@pytest.mark.parametrize(
    "later",
    [
        lambda club: club.bring(file("03.11.2010;3;А;Лампа;1;90000;20.11.2010", "04.11.2010;4;Б;Лампа;1;90000;")),
        lambda club: club.bring(file("01.11.2010;1;А;Лампа;1;1;20.11.2010")),
        lambda club: club.bring(file("01.11.2010;1;А;Лампа;1;0;20.11.2010")),
    ],
    ids=["more is bought", "a document is corrected", "a document comes to nothing"],
)
def test_a_later_file_shows_in_its_own_effects_only(club: Books, later: Callable[[Books], str]) -> None:
    import_id, effects = bought(club)
    newer = later(club)
    assert told(club, import_id) == effects
    after = {customer: (row[2], row[4]) for customer, row in effects.items()}
    for customer, (changed, tier_before, tier_after, bonuses_before, bonuses_after) in told(club, newer).items():
        assert (tier_before, bonuses_before) == after[customer]
        assert changed and (tier_after, bonuses_after) != after[customer]


def test_a_page_of_effects_ends_when_its_time_is_over_and_lists_the_first_company_without_positions(
    club: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id, effects = bought(club)
    clock = iter([0.0, 1.0, *[11.0] * 99])  # the second company is late
    monkeypatch.setattr(views, "monotonic", lambda: next(clock))
    [first], after = list_effects(club.context, import_id, 50, None)
    assert (_told(first), after) == (effects["А"], {"row": "1"})
    clock = iter([0.0, *[11.0] * 99])
    [late], after = list_effects(club.context, import_id, 50, after)
    assert (late.purchases.amount, late.before, late.after, after) == (Decimal(10), None, None, None)


def test_a_page_of_effects_reads_its_companies_at_once_and_each_in_so_many_calls(
    club: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id, _ = bought(club)
    calls: list[str] = []

    def counted(name: str, call: Callable[..., Any], **given: Any) -> Any:
        calls.append(name)
        return call(**given)

    for name in ("get_item", "batch_get_item", "query"):
        monkeypatch.setattr(club.table, name, partial(counted, name, getattr(club.table, name)))
    spent = []
    for companies_listed in (1, 2):
        calls.clear()
        list_effects(club.context, import_id, companies_listed, None)
        spent.append(Counter(calls))
    assert spent[0] == {"get_item": 1, "batch_get_item": 1, "query": 5}
    assert spent[1] - spent[0] == {"query": 4}
