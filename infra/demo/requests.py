"""The requests of `requests.toml`: a story in a fresh club, and the examples of the contract.

An id in an example is the same wherever the same thing is meant. A test sends all of them in order to a club of its own.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_PLACE = re.compile(r"\{([a-z0-9_]+)\}")
# Prefixes of ids that do not begin with the three letters of the field's name.
_PREFIXES = {
    "member_id": "mbr",
    "buyer_id": "mbr",
    "manager_id": "mbr",
    "distributor_id": "dst",
    "sign_in_id": "sin",
    "change_id": "emc",
    "address_id": "adr",
    "other_company_id": "com",
    "joined_company_id": "com",
}
# Examples of what is no id.
_VALUES = {
    "code": "482913",
    "refresh_token": "eyJjdHkiOiJK...",
    "sha256": "0f" * 32,
    "line_id": "sale#orders#2026/ТН-000118",
    "notification_id": "20261124T090000000Z-ltr_5e2b8f0c0d534a5c9c1e2f4c5c1f7f10",
}


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the story; requests.toml says what its parts mean."""

    operation: str
    asked_by: str = ""
    body: Any = None  # with `{places}`
    path: dict[str, str] = field(default_factory=dict)
    query: str = ""
    keep: dict[str, str] = field(default_factory=dict)
    until: dict[str, str] = field(default_factory=dict)
    version: str = ""
    letter: dict[str, str] = field(default_factory=dict)
    signs_in: str = ""
    later: str = ""
    example: bool = False  # the body is that of the contract


@cache
def story() -> list[Request]:
    """The requests in order."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["request"]
    bodies: dict[str, Any] = {}
    made = []
    for each in told:
        name = each["operation"]
        body, change = each.pop("body", None), each.pop("change", {})
        if body is not None:
            bodies[name] = body
        known = bodies.get(name)
        changed = {key: value for key, value in ((known or {}) | change).items() if value != []} if change else known
        made.append(Request(asked_by=each.pop("as", ""), body=changed, example=body is not None, **each))
    return made


def examples() -> dict[str, Any]:
    """The example of a body, by the operation's id."""
    return {each.operation: filled(each.body, example_of) for each in story() if each.example}


def example_of(place: str) -> str:
    """An id, or another value, that looks like those of the club."""
    if place in _VALUES:
        return _VALUES[place]
    return f"{_PREFIXES.get(place, place[:3])}_{hashlib.sha256(place.encode()).hexdigest()[:32]}"


def filled(value: Any, of: Any) -> Any:
    """The value with `of(name)` in each `{name}`."""
    if isinstance(value, dict):
        return {name: filled(each, of) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, of) for each in value]
    return _PLACE.sub(lambda found: of(found[1]), value) if isinstance(value, str) else value


def places(value: Any, name: str = "") -> dict[str, str]:
    """The places of a body by the field that each stands in."""
    if isinstance(value, dict):
        return {where: place for key, each in value.items() for where, place in places(each, key).items()}
    if isinstance(value, list):
        return {where: place for each in value for where, place in places(each, name).items()}
    found = _PLACE.fullmatch(value) if isinstance(value, str) else None
    return {name: found[1]} if found else {}
