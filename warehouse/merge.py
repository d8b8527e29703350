"""The merge: which rows of which parts a release has, for one portal at a time.

An article is told by many packages; the page fetched last speaks (crawl and position settle a tie). Of the earlier
ones remain

- `first_fetched_at`, the earliest;
- `published_before`, the earliest bound, where the article is not dated: it was out before it was first seen;
- the date of publication, with its evidence, when the last page no longer gives one (a feed forgets old entries); the
  row then carries the flag `date_from_earlier_page`.

Versions under several addresses are one article where the source tells so (`identity`): its rows then carry the id that
it was first known by, and `url` says where it stands now.

An article that no later package shows stays. A reject stays until its address is fetched again and says otherwise.
Rows come in the order (crawl, position), so that assembly streams; what is held in memory is some 60 bytes for each
version of an article of one portal, never its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse import contracts, identity, ids, tables
from warehouse.parts import PAGE, PAGES, SAME, Part, PartError

CARRIED_DATE: Final = "date_from_earlier_page"
_YEARS_AT_ONCE: Final = 2
_NONE: Final = np.iinfo(np.int64).max
"""Stands for null in the integer arrays; later than every real time."""
_Ints = npt.NDArray[np.int64]
_COLUMNS: Final = [
    "article_id", "year", "published_at", "published_on", "published_evidence", "published_before", "first_fetched_at",
    "fetched_at", PAGE,
]  # fmt: skip


@dataclass(frozen=True)
class Winners:
    """The rows that stay, one for each key, sorted by key; all arrays have one length."""

    key: tables.Ids
    part: _Ints
    """Index into the portal's parts."""
    page: _Ints
    """`_page` in that part."""

    def find(self, keys: tables.Ids, part: int, pages: _Ints) -> tuple[npt.NDArray[np.bool_], _Ints]:
        """Say of rows (key, page) of `part` which of them stay, and where in these arrays each key stands."""
        if not len(self.key):
            return np.zeros(len(keys), dtype=bool), np.zeros(len(keys), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.key, keys), len(self.key) - 1)
        stays = (self.key[at] == keys) & (self.part[at] == part) & (self.page[at] == pages)
        return stays, at


