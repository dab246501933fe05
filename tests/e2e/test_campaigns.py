"""A campaign on the deployed stack: a segment, an issue that a second person approves, ticks, the letter, a click, leaving, and the results.

Nobody waits for a Tuesday: what the tick finds by its moment is put to a moment that has come.
"""

import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import requests
from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns.config import Campaigns
from chalicelib.campaigns.plan import keys as plan_keys
from chalicelib.campaigns.segments.rules import is_held_out
from chalicelib.campaigns.sending import keys
from chalicelib.platform import clock
from chalicelib.platform.config import config
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from infra.demo.portal import Portal
from infra.demo.seed import STAFF
from tests.support import one_click
from tests.support.cloud import DeployedClub

ZONE = "Europe/Moscow"


@pytest.fixture
def table(cloud: DeployedClub) -> Table:
    return Table(cloud.client("dynamodb"), cloud.outputs["TableName"])


def joined(guest: Portal, mark: str) -> tuple[str, Portal]:
    """A member who agreed to advertising, and whom the hold-out does not hold."""
    campaigns = config()[Campaigns]
    consents = [
        {"purpose": each["purpose"], "version": each["version"], "agreed": True}
        for each in guest.get("/v1/club")["consents"]
    ]
    for number in range(5):
        email = f"campaign.{mark}.{number}@partner.example"
        form = {"name": "Анна Светлова", "email": email, "language": "ru", "consents": consents}
        partner = guest.sign_in(email, guest.post("/v1/registrations", form, expect=202))
        member_id = partner.get("/v1/me")["member_id"]
        if not is_held_out(campaigns.holdout_salt, member_id, campaigns.holdout_percent):
            partner.get("/v1/me")
            partner.call("PATCH", "/v1/me", {"interests": [mark]}, If_Match=partner.etag)
            return email, partner
    raise AssertionError("five members are held out")


def has_come(table: Table, key: Key, kind: str, issue_id: str, zone: str = "") -> None:
    """The work is due now."""
    now = clock.stamp(clock.now() - timedelta(minutes=1))
    put: dict[str, Any] = plan_keys.campaign_work(now, kind, issue_id, zone).as_gsi2()
    table.update(key, put={**put, **({"due_at": now} if zone else {})}, when=Attr("pk").exists())


def test_an_issue_goes_from_its_segment_to_its_results(
    cloud: DeployedClub, guest: Portal, table: Table, today: date
) -> None:
    mark = uuid.uuid4().hex
    email, _ = joined(guest, mark)
    marketing, admin = guest.sign_in(STAFF["marketing"][1]), guest.sign_in(STAFF["admin"][1])
    segment = {"name": f"Campaign {mark}", "conditions": {"interests": [mark]}}
    segment_id = marketing.order_post("/v1/staff/segments", segment, expect=201)["segment_id"]
    body = "# Новые светильники\n\n[Смотреть](https://shop.example/lamps)"
    text = {"subject": f"Новинки {mark}", "body": body}
    form = {
        "title": "Lamps",
        "topic": "products",
        "issue_class": "advertising",
        "slot": f"{today + timedelta(days=14 - (today.weekday() - 1) % 7)}T12:30",
        "segment_id": segment_id,
        "texts": {"en": text, "ru": text},
        "accept_skips": True,
    }
    issue_id = marketing.order_post("/v1/staff/campaigns", form, expect=201)["issue_id"]
    path = f"/v1/staff/campaigns/{issue_id}"
    admin.get(path)
    marketing.post(f"{path}/approve", expect=403, If_Match=admin.etag)
    admin.post(f"{path}/approve", If_Match=admin.etag)
    marketing.order_post(f"{path}/test", expect=202)
    assert guest.letter(STAFF["marketing"][1], mark)["subject"].startswith(("Test", "Проверка"))

    has_come(table, plan_keys.issue(issue_id), "AUDIENCE", issue_id)
    assert cloud.invoke("start_campaigns")["audiences"] >= 1
    rehearsed = cloud.until(
        lambda: found if (found := marketing.get(f"{path}/sending"))["composed"] else None, "the rehearsal", wait=60
    )
    assert (rehearsed["state"], rehearsed["recipients"], rehearsed["failures"]) == ("queued", 1, [])

    has_come(table, keys.run(issue_id, ZONE), "RUN", issue_id, ZONE)
    cloud.invoke("start_campaigns")
    (letter,) = cloud.mail(email, subject=mark)
    cloud.until(lambda: marketing.get(f"{path}/sending")["state"] == "sent" or None, "the end of the issue")
    (person,) = marketing.get(f"{path}/recipients")["items"]
    assert (person["left_out"], person["letter"]["state"]) == (None, "sent")

    link = re.findall(r'href="([^"]*/v1/links/[^"]*/1)"', letter["html"])[0]
    clicked = requests.get(
        link, allow_redirects=False, timeout=60, headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0"}
    )
    assert (clicked.status_code, clicked.headers["Location"]) == (302, "https://shop.example/lamps")
    every = set(re.findall(r'href="([^"]*/v1/[^"]*)"', letter["html"]))
    answers = {each: requests.get(each, allow_redirects=False, timeout=60).status_code for each in every}
    assert set(answers.values()) == {200, 302}, answers
    raw = requests.get(f"{guest.mailbox_url}box/{letter['id']}.eml", timeout=60).content
    offer = one_click.offer_of(raw, secure="http://")  # the local cloud has no certificate
    for multipart in (False, True):
        assert one_click.unsubscribe(offer, multipart=multipart).status_code == 200

    def counted() -> Any:
        answer = requests.get(
            f"{cloud.api_url}{path}/results", headers={"Authorization": f"Bearer {marketing.token}"}, timeout=60
        )
        return answer.json() if answer.status_code == 200 else None

    cloud.invoke("nightly_letter_results")
    assert counted() is None, "its slot is still to come"
    queue = cloud.outputs["LetterResultsQueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=f'{{"issue_id": "{issue_id}"}}')

    results = cloud.until(counted, "the results")
    assert (results["planned"], results["sent"], results["unsubscribed"]) == (1, 1, 1)
    # Whoever clicks within ten seconds of the delivery is a program: on a busy machine it took longer.
    assert sorted(results["clicked"].values()) == [0, 1]
