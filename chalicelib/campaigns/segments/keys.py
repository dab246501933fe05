from chalicelib.table import Key, folded, in_gsi1, in_table


@in_table("one", "S")
def segment(segment_id: str) -> Key:
    """A segment."""
    return Key(f"SEGMENT#{segment_id}", "SEGMENT")


@in_gsi1("by name")
def segment_list(name: str, segment_id: str) -> Key:
    """All segments."""
    return Key("SEGMENTS", f"{folded(name)}#{segment_id}")


@in_table("one", "S")
def audience(audience_id: str) -> Key:
    """An audience: its conditions, and who asked."""
    return Key(f"AUDIENCE#{audience_id}", "AUDIENCE")


@in_table("by number", "S")
def audience_part(audience_id: str, shard: int) -> Key:
    """The counted members of an audience, by shard of the members."""
    return Key(f"AUDIENCE#{audience_id}", f"PART#{shard}")


@in_table("by shard and page", "S")
def audience_people(audience_id: str, shard: int, page: int) -> Key:
    """The people of an issue's audience, page by page, with who is left out and why."""
    return Key(f"AUDIENCE#{audience_id}", f"PEOPLE#{shard}#{page:06d}")


@in_gsi1("by time")
def audience_list(at: str, audience_id: str) -> Key:
    """The audiences that somebody asked for, newest first; not those of issues."""
    return Key("AUDIENCES", f"{at}#{audience_id}")
