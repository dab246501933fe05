"""Questions that are alike: those with the same tag, of some days, that no letter answers yet. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.campaigns.questions.model import Digest, Question


class Proposal(NamedTuple):
    """Questions that one letter can answer, newest first."""

    tag: str
    questions: tuple[Question, ...]

    @property
    def people(self) -> list[str]:
        """Members who asked, each once."""
        return sorted({each.member_id for each in self.questions if each.member_id})

    @property
    def until(self) -> str:
        return max(each.at for each in self.questions)


def proposals(questions: Iterable[Question], digests: Mapping[str, Digest], least: int) -> list[Proposal]:
    """By tag, those with `least` questions at least; most people first. A question with two tags is in two proposals."""
    alike: defaultdict[str, list[Question]] = defaultdict(list)
    for question in questions:
        for tag in question.tags:
            answered = digests.get(tag)
            if answered is None or question.at > answered.until:
                alike[tag].append(question)
    found = [
        Proposal(tag, tuple(sorted(each, key=lambda one: (one.at, one.question_id), reverse=True)))
        for tag, each in alike.items()
        if len(each) >= least
    ]
    return sorted(found, key=lambda each: (-len(each.people), -len(each.questions), each.tag))
