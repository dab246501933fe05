"""Marketing writes to those who want it: from a segment to the figures. A chapter of the story."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import requests

from infra.demo.portal import Portal, Say, Unexpected, await_
from infra.demo.seed import STAFF

READERS = ("Глеб Монтажников", "Дарья Проектова", "Егор Щитов")
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0"}


Play = Callable[[str], None]
"""Takes an issue's id."""


@dataclass(frozen=True)
class Issue:
    """An issue that has left: its path, and the letters of its readers."""

    marketing: Portal
    path: str
    letters: list[dict[str, Any]]

    @property
    def issue_id(self) -> str:
        return self.path.rpartition("/")[2]


def send(guest: Portal, consents: list[dict[str, Any]], mark: str, today: date, slot: Play, say: Say) -> Issue:
    """`slot` lets the slots of an issue come."""
    interest = f"Выставка {mark}"
    emails = _readers(guest, consents, mark, interest)
    marketing, second = guest.sign_in(STAFF["marketing"][1]), guest.sign_in(STAFF["admin"][1])
    segment_id = _segment(marketing, interest, say)
    path = _issue(marketing, second, segment_id, mark, today, say)
    slot(path.rpartition("/")[2])
    sending = marketing.get(f"{path}/sending")
    letters = _letters(guest, marketing, path, emails, mark)
    slots = ", ".join(f"{each['slot']} in {each['zone']}" for each in sending["runs"])
    say(
        f"the tick of {slots}: letters {sending['letters']}, skipped {sending['skipped']}; "
        f"«{letters[0]['subject']}» lies in {len(letters)} mailboxes"
    )
    return Issue(marketing, path, letters)


def measure(issue: Issue, night: Play, say: Say) -> None:
    """`night` lets the results of an issue be counted. Some seconds after the letters: whoever is faster than a person counts as a program."""
    clicked, left = _click(issue.letters[0]), _leave(issue.letters[-1])
    say(f"a reader clicks and comes to {clicked}; {left} leaves by one click of the mail program")
    night(issue.issue_id)
    _results(issue, say)


def _readers(guest: Portal, consents: list[dict[str, Any]], mark: str, interest: str) -> list[str]:
    """Their addresses. Each is an installer who was at a fair."""
    started = {}
    for number, name in enumerate(READERS):
        email = f"reader{number}.{mark}@partner.example"
        form = {"name": name, "email": email, "language": "ru", "consents": consents}
        started[email] = guest.post("/v1/registrations", form, expect=202)
    for email, registration in started.items():
        reader = guest.sign_in(email, registration)
        reader.get("/v1/me")
        reader.call("PATCH", "/v1/me", {"audience": "installer", "interests": [interest]}, If_Match=reader.etag)
    return list(started)


def _segment(marketing: Portal, interest: str, say: Say) -> str:
    form = {"name": interest, "conditions": {"audiences": ["installer"], "interests": [interest]}}
    started = marketing.order_post(
        "/v1/staff/segments/preview", {"conditions": form["conditions"], "topic": "products"}, expect=201
    )

    def counted() -> Any:
        found = marketing.get(f"/v1/staff/audiences/{started['audience_id']}")
        return found if found["state"] == "done" else None

    audience = await_("the count of the segment", counted)
    say(
        f"marketing counts the segment «{interest}»: of {audience['members']} members {audience['matched']} match, "
        f"{audience['invited']} would get a letter, left out: {audience['left_out'] or 'nobody'}"
    )
    return str(marketing.order_post("/v1/staff/segments", form, expect=201)["segment_id"])


def _issue(marketing: Portal, second: Portal, segment_id: str, mark: str, today: date, say: Say) -> str:
    """Its path. What the plan refuses is tried on the way."""
    text = {
        "subject": f"Новые панели, {mark}",
        "body": "# Новые панели\n\n{{ name }}, они светят ровнее и стоят столько же.\n\n[Посмотреть]({{ portal_url }}/panels)",
    }
    slot = today + timedelta(days=7 + (1 - today.weekday()) % 7)  # a Tuesday
    form = {
        "title": f"Панели {mark}",
        "topic": "products",
        "issue_class": "advertising",
        "slot": f"{slot}T12:30",
        "segment_id": segment_id,
        "texts": {"ru": text, "en": text},
    }
    discount = {"ru": {**text, "body": "Панели: скидка 20 %"}, "en": text}
    marketing.order_post("/v1/staff/campaigns", {**form, "texts": discount}, expect=422)
    issue = marketing.order_post("/v1/staff/campaigns", {**form, "accept_skips": True}, expect=201)
    path = f"/v1/staff/campaigns/{issue['issue_id']}"
    near = {**form, "title": f"Драйверы {mark}", "slot": f"{slot + timedelta(days=2)}T12:30"}
    told = marketing.order_post("/v1/staff/campaigns", near, expect=409)
    clash = next(each for each in told["clashes"] if each["first_issue_id"] == issue["issue_id"])
    say(
        f"an issue for {form['slot']}; a discount without its promotion was refused, and another issue {clash['days']} days "
        f"later, too: {clash['least_days']} are the least, {clash['move_to']} is free"
    )
    second.get(path)
    marketing.post(f"{path}/approve", expect=403, If_Match=second.etag)
    second.post(f"{path}/approve", If_Match=second.etag)
    marketing.order_post(f"{path}/test", expect=202)
    test = marketing.letter(STAFF["marketing"][1], mark)
    say(f"its author may not approve it, a second person did; the test came: «{test['subject']}»")
    return path


def _letters(guest: Portal, marketing: Portal, path: str, emails: list[str], mark: str) -> list[dict[str, Any]]:
    """The letters of the issue. The club holds a lasting share of its readers out of all of them."""
    wanted = sum(each["left_out"] is None for each in marketing.get(f"{path}/recipients")["items"])

    def letters() -> Any:
        found = [each for email in emails for each in guest.letters(email) if mark in each["subject"]]
        return found if len(found) == wanted else None

    found: list[dict[str, Any]] = await_(f"{wanted} letters", letters)
    if not found:
        raise Unexpected("everybody is held out")
    return found


def _click(letter: dict[str, Any]) -> str:
    link = re.findall(r'href="([^"]*/v1/links/[^"]*/1)"', letter["html"])[0]
    answer = requests.get(link, headers=BROWSER, allow_redirects=False, timeout=90)
    return answer.headers["Location"]


def _leave(letter: dict[str, Any]) -> str:
    link = letter["headers"]["List-Unsubscribe"].strip("<>")
    answer = requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=90)
    if answer.status_code != 200:
        raise Unexpected(f"{link}: {answer.status_code}")
    return str(letter["to"][0])


def _results(issue: Issue, say: Say) -> None:
    def counted() -> Any:
        """Empty until the night is over."""
        try:
            found = issue.marketing.get(f"{issue.path}/results")
        except Unexpected:
            return None
        return found if found["unsubscribed"] else None

    found = await_("the results", counted)
    say(
        f"results: planned {found['planned']}, sent {found['sent']}, clicked by people {found['clicked']['people']}, "
        f"by programs {found['clicked']['machines']}, left {found['unsubscribed']}; against the hold-out: "
        + ("too few companies to tell" if found["purchases"]["share"] is None else str(found["purchases"]["share"]))
    )
    slot = issue.marketing.get(issue.path)["slot"]
    figures = issue.marketing.get(f"/v1/staff/letters/figures?by=slot&to={slot[:10]}")
    best = figures["best"]
    say(f"the best slot: {best['group'] if best else 'too few to tell'}, of {len(figures['groups'])}")
