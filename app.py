"""The partner club, as a table of contents: its routes, and every schedule, stream and queue that starts work.

Nothing is decided here. Each entry point hands over to the room whose work it is, and no room is imported before there is work for it:
a function that wakes for one request or one message waits for what that needs, not for the whole house.

    a room        the module that declares its routes goes into ROOMS
    an event      `module:function` of its consumer goes into SUBSCRIPTIONS or LETTERS, and the event's name into the stream's filter in
                  infra/resources.yaml
    a queue or    an entry point below, which imports its room in its body; and its settings in .chalice/config.json, its rights
    a schedule    in .chalice/policy-*.json, its queue, retries and alarms in infra/resources.yaml
"""

from typing import Any

from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from chalicelib.auth.triggers import triggers
from chalicelib.platform.events import deliver, each_message, subscriptions
from chalicelib.platform.http import install
from chalicelib.platform.rooms import register
from chalicelib.platform.work import work_now

app = Chalice(app_name="partner-club")
install(app)

ROOMS = (
    "platform.routes",
    "auth.routes",
    "members.routes",
    "programme.routes",
    "companies.routes",
    "tiers.routes",
    "tiers.explain_routes",
    "tiers.ladder_routes",
    "sales.routes",
    "catalog.routes",
    "catalog.demand_routes",
    "pricing.routes",
    "pricing.offer_routes",
    "pricing.display_routes",
    "pricing.best_seller_routes",
    "orders.routes",
    "orders.request_routes",
    "orders.on_behalf_routes",
    "orders.sla_routes",
    "orders.cart_routes",
    "orders.on_top_routes",
    "bonuses.routes",
    "bonuses.accrual_routes",
    "bonuses.goods_routes",
    "bonuses.machine_routes",
    "bonuses.proof_routes",
    "reports.routes",
    "exchange.routes",
    "exchange.webhook_routes",
)
register(app, ROOMS)

# Cognito's triggers run without this module: a sign-in should not wait for the whole house to wake.
app.register_blueprint(triggers)

# What happens, and what follows from it in the facts.
SUBSCRIPTIONS = subscriptions(
    {
        "products.changed": ["catalog:on_products_changed"],
        "stock.arrived": ["catalog.demand_answers:on_stock_arrived"],
        "demand.opened": ["catalog.demand_answers:on_demand_moved"],
        "demand.changed": ["catalog.demand_answers:on_demand_moved"],
        "demand.cancelled": ["catalog.demand_answers:on_demand_moved"],
        "demand.answered": ["catalog.demand_answers:on_demand_moved"],
        "order.placed": ["pricing.uses:on_order_changed", "orders.sla:on_order_changed"],
        "order.changed": ["orders.sla:on_order_changed"],
        "order.confirmed": [
            "pricing.uses:on_order_changed",
            "bonuses.redemptions:on_order_changed",
            "orders.sla:on_order_changed",
            "orders.on_top_service:on_order_changed",
        ],
        "order.accepted": [
            "pricing.uses:on_order_changed",
            "bonuses.redemptions:on_order_changed",
            "orders.sla:on_order_changed",
            "orders.on_top_service:on_order_changed",
        ],
        "order.rejected": [
            "pricing.uses:on_order_changed",
            "bonuses.redemptions:on_order_changed",
            "orders.sla:on_order_changed",
            "orders.on_top_service:on_order_changed",
        ],
        "order.shipped": [
            "sales:on_order_shipped",
            "orders:on_order_shipped",
            "bonuses.redemptions:on_order_changed",
            "orders.sla:on_order_changed",
            "orders.on_top_service:on_order_changed",
        ],
        "order.cancelled": [
            "pricing.uses:on_order_changed",
            "bonuses.redemptions:on_order_changed",
            "orders.sla:on_order_changed",
            "orders.on_top_service:on_order_changed",
        ],
        "order.completed": [
            "pricing.uses:on_order_changed",
            "bonuses.redemptions:on_order_changed",
            "orders.sla:on_order_changed",
            "orders.on_top_service:on_order_changed",
        ],
        "order.cancellation_requested": ["orders.sla:on_order_changed"],
        "order.cancellation_declined": ["orders.sla:on_order_changed"],
        "order.return_requested": ["orders.sla:on_order_changed"],
        "order.returned": [
            "sales:on_order_returned",
            "orders:on_order_returned",
            "bonuses.redemptions:on_order_changed",
            "orders.sla:on_order_changed",
            "orders.on_top_service:on_order_changed",
        ],
        "order.return_rejected": ["orders.sla:on_order_changed"],
        "sale.recorded": [
            "sales:on_sale_recorded",
            "tiers:on_sale_recorded",
            "bonuses.accruals:on_sale_recorded",
            "bonuses.closing:on_sale_recorded",
            "orders.together:on_sale_recorded",
        ],
        "payment.recorded": [
            "bonuses.accruals:on_payment_recorded",
            "orders:on_payment_recorded",
            "orders.on_top_service:on_payment_recorded",
        ],
        "tier.changed": ["bonuses.accruals:on_tier_changed"],
        "tier.granted": ["bonuses.accruals:on_tier_changed"],
        "tier.withdrawn": ["bonuses.accruals:on_tier_changed"],
        "tier_ladder.activated": ["tiers.everyone:on_ladders_changed"],
        "tier_ladder.withdrawn": ["tiers.everyone:on_ladders_changed"],
        "tier_simulation.requested": ["tiers.simulation_service:on_requested"],
        "company.registered": ["pricing.displays:on_company_registered"],
        "display.approved": ["pricing.displays:on_display_approved"],
        "best_sellers.requested": ["pricing.best_sellers:on_requested"],
        "stock.recorded": ["orders.reservations:on_stock_recorded"],
    }
)

