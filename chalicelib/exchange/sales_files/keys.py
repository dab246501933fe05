"""Keys of imported files."""

from chalicelib.table.key import Key, in_gsi1, in_table


@in_table("one", "S")
def import_(import_id: str) -> Key:
    """An import."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


@in_table("by part", "S")
def import_part(import_id: str, part: int) -> Key:
    """A part of an import."""
    return Key(f"IMPORT#{import_id}", f"PART#{part:06d}")


@in_gsi1("by time")
def import_list(at: str, import_id: str) -> Key:
    """The imports, newest first."""
    return Key("IMPORTS", f"{at}#{import_id}")
