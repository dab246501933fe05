"""The consumer of sales that counts what is bought together."""

from chalicelib.orders import together
from chalicelib.platform.events import Event, consumer
from chalicelib.platform.work import Work
from chalicelib.sales import SALE_RECORDED


@consumer(SALE_RECORDED)
def on_sale_recorded(work: Work, event: Event) -> None:
    together.count(work, event)
