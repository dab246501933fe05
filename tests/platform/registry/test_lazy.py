"""A door names what a room lets others use, and imports each of it when it is first asked for."""

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from chalicelib.platform.registry.lazy import opened_when_asked
from infra.build import ROOT

DOORS = sorted(path.parent.name for path in (ROOT / "chalicelib").glob("*/__init__.py"))


def exports(door: str) -> set[str]:
    """The names that the door's `with` block imports."""
    tree = ast.parse((ROOT / "chalicelib" / door / "__init__.py").read_text(encoding="utf-8"))
    blocks = [node for node in tree.body if isinstance(node, ast.With)]
    imports = [node for block in blocks for node in ast.walk(block) if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A room whose door names something of two modules, one of which cannot be imported."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").write_text(
        "from chalicelib.platform.registry.lazy import opened_when_asked\n"
        "with opened_when_asked(__name__):\n"
        "    import json\n"
        "    from room.open import found as known_as\n"
        "    from room.broken import hidden\n"
        "    from room.open import missing\n",
        encoding="utf-8",
    )
    (tmp_path / "room" / "open.py").write_text("found = ['here']\n", encoding="utf-8")
    (tmp_path / "room" / "broken.py").write_text(
        "raise ValueError('this module cannot be imported')\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("room", "room.open", "room.broken"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import room  # type: ignore[import-not-found]

    return room  # type: ignore[no-any-return]


def test_nothing_behind_the_door_is_imported_before_it_is_asked_for(house: ModuleType) -> None:
    assert "room.open" not in sys.modules
    assert house.known_as == ["here"]
    assert "room.open" in sys.modules
    assert "room.broken" not in sys.modules


def test_what_was_found_is_found_once_and_can_be_replaced(house: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.known_as is house.known_as
    monkeypatch.setattr(house, "known_as", "another")
    assert house.known_as == "another"


def test_a_module_that_is_imported_as_a_whole_is_imported_at_once(house: ModuleType) -> None:
    assert house.json is sys.modules["json"]


def test_what_cannot_be_imported_says_why_where_it_is_asked_for(house: ModuleType) -> None:
    with pytest.raises(ValueError, match="cannot be imported"):
        _ = house.hidden
    with pytest.raises(AttributeError, match="missing"):
        _ = house.missing
    with pytest.raises(AttributeError, match="module 'room' has no attribute 'nothing'"):
        _ = house.nothing


def test_imports_are_as_before_behind_the_door(house: ModuleType) -> None:
    import builtins

    assert builtins.__import__.__module__ == "builtins"
    with pytest.raises(ZeroDivisionError), opened_when_asked("room"):
        raise ZeroDivisionError
    assert builtins.__import__.__module__ == "builtins"


def test_every_name_of_every_door_is_there() -> None:
    """In a process of its own, where nothing was asked for before."""
    doors = {door: sorted(exports(door)) for door in DOORS}
    assert sum(map(len, doors.values())) > 100
    asked = (
        "from importlib import import_module\n"
        f"for door, names in {doors}.items():\n"
        "    room = import_module('chalicelib.' + door)\n"
        "    for name in names:\n"
        "        assert callable(getattr(room, name)) or getattr(room, name), (door, name)\n"
    )
    subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True)


@pytest.mark.parametrize("door", DOORS)
def test_no_name_of_a_door_is_that_of_a_module_behind_it(door: str) -> None:
    """Importing the module would put it in the name's place."""
    modules = {path.stem for path in (ROOT / "chalicelib" / door).glob("*.py")}
    assert not modules & exports(door)
