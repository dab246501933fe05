"""The log: what happened, with its facts as `extra`. Lambda itself writes each record as a JSON line with the request id."""

import logging

log = logging.getLogger("club")
log.setLevel(logging.INFO)
