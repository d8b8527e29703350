"""Locks: one run writes to a data root at a time, and one crawl to a portal's packages.

A lock is the operating system's own (a POSIX record lock on a file under `locks/`): it ends with the process that
holds it, however that ends, so a killed run never blocks the next. Record locks belong to one process and are not
inherited by its workers; an orphaned worker therefore holds nothing. The file's content only says who holds the lock.

An object store has no such lock. There the lock is kept on this machine (in its temporary folder, by the address of
the root): two runs on one machine exclude each other, two machines do not; give the schedule a concurrency limit of 1.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from warehouse import ids
from warehouse.store import DataRootError, Root, mend

FOLDER: Final = "locks"
_POLL: Final = 0.2
_LOOK: Final = 0.5
"""Least time to try for, in seconds: `busy` holds a lock for a moment to see whether it is free."""
_guard: Final = threading.Lock()
_held: Final[dict[str, tuple[int, int]]] = {}
"""Lock file to (file descriptor, process): record locks do not part the threads of one process."""


class LockHeld(Exception):
    """Another run holds the lock; the message says which and since when."""


class Lock:
    """One named lock; `acquire` and `release`, or as the context of `writer`."""

    def __init__(self, root: Root, name: str) -> None:
        self._path = _lock_file(root, name)
        self._root = root
        self._name = name
        self._mine = False

    def acquire(self, purpose: str, wait: float = 0.0) -> None:
        """Take the lock, waiting up to `wait` seconds; LockHeld names who has it, with pid, host and time."""
        deadline = time.monotonic() + max(wait, _LOOK)
        while not self._try(purpose):
            if time.monotonic() >= deadline:
                raise LockHeld(self._held_by())
            time.sleep(min(_POLL, max(0.01, deadline - time.monotonic())))
        self._mine = True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held through this object."""
        if not self._mine:
            return
        self._mine = False
        with _guard:
            handle, _ = _held.pop(self._path)
            with suppress(OSError):
                os.ftruncate(handle, 0)
            os.close(handle)

    def held_here(self) -> bool:
        """Say whether this process holds the lock."""
        with _guard:
            return self._path in _held and _held[self._path][1] == os.getpid()

    def _try(self, purpose: str) -> bool:
        with _guard:
            if self._path in _held and _held[self._path][1] == os.getpid():
                return False
            try:
                Path(self._path).parent.mkdir(parents=True, exist_ok=True)
                # The lock of an object store lies where others may put links.
                handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
            except OSError as error:
                raise DataRootError(f"{self._root} cannot be written to: {error}; {mend(error)}") from error
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(handle)
                if error.errno in (errno.EACCES, errno.EAGAIN):
                    return False
                raise
            note = {
                "pid": os.getpid(),
                "host": socket.gethostname(),
                "since": datetime.now(UTC).isoformat(timespec="seconds"),
                "purpose": purpose,
            }
            _held[self._path] = (handle, os.getpid())
            with suppress(OSError):  # a full disk: the lock holds all the same, only its holder stays unnamed
                os.ftruncate(handle, 0)
                os.pwrite(handle, json.dumps(note).encode(), 0)
            return True

    def _held_by(self) -> str:
        what = f"another run is writing to {self._root}" if self._name == "writer" else f"{self._name} is being crawled"
        with _guard:
            # Closing any descriptor of a file drops this process's record lock on it: never open what is held here.
            if self._path in _held and _held[self._path][1] == os.getpid():
                return f"{what} in this process (pid {os.getpid()}); wait until it has ended"
        try:
            note = json.loads(Path(self._path).read_text())
            return (
                f"{what}: {note['purpose']}, pid {note['pid']} on {note['host']} since {note['since']}; "
                f"wait until it has ended, or stop it (`kill {note['pid']}`) and run the same command again"
            )
        except (OSError, ValueError, KeyError, TypeError):
            return f"{what}; wait until it has ended and run the same command again"


@contextmanager
def writer(root: Root, purpose: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the root's writer lock: a whole night holds it, and what the night calls in its process takes part in it.

    LockHeld when another process still holds it after `wait` seconds.
    """
    lock = Lock(root, "writer")
    if lock.held_here():
        yield
        return
    lock.acquire(purpose, wait)
    try:
        yield
    finally:
        lock.release()


def busy(root: Root) -> bool:
    """Say whether another process holds the root's writer lock."""
    lock = Lock(root, "writer")
    if lock.held_here():
        return False
    try:
        lock.acquire("look")
    except LockHeld:
        return True
    except DataRootError:
        return False  # nobody writes through a root that we may only read
    lock.release()
    return False


def portal_lock(root: Root, portal: str) -> Lock:
    """Return the lock on a portal's raw packages."""
    return Lock(root, ids.check_slug(portal))


def _lock_file(root: Root, name: str) -> str:
    file = f"{'' if name == 'writer' else 'portal-'}{name}.lock"
    if root.local is not None:
        return str(root.fs_path(f"{FOLDER}/{file}"))
    key = hashlib.sha256(root.address.encode()).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"tinhuy-{os.getuid()}-{key}-{file}")
