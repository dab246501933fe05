from chalicelib.platform.http import Routes

routes = Routes(__name__, tag="orders")
