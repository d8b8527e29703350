"""Raw packages: what one crawl of one portal brought, verbatim.

    raw/<portal>/<crawl>/pages-00000.parquet …   pages as they came, in small zstd files while the crawl goes
    raw/<portal>/<crawl>/manifest.json           written last: the package is sealed

A package without a manifest is an interrupted crawl: its page files are whole and count, and a `PackageWriter` for the
same crawl goes on after them. A sealed package is never written again. What is known of a portal's pages
(`known_pages`) is read from the packages each time; no other state exists.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import contracts, ids, locks, pages
from warehouse.pages import RawPage
from warehouse.store import Root, join

FOLDER: Final = "raw"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_PAGE_FILE: Final = re.compile(r"pages-[0-9]{5,9}\.parquet")
_PARQUET: Final = {"compression": "zstd", "compression_level": 6, "use_dictionary": False, "row_group_size": 64}
"""Bodies are large and all different: a dictionary only costs; small row groups keep a reader's memory small."""
_log: Final = logging.getLogger(__name__)


class RawError(Exception):
    """A raw package cannot be written or read; the message names it and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a sealed package says of itself. Times are UTC."""

    portal: str
    crawl: str
    command: str
    outcome: str
    """One of `contracts.OUTCOMES`."""
    failure_class: str | None
    """One of `contracts.FAILURE_CLASSES`; null when nothing failed."""
    message: str | None
    pages: int
    files: tuple[Mapping[str, Any], ...]
    """`name`, `rows`, `bytes`, `sha256` of each page file, in order."""
    started_at: datetime
    finished_at: datetime
    stats: Mapping[str, Any] = field(default_factory=dict)
    """Counts and observations of the crawl, as JSON."""

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as a JSON object."""
        value = asdict(self)
        value["files"] = [dict(entry) for entry in self.files]
        value["started_at"] = self.started_at.isoformat()
        value["finished_at"] = self.finished_at.isoformat()
        value["format"] = FORMAT
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read a manifest; ValueError when a field is missing or wrong."""
        try:
            fields = {name: value[name] for name in cls.__dataclass_fields__}
            fields["started_at"] = datetime.fromisoformat(fields["started_at"])
            fields["finished_at"] = datetime.fromisoformat(fields["finished_at"])
            fields["files"] = tuple(
                {key: entry[key] for key in ("name", "rows", "bytes", "sha256")} for entry in fields["files"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a package manifest: {error!r}") from error
        return cls(**fields)


@dataclass(frozen=True)
class Package:
    """A raw package on disk, sealed or not."""

    root: Root
    portal: str
    crawl: str

    @property
    def path(self) -> str:
        """Where it lies: `raw/<portal>/<crawl>`; also how rows name it."""
        return package_path(self.portal, self.crawl)

    @cached_property
    def sealed(self) -> bool:
        """Whether the manifest exists."""
        return self.root.exists(join(self.path, MANIFEST))

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest; RawError when the package is not sealed or its manifest cannot be read."""
        if not self.sealed:
            raise RawError(f"{self.path} is not sealed; run the same command again to continue the crawl")
        try:
            return Manifest.from_json(self.root.read_json(join(self.path, MANIFEST)))
        except ValueError as error:
            raise RawError(f"{self.path}/{MANIFEST}: {error}; restore it from a backup") from error

    def files(self) -> list[str]:
        """Return the names of the page files, in order."""
        if self.sealed:
            return [entry["name"] for entry in self.manifest.files]
        return _page_files(self.root, self.path)

    def pages(self, batch: int = 64) -> Iterator[RawPage]:
        """Yield the pages in order of arrival, reading `batch` of them at a time."""
        for record in self.records(None, batch):
            yield RawPage(
                portal=self.portal,
                crawl=self.crawl,
                position=record["position"],
                kind=record["kind"],
                url=record["url"],
                requested_url=record["requested_url"],
                final_url=record["final_url"],
                status=record["status"],
                fetched_at=record["fetched_at"],
                body=record["body"],
                headers=json.loads(record["headers"]),
                error=record["error"],
                sha256=record["sha256"],
                hints=json.loads(record["hints"]),
                flags=tuple(record["flags"]),
            )

    def records(self, columns: list[str] | None = None, batch: int = 64) -> Iterator[dict[str, Any]]:
        """Yield the rows of the page files with `columns` of `pages.SCHEMA` (all when None)."""
        for name in self.files():
            path = join(self.path, name)
            try:
                with self.root.open(path) as stream, pq.ParquetFile(stream, pre_buffer=False) as file:
                    for rows in file.iter_batches(batch_size=batch, columns=columns, use_threads=False):
                        yield from rows.to_pylist()
            except (pa.ArrowInvalid, OSError) as error:
                raise RawError(f"{path} cannot be read ({error}); restore it from a backup") from error


class PackageWriter:
    """Writes one package while its crawl goes; one writer per portal at a time.

    Pages are given in order of arrival; positions are counted here, from 0, over interruptions. A page file is
    written when `pages_per_file` pages, `bytes_per_file` bytes of bodies or `seconds_per_file` of waiting are together,
    so that a killed crawl loses little. Use as a context manager, or call `close` (which does not seal). A crawl of the
    portal that is still at work, as one whose run was just killed may be, is waited for up to `wait` seconds.
    """

    def __init__(
        self,
        root: Root,
        portal: str,
        crawl: str,
        *,
        command: str,
        pages_per_file: int = 200,
        bytes_per_file: int = 8 << 20,
        seconds_per_file: float = 60.0,
        wait: float = 5.0,
    ) -> None:
        if command not in ids.COMMANDS:
            raise RawError(f"unknown command {command!r}; one of {', '.join(ids.COMMANDS)}")
        self._root = root
        self._package = Package(root, ids.check_slug(portal), ids.check_crawl(crawl))
        self._command = command
        self._limits = (pages_per_file, bytes_per_file, seconds_per_file)
        self._buffer: list[dict[str, Any]] = []
        self._buffered = 0
        self._since = 0.0
        self._started = datetime.now(UTC)
        self._lock = locks.portal_lock(root, portal)
        self._lock.acquire(f"crawl {crawl}", wait)
        try:
            if self._package.sealed:
                raise RawError(f"{self._package.path} is sealed; start a new crawl")
            root.clean(self._package.path)
            self._files, self._done, self._position = self._resume()
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> str:
        """Where the package lies: `raw/<portal>/<crawl>`."""
        return self._package.path

    @property
    def position(self) -> int:
        """How many pages the package has, with those not yet in a file."""
        return self._position

    def done_urls(self) -> frozenset[str]:
        """Return the canonical addresses that an earlier, interrupted writer of this crawl has brought in safely;
        those that failed are not among them, so that they are tried again."""
        return frozenset(self._done)

    def durable(self) -> Package:
        """Return the package as it is on disk now; its pages are those an interrupted crawl need not fetch again."""
        return Package(self._root, self._package.portal, self._package.crawl)

    def add(self, page: RawPage) -> int:
        """Take a page; return its position in the package. The hash of the body is computed when it is not given."""
        if (page.portal, page.crawl) != (self._package.portal, self._package.crawl):
            raise RawError(f"page {page.url} is of {page.portal}/{page.crawl}, not of {self._package.path}")
        if page.kind not in pages.KINDS:
            raise RawError(f"unknown kind of page {page.kind!r}; one of {', '.join(pages.KINDS)}")
        if page.error is not None and page.error not in contracts.FAILURE_CLASSES:
            raise RawError(f"unknown failure class {page.error!r} of {page.url}")
        if not self._buffer:
            self._since = time.monotonic()
        position = self._position
        self._buffer.append(_record(page, position))
        self._position += 1
        self._buffered += len(page.body or b"")
        count, size, seconds = self._limits
        if len(self._buffer) >= count or self._buffered >= size or time.monotonic() - self._since >= seconds:
            self.flush()
        return position

    def flush(self) -> None:
        """Write what is held back to a page file, durable."""
        if not self._buffer:
            return
        # Not their number: where a damaged file was taken out of the middle, that would be the name of the last one.
        last = int(self._files[-1]["name"][6:-8]) if self._files else -1
        name = f"pages-{last + 1:05d}.parquet"
        table = pa.Table.from_pylist(self._buffer, schema=pages.SCHEMA)
        with self._root.create(join(self.path, name), frozen=True) as sink:
            pq.write_table(table, sink, **_PARQUET)
        self._files.append({"name": name, "rows": len(self._buffer), "bytes": sink.bytes, "sha256": sink.sha256})
        self._buffer, self._buffered = [], 0

    def seal(
        self,
        outcome: str,
        failure_class: str | None = None,
        message: str | None = None,
        stats: Mapping[str, Any] | None = None,
    ) -> Manifest:
        """Write what is left, then the manifest; the package is whole and final afterwards."""
        if outcome not in contracts.OUTCOMES:
            raise RawError(f"unknown outcome {outcome!r}; one of {', '.join(contracts.OUTCOMES)}")
        if failure_class is not None and failure_class not in contracts.FAILURE_CLASSES:
            raise RawError(f"unknown failure class {failure_class!r}; one of {', '.join(contracts.FAILURE_CLASSES)}")
        if outcome == "failed" and failure_class is None:
            raise RawError("a failed crawl needs a failure class")
        self.flush()
        manifest = Manifest(
            portal=self._package.portal,
            crawl=self._package.crawl,
            command=self._command,
            outcome=outcome,
            failure_class=failure_class,
            message=message,
            pages=self._position,
            files=tuple(self._files),
            started_at=min(ids.crawl_started(self._package.crawl), self._started),
            finished_at=datetime.now(UTC),
            stats=dict(stats or {}),
        )
        self._root.write_json(join(self.path, MANIFEST), manifest.as_json())
        self.close()
        return manifest

    def close(self) -> None:
        """Let the portal go without sealing; pages that are in no file yet are dropped, as a kill would."""
        self._buffer = []
        self._lock.release()

    def _resume(self) -> tuple[list[dict[str, Any]], set[str], int]:
        files: list[dict[str, Any]] = []
        done: set[str] = set()
        position = 0
        for name in _page_files(self._root, self.path):
            path = join(self.path, name)
            try:
                with self._root.open(path) as stream, pq.ParquetFile(stream) as file:
                    rows = file.read(columns=["url", "error", "position"], use_threads=False).to_pylist()
            except (pa.ArrowInvalid, OSError) as error:
                raise RawError(f"{path} cannot be read ({error}); remove it and run the same command again") from error
            done.update(row["url"] for row in rows if row["error"] is None)
            position = max([position, *(row["position"] + 1 for row in rows)])
            files.append(
                {"name": name, "rows": len(rows), "bytes": self._root.size(path), "sha256": self._root.sha256(path)}
            )
        return files, done, position


def package_path(portal: str, crawl: str) -> str:
    """Return `raw/<portal>/<crawl>`; BadName when either is not a name."""
    return join(FOLDER, ids.check_slug(portal), ids.check_crawl(crawl))


def packages(root: Root, portal: str | None = None, sealed: bool = True) -> list[Package]:
    """Return the packages by portal and crawl (so by time); with `sealed` false, interrupted ones too."""
    portals = [ids.check_slug(portal)] if portal is not None else root.names(FOLDER)
    found = []
    for slug in portals:
        for crawl in root.names(join(FOLDER, slug)):
            try:
                package = Package(root, ids.check_slug(slug), ids.check_crawl(crawl))
            except ids.BadName:
                _log.warning("%s is not a package; left alone", join(FOLDER, slug, crawl))
                continue
            if package.sealed or not sealed:
                found.append(package)
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier crawls know of one address. Times are UTC."""

    etag: str | None
    last_modified: str | None
    sha256: str
    """Of the newest body."""
    first_fetched_at: datetime
    fetched_at: datetime
    """Last time the portal showed this body or answered that it has not changed."""
    article: bool
    """Whether it was fetched as an article."""


class KnownPages:
    """The addresses of a portal that were fetched with success before; some 400 bytes of memory for each."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._etags: list[str | None] = []
        self._modified: list[str | None] = []
        self._sha256 = bytearray()
        self._first = array("q")
        self._last = array("q")
        self._article = bytearray()

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, url: object) -> bool:
        return url in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def get(self, url: str) -> Known | None:
        """Return what is known of a canonical address, or None."""
        at = self._index.get(url)
        if at is None:
            return None
        return Known(
            etag=self._etags[at],
            last_modified=self._modified[at],
            sha256=self._sha256[32 * at : 32 * at + 32].hex(),
            first_fetched_at=_moment(self._first[at]),
            fetched_at=_moment(self._last[at]),
            article=bool(self._article[at]),
        )

    def _learn(self, row: Mapping[str, Any]) -> None:
        url, moment = row["url"], _micros(row["fetched_at"])
        at = self._index.get(url)
        if row["status"] == 304:
            if at is not None:
                self._last[at] = max(self._last[at], moment)
            return
        if row["error"] is not None or row["sha256"] is None or not 200 <= row["status"] < 300:
            return
        headers = json.loads(row["headers"])
        etag, modified = headers.get("etag"), headers.get("last-modified")
        digest = bytes.fromhex(row["sha256"])
        if at is None:
            self._index[url] = len(self._etags)
            self._etags.append(etag)
            self._modified.append(modified)
            self._sha256 += digest
            self._first.append(moment)
            self._last.append(moment)
            self._article.append(row["kind"] == "article")
            return
        self._first[at] = min(self._first[at], moment)
        if moment >= self._last[at]:  # pages from an archive may be older than what is known
            self._etags[at], self._modified[at] = etag, modified
            self._sha256[32 * at : 32 * at + 32] = digest
            self._last[at] = moment
        self._article[at] |= row["kind"] == "article"


_KNOWN_COLUMNS: Final = ["url", "kind", "status", "error", "sha256", "fetched_at", "headers"]


def known_pages(root: Root, portal: str) -> KnownPages:
    """Return what all sealed packages of a portal know of its addresses; bodies are not read."""
    known = KnownPages()
    for package in packages(root, portal):
        for row in package.records(_KNOWN_COLUMNS, batch=4096):
            known._learn(row)
    return known


def _page_files(root: Root, path: str) -> list[str]:
    return [name for name in root.names(path) if _PAGE_FILE.fullmatch(name)]


def _record(page: RawPage, position: int) -> dict[str, Any]:
    if page.fetched_at.tzinfo is None:
        raise RawError(f"{page.url}: fetched_at has no time zone")
    sha256 = page.sha256
    if sha256 is None and page.body is not None:
        sha256 = hashlib.sha256(page.body).hexdigest()
    return {
        "position": position,
        "kind": page.kind,
        "url": _text(page.url),
        "requested_url": _text(page.requested_url),
        "final_url": _text(page.final_url),
        "status": page.status,
        "error": page.error,
        # ASCII escapes keep lone surrogates and NULs of hostile headers and feeds exactly as they came.
        "headers": json.dumps({name.lower(): value for name, value in page.headers.items()}, sort_keys=True),
        "body": page.body,
        "sha256": sha256,
        "fetched_at": page.fetched_at,
        "hints": json.dumps(dict(page.hints), sort_keys=True),
        "flags": list(page.flags),
    }


def _text(address: str) -> str:
    """A lone surrogate has no UTF-8 and cannot be stored; it becomes its percent-escape, as a browser would send it."""
    return address.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if not address.isascii() else address


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000)
