"""The partner club, as a table of contents: its rooms, its events, and every function that Lambda calls.

Nothing is decided here, and no room is imported before there is work for it: a function that wakes for one request or one message waits
for what that needs, not for the whole house.

    a room        goes into ROOMS; its routes, queue workers and scheduled jobs are declared in its modules `*routes` and `*jobs`
    an event      `module:function` of its consumer goes into SUBSCRIPTIONS or LETTERS
    a function    is declared in its room's `jobs.py`, and named below; then `make registers` writes its settings, rights, queue and alarms
"""

from chalice.app import Chalice

from chalicelib.auth.triggers import triggers
from chalicelib.platform.events import subscriptions
from chalicelib.platform.functions import PORTAL, READ, SECRET, USERS, WRITE, files, table
from chalicelib.platform.http import install
from chalicelib.platform.registry import Functions, register

app = Chalice(app_name="partner-club")
install(app)

# Lowest first: a room uses only rooms before it.
ROOMS = (
    "platform",
    "auth",
    "members",
    "programme",
    "companies",
    "tiers",
    "sales",
    "catalog",
    "pricing",
    "letters",
    "orders",
    "bonuses",
    "reports",
    "exchange",
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

functions = Functions(app)
whole_table = table(*READ, *WRITE)

functions.http(
    memory=1024,
    timeout=28,
    may=(
        whole_table,
        files("imports/", "get", "put"),
        files("reports/", "get", "put"),
        files("simulations/", "get"),
        files("products/", "get", "put", "delete"),
        files("displays/", "get", "put"),
        USERS,
        SECRET,
        PORTAL,
    ),
)
deliver_events = functions.stream("deliver_events", SUBSCRIPTIONS, may=(whole_table,))
write_letters = functions.stream("write_letters", LETTERS, may=(whole_table,))
send_letters = functions.queue("letters.jobs:send_letters")
settle_letters = functions.queue("letters.jobs:settle_letters")
split_import = functions.event("exchange.jobs:split_import")
write_imports = functions.queue("exchange.jobs:write_imports")
nightly_tiers = functions.schedule("tiers.jobs:nightly_tiers")
decide_tiers = functions.queue("tiers.jobs:decide_tiers")
simulate_tiers = functions.queue("tiers.simulation_jobs:simulate_tiers")
nightly_bonuses = functions.schedule("bonuses.jobs:nightly_bonuses")
prove_bonuses = functions.schedule("bonuses.jobs:prove_bonuses")
decide_bonuses = functions.queue("bonuses.jobs:decide_bonuses")
remind_distributors = functions.schedule("orders.sla_jobs:remind_distributors")
deliver_webhooks = functions.queue("exchange.webhook_jobs:deliver_webhooks")
count_best_sellers = functions.queue("pricing.best_seller_jobs:count_best_sellers")
answer_demands = functions.queue("catalog.demand_jobs:answer_demands")
