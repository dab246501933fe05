"""The calls of a manager, and the scripts of calls."""

from chalicelib.platform import Answer, Call, Problem, Routes
from chalicelib.retention.cases.model import CallKind
from chalicelib.retention.lists import news, scripts, service
from chalicelib.retention.lists.schemas import CallListView, CallNewsForm, CallNewsView, ScriptForm, ScriptView

routes = Routes(__name__, tag="retention")

NEWS = "/v1/staff/calls/news"
SCRIPT = "/v1/staff/calls/scripts/{kind}"


@routes.get("/v1/manager/calls", scope="staff.calls", writes=True)
def list_calls(call: Call) -> CallListView:
    """List the calls of your day, the most valuable first.

    At most seven companies of yours: why each is called now, whom to call and the time there, the script, the latest purchases, open orders, the
    tier and what keeps it, and the answers to each reason. The list of a day stays as it is; tomorrow's is ranked again, and shorter if
    calls were left undone. A company is on one list a day, and nobody is called more often than the contact budget allows.
    """
    return service.today(call.context, call.principal.for_member(), call.language)


@routes.get(SCRIPT, scope="staff.calls")
def show_script(call: Call, kind: str) -> Answer[ScriptView]:
    """Show the script of a kind of calls."""
    return Answer.at(*scripts.show(call.context, _kind(kind)))


@routes.put(SCRIPT, scope="staff.retention.write", matched=True)
def change_script(call: Call, form: ScriptForm, kind: str) -> Answer[ScriptView]:
    """Change the script of a kind of calls, in both languages."""
    by = call.principal.for_member()
    return Answer.at(*scripts.change(call.context, _kind(kind), call.expected_version(), form, by=by))


@routes.get(NEWS, scope="staff.calls")
def show_call_news(call: Call) -> Answer[CallNewsView]:
    """Show the news for managers' calls."""
    return Answer.at(*news.show(call.context))


@routes.put(NEWS, scope="staff.retention.write", matched=True)
def change_call_news(call: Call, form: CallNewsForm) -> Answer[CallNewsView]:
    """Change the news for managers' calls.

    A company that bought of the brand or category within a year hears it in its next quarterly call; nobody is called for news alone. The
    version of a list that was never written is 0.
    """
    by = call.principal.for_member()
    return Answer.at(*news.change(call.context, call.expected_version(), form, by=by))


def _kind(kind: str) -> CallKind:
    """Raises 404 for a kind that there is not."""
    if kind not in list(CallKind):
        raise Problem("not_found", f"There is no such kind of calls. There are: {', '.join(CallKind)}.")
    return CallKind(kind)
