"""An operation's request in the languages that its readers paste it into."""

import json
import shlex
from typing import Any

Schema = dict[str, Any]


def requests_of(
    method: str, path: str, operation: Schema, parameters: list[Schema], body: Schema | None
) -> list[tuple[str, str]]:
    """Language and text, with what is required and nothing else. `API` and `TOKEN` stand for the reader's own."""
    headers = {
        parameter["name"]: str(parameter["example"])
        for parameter in parameters
        if parameter["in"] == "header" and parameter["required"]
    }
    query = [each["name"] for each in parameters if each["in"] == "query" and each["required"]]
    address = path + ("?" + "&".join(f"{name}=…" for name in query) if query else "")
    example = body["example"] if body else None
    signed = bool(operation["security"])
    return [
        ("curl", _curl(method, address, headers, example, signed=signed)),
        ("TypeScript", _typescript(method, address, headers, example, signed=signed)),
        ("Python", _python(method, address, headers, example, signed=signed)),
    ]


def _curl(method: str, address: str, headers: dict[str, str], example: Any, *, signed: bool) -> str:
    parts = [f'curl{"" if method == "GET" else f" -X {method}"} "$API{address}"']
    if signed:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
    if example is not None:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d {shlex.quote(json.dumps(example, ensure_ascii=False))}")
    return " \\\n  ".join(parts)


def _typescript(method: str, address: str, headers: dict[str, str], example: Any, *, signed: bool) -> str:
    sent = [*(["Authorization: `Bearer ${TOKEN}`"] if signed else [])]
    sent += [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in headers.items()]
    if example is not None:
        sent.append('"Content-Type": "application/json"')
    options = [f'  method: "{method}",', *([f"  headers: {{ {', '.join(sent)} }},"] if sent else [])]
    if example is not None:
        options.append(f"  body: JSON.stringify({_indented(json.dumps(example, ensure_ascii=False, indent=2))}),")
    lines = "\n".join(options)
    return f"const answer = await fetch(`${{API}}{address}`, {{\n{lines}\n}});\nconst found = await answer.json();"


def _python(method: str, address: str, headers: dict[str, str], example: Any, *, signed: bool) -> str:
    sent = [*(['"Authorization": f"Bearer {TOKEN}"'] if signed else [])]
    sent += [f"{json.dumps(name)}: {value!r}" for name, value in headers.items()]
    words = [f'    API + "{address}",', *([f"    headers={{{', '.join(sent)}}},"] if sent else [])]
    if example is not None:
        words.append(f"    json={_indented(_literal(example), 4)},")
    lines = "\n".join(words)
    return f"import requests\n\nanswer = requests.{method.lower()}(\n{lines}\n    timeout=30,\n)\nfound = answer.json()"


def _literal(example: Any) -> str:
    """JSON with Python's words for true, false and null; they stand at the end of a line, texts never do without quotes."""
    text = json.dumps(example, ensure_ascii=False, indent=4)
    for json_word, word in (("true", "True"), ("false", "False"), ("null", "None")):
        for end in (",\n", "\n"):
            text = text.replace(f": {json_word}{end}", f": {word}{end}")
    return text


def _indented(text: str, spaces: int = 2) -> str:
    return text.replace("\n", "\n" + " " * spaces)
