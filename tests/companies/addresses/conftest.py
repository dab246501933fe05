from tests.orders.conftest import memory_market as memory_market
