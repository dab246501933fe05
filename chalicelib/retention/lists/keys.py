from chalicelib.table import Key, in_table


@in_table("newest first", "E, S")
def call_list(manager_id: str, day: str) -> Key:
    """The calls of a manager on a day."""
    return Key(f"CALLS#{manager_id}", f"DAY#{day}")


@in_table("one", "E, S")
def script(kind: str) -> Key:
    """The script of a kind of calls, where the staff wrote another than the club's own."""
    return Key("CALL_SCRIPTS", kind)


@in_table("one", "E, S")
def news() -> Key:
    """The news of the club to tell by telephone."""
    return Key("CALL_NEWS", "NEWS")
