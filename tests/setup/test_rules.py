from hypothesis import given
from hypothesis import strategies as st

from app import app  # noqa: F401  fills the route table
from chalicelib.platform.http.routes import ROUTES
from chalicelib.setup.rules import Found, steps
from chalicelib.setup.sentences import SENTENCES

EMPTY = Found(
    ladder=False,
    products=False,
    distributors=False,
    regions=False,
    dispatchers=False,
    managers=False,
    companies=False,
    unmanaged=0,
    undelivered=0,
)


def test_each_step_has_its_words_in_both_languages_and_an_operation_that_exists() -> None:
    codes = [step.code for step in steps(EMPTY)]
    assert len(set(codes)) == len(codes) and all(list(words) == codes for words in SENTENCES.values())
    assert {step.how for step in steps(EMPTY)} <= {(route.name, route.method, route.path) for route in ROUTES}


@given(st.builds(Found))
def test_a_step_is_done_exactly_when_the_club_has_what_it_brings(found: Found) -> None:
    done = {step.code for step in steps(found) if step.done}
    had = [
        found.ladder,
        found.products,
        found.distributors,
        found.regions,
        found.dispatchers,
        found.managers,
        found.companies,
    ]
    expected = dict(
        zip([step.code for step in steps(EMPTY)], [*had, not found.unmanaged, not found.undelivered], strict=True)
    )
    assert done == {code for code, has in expected.items() if has}
