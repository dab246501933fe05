"""Events of webhooks: `distributor_id`.

`webhook.called` carries the `message` to send. The others tell of one that could not be delivered: `message_id`, `url`, `type`,
`happened_at`, `since`, `attempts`, `status` and `error`.
"""

from chalicelib.platform import EventType

CALLED = EventType("webhook.called")
PAUSED = EventType("webhook.paused")
FAILED = EventType("webhook.failed")
