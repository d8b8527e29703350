"""The JSON API of SharePoint portals (`QUERYDATA`): lists walked to their end, each article once.

Rows come by POST, newest first, at most so many a call as the server likes; a list is done when a call brings
no row that was not there before. One text may stand in two lists under two numbers: the row created first is the
article, the others are its copies. Rows hold whole articles, so they wait in an anonymous temporary file.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, Final
from urllib.parse import urlencode

from spiders.frontier import ListingTask
from spiders.links import printed_day
from spiders.registry import Api, Portal
from warehouse.addresses import AddressRules, canonical, is_article

_SPACES: Final = re.compile(r"[\s#]+")
_TEXT: Final = 200
"""Characters of title and content below which two rows are not held to be one article."""


@dataclass(slots=True)
class Row:
    """One row of a list."""

    url: str | None
    """Canonical address of its article; None when the row has no usable number."""
    created: date | None
    stamp: str
    """`CreatedDate` as it came; orders rows."""
    digest: bytes
    """Of title and content; empty when there is too little to tell rows apart."""
    listing: str
    section: str
    row: dict[str, Any]


@dataclass(slots=True)
class _Kept:
    url: str
    created: date | None
    stamp: str
    digest: bytes
    listing: str
    section: str
    place: tuple[int, int]


class ApiWalk:
    """The walk through all lists of one portal's API."""

    def __init__(self, api: Api, portal: Portal, rules: AddressRules) -> None:
        self._api = api
        self._rules = rules
        self._address = rules.origin + api.path
        self._waiting = 0
        self._settled = False
        self._kept: list[_Kept] = []
        self._first: dict[bytes, _Kept] = {}
        self._copies: dict[bytes, list[str]] = {}
        self._spill: IO[bytes] | None = None

    def first(self) -> list[ListingTask]:
        """The first page of every list."""
        tasks = [self._task(path, name, 0, 1) for path, name in self._api.lists.items()]
        self._waiting += len(tasks)
        return tasks

    def following(self, task: ListingTask, got: int) -> ListingTask:
        """The page after one that brought `got` rows, however many were asked for."""
        start = int((task.form or {}).get("start", 0))
        return self._task(task.key, task.section or "", start + max(1, got), task.page + 1)

    def expects(self, task: ListingTask) -> None:
        """Count a page that was queued."""
        self._waiting += 1

    def answered(self, task: ListingTask) -> bool:
        """Count an answer; True once, when no page is open any more."""
        if task.kind != "api":
            return False
        self._waiting -= 1
        if self._waiting > 0 or self._settled:
            return False
        self._settled = True
        return True

    def _task(self, path: str, name: str, start: int, page: int) -> ListingTask:
        form = {
            "do": "QUERYDATA", "fieldOrder": "CreatedDate", "ascending": "desc", "UrlList": path,
            "start": str(start), "length": str(self._api.page_size),
        }  # fmt: skip
        # The address of an API page carries its form, so that every page of a package has an address of its own.
        return ListingTask(f"{self._address}?{urlencode(form)}", "api", path, name, page, declared=True, form=form)

    def read(self, task: ListingTask, body: bytes) -> list[Row] | None:
        """Rows of one answer; None when it is not what the API gives."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return None
        rows = data.get("data") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            return None
        return [self._row(task, row) for row in rows if isinstance(row, dict)]

    def _row(self, task: ListingTask, row: dict[str, Any]) -> Row:
        number = row.get("ID")
        url = None
        if isinstance(number, int) or (isinstance(number, str) and number.isascii() and number.isdigit()):
            address = self._api.item.format(list=task.key, id=number)
            url = canonical(self._rules.origin + address if address.startswith("/") else address, self._rules)
            if url is not None and not is_article(url, self._rules):
                url = None
        stamp = str(row.get("CreatedDate") or "")[:40]
        text = _SPACES.sub(" ", f"{row.get('Title') or ''} {row.get('ContentNews') or ''}").strip().casefold()
        digest = (
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            if len(text) >= _TEXT
            else b""
        )
        return Row(url, printed_day(stamp[:10]), stamp, digest, task.key, task.section or "", row)

    def keep(self, row: Row) -> None:
        """Take a row; what it holds waits on disk."""
        if row.url is None:
            return
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(prefix="tinhuy-rows-")  # noqa: SIM115 - lives as long as the walk
        packed = json.dumps(row.row).encode("ascii")
        start = self._spill.seek(0, 2)
        self._spill.write(packed)
        kept = _Kept(row.url, row.created, row.stamp, row.digest, row.listing, row.section, (start, len(packed)))
        self._kept.append(kept)
        if kept.digest:
            first = self._first.get(kept.digest)
            if first is not None:
                self._copies.setdefault(kept.digest, [first.url]).append(kept.url)
            if first is None or (kept.stamp, kept.url) < (first.stamp, first.url):
                self._first[kept.digest] = kept

    def originals(self) -> Iterator[Row]:
        """Rows that are articles of their own, in the order they came."""
        return (self._unpack(kept) for kept in self._kept if self._original(kept) is kept)

    def copies(self) -> Iterator[tuple[Row, str]]:
        """Rows that repeat an article that was created before, with its address."""
        for kept in self._kept:
            original = self._original(kept)
            if original is not kept and original.url != kept.url:
                yield self._unpack(kept), original.url

    def also_at(self, row: Row) -> list[str]:
        """Addresses of a row's copies."""
        return sorted({url for url in self._copies.get(row.digest, ()) if url != row.url})

    def close(self) -> None:
        """Let the temporary file go."""
        if self._spill is not None:
            self._spill.close()
            self._spill = None

    def _original(self, kept: _Kept) -> _Kept:
        return self._first[kept.digest] if kept.digest else kept

    def _unpack(self, kept: _Kept) -> Row:
        assert self._spill is not None  # noqa: S101 - a kept row is in the file
        self._spill.seek(kept.place[0])
        row = json.loads(self._spill.read(kept.place[1]))
        return Row(kept.url, kept.created, kept.stamp, kept.digest, kept.listing, kept.section, row)
