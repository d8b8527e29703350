"""Settings of a run, all from the environment, and the environment that Prefect needs to stay on this machine.

`prefect_environment` must run before the first `import prefect` in a process: Prefect reads its settings once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows.errors import TinhuyError

if TYPE_CHECKING:
    from spiders.registry import Portal

DATA_ROOT: Final = "TINHUY_WAREHOUSE"
DEFAULT_ROOT: Final = "warehouse/data"
STATE_FOLDER: Final = ".prefect"
"""Inside a local data root: where Prefect keeps its own database when no server is configured."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How wide a night runs. Nothing here changes what the tables hold."""

    crawls: int
    """Portals crawled at once, each in a process of its own (`TINHUY_CRAWLS`)."""
    workers: int
    """Processes that turn packages into parts (`TINHUY_WORKERS`)."""
    dask: str | None
    """Scheduler of a Dask cluster that does the same work instead (`TINHUY_DASK`, `tcp://host:port`)."""
    registry: Path | None
    """Folder of portal files instead of the bundled ones (`TINHUY_PORTALS`)."""
    site_url: str | None
    """Where the report is served, for links in Prefect (`TINHUY_SITE_URL`)."""


def load() -> Settings:
    """Read the settings; TinhuyError names the variable that is wrong."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    registry = os.environ.get("TINHUY_PORTALS")
    dask = os.environ.get("TINHUY_DASK")
    if dask and not dask.startswith(("tcp://", "tls://", "ucx://", "ws://", "wss://")):
        raise TinhuyError(
            f"TINHUY_DASK={dask!r} is not the address of a Dask scheduler", "Write it as tcp://host:8786."
        )
    return Settings(
        crawls=_count("TINHUY_CRAWLS", max(4, 2 * cores)),
        workers=_count("TINHUY_WORKERS", cores),
        dask=dask or None,
        registry=Path(registry) if registry else None,
        site_url=os.environ.get("TINHUY_SITE_URL") or None,
    )


def registered() -> dict[str, Portal]:
    """The portals, from the bundled records or those of `TINHUY_PORTALS`; RegistryError names file, key and reason."""
    from spiders import registry

    return registry.load(load().registry)


def portal_named(portals: Mapping[str, Portal], slug: str) -> Portal:
    """Return a portal's record; TinhuyError names the nearest slugs when there is none."""
    if slug in portals:
        return portals[slug]
    near = get_close_matches(slug, portals, 3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`tinhuy portals` lists them."
    raise TinhuyError(f"there is no portal {slug!r}", hint)


def data_root() -> str:
    """The data root as given: a path or an `s3://` address."""
    return os.environ.get(DATA_ROOT) or DEFAULT_ROOT


def prefect_environment(root: str) -> None:
    """Make Prefect quiet and local, unless the environment says otherwise.

    Telemetry is off either way: a night asks no host but portals. Where no server is configured, Prefect's own files
    (its database with the history of flow runs) lie in the data root; in its own home when that is an object store.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    # On a busy machine SQLite may wait longer for its lock than the 5 s that Prefect gives it.
    os.environ.setdefault("PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT", "60")
    os.environ.setdefault("PREFECT_SERVER_DATABASE_TIMEOUT", "60")
    os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    if not server_configured() and "PREFECT_HOME" not in os.environ and "://" not in root:
        os.environ["PREFECT_HOME"] = str(Path(root).absolute() / STATE_FOLDER)


def server_configured() -> bool:
    """Whether the environment or a Prefect profile of this user names a server."""
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    return "PREFECT_API_URL" in os.environ or (home / "profiles.toml").is_file()


def _count(name: str, default: int) -> int:
    text = os.environ.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1024:
        raise TinhuyError(f"{name}={text!r} is not a number from 1 to 1024", f"Unset {name} or give it a whole number.")
    return int(text)
