"""Keys of moves of customers."""

from chalicelib.table.key import Key, in_table


@in_table("one", "S")
def move(move_id: str) -> Key:
    """A move of a customer from one company to another."""
    return Key(f"CUSTOMERMOVE#{move_id}", "MOVE")
