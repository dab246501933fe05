from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def export(export_id: str) -> Key:
    """An export."""
    return Key(f"EXPORT#{export_id}", "EXPORT")


@in_table("by part", "S")
def export_part(export_id: str, part: int) -> Key:
    """A part of an export."""
    return Key(f"EXPORT#{export_id}", f"PART#{part:06d}")


@in_gsi1("by time")
def export_list(member_id: str, at: str, export_id: str) -> Key:
    """The exports of one of the staff, newest first."""
    return Key(f"EXPORTS#{member_id}", f"{at}#{export_id}")
