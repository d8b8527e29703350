"""A night of the warehouse meets a fault at each single thing it asks of the disk, one after the other.

Every write, sync, rename, link, folder and removal is a point. At each of them, in a run of its own: the run is cut
off (nothing after that point reaches the disk, as SIGKILL leaves it), the disk is full from there on, or it fails once.
What readers see right after is a whole release; the same night, run again, ends as an undisturbed one.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import warehouse_fakes as fakes
from tests.warehouse_fakes import Story, crawl, crawl_of, publish
from warehouse import ledger, locks, release
from warehouse.checks import verify
from warehouse.store import DataRootError, LocalRoot, Sink, open_root

FIRST = [Story(1, day=date(2025, 1, 5)), Story(2, day=date(2025, 1, 5)), Story(4, broken=True)]
SECOND = [Story(2, version=1, day=date(2025, 1, 5)), Story(3, figures=1), Story(4)]


class Cut(BaseException):
    """The process is gone; nothing that comes after it reaches the disk."""


class Disk:
    """Counts what is asked of the disk, and from point `at` on answers with `fault`."""

    def __init__(self, at: int | None = None, fault: str = "cut") -> None:
        self.at = at
        self.fault = fault
        self.points = 0
        self.met: str | None = None

    def ask(self, what: str) -> None:
        self.points += 1
        if self.at is None or self.points < self.at:
            return
        if self.fault == "cut":
            self.met = self.met or what
            raise Cut(what)
        # On a full disk files can be removed, renamed and closed; a failing one fails once.
        if self.fault == "full" and what not in ("unlink", "rmtree", "rename", "replace"):
            self.met = self.met or what
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if self.fault == "fails" and self.points == self.at:
            self.met = what
            raise OSError(errno.EIO, os.strerror(errno.EIO))


POINTS: list[tuple[Any, str]] = [
    (os, "fsync"), (os, "link"), (tempfile, "mkstemp"), (tempfile, "mkdtemp"), (shutil, "rmtree"), (Path, "mkdir"),
    (Path, "rename"), (Path, "replace"), (Path, "symlink_to"), (Path, "unlink"), (Sink, "write"),
]  # fmt: skip


@contextmanager
def on(disk: Disk) -> Iterator[Disk]:
    """Put `disk` between the warehouse and the real one."""

    def asking(real: Callable[..., Any], name: str) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            if name != "write" or not args[0].bytes:  # a file torn later is no other case
                disk.ask(name)
            if name == "fsync":
                return None  # slow, and of no effect on what the next run finds here
            return real(*args, **named)

        return asked

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in POINTS:
            patch.setattr(owner, name, asking(getattr(owner, name), name))
        yield disk


def site(folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("<h1>Bản tin</h1>", encoding="utf-8")


def night(root: LocalRoot, number: int, stories: list[Story]) -> None:
    with locks.writer(root, "nightly"):
        crawl(root, "abc", crawl_of(number), stories, pages_per_file=2)
        if not any(row["run_id"] == f"night{number}" for row in ledger.read(root)):
            ledger.record(root, {"run_id": f"night{number}", "portal": "abc", "stage": "portal"})
        publish(root, ["abc"], finish=site)
        release.recover(root)


def opened(folder: Path) -> LocalRoot:
    root = open_root(create=True, address=folder)
    assert isinstance(root, LocalRoot)
    return root


def digests(root: LocalRoot) -> dict[str, str]:
    now = release.current(root)
    assert now is not None
    return {entry["path"]: entry["sha256"] for entry in now.manifest["files"]}


def assert_whole(root: LocalRoot) -> None:
    """What a reader finds now is a whole release."""
    now = release.current(root)
    assert now is not None
    for entry in (*now.manifest["files"], *now.manifest["site"]):
        assert root.sha256(f"{now.path}/{entry['path']}") == entry["sha256"], entry["path"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> LocalRoot:
    root = opened(tmp_path_factory.mktemp("faults") / "data")
    with on(Disk()):
        night(root, 0, FIRST)
    return root


@pytest.fixture(scope="module")
def undisturbed(base: LocalRoot, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], int]:
    """The digests of a night without a fault, and how many points it has."""
    root = copied(base, tmp_path_factory.mktemp("faults") / "undisturbed")
    with on(Disk()) as disk:
        night(root, 1, SECOND)
    assert verify(root, fakes.DERIVE) == []
    return digests(root), disk.points


def copied(base: LocalRoot, folder: Path) -> LocalRoot:
    shutil.copytree(base.local, folder, symlinks=True)
    return opened(folder)


def disturbed(root: LocalRoot, at: int, fault: str) -> str | None:
    """Run the second night with a fault and say what met it; None when it ended before."""
    with on(Disk(at, fault)) as disk:
        told = pytest.raises(DataRootError, match="run the same command again")
        with suppress(Cut), told if fault == "full" else suppress(DataRootError):
            night(root, 1, SECOND)
    return disk.met


@pytest.mark.parametrize(
    ("fault", "step"),
    [
        ("cut", 2),
        ("full", 4),
        ("fails", 6),
        *(pytest.param(fault, 1, marks=pytest.mark.slow) for fault in ("cut", "full", "fails")),
    ],
)
def test_a_fault_at_any_point_of_a_night_changes_nothing_in_the_end(
    fault: str, step: int, base: LocalRoot, undisturbed: tuple[dict[str, str], int], tmp_path: Path
) -> None:
    wanted, points = undisturbed
    assert points > 100
    met = set()
    for at in range(1, points + 1, step):
        root = copied(base, tmp_path / f"{at}")
        what = disturbed(root, at, fault)
        assert_whole(root)
        met.add(what)
        with on(Disk()):
            night(opened(root.local), 1, SECOND)
        assert digests(root) == wanted, f"{fault} at point {at}, {what}"
        if not at // step % 6:
            assert verify(root, fakes.DERIVE) == [], f"{fault} at point {at}, {what}"
        shutil.rmtree(root.local)
    assert {"fsync", "write", "mkdir"} <= met
