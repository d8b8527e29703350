"""The ledger: one JSON row per portal, stage and run, in the order in which things ended.

    ledger/<YYYY-MM>/<UTC time>-<random>.json

A row is one small file, written once; adding one never touches another, so a kill or a power cut costs at most the row
being written. A file that cannot be read is left alone and named (`damaged`), and the rest is read.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from warehouse import ids
from warehouse.store import Root, join

FOLDER: Final = "ledger"
WHOLE: Final = "*"
"""Portal of a row that speaks of a run as a whole."""
_KEYS: Final = ("run_id", "portal", "stage")
_STAMP: Final = "%Y%m%dT%H%M%S%f"
_log: Final = logging.getLogger(__name__)


def record(root: Root, row: Mapping[str, Any]) -> str:
    """Add a row and return the path of its file. It needs `run_id`, `portal` (a slug or `*`) and `stage`; times may be
    `datetime`s and are kept in ISO form; `recorded_at` (UTC) is added."""
    missing = [key for key in _KEYS if not isinstance(row.get(key), str)]
    if missing:
        raise ValueError(f"a ledger row needs {', '.join(missing)}")
    ids.check_run(row["run_id"])
    if row["portal"] != WHOLE:
        ids.check_slug(row["portal"])
    now = datetime.now(UTC)
    moment = max(now, _last(root) + timedelta(microseconds=1))
    name = f"{moment:{_STAMP}}Z-{secrets.token_hex(4)}.json"
    path = join(FOLDER, f"{moment:%Y-%m}", name)
    whole = {**row, "recorded_at": now.isoformat()}
    root.write(path, (json.dumps(whole, default=_plain, sort_keys=True) + "\n").encode())
    return path


def read(root: Root) -> list[dict[str, Any]]:
    """Return all rows that can be read, oldest first."""
    return [row for _, row in _rows(root) if row is not None]


def damaged(root: Root) -> list[str]:
    """Return the paths of files that hold no row."""
    return [path for path, row in _rows(root) if row is None]


def _last(root: Root) -> datetime:
    """The time in the newest name: rows keep the order in which they were written when the clock is set back."""
    for month in reversed(root.names(FOLDER)):
        for name in reversed(root.names(join(FOLDER, month))):
            with suppress(ValueError):
                return datetime.strptime(name.partition("Z")[0], _STAMP).replace(tzinfo=UTC)
    return datetime.min.replace(tzinfo=UTC)


def _rows(root: Root) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for month in root.names(FOLDER):
        for name in root.names(join(FOLDER, month)):
            path = join(FOLDER, month, name)
            try:
                row = root.read_json(path)
            except (ValueError, OSError) as error:
                _log.warning("%s is passed over: %s", path, error)
                yield path, None
                continue
            whole = all(isinstance(row.get(key), str) for key in (*_KEYS, "recorded_at"))
            yield path, row if whole else None


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a ledger row")
