"""`python -m infra.openapi`: writes chalicelib/openapi.json again from the routes and models."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "chalicelib" / "openapi.json"


def committed() -> dict[str, Any]:
    """The document of the file, which a test holds to the routes and models: to make it takes a second of the processor."""
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def text() -> str:
    import app  # noqa: F401  fills the route table
    from chalicelib.platform.http.routes import ROUTES
    from chalicelib.platform.openapi.document import document
    from infra.demo import requests

    return _lines(document(ROUTES, requests.examples()), 3) + "\n"


def _lines(value: Any, depth: int) -> str:
    """JSON without spaces, but a line for each path and each component: a change of one reads as a change of one."""
    if not depth or not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "{" + ",\n".join(f"{json.dumps(name)}:{_lines(each, depth - 1)}" for name, each in value.items()) + "}"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")
