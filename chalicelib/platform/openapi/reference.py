"""The OpenAPI document as its pages show it: operations in a list, one operation, fields flattened to rows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from chalicelib.platform.access.scopes import (
    COMPANY_ROLES,
    DISTRIBUTOR_ROLES,
    MACHINE_SCOPES,
    STAFF_ROLES,
    StaffRole,
    scopes_of,
)
from chalicelib.platform.http.problems import KINDS
from chalicelib.platform.openapi.glossary import FIELDS
from chalicelib.platform.openapi.requests import REPEAT, WEEK, requests_of
from chalicelib.platform.openapi.texts import say
from chalicelib.platform.text import Language

Document = dict[str, Any]
Schema = dict[str, Any]
Role = Literal["guest", "owner", "buyer", "accountant", "engineer", "distributor", StaffRole, "machine"]
TOKEN_URL = "https://sign-in.example/oauth2/token"  # noqa: S105 - of the committed document; a deployment serves its own
ROLES: tuple[Role, ...] = get_args(Role)
_FILTER = "A filter by the field of this name."  # of a parameter that the document does not describe


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a schema, flattened: `lines[].quantity`."""

    name: str
    kind: str
    required: bool
    description: str


class Reader:
    """Reads a document the way its pages show it, in the language of the reader."""

    def __init__(self, document: Document, language: Language = "en", today: date = WEEK) -> None:
        self._document = document
        self._language = language
        self._today = today

    def _say(self, text: str, **values: object) -> str:
        return say(text, self._language, **values)

    def tags(self) -> list[dict[str, Any]]:
        """Each section with its operations as a list shows them: `words` for the search, and who may."""
        listed = [self._listed(*each) for each in self._each()]
        return [
            {
                "name": tag["name"],
                "title": self._say(tag["name"]),
                "description": self._say(tag["description"]),
                "operations": [each for each in listed if each["tag"] == tag["name"]],
            }
            for tag in self._document["tags"]
        ]

    def operation(self, name: str) -> dict[str, Any] | None:
        """The operation of this id, with everything that its own page shows."""
        return next((self._operation(*each) for each in self._each() if each[2]["operationId"] == name), None)

    def members(self) -> dict[str, list[str]]:
        """The members that only some problems have, by the code."""
        found: dict[str, list[str]] = {}
        for name, member in self._document["components"]["schemas"]["ProblemBody"]["properties"].items():
            of = str(member.get("description", ""))
            for code in self._document["components"]["schemas"]["ProblemBody"]["properties"]["code"]["enum"]:
                if of.startswith("Of ") and re.search(rf"\b{code}\b", of):
                    found.setdefault(code, []).append(name)
        return found

    def _each(self) -> Iterator[tuple[str, str, Schema]]:
        for path, methods in self._document["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def _listed(self, method: str, path: str, operation: Schema) -> dict[str, Any]:
        scope = scope_of(operation)
        texts = dict.fromkeys((operation["summary"], operation.get("description", "")))
        texts |= dict.fromkeys(map(self._say, texts))  # who reads Russian may search for an English word, too
        words = " ".join((method, path, operation["operationId"], *texts))
        return {
            "id": operation["operationId"],
            "tag": operation["tags"][0],
            "method": method,
            "path": path,
            "title": self._title(operation),
            # The script writes what is searched for so, too.
            "words": " ".join(words.lower().replace("ё", "е").split()),
            "roles": roles_of(scope) if scope else ["guest"],
        }

    def _operation(self, method: str, path: str, operation: Schema) -> dict[str, Any]:
        parameters = [
            {"required": False, "description": _FILTER, **self._resolved(each)}
            for each in operation.get("parameters", [])
        ]
        scope = scope_of(operation)
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return {
            "id": operation["operationId"],
            "tag": operation["tags"][0],
            "method": method,
            "path": path,
            "section": self._say(operation["tags"][0]),
            "title": self._title(operation),
            "summary": self._say(operation["summary"]),
            "description": self._say(operation.get("description", "")),
            "scope": scope,
            "holders": holders(scope, self._language) if scope else None,
            "parameters": [
                {
                    **each,
                    "in": self._say(each["in"]),
                    "kind": self._kind(each["schema"]),
                    "description": self._say(each["description"]),
                }
                for each in parameters
            ],
            "body": body,
            "fields": list(self._fields(body["schema"])) if body else [],
            "answers": [
                self._answer(status, answer) for status, answer in operation["responses"].items() if status < "400"
            ],
            "codes": self._codes(operation),
            "requests": [
                (name, text.replace(REPEAT, self._say(REPEAT)))
                for name, text in requests_of(method, path, operation, parameters, body, self._today)
            ],
        }

    def _answer(self, status: str, answer: Schema) -> dict[str, Any]:
        answer = self._resolved(answer)
        [(content_type, content)] = answer.get("content", {"": {}}).items()
        return {
            "status": status,
            "headers": list(answer.get("headers", {})),
            "content_type": content_type,
            "fields": list(self._fields(content["schema"])) if "schema" in content else [],
        }

    def _codes(self, operation: Schema) -> list[str]:
        """Codes of its problems, in the catalogue's order."""
        parts = [operation, *map(self._resolved, operation.get("parameters", []))]
        parts.append(self._resolved(operation["responses"]["default"]))
        found = {code for part in parts for code in part.get("x-codes", [])}
        return [code for code in KINDS if code in found]

    def _fields(self, schema: Schema, place: str = "", above: tuple[str, ...] = ()) -> Iterator[Field]:
        reference = schema.get("$ref", "")
        schema = self._resolved(schema)
        if reference in above:  # a model that holds its own kind: once is enough
            return
        for name, found in schema.get("properties", {}).items():
            where = f"{place}{name}"
            required = name in schema.get("required", [])
            description = self._say(self._description(found) or FIELDS.get(name, ""))
            yield Field(where, self._kind(found), required, description)
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
            return self._say("money")
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return self._one_of(self._kind(each) for each in schema["anyOf"])
        if "enum" in schema:
            return self._say("one of {values}", values=", ".join(f"`{each}`" for each in schema["enum"]))
        if "const" in schema:
            return f"`{schema['const']}`"
        match schema.get("type"):
            case list() as kinds:
                return self._one_of(self._kind({**schema, "type": each}) for each in kinds)
            case "array":
                kind = self._say("list of {kind}", kind=self._kind(schema["items"]))
                return kind + self._range(schema, "minItems", "maxItems")
            case "string":
                kind = self._say(schema.get("format", "string"))
                return kind + self._range(schema, "minLength", "maxLength", " characters")
            case "integer" | "number" as kind:
                return self._say(kind) + self._range(schema, "minimum", "maximum")
            case kind:
                return self._say(kind or "anything")

    def _one_of(self, kinds: Iterable[str]) -> str:
        return self._say(" or ").join(dict.fromkeys(kinds))

    def _range(self, schema: Schema, least: str, most: str, unit: str = "") -> str:
        low, high = schema.get(least), schema.get(most)
        if low is None and high is None:
            return ""
        if low is None:
            return self._say(f", at most {{high}}{unit}", high=high)
        if high is None:
            return self._say(f", at least {{low}}{unit}", low=low)
        return self._say(f", {{low}} to {{high}}{unit}", low=low, high=high)

    def _title(self, operation: Schema) -> str:
        return self._say(operation["summary"]).partition(". ")[0].rstrip(".")

    def _resolved(self, schema: Schema) -> Schema:
        found: Any = schema
        if "$ref" in schema:
            found = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
        return dict(found)


def _is_money(schema: Schema) -> bool:
    """Told once, at the top of the page."""
    return str(schema.get("$ref", "")).endswith(("/Money", "/UnitPrice"))


def scope_of(operation: Schema) -> str | None:
    """The scope that the operation asks for; None if it is open to everybody."""
    return next((str(scope) for each in operation["security"] for scope in each["token"]), None)


def roles_of(scope: str) -> list[str]:
    """The roles that have a scope; `machine` for one that machine clients may be given."""
    people = [role for role in COMPANY_ROLES if scope in scopes_of("company", role)]
    people += ["distributor"] if any(scope in scopes_of("distributor", role) for role in DISTRIBUTOR_ROLES) else []
    people += [role for role in STAFF_ROLES if scope in scopes_of("staff", role)]
    return people + (["machine"] if scope in MACHINE_SCOPES else [])


def holders(scope: str, language: Language = "en") -> str:
    """The roles that have a scope, as a text, from the table that fills the tokens."""
    companies = [role for role in COMPANY_ROLES if scope in scopes_of("company", role)]
    staff = [role for role in STAFF_ROLES if scope in scopes_of("staff", role)]
    found = []
    if scope in scopes_of("", ""):
        found.append(say("every member", language))
    elif companies:
        found.append(say("company: {roles}", language, roles=", ".join(companies)))
    if any(scope in scopes_of("distributor", role) for role in DISTRIBUTOR_ROLES):
        found.append(say("distributors", language))
    if staff:
        found.append(say("staff: {roles}", language, roles=", ".join(staff)))
    if scope in MACHINE_SCOPES:
        found.append(say("machine clients", language))
    return "; ".join(found)
