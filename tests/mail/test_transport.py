"""The mail service's door: what goes through it, and what comes back."""

import json
from dataclasses import replace
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from chalicelib.mail import transport
from chalicelib.mail.jobs import send_letters
from chalicelib.mail.model import Accepted, Mail, NotSent, Pages, Refused, Unanswered
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.registry import functions
from chalicelib.platform.settings import settings
from infra.build import ROOT
from tests.mail.steps import MailService, client_error

LETTER = Mail(address="anna@partner.example", language="ru", subject="Тема", html="<p>Привет</p>", text="Привет")


@pytest.fixture
def service(account: None, monkeypatch: pytest.MonkeyPatch) -> MailService:
    made = MailService()
    monkeypatch.setattr(aws, "ses", lambda: made)
    return made


def test_a_letter_goes_to_one_recipient_and_carries_its_id(service: MailService) -> None:
    assert transport.send(LETTER, "ltr_1") == Accepted("message-1")
    (sent,) = service.accepted
    assert sent["FromEmailAddress"] == "Partner club <club@portal.example>"
    assert sent["Destination"] == {"ToAddresses": ["anna@partner.example"]}
    assert sent["ConfigurationSetName"] == "club"
    assert sent["EmailTags"] == [{"Name": "letter_id", "Value": "ltr_1"}]
    words = sent["Content"]["Simple"]
    assert words["Subject"] == {"Data": "Тема", "Charset": "UTF-8"}
    assert words["Body"]["Text"]["Data"] == "Привет"
    assert words["Body"]["Html"]["Data"] == "<p>Привет</p>"
    assert {"Name": "Auto-Submitted", "Value": "auto-generated"} in words["Headers"]


