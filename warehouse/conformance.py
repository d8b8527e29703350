"""Whether the tables of a release are what the contract says, before any reader sees them.

Checked: columns and types of every file; nulls, closed lists, ranges and order of pairs; ids and partitions; that keys
are unique over all files; that references between tables hold; that every `surface` is what stands between its offsets.
A file that is the very file of the checked release before is not read again for what concerns it alone. Memory is
bounded: keys are compared in slices of a few million.

Portals' own expectations come as `Check`s, from `Expectation` or of any other make.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import contracts, ids, tables
from warehouse.contracts import Column, Table
from warehouse.store import join
from warehouse.view import Tables

_SLICE: Final = 1 << 19
"""Keys held at once when looking for doubles; a table with more is read that many times more often."""
_SHOWN: Final = 3
_log: Final = logging.getLogger(__name__)
_ORDERED: Final = (
    ("start", "end", False), ("sentence_start", "start", True), ("end", "sentence_end", True),
    ("period_start", "period_end", True), ("value", "value_max", True), ("published_after", "published_before", True),
    ("first_fetched_at", "fetched_at", True), ("valid_from", "valid_to", True),
)  # fmt: skip
"""Pairs of columns (low, high, may be equal) that are in order wherever both are told."""
_NATURAL: Final = (
    "start",
    "position",
    "table",
    "row",
    "column",
    "mentions",
    "articles",
    "pages",
    "unchanged",
    "seconds",
)
"""Columns that are never negative."""
_SHARES: Final = ("confidence", "similarity")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as promised."""

    path: str
    """File, folder or table it was found in."""
    message: str
    table: str | None = None
    column: str | None = None
    rows: int | None = None
    """How many rows, where rows are concerned."""
    command: str | None = None
    """What mends it."""

    def __str__(self) -> str:
        where = ".".join(filter(None, (self.table, self.column)))
        count = f" ({self.rows} rows)" if self.rows is not None else ""
        mend = f"; {self.command}" if self.command else ""
        return f"{self.path}: {where + ': ' if where else ''}{self.message}{count}{mend}"


Check = Callable[[Tables], Iterable[Problem]]


class CheckFailed(Exception):
    """A release may not be published; `problems` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "\n".join(f"  {problem}" for problem in self.problems[:20])
        super().__init__(f"the release was not published, {len(self.problems)} checks failed:\n{shown}")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a release must hold of one portal; a `Check`."""

    portal: str
    articles: int = 0
    """At least so many."""
    fill: Mapping[str, float] = field(default_factory=dict)
    """Column of `articles` to the least share of rows where it is told."""

    def __call__(self, view: Tables) -> Iterator[Problem]:
        mine = [entry for entry in view.files("articles") if entry["portal"] == self.portal]
        count = sum(entry["rows"] for entry in mine)
        command = f"see `tinhuy diagnose {self.portal}`"
        if count < self.articles:
            message = f"{self.portal} has {count} articles, at least {self.articles} are expected"
            yield Problem(view.path, message, "articles", None, count, command)
        for column, share in sorted(self.fill.items()):
            told = sum(
                batch.num_rows - batch.column(0).null_count
                for entry in mine
                for batch in view.file_batches(entry, [column])
            )
            if count and told < share * count:
                message = f"{self.portal} tells it in {told} of {count} articles, at least {share:.0%} are expected"
                yield Problem(view.path, message, "articles", column, count - told, command)


@dataclass(frozen=True)
class NothingLost:
    """That every article of the release before is in this one, but for those with a named reason; a `Check`.

    Absence is never deletion: with the same packages and the same code no article can go. Articles are compared by
    their ids, so that new ones do not hide lost ones; only files that are not those of the release before are read.
    """

    before: Tables
    may_go: Mapping[str, int] = field(default_factory=dict)
    """Portal to how many of its articles may go, because its code or its packages have changed; 0 elsewhere."""
    moved: Mapping[str, tables.Ids] = field(default_factory=dict)
    """Portal to the ids whose articles are in the release under an earlier id (`identity`)."""

    def __call__(self, view: Tables) -> Iterator[Problem]:
        then, now = _by_portal(self.before), _by_portal(view)
        for portal, entries in sorted(then.items()):
            told, made = ({(e["path"], e["sha256"]): e for e in some} for some in (entries, now.get(portal, [])))
            lost = self._lost(
                view,
                [entry for key, entry in told.items() if key not in made],
                [entry for key, entry in made.items() if key not in told],
            )
            if portal in self.moved:
                lost = np.setdiff1d(lost, self.moved[portal])
            if len(lost) > self.may_go.get(portal, 0):
                count = sum(entry["rows"] for entry in entries)
                shown = ", ".join(f"{article:016x}" for article in lost[:_SHOWN].tolist())
                message = f"{len(lost)} of {count} articles of {portal} that the release before has are gone: {shown}"
                command = f"see `tinhuy diagnose {portal}`; if they are to go, `tinhuy rebuild {portal}`"
                yield Problem(view.path, message, "articles", "article_id", len(lost), command)

    def _lost(self, view: Tables, had: list[Mapping[str, Any]], has: list[Mapping[str, Any]]) -> tables.Ids:
        for entry in had:
            path = join(self.before.path, entry["path"])
            root = self.before.root
            if not root.exists(path) or root.sha256(path) != entry["sha256"]:
                _log.warning("%s is not as it was made; its articles cannot be compared", path)
                had = [other for other in had if other is not entry]
        return np.setdiff1d(_article_ids(self.before, had), _article_ids(view, has))


