"""The files that a command writes from the declarations of the functions: fresh, and refused in one sentence where they contradict each other."""

import re
from pathlib import Path

import pytest

import app
from chalicelib.platform.registry import functions
from chalicelib.platform.registry.functions import DECLARED, READ, Function, Queue, Schedule, files, items, table
from infra import registers
from infra.registers import RegisterError

TESTS = Path(__file__).parent.parent


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> dict[str, Function]:
    """A copy of what is declared, to be changed."""
    own = dict(DECLARED)
    monkeypatch.setattr(registers, "DECLARED", own)
    monkeypatch.setattr(functions, "DECLARED", own)
    return own


def test_the_files_say_what_the_rooms_declare() -> None:
    names = ", ".join(path.name for path in registers.stale())
    assert not names, f"Run `make registers`: {names} do not say what the rooms declare."


def test_every_job_with_rights_runs_in_a_test_as_its_function() -> None:
    """Called past its job, with no `running`, code has all rights. The stream's functions run by consumers, the API by requests."""
    started = {
        name
        for path in TESTS.rglob("*.py")
        if not path.is_relative_to(TESTS / "benchmarks") and path.name != "test_rights.py"
        for name in re.findall(r"(?:(?:jobs|triggers)\.|running\(\")(\w+)", path.read_text(encoding="utf-8"))
    }
    due = {each.name for each in DECLARED.values() if each.may and each.starts not in ("http", "stream")}
    assert due - started == set()


def test_a_change_of_a_declaration_makes_its_files_stale(declared: dict[str, Function]) -> None:
    before = declared["settle_letters"]
    declared["settle_letters"] = before._replace(memory=1024)
    assert [path.name for path in registers.stale()] == ["config.json"]
    declared["settle_letters"] = before._replace(may=(*before.may, files("reports/", "get")))
    assert [path.name for path in registers.stale()] == ["policy-settle_letters.json", "functions.yaml"]


def test_a_policy_of_a_function_that_is_gone_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "CHALICE", tmp_path)
    monkeypatch.setattr(registers, "FUNCTIONS", tmp_path / "functions.yaml")
    monkeypatch.setattr(registers, "CONTENTS", tmp_path / "app.py")
    (tmp_path / "app.py").write_text("app = ...\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["registers"])
    left_over = tmp_path / "policy-gone.json"
    left_over.write_text("{}", encoding="utf-8")
    assert registers.main() == 0
    assert not left_over.exists()
    assert registers.stale() == []
    contents = (tmp_path / "app.py").read_text(encoding="utf-8")
    assert contents.startswith("app = ...\n\n# ---")
    assert "#     order.placed " in contents


def test_a_function_without_a_line_in_app_py_is_told_with_the_line(declared: dict[str, Function]) -> None:
    declared["count_stars"] = Function("count_stars", "sky.jobs:count_stars", "event", 512, 60, ())
    with pytest.raises(
        RegisterError, match=r'app\.py lacks the line `count_stars = functions\.event\("sky\.jobs:count'
    ):
        registers.functions()


def test_a_line_in_app_py_that_starts_the_function_otherwise_is_told(declared: dict[str, Function]) -> None:
    queue = declared["send_letters"].starts
    declared["remind_distributors"] = declared["remind_distributors"]._replace(starts=queue)
    with pytest.raises(RegisterError, match=r"app\.py should say `remind_distributors = functions\.queue\("):
        registers.functions()


def test_a_line_in_app_py_that_nothing_declares_is_told(declared: dict[str, Function]) -> None:
    del declared["settle_letters"]
    with pytest.raises(RegisterError, match=r"app\.py names settle_letters, and no room declares it"):
        registers.functions()


def test_a_queue_that_nobody_can_fill_is_told(declared: dict[str, Function]) -> None:
    worker = declared["send_letters"]
    assert isinstance(worker.starts, Queue)
    declared["send_letters"] = worker._replace(starts=worker.starts._replace(filled_by=("nobody",)))
    with pytest.raises(RegisterError, match="send_letters says that nobody fills its queue"):
        registers.functions()


def test_two_functions_cannot_share_a_name(declared: dict[str, Function]) -> None:
    with pytest.raises(ValueError, match="Two functions are named send_letters"):
        functions.declare(declared["send_letters"]._replace(job="other.jobs:send_letters"))


@pytest.mark.parametrize(
    ("may", "denied"),
    [
        ((table(*READ),), False),
        ((items("get", "put", prefix="OWN#"),), False),
        ((items("get", "put"),), True),
        ((table("query", "update"),), True),
    ],
)
def test_who_may_change_any_item_is_denied_the_ledgers(may: tuple[functions.Right, ...], denied: bool) -> None:
    made = registers.policy(DECLARED["nightly_tiers"]._replace(may=may))
    assert any(statement["Effect"] == "Deny" for statement in made["Statement"]) == denied


def test_a_tick_is_watched_by_the_hour_and_a_night_by_the_day() -> None:
    night = DECLARED["nightly_tiers"]
    assert isinstance(night.starts, Schedule)
    tick = night._replace(starts=night.starts._replace(expression="rate(15 minutes)"))
    hours = [
        registers.resources_of(each)["NightlyTiersMissedAlarm"]["Properties"]["EvaluationPeriods"]
        for each in (night, tick)
    ]
    assert hours == [26, 2]


def test_a_function_has_the_name_that_lambda_calls() -> None:
    for name in app.functions.lines:
        assert callable(getattr(app, name))
