"""A Prefect server for the length of one run, where none is configured.

Prefect starts one itself when it has to, but leaves it running when the run is killed. This one watches its parent and
ends with it. `python -m flows.server --port N` is the server; `running` starts and stops it.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Final

from flows.errors import TinhuyError

PATIENCE: Final = 180.0
"""Seconds; a first start makes its database, which takes 20 s on two busy cores."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is starting."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def api(self) -> str:
        """Address of its API."""
        return f"http://127.0.0.1:{self.port}/api"

    def ready(self) -> None:
        """Return when it answers; TinhuyError when it does not."""
        _await(self.process, self.port)


@contextmanager
def running() -> Iterator[Server]:
    """Start a server on a free loopback port; end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "flows.server", "--port", str(port), "--parent", str(os.getpid())],
        env={**os.environ, **quiet},
        stdin=subprocess.DEVNULL,
    )
    try:
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise TinhuyError(
                f"Prefect's server for this run ended at once (exit code {process.returncode})",
                "What it said stands above. Set PREFECT_API_URL to use a server of yours.",
            )
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/api/health")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise TinhuyError(f"Prefect's server for this run did not answer in {PATIENCE:.0f} s", "Is the machine very busy?")


def _serve(port: int, parent: int) -> None:
    import uvicorn
    from prefect.server.api.server import create_app

    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    uvicorn.run(create_app, factory=True, host="127.0.0.1", port=port, log_level="error", lifespan="on")


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--parent", type=int, required=True)
    told = parser.parse_args()
    _serve(told.port, told.parent)
