"""The partner club, as a table of contents: its rooms, every function that Lambda calls, and at the end every schedule and event.

Nothing is decided here, and no room is imported before there is work for it: a function that wakes for one request or one message waits
for what that needs, not for the whole house.

    a room        goes into ROOMS; its routes, queue workers and scheduled jobs are declared in its modules `*routes` and `*jobs`
    an event      is declared in the `events.py` of the room that makes it, and its consumers in the `consumers.py` of the rooms that follow
    a letter      is declared in the `letters.py` of the room that makes its event
    a function    is declared in its room's `jobs.py`, and named below; then `make registers` writes its settings, rights, queue and alarms
"""

from chalicelib.auth.triggers import triggers
from chalicelib.platform.http.gateway import ClubApi
from chalicelib.platform.http.respond import install
from chalicelib.platform.registry.functions import PORTAL, READ, SECRET, SUPPRESSIONS, USERS, WRITE, files, table
from chalicelib.platform.registry.handlers import Functions, register

app = ClubApi(app_name="partner-club")
install(app)

# Lowest first: a room uses only rooms before it.
ROOMS = (
    "platform",
    "mail",
    "members",
    "auth",
    "own_data",
    "contacts",
    "distributors",
    "companies",
    "sales",
    "catalog",
    "demand",
    "tiers",
    "pricing",
    "storefront",
    "orders",
    "recommendations",
    "retention",
    "bonuses",
    "club_rules",
    "campaigns",
    "market_reports",
    "webhooks",
    "exchange",
    "desk",
    "analytics",
    "exports",
    "datasets",
    "setup",
)
register(app, ROOMS)

# Cognito's triggers run without this module: a sign-in should not wait for the whole house to wake.
app.register_blueprint(triggers)

functions = Functions(app)
whole_table = table(*READ, *WRITE)

functions.http(
    memory=1024,
    timeout=28,
    may=(
        whole_table,
        files("imports/", "get", "put"),
        files("simulations/", "get"),
        files("hand-overs/", "get", "put"),
        files("products/", "get", "put", "delete"),
        files("displays/", "get", "put"),
        files("statements/", "get", "put"),
        files("lists/", "get", "put"),
        files("orders/", "get", "put"),
        files("exports/", "get"),
        files("club-folds/", "get"),
        files("queries/", "get"),
        files("report-uploads/", "get", "put"),
        files("reports/", "get", "put"),
        USERS,
        SECRET,
        SUPPRESSIONS,
        PORTAL,
    ),
)
# Two readers of the table's stream, so that a sign-in code does not wait until a year of sales is worked off. Each event wakes one of them.
deliver_events = functions.stream("deliver_events", "facts", may=(whole_table, SECRET))
write_letters = functions.stream("write_letters", "messages", may=(whole_table,))
deliver_bulk = functions.queue("platform.delivery.jobs:deliver_bulk")
redeliver_events = functions.queue("platform.delivery.jobs:redeliver_events")
send_letters = functions.queue("mail.jobs:send_letters")
send_codes = functions.queue("mail.jobs:send_codes")
settle_letters = functions.queue("mail.jobs:settle_letters")
split_import = functions.event("exchange.sales_files.jobs:split_import")
write_imports = functions.queue("exchange.sales_files.jobs:write_imports")
move_customers = functions.queue("exchange.customers.jobs:move_customers")
nightly_tiers = functions.schedule("tiers.jobs:nightly_tiers")
decide_tiers = functions.queue("tiers.jobs:decide_tiers")
simulate_tiers = functions.queue("tiers.simulations.jobs:simulate_tiers")
nightly_bonuses = functions.schedule("bonuses.jobs:nightly_bonuses")
audit_bonuses = functions.schedule("bonuses.jobs:audit_bonuses")
decide_bonuses = functions.queue("bonuses.jobs:decide_bonuses")
nightly_recommendations = functions.schedule("recommendations.jobs:nightly_recommendations")
count_recommendations = functions.queue("recommendations.jobs:count_recommendations")
remind_distributors = functions.schedule("orders.response_times.jobs:remind_distributors")
deliver_webhooks = functions.queue("webhooks.jobs:deliver_webhooks")
remind_of_offers = functions.schedule("pricing.offers.jobs:remind_of_offers")
count_best_sellers = functions.queue("pricing.best_sellers.jobs:count_best_sellers")
nightly_rhythm = functions.schedule("retention.states.jobs:nightly_rhythm")
decide_rhythm = functions.queue("retention.states.jobs:decide_rhythm")
nightly_intake = functions.schedule("retention.waves.jobs:nightly_intake")
assign_companies = functions.queue("retention.waves.jobs:assign_companies")
nightly_cases = functions.schedule("retention.cases.jobs:nightly_cases")
ready_cases = functions.queue("retention.cases.jobs:ready_cases")
morning_calls = functions.schedule("retention.lists.jobs:morning_calls")
list_calls_of = functions.queue("retention.lists.jobs:list_calls_of")
nightly_results = functions.schedule("retention.results.jobs:nightly_results")
measure_results = functions.queue("retention.results.jobs:measure_results")
nightly_overview = functions.schedule("retention.overview.jobs:nightly_overview")
count_audience = functions.queue("campaigns.segments.jobs:count_audience")
start_campaigns = functions.schedule("campaigns.sending.jobs:start_campaigns")
send_campaigns = functions.queue("campaigns.sending.jobs:send_campaigns")
nightly_letter_results = functions.schedule("campaigns.results.jobs:nightly_letter_results")
count_letter_results = functions.queue("campaigns.results.jobs:count_letter_results")
join_two_companies = functions.queue("desk.joins.jobs:join_two_companies")
hand_over_companies = functions.queue("desk.hand_overs.jobs:hand_over_companies")
answer_demands = functions.queue("demand.jobs:answer_demands")
fold_months = functions.queue("analytics.rollups.jobs:fold_months")
nightly_rollups = functions.schedule("analytics.rollups.jobs:nightly_rollups")
rebuild_rollups = functions.queue("analytics.rollups.jobs:rebuild_rollups")
nightly_club = functions.schedule("analytics.club.jobs:nightly_club")
fold_club = functions.queue("analytics.club.jobs:fold_club")
nightly_people = functions.schedule("analytics.people.jobs:nightly_people")
export_tables = functions.queue("exports.jobs:export_tables")
nightly_datasets = functions.schedule("datasets.refresh.jobs:nightly_datasets")
refresh_datasets = functions.queue("datasets.refresh.jobs:refresh_datasets")
answer_queries = functions.queue("datasets.queries.jobs:answer_queries")

