"""What a run says while it works: a live table on a terminal, one plain or JSON line per event elsewhere.

The flow calls `say`; where that goes is decided by whoever started it (`to`). A Prefect worker that starts the flow
itself gets the default, the run's own log in Prefect. Every event carries run and portal.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

if TYPE_CHECKING:
    from rich.live import Live

ENDS: Final = ("ok", "degraded", "failed", "closed", "done")


class Progress(Protocol):
    """Takes events; must be safe to call from several threads."""

    def event(self, run: str, portal: str | None, stage: str, message: str, **numbers: Any) -> None:
        """Take one event; `portal` is None for the run as a whole."""


class Plain:
    """One line per event, for logs and pipes; one JSON object per line with `TINHUY_LOG=json`."""

    def __init__(self, stream: TextIO | None = None, as_json: bool | None = None) -> None:
        self._stream = stream or sys.stderr
        self._json = os.environ.get("TINHUY_LOG") == "json" if as_json is None else as_json
        self._lock = threading.Lock()

    def event(self, run: str, portal: str | None, stage: str, message: str, **numbers: Any) -> None:
        """Print the event."""
        if self._json:
            row = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "run": run, "portal": portal,
                   "stage": stage, "message": message, **numbers}  # fmt: skip
            line = json.dumps(row, ensure_ascii=False, default=str)
        else:
            line = f"{portal or run}: {stage}: {message}" if message else f"{portal or run}: {stage}"
        with self._lock:
            print(line, file=self._stream, flush=True)


class Terminal:
    """A table of portals that follows the run."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __enter__(self) -> Terminal:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(get_renderable=self._table, console=Console(stderr=True), refresh_per_second=4)
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def event(self, run: str, portal: str | None, stage: str, message: str, **numbers: Any) -> None:
        """Show the event in its portal's row."""
        with self._lock:
            self._rows[portal or run] = (stage, message)

    def _table(self) -> Any:
        from rich.markup import escape
        from rich.spinner import Spinner
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False)
        colours = {"ok": "green", "done": "green", "degraded": "yellow", "failed": "red", "closed": "dim"}
        with self._lock:
            rows = list(self._rows.items())
        for name, (stage, message) in rows:
            mark: Any = f"[{colours[stage]}]●[/]" if stage in ENDS else Spinner("dots")
            table.add_row(mark, escape(name), stage, escape(message))
        return table


class PrefectLog:
    """The log of the flow run, for runs that a worker starts."""

    def event(self, run: str, portal: str | None, stage: str, message: str, **numbers: Any) -> None:
        """Log the event with its run and portal."""
        from prefect.exceptions import MissingContextError
        from prefect.logging import get_run_logger

        try:
            logger: Any = get_run_logger()
        except MissingContextError:
            from prefect.logging import get_logger

            logger = get_logger("tinhuy")
        bad = stage in ("failed", "degraded")
        logger.log(30 if bad else 20, "run=%s portal=%s stage=%s %s", run, portal or "-", stage, message)


_CURRENT: ContextVar[Progress] = ContextVar("progress", default=PrefectLog())  # noqa: B039 - it holds no state


def say(run: str, portal: str | None, stage: str, message: str = "", **numbers: Any) -> None:
    """Tell whoever watches this run what just happened."""
    _CURRENT.get().event(run, portal, stage, message, **numbers)


@contextmanager
def to(progress: Progress) -> Iterator[Progress]:
    """Send events to `progress` inside this context (and the threads that copy it)."""
    token = _CURRENT.set(progress)
    try:
        yield progress
    finally:
        _CURRENT.reset(token)


@contextmanager
def on_screen() -> Iterator[Progress]:
    """A live table when standard error is a terminal, else plain lines."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and os.environ.get("TINHUY_LOG") != "json":
        with Terminal() as terminal, to(terminal):
            yield terminal
    else:
        with to(Plain()) as plain:
            yield plain
