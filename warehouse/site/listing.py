"""The list of articles as search reads it: blocks of one to two thousand articles, newest first.

A block holds columns, not rows: titles, leads, portals, days, provinces, flags, and the numbers of the documents cited.
Blocks are cut at days, going from the oldest on, so that a new night rewrites the newest block and takes the others
over. `static/search-worker.js` folds the texts and searches them by scanning. Measured over titles and leads of 50,000
articles (CPU time): reading and folding 0.2 s, queries 11 to 54 ms; MiniSearch over the same texts takes 3 s to index
them in the browser, or 0.6 s to load a prebuilt index that is larger than the texts, and 12 to 128 ms a query.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.site.output import Output, Spool, compact
from warehouse.site.release import LOCAL, Following, Partition, Row, SiteRelease

PER_BLOCK: Final = 1500
LEAD: Final = 240
"""Code points of the lead that are listed."""
NEWEST: Final = 40
AT_LATEST: Final = 0
DATED: Final = 1
AT_EARLIEST: Final = 2
"""What the day of a listed article is: the latest it can be, its own, or the earliest it can be."""
DOCUMENTS: Final = 12
"""Numbers of cited documents that an article can be found by."""
_COLUMNS: Final = (
    "article_id", "title", "lead", "section", "published_on", "published_after", "published_before", "first_fetched_at",
    "province", "province_now", "flags",
)  # fmt: skip


@dataclass
class Listing:
    """What the pages say of the list."""

    total: int = 0
    blocks: list[dict[str, Any]] = field(default_factory=list)
    """Newest first: file, number of articles, first and last day."""
    flags: Counter[str] = field(default_factory=Counter)
    provinces: Counter[str] = field(default_factory=Counter)
    portals: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    newest: list[dict[str, Any]] = field(default_factory=list)
    """The articles first fetched since `since`, newest first; of all when there is none."""
    arrived: int = 0
    """How many articles were first fetched since `since`."""


def write(release: SiteRelease, out: Output, since: datetime | None) -> Listing:
    """Write the blocks; `since` is the start of the last night."""
    listing = Listing()
    spool = Spool(out.scratch / "list")
    best: list[tuple[tuple[bool, str, str], dict[str, Any]]] = []
    for partition in release.partitions:
        for item, fetched in _items(release, partition):
            spool.add(item["day"][:7], compact(item))
            _count(listing, item)
            arrived = since is not None and fetched >= since
            listing.arrived += arrived
            entry = ((arrived, item["day"], item["id"]), item)
            if len(best) < NEWEST:
                heapq.heappush(best, entry)
            else:
                heapq.heappushpop(best, entry)
    listing.newest = [item for _, item in sorted(best, key=lambda entry: entry[0], reverse=True)]
    if listing.arrived:
        listing.newest = listing.newest[: listing.arrived]
    for items in _blocks(spool):
        days = [item["day"] for item in items]
        path = f"data/list/{days[-1]}.json.gz"
        out.write_json(path, _columnar(items))
        listing.blocks.insert(0, {"file": path, "articles": len(items), "first": days[-1], "last": days[0]})
    return listing


def _items(release: SiteRelease, partition: Partition) -> Iterator[tuple[dict[str, Any], datetime]]:
    cited = Following(release.rows(partition, "citations", ["article_id", "key"]), "citations")
    for row in _light(release, partition):
        keys = dict.fromkeys(citation["key"] for citation in cited.take(row["article_id"]))
        day, dated = _day(row)
        item = {
            "day": day.isoformat(),
            "id": row["article_id"],
            "title": row["title"],
            "lead": _short(row["lead"] or row["begin"]),
            "section": row["section"] or "",
            "portal": partition.portal,
            "dated": dated,
            "province": row["province"] or "",
            "province_now": row["province_now"] or "",
            "flags": row["flags"],
            "documents": list(keys)[:DOCUMENTS],
        }
        yield item, row["first_fetched_at"]
    cited.close()


def _day(row: Row) -> tuple[date, int]:
    """Return the day that an article is listed under, and what day that is. The last day that a text tells of is a
    better guess at when it came out than the day it was first seen."""
    if row["published_on"] is not None:
        return row["published_on"], DATED
    if row["published_after"] is not None:
        return row["published_after"], AT_EARLIEST
    return row["published_before"] or row["first_fetched_at"].astimezone(LOCAL).date(), AT_LATEST


def _short(text: str) -> str:
    """Return text cut at a word, where it was cut."""
    if len(text) < LEAD:
        return text
    return text[: text.rfind(" ", LEAD // 2)] + " …"


def _light(release: SiteRelease, partition: Partition) -> Iterator[dict[str, Any]]:
    """Yield the rows of `articles` with the beginning of the text behind its title in place of the text."""
    for batch in release.tables.file_batches(partition.entries["articles"], [*_COLUMNS, "text"]):
        for start in range(0, batch.num_rows, 512):
            part = batch.slice(start, 512)
            after = pc.replace_substring_regex(part.column("text"), r"\A[^\n]*\n?", "")
            begin = pc.utf8_slice_codeunits(after, 0, LEAD)
            lead = pc.utf8_slice_codeunits(part.column("lead"), 0, LEAD)
            columns: list[pa.Array] = [lead if name == "lead" else part.column(name) for name in _COLUMNS]
            yield from pa.RecordBatch.from_arrays([*columns, begin], names=[*_COLUMNS, "begin"]).to_pylist()


def _count(listing: Listing, item: Mapping[str, Any]) -> None:
    listing.total += 1
    listing.undated += item["dated"] != DATED
    listing.portals[item["portal"]] += 1
    listing.flags.update(item["flags"])
    listing.provinces.update({item["province"], item["province_now"]} - {""})


def _blocks(spool: Spool) -> Iterator[list[dict[str, Any]]]:
    """Yield the articles of each block, newest first inside it, blocks oldest first."""
    block: list[dict[str, Any]] = []
    for _, lines in spool.take():
        month = sorted((json.loads(line) for line in lines), key=lambda item: (item["day"], item["id"]))
        for _, day in groupby(month, key=lambda item: item["day"]):
            block.extend(day)
            if len(block) >= PER_BLOCK:
                yield block[::-1]
                block = []
    if block:
        yield block[::-1]


def _columnar(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the block as columns; portals, provinces, days and flags as places in a list of the block's own."""
    names: dict[str, list[str]] = {}

    def coded(name: str, values: Iterable[str]) -> list[int]:
        places: dict[str, int] = {}
        coded = [places.setdefault(value, len(places)) for value in values]
        names[name] = list(places)
        return coded

    block: dict[str, Any] = {
        "id": [item["id"] for item in items],
        "title": [item["title"] for item in items],
        "lead": [item["lead"] for item in items],
        "documents": ["|".join(item["documents"]) for item in items],
        "dated": [item["dated"] for item in items],
        "flags": ["|".join(item["flags"]) for item in items],
    }
    for name in ("day", "section", "portal", "province", "province_now"):
        block[name] = coded(name, [item[name] for item in items])
    block["names"] = names
    return block
