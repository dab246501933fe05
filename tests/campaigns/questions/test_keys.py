"""The calls of questions, counted as AWS counts."""

from chalicelib.campaigns.questions import keys, store
from chalicelib.campaigns.questions.model import Digest, Question
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.records import from_item
from chalicelib.table.transactions import Transaction
from tests.support.spent import measures, spent


def asked(context: Context, table: Table, number: int) -> Question:
    at = f"2026-11-{number + 1:02}T09:00:00.000Z"
    made = Question(question_id=f"qst_{number}", tags=("delivery",), text="When?", member_id="mbr_1", at=at, by="mbr_2")
    tx = Transaction()
    store.write(tx, context, made)
    table.commit(tx)
    return made


@measures(keys.question, keys.questions)
def test_the_questions_of_two_weeks_are_one_call(local_table: Table, context: Context) -> None:
    made = [asked(context, local_table, number) for number in range(20)]
    with spent(local_table.client) as cost:
        found, complete = store.since(local_table, "2026-11-07")
    assert (found, complete) == (list(reversed(made[6:])), True)
    assert (cost.calls, cost.read_units <= 1) == (["Query"], True)
    with spent(local_table.client) as cost:
        page = store.page(local_table, 5, None)
    assert [from_item(Question, item) for item in page.items] == list(reversed(made))[:5]
    assert (cost.calls, cost.read_units <= 0.5) == (["Query"], True)


@measures(keys.digest)
def test_the_letters_of_all_tags_are_one_call(local_table: Table) -> None:
    tx = Transaction()
    for number in range(30):
        store.write_digest(tx, Digest(tag=f"tag {number}", until="2026-11-20T09:00:00.000Z", issue_id="iss_1"), None)
    local_table.commit(tx)
    with spent(local_table.client) as cost:
        assert len(store.digests(local_table)) == 30
    assert (cost.calls, cost.read_units <= 2) == (["Query"], True)
