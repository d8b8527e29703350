"""SQL over the current release: a DuckDB connection in which every table is a view, with the joins readers want.

Works the same on a folder and on an object store, because the files are read through Arrow. A connection stays with
the release that it was opened on, also when the pointer moves meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa

from warehouse.contracts import TABLES, TIMEZONE, schema
from warehouse.release import current
from warehouse.store import Root, join
from warehouse.views import VIEWS

if TYPE_CHECKING:
    import pyarrow.dataset as ds


_ASKS: Final = ("SELECT", "EXPLAIN", "MULTI", "PRAGMA", "CALL")
"""Types of statement that read; SHOW, DESCRIBE, SUMMARIZE and FROM are SELECT to DuckDB, PIVOT may be MULTI."""


class NoRelease(Exception):
    """The data root holds no release yet."""


_INSTEAD: Final = "Ask with SELECT, FROM, WITH, DESCRIBE or SHOW TABLES; `--output FILE` writes what comes."


class QueryError(Exception):
    """The query cannot be answered; the message says what is wrong with it, `hint` what to do."""

    def __init__(self, message: str, hint: str = "`tinhuy dictionary` describes every table and column.") -> None:
        super().__init__(message)
        self.hint = hint


def table_dataset(root: Root, release_id: str, name: str) -> ds.Dataset:
    """Return table `name` of a release as an Arrow dataset with the columns of the contract, partition columns too."""
    import pyarrow.dataset as ds  # half a second, which the dictionary's list of views need not wait for

    path = join("releases", release_id, name)
    folder = root.fs_path(path)
    whole = schema(name)
    if not root.files(path):
        return ds.dataset(pa.Table.from_pylist([], schema=whole))
    partitioning = None
    if TABLES[name].partitioned:
        keys = pa.schema([pa.field("portal", pa.string()), pa.field("year", pa.int32())])
        partitioning = ds.partitioning(keys, flavor="hive")
    return ds.dataset(folder, schema=whole, format="parquet", partitioning=partitioning, filesystem=root.filesystem)


def connect(root: Root, release_id: str | None = None) -> duckdb.DuckDBPyConnection:
    """Return an in-memory connection with the tables and `VIEWS` of a release (the current one unless named).

    Raises NoRelease when nothing was published yet. Views are plain DuckDB: read-only, since Parquet files lie below.
    """
    if release_id is None:
        pointer = current(root)
        if pointer is None:
            raise NoRelease(f"{root} holds no release yet; run `tinhuy nightly` or `tinhuy demo` first")
        release_id = pointer.id
    # A query never fetches a piece of DuckDB from the network.
    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    connection.execute(f"SET TimeZone = '{TIMEZONE}'")
    for name in TABLES:
        connection.register(name, table_dataset(root, release_id, name))
    for name, (_, definition) in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {definition}")
    return connection


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    """Return the rows of `query` as a stream of Arrow batches; a name that comes twice gets `_2`, `_3`, ….

    Raises QueryError at once for a query that is wrong, writes something or gives no rows, and while reading for one
    that fails on the way (a text that is no number, memory).
    """
    try:
        _refuse_all_but_a_question(connection, query)
        relation = connection.sql(query)
        if relation is None:
            raise QueryError("the query gives no rows", "Ask with SELECT, FROM, WITH, DESCRIBE or SHOW TABLES.")
        reader = relation.to_arrow_reader()
    except duckdb.CatalogException as error:
        raise QueryError(_plain(error), _what_there_is(str(error))) from error
    except duckdb.Error as error:
        raise QueryError(_plain(error)) from error
    shape = pa.schema(
        [field.with_name(name) for field, name in zip(reader.schema, _distinct(reader.schema.names), strict=True)]
    )
    return pa.RecordBatchReader.from_batches(shape, _batches(reader, shape))


def _refuse_all_but_a_question(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    statements = connection.extract_statements(query)
    if len(statements) > 1:
        raise QueryError(f"{len(statements)} queries at once", "Ask one at a time; WITH gives names to its steps.")
    for statement in statements:
        kind = str(statement.type).rpartition(".")[2]
        if kind not in _ASKS:
            raise QueryError(f"{kind} is refused: a release is read, never written", _INSTEAD)


def _batches(reader: pa.RecordBatchReader, shape: pa.Schema) -> Iterator[pa.RecordBatch]:
    try:
        for batch in reader:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=shape)
    except OSError as error:  # how Arrow passes on what DuckDB meets half way
        raise QueryError(_plain(error)) from error


def _distinct(names: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    taken = set(names)
    found = []
    for name in names:
        seen[name] += 1
        shown = name
        while seen[name] > 1 and shown in taken:
            shown = f"{name}_{seen[name]}"
            seen[name] += shown in taken
        taken.add(shown)
        found.append(shown)
    return found


def _plain(error: BaseException) -> str:
    """Return what DuckDB says without the echo of the query under it."""
    return str(error).split("\n\nLINE ")[0].strip()


def _what_there_is(message: str) -> str:
    if "Table with name" not in message:
        return "`tinhuy dictionary` describes every table and column."
    return f"Tables: {', '.join(TABLES)}.\n  Views: {', '.join(VIEWS)}."
