"""Scripts of calls: the club's own, and those that the staff wrote in their place. A script is text with variables and conditions, as a letter."""

from typing import get_args

from chalicelib import mail
from chalicelib.platform import Context, Fault, Language, Problem
from chalicelib.platform.words.texts import Texts
from chalicelib.retention.cases.model import CallKind
from chalicelib.retention.lists import keys
from chalicelib.retention.lists.schemas import ScriptForm, ScriptView
from chalicelib.table import Item, Refused, at_version

# Every variable of a script, with an example. All are texts, empty where nothing is known.
VARIABLES: dict[str, object] = {
    "person": "Anna Svetlova",
    "contact": "Boris Novikov",
    "company": "Luch",
    "manager": "Ivan Petrov",
    "engineer": "Pavel Kiselev +7 495 123-45-67",
    "words": "Buys every 3 weeks, silent for 7 weeks.",
    "last_order": "12 October 2026",
    "tier": "Gold",
    "to_keep": "40,000.00 RUB",
    "keep_by": "3 December 2026",
    "news": "The new panels need no driver.",
    "wish": "Lamps with a sensor",
    "answer": "LP-20 is in stock",
    "window": "3 December 2026 - 12 December 2026",
    "club_name": "Partner club",
}


OWN = Texts(__file__, "scripts")  # the club's own scripts by kind


def text_of(kind: CallKind, language: Language, stored: Item | None) -> str:
    """The text of the staff, or the club's own."""
    return str((stored or {}).get(language) or OWN[language][kind])


def show(context: Context, kind: CallKind) -> tuple[ScriptView, int]:
    return _view(kind, context.table.get(keys.script(kind), consistent=True))


def change(context: Context, kind: CallKind, version: int, form: ScriptForm, *, by: str) -> tuple[ScriptView, int]:
    """An empty text brings the club's own back. Raises 412 for another version, 422 for a text that cannot be filled for everybody."""
    texts: dict[Language, str] = {"en": form.en, "ru": form.ru}
    faults = [
        Fault(pointer=f"/{language}", code=fault.code, detail=fault.detail)
        for language in get_args(Language)
        if texts[language] and (fault := mail.fault_of(texts[language], language, VARIABLES))
    ]
    if faults:
        raise Problem("invalid", errors=faults)
    item: Item = {
        **keys.script(kind).as_item(),
        **{language: text for language, text in texts.items() if text},
        "changed_by": by,
        "changed_at": context.at,
        "version": version + 1,
    }
    try:
        context.table.put(item, when=at_version(version))
    except Refused:
        raise Problem("precondition_failed") from None
    return _view(kind, item)


def _view(kind: CallKind, item: Item | None) -> tuple[ScriptView, int]:
    view = ScriptView(
        kind=kind,
        en=text_of(kind, "en", item),
        ru=text_of(kind, "ru", item),
        variables=sorted(VARIABLES),
        changed_by=item["changed_by"] if item else None,
        changed_at=item["changed_at"] if item else None,
    )
    return view, int(item["version"]) if item else 0
