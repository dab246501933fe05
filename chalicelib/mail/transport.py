"""The mail service: sending a letter, and reading a report.

The client makes one attempt a call (`platform.aws.ses`): a retry of the SDK would be a second letter.
"""

import json
from email.utils import formataddr, parseaddr
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
)

from chalicelib.mail.model import Accepted, Answer, Mail, NotSent, Refused, Report, Unanswered
from chalicelib.mail.rules import answer_to_error
from chalicelib.platform import aws, clock
from chalicelib.platform.log import log
from chalicelib.platform.settings import settings
from chalicelib.platform.spelling.email_address import in_ascii, in_unicode

TAG = "letter_id"
HEADER = "X-Letter-Id"

# These come before the first byte of the letter has left.
_NEVER_LEFT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

KINDS: dict[str, Any] = {
    "Send": "send",
    "Delivery": "delivery",
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Reject": "reject",
    "DeliveryDelay": "delay",
    "Open": "open",
    "Click": "click",
}
_TOLD = {"delay": "deliveryDelay"}  # the member of the event that tells more, where its name is another
# Published when the events of a configuration set begin to go to a topic, and in plain text.
_GREETING = "Successfully validated SNS topic"
_RECIPIENTS = {"bounce": "bouncedRecipients", "complaint": "complainedRecipients"}


def send(mail: Mail, letter_id: str) -> Answer:
    """One call, one recipient. The tag comes back with every report."""
    try:
        address = in_ascii(mail.address)
    except UnicodeError:
        return Refused("address")  # no domain name can be made of it
    try:
        answer = aws.ses().send_email(
            FromEmailAddress=_sender(),
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": mail.text, "Charset": "UTF-8"},
                        "Html": {"Data": mail.html, "Charset": "UTF-8"},
                    },
                    "Headers": [{"Name": name, "Value": value} for name, value in headers(mail, letter_id).items()],
                }
            },
            ConfigurationSetName=settings().mail_configuration_set,
            EmailTags=[{"Name": TAG, "Value": letter_id}],
        )
    except ClientError as error:
        return answer_to_error(
            error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"].get("Code", "")
        )
    except _NEVER_LEFT as error:
        return NotSent(type(error).__name__)
    except BotoCoreError as error:
        return Unanswered(type(error).__name__)
    return Accepted(answer["MessageId"])


def letters_per_second() -> float:
    """The rate that the mail service allows the account."""
    return float(aws.ses().get_account()["SendQuota"]["MaxSendRate"])


def headers(mail: Mail, letter_id: str) -> dict[str, str]:
    """The headers that the mail service does not write itself."""
    written = {
        "Auto-Submitted": "auto-generated",  # so that no answering machine answers
        "Content-Language": mail.language,
        HEADER: letter_id,
    }
    if mail.pages is None:
        return written
    # RFC 2369, RFC 8058. Without a mailto: nobody reads a mailbox for that.
    return written | {
        "List-Unsubscribe": f"<{mail.pages.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _letter_id(mail: dict[str, Any]) -> str:
    """By the tag, and by the header where an identity's notification has no tags; empty for neither."""
    tagged: list[str] = mail.get("tags", {}).get(TAG, [])
    named = [each["value"] for each in mail.get("headers", []) if each["name"].lower() == HEADER.lower()]
    return next(iter([*tagged, *named]), "")


def _sender() -> str:
    name, address = parseaddr(settings().mail_from)
    return formataddr((name, in_ascii(address)))


def report_of(body: str) -> Report | None:
    """An event of the mail service as it comes through the queue; None for what changes nothing, such as the service's greeting.

    The service spells its events in two ways: those of a configuration set say `eventType`, those of an identity `notificationType`, and
    without the letter's tags: where the identity includes headers, the letter's own one names it. Raises for what is no event: its message ends among the dead letters,
    where somebody looks at it.
    """
    if body.startswith(_GREETING):
        return None
    event = json.loads(body)
    kind = KINDS.get(event.get("eventType") or event["notificationType"])
    if kind is None:
        return None
    told = event.get(_TOLD.get(kind, kind), {})
    if told.get("complaintFeedbackType") == "not-spam":
        log.info("a reader took a letter out of the spam", extra={"letter_id": _letter_id(event["mail"])})
        return None
    recipients = told.get(_RECIPIENTS.get(kind, ""), [])
    return Report(
        kind=kind,
        at=clock.stamp(clock.moment(told.get("timestamp") or event["mail"]["timestamp"])),
        letter_id=_letter_id(event["mail"]),
        bounce=f"{told['bounceType']}/{told['bounceSubType']}" if kind == "bounce" else "",
        addresses=tuple(in_unicode(parseaddr(each["emailAddress"])[1]) for each in recipients),
        agent=told.get("userAgent", "") if kind in ("open", "click") else "",
        link=told.get("link", "") if kind == "click" else "",
    )
