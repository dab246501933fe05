from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def hand_over(hand_over_id: str) -> Key:
    """A hand-over of many companies."""
    return Key(f"HANDOVER#{hand_over_id}", "HANDOVER")


@in_table("by part", "S")
def hand_over_part(hand_over_id: str, part: int) -> Key:
    """A part of a hand-over of many companies."""
    return Key(f"HANDOVER#{hand_over_id}", f"PART#{part:06d}")


@in_gsi1("by time")
def hand_over_list(at: str, hand_over_id: str) -> Key:
    """The hand-overs of many companies, newest first."""
    return Key("HANDOVERS", f"{at}#{hand_over_id}")
