"""A result of a query as a table on the screen, CSV, JSON, Parquet or a spreadsheet that opens right.

Text from pages is never a formula: in CSV a cell that a spreadsheet would run gets an apostrophe in front, in XLSX
every text is written as text. CSV is UTF-8 with a byte order mark, because spreadsheets guess wrong without one.
"""

from __future__ import annotations

import csv
import io
import json
import math
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

FORMATS: Final = ("table", "csv", "json", "parquet", "xlsx")
BINARY: Final = ("parquet", "xlsx")
ENDINGS: Final = {".csv": "csv", ".json": "json", ".jsonl": "json", ".parquet": "parquet", ".xlsx": "xlsx"}
"""Ending of a file to the format that it says."""
SHEET_ROWS: Final = 1_048_576
SHEET_CELL: Final = 32_767
"""Limits of the XLSX format: rows of a sheet, characters of a cell."""
SCREEN_ROWS: Final = 1000
SCREEN_CELL: Final = 60
"""What a table on the screen shows at most: rows, code points of a cell."""
SHEET_EXACT: Final = 10**15
"""From here on a spreadsheet keeps no longer every digit of a whole number; such are written as text."""
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""The wide forms count too: East Asian settings read them as the plain ones."""
_LIST_JOINER: Final = "; "
_SHEET_BEGINS: Final = date(1900, 3, 1)
"""Before this day spreadsheets disagree about what day it is; earlier ones are written as text."""


class ExportError(Exception):
    """The result does not fit the format."""


def _rows(reader: pa.RecordBatchReader) -> Iterator[list[Any]]:
    for batch in reader:
        columns = [column.to_pylist() for column in batch.columns]
        yield from (list(row) for row in zip(*columns, strict=True))


def safe_text(text: str) -> str:
    """Return `text` so that a spreadsheet that reads it from CSV shows it and never runs it."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA_STARTS) or text.startswith("\n") else text


