"""The weight of an answer: Lambda hands over 6 MB at most, and API Gateway makes a 502 of more."""

import json

MOST_BYTES = 6_000_000  # Lambda takes 6 MiB: the rest is for headers
_MOST_OF_A_LETTER = 12  # bytes: a letter beyond the first 65,536 is written as two


def weight(body: str) -> int:
    """Bytes of the body as it leaves the function: inside a JSON text, every letter beyond ASCII as `\\uXXXX` (Python 3.11's runtime)."""
    return len(json.dumps(body))


def fits(body: str) -> bool:
    return len(body) * _MOST_OF_A_LETTER + 2 <= MOST_BYTES or weight(body) <= MOST_BYTES