@dataclass(frozen=True)
class PortalIndex:
    """What of a portal's parts goes into a release, and how rows of `articles` are completed."""

    portal: str
    parts: Sequence[Part]
    articles: Winners
    year: _Ints
    first: _Ints
    """Microseconds since 1970."""
    before: _Ints
    """Days since 1970, `_NONE` for null; only where the article is not dated."""
    carried: Mapping[int, tuple[int | None, int, str]]
    """Position in `articles` to (published_at in microseconds, published_on in days, evidence) of an earlier page."""
    rejects: Winners
    moved: tuple[tables.Ids, tables.Ids]
    """Ids that rows carry in parts, sorted, and the earlier ids of the same articles, which they get."""

    def years(self) -> list[int]:
        """Return the years that articles of this portal lie in."""
        return [int(year) for year in np.unique(self.year)]

    @staticmethod
    def turns(years: Iterable[int]) -> Iterator[frozenset[int]]:
        """Yield `years` a few at a time: each year being written holds a row group, so not all are written at once."""
        rest = sorted(years)
        for start in range(0, len(rest), _YEARS_AT_ONCE):
            yield frozenset(rest[start : start + _YEARS_AT_ONCE])

    def fingerprint(self, table: str, year: int | None = None) -> str:
        """Return a digest of everything that the file of `table` and `year` is made from (of all years when None).

        Equal fingerprints mean equal bytes. Empty when nothing can be in the file.
        """
        winners = self.rejects if table == "rejects" else self.articles
        chosen = np.arange(len(winners.key)) if year is None else np.flatnonzero(self.year == year)
        order = np.lexsort((winners.key[chosen], winners.page[chosen], winners.part[chosen]))
        chosen = chosen[order]
        digest = hashlib.sha256(f"{table} {year} {tables.contract_digest(table)}\n".encode())
        used = False
        for index in np.unique(winners.part[chosen]):
            content = self.parts[int(index)].sha256(table)
            if not content:
                continue
            used = True
            mine = chosen[winners.part[chosen] == index]
            digest.update(f"{content} {len(mine)}\n".encode())
            digest.update(winners.key[mine].tobytes())
            digest.update(winners.page[mine].tobytes())
            if table == "articles":
                digest.update(self.first[mine].tobytes())
                digest.update(self.before[mine].tobytes())
                carried = [(int(winners.key[i]), self.carried[int(i)]) for i in mine if int(i) in self.carried]
                digest.update(repr(carried).encode())
        return digest.hexdigest() if used else ""

    def batches(self, table: str, years: frozenset[int] | None) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield (year, rows) of a table for the years wanted, in order (crawl, position) within each year; rows have
        the columns of the files of a release. For single tables `years` is None and the year given is 0."""
        schema = tables.file_schema(table)
        winners = self.rejects if table == "rejects" else self.articles
        wanted = np.unique(winners.part if years is None else winners.part[np.isin(self.year, list(years))])
        for index in (int(i) for i in wanted):
            for read in self.parts[index].batches(table):
                keys, batch = self._keys(table, read, self.parts[index])
                pages = batch.column(PAGE).to_numpy()
                stays, at = winners.find(keys, index, pages)
                if years is None:
                    if stays.any():
                        yield 0, _select(batch, stays, schema)
                    continue
                row_years = self.year[at]
                for year in np.unique(row_years[stays]):
                    if int(year) in years:
                        mask = stays & (row_years == year)
                        yield int(year), self._completed(table, _select(batch, mask, schema), at[mask])

    def _keys(self, table: str, batch: pa.RecordBatch, part: Part) -> tuple[tables.Ids, pa.RecordBatch]:
        """Return the key of each row, and the rows with the ids that their articles keep."""
        if table == "rejects":
            return _url_keys(self.portal, batch.column("url")), batch
        own = _packed(batch.column("article_id"), part)
        keys = _kept(own, self.moved)
        if keys is not own and (keys != own).any():
            batch = _with(batch, "article_id", pa.array([f"{number:016x}" for number in keys.tolist()], pa.string()))
        return keys, batch

    def _completed(self, table: str, batch: pa.RecordBatch, at: _Ints) -> pa.RecordBatch:
        if table != "articles":
            return batch
        batch = _with(batch, "first_fetched_at", pa.array(self.first[at]).cast(contracts.UTC_TIME))
        before = self.before[at]
        if (before != _NONE).any():
            known = pa.array(before, mask=before == _NONE).cast(pa.int32()).cast(pa.date32())
            bound = pc.coalesce(known, batch.column("published_before"))
            after = batch.column("published_after")
            # A text edited later may tell later days than the one it first came out on: then nothing bounds it.
            wrong = pc.and_(pc.is_valid(known), pc.fill_null(pc.greater(after, bound), False))
            batch = _with(batch, "published_before", bound)
            batch = _with(batch, "published_after", pc.if_else(wrong, pa.scalar(None, pa.date32()), after))
        if self.carried and any(int(i) in self.carried for i in at):
            batch = self._dated(batch, at)
        return batch

    def _dated(self, batch: pa.RecordBatch, at: _Ints) -> pa.RecordBatch:
        """Give rows without a date the one that an earlier page gave."""
        told = [self.carried.get(int(i)) for i in at]
        rows = batch.select(["published_at", "published_on", "published_evidence", "flags"]).to_pydict()
        times = batch.column("published_at").cast(pa.int64()).to_pylist()
        days = batch.column("published_on").cast(pa.int32()).to_pylist()
        for i, carried in enumerate(told):
            if carried is not None:
                times[i], days[i], rows["published_evidence"][i] = carried
                rows["flags"][i] = [*rows["flags"][i], CARRIED_DATE]
        batch = _with(batch, "published_at", pa.array(times, pa.int64()).cast(contracts.LOCAL_TIME))
        batch = _with(batch, "published_on", pa.array(days, pa.int32()).cast(pa.date32()))
        batch = _with(batch, "published_evidence", pa.array(rows["published_evidence"], pa.string()))
        return _with(batch, "flags", pa.array(rows["flags"], contracts.TEXTS))


def index_portal(portal: str, parts: Sequence[Part]) -> PortalIndex:
    """Return the index over a portal's parts, given in order of their crawls; PartError on a damaged part."""
    versions = _versions(parts)
    moved = _moved(parts, versions)
    versions["key"] = _kept(versions["key"], moved)
    key, part, page, fetched = (versions[name] for name in ("key", "part", "page", "fetched"))
    order = np.lexsort((page, part, fetched, key))
    starts, last = _groups(key[order])
    winner = order[last]
    day, year = versions["on"], versions["year"]
    first = np.minimum.reduceat(versions["first"][order], starts) if len(order) else versions["first"]
    before = np.minimum.reduceat(versions["before"][order], starts) if len(order) else versions["before"]
    carried, carried_day = _carried(versions, order, starts, winner)
    final_day = np.where(day[winner] != _NONE, day[winner], carried_day)
    before = np.where(final_day == _NONE, before, _NONE)
    known = np.where(final_day != _NONE, final_day, before)
    years = np.where(known != _NONE, _year_of(known), year[winner])
    return PortalIndex(
        portal=portal,
        parts=parts,
        articles=Winners(key[winner].astype(np.uint64), part[winner], page[winner]),
        year=years.astype(np.int64),
        first=first,
        before=before,
        carried=carried,
        rejects=_latest_pages(portal, parts),
        moved=moved,
    )


