"""Versions of a report: whatever is published, corrected and withdrawn when, readers see one version or none."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.market_reports.publication import rules
from chalicelib.market_reports.publication.model import DraftFiles, Report, ReportFile, Version
from tests.market_reports.contents.samples import PDF

MOMENTS = [f"2026-11-{day:02d}T09:00:00.000Z" for day in range(1, 29)]
STEPS = st.lists(st.tuples(st.sampled_from(["publish", "later", "withdraw"]), st.integers(0, 20)), max_size=12)


def played(steps: list[tuple[str, int]]) -> tuple[tuple[Version, ...], list[tuple[int, int]]]:
    """Versions after steps that come one day after the other, and for each version the days of its step and of its beginning."""
    versions: tuple[Version, ...] = ()
    told: list[tuple[int, int]] = []
    for today, (step, wait) in enumerate(steps):
        if step == "withdraw":
            versions = rules.withdraw(versions, MOMENTS[today])
        else:
            begins = min(today + (wait if step == "later" else 0), len(MOMENTS) - 1)
            told.append((today, begins))
            versions = rules.publish(versions, Version(len(told), MOMENTS[begins]))
    return versions, told


@given(steps=STEPS)
def test_at_each_moment_at_most_one_version_is_shown(steps: list[tuple[str, int]]) -> None:
    versions, _ = played(steps)
    for at in MOMENTS:
        shown = [each for each in versions if rules.is_visible(each.visible_from, each.visible_until, at)]
        assert len(shown) <= 1
        assert rules.visible(versions, at) == (shown[0] if shown else None)


@given(steps=STEPS)
def test_the_last_version_published_is_shown_from_its_moment_until_it_is_withdrawn(
    steps: list[tuple[str, int]],
) -> None:
    versions, told = played(steps)
    last_step = max((number for number, (step, _) in enumerate(steps) if step != "withdraw"), default=None)
    if last_step is None:
        return
    withdrawn = [number for number, (step, _) in enumerate(steps) if step == "withdraw" and number > last_step]
    for day, at in enumerate(MOMENTS):
        is_shown = rules.visible(versions, at) == versions[-1]
        assert is_shown == (day >= told[-1][1] and not (withdrawn and day >= withdrawn[0]))


@given(steps=STEPS)
def test_what_readers_have_seen_is_not_changed_afterwards(steps: list[tuple[str, int]]) -> None:
    for length in range(len(steps)):
        before, after = played(steps[:length])[0], played(steps[: length + 1])[0]
        for at in MOMENTS[:length]:
            assert rules.visible(before, at) == rules.visible(after, at) or (
                (seen := rules.visible(before, at)) is not None
                and (now := rules.visible(after, at)) is not None
                and seen.number == now.number
            )


def test_a_report_tells_its_state() -> None:
    def state(*versions: Version) -> str:
        facts = dict.fromkeys(
            ("report_id", "title", "title_ru", "segment", "created_by", "created_at", "changed_by", "changed_at"), ""
        )
        return rules.state(Report(**facts, versions=versions), MOMENTS[5])

    assert state() == "draft"
    assert state(Version(1, MOMENTS[9])) == "scheduled"
    assert state(Version(1, MOMENTS[9], MOMENTS[5])) == "withdrawn"
    assert state(Version(1, MOMENTS[5])) == "published"
    assert state(Version(1, MOMENTS[1], MOMENTS[9]), Version(2, MOMENTS[9])) == "published"
    assert state(Version(1, MOMENTS[1], MOMENTS[5])) == "withdrawn"


def test_uploads_that_never_arrived_make_room_and_files_do_not() -> None:
    def file(number: int, **facts: str) -> ReportFile:
        return ReportFile(f"rpf_{number}", "a.pdf", PDF, "", "mbr_1", MOMENTS[number], **facts)  # type: ignore[arg-type]

    files = DraftFiles()
    for number in range(3):
        files = rules.add(files, file(number), abandoned_before=MOMENTS[0], most=3)
    files = rules.arrive(files, file(0, object="reports/0"))
    try:
        rules.add(files, file(3), abandoned_before=MOMENTS[1], most=3)
        raise AssertionError("a fourth file was taken")
    except rules.TooManyFiles:
        pass
    files = rules.add(files, file(3), abandoned_before=MOMENTS[2], most=3)
    assert [each.file_id for each in files.files] == ["rpf_0", "rpf_2", "rpf_3"]
    assert files.revision == 5
    assert [each.file_id for each in rules.arrived(rules.remove(files, "rpf_2").files)] == ["rpf_0"]
