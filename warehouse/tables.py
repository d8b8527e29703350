"""Parquet files of tables: one way to write them, so that the same rows always give the same bytes.

Fixed settings, and row groups cut by rows and bytes of content (not by how the rows happened to arrive). Files of
partitioned tables leave `portal` and `year` out: these stand in the folder names, as every reader of hive partitions
expects (pandas refuses a column that stands in both).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import contracts

PARTITION_COLUMNS: Final = ("portal", "year")
SETTINGS: Final[Mapping[str, Any]] = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 5,
    "write_statistics": True,
    "write_page_index": False,
    "store_schema": True,
}
GROUP_BYTES: Final = 1 << 20
"""A row group ends with the row that brings its text columns to this many bytes …"""
GROUP_ROWS: Final = 8192
"""… or with this row."""

_UNIQUE: Final = frozenset(
    {
        "text", "title", "lead", "url", "caption", "sentence", "detail", "arithmetic", "signature", "text_sha256",
        "page_sha256", "figure_id", "citation_id", "place_mention_id", "audit_id", "reject_id", "indicator_row_id",
    }
)  # fmt: skip
"""Columns whose values hardly repeat: a dictionary of them takes memory and time and saves nothing."""

Ids = npt.NDArray[np.uint64]


@cache
def schema(name: str) -> pa.Schema:
    """Return the schema of table `name`, as `contracts.schema` does; made once."""
    return contracts.schema(name)


@cache
def file_schema(name: str) -> pa.Schema:
    """Return the schema of a file of table `name` in a release: the contract without partition columns."""
    whole = schema(name)
    if not contracts.TABLES[name].partitioned:
        return whole
    return pa.schema([field for field in whole if field.name not in PARTITION_COLUMNS], metadata=whole.metadata)


@cache
def contract_digest(name: str) -> str:
    """Return 16 hex digits over the schema of table `name`, the settings of the writer and the library's version."""
    digest = hashlib.sha256(schema(name).serialize().to_pybytes())
    digest.update(repr((sorted(SETTINGS.items()), sorted(_UNIQUE), GROUP_BYTES, GROUP_ROWS, pa.__version__)).encode())
    return digest.hexdigest()[:16]


class TableWriter:
    """Writes Arrow batches of one schema to a file-like object; memory is bounded by a row group."""

    def __init__(self, sink: Any, schema: pa.Schema) -> None:
        self._schema = schema
        repeating = [field.name for field in schema if field.name not in _UNIQUE]
        self._writer = pq.ParquetWriter(sink, schema, use_dictionary=repeating, **SETTINGS)
        self._texts = [i for i, field in enumerate(schema) if _is_text(field.type)]
        self._pending: list[pa.RecordBatch] = []
        self._rows = 0
        self._bytes = 0
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def abandon(self) -> None:
        """Give up: nothing more is written, not even a footer; the file below is the caller's to remove."""
        self._pending = []
        # The library would write the footer when the object is collected, into a file that is closed by then.
        self._writer.is_open = False

    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows; `batch` has the schema's columns in order."""
        while batch.num_rows:
            reach = self._bytes + np.cumsum(self._sizes(batch))
            full = int(np.searchsorted(reach, GROUP_BYTES)) + 1
            cut = min(full, GROUP_ROWS - self._rows, batch.num_rows)
            self._pending.append(batch.slice(0, cut))
            self._rows += cut
            self._bytes = int(reach[cut - 1])
            if self._bytes >= GROUP_BYTES or self._rows == GROUP_ROWS:
                self._flush()
            batch = batch.slice(cut)

    def write_rows(self, rows: Iterable[Mapping[str, Any]], chunk: int = 2048) -> None:
        """Take rows as dicts."""
        source = iter(rows)
        while part := list(islice(source, chunk)):
            self.write(pa.RecordBatch.from_pylist(part, schema=self._schema))

    def close(self) -> None:
        """Write what is left and the footer."""
        try:
            self._flush()
            self._writer.close()
        except BaseException:
            self.abandon()
            raise

    def _flush(self) -> None:
        if not self._pending:
            return
        # One contiguous chunk: how the rows were sliced on their way here must not reach the file.
        table = pa.Table.from_batches(self._pending, self._schema).combine_chunks()
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self.rows += table.num_rows
        self._pending, self._rows, self._bytes = [], 0, 0

    def _sizes(self, batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
        sizes = np.zeros(batch.num_rows, dtype=np.int64)
        for i in self._texts:
            sizes += pc.fill_null(pc.binary_length(batch.column(i)), 0).to_numpy(zero_copy_only=False)
        return sizes


def read_batches(
    stream: Any, columns: list[str] | None = None, rows: int = GROUP_ROWS, most: int = 1 << 19
) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a Parquet file, one row group at a time, none read ahead.

    `rows` bounds a batch; files whose rows are large (articles) get smaller batches, so that one holds about `most`
    bytes.
    """
    with pq.ParquetFile(stream, pre_buffer=False) as file:
        total, count = 0, 0
        for group in range(file.metadata.num_row_groups):
            total += file.metadata.row_group(group).total_byte_size
            count += file.metadata.row_group(group).num_rows
        size = max(64, min(rows, most * count // total if total else rows))
        yield from file.iter_batches(batch_size=size, columns=columns, use_threads=False)


def pack_ids(column: pa.Array) -> Ids:
    """Return 16-hex-digit ids as unsigned 64-bit numbers; ValueError when one has another form."""
    if column.null_count or len(column) == 0:
        if column.null_count:
            raise ValueError("an id is null")
        return np.empty(0, dtype=np.uint64)
    lengths = pc.binary_length(column)
    if pc.min(lengths).as_py() != 16 or pc.max(lengths).as_py() != 16:
        raise ValueError("an id does not have 16 hex digits")
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)
    start = int(offsets[column.offset])
    letters = np.frombuffer(column.buffers()[2], dtype=np.uint8)[start : start + 16 * len(column)]
    digits = _HEX[letters]
    if (digits > 15).any():
        raise ValueError("an id does not have 16 hex digits")
    pairs = digits.reshape(-1, 2)
    return np.ascontiguousarray(pairs[:, 0] << 4 | pairs[:, 1]).view(">u8").astype(np.uint64)


def _hex_table() -> npt.NDArray[np.uint8]:
    table = np.full(256, 255, dtype=np.uint8)
    for value, letter in enumerate(b"0123456789abcdef"):
        table[letter] = value
    return table


_HEX: Final = _hex_table()


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))
