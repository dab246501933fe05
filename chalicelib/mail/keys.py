from chalicelib.table import Key, in_gsi2, in_table


@in_table("one", "E, S")
def letter(letter_id: str) -> Key:
    """A letter."""
    return Key(f"LETTER#{letter_id}", "LETTER")


@in_gsi2("oldest first")
def letter_list(state: str, at: str, letter_id: str) -> Key:
    """The letters that someone must look at.

    Only states that wait for something are listed, so the index stays small.
    """
    return Key(f"LETTERS#{state}", f"{at}#{letter_id}")


@in_gsi2("oldest first")
def waiting_letter(due_at: str, letter_id: str) -> Key:
    """The letters that wait for their readers' slots, by the moment of the slot."""
    return Key("LETTERSWAITING", f"{due_at}#{letter_id}")


@in_gsi2("newest first")
def suppression_list(at: str, email: str) -> Key:
    """The suppressed addresses."""
    return Key("SUPPRESSIONS", f"{at}#{email}")


@in_table("one", "S, T")
def suppression(email: str) -> Key:
    """The mark that an address is suppressed."""
    return Key(f"EMAIL#{email}", "SUPPRESSION")
