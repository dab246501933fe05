"""Packages the club for Lambda: one zip that all functions share, and the CloudFormation template that says what they are.

    make package                              arm64, into dist/
    make package ARCH=x86_64 CLUB=my.toml     for the other processor, with another config

Then, with credentials for the account and a bucket of yours for the upload:

    aws cloudformation package --template-file dist/template.json --s3-bucket BUCKET --output-template-file dist/packaged.json
    aws cloudformation deploy --template-file dist/packaged.json --s3-bucket BUCKET --stack-name partner-club \
        --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameter-overrides PortalUrl=https://… MailIdentity=… MailFrom=…

The stack's name is part of the bucket's name, so it is in lower case. What happens, in order:

    stage      a clean copy of app.py, chalicelib and .chalice; weakest point: it must list what Lambda needs
    template   `chalice package`, with infra/resources.yaml and infra/functions.yaml merged in
    registry   what the rooms declare: with it a function imports the rooms it needs, not the house (platform/registry/modules.py)
    vendor     the requirements, as wheels for the processor that will run them; kept by the hash of what they depend on
    zip        all of it byte-compiled, in sorted order and with fixed times: equal input makes equal bytes

Lambda cannot write beside the code and would compile it at each cold start; so the package carries compiled code, and must be
built with the same minor version of Python that runs it. `chalice package` makes that version the functions' runtime.
"""

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalice.package import TemplateDeepMerger, YAMLTemplateSerializer

from chalicelib.platform.http.gateway import GREEDY, METHODS
from infra import club_config

ROOT = Path(__file__).resolve().parent.parent
STAGE = "club"  # of .chalice/config.json
RESOURCES = (
    ROOT / "infra" / "functions.yaml",
    ROOT / "infra" / "resources.yaml",
)  # written by a command, written by hand
WHEELS = {"arm64": "manylinux2014_aarch64", "x86_64": "manylinux2014_x86_64"}
THIS_MACHINE = "local"  # not a processor of Lambda: whatever runs the local cloud
MOST_BYTES = 12 * 1024 * 1024

REGISTRY = """
import json
import app
from chalicelib.mail import declarations
from chalicelib.platform import own_data
from chalicelib.platform.delivery import subscriptions
from chalicelib.platform.registry import handlers, names
from chalicelib.platform.http.routes import ROUTES

declared = {"routes": handlers.rows(ROUTES), "consumers": subscriptions.consumer_names(), **declarations.letter_modules()}
declared["own_data"] = own_data.declaring_modules()
declared["names"] = names.declaring_modules()
print(json.dumps(declared, sort_keys=True))
"""

_NUMBERS = {"__init__.py", "exceptions.py", "util.py", "ru"}  # of stdnum, which knows those of 90 countries
_STEMMERS = {"among.py", "basestemmer.py", "english_stemmer.py", "russian_stemmer.py"}  # of 35 languages
_NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


class BuildError(Exception):
    """One sentence for whoever builds."""


@dataclass(frozen=True, slots=True)
class Package:
    template: Path
    zip: Path


def build(out: Path, *, arch: str = "arm64", club: Path | None = None) -> Package:
    """Makes the package in `out`. `arch` is a key of WHEELS, or THIS_MACHINE."""
    with tempfile.TemporaryDirectory(prefix="club-build-") as folder:
        task = Path(folder, "task")
        template = _stage_and_package(Path(folder, "stage"), task, arch, club)
        _write_registry(Path(folder, "stage"), task)
        shutil.copytree(_vendored(arch), task, dirs_exist_ok=True)
        _compile(task, task / "app.py", task / "chalicelib", task / "chalice")
        out.mkdir(parents=True, exist_ok=True)
        package = Package(out / "template.json", out / "deployment.zip")
        package.template.write_text(json.dumps(template, separators=(",", ":"), ensure_ascii=False), encoding="utf-8")
        _zip(task, package.zip)
    size = package.zip.stat().st_size
    if size > MOST_BYTES:
        raise BuildError(
            f"{package.zip} has {size:,} bytes, more than the {MOST_BYTES:,} that keep a cold start short."
        )
    return package


