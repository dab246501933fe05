"""A process that dies, or a second one that is faster, at every call of a change of people."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from chalicelib.companies.company import people_of
from chalicelib.companies.people import claims, invitations
from chalicelib.companies.people import service as people
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Item
from tests.companies.steps import (
    HOME,
    appoint_manager,
    claim,
    claim_form,
    confirm,
    disagreements,
    invite,
    join,
    owned_company,
    refuse,
    restore,
    set_role,
    whole_table,
)
from tests.support.crashes import crashes, races

Act = Callable[[Context, str, str], object]  # what is done, to which company, by which owner

ACTS: dict[str, Act] = {
    "claim a company that the club knows": lambda context, company_id, olga: claims.claim(
        context, "mbr_clara", claim_form(1), address=HOME
    ),
    "claim one that it does not": lambda context, company_id, olga: claims.claim(
        context, "mbr_clara", claim_form(3), address=HOME
    ),
    "claim instead of another": lambda context, company_id, olga: claims.claim(
        context, "mbr_boris", claim_form(1), address=HOME
    ),
    "confirm": lambda context, company_id, olga: confirm(context, company_id, "mbr_anna", "buyer"),
    "refuse": lambda context, company_id, olga: refuse(context, company_id, "mbr_anna"),
    "invite one who waits elsewhere": lambda context, company_id, olga: invite(context, company_id, olga, "Boris"),
    "invite somebody unknown": lambda context, company_id, olga: invite(context, company_id, olga, "Denis"),
    "accept an invitation": lambda context, company_id, olga: invitations.accept(context, company_id, "mbr_eva"),
    "decline an invitation": lambda context, company_id, olga: invitations.decline(context, company_id, "mbr_eva"),
    "claim instead of accepting": lambda context, company_id, olga: claims.claim(
        context, "mbr_eva", claim_form(1), address=HOME
    ),
    "confirm as the owner": lambda context, company_id, olga: set_role(
        context, company_id, olga, "mbr_anna", "owner", status="active"
    ),
    "remove": lambda context, company_id, olga: people.remove_person(context, company_id, olga, "mbr_anna"),
}

# Pairs that want the same person.
AT_ONCE = [
    ("claim a company that the club knows", "claim one that it does not"),
    ("claim one that it does not", "claim a company that the club knows"),
    ("claim instead of another", "invite one who waits elsewhere"),
    ("invite one who waits elsewhere", "claim instead of another"),
    ("invite somebody unknown", "invite somebody unknown"),
    ("accept an invitation", "decline an invitation"),
    ("decline an invitation", "accept an invitation"),
    ("accept an invitation", "claim instead of accepting"),
    ("claim instead of accepting", "accept an invitation"),
    ("confirm", "refuse"),
    ("refuse", "confirm"),
    ("confirm", "confirm as the owner"),
    ("confirm as the owner", "remove"),
    ("remove", "confirm as the owner"),
]


@pytest.fixture
def beginning(context: Context) -> tuple[list[Item], str, str]:
    """A company with an owner; Anna asked to speak for it, Boris for another one that nobody else speaks for; Eva is invited."""
    appoint_manager(context)
    company_id, olga = owned_company(context, number=1)
    claim(context, join(context, "Anna"), 1)
    claim(context, join(context, "Boris"), 2)
    join(context, "Clara")
    join(context, "Eva")
    invite(context, company_id, olga, "Eva")
    return whole_table(context.table), company_id, olga


def found(context: Context) -> list[dict[str, str]]:
    """The table's items, with names in place of the ids of new companies and members, which differ from run to run."""
    items = [item for item in whole_table(context.table) if not item["pk"].startswith("THROTTLE#")]
    names = {item["company_id"]: item["inn"] for item in items if "inn" in item}
    names |= {item["member_id"]: item["email"] for item in items if "email" in item}

    def plain(item: Item) -> dict[str, str]:
        text = {name: str(value) for name, value in item.items() if name != "version"}
        if text.get("gsi1pk", "").startswith("MEMBERS#"):
            text["gsi1pk"] = "MEMBERS"  # the shard follows from an id that each run makes anew
        if item["sk"].startswith("EVENT#"):
            text["sk"] = text["sk"].rpartition("#")[0]
        for made, name in names.items():
            text = {attribute: value.replace(made, name) for attribute, value in text.items()}
        return text

    return sorted((plain(item) for item in items), key=lambda item: sorted(item.items()))


@pytest.mark.parametrize("act", ACTS)
def test_a_repeat_after_a_crash_at_any_call_makes_what_an_undisturbed_run_makes(
    context: Context, beginning: tuple[list[Item], str, str], act: str
) -> None:
    items, company_id, olga = beginning
    ACTS[act](context, company_id, olga)
    undisturbed = found(context)
    for crash in crashes():
        restore(context.table, items)
        with crash:
            ACTS[act](context, company_id, olga)
        with suppress(Problem, KeyError):  # done before the crash: there is nobody to decline or to remove any more
            ACTS[act](context, company_id, olga)
        assert found(context) == undisturbed, crash
        assert disagreements(whole_table(context.table)) == [], crash


@pytest.mark.parametrize(("first", "second"), AT_ONCE)
def test_whatever_comes_between_two_calls_both_sides_agree(
    context: Context, beginning: tuple[list[Item], str, str], first: str, second: str
) -> None:
    items, company_id, olga = beginning

    def other() -> None:
        with suppress(Problem, KeyError):
            ACTS[second](context, company_id, olga)

    for race in races(other):
        restore(context.table, items)
        with race, suppress(Problem, KeyError):
            ACTS[first](context, company_id, olga)
        assert disagreements(whole_table(context.table)) == [], race
        assert olga in [person.member_id for person in people_of(context, company_id)], race
