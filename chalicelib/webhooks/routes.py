"""How a distributor's people connect their own system: where messages on orders go, what was sent, and what shall be sent again."""

from chalicelib.platform.http.routes import Answer, Call, Routes, etag
from chalicelib.webhooks import service, store
from chalicelib.webhooks.rules import Endpoint
from chalicelib.webhooks.schemas import (
    MessagesQuery,
    OrderMessageView,
    ReplayForm,
    ReplayView,
    TestMessageView,
    WebhookDeliveryPage,
    WebhookDeliveryView,
    WebhookEndpointForm,
    WebhookEndpointSecretView,
    WebhookEndpointView,
)

routes = Routes(__name__, tag="webhooks")

SCOPE = "distributor.webhooks"


@routes.put(
    "/v1/distributor/webhook",
    scope=SCOPE,
    body=WebhookEndpointForm,
    answer=WebhookEndpointSecretView,
    matched=True,
    problems=("not_found", "precondition_failed"),
    sends=(OrderMessageView, TestMessageView),
)
def put_webhook(call: Call) -> Answer:
    """Say where messages on the distributor's orders go: `If-Match: "0"` for the first time.

    Each step of an order is one message: `type` is the event (`order.placed`), `data` the order as it is shown here, and what changed.
    Messages are signed and named as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`); take each id once, answer 2xx
    within 15 seconds. What is not taken is sent again over more than a day, the messages of one company in the order in which things
    happened.

    The answer to the first one tells the secret, and no other answer does. Saying it again makes a paused endpoint active, and sends what
    waits.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    changed, secret = service.put(call.context, distributor_id, member_id, call.expected_version(), call.body)
    return _telling(call, changed, secret)


@routes.get("/v1/distributor/webhook", scope=SCOPE, answer=WebhookEndpointView, problems=("not_found",))
def show_webhook(call: Call) -> Answer:
    """Read where messages go, and whether they are taken."""
    found = service.endpoint(call.context, call.principal.for_distributor())
    shown = WebhookEndpointView.of(found, service.secrets_in_use(call.context, found))
    return Answer(shown, headers=etag(found.version))


@routes.delete("/v1/distributor/webhook", scope=SCOPE, status=204, problems=("not_found", "precondition_failed"))
def delete_webhook(call: Call) -> Answer:
    """End it: nothing more is sent, and what waits is given up."""
    service.remove(call.context, call.principal.for_distributor(), call.principal.for_member())
    return Answer(None)


@routes.post(
    "/v1/distributor/webhook/rotate-secret",
    scope=SCOPE,
    answer=WebhookEndpointSecretView,
    problems=("not_found",),
)
def rotate_webhook_secret(call: Call) -> Answer:
    """Get a new secret. The one before signs beside it for a day, so that nothing is lost while the receiver changes it."""
    changed, secret = service.rotate(call.context, call.principal.for_distributor(), call.principal.for_member())
    return _telling(call, changed, secret)


@routes.post(
    "/v1/distributor/webhook/test",
    scope=SCOPE,
    answer=WebhookDeliveryView,
    status=202,
    problems=("not_found",),
)
def test_webhook(call: Call) -> Answer:
    """Send a message of type `webhook.test`, once, even to an endpoint that is paused. Its delivery tells how it went."""
    made = service.try_out(call.context, call.principal.for_distributor(), call.principal.for_member())
    return Answer(WebhookDeliveryView.of(made), headers=_place(made.message_id))


@routes.get("/v1/distributor/webhook/deliveries", scope=SCOPE, query=MessagesQuery, answer=WebhookDeliveryPage)
def list_webhook_deliveries(call: Call) -> WebhookDeliveryPage:
    """List messages, newest first: which are taken, which wait, and what the last try ended with. Kept for 30 days."""
    cursors = call.cursors()
    after = cursors.open(call.query.cursor)
    page = service.deliveries(call.context, call.principal.for_distributor(), call.query.state, call.query.limit, after)
    items = [WebhookDeliveryView.of(store.message_of(item)) for item in page.items]
    return WebhookDeliveryPage(items=items, next_cursor=cursors.close(page.last))


@routes.get(
    "/v1/distributor/webhook/deliveries/{delivery_id}", scope=SCOPE, answer=WebhookDeliveryView, problems=("not_found",)
)
def show_webhook_delivery(call: Call, delivery_id: str) -> WebhookDeliveryView:
    """Read how a message went."""
    return WebhookDeliveryView.of(service.delivery(call.context, call.principal.for_distributor(), delivery_id))


@routes.post(
    "/v1/distributor/webhook/deliveries/{delivery_id}/replay",
    scope=SCOPE,
    answer=WebhookDeliveryView,
    status=202,
    problems=("not_found",),
)
def replay_webhook_delivery(call: Call, delivery_id: str) -> Answer:
    """Send a message again, whatever became of it: under its own id, with the order as it is now.

    One that waits goes at once.
    """
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    anew = service.replay(call.context, distributor_id, member_id, delivery_id)
    return Answer(WebhookDeliveryView.of(anew), headers=_place(delivery_id))


@routes.post(
    "/v1/distributor/webhook/replay",
    scope=SCOPE,
    body=ReplayForm,
    answer=ReplayView,
    status=202,
    problems=("not_found",),
)
def replay_webhook_messages(call: Call) -> ReplayView:
    """Send again what happened since a moment, such as the last backup of the receiving system."""
    distributor_id, member_id = call.principal.for_distributor(), call.principal.for_member()
    return service.replay_since(call.context, distributor_id, member_id, call.body)


def _telling(call: Call, endpoint: Endpoint, secret: str | None) -> Answer:
    shown = WebhookEndpointSecretView.telling(endpoint, service.secrets_in_use(call.context, endpoint), secret)
    return Answer(shown, headers=etag(endpoint.version))


def _place(message_id: str) -> dict[str, str]:
    return {"Location": f"/v1/distributor/webhook/deliveries/{message_id}"}
