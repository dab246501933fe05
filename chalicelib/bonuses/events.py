"""Events of a company's bonus book. All have `company_id`, `currency`, and amounts in this currency.

`bonus.posted` is the posting's own item.
"""

from chalicelib.platform import EventType

BONUS_POSTED = EventType("bonus.posted")
CREDITED = EventType("bonus.credited")  # by a `partner` of the coalition: `amount`, `note`, `expires_on`
# By the staff: `adjustment_id`, `amount`, `by`, `reason`, `expires_on`, `available`.
ADJUSTED = EventType("bonus.adjusted")
EXPIRING = EventType("bonus.expiring")  # `amount` until `expires_on`, in `days_left`; `available`
REMINDER = EventType("bonus.reminder")  # on `day`: `available`, `pending`, `lots` (each `expires_on`, `amount`)
PERIOD_CREDITED = EventType(
    "bonus.period_credited"
)  # `programme`, `first_day`, `last_day`, `volume`, `amount`, `pays`, `parts`, `posting_id`
