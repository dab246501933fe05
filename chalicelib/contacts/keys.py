from chalicelib.table import Key, company_partition, in_table


@in_table("one", "S, T")
def person(person_id: str) -> Key:
    """The last contact of each kind with a person, and what the person does not want."""
    return Key(f"CONTACTS#{person_id}", "CONTACTS")


@in_table("one", "S, T")
def address(address_id: str) -> Key:
    """The last contact of each kind at an address, and when it unsubscribed. No address is kept, only a keyed hash as its id."""
    return Key(f"ADDRESS#{address_id}", "CONTACTS")


@in_table("newest first", "E")
def contact_note(person_id: str, at: str, note_id: str) -> Key:
    """The contacts with a person that somebody of the staff noted."""
    return Key(f"CONTACTS#{person_id}", f"NOTE#{at}#{note_id}")


@in_table("one", "E, S, T")
def hold_out(company_id: str) -> Key:
    """The wave that holds a company out, and until which day; and when it was learned that the company closed down."""
    return Key(company_partition(company_id), "HOLD_OUT")
