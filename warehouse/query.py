"""SQL over the current release: a DuckDB connection in which every table is a view, with the joins readers want.

Works the same on a folder and on an object store, because the files are read through Arrow. A connection stays with
the release that it was opened on, also when the pointer moves meanwhile.
"""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from warehouse.contracts import TABLES, TIMEZONE, schema
from warehouse.release import current
from warehouse.store import Root, join

VIEWS: Final[dict[str, tuple[str, str]]] = {
    "figures_with_context": (
        "Every figure with its sentence and article.",
        """
        SELECT f.*, a.title, a.url, a.published_on, a.province, a.province_now,
               substring(a.text, f.sentence_start + 1, f.sentence_end - f.sentence_start) AS sentence
        FROM figures f JOIN articles a USING (article_id)
        """,
    ),
    "citations_with_context": (
        "Every mention of a document with its sentence and article.",
        """
        SELECT c.*, a.title, a.url, a.published_on, a.province, a.province_now,
               substring(a.text, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence
        FROM citations c JOIN articles a USING (article_id)
        """,
    ),
    "panel": (
        "The chosen value of each indicator for whole provinces, by period.",
        """
        SELECT indicator, name_vi, name_en, unit, scheme, province, province_now, period_start, period_end,
               value, denominator, qualifier, additive, confidence, flags, sentence, figure_id, article_id, portal
        FROM indicators WHERE chosen AND scope = 'province'
        """,
    ),
    "latest": (
        "Articles first fetched within a day of the newest one, newest first.",
        """
        SELECT * FROM articles
        WHERE first_fetched_at >= (SELECT max(first_fetched_at) FROM articles) - INTERVAL 1 DAY
        ORDER BY first_fetched_at DESC, article_id
        """,
    ),
}
"""Views beside the tables: name, what it shows, definition."""


class NoRelease(Exception):
    """The data root holds no release yet."""


def table_dataset(root: Root, release_id: str, name: str) -> ds.Dataset:
    """Return table `name` of a release as an Arrow dataset with the columns of the contract, partition columns too."""
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
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET TimeZone = '{TIMEZONE}'")
    for name in TABLES:
        connection.register(name, table_dataset(root, release_id, name))
    for name, (_, definition) in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {definition}")
    return connection
