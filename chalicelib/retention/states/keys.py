"""Keys of states."""

from chalicelib.table.key import Key, company_partition, in_table


@in_table("one", "S")
def rhythm(company_id: str) -> Key:
    """The rhythm of a company: its state, since when, and its figures."""
    return Key(company_partition(company_id), "RHYTHM")


@in_table("one", "E")
def club_rhythm() -> Key:
    """The rhythm that the club learned from all its companies."""
    return Key("RHYTHM#CLUB", "LEARNED")
