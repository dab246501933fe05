"""Public data that tests measure against: never part of the project, skipped where they cannot be had."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
CLUB_DATA = Path(os.environ.get("CLUB_DATA", ROOT.parent / "shared" / "data"))
LIFETIMES = "lifetimes==0.11.3"  # only its data: the package itself needs pandas and scipy


def data_file(name: str) -> Path:
    """A file of the folder that CLUB_DATA names."""
    file = CLUB_DATA / name
    if not file.exists():
        pytest.skip(f"needs {name} in the folder that CLUB_DATA names; {CLUB_DATA} has none")
    return file


def cdnow() -> list[dict[str, str]]:
    """The customers of CDNOW in their first 39 weeks, as the package `lifetimes` brings them; downloaded once."""
    folder = ROOT / ".local" / "lifetimes"
    wheels = list(folder.glob("*.whl"))
    if not wheels:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, LIFETIMES]
        if subprocess.run(command, capture_output=True, timeout=120).returncode:
            pytest.skip(f"needs {LIFETIMES} from the package index")
        wheels = list(folder.glob("*.whl"))
    text = ZipFile(wheels[0]).read("lifetimes/datasets/cdnow_customers_summary.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))
