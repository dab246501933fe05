"""The market of the orders' tests: who is suggested something must have bought, and may have ordered."""

from tests.orders.conftest import market, memory_market

__all__ = ["market", "memory_market"]