# --- written by `make registers` --------------------------------------------------------------------------------------
# schedules, in the club's time zone:
#     nightly_tiers                  cron(30 0 * * ? *)
#     nightly_bonuses                cron(30 1 * * ? *)
#     audit_bonuses                  cron(0 3 * * ? *)
#     nightly_recommendations        cron(15 2 * * ? *)
#     remind_distributors            rate(15 minutes)
#     remind_of_offers               cron(20 5 * * ? *)
#     nightly_rhythm                 cron(0 4 * * ? *)
#     nightly_intake                 cron(30 4 * * ? *)
#     nightly_cases                  cron(0 5 * * ? *)
#     morning_calls                  cron(0 7 * * ? *)
#     nightly_results                cron(45 4 * * ? *)
#     nightly_overview               cron(30 5 * * ? *)
#     start_campaigns                cron(0/15 * * * ? *)
#     nightly_letter_results         cron(15 5 * * ? *)
#     nightly_rollups                cron(40 3 * * ? *)
#     nightly_club                   cron(0 5 * * ? *)
#     nightly_people                 cron(10 5 * * ? *)
#     nightly_datasets               cron(10 0 * * ? *)
# events, and the modules of their consumers:
#     audience.requested             facts: campaigns.segments
#     audience.shard_frozen          facts: campaigns.sending
#     best_sellers.requested         facts: pricing.best_sellers
#     big_client.quiet               messages: mail
#     bonus.adjusted                 facts: mail, retention.waves
#     bonus.credited                 messages: mail
#     bonus.expiring                 facts: campaigns.series, mail
#     bonus.posted                   facts: analytics.rollups
#     bonus.reminder                 messages: mail
#     calls.listed                   messages: mail
#     case.benefits_promised         facts: campaigns.series, mail
#     case.display_promised          messages: mail
#     case.reopened                  facts: retention.cases
#     case.unreached                 facts: campaigns.series, mail
#     company.changed                facts: mail, pricing.displays
#     company.joined                 facts: retention.cases, retention.waves
#     company.manager_changed        facts: mail, retention.cases
#     company.owner_left             messages: mail
#     company.parted                 facts: retention.cases, retention.waves
#     company.person_claimed         messages: mail
#     company.person_confirmed       facts: campaigns.series, mail
#     company.person_invited         messages: mail
#     company.registered             facts: pricing.displays
#     company_join.began             facts: desk.joins
#     company_join.done              messages: mail
#     company_join.undone            messages: mail
#     contact.noted                  facts: retention.waves
#     customer.move_began            facts: exchange.customers
#     demand.answered                facts: demand, mail, retention.cases
#     demand.cancelled               facts: demand
#     demand.changed                 facts: demand
#     demand.opened                  facts: demand
#     display.approved               facts: mail, pricing.displays
#     display.rejected               messages: mail
#     export.ready                   messages: mail
#     export.requested               facts: exports
#     goods.available                messages: mail
#     goods.expiring                 messages: mail
#     goods.shipped                  messages: mail
#     goods_on_top.granted           messages: mail
#     goods_on_top.shipped           messages: mail
#     goods_on_top.unpaid            messages: mail
#     goods_on_top.withdrawn         messages: mail
#     import.run_began               facts: exchange.sales_files
#     issue.paused_itself            messages: mail
#     issue.test_requested           facts: campaigns.sending
#     member.email_change_requested  messages: mail
#     member.email_changed           messages: mail
#     member.email_confirmed         facts: campaigns.series, mail
#     member.left                    facts: own_data
#     member.staff_changed           messages: mail
#     offer.issued                   facts: retention.waves
#     offers.expiring                messages: mail
#     order.accepted                 facts: bonuses.redemptions, mail, orders, orders.free_goods, orders.response_times, webhooks
#     order.cancellation_declined    facts: mail, orders.response_times, webhooks
#     order.cancellation_requested   facts: mail, orders.response_times, webhooks
#     order.cancelled                facts: bonuses.redemptions, mail, orders, orders.free_goods, orders.response_times, webhooks
#     order.changed                  facts: mail, orders.response_times, webhooks
#     order.completed                facts: bonuses.redemptions, mail, orders, orders.free_goods, orders.response_times, webhooks
#     order.confirmed                facts: bonuses.redemptions, mail, orders, orders.free_goods, orders.response_times, webhooks
#     order.escalated                messages: mail
#     order.expected                 messages: mail
#     order.file_attached            messages: mail, webhooks
#     order.moved                    facts: bonuses.redemptions, orders, orders.free_goods, orders.response_times
#     order.placed                   facts: mail, orders, orders.response_times, webhooks
#     order.rejected                 facts: bonuses.redemptions, mail, orders, orders.free_goods, orders.response_times, webhooks
#     order.return_rejected          facts: mail, orders.response_times, webhooks
#     order.return_requested         facts: mail, orders.response_times, webhooks
#     order.returned                 facts: bonuses.redemptions, mail, orders, orders.free_goods, orders.response_times, webhooks
#     order.shipped                  facts: bonuses.redemptions, mail, orders, orders.free_goods, orders.response_times, webhooks
#     order.tracked                  messages: mail, webhooks
#     order.unanswered               messages: mail, webhooks
#     payment.recorded               facts: analytics.settlements, bonuses.accruals, orders, orders.free_goods, sales
#     portfolio.hand_over_began      facts: desk.hand_overs
#     portfolio.handed_over          messages: mail
#     products.changed               facts: catalog
#     query.requested                facts: datasets.queries
#     report.published               facts: market_reports.publication
#     report.withdrawn               facts: market_reports.publication
#     rhythm.changed                 facts: campaigns.series, retention.cases, retention.waves
#     rollups.rebuild_requested      facts: analytics.rollups
#     sale.joined                    facts: sales
#     sale.recorded                  facts: analytics.rollups, analytics.settlements, bonuses.accruals, bonuses.closing, orders, recommendations, retention.states, sales, tiers
#     series.approved                facts: campaigns.series
#     sign_in.requested              messages: mail
#     statement.disputed             messages: mail
#     stock.arrived                  facts: demand
#     stock.recorded                 facts: orders.holds
#     terms.changed                  facts: retention.waves
#     tier.changed                   facts: analytics.rollups, bonuses.accruals, mail
#     tier.granted                   facts: bonuses.accruals, retention.waves
#     tier.warning                   facts: campaigns.series, mail
#     tier.withdrawn                 facts: bonuses.accruals
#     tier_ladder.activated          facts: tiers.recalculation
#     tier_ladder.withdrawn          facts: tiers.recalculation
#     tier_simulation.requested      facts: tiers.simulations
#     webhook.called                 messages: webhooks
#     webhook.failed                 messages: mail
#     webhook.paused                 messages: mail
