"""`verify`: every promise that the data root makes, checked on disk.

Manifests and files (raw packages, parts, releases): present, no more and no less, with the bytes and SHA-256 they were
written with. The pointer leads to a whole release. The current release is what the contract says, and its tables are
what its parts give, byte for byte. Nothing unfinished lies about while no run is at work, and no link leads out.

The checks of a release before it is published are in `conformance`; its names are given here too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from warehouse import contracts, ids, ledger, locks, merge, parts, raw, release, tables
from warehouse.conformance import Check, CheckFailed, Expectation, NothingLost, Problem, check_release
from warehouse.parts import Part, PartError
from warehouse.raw import RawError
from warehouse.release import Derivers, Release, ReleaseError
from warehouse.store import LocalRoot, Root, Sink, join

__all__ = ["Check", "CheckFailed", "Expectation", "NothingLost", "Problem", "check_release", "verify"]

_BACKUP: Final = "restore it from a backup, or remove the package and crawl again (`tinhuy backfill`)"


def verify(root: Root, derive: Derivers | None = None) -> list[Problem]:
    """Return everything in a data root that is not as promised, with the command that mends it; empty when all is well.

    Reads everything once; a file that several releases share is read once for all of them. With `derive` the derived
    tables of the current release are computed again too.
    """
    found: list[Problem] = []
    found += _links(root)
    if not locks.busy(root):
        found += _unfinished(root)
    found += _packages(root)
    found += _parts(root)
    found += _releases(root)
    found += _current(root, derive)
    for path in ledger.damaged(root):
        found.append(Problem(path, "holds no ledger row", command=f"remove {path}"))
    return found


def _links(root: Root) -> Iterator[Problem]:
    if not isinstance(root, LocalRoot):
        return
    base = root.local
    for folder, folders, names in os.walk(base):
        for name in (*folders, *names):
            place = Path(folder, name)
            if place.is_symlink() and not place.resolve().is_relative_to(base):
                path = place.relative_to(base).as_posix()
                yield Problem(
                    path, f"is a link that leads out of the data root, to {place.resolve()}", command=f"rm {path}"
                )


def _unfinished(root: Root) -> Iterator[Problem]:
    for path in release.unfinished(root, packages=True):
        yield Problem(path, "is left from a run that was killed", command="run `tinhuy prune`, or remove it")


def _packages(root: Root) -> Iterator[Problem]:
    for package in raw.packages(root):
        try:
            manifest = package.manifest
        except RawError as error:
            yield Problem(package.path, str(error), command=_BACKUP)
            continue
        found = [name for name in root.names(package.path) if name != raw.MANIFEST]
        yield from _same_files(root, package.path, manifest.files, found, _BACKUP)
        if sum(entry["rows"] for entry in manifest.files) != manifest.pages:
            yield Problem(join(package.path, raw.MANIFEST), "pages are not the sum of its files' rows", command=_BACKUP)


def _parts(root: Root) -> Iterator[Problem]:
    whole = {part.path for part in parts.parts(root)}
    for portal in root.names(parts.FOLDER):
        for path in (join(parts.FOLDER, portal, name) for name in root.names(join(parts.FOLDER, portal))):
            if path not in whole:
                yield Problem(path, f"is not a whole part: it has no {parts.MANIFEST}", command=f"remove {path}")
    for part in parts.parts(root):
        mend = f"remove the folder {part.path} and run `tinhuy rebuild {part.portal}`"
        try:
            files = part.manifest["files"]
        except PartError as error:
            yield Problem(part.path, str(error), command=mend)
            continue
        found = [name for name in root.names(part.path) if name != parts.MANIFEST]
        yield from _same_files(root, part.path, files, found, mend)
        if not raw.Package(root, part.portal, part.crawl).sealed:
            yield Problem(part.path, "its raw package is not there or not sealed", command=_BACKUP)


def _same_files(
    root: Root,
    folder: str,
    entries: Iterable[Mapping[str, Any]],
    found: Iterable[str],
    mend: str,
    hashes: dict[tuple[int, int], str] | None = None,
) -> Iterator[Problem]:
    """Compare files with what a manifest says of them (`name` or `path`, bytes, sha256)."""
    told = {entry.get("name") or entry["path"]: entry for entry in entries}
    present = set(found)
    for name in sorted(told.keys() - present):
        yield Problem(join(folder, name), "is missing", command=mend)
    for name in sorted(present - told.keys()):
        yield Problem(join(folder, name), "is in no manifest", command=mend)
    for name in sorted(told.keys() & present):
        path, entry = join(folder, name), told[name]
        if root.size(path) != entry["bytes"]:
            yield Problem(path, f"has {root.size(path)} bytes, not {entry['bytes']}", command=mend)
        elif _hash(root, path, hashes) != entry["sha256"]:
            yield Problem(path, "has other bytes than it was written with", command=mend)


def _hash(root: Root, path: str, hashes: dict[tuple[int, int], str] | None) -> str:
    if hashes is None or not isinstance(root, LocalRoot):
        return root.sha256(path)
    status = root.path(path).stat()
    key = (status.st_dev, status.st_ino)
    if key not in hashes:
        hashes[key] = root.sha256(path)
    return hashes[key]


def _releases(root: Root) -> Iterator[Problem]:
    pointed = _pointed(root)
    hashes: dict[tuple[int, int], str] = {}
    whole = {one.id for one in release.releases(root)}
    for name in root.names(release.FOLDER):
        if name not in whole:
            path = join(release.FOLDER, name)
            yield Problem(path, f"is not a whole release: it has no {release.MANIFEST}", command=f"remove {path}")
    for one in release.releases(root):
        mend = "run `tinhuy rebuild`" if one.id == pointed else f"remove the folder {one.path}"
        try:
            manifest = one.manifest
        except ReleaseError as error:
            yield Problem(one.path, str(error), command=mend)
            continue
        entries = [*manifest["files"], *manifest["site"]]
        found = [path for path in root.files(one.path) if path != release.MANIFEST]
        yield from _same_files(root, one.path, entries, found, mend, hashes)
        if manifest["id"] != one.id or release.tables_digest(manifest["files"]) != manifest["digest"]:
            yield Problem(join(one.path, release.MANIFEST), "its id or digest is not that of its files", command=mend)


def _pointed(root: Root) -> str | None:
    """Return the id of the release that readers see, damaged or not."""
    try:
        now = release.current(root)
    except (ReleaseError, ValueError, OSError):
        return None
    return now.id if now is not None else None


def _current(root: Root, derive: Derivers | None) -> Iterator[Problem]:
    try:
        now = release.current(root)
        if now is None:
            if release.releases(root):
                message = "leads nowhere, though there are releases"
                yield Problem(
                    release.POINTER, message, command="run `tinhuy rollback ID`; `tinhuy releases` lists them"
                )
            return
        if root.read_json(release.POINTER_FILE).get("release") != now.id:
            message = f"does not name {now.id}, where {release.POINTER} leads"
            yield Problem(release.POINTER_FILE, message, command=f"run `tinhuy rollback {now.id}`")
        told = now.manifest["contracts"]
    except (ReleaseError, ValueError, OSError) as error:
        yield Problem(release.POINTER, str(error), command="run `tinhuy rollback ID`; `tinhuy releases` lists them")
        return
    if told != {name: tables.contract_digest(name) for name in contracts.TABLES}:
        return  # made under another contract: today's says nothing about it, the next night brings the new one
    try:
        yield from check_release(now.tables())
        yield from _same_as_inputs(now, derive or {})
    except (OSError, ValueError, PartError) as error:
        yield Problem(now.path, f"cannot be compared: {error}", command="run `tinhuy rebuild`")


def _same_as_inputs(now: Release, derive: Derivers) -> Iterator[Problem]:
    """Compute the tables of a release again from its parts and compare bytes."""
    root, manifest = now.root, now.manifest
    made: dict[str, str] = {}
    single = {name: _Hashed(name) for name in contracts.PAGE_TABLES if not contracts.TABLES[name].partitioned}
    for portal, told in sorted(manifest["inputs"].items()):
        found = _parts_for(root, portal, told)
        if found is None:
            path = join(parts.FOLDER, ids.check_slug(portal))
            yield Problem(path, f"lacks parts that {now.path} was made from", command=f"run `tinhuy rebuild {portal}`")
            return
        made.update(_portal_files(portal, found, single))
    made.update({f"{name}/{release.FILE}": one.done() for name, one in single.items()})
    for name, rows in derive.items():
        one = _Hashed(name)
        one.writer.write_rows(rows(now.tables()))
        made[f"{name}/{release.FILE}"] = one.done()
    names = (*contracts.PAGE_TABLES, *derive)
    wanted = {e["path"]: e["sha256"] for e in manifest["files"] if e["table"] in names and e["rows"]}
    for path, sha256 in sorted(wanted.items()):
        if made.get(path) != sha256:
            yield Problem(join(now.path, path), "is not what its inputs give", command="run `tinhuy rebuild`")
    for path in sorted(made.keys() - wanted.keys()):
        if contracts.TABLES[path.partition("/")[0]].partitioned:
            yield Problem(
                join(now.path, path), "is not there, though its inputs give rows", command="run `tinhuy rebuild`"
            )


def _parts_for(root: Root, portal: str, told: Mapping[str, Any]) -> list[Part] | None:
    """Return the parts that a release names, or, where older code's parts were pruned, those of other code.

    Whatever code made them: what counts is that they give the same bytes."""
    kept: dict[str, dict[str, Part]] = {}
    for part in parts.parts(root, portal):
        kept.setdefault(part.digest, {})[part.crawl] = part
    for digest in (told["digest"], *sorted(kept)):
        mine = kept.get(digest, {})
        if all(crawl in mine for crawl in told["crawls"]):
            return [mine[crawl] for crawl in told["crawls"]]
    return None


class _Hashed:
    """A table written to nowhere, for its hash."""

    def __init__(self, name: str) -> None:
        self.sink = Sink(_Nowhere())
        self.writer = tables.TableWriter(self.sink, tables.file_schema(name))

    def done(self) -> str:
        self.writer.close()
        return self.sink.sha256


class _Nowhere:
    def write(self, data: Any, /) -> int:
        return len(data)


def _portal_files(portal: str, found: list[Part], single: Mapping[str, _Hashed]) -> dict[str, str]:
    index = merge.index_portal(portal, found)
    made = {}
    for name in contracts.PARTITIONED:
        for few in index.turns(index.years()):
            files: dict[int, _Hashed] = {}
            for year, batch in index.batches(name, few):
                if year not in files:
                    files[year] = _Hashed(name)
                files[year].writer.write(batch)
            for year, one in files.items():
                made[f"{name}/portal={portal}/year={year}/{release.FILE}"] = one.done()
    for name, one in single.items():
        for _, batch in index.batches(name, None):
            one.writer.write(batch)
    return made
