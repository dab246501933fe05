from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def move(move_id: str) -> Key:
    """A move of a customer from one company to another."""
    return Key(f"CUSTOMERMOVE#{move_id}", "MOVE")


@in_gsi1("by time")
def move_list(at: str, move_id: str) -> Key:
    """The moves of customers, newest first."""
    return Key("CUSTOMERMOVES", f"{at}#{move_id}")
