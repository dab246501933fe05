"""Routes for a distributor's people to set up an endpoint, follow deliveries and replay messages."""

from chalicelib.platform import Answer, Call, ListPage, Routes
from chalicelib.webhooks import service, store
from chalicelib.webhooks.rules import Endpoint, Message
from chalicelib.webhooks.schemas import (
    MessagesQuery,
    OrderMessageView,
    ReplayForm,
    ReplayView,
    TestMessageView,
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
    matched=True,
    problems=("not_found", "precondition_failed", "too_many_requests"),
    sends=(OrderMessageView, TestMessageView),
)
def put_webhook(call: Call, form: WebhookEndpointForm) -> Answer[WebhookEndpointSecretView]:
    """Set the endpoint for messages on the distributor's orders: `If-Match: "0"` for the first time.

    Each step of an order, file attached to it and change of a tracking number is one message: `type` is the event (`order.placed`), `data` the order as this API shows it, and the change.
    Messages follow Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). Process each id once, and answer 2xx within
    15 seconds. A message without such an answer is sent again over more than a day. The messages of one company are sent in the order of
    their events.

    Only the first answer shows the secret. Setting a paused endpoint again makes it active and sends the waiting messages.
    """
    distributor_id = _distributor(call)
    changed, secret = service.put(call.context, distributor_id, call.expected_version(), form)
    return _endpoint_answer(call, changed, secret)


@routes.get("/v1/distributor/webhook", scope=SCOPE, problems=("not_found",))
def show_webhook(call: Call) -> Answer[WebhookEndpointView]:
    """Show the endpoint and its state."""
    found = service.endpoint(call.context, call.principal.for_distributor())
    view = WebhookEndpointView.of(found, service.secrets_in_use(call.context, found))
    return Answer.at(view, found.version)


@routes.delete("/v1/distributor/webhook", scope=SCOPE, status=204, problems=("not_found", "precondition_failed"))
def delete_webhook(call: Call) -> Answer[None]:
    """Delete the endpoint. Waiting messages fail, and no more are sent."""
    service.remove(call.context, _distributor(call))
    return Answer(None)


@routes.post("/v1/distributor/webhook/rotate-secret", scope=SCOPE, problems=("not_found",))
def rotate_webhook_secret(call: Call) -> Answer[WebhookEndpointSecretView]:
    """Create a new secret.

    The previous secret signs, too, for a day, so that the receiver can change over without losing a message.
    """
    changed, secret = service.rotate(call.context, _distributor(call))
    return _endpoint_answer(call, changed, secret)


@routes.post(
    "/v1/distributor/webhook/test", scope=SCOPE, status=202, located=True, problems=("not_found", "too_many_requests")
)
def test_webhook(call: Call) -> Answer[WebhookDeliveryView]:
    """Send one message of type `webhook.test`, even to a paused endpoint. Its delivery shows the result."""
    made = service.send_test(call.context, _distributor(call))
    return Answer(WebhookDeliveryView.of(made), headers=_location(made.message_id))


@routes.get("/v1/distributor/webhook/deliveries", scope=SCOPE, query=MessagesQuery)
def list_webhook_deliveries(call: Call) -> ListPage[WebhookDeliveryView]:
    """List deliveries of the last 30 days, newest first, with the result of the last attempt."""
    return call.page(
        ListPage[WebhookDeliveryView],
        store.list_messages,
        call.context.table,
        call.principal.for_distributor(),
        of=Message,
        show=WebhookDeliveryView.of,
    )


@routes.get("/v1/distributor/webhook/deliveries/{delivery_id}", scope=SCOPE)
def show_webhook_delivery(call: Call, delivery_id: str) -> WebhookDeliveryView:
    """Show a delivery."""
    return WebhookDeliveryView.of(service.delivery(call.context, call.principal.for_distributor(), delivery_id))


@routes.post(
    "/v1/distributor/webhook/deliveries/{delivery_id}/replay",
    scope=SCOPE,
    status=202,
    located=True,
    problems=("too_many_requests",),
)
def replay_webhook_delivery(call: Call, delivery_id: str) -> Answer[WebhookDeliveryView]:
    """Send a message again, in any state, under the same id and with the present order.

    A waiting message is sent at once.
    """
    distributor_id = _distributor(call)
    anew = service.replay(call.context, distributor_id, delivery_id)
    return Answer(WebhookDeliveryView.of(anew), headers=_location(delivery_id))


@routes.post("/v1/distributor/webhook/replay", scope=SCOPE, status=202, problems=("not_found", "too_many_requests"))
def replay_webhook_messages(call: Call, form: ReplayForm) -> ReplayView:
    """Send the messages since a moment again, for example since the last backup of the receiving system."""
    distributor_id = _distributor(call)
    return service.replay_since(call.context, distributor_id, form)


def _distributor(call: Call) -> str:
    """The distributor of the person who calls. A machine changes no endpoint."""
    call.principal.for_member()
    return call.principal.for_distributor()


def _endpoint_answer(call: Call, endpoint: Endpoint, secret: str | None) -> Answer[WebhookEndpointSecretView]:
    view = WebhookEndpointSecretView.of(endpoint, service.secrets_in_use(call.context, endpoint), secret=secret)
    return Answer.at(view, endpoint.version)


def _location(message_id: str) -> dict[str, str]:
    return {"Location": f"/v1/distributor/webhook/deliveries/{message_id}"}
