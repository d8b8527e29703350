"""Locks and the ledger: one writer at a time, none left behind by a kill, rows that survive a torn neighbour."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse import ids, ledger, locks
from warehouse.locks import LockHeld
from warehouse.store import DataRootError, Root, open_root

HOLD = """
import sys, time
from warehouse import locks
from warehouse.store import open_root
with locks.writer(open_root(address=sys.argv[1]), "20261122T183000Z-nightly"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return open_root(create=True, address=tmp_path / "data")


def holder(root: Root, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, root.address, str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def second_writer(root: Root) -> subprocess.CompletedProcess[str]:
    """Another process that asks for the lock."""
    argv = [sys.executable, "-c", HOLD, root.address, "0"]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


def test_the_second_run_is_told_who_holds_the_lock(root: Root) -> None:
    process = holder(root, 60)
    try:
        assert locks.busy(root)
        words = rf"20261122T183000Z-nightly, pid {process.pid} on .* since 20.*kill {process.pid}"
        with pytest.raises(LockHeld, match=words), locks.writer(root, "second"):
            pass
    finally:
        process.kill()
        process.wait()
    with locks.writer(root, "third"):  # a killed holder blocks nobody
        pass
    assert not locks.busy(root)


def test_the_second_run_may_wait(root: Root) -> None:
    process = holder(root, 1.0)
    with locks.writer(root, "second", wait=30):
        assert process.wait(10) == 0


def test_a_forked_worker_that_outlives_its_run_holds_nothing(root: Root) -> None:
    code = HOLD.replace(
        'print("held", flush=True)', 'import os\n    if os.fork() == 0:\n        print("held", flush=True)'
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, root.address, "60"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        os.kill(process.pid, signal.SIGKILL)  # the parent only
        process.wait()
        with locks.writer(root, "second"):
            pass
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()


def test_inside_a_night_its_own_steps_take_part(root: Root) -> None:
    with locks.writer(root, "night"):
        with locks.writer(root, "publish"):
            assert not locks.busy(root)
        thread_ran = threading.Event()

        def step() -> None:
            with locks.writer(root, "step in a thread"):
                thread_ran.set()

        thread = threading.Thread(target=step)
        thread.start()
        thread.join()
        assert thread_ran.is_set()
        process = subprocess.run(
            [sys.executable, "-c", HOLD, root.address, "0"], capture_output=True, text=True, check=False
        )
        assert process.returncode == 1
        assert "another run is writing" in process.stderr


def test_a_root_that_may_only_be_read_has_no_writer(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks.os, "open", refuse)
    assert not locks.busy(root)
    with pytest.raises(DataRootError, match="cannot be written to"), locks.writer(root, "night"):
        pass


def test_a_lock_whose_holder_is_dead_is_free_whatever_its_file_says(root: Root) -> None:
    """A killed run's note stays; its pid may by now be another process, here this very one."""
    note = {"pid": os.getpid(), "host": "here", "since": "2026-01-01T00:00:00+00:00", "purpose": "nightly"}
    root.write("locks/writer.lock", json.dumps(note).encode())
    assert not locks.busy(root)
    with locks.writer(root, "night"):
        assert json.loads(root.read("locks/writer.lock"))["purpose"] == "night"
    assert root.read("locks/writer.lock") == b""


def test_a_full_disk_costs_the_note_of_a_lock_and_not_the_lock(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(locks.os, "pwrite", full)
        with locks.writer(root, "night"):
            done = second_writer(root)
            assert done.returncode == 1
            assert "wait until it has ended" in done.stderr
    with locks.writer(root, "night again"):
        pass


def test_the_lock_of_an_object_store_does_not_follow_a_link(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "lock").symlink_to(precious)
    monkeypatch.setattr(locks, "_lock_file", lambda root, name: str(tmp_path / "lock"))
    with pytest.raises(DataRootError), locks.writer(root, "night"):
        pass
    assert precious.read_text() == "mine"


def test_ledger_rows_keep_their_order_when_the_clock_is_set_back(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        moment = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)

        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return cls.moment

    monkeypatch.setattr(ledger, "datetime", Clock)
    moments = [Clock.moment, Clock.moment, datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)]
    for i, moment in enumerate(moments):
        monkeypatch.setattr(Clock, "moment", moment)
        ledger.record(root, {"run_id": f"r{i}", "portal": "*", "stage": "plan"})
    assert [row["run_id"] for row in ledger.read(root)] == ["r0", "r1", "r2", "r3"]
    assert [row["recorded_at"] for row in ledger.read(root)] == [moment.isoformat() for moment in moments]


def test_ledger_rows_in_order(root: Root) -> None:
    rows = [
        {
            "run_id": "20261122T183000Z-nightly",
            "portal": portal,
            "stage": stage,
            "pages": i,
            "at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        for i, (portal, stage) in enumerate([("*", "plan"), ("abc", "portal"), ("abc", "portal"), ("*", "publish")])
    ]
    for row in rows:
        ledger.record(root, row)
    assert [row["pages"] for row in ledger.read(root)] == [0, 1, 2, 3]
    assert ledger.read(root)[0]["at"] == "2026-01-01T00:00:00+00:00"


def test_torn_ledger_files_cost_only_themselves(root: Root) -> None:
    path = ledger.record(root, {"run_id": "r1", "portal": "*", "stage": "plan"})
    month = Path(root.address) / path
    (month.parent / "00000101T000000000000Z-torn.json").write_text('{"run_id": "r0", "por')
    (month.parent / "00000102T000000000000Z-list.json").write_text("[1]")
    (month.parent / "00000103T000000000000Z-bytes.json").write_bytes(b"\xff\xfe\x00")
    (month.parent / "00000104T000000000000Z-other.json").write_text('{"a": 1}')
    (month.parent / "_tmp-x.json").write_text("{")
    assert [row["run_id"] for row in ledger.read(root)] == ["r1"]
    assert len(ledger.damaged(root)) == 4


@pytest.mark.parametrize(
    "row",
    [
        {"run_id": "r1", "portal": "abc"},
        {"run_id": "../r1", "portal": "abc", "stage": "plan"},
        {"run_id": "r1", "portal": "../abc", "stage": "plan"},
        {"run_id": "r1", "portal": None, "stage": "plan"},
    ],
)
def test_wrong_ledger_rows_are_refused(root: Root, row: dict[str, object]) -> None:
    with pytest.raises((ValueError, ids.BadName)):
        ledger.record(root, row)
    assert ledger.read(root) == []
