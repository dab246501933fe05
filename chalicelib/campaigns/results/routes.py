from datetime import timedelta

from chalicelib.campaigns.results import series, service
from chalicelib.campaigns.results.schemas import FiguresQuery, FiguresView, ResultsView, SeriesResultsView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="letters")

_HALF_A_YEAR = timedelta(days=184)


@routes.get("/v1/staff/campaigns/{issue_id}/results", scope="staff.campaigns.read", problems=("wrong_state",))
def show_results(call: Call, issue_id: str) -> ResultsView:
    """Show the results of an issue: letters, readers, and purchases compared with the hold-out.

    People and programs are counted apart. Without the hold-out no purchases are shown: those who get letters buy more anyway.
    """
    return service.show(call.context, issue_id)


@routes.get("/v1/staff/series/{series_id}/results", scope="staff.campaigns.read", problems=("wrong_state",))
def show_series_results(call: Call, series_id: str) -> SeriesResultsView:
    """Show the results of a series: members by step, letters, ends, and purchases compared with the hold-out.

    Those inside and those for whom it ended in the last 400 days, counted again every night.
    """
    return series.show(call.context, series_id)


@routes.get("/v1/staff/letters/figures", scope="staff.campaigns.read", query=FiguresQuery)
def show_letter_figures(call: Call) -> FiguresView:
    """Compare letters by topic, audience, slot, segment, template or class, and learn whether one is surely the best."""
    last = call.query.to or call.context.today
    return service.figures(call.context, call.query.from_ or last - _HALF_A_YEAR, last, call.query.by)
