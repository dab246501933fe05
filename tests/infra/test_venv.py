"""A machine that lacks something is told what, in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

from infra.build import ROOT


def make(folder: Path, requirements: Path, python: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [ROOT / "infra" / "venv.sh", folder / "venv", requirements, python]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\nif [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi\n')
    old.chmod(0o755)
    made = make(tmp_path, ROOT / "requirements.txt", str(old))
    assert made.returncode == 1
    assert made.stderr == (
        f"Python 3.11 or newer is needed, and {old} is Python 3.9.2: "
        "install one, or name it with make PYTHON=/path/to/python3.\n"
    )
    assert not (tmp_path / "venv").exists()


def test_an_index_out_of_reach_is_told_from_everything_else(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("no-such-package-anywhere==1\n")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    made = make(tmp_path, tmp_path / "requirements.txt", sys.executable, **nowhere)
    assert made.returncode == 1
    (told,) = made.stderr.splitlines()
    assert told.startswith(f"Could not install {tmp_path}/requirements.txt: check the network")
