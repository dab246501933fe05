"""Keys of the contacts of people and addresses."""

from chalicelib.table.key import Key, in_table


@in_table("one", "S, T")
def person_budget(person_id: str) -> Key:
    """The last contact of each kind with a person."""
    return Key(f"CONTACTS#{person_id}", "BUDGET")


@in_table("one", "S, T")
def address_budget(mark: str) -> Key:
    """The last contact of each kind at an address, by the mark of the address."""
    return Key(f"CONTACTS#{mark}", "BUDGET")


@in_table("newest first", "E")
def contact_note(person_id: str, at: str, note_id: str) -> Key:
    """The contacts with a person that somebody of the staff noted."""
    return Key(f"CONTACTS#{person_id}", f"NOTE#{at}#{note_id}")
