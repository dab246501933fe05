"""The letter about a published version, as an issue of the content plan.

The issue has the report's audience as its segment, the report's topic, and the class of content: so it leaves out members who turned the
topic off, got a letter some days ago or are held out, and the results of letters count it. Somebody else than the publisher approves it, as
every issue. A slot that has passed or is none any more when the event comes gives way to the next one. An issue that the plan refuses, as
of a topic that is gone, becomes an idea in the plan: without texts and segment nobody can approve it, and somebody sees it.

The ids of issue and segment follow from the report and the number of the version: a repeat plans nothing new.

Weakest point: the segment of the letter is seen among the saved segments.
"""

import re
from dataclasses import replace
from typing import Any

from chalicelib import campaigns, mail
from chalicelib.campaigns import Conditions, IssueForm, IssueText, IssueTexts, SegmentForm
from chalicelib.market_reports.publication import store
from chalicelib.market_reports.publication.model import Content
from chalicelib.platform import Context, Language, Problem, clock, derived_id

_COMMAND = re.compile(r"\{(?=[{%#])")  # a letter would take it for the beginning of a variable or a condition
_TITLE: dict[Language, str] = {"en": "New market report: {}", "ru": "Новый отчёт о рынке: {}"}
_LINK: dict[Language, str] = {"en": "Read the report", "ru": "Открыть отчёт"}
_READERS: dict[Language, str] = {
    "en": "Reports open once you have given your phone and your company, and the company has confirmed you: your profile shows what is missing.",
    "ru": "Отчёты открываются, когда вы указали телефон и компанию и компания вас подтвердила: чего не хватает, видно в профиле.",
}


def check(context: Context, content: Content, slot: str) -> None:
    """Raises 422 for a letter without a topic, that the plan does not take, or that would come before the report."""
    if not content.topic:
        raise Problem.invalid("no_topic", "/notice_slot", "A letter needs a topic: give the report one.")
    try:
        campaigns.check_issue(context, _issue(context, content, slot))
    except Problem as problem:
        faults = [each.model_copy(update={"pointer": "/notice_slot"}) for each in problem.errors]
        raise Problem("invalid", errors=faults) from None
    if context.at < content.visible_from and clock.stamp(campaigns.first_moment(slot)) < content.visible_from:
        raise Problem.invalid("before_report", "/notice_slot", "The report is not there yet then.")


def plan(context: Context, published: dict[str, Any]) -> None:
    """Plans the letter that a publication asked for, unless the report is withdrawn. Safe to repeat."""
    slot, report_id, number = published.get("notice_slot"), published["report_id"], int(published["number"])
    if not slot or _withdrawn(context, report_id) or campaigns.has_issue(context, _id("iss", report_id, number)):
        return
    content, _ = store.read_content(context.table, report_id, number, ())
    if content is None:
        raise LookupError(f"{report_id} has no version {number}")
    same = replace(context, new_id=lambda prefix: _id(prefix, report_id, number))
    segment_id = same.new_id("seg")
    if not campaigns.has_segment(context, segment_id):
        name = _line(f"Readers of {content.title}")[:120]
        conditions = Conditions.model_validate_json(content.audience or "{}")
        campaigns.create_segment(same, SegmentForm(name=name, conditions=conditions), by=published["by"])
    form = _issue(context, content, campaigns.slot_to_come(context, slot), segment_id)
    try:
        campaigns.create_issue(same, form, by=published["by"])
    except Problem:
        idea = form.model_copy(update={"topic": "", "segment_id": None, "texts": IssueTexts()})
        campaigns.create_issue(same, idea, by=published["by"])


def cancel(context: Context, report_id: str, *, by: str) -> None:
    """Cancels the letters about a withdrawn report that have not left. Safe to repeat, and late: a report published again keeps its letter."""
    for number in _withdrawn(context, report_id):
        campaigns.cancel_unsent_issue(context, _id("iss", report_id, number), by=by)


def _withdrawn(context: Context, report_id: str) -> list[int]:
    """The versions of a report that is withdrawn; none of one that is not."""
    report = store.read(context.table, report_id)
    return [each.number for each in report.versions] if report and report.withdrawn_at else []


def _issue(context: Context, content: Content, slot: str, segment_id: str | None = None) -> IssueForm:
    link = context.config[mail.PortalPages].address("{{ portal_url }}", "report", {"report_id": content.report_id})
    return IssueForm(
        title=_TITLE["en"].format(content.title)[:200],
        topic=content.topic,
        issue_class="content",
        slot=slot,
        segment_id=segment_id,
        # A report is about the market: its shares and sums are no discounts of the club, unless its words are certain.
        texts=IssueTexts(en=_text(content, link, "en"), ru=_text(content, link, "ru"), no_discount=True),
        accept_skips=True,  # whoever approves the issue sees them
    )


def _text(content: Content, link: str, language: Language) -> IssueText:
    title, summary = _plain(content.title_in(language)), _plain(content.summary_in(language))
    return IssueText(
        subject=_line(_TITLE[language].format(title))[:150],
        preview=_line(summary)[:200],
        body=f"# {title}\n\n{summary}\n\n[{_LINK[language]}]({link})\n\n{_READERS[language]}",
    )


def _id(prefix: str, report_id: str, number: int) -> str:
    return derived_id(prefix, report_id, str(number))


def _plain(text: str) -> str:
    return _COMMAND.sub("{ ", text)


def _line(text: str) -> str:
    return " ".join(text.split())
