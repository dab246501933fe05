"""The part of the OpenAPI document that one role needs: its operations, and the components that they use."""

import json
import re
from typing import Any

from chalicelib.platform.openapi.reference import Document, roles_of, scope_of

_REFERENCE = re.compile(r'"#/components/(\w+)/([^"]+)"')


def document_of(written: Document, role: str) -> Document:
    """The document with the operations that the role may call, and those that are open to everybody."""
    allowed = {
        path: {method: operation for method, operation in methods.items() if _may(role, operation)}
        for path, methods in written["paths"].items()
    }
    paths = {path: methods for path, methods in allowed.items() if methods}
    used = _used(paths, written["components"])
    tags = {tag for methods in paths.values() for operation in methods.values() for tag in operation["tags"]}
    components: Document = {
        kind: {name: each for name, each in members.items() if kind == "securitySchemes" or (kind, name) in used}
        for kind, members in written["components"].items()
    }
    components["securitySchemes"] = _without(
        _scopes(written) - _scopes({"paths": paths}), components["securitySchemes"]
    )
    if role != "machine":
        components["securitySchemes"].pop("machine")
        paths = {path: {name: _by_person(each) for name, each in methods.items()} for path, methods in paths.items()}
    return {
        **written,
        "info": {**written["info"], "title": f"{written['info']['title']}: {role}"},
        "tags": [tag for tag in written["tags"] if tag["name"] in tags],
        "paths": paths,
        "components": components,
    }


def _by_person(operation: dict[str, Any]) -> dict[str, Any]:
    """The operation without the way of a machine to its token."""
    return {**operation, "security": [each for each in operation["security"] if "machine" not in each]}


def _scopes(written: Document) -> set[str]:
    return {str(scope_of(operation)) for methods in written["paths"].values() for operation in methods.values()}


def _without(scopes: set[str], schemes: Document) -> Document:
    """The security schemes without what they tell of these scopes, and of who else holds the others."""
    told = schemes["token"]["description"].split("\n")
    kept = [line.partition("; ")[0] for line in told if line.partition("`: ")[0].removeprefix("- `") not in scopes]
    return {**schemes, "token": {**schemes["token"], "description": "\n".join(kept)}}


def _may(role: str, operation: dict[str, Any]) -> bool:
    scope = scope_of(operation)
    return scope is None or role in roles_of(scope)


def _used(paths: Document, components: Document) -> set[tuple[str, str]]:
    """Kind and name of each component that the paths refer to, themselves or through others."""
    found: set[tuple[str, str]] = set()
    texts = [json.dumps(paths)]
    while texts:
        for kind, name in set(_REFERENCE.findall(texts.pop())) - found:
            found.add((kind, name))
            texts.append(json.dumps(components[kind][name]))
    return found
