"""Workbooks of Excel and LibreOffice: the sheets that are shown, read by a process of its own (see workbook_rows)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from chalicelib.exchange.tables.model import MOST_WORKBOOK_BYTES, Kind, Unreadable
from chalicelib.exchange.tables.spool import SpooledTable

_PROGRAM = "chalicelib.exchange.tables.workbook_rows"
_MOST_SECONDS = 320
_STARTED_FROM = str(Path(__file__).parents[3])


def read_workbook(path: Path, kind: Kind, folder: Path) -> list[SpooledTable]:
    """The sheets with rows. Raises Unreadable."""
    size = path.stat().st_size
    if size > MOST_WORKBOOK_BYTES:
        raise Unreadable("workbook_too_large", most=MOST_WORKBOOK_BYTES // 2**20)
    named = folder / f"workbook.{kind}"  # by its ending the library knows the format, and tells a password from damage
    named.symlink_to(path.resolve())
    command = [sys.executable, "-m", _PROGRAM, str(named), str(folder)]
    search = os.pathsep.join([_STARTED_FROM, *filter(None, sys.path)])
    try:
        done = subprocess.run(  # noqa: S603  # our own program
            command, capture_output=True, timeout=_MOST_SECONDS, env={**os.environ, "PYTHONPATH": search}, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("workbook_too_large", most=MOST_WORKBOOK_BYTES // 2**20) from None
    if done.returncode:
        # Memory or time ran out, or the library gave up on a damaged file.
        raise Unreadable("workbook_broken" if b"panick" in done.stderr else "workbook_memory")
    answer = json.loads(done.stdout)
    if "code" in answer:
        raise Unreadable(answer["code"], **answer["facts"])
    return [
        SpooledTable(Path(each["path"]), each["name"], kind, money=_money(each["money"]), hidden=each["hidden"])
        for each in answer["sheets"]
        if each["rows"]
    ]


def _money(told: dict[str, list[Any]]) -> dict[int, list[tuple[int, str]]]:
    return {int(column): [(line, shown) for line, shown in several] for column, several in told.items()}