def _by_portal(view: Tables) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in view.files("articles"):
        if entry["portal"] is not None:
            found.setdefault(entry["portal"], []).append(entry)
    return found


def _article_ids(view: Tables, entries: Iterable[Mapping[str, Any]]) -> tables.Ids:
    found = [
        tables.pack_ids(batch.column(0)) for entry in entries for batch in view.file_batches(entry, ["article_id"])
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint64)


def articles_by_portal(view: Tables) -> dict[str, int]:
    """Return the number of articles of each portal in a release."""
    counts: dict[str, int] = {}
    for entry in view.files("articles"):
        if entry["portal"] is not None:
            counts[entry["portal"]] = counts.get(entry["portal"], 0) + entry["rows"]
    return counts


def check_release(view: Tables, unchanged: Iterable[str] = (), expectations: Sequence[Check] = ()) -> Iterator[Problem]:
    """Yield everything that is wrong with the tables of a release.

    `unchanged` are paths of files that were checked with the release before, under the same contract; only what spans
    files is checked of them.
    """
    known = frozenset(unchanged)
    for name, table in contracts.TABLES.items():
        entries = view.files(name)
        if not entries:
            yield Problem(join(view.path, name), "the table is missing", name, command=_REBUILD)
        for entry in entries:
            if entry["path"] not in known:
                yield from _file(view, table, entry)
    changed = {(e["portal"], e["year"]) for e in view.entries if e["path"] not in known and e["portal"] is not None}
    for portal, year in sorted(changed):
        yield from _partition(view, portal, year)
    for table in contracts.TABLES.values():
        yield from _unique(view, table)
    yield from _references(view)
    for check in expectations:
        yield from check(view)


_REBUILD: Final = "run `tinhuy rebuild`"


def _file(view: Tables, table: Table, entry: Mapping[str, Any]) -> Iterator[Problem]:
    """What one file says by itself."""
    path = join(view.path, entry["path"])

    def problem(message: str, column: str | None = None, rows: int | None = None) -> Problem:
        portal = f" {entry['portal']}" if entry["portal"] else ""
        return Problem(path, message, table.name, column, rows, f"run `tinhuy rebuild{portal}`")

    schema = tables.file_schema(table.name) if entry["portal"] else contracts.schema(table.name)
    with view.root.open(path) as stream, pq.ParquetFile(stream) as file:
        found, rows = file.schema_arrow, file.metadata.num_rows
    if not found.equals(schema):
        yield problem(
            f"columns are {', '.join(found.names)}; the contract has {', '.join(schema.names)} with other types"
        )
        return
    if rows != entry["rows"]:
        yield problem(f"holds {rows} rows, release.json says {entry['rows']}")
    wrong: dict[tuple[str | None, str], int] = {}
    for batch in view.file_batches(entry):
        for column, message, count in _batch(table, batch):
            wrong[column, message] = wrong.get((column, message), 0) + count
    for (column, message), count in wrong.items():
        yield problem(message, column, count)


def _batch(table: Table, batch: pa.RecordBatch) -> Iterator[tuple[str | None, str, int]]:
    """Yield (column, what is wrong, in how many rows) of a batch."""
    names = {column.name for column in table.columns}
    for column in table.columns:
        values = batch.column(column.name)
        if not column.nullable and values.null_count:
            yield column.name, "is null", values.null_count
        if column.values:
            yield from _counted(column.name, f"is none of {', '.join(column.values)}", _strange(values, column))
        if column.name in _NATURAL and not pa.types.is_string(values.type):
            yield from _counted(column.name, "is negative", pc.less(values, 0))
        if column.name in _SHARES:
            yield from _counted(
                column.name, "is not between 0 and 1", pc.or_(pc.less(values, 0), pc.greater(values, 1))
            )
        if pa.types.is_floating(values.type):
            yield from _counted(column.name, "is not a finite number", pc.invert(pc.is_finite(values)))
    for low, high, equal in _ORDERED:
        if low in names and high in names:
            compare = pc.greater if equal else pc.greater_equal
            yield from _counted(high, f"comes before {low}", compare(batch.column(low), batch.column(high)))
    if table.name == "articles":
        day = pc.if_else(
            pc.is_valid(batch.column("published_on")), batch.column("published_on"), batch.column("published_before")
        )
        yield from _counted(
            "year", "is not that of the date", pc.not_equal(pc.year(day).cast(pa.int32()), batch.column("year"))
        )


