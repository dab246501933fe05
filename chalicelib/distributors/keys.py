"""Keys of distributors: their people, their regions."""

from chalicelib.table import Key, distributor_partition, folded, in_gsi1, in_table


@in_table("one", "E")
def distributor(distributor_id: str) -> Key:
    """A distributor."""
    return Key(distributor_partition(distributor_id), "PROFILE")


@in_gsi1("by name")
def distributor_list(name: str, distributor_id: str) -> Key:
    """All distributors."""
    return Key("DISTRIBUTORS", f"{folded(name)}#{distributor_id}")


@in_table("by priority", "E")
def region(region_code: str, priority: int, distributor_id: str) -> Key:
    """The distributors that serve a region. Ordered by priority number."""
    return Key(f"REGION#{region_code}", f"{priority:04d}#{distributor_id}")


@in_table("by member", "E, T")
def distributor_person(distributor_id: str, member_id: str) -> Key:
    """The people of a distributor."""
    return Key(distributor_partition(distributor_id), f"PERSON#{member_id}")
