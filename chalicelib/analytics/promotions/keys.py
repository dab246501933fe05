from datetime import date

from chalicelib.table import Key, in_table


@in_table("by first day", "E")
def promotion_effect(first: date | None = None, promotion_id: str = "") -> Key:
    """The effect of promotions by their first day. Without a day: the prefix of the list."""
    return Key("CLUBPROMOTIONS", f"EFFECT#{first.isoformat() if first else ''}#{promotion_id}" if first else "EFFECT#")
