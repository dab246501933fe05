"""The calls of a click, counted as AWS counts."""

import pytest

from chalicelib import mail
from chalicelib.campaigns.tracking import keys, service, store
from chalicelib.campaigns.tracking.model import Reading
from chalicelib.mail import Letter, LetterClass, Recipient
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def club(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@measures(keys.reading, keys.readings)
def test_a_reading_is_kept_and_judged_in_four_calls_and_those_of_many_letters_are_one_call(club: Context) -> None:
    letter = Letter(
        letter_id="ltr_1",
        template="campaign",
        letter_class=LetterClass.ADVERTISING,
        recipient=Recipient("member", "mbr_1"),
        cause=Key("ISSUE#iss_1", "ISSUE"),
        written_at=club.at,
        expires_at=club.expiry(days=mail.KEEP_DAYS),
    )
    with spent(club.table.client) as cost:
        service.note(club, letter, Reading("click", club.at, 1, "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0"))
    assert cost.calls == ["Query", "PutItem", "Query", "PutItem"]
    assert (cost.read_units, cost.write_units) <= (2, 2)
    with spent(club.table.client) as cost:
        found = store.together_of(club.table, ["ltr_1", "ltr_2"])
    assert (cost.calls, found["ltr_1"].clicks, set(found)) == (["BatchGetItem"], 1, {"ltr_1"})
