"""Requests to paste: variables where nobody can type a value, words of each language, and dates of the reader's own week."""

import json
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.openapi.requests import WEEK, moved, requests_of

KEY = {"name": "Idempotency-Key", "in": "header", "required": True}
VERSION = {"name": "If-Match", "in": "header", "required": True}
MEMBER = "mbr_" + "5e" * 16


def pasted(body: Any, *parameters: dict[str, Any], path: str = "/v1/x", today: date = WEEK) -> dict[str, str]:
    operation: dict[str, Any] = {"security": [], "responses": {"200": {}}}
    return dict(requests_of("POST", path, operation, list(parameters), {"example": body}, today))


def test_a_python_request_has_pythons_words() -> None:
    body = {"a": True, "b": None, "c": "true,", "d": [{"e": False}]}
    texts = pasted(body)
    given = texts["Python"].partition("json=")[2].rpartition(",\n    timeout")[0]
    assert eval(given) == body
    assert json.loads(texts["TypeScript"].partition("stringify(")[2].partition("),\n")[0]) == body


def test_what_only_the_club_can_say_is_a_variable() -> None:
    body = {"member_id": MEMBER, "notification_ids": [MEMBER], "code": "482913", "sum": "400000", "note": "It's mbr_1"}
    texts = pasted(body, KEY, VERSION, path="/v1/orders/{order_id}/x")
    for told in (
        '"$API/v1/orders/$ORDER_ID/x"',
        '-H "If-Match: $ETAG"',
        '-H "Idempotency-Key: $KEY"',
        '"member_id": "\'"$MEMBER_ID"\'"',
        '"\'"$NOTIFICATION_ID"\'"',
        '"code": "\'"$CODE"\'"',
        '"sum": "400000"',
    ):
        assert told in texts["curl"], told
    assert (
        "`${API}/v1/orders/${ORDER_ID}/x`" in texts["TypeScript"] and '"member_id": MEMBER_ID,' in texts["TypeScript"]
    )
    assert 'f"{API}/v1/orders/{ORDER_ID}/x"' in texts["Python"] and '"member_id": MEMBER_ID,' in texts["Python"]


def test_a_request_without_an_answer_reads_none() -> None:
    operation: dict[str, Any] = {"security": [], "responses": {"204": {}}}
    assert all("found" not in text for _, text in requests_of("DELETE", "/v1/x", operation, [], None, WEEK))


@given(st.dates(WEEK - timedelta(days=50), WEEK + timedelta(days=400)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_dates_move_with_the_reader_and_keep_their_day_of_the_week(day: date, today: date) -> None:
    shown = date.fromisoformat(moved({"a": [f"{day}"]}, today)["a"][0])
    assert shown.weekday() == day.weekday()
    assert 0 <= (today - shown).days - (WEEK - day).days < 7


def test_what_is_no_day_of_these_weeks_stays() -> None:
    kept = {"old": "2026-01-12", "number": "PO-2026-11-24", "slot": "2026-12-01T12:30", "count": 3, "none": None}
    later = moved(kept, WEEK + timedelta(days=15))
    assert later == {**kept, "slot": "2026-12-15T12:30"}
