from chalicelib.table import Key, in_table


@in_table("one", "S")
def lake() -> Key:
    """The moment up to which the datasets tell, and the refresh that is under way."""
    return Key("DATASETS", "LAKE")


@in_table("one", "S")
def refresh(refresh_id: str) -> Key:
    """A refresh of the datasets."""
    return Key(f"DATASETS#{refresh_id}", "REFRESH")


@in_table("by part", "S")
def refresh_part(refresh_id: str, part: int) -> Key:
    """The files of the table's export that a refresh reads."""
    return Key(f"DATASETS#{refresh_id}", f"PART#{part:06d}")