def local_package(club: Path | None = None) -> Package:
    """The package for the local cloud, made again only when something that goes into it has changed."""
    inputs = [ROOT / "app.py", ROOT / "requirements.txt", *RESOURCES, Path(__file__)]
    for folder in ("chalicelib", ".chalice"):
        inputs += [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    contents = [f"{path.relative_to(ROOT)}".encode() + path.read_bytes() for path in sorted(inputs)]
    fingerprint = hashlib.sha256(b"".join([*contents, club.read_bytes() if club else b"", sys.version.encode()]))
    made = ROOT / ".local" / "packages" / fingerprint.hexdigest()[:16]
    if not made.exists():
        _forget_old(made.parent)
        with tempfile.TemporaryDirectory(dir=made.parent) as making:
            build(Path(making, "made"), arch=THIS_MACHINE, club=club)
            _settle(Path(making, "made"), made)
    return Package(made / "template.json", made / "deployment.zip")


def build_template(*, arch: str = "arm64") -> dict[str, Any]:
    """The template alone: no wheels, no zip."""
    with tempfile.TemporaryDirectory(prefix="club-build-") as folder:
        return _stage_and_package(Path(folder, "stage"), Path(folder, "task"), arch, None)


def resources() -> dict[str, Any]:
    """The two files of the stack's resources, with their short tags spelled out."""
    template: dict[str, Any] = {}
    for path in RESOURCES:
        one = YAMLTemplateSerializer().load_template(path.read_text(encoding="utf-8"))
        template = TemplateDeepMerger().merge(one, template)
    return template


def _stage_and_package(stage: Path, task: Path, arch: str, club: Path | None) -> dict[str, Any]:
    stage.mkdir()
    shutil.copy(ROOT / "app.py", stage)
    shutil.copytree(ROOT / "chalicelib", stage / "chalicelib", ignore=_NOT_SHIPPED)
    shutil.copytree(ROOT / ".chalice", stage / ".chalice", ignore=shutil.ignore_patterns("deployments", "deployed"))
    if club:
        _check(club)
        shutil.copy(club, stage / "chalicelib" / "club.toml")
    config = json.loads((stage / ".chalice" / "config.json").read_text(encoding="utf-8"))
    config["stages"][STAGE]["lambda_architecture"] = _processor(arch)
    (stage / ".chalice" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (stage / "requirements.txt").touch()  # Chalice would build them for its own idea of a platform
    (stage / "resources.json").write_text(json.dumps(resources()), encoding="utf-8")
    chalice = [
        sys.executable,
        "-c",
        "import sys; from chalice.cli import main; sys.exit(main())",
        "package",
        "--stage",
        STAGE,
    ]
    made = subprocess.run(
        [*chalice, "--merge-template", "resources.json", str(stage / "out")],
        cwd=stage,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise BuildError(f"`chalice package` failed:\n{made.stdout}{made.stderr}")
    with zipfile.ZipFile(stage / "out" / "deployment.zip") as zipped:
        zipped.extractall(task)
    template: dict[str, Any] = json.loads((stage / "out" / "sam.json").read_text(encoding="utf-8"))
    _gather(template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"])
    return template


def _gather(paths: dict[str, Any]) -> None:
    """Makes one greedy resource of what lies below `/v1/staff` and the like, where all ask for a token; GET answers HEAD too.

    The app finds the route (chalicelib/platform/http/gateway.py). A path with its first two parts makes a group.
    """
    groups: dict[str, list[str]] = {}
    for path in paths:
        if path.count("/") > 2:
            groups.setdefault("/".join(path.split("/")[:3]), []).append(path)
    for above, below in groups.items():
        operations = [each for path in below for method, each in paths[path].items() if method != "options"]
        if len(below) > 1 and all(each.get("security") for each in operations):
            preflight = paths[below[0]]["options"]
            for path in below:
                del paths[path]
            rest = {"name": GREEDY[1:-2], "in": "path", "required": True, "type": "string"}
            operation = {**operations[0], "parameters": [rest]}
            paths[f"{above}/{GREEDY}"] = {**dict.fromkeys(METHODS, operation), "options": preflight}
    for operations in paths.values():
        if "get" in operations:
            operations["head"] = operations["get"]
        methods = ",".join(sorted(method.upper() for method in operations))
        headers = operations["options"]["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
        headers["method.response.header.Access-Control-Allow-Methods"] = f"'{methods}'"
    # A browser asks before it calls: an address that is not there lets it call, so that it reads the problem.
    greedy = next(operations for path, operations in paths.items() if path.endswith(GREEDY))
    paths[f"/{GREEDY}"] = {"options": greedy["options"]}


def _write_registry(stage: Path, task: Path) -> None:
    """In a process of its own: this one may have imported other code than what is staged."""
    made = subprocess.run([sys.executable, "-B", "-c", REGISTRY], cwd=stage, capture_output=True, text=True)
    if made.returncode:
        raise BuildError(f"The rooms cannot be imported:\n{made.stderr}")
    (task / "chalicelib" / "registry.json").write_text(made.stdout, encoding="utf-8")


def _check(club: Path) -> None:
    try:
        club_config.checked(club)
    except (OSError, ValueError) as error:
        raise BuildError(f"{club} is no config of a club: {error}") from error


def _processor(arch: str) -> str:
    if arch != THIS_MACHINE:
        return arch
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def _vendored(arch: str) -> Path:
    """The folder with the installed, compiled requirements; made once for each of their versions."""
    requirements = ROOT / "requirements.txt"
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    fingerprint = hashlib.sha256(requirements.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:16]
    folder = ROOT / ".local" / "vendor" / f"{arch}-{minor}-{fingerprint}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as making:
        made = Path(making, "made")
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-compile",
            "--no-deps",
        ]
        if arch != THIS_MACHINE:
            pip += ["--platform", WHEELS[arch], "--python-version", minor, "--only-binary", ":all:"]
        installed = subprocess.run(
            [*pip, "--target", str(made), "-r", str(requirements)], capture_output=True, text=True
        )
        if installed.returncode:
            last = [line for line in installed.stderr.splitlines() if line.startswith("ERROR")][-1:]
            raise BuildError(f"Could not install requirements.txt for {arch}: {' '.join(last) or installed.stderr}")
        _trim(made)
        _compile(made, made)
        _settle(made, folder)
    return folder


def _settle(made: Path, place: Path) -> None:
    """Gives what was made its lasting name, unless another build was faster with the same."""
    with contextlib.suppress(OSError):
        made.rename(place)


def _forget_old(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.stat().st_mtime < time.time() - 3600:
            shutil.rmtree(path, ignore_errors=True)


def _trim(folder: Path) -> None:
    """Commands, tests, what the club never imports and what pip notes for itself. Licences and versions stay: the first by right, the second are read."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    shutil.rmtree(folder / "pydantic" / "v1")  # pydantic's first version, for those who still use it
    (folder / "pydantic" / "mypy.py").unlink()  # for whoever checks types
    shutil.rmtree(folder / "mistune" / "directives")  # of reStructuredText, which no text of the club has
    zones = folder / "tzdata" / "zoneinfo"
    # Python reads the zones and their names; the rest is what they were made of, and maps.
    for path in [
        *folder.rglob("*.pyi"),
        *folder.glob("*.dist-info/sboms/*"),
        zones / "tzdata.zi",
        *zones.glob("*.tab"),
    ]:
        path.unlink()
    for path in folder.glob("*.dist-info/METADATA"):
        path.write_bytes(path.read_bytes().partition(b"\n\n")[0] + b"\n")  # the package's page of its index follows
    for path in (folder / "phonenumbers" / "shortdata").glob("region_*.py"):
        path.unlink()  # of emergency calls and the like, each loaded when it is asked for
    for path in (folder / "stdnum").iterdir():
        if path.name not in _NUMBERS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (folder / "snowballstemmer").glob("*.py"):
        if path.name not in _STEMMERS:
            path.unlink()
    (folder / "snowballstemmer" / "__init__.py").touch()  # its own imports all languages
    for tests in [path for path in folder.rglob("tests") if path.is_dir()]:
        shutil.rmtree(tests)
    for note in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
        for path in folder.glob(f"*.dist-info/{note}"):
            path.unlink()


def _compile(base: Path, *what: Path) -> None:
    """Compiled code that is never compared with its source, and names it as Lambda would.

    In a process of its own with a fixed hash seed: otherwise the order of sets would differ from build to build.
    """
    compileall = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run(
        [*compileall, "-s", str(base), "-p", "/var/task", *map(str, what)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=True,
    )


def _zip(folder: Path, target: Path) -> None:
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for name, path in files:
            entry = zipfile.ZipInfo(name)  # 1980-01-01
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, path.read_bytes())


def main() -> int:
    parser = argparse.ArgumentParser(prog="make package", description="Packages the club for Lambda.")
    parser.add_argument("--arch", choices=[*WHEELS, THIS_MACHINE], default="arm64")
    parser.add_argument("--club", type=Path, help="a file like chalicelib/club.toml, in its place")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    chosen = parser.parse_args()
    try:
        package = build(chosen.out, arch=chosen.arch, club=chosen.club)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{package.zip}  {package.zip.stat().st_size / 1024 / 1024:.1f} MB for {chosen.arch}")
    print(f"{package.template}  next: see the top of infra/build.py, or infra/docs/operations.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
