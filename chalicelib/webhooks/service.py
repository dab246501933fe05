"""Endpoints of distributors, their deliveries and replays.

Each change is one transaction that also checks that the person still works for the distributor. An event calls the waiting messages
(`store.call`).
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from chalicelib import distributors
from chalicelib.platform import DAY, Club, Context, Language, Problem, clock, hold_throttle, or_not_found
from chalicelib.table import Transaction, retry
from chalicelib.webhooks import rules, store
from chalicelib.webhooks.config import Webhooks
from chalicelib.webhooks.rules import Endpoint, Message
from chalicelib.webhooks.schemas import ReplayForm, ReplayView, WebhookEndpointForm

Draw = Callable[[int], bytes]  # so many random bytes

SECRET_BYTES = 32
# Of a distributor: an address that nobody proved to be its own must not get any number of requests.
MOST_SENT_A_DAY = 500  # tests, and messages that are sent again one by one
MOST_BEGUN_A_DAY = 50  # changes of the endpoint, and replays since a moment: each may send all that waits


def endpoint(context: Context, distributor_id: str) -> Endpoint:
    """Raises 404."""
    return or_not_found(
        store.read_endpoint(context.table, distributor_id),
        'There is no webhook yet: set one first (PUT /v1/distributor/webhook with If-Match: "0").',
    )


def secrets_in_use(context: Context, endpoint: Endpoint) -> int:
    return len(rules.in_use(endpoint.secrets, clock.epoch(context.now)))


@retry("endpoint")
def put(
    context: Context, distributor_id: str, version: int, form: WebhookEndpointForm, draw: Draw = secrets.token_bytes
) -> tuple[Endpoint, str | None]:
    """The changed endpoint, and its secret if it is new. `version` 0: a new endpoint.

    Waiting messages are sent at once. Raises 412 for another version, 422 for an address that is not https or not public, 429 for too many
    changes of the day.
    """
    _check_url(context, form.url)
    before = store.read_endpoint(context.table, distributor_id)
    if version != (before.version if before else 0):
        raise Problem("precondition_failed")
    language = form.language or _language(context, distributor_id)
    changed = replace(
        before or _new_endpoint(context, distributor_id, draw),
        url=form.url,
        language=language,
        active=form.active,
        paused_for="",
        changed_at=context.at,
        version=version + 1,
    )
    tx = Transaction()
    store.put_endpoint(tx, changed)
    _begin(tx, context, distributor_id)
    if changed.active:
        store.call(tx, context, distributor_id, do="wake", after="")
    context.table.commit(tx)
    return changed, None if before else changed.secrets[0].text


@retry("endpoint")
def rotate(context: Context, distributor_id: str, draw: Draw = secrets.token_bytes) -> tuple[Endpoint, str | None]:
    """The endpoint with a new secret, and the secret. Raises 404."""
    fresh = rules.new_secret(draw(SECRET_BYTES))
    overlap = context.config[Webhooks].secret_overlap_hours * 3600
    before = endpoint(context, distributor_id)
    signed_by = rules.rotated(before.secrets, fresh, now=clock.epoch(context.now), overlap=overlap)
    changed = replace(before, secrets=signed_by, version=before.version + 1)
    tx = Transaction()
    store.put_endpoint(tx, changed)
    context.table.commit(tx)
    return changed, fresh.text


@retry("endpoint")
def remove(context: Context, distributor_id: str) -> None:
    """Deletes the endpoint; waiting messages fail. Raises 404."""
    tx = Transaction()
    store.delete_endpoint(tx, endpoint(context, distributor_id))
    store.call(tx, context, distributor_id, do="wake", after="")
    context.table.commit(tx)


def send_test(context: Context, distributor_id: str) -> Message:
    """Creates a test message, sent once, even to a paused endpoint. Raises 404 without an endpoint, 429 for too many of the day."""
    endpoint(context, distributor_id)
    made = Message(
        message_id=rules.message_id(context.at, context.new_id("tst")),
        distributor_id=distributor_id,
        lane=rules.TEST,
        type=rules.TEST_TYPE,
        happened_at=context.at,
        expires_at=_expiry(context),
        called_at=clock.epoch(context.now),
        attempt="",
    )
    tx = Transaction()
    _send(tx, context, distributor_id)
    store.create_message(tx, made)
    store.call(tx, context, distributor_id, do="deliver", lane=made.lane, message_id=made.message_id)
    context.table.commit(tx)
    return made


# --- deliveries -------------------------------------------------------------------------------------------------------


def delivery(context: Context, distributor_id: str, message_id: str) -> Message:
    """Raises 404."""
    return or_not_found(store.read_message(context.table, distributor_id, message_id))


@retry("message")
def replay(context: Context, distributor_id: str, message_id: str) -> Message:
    """Restarts the message, before all later ones of its company. Raises 404 for an unknown message, or without an endpoint, 429 for too many of the day."""
    endpoint(context, distributor_id)
    before = delivery(context, distributor_id, message_id)
    anew = rules.restarted(before, clock.epoch(context.now), _expiry(context))
    tx = Transaction()
    _send(tx, context, distributor_id)
    store.restart(tx, before, anew)
    store.call(tx, context, distributor_id, do="deliver", lane=anew.lane, message_id=message_id)
    context.table.commit(tx)
    return anew


def replay_since(context: Context, distributor_id: str, form: ReplayForm) -> ReplayView:
    """Raises 404 without an endpoint, 422 for a future moment, 429 for too many of the day."""
    endpoint(context, distributor_id)
    if form.since > context.now:
        raise Problem.invalid("in_future", "/since", f"The moment is ahead of now, {context.at}.")
    earliest = context.now - timedelta(days=context.config[Webhooks].keep_days)
    started = ReplayView(since=clock.stamp(max(form.since, earliest)), until=context.at, failed_only=form.failed_only)
    tx = Transaction()
    _begin(tx, context, distributor_id)
    store.call(
        tx, context, distributor_id, do="replay", replay=context.new_id("rpl"), after=None, **started.model_dump()
    )
    context.table.commit(tx)
    return started


def _send(tx: Transaction, context: Context, distributor_id: str) -> None:
    hold_throttle(tx, context, "webhook-sends", distributor_id, MOST_SENT_A_DAY, DAY)


def _begin(tx: Transaction, context: Context, distributor_id: str) -> None:
    hold_throttle(tx, context, "webhook-runs", distributor_id, MOST_BEGUN_A_DAY, DAY)


# --- checks -----------------------------------------------------------------------------------------------------------


def _check_url(context: Context, url: str) -> None:
    """Raises 422 for an address that is visibly not https or not public, before any lookup."""
    if context.config[Webhooks].private_networks:
        return
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        raise Problem.invalid("https_only", "/url", "The endpoint needs https.")
    try:
        ip_address(host)
    except ValueError:
        public = host != "localhost" and not host.endswith(".localhost")
    else:
        public = rules.is_public(host)
    if not public:
        raise Problem.invalid("address_not_public", "/url", "The endpoint needs a public address.")


def _new_endpoint(context: Context, distributor_id: str, draw: Draw) -> Endpoint:
    return Endpoint(
        distributor_id=distributor_id,
        url="",
        language=context.config[Club].default_language,
        secrets=(rules.new_secret(draw(SECRET_BYTES)),),
        active=True,
        paused_for="",
        changed_at=context.at,
        created_at=context.at,
        last_success_at="",
        last_letter_at="",
        version=0,
    )


def _language(context: Context, distributor_id: str) -> Language:
    found = or_not_found(distributors.distributor(context, distributor_id))
    return found.language


def _expiry(context: Context) -> int:
    return context.expiry(days=context.config[Webhooks].keep_days)
