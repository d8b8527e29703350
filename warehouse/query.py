"""SQL over the current release: a DuckDB connection in which every table is a view, with the joins readers want.

Works the same on a folder and on an object store, because the files are read through Arrow. A connection stays with
the release that it was opened on, also when the pointer moves meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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
    "panel_by_year": (
        "`panel` with one row per indicator, unit, province and year: of the periods that lie within the year, the "
        "whole year before a part of it, then the latest; `periods` says how many there were. Periods of several "
        "years are left out.",
        """
        SELECT indicator, name_vi, name_en, unit, additive, scheme, province, province_now,
               year(period_end) AS year, value, denominator, qualifier, period_start, period_end,
               (month(period_end) = 12 AND day(period_end) = 31
                AND (period_start IS NULL OR dayofyear(period_start) = 1)) AS whole_year,
               count(*) OVER (PARTITION BY indicator, unit, scheme, province, year(period_end)) AS periods,
               confidence, flags, sentence, figure_id, article_id, portal
        FROM panel
        WHERE period_start IS NULL OR year(period_start) = year(period_end)
        QUALIFY row_number() OVER (
            PARTITION BY indicator, unit, scheme, province, year
            ORDER BY whole_year DESC, period_end DESC, confidence DESC, period_start NULLS LAST, figure_id) = 1
        """,
    ),
    "panel_now": (
        "`panel_by_year` on the map of today's 34 provinces, nothing counted twice: what the province of today states "
        "for the year; else the sum over the provinces that it was made of (`parts` of `parts_needed`; `complete` when "
        "none is missing). A rate is never summed: it is there only where the territory did not change.",
        """
        WITH needed AS (
            SELECT successor AS province_now, count(*) AS parts_needed
            FROM provinces WHERE scheme = '2008' GROUP BY ALL
        ), today AS (
            SELECT indicator, name_vi, name_en, unit, additive, province_now, year, value, '2025' AS scheme,
                   1 AS parts, 1 AS parts_needed, [province] AS provinces, whole_year,
                   qualifier = 'exact' AS exact, confidence, [figure_id] AS figure_ids
            FROM panel_by_year WHERE scheme = '2025'
        ), before AS (
            SELECT indicator, any_value(name_vi) AS name_vi, any_value(name_en) AS name_en, unit, additive,
                   province_now, year, sum(value) AS value, '2008' AS scheme, count(*) AS parts,
                   any_value(parts_needed) AS parts_needed, list(province ORDER BY province) AS provinces,
                   bool_and(whole_year) AS whole_year, bool_and(qualifier = 'exact') AS exact,
                   min(confidence) AS confidence, list(figure_id ORDER BY province) AS figure_ids
            FROM panel_by_year JOIN needed USING (province_now)
            WHERE scheme = '2008' AND (additive OR parts_needed = 1)
            GROUP BY indicator, unit, additive, province_now, year
        )
        SELECT *, parts = parts_needed AS complete FROM (
            SELECT * FROM today
            UNION ALL
            SELECT * FROM before ANTI JOIN today USING (indicator, unit, province_now, year)
        )
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


class QueryError(Exception):
    """The query cannot be answered; the message says what is wrong with it, `hint` what to do."""

    def __init__(self, message: str, hint: str = "`tinhuy dictionary` describes every table and column.") -> None:
        super().__init__(message)
        self.hint = hint


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


def ask(connection: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    """Return the rows of `query` as a stream of Arrow batches; a name that comes twice gets `_2`, `_3`, ….

    Raises QueryError at once for a query that is wrong or gives no rows, and while reading for one that fails on the
    way (a text that is no number, memory).
    """
    try:
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
