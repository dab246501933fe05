"""`python -m infra.openapi`: writes chalicelib/openapi.json anew from the routes and models."""

import json
from pathlib import Path

FILE = Path(__file__).parent.parent / "chalicelib" / "openapi.json"


def text() -> str:
    import app  # noqa: F401  fills the route table
    from chalicelib.platform.http.routes import ROUTES
    from chalicelib.platform.openapi.document import document

    return json.dumps(document(ROUTES), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")
