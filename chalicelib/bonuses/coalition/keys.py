from chalicelib.table import Key, folded, in_gsi1, in_table


@in_table("one", "E, S, T")
def coalition_client(client_id: str) -> Key:
    """A coalition client."""
    return Key(f"MACHINE#{client_id}", "CLIENT")


@in_gsi1("by name")
def coalition_client_list(name: str, client_id: str) -> Key:
    """All coalition clients."""
    return Key("MACHINES", f"{folded(name)}#{client_id}")


@in_table("one", "S")
def coalition_grant(client_id: str, reference: str) -> Key:
    """The bonuses that a coalition client granted. The client's own reference names it, for ever."""
    return Key(f"MACHINE#{client_id}", f"GRANT#{reference}")


@in_table("one", "S, T")
def coalition_usage(client_id: str, period: str, company_id: str = "") -> Key:
    """The part of its limits that a coalition client has used. `period`: a day, of one company, or a month, of all."""
    return Key(f"MACHINE#{client_id}", f"USED#{period}#{company_id}")
