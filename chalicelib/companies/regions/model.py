"""The managers of regions."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegionManagers:
    """The manager of each region, by region. `by`: who wrote the list last."""

    managers: Mapping[str, str]
    by: str = ""
    version: int = 0
