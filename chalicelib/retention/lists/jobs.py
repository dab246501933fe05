"""The lists of the morning.

    07:00           ──▶ morning_calls   on a working day sends the managers to the queue
    the calls queue ──▶ list_calls_of   makes the list of each

A manager whose list failed gets it with the first question of the day.
"""

import json
from typing import Any

from chalicelib import members
from chalicelib.platform import Calendar, Context, jobs, queue_url
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.platform.config.working_time import is_working_day
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, SECRET, WRITE, queue_worker, scheduled, table
from chalicelib.retention.lists import service


@scheduled(
    "cron(0 7 * * ? *)",
    parameter="CallSchedule",
    description="When the managers' lists of calls are made.",
    may=(table(*READ, "put"),),
)
def morning_calls(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Sends the managers to the queue; returns the figures of the run."""
    working = is_working_day(context.today, context.config[Calendar])
    roles = staff_roles("staff.calls") if working else []
    managers = [each for role in roles for each in members.staff_in(context, role)]
    messages = jobs.send_bodies(queue_url("calls"), ({"manager_id": each} for each in managers))
    facts = {"day": context.today.isoformat(), "managers": messages}
    log.info("morning calls", extra=facts)
    return facts


@queue_worker("calls", batch=1, filled_by=("morning_calls",), may=(table(*READ, *WRITE), SECRET))
def list_calls_of(context: Context, message: dict[str, Any]) -> None:
    """Makes the manager's list of the day. A message that comes again changes nothing; one of yesterday makes today's."""
    if is_working_day(context.today, context.config[Calendar]):
        service.make(context, json.loads(message["body"])["manager_id"])
