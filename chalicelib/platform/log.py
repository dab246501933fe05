"""The log. Facts go into `extra`; Lambda writes each record as a JSON line with the request id."""

import logging

log = logging.getLogger("club")
log.setLevel(logging.INFO)
