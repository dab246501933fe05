"""Kinds of files of the set-up, and their bounds."""

from collections.abc import Mapping
from typing import Literal

Kind = Literal["staff", "distributors", "region_managers", "companies"]

MOST_ROWS: Mapping[Kind, int] = {"staff": 200, "distributors": 200, "region_managers": 200, "companies": 5_000}
MOST_TOLD = 1_000  # wrong rows of a file, each with all its faults
# Of the operation for one of them.
SCOPES: Mapping[Kind, str] = {
    "staff": "staff.people.write",
    "distributors": "staff.distributors.write",
    "region_managers": "staff.companies.write",
    "companies": "staff.companies.write",
}
