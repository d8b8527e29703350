"""The provinces before and after 1 July 2025, and which of them an article or a portal speaks for.

Slugs are unique within a scheme (`2008`: 63 units until 30 June 2025; `2025`: 34 since). Codes of the statistics
office are not: the same code names another unit after the merger, so nothing here joins on them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

MERGER: Final = date(2025, 7, 1)
"""Resolution 202/2025/QH15 takes effect."""
SCHEME_2008: Final = "2008"
SCHEME_2025: Final = "2025"


@dataclass(frozen=True, slots=True)
class Province:
    """One unit of one scheme, with the unit of 2025 that holds its territory."""

    scheme: str
    slug: str
    name: str
    type: str
    gso_code: str
    iso3166_2: str | None
    successor: str
    change: str
    variants: tuple[str, ...] = ()


def rows(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a data file, its comment lines left out."""
    yield from csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")


@cache
def provinces() -> dict[tuple[str, str], Province]:
    """Return every province by (scheme, slug)."""
    found: dict[tuple[str, str], Province] = {}
    data = resources.files("transforms").joinpath("data/provinces.tsv").read_text(encoding="utf-8")
    for row in rows(iter(data.splitlines())):
        variants = tuple(filter(None, row["old_variants"].split("|")))
        found[SCHEME_2008, row["old_slug"]] = Province(
            SCHEME_2008, row["old_slug"], row["old_name"], row["old_type"], row["old_gso"],
            row["old_iso3166_2"], row["new_slug"], row["change"], variants,
        )  # fmt: skip
        kept = row["old_slug"] == row["new_slug"]
        key = (SCHEME_2025, row["new_slug"])
        if kept or key not in found:
            change = row["change"] if kept else "merged_name_kept"
            found[key] = Province(
                SCHEME_2025, row["new_slug"], row["new_name"], row["new_type"], row["new_gso"],
                None, row["new_slug"], change, variants if kept else (),
            )  # fmt: skip
    return found


def successor(slug: str | None) -> str | None:
    """Return the province of 2025 that holds the territory of province `slug` of 2008 (or of 2025 itself)."""
    if slug is None:
        return None
    known = provinces()
    unit = known.get((SCHEME_2008, slug)) or known.get((SCHEME_2025, slug))
    return unit.successor if unit else None


def scheme_on(day: date | None) -> str:
    """Return the scheme in force on `day`; an unknown day counts as before the merger."""
    return SCHEME_2025 if day is not None and day >= MERGER else SCHEME_2008


def province_at(slug: str | None, day: date | None) -> str | None:
    """Return what province `slug` of 2008 was called on `day`: itself, or its successor since the merger."""
    if slug is None or scheme_on(day) == SCHEME_2008:
        return slug
    return successor(slug)


def table() -> Iterator[dict[str, Any]]:
    """Yield the rows of the `provinces` table, sorted by scheme and slug."""
    for (scheme, slug), unit in sorted(provinces().items()):
        old = scheme == SCHEME_2008
        yield {
            "scheme": scheme,
            "province": slug,
            "name": unit.name,
            "type": unit.type,
            "gso_code": unit.gso_code,
            "iso3166_2": unit.iso3166_2,
            "successor": unit.successor,
            "change": unit.change,
            "valid_from": None if old else MERGER,
            "valid_to": date(2025, 6, 30) if old else None,
        }
