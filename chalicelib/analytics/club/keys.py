from datetime import date

from chalicelib.table import Key, in_table


@in_table("one", "E")
def club_currencies() -> Key:
    """The currencies in which there ever were figures."""
    return Key("CLUBFIGURES#", "CURRENCIES")


@in_table("by month", "E")
def club_month(currency: str, month: date | None = None) -> Key:
    """The figures of the club by month. Without a month: the prefix of the list."""
    return Key(f"CLUBFIGURES#{currency}", f"MONTH#{month:%Y-%m}" if month else "MONTH#")


@in_table("by month", "E")
def club_split(currency: str, month: date | None = None) -> Key:
    """The turnover of the club by region, manager, distributor, tier, cohort, brand and category, by month. Without a month: the prefix."""
    return Key(f"CLUBFIGURES#{currency}", f"SPLIT#{month:%Y-%m}" if month else "SPLIT#")


@in_table("by split and month", "E")
def club_bridge(currency: str, split: str = "", month: date | None = None) -> Key:
    """The moves of the turnover under each name of a split, by month. Without a month: the prefix of all splits."""
    return Key(f"CLUBFIGURES#{currency}", f"BRIDGE#{split}#{month:%Y-%m}" if month else "BRIDGE#")


@in_table("by month", "E")
def moved_companies(currency: str, month: date | None = None) -> Key:
    """The companies with the largest changes of a month, by move. Without a month: the prefix."""
    return Key(f"CLUBFIGURES#{currency}", f"MOVED#{month:%Y-%m}" if month else "MOVED#")


@in_table("by quarter", "E")
def cohort(currency: str, quarter: str = "") -> Key:
    """The companies that bought first in a quarter, by quarter. Without a quarter: the prefix of the list."""
    return Key(f"CLUBFIGURES#{currency}", f"COHORT#{quarter}")


@in_table("one", "S")
def club_fold(fold_id: str) -> Key:
    """A fold of all companies into the club's figures."""
    return Key(f"CLUBFOLD#{fold_id}", "FOLD")


@in_table("by part", "S")
def club_fold_part(fold_id: str, part: int) -> Key:
    """A part of a fold."""
    return Key(f"CLUBFOLD#{fold_id}", f"PART#{part:06d}")
