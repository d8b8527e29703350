"""The data dictionary: as Markdown (`DICTIONARY.md` is this text and nothing else), and its words in Vietnamese.

All of it is made from the contract. `vietnamese.toml` translates each text of the contract by the text itself, so that
a reworded meaning can never keep an old translation.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

import pyarrow as pa

from warehouse.contracts import TABLES, Column, Table, example
from warehouse.views import VIEWS

_HEAD: Final = """# Data dictionary

Made by `tinhuy dictionary` from `warehouse/contracts.py`; the Parquet files carry the same texts as field metadata.
All offsets count Unicode code points of `articles.text`. Times of the portals are in Asia/Ho_Chi_Minh, times of
fetching in UTC.
"""


def type_name(kind: pa.DataType) -> str:
    """Return the name of a column's type as readers know it (`text`, `date`, `list of text` …)."""
    if pa.types.is_list(kind):
        return f"list of {type_name(kind.value_type)}"
    if pa.types.is_timestamp(kind):
        return f"timestamp ({kind.tz})"
    names = {"string": "text", "date32[day]": "date", "double": "number", "bool": "true/false", "binary": "bytes"}
    return names.get(str(kind), str(kind).replace("int", "integer "))


@cache
def _translations() -> dict[str, str]:
    data = resources.files("warehouse").joinpath("vietnamese.toml").read_text(encoding="utf-8")
    return {english: told for group in tomllib.loads(data).values() for english, told in group.items()}


def vietnamese(text: str) -> str:
    """Return a text of the contract, the views or `type_name` in Vietnamese; KeyError when it has no translation."""
    return _translations()[text]


def texts() -> Iterator[str]:
    """Yield every text of the dictionary that is words and not a name in the data; some come more than once."""
    for table in TABLES.values():
        yield table.meaning
        yield from table.caveats
        for column in table.columns:
            yield type_name(column.type)
            yield from filter(None, (column.meaning, column.null, column.caveat, column.unit))
    for meaning, _ in VIEWS.values():
        yield meaning


def notes(table: Table, column: Column) -> str:
    """Return everything about a column but its name and type, in one line of Markdown."""
    parts = [column.meaning]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.values:
        parts.append("One of " + ", ".join(f"`{value}`" for value in column.values) + ".")
    if column.references:
        parts.append(f"Refers to `{column.references}`.")
    if column.caveat:
        parts.append(f"**{column.caveat}**")
    parts.append(f"Example: `{example(table.name, column.name)}`.")
    return " ".join(parts).replace("|", "\\|")


def _rows(table: Table) -> Iterator[str]:
    yield "| column | type | null | meaning |"
    yield "| --- | --- | --- | --- |"
    for column in table.columns:
        null = "never" if not column.nullable else (column.null or "unknown")
        yield f"| `{column.name}` | {type_name(column.type)} | {null} | {notes(table, column)} |"


def markdown() -> str:
    """Return the whole dictionary, ending in one line break."""
    parts = [_HEAD]
    parts.append("\n".join(f"- [`{t.name}`](#{t.name}): {t.meaning}" for t in TABLES.values()))
    for table in TABLES.values():
        where = "partitioned by `portal` and `year`" if table.partitioned else "one file, `part-0.parquet`"
        key = ", ".join(f"`{name}`" for name in table.key)
        parts.append(f"\n## {table.name}\n\n{table.meaning} Key: {key}; {where}.\n")
        parts.extend(f"- {caveat}" for caveat in table.caveats)
        parts.append("\n".join(_rows(table)))
    parts.append("\n## Views\n\nIn `tinhuy sql` there are also:\n")
    parts.append("\n".join(f"- `{name}`: {meaning}" for name, (meaning, _) in VIEWS.items()))
    return "\n".join(parts) + "\n"


def columns_digest() -> str:
    """Return 12 hex digits over the names, types and nullability of every column; `CHANGELOG.md` records it.

    Wording may change freely; a column that comes, goes or changes type asks for a line that tells readers.
    """
    told = [
        (table.name, table.partitioned, column.name, str(column.type), column.nullable, column.values)
        for table in TABLES.values()
        for column in table.columns
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]
