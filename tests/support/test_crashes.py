"""The tool that other tests trust: it must reach every call, and leave nothing out silently."""

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib.platform.context import Context
from chalicelib.table.key import Key
from tests.support.crashes import crashes, empty_account, lost_replies, races, uncounted, watched

FIRST, SECOND = Key("A#1", "ROW"), Key("A#2", "ROW")


def write_both(context: Context) -> None:
    context.table.put(FIRST.as_item())
    context.table.put(SECOND.as_item())


def written(context: Context) -> int:
    return len(context.table.get_many([FIRST, SECOND]))


def test_each_call_is_interrupted_before_and_after_its_effect(context: Context) -> None:
    found = []
    for crash in crashes():
        empty_account()
        with crash:
            write_both(context)
        found.append((crash.happened, written(context)))
    assert found == [(True, 0), (True, 1), (True, 1), (True, 2), (False, 2)]


def test_a_crash_cannot_be_caught_by_the_code_that_crashes(context: Context) -> None:
    for crash in crashes():
        empty_account()
        with crash:
            try:
                context.table.put(FIRST.as_item())
            except Exception:  # the code under test may do this
                context.table.put(SECOND.as_item())
        assert SECOND not in context.table.get_many([SECOND]), crash


def test_a_lost_reply_can_be_caught_and_its_call_took_effect(context: Context) -> None:
    caught = []
    for lost in lost_replies():
        empty_account()
        with lost:
            try:
                context.table.put(FIRST.as_item())
            except ConnectionClosedError:
                caught.append(written(context))
    assert caught == [1]


def test_the_other_worker_runs_before_each_call_and_is_not_counted(context: Context) -> None:
    met = []
    for race in races(lambda: met.append(written(context))):
        empty_account()
        with race:
            write_both(context)
    assert met == [0, 1]


def test_a_watched_fake_counts_as_a_client() -> None:
    class Mail:
        sent = 0

        def send_email(self) -> None:
            self.sent += 1

    mail = Mail()
    rounds = 0
    for crash in crashes():
        with crash:
            watched(mail, "sesv2").send_email()
        rounds += 1
        assert rounds == 3 or "sesv2.send_email" in str(crash)
    assert (rounds, mail.sent) == (3, 2)


def test_what_the_test_itself_looks_up_is_not_counted(context: Context) -> None:
    rounds = 0
    for crash in crashes():
        with crash:
            with uncounted():
                written(context)
            context.table.put(FIRST.as_item())
        rounds += 1
    assert rounds == 3


def test_a_failure_of_the_code_itself_is_not_swallowed(context: Context) -> None:
    crash = next(crashes())
    with pytest.raises(ValueError, match="a bug"), crash:
        raise ValueError("a bug")


def test_an_emptied_account_keeps_its_tables_queues_and_buckets(context: Context) -> None:
    write_both(context)
    sqs, s3 = boto3.client("sqs"), boto3.client("s3")
    queue = sqs.list_queues()["QueueUrls"][0]
    sqs.send_message(QueueUrl=queue, MessageBody="{}")
    s3.put_object(Bucket="club-files", Key="imports/1", Body=b"x")

    empty_account()

    assert written(context) == 0
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    assert s3.list_objects_v2(Bucket="club-files")["KeyCount"] == 0
