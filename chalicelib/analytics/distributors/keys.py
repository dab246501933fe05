from chalicelib.table import Key, in_table


@in_table("by month", "E")
def distributor_month(month: str, distributor_id: str = "") -> Key:
    """The service of a distributor by month (`2026-11`). Without a distributor: the prefix of a month."""
    return Key("CLUBDISTRIBUTORS", f"{month}#{distributor_id}")