def test_a_letter_with_advertising_says_how_to_leave_with_one_click(service: MailService) -> None:
    """RFC 8058: both headers, one https address, and nothing else in them. A service letter has neither."""
    left = replace(
        LETTER, pages=Pages("https://club.example/v1/letters/t/unsubscribe", "https://club.example/v1/letters/t")
    )
    assert {name: value for name, value in transport.headers(left, "ltr_1").items() if name.startswith("List-")} == {
        "List-Unsubscribe": "<https://club.example/v1/letters/t/unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert not [name for name in transport.headers(LETTER, "ltr_1") if name.startswith("List-")]


def test_addresses_of_any_domain_go_out_in_ascii(service: MailService, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mail service takes Punycode and encoded words, and refuses Unicode."""
    monkeypatch.setenv("MAIL_FROM", "Партнёрский клуб <club@клуб.рф>")
    settings.cache_clear()
    transport.send(replace(LETTER, address="anna@папироска.рф"), "ltr_1")
    (sent,) = service.accepted
    assert sent["Destination"] == {"ToAddresses": ["anna@xn--80aaxitdbjk.xn--p1ai"]}
    assert sent["FromEmailAddress"].isascii()
    assert parseaddr(str(make_header(decode_header(sent["FromEmailAddress"])))) == (
        "Партнёрский клуб",
        "club@xn--90ard6a.xn--p1ai",
    )


def test_an_address_of_which_no_domain_name_can_be_made_is_refused(service: MailService) -> None:
    assert transport.send(replace(LETTER, address=f"anna@{'ж' * 70}.рф"), "ltr_1") == Refused("address")
    assert service.calls == 0


@pytest.mark.parametrize("kind", ["Bounce", "Complaint"])
@pytest.mark.parametrize("reported", ["Anna@xn--80aaxitdbjk.xn--p1ai", "anna@Папироска.рф"])
def test_a_report_names_the_address_as_the_club_knows_it(kind: str, reported: str) -> None:
    if kind == "Bounce":
        bounced = {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": reported}],
        }
        report = transport.report_of(event("Bounce", bounce=bounced))
    else:
        report = transport.report_of(
            event("Complaint", complaint={"complainedRecipients": [{"emailAddress": reported}]})
        )
    assert report is not None
    assert report.addresses == ("anna@папироска.рф",)


@pytest.mark.parametrize("name", ["X-Letter-Id", "x-letter-id"])
def test_a_notification_of_an_identity_has_no_tags_and_finds_its_letter_by_the_header(
    service: MailService, name: str
) -> None:
    transport.send(LETTER, "ltr_1")
    (sent,) = service.accepted
    (value,) = (each["Value"] for each in sent["Content"]["Simple"]["Headers"] if each["Name"] == "X-Letter-Id")
    about = {
        "timestamp": "2026-11-20T09:00:00.000Z",
        "headersTruncated": False,
        "headers": [{"name": "Subject", "value": "Lamps"}, {"name": name, "value": value}],
    }
    told = json.dumps({"notificationType": "Delivery", "mail": about, "delivery": {"timestamp": about["timestamp"]}})
    report = transport.report_of(told)
    assert report and report.letter_id == "ltr_1"


def test_who_takes_a_letter_out_of_the_spam_complains_of_nothing_and_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = {"complainedRecipients": [{"emailAddress": "anna@partner.example"}], "complaintFeedbackType": "not-spam"}
    caplog.set_level("INFO")
    assert transport.report_of(event("Complaint", complaint=told)) is None
    template = (ROOT / "infra" / "resources.yaml").read_text(encoding="utf-8")
    assert f'$.message = "{caplog.messages[0]}"' in template
    report = transport.report_of(event("Complaint", complaint={**told, "complaintFeedbackType": "abuse"}))
    assert report and report.suppresses


def test_times_of_reports_sort_whatever_their_zone_and_what_is_no_time_is_refused() -> None:
    told = {"timestamp": "2026-11-20T12:00:00+03:00"}
    report = transport.report_of(event("Delivery", delivery=told))
    assert report and report.at == "2026-11-20T09:00:00.000Z"
    with pytest.raises(ValueError, match="yesterday"):
        transport.report_of(event("Delivery", delivery={"timestamp": "yesterday"}))


def test_a_reported_domain_that_is_no_punycode_stays_as_it_is() -> None:
    told = {"complainedRecipients": [{"emailAddress": "anna@xn--99999999.example"}]}
    report = transport.report_of(event("Complaint", complaint=told))
    assert report is not None
    assert report.addresses == ("anna@xn--99999999.example",)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (client_error(429, "TooManyRequestsException"), NotSent("TooManyRequestsException")),
        (client_error(400, "MessageRejected"), Refused("MessageRejected")),
        (client_error(503, "ServiceUnavailable"), Unanswered("ServiceUnavailable")),
        (ReadTimeoutError(endpoint_url="x"), Unanswered("ReadTimeoutError")),
        (ConnectionClosedError(endpoint_url="x"), Unanswered("ConnectionClosedError")),
        (BotoCoreError(), Unanswered("BotoCoreError")),
        (ConnectTimeoutError(endpoint_url="x"), NotSent("ConnectTimeoutError")),
        (EndpointConnectionError(endpoint_url="x"), NotSent("EndpointConnectionError")),
        (NoCredentialsError(), NotSent("NoCredentialsError")),
    ],
)
def test_an_error_leaves_no_doubt_what_is_known(
    service: MailService, monkeypatch: pytest.MonkeyPatch, error: ClientError | BotoCoreError, meaning: Any
) -> None:
    def failing(**request: Any) -> None:
        raise error

    monkeypatch.setattr(service, "send_email", failing)
    assert transport.send(LETTER, "ltr_1") == meaning


def test_the_sdk_makes_one_attempt_only(account: None) -> None:
    """Its retry of a lost reply would be a second letter."""
    assert aws.ses().meta.config.retries["total_max_attempts"] == 1  # type: ignore[attr-defined]


def event(kind: str, tags: Any = None, **told: Any) -> str:
    about = {"timestamp": "2026-11-20T09:00:00.000Z", "tags": tags if tags is not None else {"letter_id": ["ltr_1"]}}
    return json.dumps({"eventType": kind, "mail": about, **told})


def test_a_send_report_has_the_time_of_the_mail() -> None:
    report = transport.report_of(event("Send", send={}))
    assert report is not None
    assert (report.kind, report.at, report.letter_id) == ("send", "2026-11-20T09:00:00.000Z", "ltr_1")
    assert (report.bounce, report.addresses, report.suppresses) == ("", (), "")


def test_a_bounce_report_names_its_type_and_addresses() -> None:
    told = {
        "bounceType": "Permanent",
        "bounceSubType": "NoEmail",
        "timestamp": "2026-11-20T09:00:07.000Z",
        "bouncedRecipients": [{"emailAddress": "Anna@Partner.example"}],
    }
    report = transport.report_of(event("Bounce", bounce=told))
    assert report is not None
    assert (report.kind, report.at, report.bounce) == ("bounce", "2026-11-20T09:00:07.000Z", "Permanent/NoEmail")
    assert (report.addresses, report.suppresses) == (("anna@partner.example",), "bounce")


def test_a_report_on_mail_that_is_no_letter_has_no_letter() -> None:
    report = transport.report_of(event("Send", tags={"ses:configuration-set": ["club"]}, send={}))
    assert report is not None
    assert report.letter_id == ""


def test_a_report_of_another_kind_is_none_of_ours() -> None:
    assert transport.report_of(event("Subscription", subscription={})) is None


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("DeliveryDelay", "delay", {"deliveryDelay": {"timestamp": "2026-11-20T09:01:00.000Z"}}),
        ("Open", "open", {"open": {"timestamp": "2026-11-20T09:01:00.000Z", "userAgent": "Mozilla/5.0"}}),
        ("Click", "click", {"click": {"timestamp": "2026-11-20T09:01:00.000Z", "link": "https://a.example"}}),
    ],
)
def test_delays_openings_and_clicks_are_reports_too(name: str, kind: str, told: Any) -> None:
    report = transport.report_of(event(name, **told))
    assert report is not None
    assert (report.kind, report.at, report.suppresses) == (kind, "2026-11-20T09:01:00.000Z", "")


@pytest.mark.parametrize("spelling", ["eventType", "notificationType"])
def test_both_spellings_of_a_report_suppress_all_of_its_recipients(spelling: str) -> None:
    told = {
        "timestamp": "2026-11-20T09:00:07.000Z",
        "complainedRecipients": [{"emailAddress": "Anna@Partner.example"}, {"emailAddress": "boris@partner.example"}],
    }
    about = {"timestamp": "2026-11-20T09:00:00.000Z", "messageId": "m", "destination": ["anna@partner.example"]}
    report = transport.report_of(json.dumps({spelling: "Complaint", "mail": about, "complaint": told}))
    assert report is not None
    assert (report.kind, report.letter_id, report.suppresses) == ("complaint", "", "complaint")
    assert report.addresses == ("anna@partner.example", "boris@partner.example")


def test_the_greeting_after_a_deployment_is_no_report() -> None:
    """The mail service publishes it, in plain text, when the events of a configuration set begin to go to a topic."""
    greeting = "Successfully validated SNS topic for Amazon SES event publishing."
    assert transport.report_of(greeting) is None


def test_a_body_that_is_no_report_is_not_swallowed(context: Context) -> None:
    with pytest.raises(KeyError):
        transport.report_of('{"hello": "world"}')
    with pytest.raises(json.JSONDecodeError):
        transport.report_of("hello world")


def test_a_mail_service_that_hangs_spends_the_tries_of_no_other_letter() -> None:
    worker = functions.DECLARED[send_letters.__name__]
    assert isinstance(worker.starts, functions.Queue)
    config: Any = aws.ses().meta.config
    longest = config.connect_timeout + config.read_timeout
    assert worker.starts.batch * longest < worker.timeout - 5, (
        "the rest of a batch would come again, and count as tried"
    )
