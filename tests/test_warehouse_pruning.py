"""Pruning: what goes, what never does, and that a kill or a reader in the middle of it harms nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import warehouse_fakes as fakes
from tests.warehouse_fakes import Story, crawl, crawl_of, page_of, publish
from warehouse import locks, pruning, raw, release, store
from warehouse.checks import verify
from warehouse.raw import PackageWriter
from warehouse.store import LocalRoot, open_root

DIGESTS = {"abc": fakes.DIGEST}
NIGHTS = 5


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.os, "fsync", lambda handle: None)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalRoot:
    """Five nights, each with a release; none of them young."""
    made = open_root(create=True, address=tmp_path / "data")
    assert isinstance(made, LocalRoot)
    for number in range(NIGHTS):
        crawl(made, "abc", crawl_of(number), [Story(number, day=date(2020 + number, 1, 1))])
        assert publish(made, ["abc"]) is not None
    monkeypatch.setattr(pruning, "GRACE", timedelta(0))
    monkeypatch.setattr(pruning, "_made", lambda one: one.created_at - timedelta(days=1))
    return made


def names(root: LocalRoot) -> list[str]:
    return [one.id for one in release.releases(root)]


def files(root: LocalRoot, folder: str) -> dict[str, bytes]:
    base = root.path(folder)
    return {path.relative_to(base).as_posix(): path.read_bytes() for path in base.rglob("*") if path.is_file()}


def test_the_newest_stay_and_all_promises_hold(root: LocalRoot) -> None:
    before, truth = names(root), files(root, "raw")
    told = pruning.prune(root, 2, DIGESTS, dry_run=True)
    assert names(root) == before
    assert [one.path for one in told.removals] == [f"releases/{name}" for name in before[:3]]
    assert told.bytes > 0
    size = sum(len(content) for content in files(root, "releases").values())
    assert pruning.prune(root, 2, DIGESTS) == told
    assert names(root) == before[3:]
    assert files(root, "raw") == truth
    assert size - sum(len(content) for content in files(root, "releases").values()) >= told.bytes
    assert verify(root, fakes.DERIVE) == []
    assert pruning.prune(root, 2, DIGESTS).removals == ()
    crawl(root, "abc", crawl_of(9), [Story(9)])
    assert publish(root, ["abc"]) is not None
    assert verify(root, fakes.DERIVE) == []


def test_the_current_release_and_those_withdrawn_stay(root: LocalRoot) -> None:
    every = names(root)
    release.rollback(root, every[1])
    pruning.prune(root, 1, DIGESTS)
    assert names(root) == every[1:]
    assert publish(root, ["abc"]) is None, "what was withdrawn came back"


def test_a_release_that_readers_may_still_read_stays(root: LocalRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    every = names(root)
    monkeypatch.undo()
    pruning.prune(root, 1, DIGESTS)
    assert names(root) == every, "the newest of them is seconds old"


def test_parts_of_older_code_go_and_those_in_use_stay(root: LocalRoot) -> None:
    newer = "f" * 16
    for package in fakes.packages(root):
        fakes.transform(package, newer)
    assert pruning.prune(root, 9, {"abc": newer}).removals == (), "the current release was made from the others"
    publish(root, ["abc"], digest=newer, fresh=True)
    crawl(root, "abc", crawl_of(9), [Story(9)])
    publish(root, ["abc"], digest=newer)
    gone = pruning.prune(root, 9, {"abc": newer})
    assert [one.path for one in gone.removals] == [f"parts/abc/{crawl_of(n)}-{fakes.DIGEST}" for n in range(NIGHTS)]
    assert verify(root, fakes.DERIVE) == []
    # A portal without a record any more keeps what the release was made from.
    assert pruning.prune(root, 9, {}).removals == ()


def test_what_a_killed_run_left_goes_and_an_unsealed_package_stays(root: LocalRoot) -> None:
    writer = PackageWriter(root, "abc", crawl_of(8), command="nightly", pages_per_file=1)
    writer.add(page_of("abc", crawl_of(8), 0, Story(8)))
    writer.close()
    left = ["_tmp-a", "releases/_tmp-b/x", f"parts/abc/_tmp-c/{'y'}", f"raw/abc/{crawl_of(0)}/_tmpd", "ledger/_tmpe"]
    for path in left:
        root.path(path).parent.mkdir(parents=True, exist_ok=True)
        root.path(path).write_bytes(b"half")
    gone = {one.path for one in pruning.prune(root, 9, DIGESTS).removals}
    assert gone == {"_tmp-a", "releases/_tmp-b", "parts/abc/_tmp-c", f"raw/abc/{crawl_of(0)}/_tmpd", "ledger/_tmpe"}
    (unsealed,) = [one for one in raw.packages(root, sealed=False) if not one.sealed]
    assert len(list(unsealed.pages())) == 1
    assert verify(root, fakes.DERIVE) == []


def test_a_kill_half_way_leaves_only_whole_things(root: LocalRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    every = names(root)

    def cut(folder: Path) -> None:
        next(path for path in folder.rglob("*") if path.is_file()).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store.shutil, "rmtree", cut)
        with pytest.raises(KeyboardInterrupt):
            pruning.prune(root, 2, DIGESTS)
    assert names(root) == every[1:]
    assert {problem.message for problem in verify(root, fakes.DERIVE)} == {"is left from a run that was killed"}
    pruning.prune(root, 2, DIGESTS)
    assert names(root) == every[3:]
    assert verify(root, fakes.DERIVE) == []


def test_a_run_at_work_is_left_alone(root: LocalRoot) -> None:
    holder = (
        "import sys\nfrom warehouse import locks\nfrom warehouse.store import open_root\n"
        "with locks.writer(open_root(address=sys.argv[1]), 'nightly'):\n    print('held', flush=True)\n    input()\n"
    )
    argv = [sys.executable, "-c", holder, str(root)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(locks.LockHeld, match="nightly"):
            pruning.prune(root, 1, DIGESTS)
        other.communicate("\n")
    assert len(names(root)) == NIGHTS


def test_at_least_one_stays(root: LocalRoot) -> None:
    with pytest.raises(ValueError, match="at least one"):
        pruning.prune(root, 0, DIGESTS)
