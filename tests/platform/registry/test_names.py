"""Views of the staff name the people and companies of their ids, as they are called now."""

from typing import Annotated

from chalicelib.platform.context import Context
from chalicelib.platform.http.forms import View
from chalicelib.platform.registry.names import NameOf, named
from tests.support import partners
from tests.support.spent import spent


class Note(View):
    company_id: str | None
    company_name: Annotated[str | None, NameOf("company_id")] = None
    author: str
    author_name: Annotated[str | None, NameOf("author")] = None


class Shelf(View):
    items: list[Note]
    newest: Note | None


class Bare(View):
    company_id: str


def test_each_id_has_its_name(context: Context) -> None:
    partners.company(context, "com_1", name="Luch")
    partners.member(context, "mbr_anna", name="Anna Svetlova")
    notes = [Note(company_id="com_1", author="mbr_anna"), Note(company_id=None, author="mbr_gone")]
    with spent(context.table.client) as cost:
        shown = named(context, Shelf(items=[*notes], newest=notes[0]))
    assert len(cost.calls) == 2
    assert [(each.company_name, each.author_name) for each in [*shown.items, shown.newest] if each] == [
        ("Luch", "Anna Svetlova"),
        (None, None),
        ("Luch", "Anna Svetlova"),
    ]


def test_a_view_without_names_costs_nothing(context: Context) -> None:
    with spent(context.table.client) as cost:
        assert named(context, Bare(company_id="com_1")) == Bare(company_id="com_1")
    assert not cost.calls
