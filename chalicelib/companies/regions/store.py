"""The managers of regions: one item, replaced as a whole."""

from chalicelib.companies.regions import keys
from chalicelib.companies.regions.model import RegionManagers
from chalicelib.table import Table, Transaction, at_version, from_item, to_item


def read(table: Table, *, consistent: bool = False) -> RegionManagers:
    """Nobody's where nobody wrote a list."""
    item = table.get(keys.region_managers(), consistent=consistent)
    return from_item(RegionManagers, item) if item else RegionManagers({})


def replace(tx: Transaction, before: RegionManagers, after: RegionManagers) -> None:
    """Refused with label `version` if somebody else was first."""
    unchanged = at_version(before.version)
    tx.put({**keys.region_managers().as_item(), **to_item(after)}, when=unchanged, label="version")
