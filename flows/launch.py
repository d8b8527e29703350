"""Starts flows from the command line: readies Prefect, shows progress, prints what landed, returns the exit code."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

from click import echo

from flows import runs, server, settings
from flows.errors import known
from flows.progress import on_screen


def nightly(portals: Sequence[str], *, since: date | None, base_urls: Mapping[str, str], wait: int) -> int:
    """`tinhuy nightly`."""
    return _carry(lambda flows: flows.nightly, portals=list(portals) or None, since=since, base_urls=dict(base_urls),
                  wait_seconds=wait, checked=[*portals, *base_urls])  # fmt: skip


def backfill(portal: str, start: date, end: date, *, base_urls: Mapping[str, str], wait: int) -> int:
    """`tinhuy backfill`."""
    return _carry(lambda flows: flows.backfill, portal=portal, start=start, end=end, base_urls=dict(base_urls),
                  wait_seconds=wait, checked=[portal, *base_urls])  # fmt: skip


def rerun(run: str, portals: Sequence[str], *, base_urls: Mapping[str, str], wait: int) -> int:
    """`tinhuy rerun`."""
    return _carry(lambda flows: flows.rerun, of=run, portals=list(portals) or None, base_urls=dict(base_urls),
                  wait_seconds=wait, checked=[*portals, *base_urls], create=False)  # fmt: skip


def rebuild(portals: Sequence[str], *, wait: int) -> int:
    """`tinhuy rebuild`."""
    return _carry(lambda flows: flows.rebuild, portals=list(portals) or None, wait_seconds=wait, checked=portals,
                  create=False)  # fmt: skip


def ingest(portal: str, archives: Sequence[Path], *, wait: int) -> int:
    """`tinhuy ingest`."""
    files = [str(archive.absolute()) for archive in archives]
    return _carry(lambda flows: flows.ingest, portal=portal, archives=files, wait_seconds=wait, checked=[portal])


def demo(base_urls: Mapping[str, str]) -> int:
    """The flow of `tinhuy demo`."""
    return _carry(lambda flows: flows.demo, base_urls=dict(base_urls), checked=base_urls)


def _carry(choose: Callable[[Any], Any], *, checked: Collection[str], create: bool = True, **parameters: Any) -> int:
    """Run one flow; return 0 when its last state is green, 1 when it is red."""
    from warehouse import ledger
    from warehouse.store import open_root

    portals = settings.registered()
    for slug in checked:
        settings.portal_named(portals, slug)
    root = open_root(create=create, address=settings.data_root())
    begun = {row["run_id"] for row in ledger.read(root)}
    with ExitStack() as stack:
        stack.enter_context(_terminated_as_interrupted())
        stack.enter_context(on_screen())
        stack.enter_context(_prefect())
        import flows.nightly

        state = choose(flows.nightly)(**parameters, return_state=True)
        failure = state.result(raise_on_failure=False)
    if isinstance(failure, known()):
        raise failure
    rows = [row for row in ledger.read(root) if row["run_id"] not in begun]
    _print_run(rows)
    echo(f"{state.name.lower()}: {state.message}" if state.message else state.name.lower())
    return 0 if state.is_completed() else 1


@contextmanager
def _prefect() -> Iterator[None]:
    """Ready Prefect before it is imported: quiet, local, with a server for this run where none is configured."""
    settings.prefect_environment(settings.data_root())
    if settings.server_configured():
        yield
        return
    with server.running() as own:
        os.environ["PREFECT_API_URL"] = own.api
        from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        own.ready()
        # Heartbeats tell a lasting server of dead runs; this server ends with its run, and each would cost a second.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), _without_echo():
            yield


@contextmanager
def _without_echo() -> Iterator[None]:
    """Keep Prefect's log of failed runs to faults with a traceback; what a red portal has to say is said already."""

    def fault(record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return error is not None and not isinstance(error, known())

    loggers = [logging.getLogger(f"prefect.{name}") for name in ("flow_runs", "task_runs")]
    for logger in loggers:
        logger.addFilter(fault)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(fault)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: crawls are stopped, page files stay, the lock goes."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_run(rows: Sequence[Mapping[str, Any]]) -> None:
    from warehouse.export import as_text_table

    endings = list(runs.endings(rows).values())
    if endings:
        columns = ("portal", "state", "pages", "unchanged", "new_articles", "changed_articles", "figures", "rejects",
                   "seconds", "message")  # fmt: skip
        echo(as_text_table(columns, [[row.get(name) for name in columns] for row in endings], width=120), nl=False)
