"""Results of waves, for the head of sales."""

from chalicelib.platform import Call, Routes
from chalicelib.retention.results import service
from chalicelib.retention.results.schemas import ResultsQuery, WaveResultsView

routes = Routes(__name__, tag="retention")


@routes.get("/v1/staff/retention/results", scope="staff.retention.read", query=ResultsQuery, problems=("not_found",))
def show_retention_results(call: Call) -> WaveResultsView:
    """Show the results of a wave: the called companies compared with the hold-out.

    The result is that of the latest planned look, and stays so until the next one; before the first there are counts only. It compares the
    arms as they were drawn, regardless of the calls made. If the arms are not as large as they were drawn, the causes are shown in place of
    the result.
    """
    return service.show(call.context, call.query.wave_id, call.language)
