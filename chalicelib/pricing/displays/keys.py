from chalicelib.table import Key, company_partition, in_gsi1, in_gsi2, in_table


@in_table("one", "S")
def display(company_id: str, proof_id: str) -> Key:
    """A proof of goods on display."""
    return Key(company_partition(company_id), f"DISPLAY#{proof_id}")


@in_gsi1("by time")
def display_list(company_id: str, at: str, proof_id: str) -> Key:
    """The proofs of a company, newest first."""
    return Key(f"DISPLAYS#{company_id}", f"{at}#{proof_id}")


@in_gsi2("oldest first")
def displays_waiting(at: str, proof_id: str) -> Key:
    """The proofs that wait for a manager."""
    return Key("DISPLAYS", f"{at}#{proof_id}")


@in_table("by company", "S, T")
def chain_company(inn: str, company_id: str) -> Key:
    """The companies of an INN. Without a company: the prefix of the list."""
    return Key(f"CHAIN#{inn}", f"COMPANY#{company_id}")


@in_table("one", "S, T")
def chain_granted(inn: str) -> Key:
    """The display deals that were approved for all companies of an INN."""
    return Key(f"CHAIN#{inn}", "GRANTED")
