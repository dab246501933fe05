"""Examples of the contract: of every model that gives none of its own."""

from typing import Any

Schema = dict[str, Any]

# Example values: by the format of a string or its pattern, or by the name of a field without an example of its own.
_BY_FORMAT = {
    "date": "2026-11-20",
    "date-time": "2026-11-20T09:00:00.000Z",
    "email": "anna@company.example",
    "uri": "https://portal.example/page",
}
_BY_PATTERN = {r"^-?\d+(\.\d+)?$": "12.5", r"^\d+(\.\d+)?$": "5"}
_BY_NAME: dict[str, str | None] = {
    "access_token": "eyJraWQiOiJr...",
    "at": "2026-11-20T09:00:00.000Z",
    "benefits": "Orders through the distributor of your region",
    "body": "# Prices",
    "brand": "Ostara",
    "category": "luminaires",
    "code": "482913",
    "comment": "Call before delivery",
    "currency": "RUB",
    "day": "2026-11-20",
    "delimiter": ";",
    "detail": "This is not a number.",
    "document": "УТ-000123",
    "email": "anna@company.example",
    "encoding": "utf-8",
    "file_name": "sales.csv",
    "inn": "9800000422",
    "interests": "LED panels",
    "kind": "company",
    "kpp": "770701001",
    "name": "Anna Petrova",
    "name_ru": "Панель светодиодная, проф.",
    "next_cursor": None,
    "note": "Two lamps less than ordered",
    "phone": "+74951234567",
    "pointer": "/quantity",
    "purpose": "advertising",
    "reason": "Out of stock until December",
    "refresh_token": "eyJjdHkiOiJK...",
    "region": "RU-MOW",
    "role": "owner",
    "segment": "LED panels",
    "since": "2026-11-20",
    "sku": "PN-P",
    "source": "1c",
    "status": "active",
    "summary": "Prices fell by 4 %.",
    "time_zone": "Europe/Moscow",
    "title": "LED panels, third quarter",
    "unit": "pcs",
    "url": "https://files.example/upload",
    "vat_percent": "20",
    "version": "2026-1",
}
# Example of a `name`, by the id beside it.
_NAMES = {
    "member_id": "Anna Petrova",
    "sku": "LED panel, pro",
    "inn": "Luch LLC",
    "company_id": "Luch LLC",
    "regions": "Moscow Light LLC",
    "distributor_id": "Moscow Light LLC",
}
EMPTY: tuple[Any, ...] = (None, "", [], {})  # left out of an example, where they may be
_ID_PREFIXES = {
    "address_id": "adr",
    "member_id": "mbr",
    "manager_id": "mbr",
    "distributor_id": "dst",
    "sign_in_id": "sin",
}


def schema_name(reference: Schema) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def example(schema: Schema, components: dict[str, Schema], name: str = "") -> Any:
    """A value of this schema: what its author gives as an example, else the plainest one. `name` is the field it stands in."""
    if "examples" in schema:
        return schema["examples"][0]
    for word in ("const", "default"):
        if schema.get(word) is not None:
            return schema[word]
    if "$ref" in schema:
        return example(components[schema_name(schema)], components, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _BY_NAME[name] if _BY_NAME.get(name, "") is None else example(schema["anyOf"][0], components, name)
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            values = {each: example(inner, components, each) for each, inner in properties.items()}
            needed = schema.get("required", ())
            made = {each: value for each, value in values.items() if each in needed or value not in EMPTY}
            if made.get("name") == _BY_NAME["name"]:
                made["name"] = next((named for beside, named in _NAMES.items() if beside in made), made["name"])
            return made
        case "array":
            return [example(schema["items"], components, name)]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return _text(schema, name)
        case _:
            return None


def _text(schema: Schema, name: str) -> str:
    if "format" in schema:
        return _BY_FORMAT.get(schema["format"], "text")
    if schema.get("pattern") in _BY_PATTERN:
        return _BY_PATTERN[schema["pattern"]]
    if name.endswith("_at"):
        return _BY_FORMAT["date-time"]
    if name.endswith("_id"):
        return f"{_ID_PREFIXES.get(name, name[:3])}_0f8c3a5e7d9b1c2e4f6a8b0c2d4e6f80"
    text = _BY_NAME.get(name) or "text"
    repeats = -(-int(schema.get("minLength", 1)) // len(text))
    return text * repeats
