"""Names, signatures, addresses and pauses of webhooks' messages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.webhooks import rules as webhooks_rules
from chalicelib.webhooks.rules import Endpoint, Message, PostResult, Secret, result_of

NOW = 1_800_000_000
AT = "2026-11-20T09:00:00.000Z"
PAUSES = [5, 300, 1800, 7200, 18000, 36000, 36000]

MESSAGE = Message(
    message_id="msg_1",
    distributor_id="dst_1",
    lane="cmp_1",
    type="order.placed",
    happened_at=AT,
    expires_at=NOW,
    called_at=NOW,
    attempt="",
)
ENDPOINT = Endpoint(
    distributor_id="dst_1",
    url="https://erp.example",
    language="en",
    secrets=(Secret("whsec_MQ=="),),
    active=True,
    paused_for="",
    changed_at=AT,
    created_at=AT,
    last_success_at="",
    last_letter_at="",
    version=1,
)


def test_the_signature_is_that_of_the_reference_implementation() -> None:
    """The published vector: libraries/python/tests/test_webhooks.py, test_sign_function."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = webhooks_rules.headers([Secret(secret)], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_secret_in_use_signs() -> None:
    secrets = [webhooks_rules.new_secret(bytes([number]) * 32) for number in (1, 2)]
    headers = webhooks_rules.headers(secrets, "msg_1", NOW, b"{}")
    assert headers["webhook-id"] == "msg_1"
    assert headers["webhook-timestamp"] == str(NOW)
    assert headers["webhook-signature"].split(" ") == [
        webhooks_rules.headers([each], "msg_1", NOW, b"{}")["webhook-signature"] for each in secrets
    ]


def test_a_rotated_secret_signs_on_for_its_time_however_often_it_is_rotated() -> None:
    secrets = (Secret("first"),)
    for hour, name in enumerate(("second", "third")):
        secrets = webhooks_rules.rotated(secrets, Secret(name), now=NOW + hour * 3600, overlap=24 * 3600)
    assert secrets == (Secret("third"), Secret("second", NOW + 25 * 3600), Secret("first", NOW + 24 * 3600))
    assert webhooks_rules.in_use(secrets, NOW + 24 * 3600) == list(secrets[:2])
    for number in range(10):
        secrets = webhooks_rules.rotated(secrets, Secret(f"{number}"), now=NOW, overlap=3600)
    assert len(secrets) == webhooks_rules.MOST_SECRETS
    assert secrets[0] == Secret("9")


def test_names_sort_as_things_happened_and_are_the_same_for_the_same_cause() -> None:
    times = [
        "2026-11-20T09:00:00.000Z",
        "2026-11-20T09:00:00.001Z",
        "2026-11-20T10:00:00.000Z",
        "2027-01-01T00:00:00.000Z",
    ]
    names = [webhooks_rules.message_id(at, f"evt_{'f' if number % 2 else '0'}") for number, at in enumerate(times)]
    assert names == sorted(names)
    assert names[0] == webhooks_rules.message_id(times[0], "evt_0")
    assert "." not in names[0], "the spec: a dot would make signatures ambiguous"
    first, last = webhooks_rules.message_span(times[1], times[2])
    assert [name for name in names if first <= name <= last] == names[1:3]


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2001:4860:4860::8888", "2a02:6b8::2:242"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert webhooks_rules.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "127.0.0.1",
        "0.0.0.0",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
        "2001:0:53aa:64c:0:7e00:80ff:fffe",
        "2001:db8::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "localhost",
        "",
    ],
)
def test_any_other_address_is_not(address: str) -> None:
    assert not webhooks_rules.is_public(address)


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, ""), (204, ""), (299, ""), (302, "status"), (404, "status"), (410, "gone"), (503, "status")],
)
def test_only_2xx_is_a_yes(status: int, error: str) -> None:
    assert result_of(status) == PostResult(status, error)  # type: ignore[arg-type]


@given(jitters=st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_a_message_that_nobody_takes_is_tried_over_more_than_a_day_and_given_up(jitters: list[float]) -> None:
    message, now, tries = MESSAGE, NOW, []
    for jitter in jitters:
        assert webhooks_rules.waits_until(message) <= now
        tries.append(now)
        message = webhooks_rules.with_attempt(message, "att_1", AT, now + 90)
        assert webhooks_rules.waits_until(message) == now + 90
        message = webhooks_rules.with_result(message, result_of(500), AT, now, PAUSES, jitter)
        now = message.next_at
    assert message.state == "failed"
    assert (message.attempts, message.last_status, message.last_error) == (8, 500, "status")
    pauses = [after - before for before, after in pairwise(tries)]
    assert all(0.9 * pause - 1 <= found <= 1.1 * pause + 1 for pause, found in zip(PAUSES, pauses, strict=True))
    assert 24.5 * 3600 < sum(pauses) < 30.5 * 3600


def test_a_message_started_anew_has_all_its_tries_again_and_keeps_its_name() -> None:
    failed = webhooks_rules.failed_with(webhooks_rules.with_attempt(MESSAGE, "att_1", AT, NOW), "status")
    anew = webhooks_rules.restarted(failed, NOW + 1, NOW + 2, "rpl_1")
    assert (anew.state, anew.tries, anew.attempts, anew.message_id) == ("waiting", 0, 1, "msg_1")
    assert (anew.called_at, anew.expires_at, anew.replay) == (NOW + 1, NOW + 2, "rpl_1")


@pytest.mark.parametrize(
    ("error", "last_success_at", "changed_at", "dead"),
    [
        ("status", "", "2026-11-20T08:00:00.000Z", True),
        ("status", "2026-11-20T08:59:00.000Z", "2026-11-20T08:00:00.000Z", True),
        ("status", "2026-11-20T09:01:00.000Z", "2026-11-20T08:00:00.000Z", False),
        ("status", "", "2026-11-20T09:01:00.000Z", False),  # another address has its own time
        ("gone", "2026-11-20T09:01:00.000Z", "2026-11-20T09:01:00.000Z", True),
    ],
)
def test_an_endpoint_is_dead_that_took_nothing_while_a_message_failed(
    error: webhooks_rules.DeliveryError, last_success_at: str, changed_at: str, dead: bool
) -> None:
    failed = webhooks_rules.failed_with(webhooks_rules.with_attempt(MESSAGE, "att_1", AT, NOW), error)
    endpoint = webhooks_rules.replace(ENDPOINT, last_success_at=last_success_at, changed_at=changed_at)
    assert webhooks_rules.is_dead(endpoint, failed) is dead
