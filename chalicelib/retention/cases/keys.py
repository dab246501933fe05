from chalicelib.table import Key, in_gsi1, in_gsi2, in_table


@in_table("one", "S")
def case(case_id: str) -> Key:
    """The case of a company."""
    return Key(f"CASE#{case_id}", "CASE")


@in_table("newest first", "E, S")
def entry(case_id: str, at: str, entry_id: str) -> Key:
    """The history of a case."""
    return Key(f"CASE#{case_id}", f"ENTRY#{at}#{entry_id}")


@in_gsi1("most first")
def ready_list(manager_id: str, cents: int, case_id: str) -> Key:
    """The cases that a manager may call today, by rank; with an empty manager, those of companies without one. Padded cents sort as texts."""
    return Key(f"READY#{manager_id}", f"{cents:018d}#{case_id}")


@in_gsi2("oldest first")
def ready_since(manager_id: str, due: str, case_id: str) -> Key:
    """The same cases by the day on which they became due."""
    return Key(f"READY#{manager_id}", f"{due}#{case_id}")
