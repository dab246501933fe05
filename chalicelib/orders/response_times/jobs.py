"""The job that reminds distributors."""

from typing import Any

from chalicelib.orders.response_times import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import scheduled, table


@scheduled(
    "rate(15 minutes)",
    parameter="ReminderSchedule",
    description="How often overdue questions to distributors are looked for.",
    missed="Overdue questions to distributors were not looked for during two hours. See the schedule, and start the function by hand.",
    timeout=600,
    may=(table("batch_get", "query", "put", "delete", "check"),),
)
def remind_distributors(context: Context, event: dict[str, Any]) -> dict[str, int]:
    """Remind distributors of overdue questions."""
    return service.remind(context, event)
