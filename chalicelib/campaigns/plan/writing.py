"""The texts of an issue: checked when they are saved, and shown as one member would get them."""

from decimal import Decimal
from typing import get_args

from chalicelib import companies, mail, members, tiers
from chalicelib.campaigns.plan.model import IssueTexts
from chalicelib.campaigns.plan.schemas import PreviewView
from chalicelib.mail import Facts
from chalicelib.members import Member
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Fault, Problem
from chalicelib.platform.settings import settings
from chalicelib.platform.text import Language

# Every variable of a letter, with an example. All are texts and numbers, empty or zero where nothing is known.
VARIABLES: dict[str, object] = {
    "name": "Anna Svetlova",
    "company": "Luch",
    "tier": "Gold",
    "discount_percent": Decimal(7),
    "club_name": "Partner club",
    "portal_url": "https://portal.example",
}
_WHY: dict[Language, str] = {
    "en": "You get this letter because you agreed to news of the club.",
    "ru": "Вы получили это письмо, потому что согласились на новости клуба.",
}


def check(texts: IssueTexts) -> None:
    """Raises 422 with a fault for each text that cannot be rendered for everybody."""
    faults = [
        Fault(pointer=f"/texts/{language}/{name}", code=fault.code, detail=fault.detail)
        for language in get_args(Language)
        if (text := texts.in_language(language))
        for name in ("subject", "preview", "body")
        if (fault := mail.fault_of(getattr(text, name), language, VARIABLES))
    ]
    if faults:
        raise Problem("invalid", errors=faults)


def preview(context: Context, texts: IssueTexts, member_id: str, language: Language | None) -> PreviewView:
    """The letter as this member would get it. Raises 404 for an unknown member, 409 where the text is still to come."""
    member = members.member(context, member_id)
    if member is None:
        raise Problem("not_found")
    chosen = language or member.language
    text = texts.in_language(chosen)
    if text is None:
        raise Problem("wrong_state", "The issue has no text in this language.")
    facts = facts_of(context, member, chosen)
    subject, html, plain = mail.render_written(text.subject, text.preview, text.body, _WHY[chosen], chosen, facts)
    return PreviewView(language=chosen, subject=subject, html=html, text=plain)


def facts_of(context: Context, member: Member, language: Language) -> Facts:
    """The values of all variables for a member. Three reads for whoever acts for a company."""
    _, membership = members.with_membership(context, member.member_id)
    acts = membership if membership and (membership.kind, membership.status) == ("company", "active") else None
    company = companies.read_company(context, acts.owner) if acts else None
    standing = context.table.get(tiers.standing_key(company.company_id)) if company else None
    step = tiers.tier_in_force(standing, context.today)
    club = context.config[Club]
    return {
        "name": member.name,
        "company": company.name if company else "",
        "tier": (step.name_ru if language == "ru" else step.name) if step.tier else "",
        "discount_percent": step.discount_percent,
        "club_name": club.name_ru if language == "ru" else club.name,
        "portal_url": settings().portal_url,
        "pages": None,
    }
