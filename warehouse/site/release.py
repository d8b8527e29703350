"""A release as the report reads it: its tables by partition, its id, and the site of the release before."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from warehouse import contracts, ids, view
from warehouse.release import Release
from warehouse.site.output import SiteError
from warehouse.store import LocalRoot
from warehouse.view import Tables

LOCAL: Final = ZoneInfo(contracts.TIMEZONE)
_AS_IS: Final = (str, int, bool, list)
"""Types that JSON has; by far most cells."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Partition:
    """The files of all partitioned tables for one portal and year."""

    portal: str
    year: int
    entries: Mapping[str, Mapping[str, Any]]
    """Table to its entry in `release.json`."""

    @property
    def name(self) -> str:
        """`portal/year`, also its folder in the site."""
        return f"{self.portal}/{self.year}"

    @property
    def articles(self) -> int:
        """How many articles it has."""
        return int(self.entries["articles"]["rows"])

    def fingerprint(self, code: str) -> str:
        """Digest of everything that its pages are made from."""
        digest = hashlib.sha256(code.encode())
        for table in sorted(self.entries):
            digest.update(f"\n{table} {self.entries[table]['sha256']}".encode())
        return digest.hexdigest()[:32]


class SiteRelease:
    """A release that is whole, or a folder of one in the making with all its tables."""

    def __init__(self, source: Path | Release) -> None:
        """Read what `source` says of itself; SiteError when it is no release."""
        self.folder = source if isinstance(source, Path) else None
        try:
            if isinstance(source, Path):
                self._manifest: dict[str, Any] = json.loads((source / "release.json").read_bytes())
                self.tables = Tables(LocalRoot(source), "", self._manifest["files"])
            else:
                self._manifest, self.tables = source.manifest, source.tables()
            self.id = str(self._manifest["id"])
            self.partitions = list(_partitions(self._manifest["files"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SiteError(f"{source} is no release ({error}); `tinhuy releases` lists them") from error

    def earlier_sites(self) -> Iterator[Path]:
        """Yield the sites to take files over from: its own, then that of the release before, where they lie here."""
        if self.folder is None:
            return
        yield self.folder / "site"
        name = self._manifest.get("previous")
        if isinstance(name, str):
            with suppress(ids.BadName):
                yield self.folder.parent / ids.check_release(name) / "site"

    def rows(self, partition: Partition, table: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield the rows of one table of one partition, in order; none when it has none."""
        entry = partition.entries.get(table)
        if entry is None:
            return
        for batch in self.tables.file_batches(entry, columns):
            # A few hundred rows at a time: Python objects take ten times what Arrow takes.
            for start in range(0, batch.num_rows, 512):
                yield from batch.slice(start, 512).to_pylist()


def _partitions(entries: Iterable[Mapping[str, Any]]) -> Iterator[Partition]:
    found: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    for entry in entries:
        if contracts.TABLES[entry["table"]].partitioned and entry["portal"] is not None:
            key = ids.check_slug(entry["portal"]), int(entry["year"])
            found.setdefault(key, {})[entry["table"]] = entry
    for (portal, year), tables in sorted(found.items()):
        if "articles" in tables:
            yield Partition(portal, year, tables)


class Following(view.Following):
    """The rows of a table, article by article; all of them must be taken."""

    def __init__(self, rows: Iterable[Row], what: str) -> None:
        super().__init__(rows)
        self._what = what

    def close(self) -> None:
        """SiteError when rows are left: they belong to no article, or lie in another order."""
        if self.left is not None:
            raise SiteError(f"{self._what} of article {self.left} lie out of order; run `tinhuy verify`")


def plain(value: Any) -> Any:
    """Return a cell as JSON has it: days and times (in Vietnam's zone) as ISO text, whole numbers without `.0`."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value


def slim(row: Row, columns: Iterable[str], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a row that say something: no nulls, no empty lists, nothing that is as `usual`."""
    found = {}
    for name in columns:
        value = row[name]
        if value is None or value == [] or (name in usual and usual[name] == value):
            continue
        found[name] = value if type(value) in _AS_IS else plain(value)
    return found