# What people, and distributors' systems, are told of. Apart from the facts: a sign-in code does not wait until a year of sales is worked off.
LETTERS = subscriptions(
    {
        "sign_in.requested": ["letters:on_event"],
        "member.email_confirmed": ["letters:on_event"],
        "company.person_claimed": ["letters:on_event"],
        "company.person_confirmed": ["letters:on_event"],
        "order.placed": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.accepted": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.rejected": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.shipped": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.cancelled": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.changed": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.confirmed": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.completed": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.cancellation_requested": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.cancellation_declined": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.return_requested": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.returned": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.return_rejected": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.unanswered": ["letters:on_event", "exchange.webhook_delivery:on_order_event"],
        "order.escalated": ["letters:on_event"],
        "demand.answered": ["letters:on_event"],
        "tier.changed": ["letters:on_event"],
        "tier.warning": ["letters:on_event"],
        "bonus.reminder": ["letters:on_event"],
        "bonus.expiring": ["letters:on_event"],
        "bonus.credited": ["letters:on_event"],
        "bonus.adjusted": ["letters:on_event"],
        "goods.available": ["letters:on_event"],
        "goods.expiring": ["letters:on_event"],
        "goods.shipped": ["letters:on_event"],
        "goods_on_top.granted": ["letters:on_event"],
        "goods_on_top.unpaid": ["letters:on_event"],
        "goods_on_top.withdrawn": ["letters:on_event"],
        "goods_on_top.shipped": ["letters:on_event"],
        "display.approved": ["letters:on_event"],
        "display.rejected": ["letters:on_event"],
        "letter.written": ["letters:on_letter_written"],
        "webhook.called": ["exchange.webhook_delivery:on_called"],
        "webhook.paused": ["letters:on_event"],
        "webhook.failed": ["letters:on_event"],
    }
)


@app.on_dynamodb_record(
    stream_arn="table-stream", name="deliver_events", batch_size=100, starting_position="TRIM_HORIZON"
)
def deliver_events(event: DynamoDBEvent) -> dict[str, Any]:
    """The table's stream: what follows from what happened."""
    return deliver(event.to_dict(), SUBSCRIPTIONS, work_now())


@app.on_dynamodb_record(
    stream_arn="table-stream", name="write_letters", batch_size=100, starting_position="TRIM_HORIZON"
)
def write_letters(event: DynamoDBEvent) -> dict[str, Any]:
    """The table's stream once more: who must be told of it."""
    return deliver(event.to_dict(), LETTERS, work_now())


