from chalicelib.table import Key, company_partition, in_gsi1, in_table


@in_table("one", "S")
def rhythm(company_id: str) -> Key:
    """The rhythm of a company: its state, since when, and its figures."""
    return Key(company_partition(company_id), "RHYTHM")


@in_gsi1("by first day")
def quiet_list(state: str, since: str, company_id: str) -> Key:
    """The companies in a state of silence, by its first day."""
    return Key(f"QUIET#{state}", f"{since}#{company_id}")
