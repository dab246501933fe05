from chalicelib.table import Key, in_table


@in_table("one", "E")
def club_rhythm() -> Key:
    """The rhythm that the club learned from all its companies."""
    return Key("RHYTHM#CLUB", "LEARNED")


@in_table("one", "S")
def learning(learning_id: str) -> Key:
    """A run in which the club learns from its companies."""
    return Key(f"LEARNING#{learning_id}", "LEARNING")


@in_table("by part", "S")
def learning_part(learning_id: str, part: int) -> Key:
    """A part of such a run."""
    return Key(f"LEARNING#{learning_id}", f"PART#{part:06d}")
