"""Items of questions.

QUESTION   a question, kept for 400 days or until the member leaves
DIGEST     by tag, the last letter that answers its questions
"""

from collections.abc import Mapping
from itertools import islice

from boto3.dynamodb.conditions import Attr

from chalicelib.campaigns.questions import keys
from chalicelib.campaigns.questions.model import Digest, Question
from chalicelib.platform import Context
from chalicelib.table import Page, Position, Table, Transaction, at_version, from_item, to_item

KEEP_DAYS = 400
MOST = 2000  # questions that are looked at together, the newest ones


def write(tx: Transaction, context: Context, question: Question) -> None:
    """A question that is there already stays as it is: refused with label `question`."""
    key = keys.question(question.member_id, question.question_id)
    listed = keys.questions(question.at, question.question_id).as_gsi1()
    item = {**key.as_item(), **listed, **to_item(question), "expires_at": context.expiry(days=KEEP_DAYS)}
    tx.put(item, when=Attr("pk").not_exists(), label="question")


def page(table: Table, limit: int, after: Position) -> Page:
    """All questions, newest first. One call."""
    return table.query(keys.questions("", "").pk, index="gsi1", limit=limit, after=after, newest_first=True)


def since(table: Table, at: str) -> tuple[list[Question], bool]:
    """The questions since then, newest first, and whether these are all."""
    pk = keys.questions("", "").pk
    found = table.query_all(pk, index="gsi1", between=(at, "~"), newest_first=True)
    questions = [from_item(Question, item) for item in islice(found, MOST + 1)]
    return questions[:MOST], len(questions) <= MOST


def digests(table: Table) -> Mapping[str, Digest]:
    """By tag. One call for some thousand tags."""
    found = table.query_all(keys.digest("").pk, consistent=True)
    return {item["tag"]: from_item(Digest, item) for item in found}


def write_digest(tx: Transaction, digest: Digest, before: Digest | None) -> None:
    """Refused with label `digest` where another letter answers these questions."""
    unchanged = at_version(before.version if before else 0)
    tx.put({**keys.digest(digest.tag).as_item(), **to_item(digest)}, when=unchanged, label="digest")
