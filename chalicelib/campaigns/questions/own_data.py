"""The questions that a person asked."""

from collections.abc import Iterator

from chalicelib.campaigns.questions import keys
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.table import Key

_QUESTIONS: Fields = {
    "at": {"en": "Asked", "ru": "Когда задан"},
    "tags": {"en": "Subjects", "ru": "Темы"},
    "text": {"en": "Question", "ru": "Вопрос"},
}


@own_data("questions", title={"en": "Your questions", "ru": "Ваши вопросы"}, fields=_QUESTIONS)
def questions(context: Context, person: Person) -> Iterator[Row]:
    for item in context.table.query_all(keys.question(person.member_id, "").pk):
        yield {name: item[name] for name in _QUESTIONS}


@erasure
def forget_questions(context: Context, person: Person) -> None:
    found = context.table.query_all(keys.question(person.member_id, "").pk)
    context.table.delete_many(Key(item["pk"], item["sk"]) for item in found)
