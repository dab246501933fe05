import re

from chalicelib.platform.ids import derived_id, random_id


def test_an_id_tells_its_kind_and_never_meets_another() -> None:
    made = {random_id("ord") for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(re.fullmatch("ord_[0-9a-f]{32}", each) for each in made)


def test_the_same_cause_has_the_same_id() -> None:
    assert derived_id("ltr", "evt_1", "welcome") == derived_id("ltr", "evt_1", "welcome")
    assert re.fullmatch("ltr_[0-9a-f]{32}", derived_id("ltr", "evt_1"))


def test_causes_that_only_read_alike_have_two_ids() -> None:
    assert derived_id("ltr", "ab", "c") != derived_id("ltr", "a", "bc")
    assert derived_id("ltr", "abc") != derived_id("ltr", "a", "bc")
