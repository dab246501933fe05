"""The partner club, as a table of contents: its routes, and every schedule, stream and queue that starts work.

Nothing is decided here. Each entry point hands over to the room whose work it is.
"""

from typing import Any

from chalice.app import Chalice, DynamoDBEvent, SQSEvent

from chalicelib import catalog, exchange, letters, orders, sales, tiers
from chalicelib.auth.routes import routes as auth_routes
from chalicelib.auth.triggers import triggers
from chalicelib.bonuses import accruals, closing, redemptions
from chalicelib.bonuses import night as bonus_nights
from chalicelib.bonuses.accrual_routes import routes as accrual_routes
from chalicelib.bonuses.goods_routes import routes as goods_routes
from chalicelib.bonuses.machine_routes import routes as machine_routes
from chalicelib.bonuses.proof_routes import routes as bonus_proof_routes
from chalicelib.bonuses.routes import routes as bonuses_routes
from chalicelib.catalog.routes import routes as catalog_routes
from chalicelib.companies.routes import routes as companies_routes
from chalicelib.exchange.routes import routes as exchange_routes
from chalicelib.members.routes import routes as members_routes
from chalicelib.orders.routes import routes as orders_routes
from chalicelib.platform.events import Subscriptions, deliver, each_message
from chalicelib.platform.http import install
from chalicelib.platform.routes import routes as platform_routes
from chalicelib.platform.work import work_now
from chalicelib.pricing.routes import routes as pricing_routes
from chalicelib.programme.routes import routes as programme_routes
from chalicelib.reports.routes import routes as reports_routes
from chalicelib.sales.routes import routes as sales_routes
from chalicelib.tiers import everyone, simulation_service
from chalicelib.tiers.explain_routes import routes as explain_routes
from chalicelib.tiers.ladder_routes import routes as ladder_routes
from chalicelib.tiers.routes import routes as tiers_routes

app = Chalice(app_name="partner-club")
install(app)

for room in (
    platform_routes,
    auth_routes,
    members_routes,
    programme_routes,
    companies_routes,
    tiers_routes,
    explain_routes,
    ladder_routes,
    sales_routes,
    catalog_routes,
    pricing_routes,
    orders_routes,
    bonuses_routes,
    accrual_routes,
    goods_routes,
    machine_routes,
    bonus_proof_routes,
    reports_routes,
    exchange_routes,
):
    app.register_blueprint(room.blueprint)

# Cognito's triggers run without this module: a sign-in should not wait for the whole house to wake.
app.register_blueprint(triggers)

# What happens, and what follows from it in the facts.
SUBSCRIPTIONS: Subscriptions = {
    "products.changed": [catalog.on_products_changed],
    "order.accepted": [redemptions.on_order_changed],
    "order.rejected": [redemptions.on_order_changed],
    "order.shipped": [sales.on_order_shipped, orders.on_order_shipped, redemptions.on_order_changed],
    "order.cancelled": [redemptions.on_order_changed],
    "sale.recorded": [
        sales.on_sale_recorded,
        tiers.on_sale_recorded,
        accruals.on_sale_recorded,
        closing.on_sale_recorded,
    ],
    "payment.recorded": [accruals.on_payment_recorded, orders.on_payment_recorded],
    "tier.changed": [accruals.on_tier_changed],
    "tier.granted": [accruals.on_tier_changed],
    "tier.withdrawn": [accruals.on_tier_changed],
    "tier_ladder.activated": [everyone.on_ladders_changed],
    "tier_ladder.withdrawn": [everyone.on_ladders_changed],
    "tier_simulation.requested": [simulation_service.on_requested],
}

# What people are told of. Apart from the facts: a sign-in code does not wait until a year of sales is worked off.
LETTERS: Subscriptions = {
    "sign_in.requested": [letters.on_event],
    "member.email_confirmed": [letters.on_event],
    "company.person_claimed": [letters.on_event],
    "company.person_confirmed": [letters.on_event],
    "order.placed": [letters.on_event],
    "order.accepted": [letters.on_event],
    "order.rejected": [letters.on_event],
    "order.shipped": [letters.on_event],
    "order.cancelled": [letters.on_event],
    "tier.changed": [letters.on_event],
    "tier.warning": [letters.on_event],
    "bonus.reminder": [letters.on_event],
    "bonus.expiring": [letters.on_event],
    "bonus.credited": [letters.on_event],
    "bonus.adjusted": [letters.on_event],
    "goods.available": [letters.on_event],
    "goods.expiring": [letters.on_event],
    "goods.shipped": [letters.on_event],
    "letter.written": [letters.on_letter_written],
}


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
    return each_message(event.to_dict(), lambda message: letters.send(work_now(), message))


@app.on_sqs_message(queue="mail-events", name="settle_letters", batch_size=10)
def settle_letters(event: SQSEvent) -> dict[str, Any]:
    """What the mail service says became of a letter."""
    return each_message(event.to_dict(), lambda message: letters.settle(work_now(), message))


@app.lambda_function(name="split_import")
def split_import(event: dict[str, Any], context: Any) -> None:
    """A sales file was uploaded: check its rows and cut it into parts."""
    exchange.split(work_now(), event)


@app.on_sqs_message(queue="imports", name="write_imports", batch_size=1)
def write_imports(event: SQSEvent) -> dict[str, Any]:
    """The imports queue: one part of a file a message."""
    return each_message(event.to_dict(), lambda message: exchange.write_part(work_now(), message))


@app.lambda_function(name="nightly_tiers")
def nightly_tiers(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every night: name the companies whose tier falls due."""
    return tiers.nightly(work_now(), event)


@app.on_sqs_message(queue="tiers", name="decide_tiers", batch_size=10)
def decide_tiers(event: SQSEvent) -> dict[str, Any]:
    """The tiers queue: decide each named company's tier."""
    return each_message(event.to_dict(), lambda message: tiers.decide(work_now(), message))


@app.on_sqs_message(queue="simulations", name="simulate_tiers", batch_size=1)
def simulate_tiers(event: SQSEvent) -> dict[str, Any]:
    """The simulations queue: one part of the companies a message."""
    return each_message(event.to_dict(), lambda message: simulation_service.simulate(work_now(), message))


@app.lambda_function(name="nightly_bonuses")
def nightly_bonuses(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every night, after the tiers: name the companies of whose bonuses something falls due."""
    return bonus_nights.nightly(work_now(), event)


@app.lambda_function(name="prove_bonuses")
def prove_bonuses(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Every night, after that: name the companies whose books have moved, to be proved."""
    return bonus_nights.prove(work_now(), event)


@app.on_sqs_message(queue="bonuses", name="decide_bonuses", batch_size=10)
def decide_bonuses(event: SQSEvent) -> dict[str, Any]:
    """The bonuses queue: what is due, or to be proved, of each named company."""
    return each_message(event.to_dict(), lambda message: bonus_nights.decide(work_now(), message))
