"""The letters that the local cloud's mail service took: kept, told as SES would tell it, and shown on a page."""

import base64
import html
import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

LETTERS: list[dict] = []  # newest last
SUPPRESSED: set[str] = set()  # addresses that bounced, until they are taken off

# Results of the simulator of SES by its addresses; a letter to any other address is delivered.
_FATES = {"bounce": ("Bounce",), "complaint": ("Delivery", "Complaint"), "suppressionlist": ("Bounce",)}


def keep(request: dict, message_id: str) -> dict:
    """A SendEmail request as one flat letter."""
    content, to = request["Content"], request.get("Destination", {})
    letter = {
        "id": message_id.partition("@")[0],
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "from": request.get("FromEmailAddress", ""),
        "to": [*to.get("ToAddresses", []), *to.get("CcAddresses", []), *to.get("BccAddresses", [])],
        "configuration_set": request.get("ConfigurationSetName", ""),
        "tags": {tag["Name"]: tag["Value"] for tag in request.get("EmailTags", [])},
    }
    letter |= _of_raw(base64.b64decode(content["Raw"]["Data"])) if "Raw" in content else _of_simple(content["Simple"])
    LETTERS.append(letter)
    return letter


def _of_simple(message: dict) -> dict:
    body = {part.lower(): text["Data"] for part, text in message["Body"].items()}
    return {
        "subject": message["Subject"]["Data"],
        "headers": {header["Name"]: header["Value"] for header in message.get("Headers", [])},
        "text": body.get("text", ""),
        "html": body.get("html", ""),
    }


def message(letter_id: str) -> str | None:
    """The letter as a mail server sees it: SES makes such a message of a subject, two bodies and headers."""
    letter = _found(letter_id)
    if letter is None:
        return None
    # Without folds: those of the library put an address of more than 78 letters into encoded words.
    made = EmailMessage(policy=policy.SMTP.clone(max_line_length=998))
    made["From"], made["To"], made["Subject"] = letter["from"], ", ".join(letter["to"]), letter["subject"]
    for name, value in letter["headers"].items():
        made[name] = value
    made.set_content(letter["text"])
    if letter["html"]:
        made.add_alternative(letter["html"], subtype="html")
    return made.as_bytes().decode()


def _found(letter_id: str) -> dict | None:
    return next((letter for letter in LETTERS if letter["id"] == letter_id), None)


def _of_raw(raw: bytes) -> dict:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "subject": str(message["Subject"] or ""),
        "headers": {name: str(value) for name, value in message.items()},
        "text": text.get_content() if text else "",
        "html": page.get_content() if page else "",
    }


def fate(recipient: str) -> tuple[str, ...]:
    """The events that follow Send. What bounces is suppressed from then on."""
    local_part, _, domain = parseaddr(recipient)[1].partition("@")
    simulated = _FATES.get(local_part.partition("+")[0]) if domain == "simulator.amazonses.com" else None
    fates = ("Bounce",) if recipient in SUPPRESSED else simulated or ("Delivery",)
    if "Bounce" in fates:
        SUPPRESSED.add(recipient)
    return fates


def event(letter: dict, kind: str, recipients: list[str]) -> dict:
    """The events that SES publishes about a letter."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    details = {
        "Send": {},
        "Delivery": {"timestamp": now, "recipients": recipients, "smtpResponse": "250 2.0.0 OK"},
        "Bounce": {
            "timestamp": now,
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": recipient, "status": "5.1.1"} for recipient in recipients],
        },
        "Complaint": {
            "timestamp": now,
            "complaintFeedbackType": "abuse",
            "complainedRecipients": [{"emailAddress": recipient} for recipient in recipients],
        },
    }
    return {
        "eventType": kind,
        "mail": {
            "timestamp": letter["at"],
            "messageId": letter["id"],
            "source": letter["from"],
            "destination": letter["to"],
            "headers": [{"name": name, "value": value} for name, value in letter["headers"].items()],
            "commonHeaders": {"from": [letter["from"]], "to": letter["to"], "subject": letter["subject"]},
            "tags": {
                "ses:configuration-set": [letter["configuration_set"]],
                **{name: [value] for name, value in letter["tags"].items()},
            },
        },
        kind.lower(): details[kind],
    }


_PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #ddd }}
td.nowrap {{ white-space: nowrap; color: #666 }} iframe {{ width: 100%; height: 32rem; border: 1px solid #ddd }}
pre {{ white-space: pre-wrap; background: #f6f6f6; padding: 1rem }} a {{ color: #0a58ca }}
</style>{body}"""


def list_page() -> str:
    rows = "".join(
        f'<tr><td class="nowrap">{letter["at"][11:19]}</td><td>{html.escape(", ".join(letter["to"]))}</td>'
        f'<td><a href="/_local/mailbox/{letter["id"]}">{html.escape(letter["subject"])}</a></td></tr>'
        for letter in reversed(LETTERS)
    )
    table = (
        f"<table><tr><th>UTC</th><th>To</th><th>Subject</th></tr>{rows}</table>" if rows else "<p>No letters yet.</p>"
    )
    return _PAGE.format(
        title="Mailbox", body=f"<h1>Mailbox</h1><p>Every letter sent since the start, newest first.</p>{table}"
    )


def letter_page(letter_id: str) -> str | None:
    letter = _found(letter_id)
    if letter is None:
        return None
    facts = {"From": letter["from"], "To": ", ".join(letter["to"]), "Sent": letter["at"], **letter["headers"]}
    head = "".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in facts.items()
    )
    # Sandboxed: a letter's page must not run scripts here.
    page = f'<h2>HTML</h2><iframe sandbox srcdoc="{html.escape(letter["html"])}"></iframe>' if letter["html"] else ""
    body = (
        f'<p><a href="/_local/mailbox">Mailbox</a></p><h1>{html.escape(letter["subject"])}</h1><table>{head}</table>'
        f"<h2>Text</h2><pre>{html.escape(letter['text'])}</pre>{page}"
    )
    return _PAGE.format(title=html.escape(letter["subject"]), body=body)
