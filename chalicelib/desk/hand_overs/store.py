"""Hand-overs in the table: work in parts whose item also has its portfolio, the receiving manager, the author and the reason.

Objects lie below `hand-overs/{hand_over}/`: `parts/{n}-{digest}` are rows of the list, `companies.csv` is the list;
`rows.json` are those of a file.
"""

from typing import Any

from chalicelib.desk.hand_overs import keys
from chalicelib.desk.hand_overs.events import BEGAN
from chalicelib.platform import Context, Progress, WorkInParts, queue_url, record_event
from chalicelib.table import Transaction

KEEP_DAYS = 400  # as long as the events of the companies; the bucket drops the list earlier
LIST = "companies.csv"
FILE = "rows.json"

WORK = WorkInParts(
    lambda: queue_url("handovers"), "hand-overs/", keys.hand_over, keys.hand_over_part, KEEP_DAYS, keys.hand_over_list
)


def create(tx: Transaction, context: Context, hand_over_id: str, author: str, asked: dict[str, Any]) -> Progress:
    """Creates a hand-over; its event starts it."""
    record_event(tx, context, keys.hand_over(hand_over_id), BEGAN, hand_over_id=hand_over_id)
    return WORK.create(tx, context, hand_over_id, author, {**asked, "hand_over_id": hand_over_id})