def _plain(value: Any) -> Any:
    """Return a value as text, number or None; lists as texts joined by `; `, bytes in hex."""
    if isinstance(value, list | tuple):
        return _LIST_JOINER.join("" if item is None else str(_plain(item)) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _number(value: float, decimal_comma: bool) -> str:
    if not math.isfinite(value):
        return ""
    text = repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return text.replace(".", ",") if decimal_comma else text


def write_csv(reader: pa.RecordBatchReader, stream: TextIO, *, decimal_comma: bool = False) -> int:
    """Write rows as CSV and return how many; `decimal_comma` parts fields by `;`, as a Vietnamese Excel expects."""
    stream.write("\ufeff")
    writer = csv.writer(stream, delimiter=";" if decimal_comma else ",", lineterminator="\r\n")
    writer.writerow([safe_text(name) for name in reader.schema.names])
    count = 0
    for row in _rows(reader):
        cells = []
        for value in map(_plain, row):
            if isinstance(value, str):
                cells.append(safe_text(value))
            elif isinstance(value, float):
                cells.append(_number(value, decimal_comma))
            else:
                cells.append("" if value is None else str(value))
        writer.writerow(cells)
        count += 1
    return count


def write_json(reader: pa.RecordBatchReader, stream: TextIO) -> int:
    """Write rows as one JSON object a line and return how many; lists stay lists, times are ISO 8601."""
    names = reader.schema.names
    count = 0
    for row in _rows(reader):
        record = {name: _json_value(value) for name, value in zip(names, row, strict=True)}
        stream.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
        count += 1
    return count


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return _plain(value)
    return value.hex() if isinstance(value, bytes) else value


def write_parquet(reader: pa.RecordBatchReader, where: Path | BinaryIO) -> int:
    """Write rows as one Parquet file, to a path or a stream, and return how many."""
    count = 0
    with pq.ParquetWriter(where, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def write_xlsx(reader: pa.RecordBatchReader, where: Path | BinaryIO) -> int:
    """Write rows to one sheet, to a path or a stream, and return how many; ExportError past the format's limits."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(where, options) as book:
        sheet = book.add_worksheet("tinhuy")
        bold = book.add_format({"bold": True})
        formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for index, name in enumerate(reader.schema.names):
            sheet.write_string(0, index, name, bold)
        sheet.freeze_panes(1, 0)
        count = 0
        for count, row in enumerate(_rows(reader), start=1):
            if count >= SHEET_ROWS:
                raise ExportError(f"more than {SHEET_ROWS - 1} rows do not fit a sheet; narrow the query or write CSV")
            for index, value in enumerate(row):
                _write_cell(sheet, count, index, value, formats)
    return count


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[type[date], Any]) -> None:
    if value is None:
        return
    day = value.date() if isinstance(value, datetime) else value
    if type(value) in formats and day >= _SHEET_BEGINS:
        moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, moment, formats[type(value)])
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
        return
    plain = _plain(value)
    if isinstance(plain, int) and abs(plain) >= SHEET_EXACT:
        plain = str(plain)
    if isinstance(plain, int | float):
        if math.isfinite(plain):
            sheet.write_number(row, column, plain)
        return
    if len(plain) > SHEET_CELL:
        raise ExportError(
            f"row {row} has a text of {len(plain)} characters; a cell holds "
            f"{SHEET_CELL}. Leave that column out or write CSV"
        )
    sheet.write_string(row, column, plain.replace("\r\n", "\n"))


def write_file(
    reader: pa.RecordBatchReader, path: Path, *, form: str | None = None, decimal_comma: bool = False
) -> int:
    """Write rows to `path` in the format `form` (that of its ending when None) and return how many.

    The file appears whole or not at all: it is written beside its place and renamed. Raises ExportError for an ending
    that says no format, a folder that is not there or not writable, and rows that do not fit the format.
    """
    form = form or ENDINGS.get(path.suffix.lower())
    if form is None:
        raise ExportError(f"{path} has no ending that says its format; use one of {', '.join(ENDINGS)}")
    unfinished = path.with_name(f"_tmp-{path.name}")
    try:
        if form in BINARY:
            with unfinished.open("wb") as stream:
                count = write_parquet(reader, stream) if form == "parquet" else write_xlsx(reader, stream)
        else:
            with unfinished.open("w", encoding="utf-8", newline="") as text:
                if form == "csv":
                    count = write_csv(reader, text, decimal_comma=decimal_comma)
                elif form == "json":
                    count = write_json(reader, text)
                else:
                    raise ExportError(f"a {form} goes to the screen; use one of {', '.join(ENDINGS)} for a file")
        unfinished.replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def write_table(
    reader: pa.RecordBatchReader, stream: TextIO, *, width: int = SCREEN_CELL, limit: int = SCREEN_ROWS
) -> tuple[int, bool]:
    """Write at most `limit` rows as a text table; return how many, and whether there were more."""
    rows = _rows(reader)
    shown = list(islice(rows, limit))
    stream.write(as_text_table(reader.schema.names, shown, width=width))
    return len(shown), next(rows, None) is not None


def as_text_table(names: Iterable[str], rows: Iterable[Iterable[Any]], *, width: int = SCREEN_CELL) -> str:
    """Return rows as a plain text table: numbers to the right and without a `.0`, nulls empty, lists joined by `; `.

    Cells longer than `width` code points are cut with `…` (never, when `width` is 0); control characters are blanks.
    """
    shown = [[str(name) for name in names]]
    right = [True] * len(shown[0])
    for row in rows:
        cells = []
        for index, value in enumerate(row):
            plain = _plain(value)
            if plain is None:
                cells.append("")
            elif isinstance(plain, int | float):
                # Twelve digits: a sum of decimals shows as it was meant, not as binary has it.
                cells.append(_number(float(f"{plain:.12g}"), False) if isinstance(plain, float) else str(plain))
            else:
                right[index] = False
                text = "".join(c if c.isprintable() else " " for c in plain)
                cells.append(text if not width or len(text) <= width else text[: width - 1] + "…")
        shown.append(cells)
    right = [flag and any(row[index] for row in shown[1:]) for index, flag in enumerate(right)]
    widths = [max(_columns(row[i]) for row in shown) for i in range(len(shown[0]))]
    out = io.StringIO()
    for index, row in enumerate(shown):
        padded = (
            " " * (size - _columns(cell)) + cell if flag else cell + " " * (size - _columns(cell))
            for cell, size, flag in zip(row, widths, right, strict=True)
        )
        out.write("  ".join(padded).rstrip() + "\n")
        if index == 0:
            out.write("  ".join("-" * size for size in widths) + "\n")
    return out.getvalue()


def _columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes: combining marks take none."""
    return len(text) if text.isascii() else sum(not unicodedata.combining(c) for c in text)
