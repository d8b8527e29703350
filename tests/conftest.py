"""Fixtures shared by every test: stand-in portals on loopback, and a lock on the way out.

`tests/` itself is on the path, so `from standin import …` works in every test file.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"
"""Test material beside the checkout; tests that want it skip where it is absent."""
for folder in (REPOSITORY / "tests", REPOSITORY):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from standin import Log, Served, Site, load_sites, serve  # noqa: E402

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


class OutsideWorld(AssertionError):
    """A test tried to reach something that is not this machine."""


def _checked(address: Any) -> None:
    if not isinstance(address, tuple):
        return  # a Unix socket
    host = str(address[0]).partition("%")[0]
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = host == "localhost"
    if not inside:
        raise OutsideWorld(f"a test tried to connect to {address}")


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """No test of this process connects beyond loopback."""

    def connect(self: socket.socket, address: Any) -> None:
        _checked(address)
        _connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _checked(address)
        return _connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        yield


@pytest.fixture
def serving() -> Iterator[Callable[..., Served]]:
    """Return a function that serves sites (`serving(site, …, log=Log())`) until the test ends."""
    running: list[Served] = []

    def start(*sites: Site, log: Log | None = None, port: int = 0) -> Served:
        served = serve(list(sites), port, log)
        running.append(served)
        return served

    yield start
    for served in running:
        served.close()


@pytest.fixture(scope="session")
def sample_portals() -> Iterator[Served]:
    """Serve the bundled sample portals for the whole session; nobody may change them."""
    with serve(load_sites()) as served:
        yield served


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared test material; skips where there is none."""
    if not SHARED.is_dir():
        pytest.skip("no shared test material beside the checkout")
    return SHARED
