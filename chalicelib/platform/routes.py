"""Is it up."""

from pydantic import BaseModel

from chalicelib.platform.http import Call, Routes

routes = Routes(__name__, tag="service")


class Health(BaseModel):
    """Up."""

    status: str


@routes.get("/v1/health", scope=None, answer=Health)
def health(call: Call) -> Health:
    """Tell whether the API answers."""
    return Health(status="ok")
