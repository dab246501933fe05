"""Files in: sales history as accounting systems export it. Messages out: orders, to the systems of distributors (`webhook_delivery`)."""

from chalicelib.platform.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.exchange.service import split
    from chalicelib.exchange.writing import write_part

__all__ = ["split", "write_part"]
