"""Types of columns, rows as they wait to be merged, and the SQL of a merge. Pure.

The SQL is what Athena and DuckDB both understand. Rows wait as JSON, every value a text, so that no number passes through a float; the merge
gives each column its type:

    {"item": "3f9a…", "gone": false, "document": "1c//УТ-1", "amount": "100.00", …}
    {"item": "81bc…", "gone": true, "document": null, "amount": null, …}

`item` names the table's item that a row is of. Every line has every column, for readers that look at few lines. The newest image of an item replaces all of its rows; `gone` takes them away.
"""

import json
from collections.abc import Iterator
from hashlib import blake2b

from chalicelib.platform.registry.datasets import ColumnKind, Dataset, ItemRows
from chalicelib.table import Key

TYPES: dict[ColumnKind, str] = {
    "text": "varchar",
    "day": "date",
    "amount": "decimal(18,2)",
    "price": "decimal(18,4)",
    "quantity": "decimal(18,3)",
    "count": "integer",
    "flag": "boolean",
}


def item_name(key: Key) -> str:
    return blake2b(f"{key.pk}|{key.sk}".encode(), digest_size=12).hexdigest()


def waiting_lines(found: ItemRows) -> Iterator[str]:
    """The rows of an item as JSON, one a line; one line that says so where it has none. Raises KeyError for a row without a column."""
    item = item_name(found.key)
    columns = [column.name for column in found.dataset.columns]
    if not found.rows:
        yield json.dumps({"item": item, "gone": True, **dict.fromkeys(columns)})
    for row in found.rows:
        texts = {name: _text(row[name]) for name in columns}
        yield json.dumps({"item": item, "gone": False, **texts}, ensure_ascii=False)


def _text(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def definition(datasets: tuple[Dataset, ...]) -> str:
    """Another text for other tables, columns or types."""
    columns = [(each.name, column.name, TYPES[column.kind]) for each in datasets for column in each.columns]
    return blake2b(repr(columns).encode(), digest_size=8).hexdigest()


def waiting_table(dataset: Dataset) -> str:
    return f"{dataset.name}_waiting"


def merge(dataset: Dataset, place: str, *, onto: bool) -> str:
    """The statement that writes a dataset again at an empty place: what waits and, `onto`, the rows of all other items as they are."""
    waiting = waiting_table(dataset)
    names = ["item", *(column.name for column in dataset.columns)]
    typed = ["item", *(f"CAST({column.name} AS {TYPES[column.kind]}) AS {column.name}" for column in dataset.columns)]
    # The names are those of declarations.
    gone = f"SELECT item FROM {waiting} WHERE gone"  # noqa: S608
    selects = [f"SELECT {', '.join(typed)} FROM {waiting} WHERE NOT gone AND item NOT IN ({gone})"]  # noqa: S608
    if onto:
        others = f"item NOT IN (SELECT item FROM {waiting})"  # noqa: S608
        selects.append(f"SELECT {', '.join(names)} FROM {dataset.name} WHERE {others}")  # noqa: S608
    return f"UNLOAD ({' UNION ALL '.join(selects)}) TO '{place}' WITH (format = 'PARQUET')"