def _strange(values: pa.Array, column: Column) -> pa.Array:
    listed = pc.is_in(values, pa.array(column.values, values.type))
    return pc.and_(pc.is_valid(values), pc.invert(listed))


def _counted(column: str, message: str, wrong: pa.Array) -> Iterator[tuple[str, str, int]]:
    count = pc.sum(wrong).as_py() or 0
    if count:
        yield column, message, int(count)


_SPANNED: Final = ("figures", "citations", "places")


def _partition(view: Tables, portal: str, year: int) -> Iterator[Problem]:
    """That the rows of a partition belong to its articles, in their order, and stand where they say.

    All files of a partition have the order of its articles, so one pass over each is enough.
    """
    entries = {
        entry["table"]: entry
        for entry in view.entries
        if entry["portal"] == portal and entry["year"] == year and contracts.TABLES[entry["table"]].partitioned
    }
    for name in sorted(entries.keys() - {"articles"}):
        entry = entries[name]
        articles = _articles(view, entries.get("articles"), texts=name in _SPANNED)
        article, text = next(articles, (None, ""))
        lost, astray = 0, 0
        columns = ["article_id", *(("start", "end", "surface") if name in _SPANNED else ())]
        for batch in view.file_batches(entry, columns):
            for row in batch.to_pylist():
                while article is not None and article != row["article_id"]:
                    article, text = next(articles, (None, ""))
                if article is None:
                    lost += 1
                elif name in _SPANNED and text[row["start"] : row["end"]] != row["surface"]:
                    astray += 1
        path, command = join(view.path, entry["path"]), f"run `tinhuy rebuild {portal}`"
        if lost:
            yield Problem(
                path, "belongs to no article of the partition, or is out of order", name, "article_id", lost, command
            )
        if astray:
            yield Problem(path, "is not what stands between start and end", name, "surface", astray, command)


def _articles(view: Tables, entry: Mapping[str, Any] | None, texts: bool) -> Iterator[tuple[str | None, str]]:
    if entry is None:
        return
    for batch in view.file_batches(entry, ["article_id", "text"] if texts else ["article_id"]):
        for row in batch.to_pylist():
            yield row["article_id"], row.get("text", "")


def _unique(view: Tables, table: Table) -> Iterator[Problem]:
    """That no key stands twice in a table, over all its files."""
    total = view.count(table.name)
    slices = total // _SLICE + 1
    double = 0
    for number in range(slices):
        found = [
            hashes[hashes % np.uint64(slices) == number] if slices > 1 else hashes
            for batch in view.batches(table.name, list(table.key))
            for hashes in (_key_hashes(table, batch),)
        ]
        keys = np.concatenate(found) if found else np.empty(0, dtype=np.uint64)
        keys.sort()
        double += int((keys[1:] == keys[:-1]).sum())
    if double:
        key = ", ".join(table.key)
        yield Problem(join(view.path, table.name), f"({key}) stands twice", table.name, table.key[0], double, _REBUILD)


def _key_hashes(table: Table, batch: pa.RecordBatch) -> tables.Ids:
    """Return 64 bits for each key: the id itself, or a mix of the key's columns."""
    mixed: tables.Ids = np.zeros(batch.num_rows, dtype=np.uint64)
    for name in table.key:
        values = batch.column(name)
        if pa.types.is_integer(values.type):
            part: tables.Ids = values.cast(pa.int64()).to_numpy().astype(np.uint64)
        else:
            part = _text_hashes(values, packed=name.endswith("_id"))
        if len(table.key) == 1:
            return part
        mixed = (mixed ^ part) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _text_hashes(values: pa.Array, packed: bool) -> tables.Ids:
    if packed and pc.all(pc.match_substring_regex(values, "^[0-9a-f]{16}$")).as_py() is not False and len(values):
        return tables.pack_ids(values)

    return np.fromiter((int(ids.row_id(value), 16) for value in values.to_pylist()), np.uint64, len(values))


def _references(view: Tables) -> Iterator[Problem]:
    """That what a column refers to is there. References of partitioned tables to their article are `_partition`'s."""
    for table in contracts.TABLES.values():
        for column in table.columns:
            if column.references is None or (table.partitioned and column.references == "articles.article_id"):
                continue
            target, _, key = column.references.partition(".")
            wanted: set[str] = set()
            for batch in view.batches(table.name, [column.name]):
                wanted.update(value for value in pc.unique(batch.column(0)).to_pylist() if value is not None)
            if not wanted:
                continue
            missing = set(wanted)
            for batch in view.batches(target, [key]):
                if not missing:
                    break
                missing.difference_update(batch.column(0).to_pylist())
            if missing:
                shown = ", ".join(sorted(missing)[:_SHOWN])
                message = f"{len(missing)} values are not in {column.references}: {shown}"
                yield Problem(join(view.path, table.name), message, table.name, column.name, len(missing), _REBUILD)
