"""Key of the managers of regions."""

from chalicelib.table.key import Key, in_table


@in_table("one", "S, E")
def region_managers() -> Key:
    """The managers of regions."""
    return Key("REGIONMANAGERS", "LIST")
