"""An operation's request in the languages that its readers paste it into.

`API`, `TOKEN`, ids, secrets and versions are variables of the reader's own. The dates of an example are of the week that begins on
`WEEK`, and move by whole weeks to the reader's: days of the week stay, and what lies ahead stays ahead. Dates that lie months before it
are of documents, and stay.
"""

import json
import re
import shlex
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Schema = dict[str, Any]

WEEK = date(2026, 11, 24)
_HISTORY = timedelta(days=60)
REPEAT = "the same key for a repeat"  # beside the key, in every language
_WIDE = 80  # characters of a line that is read without scrolling
_KEY, _VERSION = "Idempotency-Key", "If-Match"
_DAY = re.compile(r"^20\d\d-\d\d-\d\d(?=T|$)")
# Values that nobody can type: ids of the club, and what a letter or an earlier answer brings.
_OWN = re.compile(r"^(?:[a-z]{3}_[0-9a-f]{32}|\d{8}T\d{9}Z-.*|eyJ.*|sale#.*|(?:0f){32})$")
_VARIABLE = re.compile('"\x1a(\\w+)\x1a"')


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str  # with `{order_id}`
    headers: dict[str, str]  # to variables
    body: Any  # None: none; variables stand between two \x1a
    signed: bool
    answered: bool  # with a body


def requests_of(
    method: str, path: str, operation: Schema, parameters: list[Schema], body: Schema | None, today: date
) -> list[tuple[str, str]]:
    """Language and text, with what is required and nothing else."""
    needed = [each["name"] for each in parameters if each["required"]]
    query = [each["name"] for each in parameters if each["in"] == "query" and each["name"] in needed]
    address = path + ("?" + "&".join(f"{name}=…" for name in query) if query else "")
    headers = {name: variable for name, variable in ((_KEY, "KEY"), (_VERSION, "ETAG")) if name in needed}
    example = _with_variables(moved(body["example"], today)) if body else None
    made = _Request(method, address, headers, example, bool(operation["security"]), "204" not in operation["responses"])
    return [("curl", _curl(made)), ("TypeScript", _typescript(made)), ("Python", _python(made))]


def moved(example: Any, today: date) -> Any:
    """The example with its dates in the week of `today`, the last Tuesday and the six days after it."""
    if isinstance(example, dict):
        return {name: moved(each, today) for name, each in example.items()}
    if isinstance(example, list):
        return [moved(each, today) for each in example]
    if isinstance(example, str) and (found := _DAY.match(example)):
        day = date.fromisoformat(found.group())
        if day > WEEK - _HISTORY:
            return f"{day + timedelta(days=(today - WEEK).days // 7 * 7)}{example[found.end() :]}"
    return example


def _with_variables(example: Any, name: str = "") -> Any:
    if isinstance(example, dict):
        return {inner: _with_variables(each, inner) for inner, each in example.items()}
    if isinstance(example, list):
        return [_with_variables(each, name) for each in example]
    if isinstance(example, str) and ((name == "code" and example.isdecimal()) or _OWN.match(example)):
        return f"\x1a{variable(name)}\x1a"
    return example


def variable(name: str) -> str:
    """The variable for a field: `MEMBER_ID` for `member_id` and for each of `member_ids`."""
    return re.sub("_IDS$", "_ID", name.upper())


def _path(path: str, form: str) -> str:
    """The path with variables, each written as `form` has it."""
    return re.sub(r"\{(\w+)\}", lambda found: form.format(variable(found[1])), path)


def _curl(request: _Request) -> str:
    method = "" if request.method == "GET" else f" -X {request.method}"
    parts = [f'curl{method} "$API{_path(request.path, "${}")}"']
    if request.signed:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    parts += [f'-H "{name}: ${value}"' for name, value in request.headers.items()]
    if request.body is not None:
        parts.append("-H 'Content-Type: application/json'")
        text = shlex.quote(_json(request.body, indent=None if len(_json(request.body)) < _WIDE else 2))
        parts.append("-d " + _VARIABLE.sub(lambda found: f'"\'"${found[1]}"\'"', text))
    key = f'KEY=$(python3 -c "import uuid; print(uuid.uuid4())")  # {REPEAT}\n'
    return (key if _KEY in request.headers else "") + " \\\n  ".join(parts)


def _typescript(request: _Request) -> str:
    sent = [*(["Authorization: `Bearer ${TOKEN}`"] if request.signed else [])]
    sent += [f"{json.dumps(name)}: {value}" for name, value in request.headers.items()]
    if request.body is not None:
        sent.append('"Content-Type": "application/json"')
    options = [f'  method: "{request.method}",', *([f"  headers: {{ {', '.join(sent)} }},"] if sent else [])]
    if request.body is not None:
        options.append(f"  body: JSON.stringify({_indented(_bare(_json(request.body, indent=2)))}),")
    lines = "\n".join(options)
    key = f"const KEY = crypto.randomUUID(); // {REPEAT}\n" if _KEY in request.headers else ""
    address = _path(request.path, "${{{}}}")
    read = "\nconst found = await answer.json();" if request.answered else ""
    return f"{key}const answer = await fetch(`${{API}}{address}`, {{\n{lines}\n}});{read}"


def _python(request: _Request) -> str:
    sent = [*(['"Authorization": f"Bearer {TOKEN}"'] if request.signed else [])]
    sent += [f"{json.dumps(name)}: {value}" for name, value in request.headers.items()]
    words = [f'    f"{{API}}{_path(request.path, "{{{}}}")}",']
    words += [f"    headers={{{', '.join(sent)}}},"] if sent else []
    if request.body is not None:
        words.append(f"    json={_indented(_bare(_literal(request.body)), 4)},")
    lines = "\n".join(words)
    keyed = _KEY in request.headers
    key = f"KEY = str(uuid.uuid4())  # {REPEAT}\n" if keyed else ""
    imports = "import uuid\n\nimport requests" if keyed else "import requests"
    read = "\nfound = answer.json()" if request.answered else ""
    return f"{imports}\n\n{key}answer = requests.{request.method.lower()}(\n{lines}\n    timeout=30,\n){read}"


def _bare(text: str) -> str:
    """The text with variables by their names alone, where a text in quotes stood."""
    return _VARIABLE.sub(r"\1", text)


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent).replace("\\u001a", "\x1a")


def _literal(example: Any) -> str:
    """JSON with Python's words for true, false and null; they stand at the end of a line, texts never do without quotes."""
    text = _json(example, indent=4)
    for json_word, word in (("true", "True"), ("false", "False"), ("null", "None")):
        for end in (",\n", "\n"):
            text = text.replace(f": {json_word}{end}", f": {word}{end}")
    return text


def _indented(text: str, spaces: int = 2) -> str:
    return text.replace("\n", "\n" + " " * spaces)
