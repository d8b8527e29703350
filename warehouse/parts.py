"""Parts: the rows that one version of the code reads from one raw package.

    parts/<portal>/<crawl>-<code digest>/<table>.parquet   rows of the page tables, in order of the package's pages
    parts/<portal>/<crawl>-<code digest>/pages.parquet     which addresses the package showed
    parts/<portal>/<crawl>-<code digest>/same.parquet      what its pages told of addresses that are one article
    parts/<portal>/<crawl>-<code digest>/manifest.json

A part is made aside and given its name when it is whole, so a part that is there is done. It can always be made again
from its package; parts of older code may be removed (`pruning`). Each row carries `_page`, the position of its page in
the package, which the assembly merges by.

A page whose rows break the contract gives a reject instead of rows: one bad page never stops a night.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa

from warehouse import contracts, identity, ids, rejects, tables
from warehouse.pages import RawPage
from warehouse.raw import Package, RawError, package_path
from warehouse.store import Root, Sink, join

FOLDER: Final = "parts"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
PAGE: Final = "_page"
PAGES: Final = "pages"
SAME: Final = "same"
_PAGES_SCHEMA: Final = pa.schema(
    [
        pa.field("key", pa.string(), nullable=False),
        pa.field("fetched_at", contracts.UTC_TIME, nullable=False),
        pa.field(PAGE, pa.int64(), nullable=False),
    ]
)
_SAME_SCHEMA: Final = pa.schema(
    [
        pa.field("address", pa.string(), nullable=False),
        pa.field("article", pa.string(), nullable=False),
        pa.field("fetched_at", contracts.UTC_TIME, nullable=False),
        pa.field(PAGE, pa.int64(), nullable=False),
    ]
)
"""Ids of an address and of the article that it is; see `warehouse.identity`."""
_SPANS: Final = tuple(
    name
    for name in contracts.PARTITIONED
    if {"start", "end", "surface"} <= {c.name for c in contracts.TABLES[name].columns}
)
_HELD_ROWS: Final = 4096
_HELD_TEXT: Final = 2 << 20


class PartError(Exception):
    """A part cannot be written or read; the message names it and what to do."""


@dataclass(frozen=True)
class Part:
    """A finished part on disk."""

    root: Root
    portal: str
    crawl: str
    digest: str

    @property
    def path(self) -> str:
        """Where it lies."""
        return part_path(self.portal, self.crawl, self.digest)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """`rows` by table, `files` (name, rows, bytes, sha256), `stats`; PartError when it cannot be read."""
        try:
            value = self.root.read_json(join(self.path, MANIFEST))
            _ = {entry["name"]: (entry["rows"], entry["bytes"], entry["sha256"]) for entry in value["files"]}
        except (ValueError, KeyError, TypeError) as error:
            raise PartError(f"{self.path}/{MANIFEST} is damaged ({error}); {_mend(self.path, self.portal)}") from error
        return value

    def sha256(self, table: str) -> str:
        """Return the SHA-256 of a table's file; empty when the part has no rows of it."""
        return next((e["sha256"] for e in self.manifest["files"] if e["name"] == f"{table}.parquet"), "")

    def batches(self, table: str, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table (or of `pages`, `same`) in order, `_page` with them; nothing when it has none."""
        if not self.sha256(table):
            return
        path = join(self.path, f"{table}.parquet")
        try:
            with self.root.open(path) as stream:
                yield from tables.read_batches(stream, columns)
        except (pa.ArrowInvalid, OSError) as error:
            raise PartError(f"{path} cannot be read ({error}); {_mend(self.path, self.portal)}") from error


class PartWriter:
    """Writes the part of one package under one code digest; memory is bounded by a few hundred pages' rows.

    `add` takes the rows of one page after another, in order of the package. Leaving the context without `seal`
    removes what was written.
    """

    def __init__(self, root: Root, portal: str, crawl: str, digest: str) -> None:
        self._root = root
        self._portal, self._crawl = ids.check_slug(portal), ids.check_crawl(crawl)
        self._package = package_path(portal, crawl)
        self._target = part_path(portal, crawl, digest)
        self._digest = digest
        if not Package(root, portal, crawl).sealed:
            raise RawError(f"{self._package} is not sealed; run the same command again to continue the crawl")
        self._staging = root.stage(self._target)
        self._stack = ExitStack()
        self._open: dict[str, tuple[Sink, tables.TableWriter]] = {}
        self._held: dict[str, list[pa.RecordBatch]] = {}
        self._held_rows = self._held_text = 0
        self._pages: list[dict[str, Any]] = []
        self._same: list[dict[str, Any]] = []
        self._last = -1
        self._broken = 0
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._finished:
            return
        self._finished = True
        for _, writer in self._open.values():
            writer.abandon()
        # An error on the way out keeps every file from getting its name; a full disk is told as such.
        reason = error if error is not None else PartError("not sealed")
        try:
            self._stack.__exit__(type(reason), reason, trace)
        finally:
            self._root.remove(self._staging)

    def add(self, rows: Mapping[str, Sequence[dict[str, Any]]], page: RawPage | None = None) -> bool:
        """Take the rows that one page gave, by table, with every column of the contract.

        `page` is the page they come from; give it for every page of the package that brought a body, with rows or
        without, so that a reject goes away when its address later reads well. Without it pages are counted. Returns
        False when the rows break the contract: then one reject, with the reason, stands for the page.
        """
        position = page.position if page is not None else self._last + 1
        if position <= self._last:
            raise PartError(f"{self._target}: page {position} came after page {self._last}")
        self._last = position
        fault = self._fault(rows)
        batches: dict[str, pa.RecordBatch] = {}
        if fault is None:
            batches, fault = _converted(rows, position)
        if fault is not None:
            rows = {"rejects": [self._rejected(rows, page, fault)]}
            batches, _ = _converted(rows, position)
            self._broken += 1
        self._note(rows, page, position)
        for name, batch in batches.items():
            self._held.setdefault(name, []).append(batch)
            self._held_rows += batch.num_rows
        self._held_text += sum(len(row["text"]) for row in rows.get("articles", ()))
        if self._held_rows >= _HELD_ROWS or self._held_text >= _HELD_TEXT:
            self._flush()
        return fault is None

    def seal(self, stats: Mapping[str, Any] | None = None) -> Part:
        """Finish the part; when the same part was finished meanwhile, that one stays (its rows are the same)."""
        self._flush()
        self._flush_pages()
        files = []
        for name, (sink, writer) in sorted(self._open.items()):
            writer.close()
            files.append((name, sink, writer.rows))
        self._stack.close()
        entries = [
            {"name": f"{name}.parquet", "rows": rows, "bytes": sink.bytes, "sha256": sink.sha256}
            for name, sink, rows in files
        ]
        manifest = {
            "format": FORMAT,
            "portal": self._portal,
            "crawl": self._crawl,
            "digest": self._digest,
            "files": entries,
            "rows": {name: rows for name, _, rows in files if name not in (PAGES, SAME)},
            "pages_with_broken_rows": self._broken,
            "stats": dict(stats or {}),
        }
        self._root.write_json(join(self._staging, MANIFEST), manifest)
        if self._staging != self._target and not self._root.exists(join(self._target, MANIFEST)):
            self._root.remove(self._target)  # something without a manifest, which would stand in the way for ever
        self._root.promote(self._staging, self._target)
        self._finished = True
        return Part(self._root, self._portal, self._crawl, self._digest)

    def _note(self, rows: Mapping[str, Sequence[dict[str, Any]]], page: RawPage | None, position: int) -> None:
        shown: dict[str, datetime] = {}
        if page is not None and page.error is None and page.status != 304:
            shown[rejects.storable(page.url)] = page.fetched_at
        for row in (*rows.get("articles", ()), *rows.get("rejects", ())):
            shown.setdefault(row["url"], row["fetched_at"])
        for url, moment in shown.items():
            self._pages.append({"key": ids.article_id(self._portal, url), "fetched_at": moment, PAGE: position})
        if page is not None:
            for told in identity.told(page, rows):
                pair = (ids.article_id(self._portal, rejects.storable(url)) for url in told)
                entry = dict(zip(("address", "article"), pair, strict=True))
                self._same.append({**entry, "fetched_at": page.fetched_at, PAGE: position})
        if len(self._pages) + len(self._same) >= _HELD_ROWS:
            self._flush_pages()

    def _rejected(self, rows: Mapping[str, Sequence[Any]], page: RawPage | None, fault: str) -> dict[str, Any]:
        article = next((row for row in rows.get("articles", ()) if isinstance(row, dict)), {})
        moment = page.fetched_at if page is not None else article.get("fetched_at")
        url = page.url if page is not None else article.get("url")
        if not isinstance(url, str) or not isinstance(moment, datetime):
            raise PartError(f"{self._target}: rows without a page break the contract: {fault}")
        return rejects.reject(
            portal=self._portal,
            url=url,
            stage="rows",
            reason="contract",
            detail=fault,
            package=self._package,
            fetched_at=moment,
            page_sha256=page.sha256 if page is not None else None,
        )

    def _fault(self, rows: Mapping[str, Sequence[dict[str, Any]]]) -> str | None:
        """Return what is wrong with a page's rows, or None."""
        for name, some in rows.items():
            if name not in contracts.PAGE_TABLES:
                return f"{name} is not a table of pages"
            for row in some:
                fault = row_fault(name, row)
                if fault is not None:
                    return fault
                if row["portal"] != self._portal:
                    return f"{name}: portal is {row['portal']!r}"
        texts = {row["article_id"]: row["text"] for row in rows.get("articles", ())}
        for name, some in rows.items():
            if name in ("articles", "rejects"):
                continue
            for row in some:
                if row["article_id"] not in texts:
                    return f"{name}: article {row['article_id']} is not on this page"
                if name in _SPANS and texts[row["article_id"]][row["start"] : row["end"]] != row["surface"]:
                    return f"{name}: {row['surface']!r} is not what stands at {row['start']}:{row['end']}"
        return None

    def _flush(self) -> None:
        for name, batches in sorted(self._held.items()):
            self._writer(name, _SCHEMAS[name]).write(pa.concat_batches(batches))
        self._held, self._held_rows, self._held_text = {}, 0, 0

    def _flush_pages(self) -> None:
        if self._pages:
            self._writer(PAGES, _PAGES_SCHEMA).write(pa.RecordBatch.from_pylist(self._pages, schema=_PAGES_SCHEMA))
            self._pages = []
        if self._same:
            self._writer(SAME, _SAME_SCHEMA).write(pa.RecordBatch.from_pylist(self._same, schema=_SAME_SCHEMA))
            self._same = []

    def _writer(self, name: str, schema: pa.Schema) -> tables.TableWriter:
        if name not in self._open:
            sink = self._stack.enter_context(self._root.create(join(self._staging, f"{name}.parquet")))
            self._open[name] = (sink, tables.TableWriter(sink, schema))
        return self._open[name][1]


def _converted(
    rows: Mapping[str, Sequence[dict[str, Any]]], position: int
) -> tuple[dict[str, pa.RecordBatch], str | None]:
    """Return a page's rows as Arrow batches with `_page`, or why they cannot be (types, lone surrogates)."""
    batches = {}
    for name, some in rows.items():
        if not some:
            continue
        try:
            batches[name] = pa.RecordBatch.from_pylist([{**row, PAGE: position} for row in some], schema=_SCHEMAS[name])
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            return {}, f"{name}: {error}"
    return batches, None


def row_fault(name: str, row: Any) -> str | None:
    """Return how a row breaks the contract of table `name` (columns, nulls, closed lists), or None."""
    if not isinstance(row, dict) or row.keys() != _COLUMNS[name]:
        got = set(row) if isinstance(row, dict) else set()
        wrong = sorted(map(str, _COLUMNS[name] ^ got))
        return f"{name}: columns {', '.join(wrong)} are missing or unknown"
    for column in _REQUIRED[name]:
        if row[column] is None:
            return f"{name}.{column} is null"
    for column, values in _CLOSED[name]:
        if row[column] is not None and row[column] not in values:
            return f"{name}.{column} is {row[column]!r}"
    return None


_SCHEMAS: Final = {
    name: contracts.schema(name).append(pa.field(PAGE, pa.int64(), nullable=False)) for name in contracts.PAGE_TABLES
}
_COLUMNS: Final = {name: frozenset(c.name for c in table.columns) for name, table in contracts.TABLES.items()}
_REQUIRED: Final = {
    name: tuple(c.name for c in table.columns if not c.nullable) for name, table in contracts.TABLES.items()
}
_CLOSED: Final = {
    name: tuple((c.name, frozenset(c.values)) for c in table.columns if c.values)
    for name, table in contracts.TABLES.items()
}


def part_path(portal: str, crawl: str, digest: str) -> str:
    """Return `parts/<portal>/<crawl>-<digest>`; BadName when one is not a name."""
    return join(FOLDER, ids.check_slug(portal), f"{ids.check_crawl(crawl)}-{ids.check_digest(digest)}")


def part(root: Root, portal: str, crawl: str, digest: str) -> Part | None:
    """Return the part of a package under a code digest when it is done, else None."""
    found = Part(root, portal, crawl, digest)
    return found if root.exists(join(found.path, MANIFEST)) else None


def parts(root: Root, portal: str | None = None) -> list[Part]:
    """Return the finished parts, by portal, crawl and digest."""
    portals = [ids.check_slug(portal)] if portal is not None else root.names(FOLDER)
    found = []
    for slug in portals:
        for name in root.names(join(FOLDER, slug)):
            crawl, _, digest = name.rpartition("-")
            try:
                one = part(root, ids.check_slug(slug), ids.check_crawl(crawl), ids.check_digest(digest))
            except ids.BadName:
                continue
            if one is not None:
                found.append(one)
    return found


def _mend(path: str, portal: str) -> str:
    return f"remove the folder {path} and run `tinhuy rebuild {portal}`"
