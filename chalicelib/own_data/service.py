"""Reading a person's own data, and erasing them."""

from chalicelib import members
from chalicelib.own_data.schemas import OwnDataFieldView, OwnDataSectionView, OwnDataView
from chalicelib.platform import Context, Language, Problem
from chalicelib.platform.own_data import Person, Section, erasures, sections

_FIRST = ("profile", "company", "consents")  # the others follow by name


def own_data(context: Context, member_id: str, section: str | None, language: Language) -> OwnDataView:
    """Raises 404 for a member who has left, 422 for a section that does not exist."""
    wanted = sorted((each for each in sections() if section in (None, each.name)), key=_place)
    if not wanted:
        names = ", ".join(each.name for each in sections())
        raise Problem.invalid("unknown", "/query/section", f"One of {names}.")
    person = members.person(context, member_id)
    shown = [_view(context, person, each, language) for each in wanted]
    return OwnDataView(member_id=member_id, made_at=context.at, sections=shown)


def erase(context: Context, member_id: str) -> None:
    """Lets each room forget a person who has left. Safe to repeat: after a failure all of them run again."""
    person = members.leaver(context, member_id)
    if person is None:
        return
    for forget in erasures():
        forget(context, person)
    members.forget(context, member_id)


def _place(section: Section) -> int:
    return _FIRST.index(section.name) if section.name in _FIRST else len(_FIRST)


def _view(context: Context, person: Person, section: Section, language: Language) -> OwnDataSectionView:
    return OwnDataSectionView(
        name=section.name,
        title=section.title[language],
        fields=[OwnDataFieldView(name=name, title=title[language]) for name, title in section.fields.items()],
        rows=list(section.read(context, person)),
    )
