"""What `python -m tests.kill` and the short form in the test suite run."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil

from tests import warehouse_fakes as fakes
from tests.kill import store_night
from warehouse import release
from warehouse.checks import verify
from warehouse.release import Derivers
from warehouse.store import Root, open_root

PATIENCE = 300.0
"""Seconds that an undisturbed run may take before it counts as hung."""


class Night(Protocol):
    """A command that fills a data root, and how to compare what it filled."""

    derive: Derivers

    def prepare(self, root: Path) -> None:
        """Make the data root as it is before the night."""

    def command(self, root: Path) -> tuple[list[str], Mapping[str, str]]:
        """Return the command and what it adds to the environment."""

    def digests(self, root: Root) -> dict[str, str]:
        """Return table to digest of its content."""

    def close(self) -> None:
        """Stop what serves the night."""


class StoreNight:
    """The warehouse alone; see `store_night`."""

    derive = fakes.DERIVE

    def __init__(self) -> None:
        self._base = Path(tempfile.mkdtemp(prefix="tinhuy-kill-"))
        store_night.night(open_root(create=True, address=self._base / "data"), 0, pause=0.0)

    def prepare(self, root: Path) -> None:
        shutil.copytree(self._base / "data", root, symlinks=True)

    def command(self, root: Path) -> tuple[list[str], Mapping[str, str]]:
        return [sys.executable, "-m", "tests.kill.store_night", str(root)], {}

    def digests(self, root: Root) -> dict[str, str]:
        now = release.current(root)
        assert now is not None
        return {entry["path"]: entry["sha256"] for entry in now.manifest["files"]}

    def close(self) -> None:
        shutil.rmtree(self._base)


class RealNight:
    """`tinhuy nightly` on two of the bundled sample portals, served here on loopback."""

    PORTALS = ("baovungcao", "danvandatviet")
    CLOCK = frozenset(
        {"package", "fetched_at", "first_fetched_at", "last_good_at", "failing_since", "reject_id", "published_before"}
    )
    """Columns that the time of fetching enters."""

    def __init__(self) -> None:
        from flows.demo import site
        from flows.derive import DERIVERS

        self.derive = DERIVERS
        self._home = Path(tempfile.mkdtemp(prefix="tinhuy-kill-"))
        self._stack = ExitStack()
        self._served = self._stack.enter_context(site.serve())

    def prepare(self, root: Path) -> None:
        open_root(create=True, address=root)

    def command(self, root: Path) -> tuple[list[str], Mapping[str, str]]:
        import flows.demo

        argv = [sys.executable, "-m", "flows.cli", "nightly", *self.PORTALS]
        for portal in self.PORTALS:
            argv += ["--base-url", f"{portal}={self._served[portal]}"]
        portals = Path(str(flows.demo.__file__)).parent / "portals"
        return argv, {"TINHUY_WAREHOUSE": str(root), "TINHUY_PORTALS": str(portals), "PREFECT_HOME": str(self._home)}

    def digests(self, root: Root) -> dict[str, str]:
        now = release.current(root)
        assert now is not None
        found = {}
        for name in now.counts():
            if name != "runs":
                rows = ({k: v for k, v in row.items() if k not in self.CLOCK} for row in now.tables().rows(name))
                lines = sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
                found[name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        return found

    def close(self) -> None:
        self._stack.close()
        shutil.rmtree(self._home)


NIGHTS: dict[str, Callable[[], Night]] = {"store": StoreNight, "real": RealNight}


@dataclass
class Round:
    """How one round went."""

    kills: list[str] = field(default_factory=list)
    """Seconds and victim of each."""
    seconds: float = 0.0
    reads: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = "; ".join(self.kills) or "ended before the kill"
        return f"{'FAILED' if self.faults else 'holds'}  {self.seconds:6.1f} s  {told}" + "".join(
            f"\n      {fault}" for fault in self.faults
        )


class Reader(threading.Thread):
    """Polls the pointer as a reader does and notes every release that is not whole."""

    def __init__(self, root: Path) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._ended = threading.Event()
        self.reads = 0
        self.faults: list[str] = []

    def run(self) -> None:
        while not self._ended.wait(0.01):
            link = self._root / "current"
            try:
                target = self._root / link.readlink()
            except FileNotFoundError:
                continue  # before the first release
            self.reads += 1
            try:
                manifest = json.loads((target / "release.json").read_bytes())
                for entry in manifest["files"]:
                    if (target / entry["path"]).stat().st_size != entry["bytes"]:
                        self.faults.append(f"{target.name}/{entry['path']} is torn")
            except (OSError, ValueError, KeyError) as error:
                self.faults.append(f"half a release was visible: {error!r}")

    def stop(self) -> None:
        """End the polling."""
        self._ended.set()
        self.join()


def rounds(night: Night, count: int, seed: int) -> Iterator[Round]:
    """Run `count` rounds and yield each when it has ended."""
    chance = random.Random(seed)  # noqa: S311
    try:
        with tempfile.TemporaryDirectory(prefix="tinhuy-kill-") as folder:
            whole = Path(folder, "undisturbed")
            night.prepare(whole)
            began = time.monotonic()
            _to_its_end(night, whole)
            length = time.monotonic() - began
            wanted = night.digests(open_root(address=whole))
            for number in range(count):
                root = Path(folder, f"round{number}")
                night.prepare(root)
                yield _round(night, root, wanted, length, chance)
                shutil.rmtree(root)
    finally:
        night.close()


def _round(night: Night, root: Path, wanted: Mapping[str, str], length: float, chance: random.Random) -> Round:
    told = Round()
    began = time.monotonic()
    reader = Reader(root)
    reader.start()
    for _ in range(1 + (chance.random() < 0.4)):
        kill = _killed(night, root, chance.uniform(0.02, 1.0) * length, chance)
        if kill is not None:
            told.kills.append(kill)
    try:
        _to_its_end(night, root)
        data = open_root(address=root)
        found = night.digests(data)
        told.faults += [f"{name} differs" for name in sorted({*wanted, *found}) if wanted.get(name) != found.get(name)]
        told.faults += [str(problem) for problem in verify(data, night.derive)]
    except (AssertionError, RuntimeError) as error:
        told.faults.append(str(error))
    reader.stop()
    told.faults += sorted(set(reader.faults))
    told.reads = reader.reads
    told.seconds = time.monotonic() - began
    return told


def _start(night: Night, root: Path) -> subprocess.Popen[bytes]:
    argv, environment = night.command(root)
    with Path(f"{root}.log").open("ab") as log:
        return subprocess.Popen(
            argv, env={**os.environ, **environment}, stdout=log, stderr=log, start_new_session=True,
            cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip


def _killed(night: Night, root: Path, after: float, chance: random.Random) -> str | None:
    """Start the night and kill something of it after a while; None when it ended before."""
    process = _start(night, root)
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
        return None
    victim = chance.choice(("all", "all", "first", "child"))
    if victim == "child":
        children = psutil.Process(process.pid).children(recursive=True)
        if children:
            child = chance.choice(children)
            with suppress(psutil.NoSuchProcess):
                child.kill()
            # The night may go on without it, tell of a failed portal, or end; both are its good right.
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return f"{after:.2f} s one child: the night hung"
            return f"{after:.2f} s one child"
        victim = "first"
    if victim == "all":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
    return f"{after:.2f} s {victim}"


def _to_its_end(night: Night, root: Path) -> None:
    process = _start(night, root)
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise RuntimeError(f"the night did not end in {PATIENCE:.0f} s\n{_log(root)}") from None
    if code != 0:
        raise RuntimeError(f"the night ended with {code}\n{_log(root)}")


def _log(root: Path) -> str:
    return Path(f"{root}.log").read_text(errors="replace")[-2000:]
