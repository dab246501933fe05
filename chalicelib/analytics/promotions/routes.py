"""The effect of promotions, for the staff."""

from chalicelib.analytics.promotions import service
from chalicelib.analytics.promotions.schemas import PromotionEffectsQuery, PromotionEffectsView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="analytics")


@routes.get("/v1/staff/analytics/promotions", scope="staff.promotions.write", query=PromotionEffectsQuery)
def show_promotions_effect(call: Call) -> PromotionEffectsView:
    """Show the effect of promotions, compared with the weeks and the year before.

    The comparison with companies that get no campaign letters is there, too, if they are enough; `basis` names the one to trust.
    """
    return service.show(call.context, call.query, call.language)
