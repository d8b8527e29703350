"""Raw packages to parts, in a pool of processes, one package per process at a time.

A process holds one batch of pages, never a package: memory does not grow with the night. A part that is done is not
made again, so the same call after a kill makes only what is missing. `read_package` is also what a Dask worker runs.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import transforms
from warehouse import digest as digests
from warehouse import rejects
from warehouse.parts import PartWriter, part
from warehouse.raw import Package, packages
from warehouse.store import Root, open_root

if TYPE_CHECKING:
    from transforms.page import PageContext, PageResult
    from warehouse.pages import RawPage

FIELDS: Final = (
    "title", "lead", "text", "section", "tags", "author", "author_roles", "credited_source", "published_at",
    "published_on", "province",
)  # fmt: skip
"""Columns of an article whose fill is counted, `images` besides."""
_GENERIC: Final = "extraction"
JUDGED: Final = (*FIELDS, "images", _GENERIC)
LIBRARIES: Final = ("lxml", "beautifulsoup4", "trafilatura", "ftfy")
"""Libraries that decide what is read from a page; their versions belong to the code digest."""
Transform = Callable[["RawPage", "PageContext"], "PageResult"]
_EXAMPLES: Final = 5
_START: Final = 120.0
"""Seconds that a process has to start in."""
_FORESEEN: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RuntimeError)
"""What a page nobody foresaw can make a pure transform raise. One page must not take a portal's night with it: it
becomes a reject that tells where, and the portal is degraded until someone has looked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One package to turn into a part; travels to another process, or another machine."""

    root: str
    """Address of the data root, with its key where it has one."""
    portal: str
    crawl: str
    digest: str
    context: PageContext


def portal_digest(facts: Mapping[str, Any]) -> str:
    """Return the code digest for a portal whose record gives `facts`: the transforms, their data, the libraries
    below."""
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return digests.code_digest([Path(transforms.__file__).parent], {"portal": dict(facts), "libraries": versions})


def missing(root: Root, address: str, portal: str, digest: str, context: PageContext) -> list[Reading]:
    """Return the sealed packages of a portal that this code has not read yet, oldest first."""
    return [
        Reading(address, portal, package.crawl, digest, context)
        for package in packages(root, portal)
        if part(root, portal, package.crawl, digest) is None
    ]


def read_package(reading: Reading, transform: Transform | None = None) -> dict[str, Any]:
    """Turn one sealed package into its part and return the part's counts (as JSON)."""
    transform = transform or _transform
    root = open_root(address=reading.root)
    done = part(root, reading.portal, reading.crawl, reading.digest)
    if done is not None:
        return dict(done.manifest["stats"])
    tally = _Tally()
    with PartWriter(root, reading.portal, reading.crawl, reading.digest) as writer:
        for page in Package(root, reading.portal, reading.crawl).pages():
            try:
                result = transform(page, reading.context)
            except _FORESEEN as error:
                writer.add({"rejects": [_crashed(page, error)]}, page)
                tally.crash()
                continue
            sound = writer.add(result.tables, page)
            tally.take(page, result, sound)
        stats = tally.as_json()
        writer.seal(stats)
    return stats


class Killed(RuntimeError):
    """A page killed the process that read it, or held it for longer than a page may."""


class Isolated:
    """`transforms.page.transform` in a process of its own, which a page may kill."""

    def __init__(self, patience: float = 60.0) -> None:
        self._patience = patience
        self._pool = _pool(1)
        self._warm = False

    def __enter__(self) -> Isolated:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._pool)

    def __call__(self, page: RawPage, context: PageContext) -> PageResult:
        """Return the page's rows; Killed when it has none to give."""
        try:
            if not self._warm:
                # A page answers for its own time, not for that of starting a process on a busy machine.
                self._pool.submit(_prepare).result(_START)
                self._warm = True
            return self._pool.submit(_transform, page, context).result(self._patience)
        except (BrokenProcessPool, TimeoutError) as error:
            _end(self._pool)
            self._pool, self._warm = _pool(1), False
            how = "held its reader too long" if isinstance(error, TimeoutError) else "killed its reader"
            raise Killed(f"the page {how}") from error


def _prepare() -> None:
    import transforms.page  # noqa: F401


def _transform(page: RawPage, context: PageContext) -> PageResult:
    from transforms.page import transform

    return transform(page, context)


