"""Results of waves, for the head of sales."""

from chalicelib.platform import Call, Routes
from chalicelib.retention.results import service
from chalicelib.retention.results.schemas import ResultsQuery, WaveResultsView

routes = Routes(__name__, tag="retention")


@routes.get("/v1/staff/retention/results", scope="staff.retention.read", query=ResultsQuery, problems=("not_found",))
def show_retention_results(call: Call) -> WaveResultsView:
    """Show what a wave brought: the called companies against those that were held out.

    The result is that of the latest planned look, and stays so until the next one; before the first there are counts only. It compares by the
    arms that were drawn, whoever was called. Where the arms are not as large as they were drawn, causes take the place of the result.
    """
    return service.show(call.context, call.query.wave_id, call.language)
