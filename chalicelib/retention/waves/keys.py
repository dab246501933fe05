from chalicelib.table import Key, company_partition, in_gsi1, in_table


@in_table("newest first", "E, S")
def wave(first: str, wave_id: str) -> Key:
    """The waves, by their first day."""
    return Key("WAVES", f"WAVE#{first}#{wave_id}")


@in_table("one", "T")
def intake() -> Key:
    """The last day on which the latest wave takes companies in: waves follow one another."""
    return Key("WAVES", "INTAKE")


@in_table("one", "E, S")
def assignment(company_id: str, wave_id: str) -> Key:
    """The arm of a company in a wave."""
    return Key(company_partition(company_id), f"WAVE#{wave_id}")


@in_gsi1("by unit")
def assignment_list(wave_id: str, unit: str, company_id: str) -> Key:
    """The companies of a wave; those of one INN together."""
    return Key(f"WAVE#{wave_id}", f"{unit}#{company_id}")


@in_table("one", "T")
def breach(company_id: str, cause: str) -> Key:
    """A contact with a company that is held out. `cause`: the id of the contact."""
    return Key(company_partition(company_id), f"BREACH#{cause}")


@in_gsi1("by time")
def breach_list(wave_id: str, at: str, cause: str) -> Key:
    """The contacts with companies that a wave holds out."""
    return Key(f"BREACHES#{wave_id}", f"{at}#{cause}")
