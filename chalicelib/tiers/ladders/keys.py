from datetime import date

from chalicelib.table import Key, in_gsi1, in_table


@in_table("by day", "S")
def ladder_from(currency: str, day: date | None = None) -> Key:
    """The ladders in force of a currency. Without a day: the prefix of the list."""
    return Key("LADDERS", f"FROM#{currency}#{day.isoformat() if day else ''}")


@in_table("one", "S")
def ladder(ladder_id: str) -> Key:
    """A ladder for the staff."""
    return Key("LADDERS", f"LADDER#{ladder_id}")


@in_gsi1("by time")
def ladder_list(at: str, ladder_id: str) -> Key:
    """The ladders, newest first."""
    return Key("LADDERS", f"{at}#{ladder_id}")
