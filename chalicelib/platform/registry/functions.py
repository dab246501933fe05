"""Declarations of the deployed functions: trigger, memory, time limit and rights of each.

A room declares its queue workers and scheduled jobs in `jobs.py`, above their code; app.py adds the line that Lambda calls. From these
declarations `make registers` writes `.chalice/` and `infra/functions.yaml`: settings, policies, queues, dead letters, logs, alarms.
Only data stands here, and nothing heavy is imported: the sign-in triggers declare themselves too, and start without the house.

Rights are the least that the work needs. `make registers` denies every function to change or delete an item of a ledger.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from chalicelib.platform.context import Context

TableAction = Literal["get", "batch_get", "query", "put", "update", "delete", "check"]
FileAction = Literal["get", "put", "delete"]


class Right(NamedTuple):
    """Actions on one thing of the stack. `prefix` limits items or files to those whose key begins with it."""

    on: str
    actions: tuple[str, ...] = ()
    prefix: str = ""


READ: tuple[TableAction, ...] = ("get", "batch_get", "query")
WRITE: tuple[TableAction, ...] = ("put", "update", "delete", "check")


def table(*actions: TableAction) -> Right:
    """The table and its indexes."""
    return Right("table", actions)


def items(*actions: TableAction, prefix: str = "") -> Right:
    """The table without its indexes, or only the partitions that begin with `prefix`."""
    return Right("items", actions, prefix)


def files(prefix: str, *actions: FileAction) -> Right:
    """Files of the bucket below `prefix`."""
    return Right("files", actions, prefix)


MAIL = Right("mail")  # send letters
MAIL_RATE = Right("mail_rate")  # read the rate that the mail service allows
SUPPRESSIONS = Right("suppressions")  # take an address off the mail service's list of those that bounced
SECRET = Right("secret")  # read the secret that signs cursors and codes
USERS = Right("users")  # create users in the pool, sign them in, and delete them
PORTAL = Right("portal")  # only to know its address
TABLE_EXPORT = Right("table_export")  # have DynamoDB write the table's export below datasets/exports/ of the bucket
LAKE = Right("lake")  # ask the engine of the datasets, which reads them for the caller
LAKE_TABLES = Right("lake_tables")  # have the engine write datasets, and say where their files are
LETTER_PAGES = Right("letter_pages")  # only to know the address of the pages that letters link to


class Queue(NamedTuple):
    """`retry` is the parameter of the stack that hides a failed message for so many seconds; `filled_by` names the functions that send.

    `window`: seconds for which messages are gathered into one run of at most `batch`.
    `tries`: how often a message fails before it is a dead letter; `given_up` is the text of the alarm then. `loop` says why the
    worker sends to its own queue, and what ends that; empty for one that does not.
    """

    name: str
    batch: int
    workers: int
    retry: str
    filled_by: tuple[str, ...]
    tries: int
    given_up: str
    loop: str = ""
    window: int = 0


class Schedule(NamedTuple):
    """`parameter` is the stack's parameter that replaces `expression`; `missed` is the text of the alarm when nothing starts."""

    expression: str
    parameter: str
    description: str
    missed: str


class Function(NamedTuple):
    """`starts` tells when: a queue, a schedule, the table's "stream", an "event" of another service, a "trigger" of the user pool, or "http".

    `job` is `module:function` below `chalicelib`, as app.py names it.
    """

    name: str
    job: str
    starts: Queue | Schedule | Literal["stream", "event", "trigger", "http"]
    memory: int
    timeout: int
    may: tuple[Right, ...]
    disk: int = 512  # MB of /tmp


DECLARED: dict[str, Function] = {}

Job = TypeVar("Job", bound="Callable[[Context, dict[str, Any]], Any]")
Trigger = TypeVar("Trigger", bound="Callable[..., Any]")

GIVEN_UP = "A message failed for good. Find the cause in the logs, then move it back to its queue."
RUN_GIVEN_UP = "A run failed for good. Find the cause in the logs, then invoke the function with the requestPayload that the message holds."
NIGHT_MISSED = (
    "A night did not start for more than a day. See its schedule and start the function by hand. "
    "A new stack says so too, until its first night."
)


def queue_worker(
    queue: str,
    *,
    may: tuple[Right, ...],
    filled_by: tuple[str, ...],
    batch: int = 1,
    workers: int = 10,
    memory: int = 512,
    timeout: int = 60,
    retry: str = "RetrySeconds",
    tries: int = 5,
    given_up: str = GIVEN_UP,
    loop: str = "",
    window: int = 0,
    disk: int = 512,
) -> Callable[[Job], Job]:
    """The function gets the messages of this queue one by one; one that raises comes again. At most `workers` run at a time."""
    return _declared(
        Queue(queue, batch, workers, retry, filled_by, tries, given_up, loop, window), memory, timeout, may, disk
    )


def scheduled(
    expression: str,
    *,
    parameter: str,
    description: str,
    may: tuple[Right, ...],
    missed: str = NIGHT_MISSED,
    memory: int = 512,
    timeout: int = 900,
) -> Callable[[Job], Job]:
    """The function starts by this schedule, `cron(…)` or `rate(…)`, in the club's time zone."""
    return _declared(Schedule(expression, parameter, description, missed), memory, timeout, may)


def on_event(*, may: tuple[Right, ...], memory: int = 512, timeout: int = 900, disk: int = 512) -> Callable[[Job], Job]:
    """Another service starts the function; infra/resources.yaml says which."""
    return _declared("event", memory, timeout, may, disk)


def sign_in_trigger(*, may: tuple[Right, ...] = (), memory: int, timeout: int) -> Callable[[Trigger], Trigger]:
    """The user pool calls the function and waits for its answer."""
    return _declared("trigger", memory, timeout, may)


def declare(function: Function) -> None:
    """Raises ValueError where another function has the name."""
    if DECLARED.setdefault(function.name, function).job != function.job:
        raise ValueError(f"Two functions are named {function.name}.")


def _declared(starts: Any, memory: int, timeout: int, may: tuple[Right, ...], disk: int = 512) -> Callable[[Any], Any]:
    def keep(job: Any) -> Any:
        name = f"{job.__module__.removeprefix('chalicelib.')}:{job.__name__}"
        declare(Function(job.__name__, name, starts, memory, timeout, may, disk))
        return job

    return keep