class _Tally:
    """Counts of one part: what the judge and `diagnose` need to know."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.articles: dict[str, int] = {}
        """Article to what its pages filled, a bit for each of `JUDGED`, and one for the fallback: an article that came
        under two addresses counts once."""
        self.selectors: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.failing: list[dict[str, Any]] = []
        self.crashed = 0

    def crash(self) -> None:
        """Count a page that our own code failed on; its reject tells where."""
        self.crashed += 1
        self.counts.update(rejects=1, unread=1)

    def take(self, page: RawPage, result: PageResult, sound: bool) -> None:
        """Count one page's result; `sound` is False when its rows broke the contract."""
        if not sound:
            self.crash()
            return
        articles = result.tables.get("articles", ())
        self.counts["not_articles"] += result.outcome == "not_article"
        rejected = result.tables.get("rejects", ())
        self.counts["rejects"] += len(rejected)
        # A gallery or a redirect has its row and its reason, but says nothing against the layout; a page in which
        # neither the layout nor the fallback found as much as a title does.
        blank = result.outcome == "not_article" and page.kind == "article" and result.reason == "no_title"
        blank = blank and bool(result.fields) and not any(result.fields.values())
        came = result.outcome == "reject" and any(row["stage"] != "fetch" for row in rejected)
        self.counts["unread"] += came or blank
        # Asked for as an article and read as something else: a few are usual, all of them are not.
        aside = result.outcome == "not_article" and page.kind == "article" and page.status == 200 and not blank
        self.counts["asides"] += aside
        self.counts["figures"] += len(result.tables.get("figures", ()))
        self.counts["citations"] += len(result.tables.get("citations", ()))
        for row in articles:
            has = [bool(row[name]) for name in FIELDS] + [
                bool(result.tables.get("images")),
                row["extraction"] == "generic",
            ]
            bits = sum(1 << place for place, found in enumerate(has) if found)
            self.articles[row["article_id"]] = self.articles.get(row["article_id"], 0) | bits
        lost = sorted(name for name, found in result.fields.items() if not found)
        self.asked.update(result.fields.keys())
        self.selectors.update(name for name, found in result.fields.items() if found)
        fell_back = any(row["extraction"] == "generic" for row in articles)
        if (fell_back or blank or result.outcome == "reject") and len(self.failing) < _EXAMPLES:
            self.failing.append(
                {"url": page.url, "position": page.position, "selectors": lost, "reason": result.reason}
            )

    def as_json(self) -> dict[str, Any]:
        """Return the counts as one JSON object."""
        filled = {name: sum(bits >> place & 1 for bits in self.articles.values()) for place, name in enumerate(JUDGED)}
        return {
            **self.counts,
            "articles": len(self.articles),
            "generic": filled.pop(_GENERIC),
            "crashed": self.crashed,
            "filled": filled,
            "selectors": {name: [self.selectors[name], asked] for name, asked in sorted(self.asked.items())},
            "failing": self.failing,
        }


def _crashed(page: RawPage, error: Exception) -> dict[str, Any]:
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno}"
    return rejects.reject(
        portal=page.portal,
        url=page.url,
        stage="rows",
        reason="crashed",
        detail=f"{type(error).__name__} at {place}: {error}",
        package=f"raw/{page.portal}/{page.crawl}",
        fetched_at=page.fetched_at,
        page_sha256=page.sha256,
    )


def total(stats: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add the counts of several parts up."""
    whole: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    selectors: dict[str, list[int]] = {}
    failing: list[Any] = []
    for one in stats:
        whole.update({name: value for name, value in one.items() if isinstance(value, int)})
        filled.update(one.get("filled", {}))
        failing += one.get("failing", [])
        for name, (found, asked) in one.get("selectors", {}).items():
            before = selectors.get(name, [0, 0])
            selectors[name] = [before[0] + found, before[1] + asked]
    return {**whole, "filled": dict(filled), "selectors": selectors, "failing": failing[:_EXAMPLES]}


class Readers:
    """A pool of reading processes, shared by the portals of a run; safe to call from several threads."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def read(self, readings: Iterable[Reading]) -> list[dict[str, Any]]:
        """Read packages, in parallel; return their counts in order.

        A process that is killed (by a page that a C library cannot bear, by the kernel for its memory, by hand) breaks
        its pool. What it left undone is then read page by page, each page in a process that may die of it: such a page
        becomes a reject, and everything else of the night goes on.
        """
        wanted = list(readings)
        if not wanted:
            return []
        pool = self._open()
        try:
            return list(pool.map(read_package, wanted))
        except BrokenProcessPool:
            self._drop(pool)
        with Isolated() as transform:
            return [read_package(reading, transform) for reading in wanted]

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            if self._pool is not None:
                _end(self._pool)
                self._pool = None

    def _open(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = _pool(self._workers)
            return self._pool

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        _end(pool)


def _pool(workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: the process that runs a flow has threads. Each ends after some packages, to give memory back.
    return ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_end_with_parent, initargs=(os.getpid(),),
        max_tasks_per_child=64,
    )  # fmt: skip


def _end(pool: ProcessPoolExecutor) -> None:
    """End a pool without waiting for the package that a process is at; what it leaves is made again."""
    mine = list((pool._processes or {}).values())  # there is no public way before Python 3.14
    pool.shutdown(wait=False, cancel_futures=True)
    for process in mine:
        process.terminate()
    for process in mine:
        process.join()


def _end_with_parent(parent: int) -> None:
    """A reader whose run was killed ends within a second; it would wait for work for ever otherwise."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def readers(workers: int) -> Iterator[Readers]:
    """A pool for the length of a run."""
    pool = Readers(workers)
    try:
        yield pool
    finally:
        pool.close()
