"""The context of a job, and the source of the deployment's settings."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.platform import aws
from chalicelib.platform.context import Context, context_now
from chalicelib.platform.settings import settings


def test_its_day_is_the_clubs(context: Context) -> None:
    late = replace(context, now=datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
    assert late.today == date(2026, 11, 21)
    assert late.at == "2026-11-20T22:30:00.000Z"


def test_expiry_counts_from_its_moment(context: Context) -> None:
    assert context.expiry() == int(context.now.timestamp())
    assert context.expiry(days=1, minutes=1) - context.expiry() == 86_460


@pytest.mark.usefixtures("account")
def test_work_of_this_moment_is_on_the_deployments_table() -> None:
    now = context_now()
    assert now.table.name == "club"
    assert abs((datetime.now(UTC) - now.now).total_seconds()) < 60


@pytest.mark.usefixtures("account")
def test_what_a_function_was_not_told_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FILES_BUCKET")
    settings.cache_clear()
    assert settings().files_bucket == ""
    assert settings().table_name == "club"


@pytest.mark.usefixtures("account")
def test_clients_and_the_secret_are_made_once() -> None:
    assert aws.dynamodb() is aws.dynamodb()
    assert aws.secret() == "a secret for tests only"
    kept = aws.dynamodb()
    aws.forget_clients()
    assert aws.dynamodb() is not kept


@pytest.mark.usefixtures("account")
def test_the_mail_service_is_never_asked_twice_by_the_sdk() -> None:
    assert aws.ses().meta.config.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]
    assert aws.dynamodb().meta.config.retries["total_max_attempts"] > 1  # type: ignore[attr-defined]


def test_work_made_of_other_work_remembers_nothing(context: Context) -> None:
    context.memo["figure"] = 1
    assert replace(context, now=context.now).memo == {}
    assert context == replace(context)
