"""What a crawl still has to ask: bounded in memory, ordered, each address once.

Work comes in phases: feeds, sitemaps and APIs first (they know dates that pages do not print), then the first page of
every listing, then articles, then the listings' deeper pages, and last the articles that no listing has shown (`late`:
sitemaps name thousands, and only listings tell sections). Articles go before deeper listing pages, so what waits
is at most what the pages read so far have shown. Hints are kept as JSON, and large ones (rows of an API with a
whole article inside) in an anonymous temporary file, so twenty thousand waiting articles take some megabytes.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final

_SPILL: Final = 1500
"""Hints longer than this many bytes wait on disk."""
FIRST, LISTINGS, ARTICLES, DEEPER = range(4)


@dataclass(slots=True)
class ListingTask:
    """A page that is asked for its links: a listing, feed, sitemap or a page of an API."""

    url: str
    kind: str
    """`listing`, `feed`, `sitemap` or `api`."""
    key: str
    """Which listing it is a page of."""
    section: str | None = None
    page: int = 1
    declared: bool = False
    """Whether the record (or the site itself) names it, so that failing to get it is news."""
    form: Mapping[str, str] | None = None
    hops: int = 0
    wire: str | None = None
    """Where to ask instead of the mapped address, after a redirect to another spelling of the same host."""


@dataclass(slots=True)
class ArticleTask:
    """An article to ask for."""

    url: str
    hints: dict[str, Any] = field(default_factory=dict)
    reason: str = "new"
    """`new`, `refresh` (known, in its window) or `pending` (an earlier night could not get it)."""
    attempts: int = 0
    own: bool = False
    """Keep it under its own address whatever address the page calls canonical."""
    alias: bool = False
    """It is a second address of an article; the page is kept, not as an article."""
    hops: int = 0
    wire: str | None = None


def fingerprint(key: str) -> int:
    """64-bit hash that stands for an address in sets."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


class Frontier:
    """Queues of a crawl; see the module."""

    def __init__(self) -> None:
        self._listings: tuple[deque[ListingTask], ...] = (deque(), deque(), deque(), deque())
        self._articles: deque[int] = deque()
        self._late: deque[int] = deque()
        self._late_waiting: set[int] = set()
        self._waiting: dict[int, tuple[str, str, int, int, bytes | tuple[int, int]]] = {}
        self._seen: set[int] = set()
        self._asked: set[int] = set()
        self._detours: deque[ListingTask | ArticleTask] = deque()
        self._spill: IO[bytes] | None = None

    def __len__(self) -> int:
        return sum(map(len, self._listings)) + len(self._waiting) + len(self._detours)

    def detour(self, task: ListingTask | ArticleTask) -> None:
        """Queue, before all else, a task that a redirect sent elsewhere."""
        self._detours.append(task)

    def listing(self, task: ListingTask, phase: int) -> bool:
        """Queue a listing page unless it was queued before; tell whether it was new."""
        if not self.took(task):
            return False
        self._listings[phase].append(task)
        return True

    def took(self, task: ListingTask) -> bool:
        """Take a listing page as asked; tell whether it was new."""
        mark = fingerprint(task.url)
        if mark in self._asked:
            return False
        self._asked.add(mark)
        return True

    def mark(self, key: str) -> bool:
        """Take an article's identity as seen; tell whether it was new."""
        number = fingerprint(key)
        if number in self._seen:
            return False
        self._seen.add(number)
        return True

    def article(self, key: str, task: ArticleTask, *, late: bool = False) -> bool:
        """Queue an article once; a second offer only adds its hints while the first still waits, and ends its being
        late unless it is late too."""
        number = fingerprint(key)
        if number in self._seen:
            waiting = self._waiting.get(number)
            if waiting is not None:
                merged = merge(self._unpack(waiting[4]), task.hints)
                self._waiting[number] = (*waiting[:4], self._pack(merged))
                if not late and number in self._late_waiting:
                    self._late_waiting.discard(number)
                    self._articles.append(number)
            return False
        self._seen.add(number)
        self._put(number, task, late=late)
        return True

    def again(self, key: str, task: ArticleTask) -> None:
        """Queue an article although it was seen (another way to ask for it)."""
        number = fingerprint(key)
        self._seen.add(number)
        self._put(number, task)

    def _put(self, number: int, task: ArticleTask, *, late: bool = False) -> None:
        flags = (1 if task.own else 0) | (2 if task.alias else 0)
        self._waiting[number] = (task.url, task.reason, task.attempts, flags, self._pack(task.hints))
        if late:
            self._late_waiting.add(number)
        (self._late if late else self._articles).append(number)

    def drop(self, key: str) -> None:
        """Forget a waiting article; it stays seen."""
        self._waiting.pop(fingerprint(key), None)
        self._late_waiting.discard(fingerprint(key))

    def pop(self) -> ListingTask | ArticleTask | None:
        """Next thing to ask, or None."""
        if self._detours:
            return self._detours.popleft()
        for phase in (FIRST, LISTINGS):
            if self._listings[phase]:
                return self._listings[phase].popleft()
        task = self._next_of(self._articles)
        if task is None and self._listings[DEEPER]:
            return self._listings[DEEPER].popleft()
        return task or self._next_of(self._late)

    def _next_of(self, queue: deque[int]) -> ArticleTask | None:
        while queue:
            number = queue.popleft()
            waiting = self._waiting.pop(number, None)
            if waiting is not None:
                self._late_waiting.discard(number)
                url, reason, attempts, flags, packed = waiting
                return ArticleTask(url, self._unpack(packed), reason, attempts, bool(flags & 1), bool(flags & 2))
        return None

    def phase(self) -> int:
        """Phase that the next `pop` is of."""
        if self._detours:
            return FIRST
        for phase in (FIRST, LISTINGS):
            if self._listings[phase]:
                return phase
        if len(self._waiting) > len(self._late_waiting) or not self._listings[DEEPER]:
            return ARTICLES if self._waiting else DEEPER
        return DEEPER

    def clear(self) -> list[tuple[str, int]]:
        """Drop all that waits; return the articles dropped, with their attempts."""
        left = [(url, attempts) for url, _, attempts, _, _ in self._waiting.values()]
        for queue in self._listings:
            queue.clear()
        self._articles.clear()
        self._late.clear()
        self._late_waiting.clear()
        self._waiting.clear()
        self._detours.clear()
        return left

    def close(self) -> None:
        """Let the temporary file go."""
        if self._spill is not None:
            self._spill.close()
            self._spill = None

    def _pack(self, hints: Mapping[str, Any]) -> bytes | tuple[int, int]:
        packed = json.dumps(hints, ensure_ascii=True).encode("ascii") if hints else b""
        if len(packed) <= _SPILL:
            return packed
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(prefix="tinhuy-hints-")  # noqa: SIM115 - lives as long as the queue
        start = self._spill.seek(0, 2)
        self._spill.write(packed)
        return start, len(packed)

    def _unpack(self, packed: bytes | tuple[int, int]) -> dict[str, Any]:
        if isinstance(packed, tuple):
            assert self._spill is not None  # noqa: S101 - a place in the file exists only with the file
            self._spill.seek(packed[0])
            packed = self._spill.read(packed[1])
        return dict(json.loads(packed)) if packed else {}


def merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Hints of two sources: what came first stays, lists grow."""
    merged = dict(first)
    for key, value in second.items():
        if key == "also_at" and key in merged:
            merged[key] = [*merged[key], *(v for v in value if v not in merged[key])]
        elif not merged.get(key):
            merged[key] = value
    return merged