@app.on_sqs_message(queue="letters", name="send_letters", batch_size=10)
def send_letters(event: SQSEvent) -> dict[str, Any]:
    """The letters queue: one letter a message."""
    from chalicelib import letters

    return each_message(event.to_dict(), lambda message: letters.send(work_now(), message))


@app.on_sqs_message(queue="mail-events", name="settle_letters", batch_size=10)
def settle_letters(event: SQSEvent) -> dict[str, Any]:
    """What the mail service says became of a letter."""
    from chalicelib import letters

    return each_message(event.to_dict(), lambda message: letters.settle(work_now(), message))


@app.lambda_function(name="split_import")
def split_import(event: dict[str, Any], context: Any) -> None:
    """A sales file was uploaded: check its rows and cut it into parts."""
    from chalicelib import exchange

    exchange.split(work_now(), event)


@app.on_sqs_message(queue="imports", name="write_imports", batch_size=1)
def write_imports(event: SQSEvent) -> dict[str, Any]:
    """The imports queue: one part of a file a message."""
    from chalicelib import exchange

    return each_message(event.to_dict(), lambda message: exchange.write_part(work_now(), message))


@app.lambda_function(name="nightly_tiers")
def nightly_tiers(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every night: name the companies whose tier falls due."""
    from chalicelib import tiers

    return tiers.nightly(work_now(), event)


@app.on_sqs_message(queue="tiers", name="decide_tiers", batch_size=10)
def decide_tiers(event: SQSEvent) -> dict[str, Any]:
    """The tiers queue: decide each named company's tier."""
    from chalicelib import tiers

    return each_message(event.to_dict(), lambda message: tiers.decide(work_now(), message))


@app.on_sqs_message(queue="simulations", name="simulate_tiers", batch_size=1)
def simulate_tiers(event: SQSEvent) -> dict[str, Any]:
    """The simulations queue: one part of the companies a message."""
    from chalicelib.tiers import simulation_service

    return each_message(event.to_dict(), lambda message: simulation_service.simulate(work_now(), message))


@app.lambda_function(name="nightly_bonuses")
def nightly_bonuses(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every night, after the tiers: name the companies of whose bonuses something falls due."""
    from chalicelib.bonuses import night

    return night.nightly(work_now(), event)


@app.lambda_function(name="prove_bonuses")
def prove_bonuses(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every night, after that: name the companies whose books have moved, to be proved."""
    from chalicelib.bonuses import night

    return night.prove(work_now(), event)


@app.on_sqs_message(queue="bonuses", name="decide_bonuses", batch_size=10)
def decide_bonuses(event: SQSEvent) -> dict[str, Any]:
    """The bonuses queue: what is due, or to be proved, of each named company."""
    from chalicelib.bonuses import night

    return each_message(event.to_dict(), lambda message: night.decide(work_now(), message))


@app.lambda_function(name="remind_distributors")
def remind_distributors(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Every quarter of an hour: tell what a distributor has not answered in time."""
    from chalicelib.orders import sla

    return sla.remind(work_now(), event)


@app.on_sqs_message(queue="webhooks", name="deliver_webhooks", batch_size=1)
def deliver_webhooks(event: SQSEvent) -> dict[str, Any]:
    """The webhooks queue: one message to a distributor's system a message."""
    from chalicelib.exchange import webhook_delivery

    return each_message(event.to_dict(), lambda message: webhook_delivery.deliver(work_now(), message))


@app.on_sqs_message(queue="bestsellers", name="count_best_sellers", batch_size=1)
def count_best_sellers(event: SQSEvent) -> dict[str, Any]:
    """The bestsellers queue: the sales of some companies a message."""
    from chalicelib.pricing import best_sellers

    return each_message(event.to_dict(), lambda message: best_sellers.count(work_now(), message))


@app.on_sqs_message(queue="demands", name="answer_demands", batch_size=1)
def answer_demands(event: SQSEvent) -> dict[str, Any]:
    """The demands queue: a page of those who wait for an article that has arrived."""
    from chalicelib.catalog import demand_answers

    return each_message(event.to_dict(), lambda message: demand_answers.answer(work_now(), message))
