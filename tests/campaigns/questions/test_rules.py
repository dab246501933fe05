"""Questions that are alike: a tag with enough of them, until a letter answers them."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.questions.model import Digest, Question
from chalicelib.campaigns.questions.rules import proposals

TAGS = ("delivery", "prices", "returns")
times = st.integers(10, 30).map(lambda day: f"2026-11-{day}T09:00:00.000Z")


def question(number: int, tags: tuple[str, ...], member_id: str, at: str) -> Question:
    return Question(question_id=f"qst_{number}", tags=tags, text="?", member_id=member_id, at=at, by="mbr_staff")


questions = st.lists(
    st.tuples(
        st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True).map(tuple),
        st.sampled_from(["", "mbr_1", "mbr_2", "mbr_3"]),
        times,
    ),
    max_size=20,
).map(lambda rows: [question(number, *row) for number, row in enumerate(rows)])
digests = st.dictionaries(st.sampled_from(TAGS), times).map(
    lambda made: {tag: Digest(tag=tag, until=until, issue_id="iss_1") for tag, until in made.items()}
)


@given(questions, digests, st.integers(1, 4))
def test_a_tag_is_proposed_with_all_its_unanswered_questions_where_they_are_enough(
    asked: list[Question], answered: dict[str, Digest], least: int
) -> None:
    found = {each.tag: each for each in proposals(asked, answered, (), least, 500)}
    for tag in TAGS:
        open_ = [each for each in asked if tag in each.tags and (tag not in answered or each.at > answered[tag].until)]
        assert (tag in found) == (len(open_) >= least)
        if tag in found:
            assert sorted(found[tag].questions, key=repr) == sorted(open_, key=repr)
            assert found[tag].people == sorted({each.member_id for each in open_} - {""})
            assert all(each.at <= found[tag].until for each in open_)


@given(questions, digests)
def test_what_most_members_wait_for_comes_first(asked: list[Question], answered: dict[str, Digest]) -> None:
    people = [len(each.people) for each in proposals(asked, answered, (), 1, 500)]
    assert people == sorted(people, reverse=True)


@given(questions)
def test_once_a_letter_answers_them_the_same_questions_are_proposed_no_more(asked: list[Question]) -> None:
    made = {
        each.tag: Digest(tag=each.tag, until=each.until, issue_id="iss_1") for each in proposals(asked, {}, (), 1, 500)
    }
    assert proposals(asked, made, (), 1, 500) == []


def test_what_a_cancelled_letter_was_to_answer_is_proposed_again_and_what_an_earlier_one_answered_is_not() -> None:
    asked = [question(day, ("prices",), "mbr_1", f"2026-11-{day}T09:00:00.000Z") for day in (10, 11, 12)]
    made = {"prices": Digest(tag="prices", until=asked[2].at, since=asked[0].at, issue_id="iss_2")}
    assert proposals(asked, made, (), 1, 500) == []
    [found] = proposals(asked, made, {"iss_2"}, 1, 500)
    assert found.questions == (asked[2], asked[1])


def test_of_more_people_than_a_letter_has_those_who_waited_longest_are_proposed_and_then_the_others() -> None:
    asked = [question(day, ("prices",), f"mbr_{day}", f"2026-11-{day}T09:00:00.000Z") for day in (10, 11, 12, 13, 14)]
    [first] = proposals(asked, {}, (), 1, 3)
    assert first.people == ["mbr_10", "mbr_11", "mbr_12"]
    made = {"prices": Digest(tag="prices", until=first.until, issue_id="iss_1")}
    [second] = proposals(asked, made, (), 1, 3)
    assert second.people == ["mbr_13", "mbr_14"]
