"""Names and identities: portal slugs, crawl ids, and the hashes that rows are known by.

Identity comes from the source: an id is a hash of portal and canonical address (and of what stands where in the
text), never of a clock or a counter. Slugs and crawl ids become folder names, so both are held to a strict pattern
that leaves no room for separators, dots or letters that differ only by case.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Final

COMMANDS: Final = ("nightly", "backfill", "rerun", "rebuild", "ingest", "demo")
_SLUG: Final = re.compile(r"[a-z][a-z0-9]{0,39}(?:-[a-z0-9]{1,20}){0,3}")
_CRAWL: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[a-z]{1,20}(?:-[a-z0-9]{1,40}){0,4}")
_DIGEST: Final = re.compile(r"[0-9a-f]{16}")
_RELEASE: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
_RUN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_STAMP: Final = "%Y%m%dT%H%M%SZ"
_SEPARATOR: Final = "\x1f"
"""Stands between the parts of a row id; cannot occur in an address, an offset or a closed value."""


class BadName(ValueError):
    """A slug, crawl id, digest, release id or run id that does not have the form its folder needs."""


def article_id(portal: str, url: str) -> str:
    """Return the id of the article at canonical address `url` of `portal`: 16 hex digits."""
    return _hash(f"{portal}\n{url}")


def row_id(*parts: object) -> str:
    """Return the id of a row known by `parts` (article, offsets, rule, …): 16 hex digits; None counts as empty."""
    return _hash(_SEPARATOR.join("" if part is None else str(part) for part in parts))


def crawl_id(started: datetime, command: str, suffix: str = "") -> str:
    """Return `YYYYMMDDTHHMMSSZ-<command>[-<suffix>]` for a crawl that starts at `started` (aware); sorts by time."""
    name = f"{stamp(started)}-{command}" + (f"-{suffix}" if suffix else "")
    return check_crawl(name)


def crawl_started(crawl: str) -> datetime:
    """Return the UTC start that a crawl id carries; BadName when its date does not exist."""
    try:
        return datetime.strptime(check_crawl(crawl).split("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise BadName(f"crawl id {crawl!r} carries no real date") from error


def stamp(moment: datetime) -> str:
    """Return an aware time as `YYYYMMDDTHHMMSSZ` in UTC."""
    if moment.tzinfo is None:
        raise BadName(f"{moment} has no time zone")
    return moment.astimezone(UTC).strftime(_STAMP)


def check_slug(slug: str) -> str:
    """Return `slug` when it is a portal's slug (lower-case letters, digits, single hyphens); else BadName."""
    return _check(_SLUG, slug, "portal slug", "lower-case letters and digits, begins with a letter")


def check_crawl(crawl: str) -> str:
    """Return `crawl` when it is a crawl id; else BadName."""
    return _check(_CRAWL, crawl, "crawl id", "YYYYMMDDTHHMMSSZ-command[-suffix]")


def check_digest(digest: str) -> str:
    """Return `digest` when it is a code digest (16 hex digits); else BadName."""
    return _check(_DIGEST, digest, "code digest", "16 hex digits")


def check_release(release: str) -> str:
    """Return `release` when it is a release id; else BadName."""
    return _check(_RELEASE, release, "release id", "YYYYMMDDTHHMMSSZ-8 hex digits; `tinhuy releases` lists them")


def check_run(run: str) -> str:
    """Return `run` when it is a run id; else BadName."""
    return _check(_RUN, run, "run id", "letters, digits, `-` and `_`; `tinhuy status` lists them")


def _check(pattern: re.Pattern[str], name: str, what: str, form: str) -> str:
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise BadName(f"{name!r} is no {what} ({form})")
    return name


def _hash(text: str) -> str:
    # An address from a hostile page may hold a lone surrogate, which has no UTF-8; it still needs one stable id.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
