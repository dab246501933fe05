from chalicelib.table import Key, in_table


@in_table("by time", "S")
def reading(letter_id: str, at: str, reading_id: str) -> Key:
    """The readings of a letter, as they were noted."""
    return Key(f"LETTER#{letter_id}", f"READING#{at}#{reading_id}")


@in_table("one", "S")
def readings(letter_id: str) -> Key:
    """The readings of a letter together: people's and programs'."""
    return Key(f"LETTER#{letter_id}", "READINGS")
