"""The zip that goes to Lambda: complete, small, compiled, and the same bytes for the same input."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app import app  # noqa: F401  fills the route table
from chalicelib.catalog.search.rules import stems
from chalicelib.platform.config import config
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.http.routes import ROUTES
from chalicelib.platform.openapi.problems import path_parameters
from infra.build import MOST_BYTES, ROOT, THIS_MACHINE, BuildError, Package, build, build_template, local_package
from infra.club_config import checked

LAMBDA_BRINGS = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")


@pytest.fixture(scope="session")
def package() -> Package:
    return local_package()


@pytest.fixture(scope="session")
def task(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip as Lambda unpacks it."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(package.zip) as zipped:
        zipped.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages that Lambda brings itself, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in LAMBDA_BRINGS:
        (folder / name).symlink_to(Path(sysconfig.get_path("purelib")) / name)
    return folder


def in_lambda(code: str, task: Path, runtime: Path) -> str:
    start = f"import sys; sys.path[:0] = [{str(task)!r}, {str(runtime)!r}]; "
    done = subprocess.run([sys.executable, "-I", "-S", "-c", start + code], cwd=task, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("module", ["app", "chalicelib.auth.triggers"])
def test_a_function_starts_with_what_is_in_it(module: str, task: Path, runtime: Path) -> None:
    files = in_lambda(
        f"import {module}; print(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)))",
        task,
        runtime,
    )
    here = str(ROOT / "chalicelib")
    assert here not in files


def test_every_module_finds_in_it_what_it_imports(task: Path, runtime: Path) -> None:
    """Not at the start any more: a room is imported when something of it is first needed."""
    names = [path.relative_to(ROOT).with_suffix("").parts for path in sorted((ROOT / "chalicelib").rglob("*.py"))]
    modules = [".".join(name).removesuffix(".__init__") for name in names]
    in_lambda(f"from importlib import import_module; [import_module(name) for name in {modules}]", task, runtime)


def test_a_search_finds_in_it_the_stems_of_its_two_languages(task: Path, runtime: Path) -> None:
    text = "Светодиодные лампы lamps lighting"
    told = in_lambda(f"from chalicelib.catalog.search.rules import stems; print(stems({text!r}))", task, runtime)
    assert told.strip() == repr(stems(text)) == "['светодиодн', 'ламп', 'lamp', 'light']"
    assert len(list((task / "snowballstemmer").glob("*_stemmer.py"))) == 2


def test_it_knows_every_route_and_starts_without_a_room(task: Path, runtime: Path) -> None:
    asked = (
        "import app, json; "
        "routes = {path: {name: [route.view_args, bool(route.authorizer)] for name, route in each.items()} "
        "for path, each in app.app.routes.items()}; "
        "print(json.dumps([routes, [name for name in sys.modules if name.startswith('chalicelib.')]]))"
    )
    routes, modules = json.loads(in_lambda(asked, task, runtime))
    declared: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        declared.setdefault(route.path, {})[route.method] = [path_parameters(route.path), route.scope is not None]
    assert routes == declared
    # Of the rooms only a door: the sign-in triggers ask the platform whom a member speaks for.
    assert {name for name in modules if name.split(".")[1] not in ("auth", "platform", "table")} == {
        "chalicelib.members"
    }


def test_it_is_small(package: Package) -> None:
    assert package.zip.stat().st_size <= MOST_BYTES
    with zipfile.ZipFile(package.zip) as zipped:
        names = zipped.namelist()
    assert not [name for name in names if name.startswith(("boto", "chalice/cli", "pip/"))]
    assert not [name for name in names if "/tests/" in name]


def test_every_module_is_compiled_and_its_compiled_code_is_trusted(package: Package) -> None:
    """Bit 0 of the flags: by hash, not by time. Bit 1 off: the hash is not checked at each start."""
    tag = sys.implementation.cache_tag
    with zipfile.ZipFile(package.zip) as zipped:
        names = set(zipped.namelist())
        modules = [Path(name) for name in names if name.endswith(".py")]
        compiled = [(path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").as_posix() for path in modules]
        assert set(compiled) <= names
        assert {zipped.read(name)[4:8] for name in compiled} == {(0b01).to_bytes(4, "little")}


def test_equal_input_makes_equal_bytes(package: Package, tmp_path: Path) -> None:
    again = build(tmp_path, arch=THIS_MACHINE)
    assert again.zip.read_bytes() == package.zip.read_bytes()
    assert again.template.read_bytes() == package.template.read_bytes()


@pytest.mark.parametrize("arch", ["arm64", "x86_64"])
def test_the_functions_run_on_the_processor_that_the_wheels_are_for(arch: str) -> None:
    resources = build_template(arch=arch)["Resources"].values()
    functions = [each["Properties"] for each in resources if each["Type"] == "AWS::Serverless::Function"]
    assert {tuple(function["Architectures"]) for function in functions} == {(arch,)}
    assert {function["Runtime"] for function in functions} == {f"python3.{sys.version_info.minor}"}


def test_another_club_brings_its_own_figures(tmp_path: Path) -> None:
    own = (
        (ROOT / "chalicelib" / "club.toml")
        .read_text(encoding="utf-8")
        .replace(f'name = "{config()[Club].name}"', 'name = "Ours"', 1)
    )
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    made = build(tmp_path / "out", arch=THIS_MACHINE, club=tmp_path / "own.toml")
    with zipfile.ZipFile(made.zip) as zipped:
        zipped.extract("chalicelib/club.toml", tmp_path)
    assert checked(tmp_path / "chalicelib" / "club.toml")[Club].name == "Ours"


def test_a_file_that_holds_no_figures_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('name = "Ours"\n', encoding="utf-8")
    with pytest.raises(BuildError, match=r"own\.toml is no config of a club: name_ru: Field required"):
        build(tmp_path / "out", arch=THIS_MACHINE, club=tmp_path / "own.toml")
