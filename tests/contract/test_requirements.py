"""A module that only this machine happens to have does not pass: each import comes with the requirement files."""

import ast
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
OURS = {"app", "chalicelib", "infra", "tests"}


def named() -> list[Requirement]:
    lines = [
        line for name in ("requirements.txt", "requirements-dev.txt") for line in (ROOT / name).read_text().splitlines()
    ]
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


def installed_for(wanted: list[Requirement]) -> set[str]:
    """The names of what pip installs for these requirements, with what each of them needs."""
    found: set[str] = set()
    rest = [(requirement, extra) for requirement in wanted for extra in ("", *sorted(requirement.extras))]
    asked = set(rest)
    while rest:
        requirement, extra = rest.pop()
        found.add(canonicalize_name(requirement.name))
        try:
            needs = [Requirement(line) for line in requires(requirement.name) or []]
        except PackageNotFoundError:
            continue  # needed on other systems only
        for need in needs:
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                new = {(need, name) for name in ("", *sorted(need.extras))} - asked
                asked |= new
                rest += new
    return found


def imports() -> Iterator[tuple[Path, str]]:
    for top in sorted(OURS):
        for file in [ROOT / "app.py"] if top == "app" else sorted((ROOT / top).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.Import):
                    yield from ((file, alias.name) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield file, node.module


def test_every_imported_package_is_in_the_requirement_files() -> None:
    installed = installed_for(named())
    owners = packages_distributions()
    # A package that is not installed here fails by itself where it is imported.
    missing = {
        f"{file.relative_to(ROOT)} imports {module}"
        for file, module in imports()
        if (package := module.split(".")[0]) in owners and package not in OURS
        if not any(canonicalize_name(owner) in installed for owner in owners[package])
    }
    assert not missing, sorted(missing)
