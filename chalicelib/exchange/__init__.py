"""Files in: sales history as accounting systems export it."""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = (
    "columns",
    "tables",
    "answers",
    "reading",
    "documents",
    "imports",
    "runs",
    "sales_files",
    "profiles",
    "customers",
    "shipments",
)

with opened_when_asked(__name__):
    from chalicelib.exchange.customers.service import follow_move, move_page
