"""Questions that are alike: those with the same tag, of some days, that no letter answers yet. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
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


def answered_until(digest: Digest | None, cancelled: Collection[str]) -> str:
    """Until when the questions of a tag are answered. A cancelled letter answers none."""
    if digest is None:
        return ""
    return digest.since if digest.issue_id in cancelled else digest.until


def proposals(
    questions: Iterable[Question], digests: Mapping[str, Digest], cancelled: Collection[str], least: int, most: int
) -> list[Proposal]:
    """By tag, those with `least` questions at least; most people first. A question with two tags is in two proposals.

    One letter goes to `most` people: of more, to those who waited longest, and the others are proposed next. `cancelled`: ids of issues.
    """
    alike: defaultdict[str, list[Question]] = defaultdict(list)
    for question in questions:
        for tag in question.tags:
            if question.at > answered_until(digests.get(tag), cancelled):
                alike[tag].append(question)
    found = [Proposal(tag, _longest_waiting(each, most)) for tag, each in alike.items() if len(each) >= least]
    return sorted(found, key=lambda each: (-len(each.people), -len(each.questions), each.tag))


def _longest_waiting(questions: Iterable[Question], most: int) -> tuple[Question, ...]:
    """Newest first, of `most` people at most. Questions of one moment stay together: a letter answers all until then."""
    found: list[Question] = []
    people: set[str] = set()
    for _, together in groupby(
        sorted(questions, key=lambda each: (each.at, each.question_id)), key=lambda each: each.at
    ):
        several = list(together)
        people |= {each.member_id for each in several if each.member_id}
        if len(people) > most:
            break
        found += several
    return tuple(reversed(found))
