from chalicelib.platform.http.routes import Call, Routes
from chalicelib.pricing import service
from chalicelib.pricing.promotions.schemas import RunningPromotion, RunningPromotions

routes = Routes(__name__, tag="prices")

# --- promotions as partners see them ----------------------------------------------------------------------------------


@routes.get("/v1/promotions", scope="catalog.read", answer=RunningPromotions)
def running_promotions(call: Call) -> RunningPromotions:
    """List the promotions that run today, and whether each is meant for the company."""
    context, company_id = call.context, call.principal.for_company()
    found = context.table.get_many(service.keys_of(company_id))
    conditions = service.conditions_of(
        context, company_id, found, lambda code: [code]
    )  # which goods does not matter here
    running = [each for each in conditions.promotions if each.first <= context.today <= each.last]
    items = [RunningPromotion.of(each, each.misses(conditions.buyer, context.today), call.language) for each in running]
    return RunningPromotions(items=items)
