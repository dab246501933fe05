"""The body of an answer, and its weight: Lambda hands over 6 MB at most, and API Gateway makes a 502 of more."""

import json

from pydantic import BaseModel

from chalicelib.platform.http.forms import Text
from chalicelib.platform.text import Language

MOST_BYTES = 6_000_000  # Lambda takes 6 MiB: the rest is for headers
_MOST_OF_A_LETTER = 12  # bytes: a letter beyond the first 65,536 is written as two


def rendered(model: BaseModel | None, language: Language) -> str:
    """The body as it goes out: a text page as it is, a model as JSON values, nothing as an empty body. Faults in it speak `language`."""
    if model is None:
        return ""
    if isinstance(model, Text):
        return model.content
    return model.model_dump_json(context={"language": language})


def weight(body: str) -> int:
    """Bytes of the body as it leaves the function: inside a JSON text, every letter beyond ASCII as `\\uXXXX` (Python 3.11's runtime)."""
    return len(json.dumps(body))


def fits(body: str) -> bool:
    return len(body) * _MOST_OF_A_LETTER + 2 <= MOST_BYTES or weight(body) <= MOST_BYTES
