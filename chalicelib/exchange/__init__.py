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
    from chalicelib.exchange.columns.cells import TaxNumbers, tax_numbers
    from chalicelib.exchange.columns.cells import kpp as read_kpp
    from chalicelib.exchange.columns.fields import HEADINGS
    from chalicelib.exchange.columns.headings import heading_key
    from chalicelib.exchange.columns.model import CellError
    from chalicelib.exchange.customers.service import follow_move, move_page
    from chalicelib.exchange.tables.model import Unreadable
    from chalicelib.exchange.tables.small_files import table_below, text_of
