from chalicelib.table import Key, in_table


@in_table("one", "S, E")
def region_managers() -> Key:
    """The managers of regions."""
    return Key("REGIONMANAGERS", "LIST")
