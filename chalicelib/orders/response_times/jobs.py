"""The tick that reminds distributors."""

from typing import Any

from chalicelib.orders.response_times import service
from chalicelib.platform.context import Context
from chalicelib.platform.functions import scheduled, table


@scheduled(
    "rate(15 minutes)",
    parameter="ReminderSchedule",
    description="How often it is looked for what distributors have not answered in time.",
    missed="Nobody looked for two hours for what distributors have not answered. See the schedule, and start the function by hand.",
    timeout=600,
    may=(table("batch_get", "query", "put", "delete", "check"),),
)
def remind_distributors(context: Context, event: dict[str, Any]) -> dict[str, int]:
    """Remind distributors of the orders that they have not answered in time."""
    return service.remind(context, event)
