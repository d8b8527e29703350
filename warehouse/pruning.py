"""Pruning: what of a data root may go, and its removal.

Releases but the newest ones, parts that no code in use reads, and what killed runs left unfinished. Never the raw
packages, sealed or not, nor the ledger: they are the truth and the history. Never the current release, one after it
(withdrawn by a rollback, it tells the night what not to publish again), nor one that readers were led to less than
`GRACE` ago and may still be reading.

Each thing goes in one step: a kill half way leaves things that are whole, and an unfinished name that the next run
removes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from warehouse import ids, locks, parts, release
from warehouse.release import ReleaseError
from warehouse.store import LocalRoot, Root, join

GRACE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that may go."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, or would go."""

    removals: tuple[Removal, ...]
    bytes: int
    """Space that this frees; what other releases share stays."""


def prune(root: Root, keep: int, digests: Mapping[str, str], dry_run: bool = False) -> Pruned:
    """Remove what is not needed and return it; with `dry_run` only return it.

    `keep` (at least 1) is how many of the newest releases stay; `digests` is the code digest of each portal, whose
    parts stay beside those that the current release was made from. LockHeld while a run is at work.
    """
    if keep < 1:
        raise ValueError(f"at least one release stays, not {keep}")
    with locks.writer(root, "prune"):
        # A crawl that outlives its run for a moment still writes into its package: only sealed ones are looked into.
        left = (Removal(path, "left from a run that was killed") for path in release.unfinished(root, packages=True))
        found = (*_releases(root, keep), *_parts(root, digests), *left)
        done = Pruned(found, _size(root, found))
        if not dry_run:
            for one in found:
                root.remove(one.path)
        return done


def _size(root: Root, removals: Sequence[Removal]) -> int:
    if not isinstance(root, LocalRoot):
        return sum(root.size(join(one.path, name)) for one in removals for name in root.files(one.path))
    links: dict[tuple[int, int], int] = {}
    size = 0
    for one in removals:
        top = root.path(one.path.rpartition("/")[0]) / one.path.rpartition("/")[2]
        for file in [top, *([] if top.is_symlink() else top.rglob("*"))]:
            if file.is_symlink() or not file.is_file():
                continue
            status = file.stat()
            key = (status.st_dev, status.st_ino)
            links[key] = links.get(key, 0) + 1
            size += status.st_size if links[key] == status.st_nlink else 0
    return size


def _releases(root: Root, keep: int) -> Iterator[Removal]:
    every = release.releases(root)
    now = release.current(root)
    if now is None:
        return  # without a pointer nobody knows which of them counts
    last_hour = datetime.now(UTC) - GRACE
    for number, one in enumerate(every[: max(0, len(every) - keep)]):
        if one.id < now.id and _made(every[number + 1]) < last_hour:
            yield Removal(one.path, f"older than the {keep} newest releases")


def _made(one: release.Release) -> datetime:
    try:
        return one.created_at
    except (ReleaseError, KeyError, ValueError):
        return datetime.strptime(f"{one.id[:15]}+0000", "%Y%m%dT%H%M%S%z")


def _parts(root: Root, digests: Mapping[str, str]) -> Iterator[Removal]:
    now = release.current(root)
    inputs = now.manifest["inputs"] if now is not None else {}
    for portal in root.names(parts.FOLDER):
        used = {digests.get(portal), inputs.get(portal, {}).get("digest")} - {None}
        whole = {one.path: one for one in parts.parts(root, portal)} if used and _is_slug(portal) else {}
        for path, one in sorted(whole.items()):
            if one.digest not in used:
                yield Removal(path, "made by code that is no longer in use")


def _is_slug(name: str) -> bool:
    try:
        return bool(ids.check_slug(name))
    except ids.BadName:
        return False
