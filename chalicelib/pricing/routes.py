"""Running promotions for partners."""

from chalicelib.platform import Call, Routes
from chalicelib.pricing import service
from chalicelib.pricing.promotions.schemas import RunningPromotionPage, RunningPromotionView

routes = Routes(__name__, tag="prices")


@routes.get("/v1/promotions", scope="catalog.read")
def list_running_promotions(call: Call) -> RunningPromotionPage:
    """List the promotions that run today, each with its effect for the company."""
    context, company_id = call.context, call.principal.for_company()
    found = context.table.get_many(service.keys_of(company_id))
    conditions = service.conditions_of(
        context, company_id, found, lambda code: [code]
    )  # which goods does not matter here
    running = [each for each in conditions.promotions if each.first <= context.today <= each.last]
    items = [
        RunningPromotionView.of(each, each.obstacle(conditions.buyer, context.today), call.language) for each in running
    ]
    return RunningPromotionPage(items=items)
