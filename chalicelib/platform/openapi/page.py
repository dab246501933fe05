"""The API's reference as one page, made from the OpenAPI document: no script, nothing loaded from elsewhere."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

Document = dict[str, Any]
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a schema, flattened: `lines[].quantity`."""

    name: str
    kind: str
    required: bool
    description: str


def page(document: Document) -> str:
    """The whole page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    reader = _Reader(document)
    environment.filters |= {"prose": prose, "json": _pretty}
    return environment.get_template("page.html").render(
        info=document["info"], tags=[{**tag, "operations": reader.operations(tag["name"])} for tag in document["tags"]]
    )


def prose(text: str) -> Markup:
    """The little Markdown that descriptions use: paragraphs, lists, `code`, **strong**."""
    return Markup("").join(_block(block) for block in text.strip().split("\n\n") if block)


def _block(block: str) -> Markup:
    if block.startswith("- "):
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(line[2:])) for line in block.split("\n"))
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(_inline(block))


def _inline(text: str) -> Markup:
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", marked))  # noqa: S704  escaped one line above


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


class _Reader:
    """Reads a document the way the page shows it."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def operations(self, tag: str) -> list[dict[str, Any]]:
        return [
            self._operation(method, path, operation)
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
            if tag in operation["tags"]
        ]

    def _operation(self, method: str, path: str, operation: Schema) -> dict[str, Any]:
        # The language is every operation's: the page tells of it once, at the top.
        parameters = [
            each for each in map(self._resolved, operation["parameters"]) if each["name"] != "Accept-Language"
        ]
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return {
            "id": operation["operationId"],
            "method": method.upper(),
            "path": path,
            "title": operation["summary"].partition(". ")[0].rstrip("."),
            "summary": operation["summary"],
            "description": operation["description"],
            "scope": operation.get("x-scope"),
            "parameters": [{**each, "kind": self._kind(each["schema"])} for each in parameters],
            "body": body,
            "fields": list(self._fields(body["schema"])) if body else [],
            "answers": [self._answer(status, answer) for status, answer in operation["responses"].items()],
            "curl": _curl(method.upper(), path, operation, parameters, body),
        }

    def _answer(self, status: str, answer: Schema) -> dict[str, Any]:
        answer = self._resolved(answer)
        [(content_type, content)] = answer.get("content", {"": {}}).items()
        good = status < "400"
        return {
            "status": status,
            "description": answer["description"],
            "good": good,
            "headers": list(answer.get("headers", {})) if good else [],
            "content_type": content_type,
            "fields": list(self._fields(content["schema"])) if good and "schema" in content else [],
        }

    def _fields(self, schema: Schema, place: str = "", above: tuple[str, ...] = ()) -> Iterator[Field]:
        reference = schema.get("$ref", "")
        schema = self._resolved(schema)
        if reference in above:  # a model that holds its own kind: once is enough
            return
        for name, found in schema.get("properties", {}).items():
            where = f"{place}{name}"
            required = name in schema.get("required", [])
            yield Field(where, self._kind(found), required, self._description(found))
            yield from self._inner(found, where, (*above, reference))

    def _inner(self, schema: Schema, where: str, above: tuple[str, ...]) -> Iterator[Field]:
        if _is_money(schema):
            return
        resolved = self._resolved(schema)
        for each in resolved.get("anyOf", []):
            yield from self._inner(each, where, above)
        if "items" in resolved:
            yield from self._inner(resolved["items"], f"{where}[]", above)
        if isinstance(resolved.get("additionalProperties"), dict):
            yield from self._inner(resolved["additionalProperties"], f"{where}.*", above)
        if "properties" in resolved:
            yield from self._fields(schema, f"{where}.", above)

    def _description(self, schema: Schema) -> str:
        told = schema if _is_money(schema) else {**self._resolved(schema), **schema}
        return str(told.get("description", ""))

    def _kind(self, schema: Schema) -> str:
        if _is_money(schema):
            return "money"
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return " or ".join(dict.fromkeys(self._kind(each) for each in schema["anyOf"]))
        if "enum" in schema:
            return "one of " + ", ".join(f"`{each}`" for each in schema["enum"])
        if "const" in schema:
            return f"`{schema['const']}`"
        match schema.get("type"):
            case list() as kinds:
                return " or ".join(self._kind({**schema, "type": each}) for each in kinds)
            case "array":
                return f"list of {self._kind(schema['items'])}{_range(schema, 'minItems', 'maxItems')}"
            case "string":
                kind = schema.get("format", "string")
                return f"{kind}{_range(schema, 'minLength', 'maxLength', ' characters')}"
            case "integer" | "number" as kind:
                return f"{kind}{_range(schema, 'minimum', 'maximum')}"
            case kind:
                return kind or "anything"

    def _resolved(self, schema: Schema) -> Schema:
        found: Any = schema
        if "$ref" in schema:
            found = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
        return dict(found)


def _is_money(schema: Schema) -> bool:
    """Told once, at the top of the page."""
    return str(schema.get("$ref", "")).endswith("/Money")


def _range(schema: Schema, least: str, most: str, unit: str = "") -> str:
    low, high = schema.get(least), schema.get(most)
    if low is None and high is None:
        return ""
    if low is None:
        return f", at most {high}{unit}"
    if high is None:
        return f", at least {low}{unit}"
    return f", {low} to {high}{unit}"


def _curl(method: str, path: str, operation: Schema, parameters: list[Schema], body: Schema | None) -> str:
    """The request as a line for a shell, with what is required and nothing else."""
    parts = [f'curl{"" if method == "GET" else f" -X {method}"} "$API{path}"']
    if operation["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    for parameter in parameters:
        if parameter["in"] == "header" and parameter["required"]:
            parts.append(f"-H {shlex.quote(parameter['name'] + ': ' + parameter['example'])}")
    if body:
        parts.append(f"--json {shlex.quote(json.dumps(body['example'], ensure_ascii=False))}")
    return " \\\n  ".join(parts)
