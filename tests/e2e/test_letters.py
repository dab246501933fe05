"""Letters on the local cloud: table, stream, queue and mail service, and the mail service's reports back through topic and queue."""

import uuid
from typing import Any

import pytest

from chalicelib.mail import keys as mail_keys
from chalicelib.table.client import Table
from infra.demo.portal import Portal
from tests.support.cloud import DeployedClub


@pytest.fixture
def table(cloud: DeployedClub) -> Table:
    return Table(cloud.client("dynamodb"), cloud.outputs["TableName"])


def asks_for_a_code(guest: Portal, email: str) -> None:
    consents = [{"purpose": "personal_data", "version": "2026-1", "agreed": True}]
    guest.post("/v1/registrations", {"name": "Anna Orlova", "email": email, "consents": consents}, expect=202)


def letter_of(table: Table, mail: dict[str, Any]) -> dict[str, Any]:
    return table.get(mail_keys.letter(mail["tags"]["letter_id"]), consistent=True) or {}


def test_a_letter_is_followed_until_it_is_delivered(cloud: DeployedClub, guest: Portal, table: Table) -> None:
    email = f"anna.{uuid.uuid4().hex}@partner.example"
    asks_for_a_code(guest, email)
    (mail,) = cloud.mail(email)
    letter = cloud.until(
        lambda: found if "delivered_at" in (found := letter_of(table, mail)) else None, "the report on the letter"
    )
    assert (letter["state"], letter["attempts"]) == ("sent", 1)
    assert letter["message_id"]
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert mail["html"].startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("fate", "state", "reason", "letters"),
    [("bounce", "rejected", "bounce: Permanent/General", 1), ("complaint", "sent", None, 2)],
)
def test_an_address_that_bounces_gets_no_second_code_and_one_that_complains_gets_the_code_it_asks_for(
    cloud: DeployedClub, guest: Portal, table: Table, fate: str, state: str, reason: str | None, letters: int
) -> None:
    """SES' own addresses for trying that out."""
    email = f"{fate}+{uuid.uuid4().hex}@simulator.amazonses.com"
    asks_for_a_code(guest, email)
    (mail,) = cloud.mail(email)
    suppression = cloud.until(lambda: table.get(mail_keys.suppression(email)), "the suppression")
    assert suppression["reason"] == fate
    told = "bounced_at" if fate == "bounce" else "complained_at"
    letter = cloud.until(lambda: found if told in (found := letter_of(table, mail)) else None, "the report")
    assert (letter["state"], letter.get("reason")) == (state, reason)

    asks_for_a_code(guest, email)
    other = f"anna.{uuid.uuid4().hex}@partner.example"
    asks_for_a_code(guest, other)
    cloud.mail(other)  # later in the same queue: a letter to the first address would be here by now
    cloud.until(lambda: len(guest.letters(email)) >= letters, "the code that was asked for")
    assert len(guest.letters(email)) == letters


def test_a_message_that_comes_twice_sends_nothing_twice(cloud: DeployedClub, guest: Portal, table: Table) -> None:
    email = f"anna.{uuid.uuid4().hex}@partner.example"
    asks_for_a_code(guest, email)
    (mail,) = cloud.mail(email)
    queue = cloud.outputs["LettersQueueUrl"]
    for _ in range(5):
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=f'{{"letter_id": "{mail["tags"]["letter_id"]}"}}')
    other = f"anna.{uuid.uuid4().hex}@partner.example"
    asks_for_a_code(guest, other)
    cloud.mail(other)
    assert len(guest.letters(email)) == 1
