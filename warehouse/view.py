"""Reading the tables of a release, finished or in the making, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyarrow as pa

from warehouse import contracts, tables
from warehouse.store import Root, join


@dataclass(frozen=True)
class Tables:
    """The tables of a release, finished or in the making, read a batch at a time in a fixed order:
    portal, year, then (crawl, position)."""

    root: Root
    path: str
    entries: Sequence[Mapping[str, Any]]

    def files(self, name: str) -> list[Mapping[str, Any]]:
        """Return the entries of a table's files, in reading order; KeyError when there is no such table."""
        _ = contracts.TABLES[name]
        mine = [entry for entry in self.entries if entry["table"] == name]
        return sorted(mine, key=lambda entry: (entry["portal"] or "", entry["year"] or 0))

    def count(self, name: str) -> int:
        """Return how many rows a table has."""
        return sum(int(entry["rows"]) for entry in self.files(name))

    def batches(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield a table's rows with the columns asked for (all when None), `portal` and `year` included."""
        for entry in self.files(name):
            yield from self.file_batches(entry, columns)

    def file_batches(self, entry: Mapping[str, Any], columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows of one file of a table, partition columns filled in."""
        whole = tables.schema(entry["table"])
        wanted = list(columns) if columns is not None else whole.names
        schema = pa.schema([whole.field(name) for name in wanted], metadata=whole.metadata)
        told = {"portal": entry["portal"], "year": entry["year"]} if entry["portal"] is not None else {}
        stored = [name for name in wanted if name not in told]
        # A file is never read with no column at all: its rows could not be counted.
        read = stored or [next(name for name in whole.names if name not in told)]
        with self.root.open(join(self.path, entry["path"])) as stream:
            for batch in tables.read_batches(stream, read):
                yield pa.RecordBatch.from_arrays(
                    [
                        pa.repeat(pa.scalar(told[name], schema.field(name).type), batch.num_rows)
                        if name in told
                        else batch.column(name)
                        for name in wanted
                    ],
                    schema=schema,
                )

    def rows(self, name: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield a table's rows as dicts."""
        for batch in self.batches(name, columns):
            # A few hundred rows at a time: Python objects take ten times what Arrow takes.
            for start in range(0, batch.num_rows, 512):
                yield from batch.slice(start, 512).to_pylist()


class Following:
    """Rows of a table that lies in the order of `articles`, taken article by article."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._groups = groupby(rows, key=lambda row: row["article_id"])
        self._next = next(self._groups, None)

    def take(self, article: str) -> list[Mapping[str, Any]]:
        """Return the article's rows; none when it has none."""
        if self._next is None or self._next[0] != article:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows

    @property
    def left(self) -> str | None:
        """The article whose rows come next; None when all were taken."""
        return str(self._next[0]) if self._next is not None else None
