from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def import_(import_id: str) -> Key:
    """An import."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


@in_table("by part", "S")
def import_part(import_id: str, run: int, part: int) -> Key:
    """A part of a run of an import."""
    return Key(f"IMPORT#{import_id}", f"PART#{run:03d}#{part:06d}")


@in_gsi1("by time")
def import_list(at: str, import_id: str) -> Key:
    """The imports, newest first."""
    return Key("IMPORTS", f"{at}#{import_id}")


@in_table("by headings", "S")
def profile(source: str, fingerprint: str) -> Key:
    """The profiles that files of a source were read with. With an empty fingerprint: the prefix of the list."""
    return Key(f"SOURCE#{source}", f"PROFILE#{fingerprint}")
