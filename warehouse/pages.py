"""One fetched page, as it lies in a raw package and as the transforms take it.

A `RawPage` is verbatim: the bytes as they came after content decoding, and everything that is known of how they
came. Addresses are always those of the portal's real host, wherever the bytes were fetched from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

KINDS: Final = ("article", "listing", "feed", "sitemap", "api", "robots", "other")

SCHEMA: Final = pa.schema(
    [
        pa.field("position", pa.int64(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("requested_url", pa.string(), nullable=False),
        pa.field("final_url", pa.string(), nullable=False),
        pa.field("status", pa.int32(), nullable=False),
        pa.field("error", pa.string()),
        pa.field("headers", pa.string(), nullable=False),
        pa.field("body", pa.binary()),
        pa.field("sha256", pa.string()),
        pa.field("fetched_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("hints", pa.string(), nullable=False),
        pa.field("flags", pa.list_(pa.string()), nullable=False),
    ]
)
"""Columns of `raw/<portal>/<crawl>/pages-NNNNN.parquet`; `headers` and `hints` are JSON objects."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """One answer of a portal (or the failure to get one)."""

    portal: str
    crawl: str
    position: int
    """Order of arrival in the crawl, from 0."""
    kind: str
    """One of `KINDS`."""
    url: str
    """Canonical address: what identity hangs on."""
    requested_url: str
    """Address asked for, on the real host."""
    final_url: str
    """Address that answered after redirects, on the real host."""
    status: int
    """HTTP status; 304 is a known page that has not changed (no body), 0 is no answer at all."""
    fetched_at: datetime
    """UTC."""
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Answer headers, names in lower case."""
    error: str | None = None
    """Class of the failure (`contracts.FAILURE_CLASSES`), null when the page came."""
    sha256: str | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)
    """What listing, feed, sitemap or API said of the page; see `docs/architecture.md`."""
    flags: tuple[str, ...] = ()