def _moved(parts: Sequence[Part], versions: Mapping[str, Any]) -> tuple[tables.Ids, tables.Ids]:
    """Return which ids of articles give way to which earlier ones, sorted by the former."""
    found: list[tuple[tables.Ids, tables.Ids, _Ints]] = []
    for part in parts:
        for batch in part.batches(SAME):
            address, article = (_packed(batch.column(name), part) for name in ("address", "article"))
            found.append((address, article, _ints(batch.column("fetched_at"))))
    none = np.empty(0, dtype=np.uint64)
    if not found:
        return none, none
    said = identity.Statements(*(np.concatenate(arrays) for arrays in zip(*found, strict=True)))
    pairs = sorted(identity.settle(said, versions["key"], versions["fetched"]).items())
    return np.array([own for own, _ in pairs], np.uint64), np.array([kept for _, kept in pairs], np.uint64)


def _kept(keys: tables.Ids, moved: tuple[tables.Ids, tables.Ids]) -> tables.Ids:
    """Return `keys` with the ids that articles keep."""
    own, kept = moved
    if not len(own) or not len(keys):
        return keys
    at = np.minimum(np.searchsorted(own, keys), len(own) - 1)
    return np.where(own[at] == keys, kept[at], keys)


def _versions(parts: Sequence[Part]) -> dict[str, Any]:
    """Read one entry for each row of `articles` in the parts."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("key", "part", "page", "fetched", "first", "before", "on", "at", "year", "evidence")
    }
    for index, part in enumerate(parts):
        for batch in part.batches("articles", _COLUMNS):
            found["key"].append(_packed(batch.column("article_id"), part))
            found["part"].append(np.full(batch.num_rows, index, dtype=np.int64))
            found["page"].append(batch.column(PAGE).to_numpy())
            found["fetched"].append(_ints(batch.column("fetched_at")))
            found["first"].append(_ints(batch.column("first_fetched_at")))
            found["before"].append(_ints(batch.column("published_before")))
            found["on"].append(_ints(batch.column("published_on")))
            found["at"].append(_ints(batch.column("published_at")))
            found["year"].append(batch.column("year").to_numpy().astype(np.int64))
            evidence = pc.index_in(batch.column("published_evidence"), pa.array(contracts.EVIDENCE))
            found["evidence"].append(evidence.to_numpy(zero_copy_only=False).astype(np.int64))
    return {
        name: np.concatenate(arrays) if arrays else np.empty(0, dtype=np.uint64 if name == "key" else np.int64)
        for name, arrays in found.items()
    }


def _groups(keys: tables.Ids) -> tuple[_Ints, _Ints]:
    """Return where each run of equal keys begins and where it ends (its last position)."""
    if not len(keys):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return starts, np.concatenate((starts[1:] - 1, [len(keys) - 1]))


def _carried(
    versions: Mapping[str, Any], order: _Ints, starts: _Ints, winner: _Ints
) -> tuple[dict[int, tuple[int | None, int, str]], _Ints]:
    """Return the dates that winners without one take over from their latest dated version."""
    day = versions["on"]
    days = np.full(len(winner), _NONE, dtype=np.int64)
    carried: dict[int, tuple[int | None, int, str]] = {}
    if not len(order):
        return carried, days
    dated = np.where(day[order] != _NONE, np.arange(len(order)), -1)
    latest = np.maximum.reduceat(dated, starts)
    # A version counts only within its own run of keys; the maximum never leaves it.
    for i in np.flatnonzero((day[winner] == _NONE) & (latest >= 0)):
        version = int(order[latest[i]])
        at = int(versions["at"][version])
        evidence = contracts.EVIDENCE[int(versions["evidence"][version])]
        carried[int(i)] = (None if at == _NONE else at, int(day[version]), evidence)
        days[i] = day[version]
    return carried, days


def _latest_pages(portal: str, parts: Sequence[Part]) -> Winners:
    """Return, for each address of the portal, the page that showed it last.

    Of a reject that every later page of its address repeats to the letter, the first page counts: the same gallery
    fetched again is no news.
    """
    found: list[tuple[Any, ...]] = []
    for index, part in enumerate(parts):
        for batch in part.batches(PAGES):
            found.append(
                (
                    _packed(batch.column("key"), part),
                    np.full(batch.num_rows, index, dtype=np.int64),
                    batch.column(PAGE).to_numpy(),
                    _ints(batch.column("fetched_at")),
                )
            )
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return Winners(np.empty(0, dtype=np.uint64), empty, empty)
    key, part_of, page, fetched = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    order = np.lexsort((page, part_of, fetched, key))
    starts, last = _groups(key[order])
    winner = order[last].copy()
    said = _rejects_said(portal, parts)
    for i in np.flatnonzero(np.isin(key[winner], np.array([name[0] for name in said], dtype=np.uint64))):
        versions = [(int(key[v]), int(part_of[v]), int(page[v])) for v in order[starts[i] : last[i] + 1]]
        first = len(versions) - 1
        while first > 0 and said.get(versions[first - 1]) == said.get(versions[-1], ""):
            first -= 1
        winner[i] = order[starts[i] + first]
    return Winners(key[winner], part_of[winner], page[winner])


def _rejects_said(portal: str, parts: Sequence[Part]) -> dict[tuple[int, int, int], str]:
    """Return what each reject says, by (key of its address, part, page): stage, reason, detail and the page's hash."""
    found: dict[tuple[int, int, int], str] = {}
    for index, part in enumerate(parts):
        for batch in part.batches("rejects", ["url", "stage", "reason", "detail", "page_sha256", PAGE]):
            keys = _url_keys(portal, batch.column("url"))
            for key, row in zip(keys, batch.to_pylist(), strict=True):
                told = (row["stage"], row["reason"], row["detail"], row["page_sha256"])
                name = (int(key), index, int(row[PAGE]))
                found[name] = found.get(name, "") + repr(told)
    return found


def _url_keys(portal: str, urls: pa.Array) -> tables.Ids:

    return tables.pack_ids(pa.array([ids.article_id(portal, url) for url in urls.to_pylist()], pa.string()))


def _packed(column: pa.Array, part: Part) -> tables.Ids:
    try:
        return tables.pack_ids(column)
    except ValueError as error:
        raise PartError(f"{part.path}: {error}; remove the folder and run `tinhuy rebuild {part.portal}`") from error


def _ints(column: pa.Array) -> _Ints:
    """Return times or days as integers, `_NONE` for null."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    values = pc.fill_null(column.cast(pa.int64()), _NONE).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.int64)


def _year_of(days: _Ints) -> _Ints:
    safe = np.where(days == _NONE, 0, days)
    return safe.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _select(batch: pa.RecordBatch, mask: npt.NDArray[np.bool_], schema: pa.Schema) -> pa.RecordBatch:
    chosen = batch.filter(pa.array(mask)) if not mask.all() else batch
    return pa.RecordBatch.from_arrays([chosen.column(name) for name in schema.names], schema=schema)


def _with(batch: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    at = batch.schema.get_field_index(name)
    return batch.set_column(at, batch.schema.field(at), column)
