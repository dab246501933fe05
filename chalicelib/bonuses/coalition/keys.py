"""Keys of machine clients."""

from chalicelib.table.key import Key, in_gsi1, in_table


@in_table("one", "E, S, T")
def machine(client_id: str) -> Key:
    """A machine client."""
    return Key(f"MACHINE#{client_id}", "CLIENT")


@in_gsi1("by name")
def machine_list(name: str, client_id: str) -> Key:
    """All machine clients."""
    return Key("MACHINES", f"{name.casefold()}#{client_id}")


@in_table("one", "S")
def machine_grant(client_id: str, reference: str) -> Key:
    """The bonuses that a machine client granted. The client's own reference names it, for ever."""
    return Key(f"MACHINE#{client_id}", f"GRANT#{reference}")


@in_table("one", "S, T")
def machine_used(client_id: str, period: str, company_id: str = "") -> Key:
    """The part of its limits that a machine client has used. `period`: a day, of one company, or a month, of all."""
    return Key(f"MACHINE#{client_id}", f"USED#{period}#{company_id}")
