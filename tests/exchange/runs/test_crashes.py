"""A process that dies at any call of a split, a dry run, a recording, a replacement or a withdrawal: its work comes again, and ends alike."""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.platform import aws
from chalicelib.platform.config import Config
from tests.bonuses.real_year import CURRENCY, LAST, SOURCE
from tests.bonuses.test_real_year import figures  # noqa: F401
from tests.exchange.runs.books import Books, Files
from tests.support.crashes import crashes, watched

HEADING = "Дата;Номер;Код контрагента;Товар;Количество;Сумма;Статус\n"
BEFORE = (
    "01.11.2010;1;А;Лампа;1;100;\n02.11.2010;2;А;Лампа;1;50;\n03.11.2010;3;Б;Лампа;1;70;\n04.11.2010;4;Б;Лампа;1;30;\n"
)
# Of the four: one is corrected, one cancelled, one is gone, one stays. One more is new, one wrong.
AFTER = (
    "01.11.2010;1;А;Лампа;1;110;\n02.11.2010;2;А;Лампа;1;50;Отменён\n03.11.2010;3;Б;Лампа;1;70;\n"
    "05.11.2010;5;В;Лампа;1;20;\n06.11.2010;6;В;Лампа;много;20;\n"
)
ORDERS = "Номер заказа;Дата заказа;Код клиента\n1;01.11.2010;А\n5;05.11.2010;В\n"
ROWS = "Номер заказа;Товар;Количество;Сумма\n1;Лампа;1;110\n5;Лампа;1;20\n"
NOVEMBER = {"from": "2010-11-01", "to": "2010-11-30"}


def text(rows: str) -> Files:
    return ((HEADING + rows).encode(),)


def state(club: Books) -> Any:
    """The documents with their sums, and the bucket's lists for people."""
    found = {
        ref: (head.total, head.voided)
        for ref, head in sales.documents_between(club.context, SOURCE, LAST.replace(day=1), LAST)
    }
    lists = sorted(
        content
        for key, content in club.bucket.objects.items()
        if key.endswith(("bad-rows.csv", "bad-rows-file", "changes.csv"))
    )
    return found, lists


def checked(club: Books) -> str:
    return club.announce(text(AFTER), dry_run=True, replace_period=NOVEMBER)


def confirmed(club: Books) -> str:
    import_id = club.bring(text(AFTER), dry_run=True, replace_period=NOVEMBER)
    club.request_confirmation(import_id)
    return import_id


def taken_back(club: Books) -> str:
    import_id = club.bring(text(AFTER))
    club.request_withdrawal(import_id)
    return import_id


def two_files(club: Books) -> str:
    return club.announce((ORDERS.encode(), ROWS.encode()))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("begin", [checked, confirmed, taken_back, two_files])
def test_a_crash_at_any_call_changes_nothing_in_the_end(
    begin: Callable[[Books], str],
    figures: Config,  # noqa: F811
    account: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def beginning() -> tuple[Books, str]:
        club = Books(figures, chance=Random(1), again=0)
        monkeypatch.setattr(aws, "sqs", lambda: watched(club, "sqs"))
        monkeypatch.setattr(aws, "s3", lambda: watched(club.bucket, "s3"))
        club.bring(text(BEFORE))
        return club, begin(club)

    club, import_id = beginning()
    club.work()
    undisturbed, ended = state(club), club.found(import_id).state
    counts = {
        name: value for name, value in club.found(import_id).item.items() if name.startswith(("rows_", "documents_"))
    }
    assert ended in ("done", "taken_back")
    for crash in crashes():
        club, import_id = beginning()
        with crash:
            club.work()
        club.work()
        found = club.found(import_id)
        assert (state(club), found.state) == (undisturbed, ended), crash
        assert {name: found.item.get(name) for name in counts} == counts, crash


def test_the_file_does_all_that_a_crash_may_hit(
    figures: Config,  # noqa: F811
    account: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    club = Books(figures, again=0)
    monkeypatch.setattr(aws, "sqs", lambda: club)
    monkeypatch.setattr(aws, "s3", lambda: club.bucket)
    club.bring(text(BEFORE))
    import_id = confirmed(club)
    club.work()
    found, lists = state(club)
    assert sorted(total for total, _ in found.values()) == [Decimal(20), Decimal(70), Decimal(110)]
    assert len(lists) == 3
    assert (club.found(import_id).count("documents_voided"), club.found(import_id).currency) == (1, CURRENCY)
