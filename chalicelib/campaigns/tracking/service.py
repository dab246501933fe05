"""Readings are kept as they come, and judged together; a click goes on to the address of its link."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib import auth, mail, members
from chalicelib.campaigns.config import Tracking
from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.plan import store as plan_store
from chalicelib.campaigns.plan.model import IssueTexts
from chalicelib.campaigns.tracking import rules, store
from chalicelib.campaigns.tracking.model import Reading, ReadingKind
from chalicelib.mail import Letter, Mail, Report, Unsendable
from chalicelib.platform import Context, Problem, aws, derived_id, or_not_found
from chalicelib.platform.log import log
from chalicelib.platform.settings import settings

AGENT_LENGTH = 200


def tracked(composed: Mail, texts: IssueTexts, letter_id: str) -> Mail:
    """The letter with links that lead through the club. Raises Unsendable where they make it too large."""
    token = rules.token_of(aws.secret(), letter_id)
    base = f"{settings().letters_url}/v1/links/{token}"
    links = {address: f"{base}/{number}" for number, address in enumerate(_addresses(texts)) if number != rules.HIDDEN}
    html, text = rules.tracked(composed.html, composed.text, links, f"{base}/{rules.HIDDEN}")
    if issue_texts.bytes_of(html, text) > issue_texts.MOST_BYTES:
        raise Unsendable("too_large")
    return replace(composed, html=html, text=text)


def follow(context: Context, token: str, number: int, agent: str, *, is_head: bool, caller_address: str) -> str:
    """The address of a link. Notes the click; a person's one is a visit of the reader's. Raises 404 for a link that is not ours.

    Weakest point: a program that shows itself only later, by the hidden link, has counted as a visit by then.
    """
    letter_id = rules.letter_of(aws.secret(), token)
    letter = or_not_found(mail.letters(context.table, [letter_id]).get(letter_id) if letter_id else None)
    addresses = _addresses(plan_store.texts_of(context.table, [letter.cause])[letter.cause])
    if not 0 <= number < len(addresses):
        raise Problem("not_found")
    from_scanner = rules.is_among(context.config[Tracking].scanner_networks, caller_address)
    reading = Reading("click", context.at, number, agent[:AGENT_LENGTH], is_head, from_scanner)
    is_first = note(context, letter, reading)
    if is_first and members.member(context, letter.recipient.id):
        auth.note_visit(context.table, letter.recipient.id, context.now, clicked=True)
    return addresses[number]


def note(context: Context, letter: Letter, reading: Reading) -> bool:
    """Keeps a reading and judges those of the letter again. The same one again changes nothing, and their order does not matter.

    Whether it is the first of its kind by a person on its day, as far as is known.
    """
    known = store.readings_of(context.table, letter.letter_id)
    if len(known) >= store.MOST:
        log.warning("a letter is read too often to keep it", extra={"letter_id": letter.letter_id})
        return False
    reading_id = derived_id("rdg", reading.kind, reading.at, str(reading.link), reading.agent, str(reading.is_head))
    store.keep(context, letter.letter_id, reading_id, reading)
    readings = store.readings_of(context.table, letter.letter_id)
    delivered_at = letter.delivered_at or letter.sent_at
    store.keep_together(context, letter.letter_id, rules.together(readings, delivered_at))
    return rules.is_first_of_day(reading, readings, delivered_at)


def note_report(context: Context, letter: Letter, report: Report) -> None:
    """An opening; a click that the mail service tells of comes through a link of its own, whose number nobody knows."""
    kind: ReadingKind = "open" if report.kind == "open" else "click"
    note(context, letter, Reading(kind, report.at, rules.NO_LINK, report.agent))


def addresses(bodies: Iterable[str], portal_url: str) -> list[str]:
    """The addresses in an issue's texts, the same for every reader. The portal is number 0, and the end of the hidden link."""
    return [portal_url, *dict.fromkeys(each for body in bodies for each in mail.links_of(body, portal_url))]


def _addresses(texts: IssueTexts) -> list[str]:
    bodies = [text.body for text in (texts.en, texts.ru) if text]
    return addresses(bodies, settings().portal_url)
